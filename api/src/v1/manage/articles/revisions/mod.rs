//! What was saved of an article, one after the other.

mod diff;
mod list;
mod read;
mod restore;

pub(crate) use diff::diff_revision;
pub(crate) use list::list_revisions;
pub(crate) use read::get_revision;
pub(crate) use restore::restore_revision;
