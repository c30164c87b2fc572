//! Single comments, flat lists and counts.

use std::collections::HashMap;

use diesel::prelude::*;
use diesel::sql_types::BigInt;
use domain::id::{ArticleId, CommentId};
use domain::page::Limit;
use domain::time::Timestamp;

use super::row::{CommentRow, CommentSql, columns, comments};
use super::{Comment, Sort};
use crate::page::Page;
use crate::statement::{Statement, page_rows};
use crate::{Conn, Error};

/// A comment that the public may see at `now`: published or a tombstone with replies, under an
/// article that is public. One statement.
pub fn get(conn: &mut Conn<'_>, id: CommentId, now: Timestamp) -> Result<Option<Comment>, Error> {
    let row = visible_articles(Statement::new("SELECT "), now)
        .sql(" AND c.visible = TRUE AND c.id = ")
        .number(id.raw())
        .get_result::<CommentRow>(conn.0)
        .optional()?;
    row.map(Comment::try_from).transpose()
}

/// One page of the direct replies of a comment, beginning after a [`Comment::position`]. The
/// caller has made sure that the comment may be seen ([`get`]). One statement.
pub fn replies(
    conn: &mut Conn<'_>,
    parent: CommentId,
    sort: Sort,
    after: Option<i64>,
    limit: Limit,
) -> Result<Page<Comment>, Error> {
    let replies = columns(Statement::<CommentSql>::new("SELECT "), sort.column())
        .sql(" FROM comments c WHERE c.visible = TRUE AND c.below = ")
        .number(parent.raw());
    let rows = from(replies, sort, after)
        .sql(page_rows(limit))
        .load::<CommentRow>(conn.0)?;
    Ok(Page::cut(comments(rows)?, limit))
}

/// One page of the newest published comments under articles that are public at `now`. One
/// statement.
pub fn newest(
    conn: &mut Conn<'_>,
    after: Option<i64>,
    limit: Limit,
    now: Timestamp,
) -> Result<Page<Comment>, Error> {
    let newest = visible_articles(Statement::new("SELECT "), now)
        .sql(" AND c.status = 'published' AND c.visible = TRUE");
    let rows = from(newest, Sort::Newest, after)
        .sql(page_rows(limit))
        .load::<CommentRow>(conn.0)?;
    Ok(Page::cut(comments(rows)?, limit))
}

/// The number of published comments of each of these articles that is public at `now`. One
/// statement.
pub fn counts(
    conn: &mut Conn<'_>,
    articles: &[ArticleId],
    now: Timestamp,
) -> Result<HashMap<ArticleId, i64>, Error> {
    let ids: Vec<i64> = articles.iter().map(|id| id.raw()).collect();
    let rows = Statement::<(BigInt, BigInt)>::new(
        "SELECT p.id, COALESCE(s.comments, 0) FROM published_articles p \
         LEFT JOIN article_stats s ON s.article_id = p.id WHERE p.visible_from <= ",
    )
    .number(now.as_millis())
    .sql(" AND (p.visible_until IS NULL OR p.visible_until > ")
    .number(now.as_millis())
    .sql(") AND p.id IN ")
    .numbers(&ids)
    .load::<(i64, i64)>(conn.0)?;
    Ok(rows
        .into_iter()
        .map(|(id, count)| (ArticleId::from_raw(id), count))
        .collect())
}

/// `CROSS JOIN` is a plain join on PostgreSQL; SQLite takes it as the order of the loops:
/// comments by their index, then the article of each.
pub(super) fn visible_articles(
    select: Statement<CommentSql>,
    now: Timestamp,
) -> Statement<CommentSql> {
    columns(select, "c.id")
        .sql(" FROM comments c CROSS JOIN published_articles p")
        .sql(" WHERE p.id = c.article_id AND p.visible_from <= ")
        .number(now.as_millis())
        .sql(" AND (p.visible_until IS NULL OR p.visible_until > ")
        .number(now.as_millis())
        .sql(")")
}

/// The rest of a `WHERE` on `comments c`: those after the last one of the page before, in order.
pub(super) fn from<Row>(sql: Statement<Row>, sort: Sort, after: Option<i64>) -> Statement<Row> {
    let (beyond, direction) = match sort {
        Sort::Oldest => (" > ", ""),
        Sort::Best | Sort::Newest | Sort::Controversial | Sort::Hot => (" < ", " DESC"),
    };
    let sql = match after {
        None => sql,
        Some(position) => sql
            .sql(" AND ")
            .sql(sort.column())
            .sql(beyond)
            .number(position),
    };
    sql.sql(" ORDER BY ").sql(sort.column()).sql(direction)
}
