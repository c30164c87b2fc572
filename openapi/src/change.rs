//! The change log as administrators read it.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::schema::{ArticleId, Timestamp};

/// What kind of thing changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(example = "article")]
pub enum ChangeEntity {
    /// An article.
    Article,
    /// A link that shows one revision of an article.
    PreviewLink,
    /// A section.
    Section,
    /// An author.
    Author,
    /// A tag.
    Tag,
    /// A comment.
    Comment,
    /// A rule that comments are judged by.
    CommentRule,
    /// A ban of somebody who comments.
    Ban,
    /// An account.
    User,
    /// A sign-in.
    Session,
    /// An API key.
    ApiKey,
    /// A key that signs access tokens.
    SigningKey,
    /// What holds for the whole site.
    Settings,
}

/// An entry of the change log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Change {
    /// The entry's number. Later entries have larger ones; some numbers are never used.
    #[schema(minimum = 1)]
    pub seq: i64,
    /// When it happened.
    #[schema(value_type = Timestamp)]
    pub at: String,
    /// Who did it: `user:` or `api_key:` and an id; `guest`; `system:` and which part of it.
    #[schema(example = "user:usr_38g7v6qajp37f")]
    pub actor: String,
    /// What was done. New words may come.
    #[schema(example = "published")]
    pub kind: String,
    /// To what kind of thing.
    pub entity: ChangeEntity,
    /// To which one: its id. A signing key has its `kid` here, and the
    /// settings of the site, which have no id, `settings`.
    #[schema(example = "art_38g7v6cxq6t9y")]
    pub entity_id: String,
    /// More about it, where there is more.
    #[schema(required = true)]
    pub data: Option<ChangeData>,
}

/// More about a change. Only what belongs to it is there.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ChangeData {
    /// The article that a comment or a preview link belongs to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = ArticleId, required = false)]
    pub article_id: Option<String>,
    /// What a comment was before, where it became something else.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = String, required = false, example = "held")]
    pub from: Option<String>,
    /// What a comment is from then on, where it is new or became something else.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = String, required = false, example = "published")]
    pub to: Option<String>,
    /// The role an account has from then on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = String, required = false, example = "editor")]
    pub role: Option<String>,
    /// The status an account has from then on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = String, required = false, example = "suspended")]
    pub status: Option<String>,
    /// Why a session ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = String, required = false, example = "signed_out")]
    pub why: Option<String>,
    /// How many sessions were ended together, of whomever; `entity_id` then names none of them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = i64, required = false, minimum = 1)]
    pub sessions: Option<i64>,
    /// Why an article was taken down.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = String, required = false)]
    pub reason: Option<String>,
    /// What readers were told about it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = String, required = false)]
    pub public_notice: Option<String>,
    /// The slug that was given up.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = String, required = false)]
    pub slug: Option<String>,
    /// Which signing key.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = String, required = false)]
    pub kid: Option<String>,
}
