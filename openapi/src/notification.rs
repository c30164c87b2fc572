//! What members are told.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::comment::Comment;
use crate::schema::{CommentId, Timestamp};

/// Something that a member is told. The kind and the comment together tell one from all others.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Notification {
    /// Why.
    pub kind: NotificationKind,
    /// When it happened.
    #[schema(value_type = Timestamp)]
    pub at: String,
    /// The reply, or one's own comment as it is now.
    pub comment: Comment,
}

/// Why a member is told about a comment. New words may come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum NotificationKind {
    /// Somebody has answered one's comment.
    Reply,
    /// One's comment waited for a moderator, and may be read now.
    Approved,
    /// One's comment waited for a moderator, and may not be read.
    Rejected,
}

/// Something that a member was told, as they take it along.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ExportedNotification {
    /// Why.
    pub kind: NotificationKind,
    /// The comment.
    #[schema(value_type = CommentId)]
    pub comment_id: String,
    /// When it happened.
    #[schema(value_type = Timestamp)]
    pub at: String,
}
