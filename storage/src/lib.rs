//! Everything that knows SQL, on SQLite and on PostgreSQL, from one source.
//!
//! [`Store`] is the only door: [`Store::read`] lends a [`Conn`], [`Store::write`] a
//! [`Tx`], and every other module is a set of functions that take one of the two.
//! Where the databases differ, `dialect` holds both sides.

pub mod api_keys;
pub mod backup;
pub mod changes;
mod connection;
mod dialect;
mod error;
pub mod idempotency;
pub mod migrate;
mod schema;
mod store;

pub use connection::{Conn, Tx};
pub use error::Error;
pub use store::{Backend, QueueDepths, Settings, Store};
