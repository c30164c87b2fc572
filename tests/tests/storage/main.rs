//! The two databases have one schema, and it can be put up and taken down.

#[cfg(test)]
mod migrations;
#[cfg(test)]
mod schema;
#[cfg(test)]
mod store;
