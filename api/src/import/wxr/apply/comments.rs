//! Comments of one article.

use domain::Timestamp;
use domain::comment::{AuthorKind, CommentStatus, Finding, Levels, Reason};
use domain::id::{CommentId, id_at};
use storage::comments::{self, CommentOutcome, ImportKey, ImportedComment, NewComment};
use storage::{Error, Tx};

use super::super::replies::PlannedComment;
use super::{Batch, random};
use crate::import::report::{Kind, Outcome};

impl Batch<'_> {
    pub(super) fn comments(
        &mut self,
        tx: &mut Tx<'_>,
        source: &str,
        list: &[PlannedComment],
    ) -> Result<(), Error> {
        let article = [&self.effects.article, &self.settled.article]
            .into_iter()
            .flatten()
            .find(|(known, _)| known == source)
            .map(|(_, id)| *id)
            .ok_or_else(|| Error::Internal("comments came before their article".into()))?;
        let now = tx.now();
        let mut imports = Vec::with_capacity(list.len());
        for planned in list {
            imports.push(imported_comment(planned, now)?);
        }
        let outcomes = comments::import(tx, article, &imports)?;
        for (planned, done) in list.iter().zip(outcomes) {
            let report = &mut self.effects.report;
            match done {
                CommentOutcome::Created => {
                    report.take(Kind::Comments, Outcome::New);
                    report.state(Kind::Comments, comment_state(planned));
                }
                CommentOutcome::Unchanged => report.take(Kind::Comments, Outcome::Unchanged),
                CommentOutcome::ParentMissing => {
                    report.leave_out("comment whose parent is missing", planned.line);
                }
            }
        }
        Ok(())
    }
}

fn imported_comment(planned: &PlannedComment, now: Timestamp) -> Result<ImportedComment, Error> {
    let at = planned.at.unwrap_or(now);
    Ok(ImportedComment {
        key: ImportKey::Source(planned.source.clone()),
        source: None,
        parent: planned.parent.clone().map(ImportKey::Source),
        comment: NewComment {
            id: CommentId::from_raw(id_at(at.plus_millis(planned.nth), random()?)),
            parent: None,
            author_kind: AuthorKind::Guest,
            author_name: planned.name.clone(),
            user: None,
            author_email: planned.email.clone(),
            body_source: planned.body.clone(),
            body_html: planned.rendered.html.clone(),
            body_text: planned.rendered.text.clone(),
            status: planned.status,
            finding: (planned.status != CommentStatus::Published)
                .then_some(Finding::of(Reason::Imported)),
            levels: Levels::default(),
        },
        created_at: at,
        kept: None,
    })
}

fn comment_state(planned: &PlannedComment) -> &'static str {
    match planned.status {
        CommentStatus::Published => "published",
        CommentStatus::Spam => "spam",
        CommentStatus::Held | CommentStatus::Rejected | CommentStatus::Deleted => "held",
    }
}
