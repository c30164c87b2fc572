//! The published document: equal to what is served, without breaking changes,
//! and complete.

#[cfg(test)]
mod document;
#[cfg(test)]
mod readme;
