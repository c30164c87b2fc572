//! API keys as administrators handle them.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::schema::{ApiKeyId, SectionId, Timestamp};
use crate::user::Role;

/// What an API key is made for. There is no scope for accounts and none for keys: no key can
/// manage those.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub enum Scope {
    /// Read drafts, and everything else of the newspaper under `/manage`.
    #[serde(rename = "articles:read")]
    ArticlesRead,
    /// Create articles and change them.
    #[serde(rename = "articles:write")]
    ArticlesWrite,
    /// Publish articles.
    #[serde(rename = "publish")]
    Publish,
    /// Create and change sections.
    #[serde(rename = "sections:write")]
    SectionsWrite,
    /// Create and change tags.
    #[serde(rename = "tags:write")]
    TagsWrite,
    /// Create and change authors.
    #[serde(rename = "authors:write")]
    AuthorsWrite,
    /// Decide about comments.
    #[serde(rename = "comments:moderate")]
    CommentsModerate,
    /// Read the change log.
    #[serde(rename = "changes:read")]
    ChangesRead,
}

/// What has become of an API key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ApiKeyStatus {
    /// It can be used.
    Valid,
    /// It has ended by itself.
    Expired,
    /// It was ended by somebody.
    Revoked,
}

/// An API key, without the key itself: that is shown once, when it is made, and not stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ApiKey {
    /// The key's id: its name in the change log, and no secret.
    #[schema(value_type = ApiKeyId)]
    pub id: String,
    /// What people call it.
    #[schema(example = "city desk")]
    pub name: String,
    /// How the key begins, to tell keys apart.
    #[schema(example = "bsk_pP0m")]
    pub hint: String,
    /// Whether it can be used.
    pub status: ApiKeyStatus,
    /// The most it may do.
    pub role: Role,
    /// What of that it is made for; `null` is everything the role may do.
    #[schema(required = true)]
    pub scopes: Option<Vec<Scope>>,
    /// The sections it may work in, with those below them; empty for everywhere.
    #[schema(value_type = Vec<SectionId>)]
    pub sections: Vec<String>,
    /// A quota of its own, for everything it asks for, but `/auth`; `null` is the one of all keys.
    #[schema(required = true, minimum = 1)]
    pub requests_per_minute: Option<u32>,
    /// When it ends by itself; `null` is never.
    #[schema(value_type = Option<Timestamp>, required = true)]
    pub expires_at: Option<String>,
    /// When it was revoked.
    #[schema(value_type = Option<Timestamp>, required = true)]
    pub revoked_at: Option<String>,
    /// When it was last used, give or take some minutes; `null` is never.
    #[schema(value_type = Option<Timestamp>, required = true)]
    pub last_used_at: Option<String>,
    /// Grows when it is revoked; the `ETag` is made of it.
    #[schema(minimum = 1)]
    pub version: i64,
    /// When it was made.
    #[schema(value_type = Timestamp)]
    pub created_at: String,
    /// Who made it, as the change log names its actors.
    #[schema(example = "user:usr_38g7v6qajp37f")]
    pub created_by: String,
}

/// An API key that was just made. The key is in this answer and nowhere else.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CreatedApiKey {
    /// What is said of it.
    #[serde(flatten)]
    pub api_key: ApiKey,
    /// The key itself: send it as `Authorization: Bearer bsk_…`. It cannot be shown again; who
    /// loses it revokes it and makes another.
    #[schema(
        pattern = "^bsk_[A-Za-z0-9_-]{43}$",
        example = "bsk_pP0mFqS1c5v7Kz2tWnXyB4rLhUe8JdGa6QoTiMkRwxE"
    )]
    pub key: String,
}

impl std::fmt::Debug for CreatedApiKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("CreatedApiKey")
            .field("id", &self.api_key.id)
            .finish_non_exhaustive()
    }
}

/// A new API key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewApiKey {
    /// What people call it. No other key may have, or may have had, the name.
    #[schema(min_length = 1, max_length = 60, example = "city desk")]
    pub name: String,
    /// The most it may do.
    pub role: Role,
    /// What of that it is for; `null` or left out is everything the role may do. A scope that
    /// opens nothing with this role, or within sections, is refused.
    #[serde(default)]
    #[schema(min_items = 1, max_items = 8)]
    pub scopes: Option<Vec<Scope>>,
    /// The sections it may work in, with those below them, each by slug or id; `null`, `[]` or
    /// left out is everywhere. A key that is limited so reads, writes and publishes articles
    /// there, and changes nothing that belongs to the whole site.
    #[serde(default)]
    #[schema(max_items = 50)]
    pub sections: Option<Vec<String>>,
    /// A quota of its own, for everything it asks for, but `/auth`; `null` or left out is the one of
    /// all keys.
    #[serde(default)]
    #[schema(minimum = 1, maximum = 100_000)]
    pub requests_per_minute: Option<i64>,
    /// When it ends by itself, within ten years; `null` or left out is when it is revoked.
    #[serde(default)]
    #[schema(value_type = Option<Timestamp>)]
    pub expires_at: Option<String>,
}
