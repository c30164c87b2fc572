//! Examples of what moderators see and do.

use serde_json::Value;

use super::{public, value};
use crate::ban::{Ban, BanKind, NewBan};
use crate::comment::{Comment, CommentPatch, CommentReason, CommentStatus};
use crate::comment_statistics::{
    CommentDay, CommentRuleCounts, CommentStatistics, DecisionCounts, ModeratorCounts,
};
use crate::managed_comment::{
    BulkCommentAnswer, BulkCommentItem, BulkCommentOutcome, BulkCommentRequest, CommentDecision,
    CommentDecisionRequest, CommentDesk, CommentHandling, CommentHandlingKind, CommentModeration,
    ManagedComment, NewCommentNote,
};

const MODERATOR: &str = "user:usr_38g7v6qajp37f";

/// The example of a schema, if it is one of these.
pub(super) fn of(schema: &str) -> Option<Value> {
    Some(match schema {
        "OwnComment" => value(public::posted_comment(false)),
        "CommentPatch" => value(CommentPatch {
            body: "I took it every summer, and in winter too.".to_owned(),
        }),
        "ManagedComment" => value(held()),
        "CommentDecisionRequest" => value(CommentDecisionRequest {
            decision: CommentDecision::Approve,
            note: None,
        }),
        "NewCommentNote" => value(NewCommentNote {
            text: "The third one of this kind this week.".to_owned(),
        }),
        "CommentHandling" => value(note()),
        "BulkCommentRequest" => value(BulkCommentRequest {
            decision: CommentDecision::Reject,
            note: None,
            items: vec![item()],
        }),
        "BulkCommentAnswer" => value(BulkCommentAnswer {
            failed: 0,
            items: vec![BulkCommentOutcome {
                comment: item().comment,
                status: 200,
                result: Some(held()),
                problem: None,
            }],
        }),
        "CommentStatistics" => value(statistics()),
        "Ban" => value(ban()),
        "NewBan" => value(NewBan {
            kind: BanKind::Account,
            comment: Some(public::root_comment().id),
            user: None,
            note: Some("Sells watches.".to_owned()),
            expires_at: None,
            remove_comments: true,
        }),
        _ => return None,
    })
}

fn statistics() -> CommentStatistics {
    let date = "2026-11-23".to_owned();
    let decisions = DecisionCounts {
        approved: 11,
        rejected: 2,
        ..DecisionCounts::default()
    };
    CommentStatistics {
        from: date.clone(),
        until: date.clone(),
        days: vec![CommentDay {
            date,
            published: 214,
            held: 13,
            spam: 4,
            refused: 1,
            reports: 6,
            decisions: decisions.clone(),
        }],
        rules: vec![CommentRuleCounts {
            rule_id: "rul_38g7va2x4q519".to_owned(),
            held: 9,
            spam: 4,
            refused: 0,
        }],
        moderators: vec![ModeratorCounts {
            by: MODERATOR.to_owned(),
            decisions,
        }],
    }
}

fn ban() -> Ban {
    Ban {
        id: "ban_38g7vc1t8r3w5".to_owned(),
        kind: BanKind::Account,
        user_id: Some("usr_38g7v6qajp37f".to_owned()),
        comment_id: Some(public::root_comment().id),
        note: Some("Sells watches.".to_owned()),
        expires_at: None,
        removing: false,
        removed: 12,
        created_by: MODERATOR.to_owned(),
        created_at: "2026-11-23T12:10:44.120Z".to_owned(),
        version: 1,
    }
}

fn item() -> BulkCommentItem {
    BulkCommentItem {
        comment: public::root_comment().id,
        version: 1,
    }
}

/// A comment that waits because of a word.
fn held() -> ManagedComment {
    ManagedComment {
        comment: Comment {
            status: CommentStatus::Held,
            reply_count: 0,
            ..public::root_comment()
        },
        source: "I took it every summer.".to_owned(),
        moderation: Some(CommentModeration {
            desk: Some(CommentDesk::Held),
            opened_at: "2026-11-23T11:02:17.440Z".to_owned(),
            reason: Some(CommentReason::Word),
            rule_id: Some("rul_38g7va2x4q519".to_owned()),
            spans: vec![[2, 6]],
            reports: 0,
            report_weight: 0,
            shielded: false,
            decided_by: None,
            decided_at: None,
        }),
        version: 1,
    }
}

fn note() -> CommentHandling {
    CommentHandling {
        id: "hdl_38g7vb4m1q7d0".to_owned(),
        what: CommentHandlingKind::Note,
        note: Some("The third one of this kind this week.".to_owned()),
        by: MODERATOR.to_owned(),
        at: "2026-11-23T12:10:44.120Z".to_owned(),
    }
}
