//! What members are told, on the wire.

use domain::comment::NotificationKind as Kind;
use openapi::notification::{ExportedNotification, Notification, NotificationKind};
use storage::notifications::{self, Told};

use super::comment::{comment, whole};

/// Something that a member is told. Their own comment is shown whatever became of it.
pub(crate) fn told(told: notifications::Notification) -> Notification {
    let shown = match told.kind {
        Kind::Reply => comment(told.comment),
        Kind::Approved | Kind::Rejected => whole(told.comment),
    };
    Notification {
        kind: kind(told.kind),
        at: told.at.to_string(),
        comment: shown,
    }
}

/// The same as its member takes it along.
pub(crate) fn exported(told: &Told) -> ExportedNotification {
    ExportedNotification {
        kind: kind(told.kind),
        comment_id: told.comment.to_string(),
        at: told.at.to_string(),
    }
}

const fn kind(kind: Kind) -> NotificationKind {
    match kind {
        Kind::Reply => NotificationKind::Reply,
        Kind::Approved => NotificationKind::Approved,
        Kind::Rejected => NotificationKind::Rejected,
    }
}
