//! Reports of comments on the wire.

use domain::comment::{ReportOutcome, ReportReason};
use openapi::report::{ExportedReport, ManagedReport};
use storage::comments::reports::Report;

use super::time;

/// One's own report.
pub(crate) fn own(report: &Report) -> openapi::report::Report {
    openapi::report::Report {
        id: report.id.to_string(),
        comment_id: report.comment.to_string(),
        reason: reason(report.reason),
        created_at: report.created_at.to_string(),
    }
}

/// A report as moderators see it.
pub(crate) fn managed(report: Report) -> ManagedReport {
    ManagedReport {
        id: report.id.to_string(),
        comment_id: report.comment.to_string(),
        user_id: report.member.map(|member| member.to_string()),
        reason: reason(report.reason),
        note: report.note,
        weight: report.weight,
        created_at: report.created_at.to_string(),
        outcome: report.outcome.map(outcome),
        resolved_at: time(report.resolved_at),
    }
}

/// A report in an export.
pub(crate) fn exported(report: Report) -> ExportedReport {
    ExportedReport {
        id: report.id.to_string(),
        comment_id: report.comment.to_string(),
        reason: reason(report.reason),
        note: report.note,
        created_at: report.created_at.to_string(),
        outcome: report.outcome.map(outcome),
    }
}

/// Why, as a request says it.
pub(crate) fn asked_reason(reason: openapi::report::ReportReason) -> ReportReason {
    use openapi::report::ReportReason as Wire;
    match reason {
        Wire::Abuse => ReportReason::Abuse,
        Wire::Hate => ReportReason::Hate,
        Wire::Spam => ReportReason::Spam,
        Wire::OffTopic => ReportReason::OffTopic,
        Wire::PersonalData => ReportReason::PersonalData,
        Wire::Illegal => ReportReason::Illegal,
        Wire::Other => ReportReason::Other,
    }
}

fn reason(reason: ReportReason) -> openapi::report::ReportReason {
    use openapi::report::ReportReason as Wire;
    match reason {
        ReportReason::Abuse => Wire::Abuse,
        ReportReason::Hate => Wire::Hate,
        ReportReason::Spam => Wire::Spam,
        ReportReason::OffTopic => Wire::OffTopic,
        ReportReason::PersonalData => Wire::PersonalData,
        ReportReason::Illegal => Wire::Illegal,
        ReportReason::Other => Wire::Other,
    }
}

fn outcome(outcome: ReportOutcome) -> openapi::report::ReportOutcome {
    match outcome {
        ReportOutcome::Upheld => openapi::report::ReportOutcome::Upheld,
        ReportOutcome::Dismissed => openapi::report::ReportOutcome::Dismissed,
    }
}
