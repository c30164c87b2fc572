//! What members are told about.

use super::CommentStatus;
use crate::named::named;

named! {
    /// Why a member is told about a comment.
    pub enum NotificationKind {
        /// Somebody has answered them.
        Reply = "reply",
        /// Their comment waited for a moderator, and may be read now.
        Approved = "approved",
        /// Their comment waited for a moderator, and may not be read.
        Rejected = "rejected",
    }
}

impl NotificationKind {
    /// What the author of a comment that waited is told when it becomes this. What was taken for
    /// spam still seems to wait: whoever sends it is not to learn that it was found out.
    #[must_use]
    pub const fn of_decision(to: CommentStatus) -> Option<Self> {
        match to {
            CommentStatus::Published => Some(Self::Approved),
            CommentStatus::Rejected | CommentStatus::Deleted => Some(Self::Rejected),
            CommentStatus::Held | CommentStatus::Spam => None,
        }
    }
}
