//! What moderators do with a comment, and the history of it.

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Nullable, Text};
use domain::comment::{
    CommentStatus, Decided, Decision, Finding, Handling, Reason, ReportOutcome, Standing,
};
use domain::id::{CommentId, HandlingId};
use domain::page::Limit;
use domain::time::Timestamp;

use super::case::{Case, case, desk_of, put_case};
use super::edit::{NewText, rewrite};
use super::reports::resolve;
use super::status::{Locked, pin, record, set_status};
use crate::page::Page;
use crate::schema::comment_handlings;
use crate::statement::{Statement, page_rows};
use crate::{Conn, Error, Tx, notifications, stored};

/// Something that a moderator did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Handled {
    /// Its id.
    pub id: HandlingId,
    /// What it was.
    pub what: Handling,
    /// What was noted with it.
    pub note: Option<String>,
    /// Who it was, as [`domain::actor::Actor::label`] writes it.
    pub by: String,
    /// When.
    pub at: Timestamp,
}

/// Does with a comment what a moderator has decided; false, and nothing is done, when it stands so
/// that this cannot be decided ([`domain::comment::decide`]).
pub fn decide(
    tx: &mut Tx<'_>,
    comment: &Locked,
    decision: Decision,
    note: Option<&str>,
    id: HandlingId,
) -> Result<bool, Error> {
    let known = case(tx, comment.id)?;
    let standing = Standing {
        status: comment.status,
        before: known.as_ref().and_then(|case| case.before),
        root: comment.parent.is_none(),
    };
    let Some(decided) = domain::comment::decide(decision, standing) else {
        return Ok(false);
    };
    match decided {
        Decided::Status(to) => {
            if let Some(outcome) = ReportOutcome::of(decision) {
                resolve(tx, comment.id, outcome)?;
            }
            let case = decided_case(tx, known, comment, decision, to);
            put_case(tx, comment.id, &case)?;
            set_status(tx, comment, to, happened(decision))?;
            if comment.status == CommentStatus::Held {
                notifications::decided(tx, comment, to)?;
            }
        }
        Decided::Pinned(pinned) => {
            pin(tx, comment, pinned)?;
            touched(tx, comment, happened(decision))?;
        }
        Decided::Featured(featured) => {
            feature(tx, comment.id, featured)?;
            touched(tx, comment, happened(decision))?;
        }
    }
    enter(tx, comment.id, id, decision.into(), note)?;
    Ok(true)
}

/// The case once it is decided. What was found stays, to tell how often a rule was right.
fn decided_case(
    tx: &Tx<'_>,
    known: Option<Case>,
    comment: &Locked,
    decision: Decision,
    to: CommentStatus,
) -> Case {
    let known = known.unwrap_or_else(|| Case::new(tx.now()));
    let published = to == CommentStatus::Published;
    let before = match decision {
        // Deleted twice, it is still what it was before the first time.
        Decision::Delete if comment.status != CommentStatus::Deleted => Some(comment.status),
        Decision::Delete => known.before,
        _ => None,
    };
    Case {
        // What is restored may wait again; every other decision is the last word.
        desk: desk_of(to).filter(|_| decision == Decision::Restore),
        finding: known
            .finding
            .or_else(|| (!published).then_some(Finding::of(Reason::Moderator))),
        reports: 0,
        weight: 0,
        shielded: published,
        before,
        decided_by: Some(tx.actor().label()),
        decided_at: Some(tx.now()),
        opened_at: known.opened_at,
    }
}

const fn happened(decision: Decision) -> &'static str {
    match decision {
        Decision::Approve => "approved",
        Decision::Reject => "rejected",
        Decision::Spam => "marked_spam",
        Decision::Delete => "deleted",
        Decision::Restore => "restored",
        Decision::Pin => "pinned",
        Decision::Unpin => "unpinned",
        Decision::Feature => "featured",
        Decision::Unfeature => "unfeatured",
    }
}

fn feature(tx: &mut Tx<'_>, id: CommentId, featured: bool) -> Result<(), Error> {
    Statement::<()>::new(if featured {
        "UPDATE comments SET featured = TRUE WHERE id = "
    } else {
        "UPDATE comments SET featured = FALSE WHERE id = "
    })
    .number(id.raw())
    .execute(tx.0)?;
    Ok(())
}

fn touched(tx: &mut Tx<'_>, comment: &Locked, happened: &'static str) -> Result<(), Error> {
    Statement::<()>::new("UPDATE comments SET version = version + 1 WHERE id = ")
        .number(comment.id.raw())
        .execute(tx.0)?;
    record(tx, happened, comment.article, comment.id)
}

/// A moderator gives a comment another text. It stays what it is: they have read it.
pub fn reword(
    tx: &mut Tx<'_>,
    comment: &Locked,
    new: &NewText,
    id: HandlingId,
) -> Result<(), Error> {
    rewrite(tx, comment, new)?;
    enter(tx, comment.id, id, Handling::Edit, None)?;
    record(tx, "edited", comment.article, comment.id)
}

/// A moderator notes something for the others.
pub fn note(
    tx: &mut Tx<'_>,
    comment: &Locked,
    text: &str,
    id: HandlingId,
) -> Result<Handled, Error> {
    enter(tx, comment.id, id, Handling::Note, Some(text))?;
    record(tx, "noted", comment.article, comment.id)?;
    Ok(Handled {
        id,
        what: Handling::Note,
        note: Some(text.to_owned()),
        by: tx.actor().label(),
        at: tx.now(),
    })
}

fn enter(
    tx: &mut Tx<'_>,
    comment: CommentId,
    id: HandlingId,
    what: Handling,
    note: Option<&str>,
) -> Result<(), Error> {
    let (by, at) = (tx.actor().label(), tx.now().as_millis());
    diesel::insert_into(comment_handlings::table)
        .values((
            comment_handlings::id.eq(id.raw()),
            comment_handlings::comment_id.eq(comment.raw()),
            comment_handlings::what.eq(what.as_str()),
            comment_handlings::note.eq(note),
            comment_handlings::handled_by.eq(by),
            comment_handlings::handled_at.eq(at),
        ))
        .execute(tx.0)?;
    Ok(())
}

/// One page of what moderators have done with a comment, the first thing first. One statement.
pub fn history(
    conn: &mut Conn<'_>,
    comment: CommentId,
    after: Option<i64>,
    limit: Limit,
) -> Result<Page<Handled>, Error> {
    let rows = Statement::<(BigInt, Text, Nullable<Text>, Text, BigInt)>::new(
        "SELECT h.id, h.what, h.note, h.handled_by, h.handled_at FROM comment_handlings h \
         WHERE h.comment_id = ",
    )
    .number(comment.raw())
    .sql(" AND h.id > ")
    .number(after.unwrap_or(0))
    .sql(" ORDER BY h.id")
    .sql(page_rows(limit))
    .load::<(i64, String, Option<String>, String, i64)>(conn.0)?;
    let handled = |(id, what, note, by, at): (i64, String, Option<String>, String, i64)| {
        Ok(Handled {
            id: HandlingId::from_raw(id),
            what: stored::parse(&what, Handling::parse)?,
            note,
            by,
            at: Timestamp::from_millis(at),
        })
    };
    let rows: Result<Vec<Handled>, Error> = rows.into_iter().map(handled).collect();
    Ok(Page::cut(rows?, limit))
}
