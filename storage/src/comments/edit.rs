//! An author changes a comment, or takes it back.

use diesel::prelude::*;
use domain::comment::{CommentStatus, Finding, Reason};

use super::case::{Case, case, desk_of, put_case};
use super::status::{Locked, record, set_status};
use crate::statement::Statement;
use crate::{Error, Tx, search};

/// What a comment says from now on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewText {
    /// As written.
    pub source: String,
    /// Sanitised HTML.
    pub html: String,
    /// Plain text.
    pub text: String,
}

/// Gives a comment another text and makes it what was decided about that, with what was found in
/// it. What a moderator has approved was the text before: reports count again.
pub fn edit(
    tx: &mut Tx<'_>,
    comment: &Locked,
    new: &NewText,
    status: CommentStatus,
    finding: Option<Finding>,
) -> Result<(), Error> {
    rewrite(tx, comment, new)?;
    let known = case(tx, comment.id)?;
    if known.is_some() || finding.is_some() {
        let known = known.unwrap_or_else(|| Case::new(tx.now()));
        let changed = Case {
            desk: desk_of(status).or(known.desk),
            finding: finding.or_else(|| known.finding.clone()),
            shielded: false,
            ..known
        };
        put_case(tx, comment.id, &changed)?;
    }
    if status == comment.status {
        record(tx, "edited", comment.article, comment.id)
    } else {
        set_status(tx, comment, status, "held")
    }
}

/// Writes the text, without a word in the change log.
pub(super) fn rewrite(tx: &mut Tx<'_>, comment: &Locked, new: &NewText) -> Result<(), Error> {
    Statement::<()>::new("UPDATE comments SET version = version + 1, body_source = ")
        .text(&new.source)
        .sql(", body_html = ")
        .text(&new.html)
        .sql(", body_text = ")
        .text(&new.text)
        .sql(", edited_at = ")
        .number(tx.now().as_millis())
        .sql(" WHERE id = ")
        .number(comment.id.raw())
        .execute(tx.0)?;
    search::queue(tx, comment.id)
}

/// Its author takes a comment back: it is gone, or a tombstone while it was answered. Moderators
/// still find it, and cannot bring it back.
pub fn withdraw(tx: &mut Tx<'_>, comment: &Locked) -> Result<(), Error> {
    let known = case(tx, comment.id)?.unwrap_or_else(|| Case::new(tx.now()));
    let closed = Case {
        desk: None,
        finding: Some(Finding::of(Reason::Author)),
        before: None,
        ..known
    };
    put_case(tx, comment.id, &closed)?;
    set_status(tx, comment, CommentStatus::Deleted, "deleted")
}
