//! Bans on the wire.

use openapi::ban::{Ban, BanKind};

use super::time;

/// A ban as moderators see it.
pub(crate) fn ban(ban: storage::bans::Ban) -> Ban {
    use domain::comment::BanKind as Domain;
    Ban {
        id: ban.id.to_string(),
        kind: match ban.kind {
            Domain::Account => BanKind::Account,
            Domain::Address => BanKind::Address,
            Domain::Email => BanKind::Email,
        },
        user_id: ban.user.map(|id| id.to_string()),
        comment_id: ban.comment.map(|id| id.to_string()),
        note: ban.note,
        expires_at: time(ban.expires_at),
        removing: ban.removing,
        removed: ban.removed,
        created_by: ban.created_by,
        created_at: ban.created_at.to_string(),
        version: 1,
    }
}

/// What a ban goes by, as a request says it.
pub(crate) const fn asked_kind(kind: BanKind) -> domain::comment::BanKind {
    use domain::comment::BanKind as Domain;
    match kind {
        BanKind::Account => Domain::Account,
        BanKind::Address => Domain::Address,
        BanKind::Email => Domain::Email,
    }
}
