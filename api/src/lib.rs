//! The Broadsheet server and its command.
//!
//! A request passes the edge (its id, its log line, its headers), the gate (route, method,
//! credentials, access), a handler under `v1` (extract, parse into domain types, one `read` or
//! `write` of the store) and a function of `respond` that makes the answer.

mod admission;
mod api_keys;
mod audit;
pub mod auth;
mod bans;
pub mod clock;
pub mod command;
mod comment_file;
pub mod config;
pub mod cursor;
pub mod demo;
mod docs;
mod edge;
mod erasure;
pub mod error;
mod export;
pub mod extract;
mod gate;
mod health;
pub mod idempotent;
pub mod ids;
pub mod import;
pub mod index;
mod limits;
mod live;
pub mod logging;
mod mail;
mod metrics;
pub mod popular;
pub mod previews;
pub mod respond;
pub mod routes;
pub mod secret;
pub mod server;
pub mod site;
pub mod state;
pub mod tallies;
mod uses;
mod v1;
pub mod views;
