//! Where each thing comes from, in one text that stays the same when the file is exported again.

use std::collections::HashSet;

use super::model::Item;
use crate::import::report::Report;

/// The longest source id; a longer one is stored as its hash, because an index has to hold it.
const SOURCE_MAX: usize = 500;
/// Makes unique source ids out of the guids and numbers of one file.
#[derive(Debug, Default)]
pub(super) struct Sources {
    blog: String,
    guids: HashSet<[u8; 32]>,
}

impl Sources {
    /// The address of the blog, from here on. Its scheme does not count: blogs move to https.
    pub(super) fn set_blog(&mut self, address: &str) {
        let address = address.trim().trim_end_matches('/');
        let bare = address.split_once("://").map_or(address, |(_, rest)| rest);
        bare.clone_into(&mut self.blog);
    }

    /// The source id of a category, tag or author.
    pub(super) fn term(&self, kind: &str, name: &str) -> String {
        bounded(format!("wxr:{}#{kind}-{name}", self.blog))
    }

    /// The guid, else the blog's address and the number of the post. Copies of a blog repeat
    /// guids: the second of two equals goes by its number, and so do not overwrite each other.
    pub(super) fn item(&mut self, item: &Item, report: &mut Report) -> Option<String> {
        let numbered = (!item.post_id.is_empty())
            .then(|| bounded(format!("wxr:{}?p={}", self.blog, item.post_id)));
        if item.guid.is_empty() {
            return numbered;
        }
        if self
            .guids
            .insert(*blake3::hash(item.guid.as_bytes()).as_bytes())
        {
            return Some(bounded(format!("wxr:{}", item.guid)));
        }
        report.note(
            item.line,
            format!(
                "the guid {} stands in the file twice; this post goes by its number",
                item.guid
            ),
        );
        numbered
    }
}

/// A source id that an index can hold.
pub(super) fn bounded(source: String) -> String {
    if source.len() <= SOURCE_MAX {
        source
    } else {
        format!("wxr:{}", blake3::hash(source.as_bytes()).to_hex())
    }
}
