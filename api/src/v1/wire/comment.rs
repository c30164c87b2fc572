//! Comments and what is said about them on the wire.

use domain::Timestamp;
use domain::comment::{
    AuthorKind, CommentState, CommentStatus, EDIT_SECONDS, Finding, Policy, Premoderation, Reason,
};
use openapi::comment::{
    CommentAuthor, CommentAuthorKind, CommentBody, CommentPolicy, CommentReason, CommentSetting,
    OwnComment, Votes,
};
use storage::comments::{Comment, OwnComment as OwnStored};

use super::{comment_options, time};

/// A comment as everybody sees it, without its replies. What is not published is there at all only
/// because it was answered: a tombstone, which tells nothing of who wrote what, nor why it is gone.
pub(crate) fn comment(comment: Comment) -> openapi::comment::Comment {
    if comment.status == CommentStatus::Published {
        return whole(comment);
    }
    openapi::comment::Comment {
        author: CommentAuthor {
            kind: CommentAuthorKind::Deleted,
            name: None,
            user_id: None,
        },
        body: CommentBody {
            html: None,
            text: None,
        },
        status: openapi::comment::CommentStatus::Deleted,
        ..whole(comment)
    }
}

/// A comment as its author sees it. What was taken for spam seems to wait for a moderator, which it
/// does: whoever sends spam is not to learn what gives it away.
pub(crate) fn own(
    comment: Comment,
    source: String,
    finding: Option<&Finding>,
    now: Timestamp,
) -> OwnComment {
    let status = match comment.status {
        CommentStatus::Spam => CommentStatus::Held,
        status => status,
    };
    let until = editable_until(comment.created_at);
    let editable = now < until && matches!(status, CommentStatus::Published | CommentStatus::Held);
    OwnComment {
        reason: finding
            .filter(|_| status != CommentStatus::Published)
            .map(|finding| reason(finding.reason)),
        source,
        editable_until: editable.then(|| until.to_string()),
        comment: whole(Comment { status, ..comment }),
    }
}

/// The same for one that was read.
pub(crate) fn own_whole(own_comment: OwnStored, now: Timestamp) -> OwnComment {
    let finding = own_comment.case.and_then(|case| case.finding);
    own(
        own_comment.comment,
        own_comment.source,
        finding.as_ref(),
        now,
    )
}

/// Until when its author may change or delete a comment.
pub(crate) fn editable_until(created_at: Timestamp) -> Timestamp {
    created_at.plus_millis(EDIT_SECONDS.saturating_mul(1_000))
}

/// A comment with all it says, whatever became of it.
pub(crate) fn whole(comment: Comment) -> openapi::comment::Comment {
    let known = comment.author_kind != AuthorKind::Deleted;
    openapi::comment::Comment {
        id: comment.id.to_string(),
        article_id: comment.article_id.to_string(),
        parent_id: comment.parent_id.map(|id| id.to_string()),
        root_id: comment.root_id.to_string(),
        in_reply_to_id: comment.in_reply_to_id.map(|id| id.to_string()),
        depth: comment.depth,
        author: CommentAuthor {
            kind: author_kind(comment.author_kind),
            name: known.then_some(comment.author_name),
            user_id: comment.user.filter(|_| known).map(|user| user.to_string()),
        },
        body: CommentBody {
            html: Some(comment.body_html),
            text: Some(comment.body_text),
        },
        status: status(comment.status),
        votes: votes(domain::comment::Votes {
            up: comment.up,
            down: comment.down,
        }),
        reply_count: comment.reply_count,
        pinned: comment.pinned,
        featured: comment.featured,
        created_at: comment.created_at.to_string(),
        edited_at: time(comment.edited_at),
        replies: None,
        edit_token: None,
    }
}

/// How readers voted.
pub(crate) fn votes(votes: domain::comment::Votes) -> Votes {
    Votes {
        up: votes.up,
        down: votes.down,
        score: votes.score(),
    }
}

/// Who may comment, as the domain says it.
pub(crate) fn setting(setting: domain::comment::CommentSetting) -> CommentSetting {
    use domain::comment::CommentSetting as Domain;
    match setting {
        Domain::Inherit => CommentSetting::Inherit,
        Domain::Open => CommentSetting::Open,
        Domain::Members => CommentSetting::Members,
        Domain::Closed => CommentSetting::Closed,
    }
}

/// Who may comment, as a request says it.
pub(crate) fn asked_setting(setting: CommentSetting) -> domain::comment::CommentSetting {
    use domain::comment::CommentSetting as Domain;
    match setting {
        CommentSetting::Inherit => Domain::Inherit,
        CommentSetting::Open => Domain::Open,
        CommentSetting::Members => Domain::Members,
        CommentSetting::Closed => Domain::Closed,
    }
}

/// What a reader must know before writing a comment.
pub(crate) fn policy(policy: &Policy) -> CommentPolicy {
    CommentPolicy {
        state: state(policy.state),
        premoderated: policy.premoderation == Premoderation::All,
        premoderation: comment_options::premoderation(policy.premoderation),
        closes_at: time(policy.closes_at),
        max_length: i64::try_from(policy.max_length).unwrap_or(i64::MAX),
        min_words: policy.min_words,
        max_words: policy.max_words,
        max_links: policy.max_links,
        edit_seconds: policy.edit_seconds,
    }
}

/// Who may comment, once all settings are resolved.
pub(crate) fn state(state: CommentState) -> openapi::comment::CommentState {
    use openapi::comment::CommentState as Wire;
    match state {
        CommentState::Open => Wire::Open,
        CommentState::Members => Wire::Members,
        CommentState::Closed => Wire::Closed,
    }
}

/// Who may comment on the whole site, as a request says it.
pub(crate) fn asked_state(state: openapi::comment::CommentState) -> CommentState {
    use openapi::comment::CommentState as Wire;
    match state {
        Wire::Open => CommentState::Open,
        Wire::Members => CommentState::Members,
        Wire::Closed => CommentState::Closed,
    }
}

/// What became of a comment.
pub(crate) fn status(status: CommentStatus) -> openapi::comment::CommentStatus {
    use openapi::comment::CommentStatus as Wire;
    match status {
        CommentStatus::Published => Wire::Published,
        CommentStatus::Held => Wire::Held,
        CommentStatus::Rejected => Wire::Rejected,
        CommentStatus::Spam => Wire::Spam,
        CommentStatus::Deleted => Wire::Deleted,
    }
}

/// Why a comment is not published.
pub(crate) fn reason(reason: Reason) -> CommentReason {
    match reason {
        Reason::Premoderation => CommentReason::Premoderation,
        Reason::Guest => CommentReason::Guest,
        Reason::FirstComment => CommentReason::FirstComment,
        Reason::Word => CommentReason::Word,
        Reason::Links => CommentReason::Links,
        Reason::Repeat => CommentReason::Repeat,
        Reason::NewAccount => CommentReason::NewAccount,
        Reason::Reported => CommentReason::Reported,
        Reason::Moderator => CommentReason::Moderator,
        Reason::Author => CommentReason::Author,
        Reason::Imported => CommentReason::Imported,
    }
}

fn author_kind(kind: AuthorKind) -> CommentAuthorKind {
    match kind {
        AuthorKind::Guest => CommentAuthorKind::Guest,
        AuthorKind::Member => CommentAuthorKind::Member,
        AuthorKind::Staff => CommentAuthorKind::Staff,
        AuthorKind::Deleted => CommentAuthorKind::Deleted,
    }
}
