//! The one place where a comment becomes visible or is hidden, and every counter follows.
//!
//! A comment is shown when it is published, or when replies to it are shown: then as a tombstone.
//! `reply_count` counts the direct replies that are shown, `article_stats.comments` the published
//! ones. So what a list shows and what is counted go by one rule.

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Bool, Nullable, Text};
use domain::comment::{CommentStatus, Keys};
use domain::id::{ArticleId, CommentId, UserId};
use domain::time::Timestamp;
use serde::{Deserialize, Serialize};

use crate::changes::{self, Change, Entity};
use crate::dialect::locking;
use crate::statement::Statement;
use crate::{Error, Tx, notifications, stats, stored};

/// A comment that nobody else changes until the transaction ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Locked {
    /// The comment.
    pub id: CommentId,
    /// The article it stands under.
    pub article: ArticleId,
    /// The comment it is listed under; none for a root.
    pub parent: Option<CommentId>,
    /// What became of it.
    pub status: CommentStatus,
    /// Whether it is shown, if only as a tombstone.
    pub visible: bool,
    /// Direct replies that are shown.
    pub reply_count: i64,
    /// Kept on top.
    pub pinned: bool,
    /// Shown off.
    pub featured: bool,
    /// Grows with every edit and decision.
    pub version: i64,
    /// The account it is of; none for a guest's.
    pub user: Option<UserId>,
    /// When it was posted.
    pub created_at: Timestamp,
}

type LockedSql = (
    BigInt,
    BigInt,
    Nullable<BigInt>,
    Text,
    Bool,
    BigInt,
    Bool,
    Bool,
    BigInt,
    Nullable<BigInt>,
    BigInt,
);

#[derive(Queryable)]
struct LockedRow {
    id: i64,
    article_id: i64,
    parent_id: Option<i64>,
    status: String,
    visible: bool,
    reply_count: i64,
    pinned: bool,
    featured: bool,
    version: i64,
    user_id: Option<i64>,
    created_at: i64,
}

/// Locks a comment, whatever became of it and its article; none if there is none such. Whoever
/// locks a comment locks it before its parent's row, and that before its article's counters.
pub fn lock(tx: &mut Tx<'_>, id: CommentId) -> Result<Option<Locked>, Error> {
    let select = Statement::<LockedSql>::new(
        "SELECT c.id, c.article_id, c.parent_id, c.status, c.visible, c.reply_count, c.pinned, \
         c.featured, c.version, c.user_id, c.created_at FROM comments c WHERE c.id = ",
    )
    .number(id.raw());
    let rows: Vec<LockedRow> = locking(tx.0, select).load(tx.0)?;
    let locked = |row: LockedRow| {
        Ok(Locked {
            id: CommentId::from_raw(row.id),
            article: ArticleId::from_raw(row.article_id),
            parent: row.parent_id.map(CommentId::from_raw),
            status: stored::parse(&row.status, CommentStatus::parse)?,
            visible: row.visible,
            reply_count: row.reply_count,
            pinned: row.pinned,
            featured: row.featured,
            version: row.version,
            user: row.user_id.map(UserId::from_raw),
            created_at: Timestamp::from_millis(row.created_at),
        })
    };
    rows.into_iter().next().map(locked).transpose()
}

/// Makes a comment this: shows or hides it, counts it or not, and writes what happened, such as
/// `published` or `removed`, to the change log. What is not published any more is neither pinned
/// nor featured.
pub fn set_status(
    tx: &mut Tx<'_>,
    comment: &Locked,
    to: CommentStatus,
    happened: &'static str,
) -> Result<(), Error> {
    let published = to == CommentStatus::Published;
    let shown = published || comment.reply_count > 0;
    if comment.pinned && !published {
        pin(tx, comment, false)?;
    }
    Statement::<()>::new("UPDATE comments SET version = version + 1, status = ")
        .text(to.as_str())
        .sql(if shown {
            ", visible = TRUE"
        } else {
            ", visible = FALSE"
        })
        .sql(if published { "" } else { ", featured = FALSE" })
        .sql(" WHERE id = ")
        .number(comment.id.raw())
        .execute(tx.0)?;
    if shown != comment.visible {
        count_replies(tx, comment.parent, if shown { 1 } else { -1 })?;
    }
    let counted =
        i64::from(published).saturating_sub(i64::from(comment.status == CommentStatus::Published));
    if counted != 0 {
        stats::add_comments(tx, comment.article, counted)?;
    }
    if published && comment.status != CommentStatus::Published && comment.parent.is_some() {
        notifications::answered(tx, comment.id)?;
    }
    let change = Became {
        from: Some(comment.status),
        to,
    };
    record_status(tx, happened, comment.article, comment.id, change)
}

/// Keeps a comment on top of those beside it, or not: its keys are lifted above all others.
pub(super) fn pin(tx: &mut Tx<'_>, comment: &Locked, pinned: bool) -> Result<(), Error> {
    if comment.pinned == pinned {
        return Ok(());
    }
    let lift = Keys {
        best: 0,
        controversial: 0,
        hot: 0,
    }
    .pinned(true);
    let by = if pinned {
        lift.best
    } else {
        lift.best.saturating_neg()
    };
    Statement::<()>::new(if pinned {
        "UPDATE comments SET pinned = TRUE, best = best + "
    } else {
        "UPDATE comments SET pinned = FALSE, best = best + "
    })
    .number(by)
    .sql(", controversial = controversial + ")
    .number(by)
    .sql(", hot = hot + ")
    .number(by)
    .sql(" WHERE id = ")
    .number(comment.id.raw())
    .execute(tx.0)?;
    Ok(())
}

/// Counts so many replies that are shown from now on, or, negative, not any more. A tombstone that
/// loses its last reply is hidden, and one that gets a first one is shown, which its own parent
/// counts, and so on: as many statements as there are such tombstones in a row.
pub(super) fn count_replies(
    tx: &mut Tx<'_>,
    parent: Option<CommentId>,
    by: i64,
) -> Result<(), Error> {
    let (mut next, mut by) = (parent.map(CommentId::raw), by);
    while let Some(id) = next {
        let (above, status, replies) = Statement::<(Nullable<BigInt>, Text, BigInt)>::new(
            "UPDATE comments SET reply_count = reply_count + ",
        )
        .number(by)
        .sql(", visible = (status = 'published' OR reply_count + ")
        .number(by)
        .sql(" > 0) WHERE id = ")
        .number(id)
        .sql(" RETURNING parent_id, status, reply_count")
        .get_result::<(Option<i64>, String, i64)>(tx.0)?;
        let published = stored::parse(&status, CommentStatus::parse)? == CommentStatus::Published;
        let was_shown = replies.saturating_sub(by) > 0;
        if published || was_shown == (replies > 0) {
            break;
        }
        // However many replies came or went, the tombstone above them is one.
        by = by.signum();
        next = above;
    }
    Ok(())
}

/// What a comment was, unless it is new, and what it is now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Became {
    /// None for one that is new.
    pub from: Option<CommentStatus>,
    /// What it is from then on.
    pub to: CommentStatus,
}

/// [`Became`] as the change log holds it.
#[derive(Serialize, Deserialize)]
struct BecameJson {
    #[serde(skip_serializing_if = "Option::is_none")]
    from: Option<String>,
    to: String,
}

impl Became {
    fn to_json(self) -> Result<String, Error> {
        Ok(serde_json::to_string(&BecameJson {
            from: self.from.map(|status| status.as_str().to_owned()),
            to: self.to.as_str().to_owned(),
        })?)
    }

    pub(super) fn from_json(json: &str) -> Result<Self, Error> {
        let BecameJson { from, to } = serde_json::from_str(json)?;
        Ok(Self {
            from: stored::parse_given(from.as_deref(), CommentStatus::parse)?,
            to: stored::parse(&to, CommentStatus::parse)?,
        })
    }
}

/// Writes that something happened to a comment that is what it was before.
pub(super) fn record(
    tx: &mut Tx<'_>,
    kind: &'static str,
    article: ArticleId,
    comment: CommentId,
) -> Result<(), Error> {
    append(tx, kind, article, comment, None)
}

/// Writes that a comment became something else: whoever follows the log shows or hides it.
pub(super) fn record_status(
    tx: &mut Tx<'_>,
    kind: &'static str,
    article: ArticleId,
    comment: CommentId,
    became: Became,
) -> Result<(), Error> {
    append(tx, kind, article, comment, Some(became))
}

fn append(
    tx: &mut Tx<'_>,
    kind: &'static str,
    article: ArticleId,
    comment: CommentId,
    became: Option<Became>,
) -> Result<(), Error> {
    let change = Change {
        kind,
        entity: Entity::Comment,
        entity_id: comment.raw(),
        data: became.map(Became::to_json).transpose()?,
        article: Some(article),
    };
    changes::append(tx, &change)
}
