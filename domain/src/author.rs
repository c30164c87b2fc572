//! The people under an article's title.

use crate::error::Invalid;
use crate::id::AuthorId;
use crate::slug::Slug;
use crate::text;
use crate::time::Timestamp;

/// The longest name, in characters.
pub const NAME_MAX: usize = 120;
/// The longest biography, in characters.
pub const BIO_MAX: usize = 2000;

/// Somebody who writes articles.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Author {
    /// Its id.
    pub id: AuthorId,
    /// Unique among authors.
    pub slug: Slug,
    /// 1 to 120 characters.
    pub name: String,
    /// 1 to 2000 characters.
    pub bio: Option<String>,
    /// Counts changes, from 1.
    pub version: i64,
    /// When it was created.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
}

/// Checks an author's name: one line of 1 to 120 characters.
///
/// # Errors
/// At `name`, as [`text::clean_line`].
pub fn parse_name(text: &str) -> Result<String, Invalid> {
    text::clean_line("name", text, 1, NAME_MAX)
}

/// Checks a biography: 1 to 2000 characters of plain text.
///
/// # Errors
/// At `bio`, as [`text::clean_text`].
pub fn parse_bio(text: &str) -> Result<String, Invalid> {
    text::clean_text("bio", text, 1, BIO_MAX)
}
