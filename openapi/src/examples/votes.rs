//! Examples of what readers say of others' comments.

use serde_json::Value;

use super::people::USER;
use super::{ARTICLE, COMMENT, UPDATED, public, value};
use crate::comment::Votes;
use crate::notification::{ExportedNotification, Notification, NotificationKind};
use crate::report::{ExportedReport, ManagedReport, NewReport, Report, ReportReason};
use crate::vote::{CommentVote, ExportedVote, MyVote, NewVote};

const REPORT: &str = "rep_38g7v9y2m4s6d";
const NOTE: &str = "He gives my address.";

pub(super) fn of(schema: &str) -> Option<Value> {
    Some(match schema {
        "NewVote" => value(NewVote { value: 1 }),
        "CommentVote" => value(CommentVote {
            comment_id: COMMENT.to_owned(),
            value: Some(1),
            votes: Votes {
                up: 12,
                down: 3,
                score: 9,
            },
        }),
        "MyVote" => value(MyVote {
            comment_id: COMMENT.to_owned(),
            value: 1,
        }),
        "NewReport" => value(NewReport {
            reason: ReportReason::PersonalData,
            note: Some(NOTE.to_owned()),
        }),
        "Report" => value(Report {
            id: REPORT.to_owned(),
            comment_id: COMMENT.to_owned(),
            reason: ReportReason::PersonalData,
            created_at: UPDATED.to_owned(),
        }),
        "ManagedReport" => value(ManagedReport {
            id: REPORT.to_owned(),
            comment_id: COMMENT.to_owned(),
            user_id: Some(USER.to_owned()),
            reason: ReportReason::PersonalData,
            note: Some(NOTE.to_owned()),
            weight: 133,
            created_at: UPDATED.to_owned(),
            outcome: None,
            resolved_at: None,
        }),
        "Notification" => value(Notification {
            kind: NotificationKind::Reply,
            at: UPDATED.to_owned(),
            comment: public::reply(),
        }),
        _ => return None,
    })
}

pub(super) fn exported_notification() -> ExportedNotification {
    ExportedNotification {
        kind: NotificationKind::Reply,
        comment_id: COMMENT.to_owned(),
        at: UPDATED.to_owned(),
    }
}

pub(super) fn exported_report() -> ExportedReport {
    ExportedReport {
        id: REPORT.to_owned(),
        comment_id: COMMENT.to_owned(),
        reason: ReportReason::PersonalData,
        note: Some(NOTE.to_owned()),
        created_at: UPDATED.to_owned(),
        outcome: None,
    }
}

pub(super) fn exported() -> ExportedVote {
    ExportedVote {
        comment_id: COMMENT.to_owned(),
        article_id: ARTICLE.to_owned(),
        value: 1,
        voted_at: UPDATED.to_owned(),
    }
}
