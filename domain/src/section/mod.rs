//! Sections: the tree a newspaper is sorted into.

mod tree;

pub use tree::{MAX_DEPTH, Tree};

use crate::comment::{CommentSetting, Level, Options};
use crate::error::Invalid;
use crate::id::SectionId;
use crate::slug::Slug;
use crate::text;
use crate::time::Timestamp;

/// The longest name, in characters.
pub const NAME_MAX: usize = 120;
/// The longest description, in characters.
pub const DESCRIPTION_MAX: usize = 2000;

/// One section.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Section {
    /// Its id.
    pub id: SectionId,
    /// Unique among sections.
    pub slug: Slug,
    /// 1 to 120 characters.
    pub name: String,
    /// 1 to 2000 characters.
    pub description: Option<String>,
    /// The section it lies in; `None` at the top.
    pub parent: Option<SectionId>,
    /// Its place among its siblings, lowest first; equals are ordered by id.
    pub position: i64,
    /// Who may comment on its articles.
    pub comments: CommentSetting,
    /// What else holds for comments on its articles.
    pub comment_options: Options,
    /// Counts changes, from 1.
    pub version: i64,
    /// When it was created.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
}

impl Section {
    /// What it says about comments.
    #[must_use]
    pub const fn comment_level(&self) -> Level {
        Level {
            comments: self.comments,
            options: self.comment_options,
        }
    }
}

/// Checks a section's name: one line of 1 to 120 characters.
///
/// # Errors
/// At `name`, as [`text::clean_line`].
pub fn parse_name(text: &str) -> Result<String, Invalid> {
    text::clean_line("name", text, 1, NAME_MAX)
}

/// Checks a description: 1 to 2000 characters of plain text.
///
/// # Errors
/// At `description`, as [`text::clean_text`].
pub fn parse_description(text: &str) -> Result<String, Invalid> {
    text::clean_text("description", text, 1, DESCRIPTION_MAX)
}
