//! What moderators know of a comment that was held, reported or decided on.

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Bool, Nullable, Text};
use domain::comment::{CommentStatus, Desk, Finding, Reason, need};
use domain::id::{CommentId, RuleId};
use domain::time::Timestamp;

use crate::schema::comment_cases;
use crate::statement::Statement;
use crate::{Conn, Error, Tx, stored};

/// The case of a comment; one that was never held, reported or decided on has none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Case {
    /// Where it waits for a moderator; none once it was decided.
    pub desk: Option<Desk>,
    /// Since when there is a case.
    pub opened_at: Timestamp,
    /// Why it is not published, or was not.
    pub finding: Option<Finding>,
    /// Open reports.
    pub reports: i64,
    /// What the open reports weigh together, in hundredths of a reader's.
    pub weight: i64,
    /// Whether a moderator has approved the text as it is: reports do not hold it any more.
    pub shielded: bool,
    /// What it was before a moderator removed it.
    pub before: Option<CommentStatus>,
    /// Who last decided, as [`domain::actor::Actor::label`] writes it.
    pub decided_by: Option<String>,
    /// When that was.
    pub decided_at: Option<Timestamp>,
}

impl Case {
    /// A case that begins now.
    #[must_use]
    pub const fn new(now: Timestamp) -> Self {
        Self {
            desk: None,
            opened_at: now,
            finding: None,
            reports: 0,
            weight: 0,
            shielded: false,
            before: None,
            decided_by: None,
            decided_at: None,
        }
    }
}

/// The columns of [`CaseRow`], from `comment_cases k`.
pub(super) const CASE: &str = "k.desk, k.opened_at, k.reason, k.rule_id, k.spans, k.reports, \
     k.weight, k.shielded, k.status_before, k.decided_by, k.decided_at";

/// The SQL types of [`CaseRow`].
pub(super) type CaseSql = (
    Nullable<Text>,
    Nullable<BigInt>,
    Nullable<Text>,
    Nullable<BigInt>,
    Nullable<Text>,
    Nullable<BigInt>,
    Nullable<BigInt>,
    Nullable<Bool>,
    Nullable<Text>,
    Nullable<Text>,
    Nullable<BigInt>,
);

/// A case, or the row of nulls that a comment without one is joined with.
#[derive(Queryable)]
pub(super) struct CaseRow {
    desk: Option<String>,
    opened_at: Option<i64>,
    reason: Option<String>,
    rule_id: Option<i64>,
    spans: Option<String>,
    reports: Option<i64>,
    weight: Option<i64>,
    shielded: Option<bool>,
    status_before: Option<String>,
    decided_by: Option<String>,
    decided_at: Option<i64>,
}

impl CaseRow {
    pub(super) fn into_case(self) -> Result<Option<Case>, Error> {
        let Some(opened_at) = self.opened_at else {
            return Ok(None);
        };
        let reason = stored::parse_given(self.reason.as_deref(), Reason::parse)?;
        let spans = match &self.spans {
            None => Vec::new(),
            Some(json) => serde_json::from_str(json)?,
        };
        Ok(Some(Case {
            desk: stored::parse_given(self.desk.as_deref(), Desk::parse)?,
            opened_at: Timestamp::from_millis(opened_at),
            finding: reason.map(|reason| Finding {
                reason,
                rule: self.rule_id.map(RuleId::from_raw),
                spans,
            }),
            reports: self.reports.unwrap_or_default(),
            weight: self.weight.unwrap_or_default(),
            shielded: self.shielded.unwrap_or_default(),
            before: stored::parse_given(self.status_before.as_deref(), CommentStatus::parse)?,
            decided_by: self.decided_by,
            decided_at: stored::time(self.decided_at),
        }))
    }
}

/// The case of a comment, if there is one. One statement.
pub fn case(conn: &mut Conn<'_>, comment: CommentId) -> Result<Option<Case>, Error> {
    let row = Statement::<CaseSql>::new("SELECT ")
        .sql(CASE)
        .sql(" FROM comment_cases k WHERE k.comment_id = ")
        .number(comment.raw())
        .get_result::<CaseRow>(conn.0)
        .optional()?;
    row.map_or(Ok(None), CaseRow::into_case)
}

/// Where a comment that becomes this waits, if it does.
pub(super) const fn desk_of(status: CommentStatus) -> Option<Desk> {
    match status {
        CommentStatus::Held => Some(Desk::Held),
        CommentStatus::Spam => Some(Desk::Spam),
        CommentStatus::Published | CommentStatus::Rejected | CommentStatus::Deleted => None,
    }
}

/// Writes the case of a comment, whether it had one or not. Whoever calls it has the comment's own
/// row locked, or has just made it.
pub fn put_case(tx: &mut Tx<'_>, comment: CommentId, case: &Case) -> Result<(), Error> {
    let finding = case.finding.as_ref();
    let spans = finding
        .filter(|finding| !finding.spans.is_empty())
        .map(|finding| serde_json::to_string(&finding.spans))
        .transpose()?;
    let values = (
        comment_cases::desk.eq(case.desk.map(Desk::as_str)),
        comment_cases::need.eq(need(case.weight, case.opened_at)),
        comment_cases::opened_at.eq(case.opened_at.as_millis()),
        comment_cases::reason.eq(finding.map(|finding| finding.reason.as_str())),
        comment_cases::rule_id.eq(finding.and_then(|finding| finding.rule).map(RuleId::raw)),
        comment_cases::spans.eq(spans),
        comment_cases::reports.eq(case.reports),
        comment_cases::weight.eq(case.weight),
        comment_cases::shielded.eq(case.shielded),
        comment_cases::status_before.eq(case.before.map(CommentStatus::as_str)),
        comment_cases::decided_by.eq(case.decided_by.as_deref()),
        comment_cases::decided_at.eq(case.decided_at.map(Timestamp::as_millis)),
    );
    let changed = diesel::update(comment_cases::table.find(comment.raw()))
        .set(values.clone())
        .execute(tx.0)?;
    if changed == 0 {
        diesel::insert_into(comment_cases::table)
            .values((comment_cases::comment_id.eq(comment.raw()), values))
            .execute(tx.0)?;
    }
    Ok(())
}
