//! Working copies of articles: written, changed, published.

mod content;
mod create;
mod list;
mod patch;
mod presentation;
mod publish;
mod read;
mod references;
mod revisions;
mod slug;

pub(crate) use create::create_article;
pub(crate) use list::{count_managed_articles, list_managed_articles};
pub(crate) use patch::patch_article;
pub(crate) use publish::publish_article;
pub(crate) use read::get_managed_article;
pub(crate) use revisions::{get_revision, list_revisions};
