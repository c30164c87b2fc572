//! Working copies of articles: written, changed, published, taken back.

mod addresses;
mod bulk;
mod content;
mod corrections;
mod create;
mod delete;
mod list;
mod merge;
mod patch;
mod presentation;
mod previews;
mod publish;
mod read;
mod references;
mod revisions;
mod slug;
mod takedown;
mod transition;
mod translation;
mod unpublish;

pub(crate) use addresses::{get_address, list_addresses, release_address};
pub(crate) use bulk::transition_articles;
pub(crate) use corrections::{
    create_correction, delete_correction, get_correction, list_corrections,
};
pub(crate) use create::create_article;
pub(crate) use delete::delete_article;
pub(crate) use list::{count_managed_articles, list_managed_articles};
pub(crate) use patch::patch_article;
pub(crate) use previews::{
    create_preview_link, get_preview_link, list_preview_links, revoke_preview_link,
};
pub(crate) use publish::publish_article;
pub(crate) use read::get_managed_article;
pub(crate) use revisions::{diff_revision, get_revision, list_revisions, restore_revision};
pub(crate) use takedown::{restore_article, take_article_down};
pub(crate) use unpublish::unpublish_article;
