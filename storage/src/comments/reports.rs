//! What members report to moderators: once each, and weighed by what came of their earlier reports.
//!
//! The case of a comment holds how many reports are open and what they weigh together. Whoever
//! changes either holds the comment's row, so both are what the rows are.

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Nullable, Text};
use domain::comment::{
    CommentStatus, Desk, Finding, RECORD_SIZE, Reason, Record, ReportEffect, ReportOutcome,
    ReportReason, is_own, report_effect, report_weight,
};
use domain::id::{ArticleId, CommentId, ReportId, UserId};
use domain::page::Limit;
use domain::time::Timestamp;

use super::case::{Case, case, put_case};
use super::status::{Locked, lock, record, set_status};
use crate::page::Page;
use crate::published::Key;
use crate::schema::comment_reports;
use crate::statement::{Statement, page_rows};
use crate::{Conn, Error, Tx, stored};

/// A report to be stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewReport {
    /// Its id.
    pub id: ReportId,
    /// The comment it is of.
    pub comment: CommentId,
    /// Who reports.
    pub member: UserId,
    /// Why.
    pub reason: ReportReason,
    /// What else they say.
    pub note: Option<String>,
}

/// A stored report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// Its id.
    pub id: ReportId,
    /// The comment it is of.
    pub comment: CommentId,
    /// Who reported; none when their account is gone.
    pub member: Option<UserId>,
    /// Why.
    pub reason: ReportReason,
    /// What else they said.
    pub note: Option<String>,
    /// What it weighs, in hundredths of the report of a member without a record.
    pub weight: i64,
    /// When it was made.
    pub created_at: Timestamp,
    /// What moderators said of it; none while it is open.
    pub outcome: Option<ReportOutcome>,
    /// When they did.
    pub resolved_at: Option<Timestamp>,
}

/// What came of a report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Filed {
    /// It was stored.
    New(Report),
    /// The member had reported the comment before; this is that report, as it was.
    Before(Report),
}

/// Why a report was not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ReportRefusal {
    /// There is no such comment, it is not published, or its article is not public now.
    NotFound,
    /// It is the member's own.
    Own,
}

/// Stores a member's report of a published comment under a public article. It puts the comment before
/// the moderators or, when the open reports weigh enough together, holds it at once, unless a
/// moderator has approved it as it is. A member's second report of a comment is the first one. The
/// caller holds the member's account ([`crate::users::lock`]).
pub fn file(tx: &mut Tx<'_>, new: &NewReport) -> Result<Result<Filed, ReportRefusal>, Error> {
    if let Some(before) = of_both(tx, new.comment, new.member)? {
        return Ok(Ok(Filed::Before(before)));
    }
    let Some(comment) = lock(tx, new.comment)? else {
        return Ok(Err(ReportRefusal::NotFound));
    };
    let published = comment.visible && comment.status == CommentStatus::Published;
    if !published || !is_public(tx, comment.article)? {
        return Ok(Err(ReportRefusal::NotFound));
    }
    if is_own(comment.user, new.member) {
        return Ok(Err(ReportRefusal::Own));
    }
    let now = tx.now();
    let case = case(tx, comment.id)?.unwrap_or_else(|| Case::new(now));
    let weight = if case.shielded {
        0
    } else {
        report_weight(record_of(tx, new.member)?)
    };
    let report = Report {
        id: new.id,
        comment: new.comment,
        member: Some(new.member),
        reason: new.reason,
        note: new.note.clone(),
        weight,
        created_at: now,
        outcome: None,
        resolved_at: None,
    };
    write(tx, &report)?;
    take_effect(tx, &comment, case, weight)?;
    Ok(Ok(Filed::New(report)))
}

/// Counts one more report in the case, and does what follows.
fn take_effect(
    tx: &mut Tx<'_>,
    comment: &Locked,
    mut case: Case,
    weight: i64,
) -> Result<(), Error> {
    case.reports = case.reports.saturating_add(1);
    case.weight = case.weight.saturating_add(weight);
    let effect = report_effect(case.weight, case.shielded);
    let desk = match effect {
        ReportEffect::Kept => case.desk,
        ReportEffect::Desk => Some(Desk::Reported),
        ReportEffect::Held => {
            case.finding = Some(Finding::of(Reason::Reported));
            Some(Desk::Held)
        }
    };
    if case.desk.is_none() {
        // It waits from now on, whenever there was something about it before.
        case.opened_at = tx.now();
    }
    case.desk = desk;
    put_case(tx, comment.id, &case)?;
    record(tx, "reported", comment.article, comment.id)?;
    if effect == ReportEffect::Held {
        set_status(tx, comment, CommentStatus::Held, "held")?;
    }
    Ok(())
}

fn write(tx: &mut Tx<'_>, report: &Report) -> Result<(), Error> {
    diesel::insert_into(comment_reports::table)
        .values((
            comment_reports::id.eq(report.id.raw()),
            comment_reports::comment_id.eq(report.comment.raw()),
            comment_reports::user_id.eq(report.member.map(UserId::raw)),
            comment_reports::reason.eq(report.reason.as_str()),
            comment_reports::note.eq(report.note.as_deref()),
            comment_reports::weight.eq(report.weight),
            comment_reports::created_at.eq(report.created_at.as_millis()),
        ))
        .execute(tx.0)?;
    Ok(())
}

fn is_public(tx: &mut Tx<'_>, article: ArticleId) -> Result<bool, Error> {
    let now = tx.now();
    let key = Key::Id(article);
    let select = key.joined(Statement::<BigInt>::new("SELECT p.id FROM "));
    let found = key.asked(select, now).get_result::<i64>(tx.0).optional()?;
    Ok(found.is_some())
}

/// What moderators said of the member's last reports that they decided about.
fn record_of(conn: &mut Conn<'_>, member: UserId) -> Result<Record, Error> {
    let outcomes: Vec<String> = Statement::<Text>::new(
        "SELECT r.outcome FROM comment_reports r WHERE r.resolved_at > 0 AND r.user_id = ",
    )
    .number(member.raw())
    .sql(" ORDER BY r.resolved_at DESC LIMIT ")
    .number(i64::from(RECORD_SIZE))
    .load(conn.0)?;
    outcomes.iter().try_fold(Record::default(), |record, text| {
        Ok(record.with(stored::parse(text, ReportOutcome::parse)?))
    })
}

/// What a decision says of the open reports of a comment: their members' later reports weigh more,
/// or less. How many there were. Whoever decides has locked the comment ([`super::lock`]), and writes
/// its case, which has no open report afterwards: `reports` and `weight` are 0.
pub fn resolve(
    tx: &mut Tx<'_>,
    comment: CommentId,
    outcome: ReportOutcome,
) -> Result<usize, Error> {
    let now = tx.now().as_millis();
    let resolved = Statement::<()>::new("UPDATE comment_reports SET outcome = ")
        .text(outcome.as_str())
        .sql(", resolved_at = ")
        .number(now)
        .sql(" WHERE outcome IS NULL AND comment_id = ")
        .number(comment.raw())
        .execute(tx.0)?;
    Ok(resolved)
}

type ReportSql = (
    BigInt,
    BigInt,
    Nullable<BigInt>,
    Text,
    Nullable<Text>,
    BigInt,
    BigInt,
    Nullable<Text>,
    Nullable<BigInt>,
);

#[derive(Queryable)]
struct ReportRow {
    id: i64,
    comment_id: i64,
    user_id: Option<i64>,
    reason: String,
    note: Option<String>,
    weight: i64,
    created_at: i64,
    outcome: Option<String>,
    resolved_at: Option<i64>,
}

impl TryFrom<ReportRow> for Report {
    type Error = Error;

    fn try_from(row: ReportRow) -> Result<Self, Error> {
        Ok(Self {
            id: ReportId::from_raw(row.id),
            comment: CommentId::from_raw(row.comment_id),
            member: row.user_id.map(UserId::from_raw),
            reason: stored::parse(&row.reason, ReportReason::parse)?,
            note: row.note,
            weight: row.weight,
            created_at: Timestamp::from_millis(row.created_at),
            outcome: stored::parse_given(row.outcome.as_deref(), ReportOutcome::parse)?,
            resolved_at: stored::time(row.resolved_at),
        })
    }
}

fn select() -> Statement<ReportSql> {
    Statement::new(
        "SELECT r.id, r.comment_id, r.user_id, r.reason, r.note, r.weight, r.created_at, \
         r.outcome, r.resolved_at FROM comment_reports r WHERE ",
    )
}

fn of_both(
    conn: &mut Conn<'_>,
    comment: CommentId,
    member: UserId,
) -> Result<Option<Report>, Error> {
    let row = select()
        .sql("r.comment_id = ")
        .number(comment.raw())
        .sql(" AND r.user_id = ")
        .number(member.raw())
        .get_result::<ReportRow>(conn.0)
        .optional()?;
    row.map(Report::try_from).transpose()
}

/// One page of the reports of a comment, whatever became of it, the latest first, beginning before
/// `before`; none if there is no such comment. Two statements.
pub fn of_comment(
    conn: &mut Conn<'_>,
    comment: CommentId,
    before: Option<ReportId>,
    limit: Limit,
) -> Result<Option<Page<Report>>, Error> {
    let there = Statement::<BigInt>::new("SELECT c.id FROM comments c WHERE c.id = ")
        .number(comment.raw())
        .get_result::<i64>(conn.0)
        .optional()?;
    if there.is_none() {
        return Ok(None);
    }
    let rows = select()
        .sql("r.comment_id = ")
        .number(comment.raw())
        .sql(" AND r.id < ")
        .number(before.map_or(i64::MAX, ReportId::raw))
        .sql(" ORDER BY r.id DESC")
        .sql(page_rows(limit))
        .load::<ReportRow>(conn.0)?;
    Ok(Some(Page::cut(reports(rows)?, limit)))
}

/// The reports of a member after `after`, oldest first; at most `limit`.
pub fn of_member(
    conn: &mut Conn<'_>,
    member: UserId,
    after: Option<ReportId>,
    limit: i64,
) -> Result<Vec<Report>, Error> {
    let rows = select()
        .sql("r.user_id = ")
        .number(member.raw())
        .sql(" AND r.id > ")
        .number(after.map_or(0, ReportId::raw))
        .sql(" ORDER BY r.id LIMIT ")
        .number(limit)
        .load::<ReportRow>(conn.0)?;
    reports(rows)
}

fn reports(rows: Vec<ReportRow>) -> Result<Vec<Report>, Error> {
    rows.into_iter().map(Report::try_from).collect()
}

/// Lets go of at most `limit` reports of a member; how many there were: repeat until 0. One that is
/// open goes on counting, but nobody knows any more whose it is, and its note is gone; one that was
/// decided about is removed. Whoever calls it holds the account ([`crate::users::lock`]).
pub fn let_go(tx: &mut Tx<'_>, member: UserId, limit: i64) -> Result<usize, Error> {
    let reports = of_member(tx, member, None, limit)?;
    let (open, decided): (Vec<&Report>, Vec<&Report>) =
        reports.iter().partition(|report| report.outcome.is_none());
    let ids = |reports: Vec<&Report>| -> Vec<i64> {
        reports.iter().map(|report| report.id.raw()).collect()
    };
    if !open.is_empty() {
        Statement::<()>::new("UPDATE comment_reports SET user_id = NULL, note = NULL WHERE id IN ")
            .numbers(&ids(open))
            .execute(tx.0)?;
    }
    if !decided.is_empty() {
        Statement::<()>::new("DELETE FROM comment_reports WHERE id IN ")
            .numbers(&ids(decided))
            .execute(tx.0)?;
    }
    Ok(reports.len())
}
