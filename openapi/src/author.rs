//! Authors: who an article is by.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::patch::{Patch, present};
use crate::schema::{AuthorId, Slug, Timestamp};

/// An author as an article names one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AuthorRef {
    /// The author's id.
    #[schema(value_type = AuthorId)]
    pub id: String,
    /// The author's slug.
    #[schema(value_type = Slug)]
    pub slug: String,
    /// The name as it is printed.
    #[schema(example = "Ines Halloran")]
    pub name: String,
}

/// An author as readers see one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Author {
    /// The author's id.
    #[schema(value_type = AuthorId)]
    pub id: String,
    /// The author's slug.
    #[schema(value_type = Slug)]
    pub slug: String,
    /// The name as it is printed.
    #[schema(example = "Ines Halloran")]
    pub name: String,
    /// A few words about the author, plain text.
    #[schema(
        required = true,
        example = "Covers rivers, ports and the people on them."
    )]
    pub bio: Option<String>,
}

/// An author as editors see one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ManagedAuthor {
    /// The author's id.
    #[schema(value_type = AuthorId)]
    pub id: String,
    /// The author's slug.
    #[schema(value_type = Slug)]
    pub slug: String,
    /// The name as it is printed.
    #[schema(example = "Ines Halloran")]
    pub name: String,
    /// A few words about the author, plain text.
    #[schema(required = true)]
    pub bio: Option<String>,
    /// Grows by one with every change; the `ETag` is made of it.
    #[schema(minimum = 1)]
    pub version: i64,
    /// When the author was created.
    #[schema(value_type = Timestamp)]
    pub created_at: String,
    /// When the author was last changed.
    #[schema(value_type = Timestamp)]
    pub updated_at: String,
}

/// A new author.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewAuthor {
    /// The name as it is printed.
    #[schema(min_length = 1, max_length = 120, example = "Ines Halloran")]
    pub name: String,
    /// Made from the name when `null` or left out.
    #[serde(default)]
    #[schema(value_type = Option<Slug>)]
    pub slug: Option<String>,
    /// A few words about the author, plain text.
    #[serde(default)]
    #[schema(max_length = 2000)]
    pub bio: Option<String>,
}

/// What to change of an author; a field left out stays as it is.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AuthorPatch {
    /// The name as it is printed.
    #[serde(
        default,
        deserialize_with = "present",
        skip_serializing_if = "Option::is_none"
    )]
    #[schema(value_type = String, required = false, min_length = 1, max_length = 120)]
    pub name: Option<String>,
    /// The slug; `null` makes it from the name again.
    #[serde(default, skip_serializing_if = "Patch::is_absent")]
    #[schema(value_type = Option<Slug>)]
    pub slug: Patch<String>,
    /// A few words about the author; `null` takes them away.
    #[serde(default, skip_serializing_if = "Patch::is_absent")]
    #[schema(value_type = Option<String>, max_length = 2000)]
    pub bio: Patch<String>,
}
