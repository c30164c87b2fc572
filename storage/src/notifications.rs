//! What members are told: who answered them, and what became of their comments that waited.
//!
//! A row names the comment and the reason, each once. What the comment says is read when the member
//! asks, so nobody is told of a reply that is gone again.

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text};
use domain::comment::{CommentStatus, NotificationKind};
use domain::id::{CommentId, UserId};
use domain::page::Limit;
use domain::time::Timestamp;

use crate::comments::{Comment, Locked};
use crate::page::Page;
use crate::statement::{Statement, page_rows};
use crate::{Conn, Error, Tx, comments, stored};

/// Something that a member is told.
#[derive(Debug, Clone, PartialEq)]
pub struct Notification {
    /// Why.
    pub kind: NotificationKind,
    /// When it happened.
    pub at: Timestamp,
    /// The reply, or the member's own comment.
    pub comment: Comment,
}

/// Where a page ends: what was told last there.
pub type Place = (Timestamp, CommentId, NotificationKind);

/// Tells the author of what a comment answers, if that is somebody else with an account. A second
/// time nothing happens: a reply that comes back was told of before. One statement.
pub(crate) fn answered(tx: &mut Tx<'_>, reply: CommentId) -> Result<(), Error> {
    let now = tx.now().as_millis();
    Statement::<()>::new(
        "INSERT INTO notifications (user_id, comment_id, kind, notified_at) \
         SELECT p.user_id, c.id, 'reply', ",
    )
    .number(now)
    .sql(
        " FROM comments c JOIN comments p ON p.id = COALESCE(c.in_reply_to_id, c.parent_id) \
         WHERE p.user_id IS NOT NULL AND (c.user_id IS NULL OR c.user_id <> p.user_id) AND c.id = ",
    )
    .number(reply.raw())
    .sql(" ON CONFLICT (user_id, comment_id, kind) DO NOTHING")
    .execute(tx.0)?;
    Ok(())
}

/// Tells the author of a comment that waited what it became. At most one statement.
pub(crate) fn decided(tx: &mut Tx<'_>, comment: &Locked, to: CommentStatus) -> Result<(), Error> {
    let (Some(user), Some(kind)) = (comment.user, NotificationKind::of_decision(to)) else {
        return Ok(());
    };
    Statement::<()>::new(
        "INSERT INTO notifications (user_id, comment_id, kind, notified_at) VALUES (",
    )
    .number(user.raw())
    .sql(", ")
    .number(comment.id.raw())
    .sql(", ")
    .text(kind.as_str())
    .sql(", ")
    .number(tx.now().as_millis())
    .sql(") ON CONFLICT (user_id, comment_id, kind) DO UPDATE SET notified_at = excluded.notified_at")
    .execute(tx.0)?;
    Ok(())
}

/// One page of what a member is told, the latest first. A reply is left out while it is not
/// published or its article is not public at `now`. One statement.
pub fn list(
    conn: &mut Conn<'_>,
    member: UserId,
    before: Option<Place>,
    limit: Limit,
    now: Timestamp,
) -> Result<Page<Notification>, Error> {
    let told = comments::notified_columns()
        .sql(" FROM notifications n CROSS JOIN comments c WHERE c.id = n.comment_id AND n.user_id = ")
        .number(member.raw())
        .sql(
            " AND (n.kind <> 'reply' OR (c.status = 'published' AND EXISTS (SELECT 1 FROM \
             published_articles p WHERE p.id = c.article_id AND p.visible_from <= ",
        )
        .number(now.as_millis())
        .sql(" AND (p.visible_until IS NULL OR p.visible_until > ")
        .number(now.as_millis())
        .sql("))))");
    let told = match before {
        None => told,
        Some((at, comment, kind)) => told
            .sql(" AND (n.notified_at, n.comment_id, n.kind) < (")
            .number(at.as_millis())
            .sql(", ")
            .number(comment.raw())
            .sql(", ")
            .text(kind.as_str())
            .sql(")"),
    };
    let rows = told
        .sql(" ORDER BY n.notified_at DESC, n.comment_id DESC, n.kind DESC")
        .sql(page_rows(limit))
        .load::<comments::NotifiedRow>(conn.0)?;
    let told = rows.into_iter().map(|(comment, kind, at)| {
        Ok(Notification {
            kind: stored::parse(&kind, NotificationKind::parse)?,
            at: Timestamp::from_millis(at),
            comment: Comment::try_from(comment)?,
        })
    });
    Ok(Page::cut(told.collect::<Result<_, Error>>()?, limit))
}

/// One notification as its member takes it along.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    /// Why.
    pub kind: NotificationKind,
    /// The comment.
    pub comment: CommentId,
    /// When.
    pub at: Timestamp,
}

/// The notifications of a member after one, by comment; at most `limit`. One statement.
pub fn of_member(
    conn: &mut Conn<'_>,
    member: UserId,
    after: Option<(CommentId, NotificationKind)>,
    limit: i64,
) -> Result<Vec<Told>, Error> {
    let (comment, kind) = after.map_or((0, ""), |(comment, kind)| (comment.raw(), kind.as_str()));
    let rows = Statement::<(BigInt, Text, BigInt)>::new(
        "SELECT n.comment_id, n.kind, n.notified_at FROM notifications n WHERE n.user_id = ",
    )
    .number(member.raw())
    .sql(" AND (n.comment_id, n.kind) > (")
    .number(comment)
    .sql(", ")
    .text(kind)
    .sql(") ORDER BY n.comment_id, n.kind LIMIT ")
    .number(limit)
    .load::<(i64, String, i64)>(conn.0)?;
    let told = |(comment, kind, at): (i64, String, i64)| {
        Ok(Told {
            kind: stored::parse(&kind, NotificationKind::parse)?,
            comment: CommentId::from_raw(comment),
            at: Timestamp::from_millis(at),
        })
    };
    rows.into_iter().map(told).collect()
}

/// Forgets at most `limit` of what a member was told; how many there were: repeat until 0. Whoever
/// calls it holds the account ([`crate::users::lock`]).
pub fn forget(tx: &mut Tx<'_>, member: UserId, limit: i64) -> Result<usize, Error> {
    let told = of_member(tx, member, None, limit)?;
    let comments: Vec<i64> = told.iter().map(|told| told.comment.raw()).collect();
    if comments.is_empty() {
        return Ok(0);
    }
    Statement::<()>::new("DELETE FROM notifications WHERE user_id = ")
        .number(member.raw())
        .sql(" AND comment_id IN ")
        .numbers(&comments)
        .execute(tx.0)?;
    Ok(told.len())
}
