//! What news is: ids, times, texts, articles, sections, comments, accounts, and who may do what.
//!
//! Everything here is pure. There is no I/O, no clock and no randomness: the moment and the
//! random bits are arguments, so every rule can be tested by calling it.

mod named;

pub mod access;
pub mod actor;
pub mod api_key;
pub mod article;
pub mod author;
pub mod change;
pub mod comment;
pub mod error;
pub mod id;
pub mod language;
pub mod page;
pub mod path;
pub mod popular;
pub mod section;
pub mod session;
pub mod slug;
pub mod tag;
pub mod text;
pub mod time;
pub mod user;

pub use access::{Access, Action, Scope, Scopes};
pub use actor::{Actor, Role, SystemActor};
pub use error::{Denied, Invalid, InvalidCode};
pub use language::Language;
pub use page::Limit;
pub use slug::Slug;
pub use time::Timestamp;
