//! What moderators look at: comments that wait for them, and all others.

use std::cmp::Reverse;

use diesel::prelude::*;
use domain::comment::{CommentStatus, Desk};
use domain::id::{CommentId, UserId};
use domain::page::Limit;
use domain::text::search::Query;

use super::Sort;
use super::feed::wholes;
use super::owned::{OwnComment, OwnRow, own, own_columns, whole};
use super::read::from;
use crate::bans::{self, Traces};
use crate::dialect::found_comments;
use crate::page::Page;
use crate::statement::{Statement, page_rows};
use crate::{Conn, Error};

/// Which part of what waits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeskQuery {
    /// What it waits for.
    pub desk: Desk,
    /// Those that these words find.
    pub words: Option<Query>,
    /// The need and the id of the last comment of the page before.
    pub after: Option<(i64, CommentId)>,
    /// Comments per page.
    pub limit: Limit,
}

/// One page of what waits, the neediest first ([`domain::comment::need`], which is each one's
/// [`Comment::position`](super::Comment::position)). One statement.
pub fn desk(conn: &mut Conn<'_>, query: &DeskQuery) -> Result<Page<OwnComment>, Error> {
    let waiting = own_columns("k.need")
        .sql(" FROM comment_cases k CROSS JOIN comments c WHERE c.id = k.comment_id AND k.desk = ")
        .text(query.desk.as_str());
    let waiting = found(conn, waiting, query.words.as_ref());
    let waiting = match query.after {
        None => waiting,
        Some((need, id)) => waiting
            .sql(" AND (k.need, k.comment_id) < (")
            .number(need)
            .sql(", ")
            .number(id.raw())
            .sql(")"),
    };
    let rows = waiting
        .sql(" ORDER BY k.need DESC, k.comment_id DESC")
        .sql(page_rows(query.limit))
        .load::<OwnRow>(conn.0)?;
    let waiting: Result<Vec<OwnComment>, Error> = rows.into_iter().map(own).collect();
    Ok(Page::cut(waiting?, query.limit))
}

/// Which of all comments.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListQuery {
    /// Those of this account.
    pub user: Option<UserId>,
    /// Those that this became of.
    pub status: Option<CommentStatus>,
    /// Those that these words find.
    pub words: Option<Query>,
    /// Those before this one.
    pub before: Option<i64>,
    /// Comments per page.
    pub limit: Limit,
}

/// One page of comments, whatever became of them and their articles, the newest first. One
/// statement.
pub fn list(conn: &mut Conn<'_>, query: &ListQuery) -> Result<Page<OwnComment>, Error> {
    let all = own_columns("c.id")
        .sql(" FROM comments c LEFT JOIN comment_cases k ON k.comment_id = c.id WHERE c.id > 0");
    let all = match query.user {
        None => all,
        Some(user) => all.sql(" AND c.user_id = ").number(user.raw()),
    };
    let all = match query.status {
        None => all,
        Some(status) => all.sql(" AND c.status = ").text(status.as_str()),
    };
    let all = found(conn, all, query.words.as_ref());
    let rows = from(all, Sort::Newest, query.before)
        .sql(page_rows(query.limit))
        .load::<OwnRow>(conn.0)?;
    let all: Result<Vec<OwnComment>, Error> = rows.into_iter().map(own).collect();
    Ok(Page::cut(all?, query.limit))
}

/// Goes on with those of `comments c` that words find.
fn found<Row>(conn: &Conn<'_>, sql: Statement<Row>, words: Option<&Query>) -> Statement<Row> {
    match words {
        Some(words) => found_comments(conn.0, sql, words),
        None => sql,
    }
}

/// One page of comments by whoever wrote one, the newest first: of its account; of a guest those that left
/// the same traces, and the comment itself if it left none. None if there is no such comment. At most five
/// statements.
pub fn of_same_author(
    conn: &mut Conn<'_>,
    comment: CommentId,
    before: Option<i64>,
    limit: Limit,
) -> Result<Option<Page<OwnComment>>, Error> {
    let Some(own) = whole(conn, comment)? else {
        return Ok(None);
    };
    if let Some(user) = own.comment.user {
        let query = ListQuery {
            user: Some(user),
            status: None,
            words: None,
            before,
            limit,
        };
        return list(conn, &query).map(Some);
    }
    let traces = bans::traces_of(conn, comment)?;
    let mut ids = bans::alike(conn, &traces, before, limit.rows().saturating_add(1))?;
    if traces == Traces::default() && before.is_none() {
        ids.push(comment);
    }
    let mut alike = wholes(conn, &ids)?;
    alike.sort_unstable_by_key(|own| Reverse(own.comment.id));
    Ok(Some(Page::cut(alike, limit)))
}
