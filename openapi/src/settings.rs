//! What holds for the whole site.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::comment::CommentState;
use crate::comment_options::{CommentOptions, CommentOptionsPatch};
use crate::patch::{Patch, present};
use crate::schema::Timestamp;

/// What holds for the whole site, where no section and no article says something else.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SiteSettings {
    /// Who may comment.
    pub comments: CommentState,
    /// What else holds for comments. What is `null` is not asked for: nobody waits for a moderator,
    /// comments never close by themselves, and have as many words and links as they like.
    pub comment_options: CommentOptions,
    /// Grows by one with every change; the `ETag` is made of it.
    #[schema(minimum = 1)]
    pub version: i64,
    /// When they were last changed; `null` when never.
    #[schema(value_type = Option<Timestamp>, required = true)]
    pub updated_at: Option<String>,
}

/// What to change for the whole site; a field left out stays as it is.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SiteSettingsPatch {
    /// Who may comment.
    #[serde(
        default,
        deserialize_with = "present",
        skip_serializing_if = "Option::is_none"
    )]
    #[schema(value_type = CommentState, required = false)]
    pub comments: Option<CommentState>,
    /// What else holds for comments. A member left out stays as it is; `null` asks for nothing.
    #[serde(default, skip_serializing_if = "Patch::is_absent")]
    #[schema(value_type = Option<CommentOptionsPatch>)]
    pub comment_options: Patch<CommentOptionsPatch>,
}
