//! The harness of the end-to-end suites: a real server on a port of its own, a
//! database of its own for every test, and a client that holds every answer
//! against the `OpenAPI` document.
#![expect(
    missing_docs,
    clippy::must_use_candidate,
    clippy::missing_panics_doc,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a harness of tests: it fails by panicking, and its names say what it does"
)]

mod account;
mod app;
pub mod canary;
mod client;
pub mod coding;
mod command;
mod database;
pub mod leaks;
mod macros;
mod mailbox;
pub mod members;
mod people;
pub mod postgres;
mod process;
pub mod raw;
mod run;
pub mod seed;
mod server;
pub mod spec;
mod streams;

use std::hash::{BuildHasher, Hasher};

pub use account::PASSWORD;
pub use app::{ORIGIN, TestApp};
pub use client::{Call, Reply};
pub use command::{Outcome, binary, command, command_given};
pub use database::{Database, START, key_of};
pub use mailbox::{Mail, Mailbox};
pub use members::Member;
pub use people::{Account, until};
pub use process::Process;
pub use run::{
    join_all, on_postgres, on_postgres_database, on_sqlite, on_sqlite_database, redacted, run,
};
pub use seed::{encoded, ids, slugs, text};
pub use streams::{EventStream, StreamEvent};

/// A name that no other test, process or run has.
pub fn random_name(prefix: &str) -> String {
    let random = std::hash::RandomState::new().build_hasher().finish();
    format!("{prefix}{}_{random:016x}", std::process::id())
}
