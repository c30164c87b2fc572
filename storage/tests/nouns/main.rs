//! Articles, lists, comments, imports and accounts through the public functions of the crate, on SQLite
//! and, where there is one, on PostgreSQL.

#[cfg(test)]
mod accounts;
#[cfg(test)]
mod articles;
#[cfg(test)]
mod comments;
#[cfg(test)]
mod erasure;
#[cfg(test)]
mod imports;
#[cfg(test)]
mod lists;
#[cfg(test)]
mod news;
#[cfg(test)]
mod nouns;
#[cfg(test)]
mod popular;
#[cfg(test)]
mod proofs;
#[cfg(test)]
mod sessions;
#[cfg(test)]
mod trail;
