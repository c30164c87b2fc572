//! The forms of a body, made once, when it is published.

use diesel::prelude::*;
use domain::id::ArticleId;
use domain::text::Rendered;

use crate::schema::published_bodies as table;
use crate::{Error, Tx};

/// The form in which a body is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum BodyKind {
    /// Sanitised HTML.
    Html,
    /// Plain text.
    Text,
    /// Blocks, as JSON.
    Blocks,
}

impl BodyKind {
    /// The word for it in the table of bodies and in the API.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Html => "html",
            Self::Text => "text",
            Self::Blocks => "blocks",
        }
    }
}

/// What the table calls the headings, images and links of a body.
pub(super) const OUTLINE: &str = "outline";

/// Writes every form of the body of an article that has none.
pub(crate) fn write(tx: &mut Tx<'_>, id: ArticleId, rendered: &Rendered) -> Result<(), Error> {
    let blocks = serde_json::to_string(&rendered.blocks)
        .map_err(|error| Error::Internal(error.to_string()))?;
    let outline = serde_json::to_string(&rendered.outline)
        .map_err(|error| Error::Internal(error.to_string()))?;
    for (format, content) in [
        (BodyKind::Html.as_str(), rendered.html.as_str()),
        (BodyKind::Text.as_str(), rendered.text.as_str()),
        (BodyKind::Blocks.as_str(), blocks.as_str()),
        (OUTLINE, outline.as_str()),
    ] {
        diesel::insert_into(table::table)
            .values((
                table::article_id.eq(id.raw()),
                table::format.eq(format),
                table::content.eq(content),
            ))
            .execute(tx.0)?;
    }
    Ok(())
}

/// Takes the forms of a body away.
pub(crate) fn remove(tx: &mut Tx<'_>, id: ArticleId) -> Result<(), Error> {
    diesel::delete(table::table.filter(table::article_id.eq(id.raw()))).execute(tx.0)?;
    Ok(())
}
