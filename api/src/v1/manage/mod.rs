//! What editors do: content comes in and goes live here.

pub(crate) mod api_keys;
pub(crate) mod articles;
pub(crate) mod authors;
pub(crate) mod bans;
mod bulk;
pub(crate) mod changes;
pub(crate) mod comment_rules;
pub(crate) mod comments;
pub(crate) mod sections;
pub(crate) mod settings;
pub(crate) mod tags;
pub(crate) mod users;
