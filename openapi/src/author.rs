//! Authors: who an article is by.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::patch::{Patch, present};
use crate::schema::{AuthorId, Slug, Timestamp, UserId};

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

/// A picture of an author.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AuthorImage {
    /// Where the picture is; `https` or `http`.
    #[schema(format = "uri", example = "https://images.example.org/ines.jpg")]
    pub url: String,
    /// What the picture shows, for those who cannot see it; `null` for mere decoration.
    #[schema(required = true)]
    pub alt: Option<String>,
    /// Width in pixels.
    #[schema(required = true, minimum = 1)]
    pub width: Option<i32>,
    /// Height in pixels.
    #[schema(required = true, minimum = 1)]
    pub height: Option<i32>,
}

/// A place where an author is found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AuthorLink {
    /// What the link is called.
    #[schema(min_length = 1, max_length = 60, example = "Notebook")]
    pub label: String,
    /// Where it leads: an `https` or `http` address, or `mailto:` with one e-mail address and
    /// nothing else.
    #[schema(
        format = "uri",
        max_length = 2048,
        example = "https://ines.example.org/"
    )]
    pub url: String,
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
    /// The author's job.
    #[schema(required = true, example = "Correspondent at the harbour")]
    pub title: Option<String>,
    /// A few words about the author, plain text.
    #[schema(
        required = true,
        example = "Covers rivers, ports and the people on them."
    )]
    pub bio: Option<String>,
    /// A picture of the author.
    #[schema(required = true)]
    pub image: Option<AuthorImage>,
    /// Where else the author is found.
    pub links: Vec<AuthorLink>,
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
    /// The author's job.
    #[schema(required = true)]
    pub title: Option<String>,
    /// A few words about the author, plain text.
    #[schema(required = true)]
    pub bio: Option<String>,
    /// A picture of the author.
    #[schema(required = true)]
    pub image: Option<AuthorImage>,
    /// Where else the author is found.
    pub links: Vec<AuthorLink>,
    /// The account that writes under this name; readers are not told.
    #[schema(value_type = Option<UserId>, required = true)]
    pub user: Option<String>,
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
    /// The author's job.
    #[serde(default)]
    #[schema(
        min_length = 1,
        max_length = 120,
        example = "Correspondent at the harbour"
    )]
    pub title: Option<String>,
    /// A picture of the author.
    #[serde(default)]
    pub image: Option<NewAuthorImage>,
    /// Where else the author is found; no address twice.
    #[serde(default)]
    #[schema(required = false, max_items = 10)]
    pub links: Vec<AuthorLink>,
    /// The account that writes under this name; one account has one author. Only who manages
    /// accounts may say so.
    #[serde(default)]
    #[schema(value_type = Option<UserId>)]
    pub user: Option<String>,
}

/// A picture of an author to put in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewAuthorImage {
    /// Where the picture is; `https` or `http`.
    #[schema(
        format = "uri",
        max_length = 2048,
        example = "https://images.example.org/ines.jpg"
    )]
    pub url: String,
    /// What the picture shows, for those who cannot see it; `null` for mere decoration.
    #[serde(default)]
    #[schema(max_length = 500)]
    pub alt: Option<String>,
    /// Width in pixels.
    #[serde(default)]
    #[schema(minimum = 1, maximum = 100_000)]
    pub width: Option<i32>,
    /// Height in pixels.
    #[serde(default)]
    #[schema(minimum = 1, maximum = 100_000)]
    pub height: Option<i32>,
}

/// What to change of an author's picture. One that is not there yet needs at least `url`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AuthorImagePatch {
    /// Where the picture is; `https` or `http`.
    #[serde(
        default,
        deserialize_with = "present",
        skip_serializing_if = "Option::is_none"
    )]
    #[schema(value_type = String, required = false, format = "uri", max_length = 2048)]
    pub url: Option<String>,
    /// What the picture shows; `null` for mere decoration.
    #[serde(default, skip_serializing_if = "Patch::is_absent")]
    #[schema(value_type = Option<String>, max_length = 500)]
    pub alt: Patch<String>,
    /// Width in pixels.
    #[serde(default, skip_serializing_if = "Patch::is_absent")]
    #[schema(value_type = Option<i32>, minimum = 1, maximum = 100_000)]
    pub width: Patch<i32>,
    /// Height in pixels.
    #[serde(default, skip_serializing_if = "Patch::is_absent")]
    #[schema(value_type = Option<i32>, minimum = 1, maximum = 100_000)]
    pub height: Patch<i32>,
}

/// Which author another one becomes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AuthorMerge {
    /// The slug or id of the author who stays.
    #[schema(max_length = 96, example = "ines-halloran")]
    pub into: String,
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
    /// The author's job; `null` takes it away.
    #[serde(default, skip_serializing_if = "Patch::is_absent")]
    #[schema(value_type = Option<String>, min_length = 1, max_length = 120)]
    pub title: Patch<String>,
    /// The picture, member by member; `null` takes it away.
    #[serde(default, skip_serializing_if = "Patch::is_absent")]
    #[schema(value_type = Option<AuthorImagePatch>)]
    pub image: Patch<AuthorImagePatch>,
    /// Where else the author is found. Replaces all links.
    #[serde(
        default,
        deserialize_with = "present",
        skip_serializing_if = "Option::is_none"
    )]
    #[schema(value_type = Vec<AuthorLink>, required = false, max_items = 10)]
    pub links: Option<Vec<AuthorLink>>,
    /// The account that writes under this name; `null` unties it. Only who manages accounts may
    /// change it.
    #[serde(default, skip_serializing_if = "Patch::is_absent")]
    #[schema(value_type = Option<UserId>)]
    pub user: Patch<String>,
}
