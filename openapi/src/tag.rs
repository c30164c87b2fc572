//! Tags: what an article is about, across sections.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::patch::{Patch, present};
use crate::schema::{Slug, TagId, Timestamp};

/// A tag as an article names one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TagRef {
    /// The tag's id.
    #[schema(value_type = TagId)]
    pub id: String,
    /// The tag's slug.
    #[schema(value_type = Slug)]
    pub slug: String,
    /// The name as it is printed.
    #[schema(example = "Harbour")]
    pub name: String,
}

/// A tag as readers see one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Tag {
    /// The tag's id.
    #[schema(value_type = TagId)]
    pub id: String,
    /// The tag's slug.
    #[schema(value_type = Slug)]
    pub slug: String,
    /// The name as it is printed.
    #[schema(example = "Harbour")]
    pub name: String,
    /// What the tag stands for, plain text.
    #[schema(required = true, example = "Ships, ports and the goods between them.")]
    pub description: Option<String>,
}

/// A tag as editors see one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ManagedTag {
    /// The tag's id.
    #[schema(value_type = TagId)]
    pub id: String,
    /// The tag's slug.
    #[schema(value_type = Slug)]
    pub slug: String,
    /// The name as it is printed.
    #[schema(example = "Harbour")]
    pub name: String,
    /// What the tag stands for, plain text.
    #[schema(required = true)]
    pub description: Option<String>,
    /// Grows by one with every change; the `ETag` is made of it.
    #[schema(minimum = 1)]
    pub version: i64,
    /// When the tag was created.
    #[schema(value_type = Timestamp)]
    pub created_at: String,
    /// When the tag was last changed.
    #[schema(value_type = Timestamp)]
    pub updated_at: String,
}

/// A new tag.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewTag {
    /// The name as it is printed.
    #[schema(min_length = 1, max_length = 80, example = "Harbour")]
    pub name: String,
    /// Made from the name when `null` or left out.
    #[serde(default)]
    #[schema(value_type = Option<Slug>)]
    pub slug: Option<String>,
    /// What the tag stands for, plain text.
    #[serde(default)]
    #[schema(max_length = 1000)]
    pub description: Option<String>,
}

/// Which tag another one becomes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TagMerge {
    /// The slug or id of the tag that stays.
    #[schema(max_length = 96, example = "harbour")]
    pub into: String,
}

/// What to change of a tag; a field left out stays as it is.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TagPatch {
    /// The name as it is printed.
    #[serde(
        default,
        deserialize_with = "present",
        skip_serializing_if = "Option::is_none"
    )]
    #[schema(value_type = String, required = false, min_length = 1, max_length = 80)]
    pub name: Option<String>,
    /// The slug; `null` makes it from the name again.
    #[serde(default, skip_serializing_if = "Patch::is_absent")]
    #[schema(value_type = Option<Slug>)]
    pub slug: Patch<String>,
    /// What the tag stands for; `null` takes it away.
    #[serde(default, skip_serializing_if = "Patch::is_absent")]
    #[schema(value_type = Option<String>, max_length = 1000)]
    pub description: Patch<String>,
}
