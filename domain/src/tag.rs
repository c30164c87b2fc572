//! What articles are about.

use crate::error::Invalid;
use crate::id::TagId;
use crate::slug::Slug;
use crate::text;
use crate::time::Timestamp;

/// The longest name, in characters.
pub const NAME_MAX: usize = 80;
/// The longest description, in characters.
pub const DESCRIPTION_MAX: usize = 1000;

/// A subject that articles share.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tag {
    /// Its id.
    pub id: TagId,
    /// Unique among tags.
    pub slug: Slug,
    /// 1 to 80 characters.
    pub name: String,
    /// 1 to 1000 characters.
    pub description: Option<String>,
    /// Counts changes, from 1.
    pub version: i64,
    /// When it was created.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
}

/// Checks a tag's name: one line of 1 to 80 characters.
///
/// # Errors
/// At `name`, as [`text::clean_line`].
pub fn parse_name(text: &str) -> Result<String, Invalid> {
    text::clean_line("name", text, 1, NAME_MAX)
}

/// Checks a description: 1 to 1000 characters of plain text.
///
/// # Errors
/// At `description`, as [`text::clean_text`].
pub fn parse_description(text: &str) -> Result<String, Invalid> {
    text::clean_text("description", text, 1, DESCRIPTION_MAX)
}
