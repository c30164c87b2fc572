//! Comments and what moderators do with them, on the wire.

use domain::comment::{Decision, Desk, Handling};
use openapi::managed_comment::{
    CommentDecision, CommentDesk, CommentHandling, CommentHandlingKind, CommentModeration,
    ManagedComment,
};
use storage::comments::{Case, Handled, OwnComment};

use super::comment::{reason, whole};
use super::time;

/// A comment as moderators see it. The address that was given with it is shown to nobody.
pub(crate) fn comment(stored: OwnComment) -> ManagedComment {
    ManagedComment {
        comment: whole(stored.comment),
        source: stored.source,
        moderation: stored.case.map(moderation),
        version: stored.version,
    }
}

fn moderation(case: Case) -> CommentModeration {
    let finding = case.finding.as_ref();
    CommentModeration {
        desk: case.desk.map(|desk| match desk {
            Desk::Held => CommentDesk::Held,
            Desk::Reported => CommentDesk::Reported,
            Desk::Spam => CommentDesk::Spam,
        }),
        opened_at: case.opened_at.to_string(),
        reason: finding.map(|finding| reason(finding.reason)),
        rule_id: finding
            .and_then(|finding| finding.rule)
            .map(|rule| rule.to_string()),
        spans: finding.map_or_else(Vec::new, |finding| {
            finding
                .spans
                .iter()
                .map(|(from, to)| [*from, *to])
                .collect()
        }),
        reports: case.reports,
        report_weight: case.weight,
        shielded: case.shielded,
        decided_by: case.decided_by,
        decided_at: time(case.decided_at),
    }
}

/// What is decided, as a request says it.
pub(crate) const fn decision(decision: CommentDecision) -> Decision {
    match decision {
        CommentDecision::Approve => Decision::Approve,
        CommentDecision::Reject => Decision::Reject,
        CommentDecision::Spam => Decision::Spam,
        CommentDecision::Delete => Decision::Delete,
        CommentDecision::Restore => Decision::Restore,
        CommentDecision::Pin => Decision::Pin,
        CommentDecision::Unpin => Decision::Unpin,
        CommentDecision::Feature => Decision::Feature,
        CommentDecision::Unfeature => Decision::Unfeature,
    }
}

/// An entry of a comment's history.
pub(crate) fn handling(handled: Handled) -> CommentHandling {
    CommentHandling {
        id: handled.id.to_string(),
        what: match handled.what {
            Handling::Approve => CommentHandlingKind::Approve,
            Handling::Reject => CommentHandlingKind::Reject,
            Handling::Spam => CommentHandlingKind::Spam,
            Handling::Delete => CommentHandlingKind::Delete,
            Handling::Restore => CommentHandlingKind::Restore,
            Handling::Pin => CommentHandlingKind::Pin,
            Handling::Unpin => CommentHandlingKind::Unpin,
            Handling::Feature => CommentHandlingKind::Feature,
            Handling::Unfeature => CommentHandlingKind::Unfeature,
            Handling::Edit => CommentHandlingKind::Edit,
            Handling::Note => CommentHandlingKind::Note,
        },
        note: handled.note,
        by: handled.by,
        at: handled.at.to_string(),
    }
}
