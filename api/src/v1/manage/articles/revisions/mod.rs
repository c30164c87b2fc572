//! What was saved of an article, one after the other.

mod list;
mod read;

pub(crate) use list::list_revisions;
pub(crate) use read::get_revision;
