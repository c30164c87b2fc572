//! Everything that knows SQL, on SQLite and on PostgreSQL, from one source.
//!
//! [`Store`] is the only door: [`Store::read`] lends a [`Conn`], [`Store::write`] a
//! [`Tx`], and every other module is a set of functions that take one of the two.
//! Where the databases differ, `dialect` holds both sides.

pub mod addresses;
pub mod api_keys;
pub mod articles;
pub mod attempts;
pub mod authors;
mod backfills;
pub mod backup;
pub mod bans;
pub mod changes;
pub mod comment_rules;
pub mod comment_tallies;
pub mod comments;
mod connection;
mod dialect;
mod error;
pub mod idempotency;
mod imported;
pub mod known_addresses;
mod listings;
mod lookup;
mod merged_ids;
mod merging;
pub mod migrate;
mod moved_slugs;
pub mod notifications;
mod page;
pub mod popular;
pub mod previews;
pub mod published;
mod schema;
pub mod search;
pub mod sections;
pub mod sessions;
pub mod settings;
pub mod signing_keys;
mod slugs;
mod statement;
pub mod stats;
mod store;
mod stored;
pub mod tags;
pub mod takedowns;
#[cfg(feature = "testing")]
pub mod testing;
pub mod user_tokens;
pub mod users;
mod working_listings;
mod working_terms;

pub use connection::{Conn, Tx};
pub use error::Error;
pub use imported::Imported;
pub use lookup::{Lookup, Met};
pub use page::Page;
pub use store::{Backend, QueueDepths, Settings, Store};
