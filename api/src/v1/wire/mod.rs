//! From what the domain and the database hold to what the wire carries, one file per noun.
//!
//! Plain functions without I/O: what they need is read before. A row never goes out as it is, so
//! a new column cannot become public by accident.

pub(crate) mod api_key;
pub(crate) mod article;
pub(crate) mod author;
pub(crate) mod ban;
pub(crate) mod body;
pub(crate) mod change;
pub(crate) mod comment;
pub(crate) mod comment_options;
pub(crate) mod comment_rule;
pub(crate) mod comment_statistics;
pub(crate) mod editorial;
pub(crate) mod managed_comment;
pub(crate) mod notification;
pub(crate) mod report;
pub(crate) mod revision;
pub(crate) mod section;
pub(crate) mod settings;
pub(crate) mod tag;
pub(crate) mod user;

use domain::Timestamp;

/// A time that may be missing, as the wire writes it.
fn time(at: Option<Timestamp>) -> Option<String> {
    at.map(|at| at.to_string())
}
