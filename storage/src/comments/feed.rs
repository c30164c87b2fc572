//! What happens to comments, in the order of the change log: what streams are made of.

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Nullable, Text};
use domain::id::{ArticleId, CommentId};
use domain::time::Timestamp;

use super::owned::{OwnComment, OwnRow, own, own_columns};
use super::read::visible_articles;
use super::row::{CommentRow, comments};
use super::{Became, Comment};
use crate::dialect::settled;
use crate::statement::Statement;
use crate::{Conn, Error};

/// A place in the order of all changes. On PostgreSQL transactions commit out of the order of their
/// `seq`; read by transaction, and only up to the oldest one that is still running, nothing appears
/// behind a place that was read.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Position {
    /// The transaction; 0 on SQLite.
    pub xid: i64,
    /// The entry.
    pub seq: i64,
}

/// Something that happened to a comment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CommentChange {
    /// Its place in the order.
    pub position: Position,
    /// What happened, as the change log names it.
    pub kind: String,
    /// To which comment.
    pub comment: CommentId,
    /// The article that it stands under.
    pub article: ArticleId,
    /// What it was before and is since, if that changed or the comment is new.
    pub became: Option<Became>,
}

/// The place after everything that has happened so far; the first one if nothing has. One statement.
pub fn head(conn: &mut Conn<'_>) -> Result<Position, Error> {
    let place: Option<(i64, i64)> = Statement::<(BigInt, BigInt)>::new(
        "SELECT l.xid, l.seq FROM changes l WHERE l.article_id IS NOT NULL",
    )
    .sql(settled(conn.0))
    .sql(" ORDER BY l.xid DESC, l.seq DESC LIMIT 1")
    .get_result(conn.0)
    .optional()?;
    Ok(place.map_or_else(Position::default, |(xid, seq)| Position { xid, seq }))
}

type ChangeSql = (BigInt, BigInt, Text, BigInt, BigInt, Nullable<Text>);
type StoredChange = (i64, i64, String, i64, i64, Option<String>);

/// What happened after a place to comments of one article, or of all, in order; at most `limit`. One
/// statement.
pub fn changes_after(
    conn: &mut Conn<'_>,
    article: Option<ArticleId>,
    after: Position,
    limit: i64,
) -> Result<Vec<CommentChange>, Error> {
    let changes = Statement::<ChangeSql>::new(
        "SELECT l.xid, l.seq, l.kind, l.entity_id, l.article_id, l.data FROM changes l WHERE ",
    );
    let changes = match article {
        None => changes.sql("l.article_id IS NOT NULL"),
        Some(article) => changes.sql("l.article_id = ").number(article.raw()),
    };
    let rows = changes
        .sql(" AND (l.xid, l.seq) > (")
        .number(after.xid)
        .sql(", ")
        .number(after.seq)
        .sql(")")
        .sql(settled(conn.0))
        .sql(" ORDER BY l.xid, l.seq LIMIT ")
        .number(limit)
        .load::<StoredChange>(conn.0)?;
    rows.into_iter().map(change).collect()
}

fn change(stored: StoredChange) -> Result<CommentChange, Error> {
    let (xid, seq, kind, comment, article, data) = stored;
    Ok(CommentChange {
        position: Position { xid, seq },
        kind,
        comment: CommentId::from_raw(comment),
        article: ArticleId::from_raw(article),
        became: data.as_deref().map(Became::from_json).transpose()?,
    })
}

/// Those of these comments that the public may see at `now`, in no order. One statement.
pub fn shown(
    conn: &mut Conn<'_>,
    ids: &[CommentId],
    now: Timestamp,
) -> Result<Vec<Comment>, Error> {
    let rows = visible_articles(Statement::new("SELECT "), now)
        .sql(" AND c.visible = TRUE AND c.id IN ")
        .numbers(&raw(ids))
        .load::<CommentRow>(conn.0)?;
    comments(rows)
}

/// These comments with all that moderators know of them, in no order. One statement.
pub fn wholes(conn: &mut Conn<'_>, ids: &[CommentId]) -> Result<Vec<OwnComment>, Error> {
    let rows = own_columns("c.id")
        .sql(" FROM comments c LEFT JOIN comment_cases k ON k.comment_id = c.id WHERE c.id IN ")
        .numbers(&raw(ids))
        .load::<OwnRow>(conn.0)?;
    rows.into_iter().map(own).collect()
}

fn raw(ids: &[CommentId]) -> Vec<i64> {
    ids.iter().map(|id| id.raw()).collect()
}
