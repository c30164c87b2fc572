//! The comments of one account: to hand them to their author, and to let go of them.

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Nullable, Text};
use domain::id::{ArticleId, CommentId, UserId};
use domain::page::Limit;

use super::case::{CASE, Case, CaseRow, CaseSql};
use super::read::from;
use super::row::{CommentRow, CommentSql, columns};
use super::{Comment, Sort};
use crate::page::Page;
use crate::statement::{Statement, page_rows};
use crate::{Conn, Error, Tx, bans};

/// A comment with what only its author and the newsroom may see.
#[derive(Debug, Clone, PartialEq)]
pub struct OwnComment {
    /// What everybody would see if it were published.
    pub comment: Comment,
    /// As it was written.
    pub source: String,
    /// The e-mail address given with it.
    pub email: Option<String>,
    /// Grows with every edit and decision.
    pub version: i64,
    /// What moderators know of it, if they had to do with it.
    pub case: Option<Case>,
}

pub(super) type OwnSql = (CommentSql, Text, Nullable<Text>, BigInt, CaseSql);
pub(super) type OwnRow = (CommentRow, String, Option<String>, i64, CaseRow);

pub(super) fn own((row, source, email, version, case): OwnRow) -> Result<OwnComment, Error> {
    Ok(OwnComment {
        comment: Comment::try_from(row)?,
        source,
        email,
        version,
        case: case.into_case()?,
    })
}

/// Begins with the columns of an [`OwnRow`]; `position` is the one that the list goes by.
pub(super) fn own_columns(position: &'static str) -> Statement<OwnSql> {
    columns(Statement::<OwnSql>::new("SELECT "), position)
        .sql(", c.body_source, c.author_email, c.version, ")
        .sql(CASE)
}

fn select() -> Statement<OwnSql> {
    own_columns("c.id")
        .sql(" FROM comments c LEFT JOIN comment_cases k ON k.comment_id = c.id WHERE ")
}

/// One comment, whatever became of it and its article. One statement.
pub fn whole(conn: &mut Conn<'_>, id: CommentId) -> Result<Option<OwnComment>, Error> {
    let row = select()
        .sql("c.id = ")
        .number(id.raw())
        .get_result::<OwnRow>(conn.0)
        .optional()?;
    row.map(own).transpose()
}

/// One page of an account's comments that were not deleted, the newest first, those under one
/// article if it is given. One statement.
pub fn mine(
    conn: &mut Conn<'_>,
    user: UserId,
    article: Option<ArticleId>,
    before: Option<i64>,
    limit: Limit,
) -> Result<Page<OwnComment>, Error> {
    let mine = select()
        .sql("c.status <> 'deleted' AND c.user_id = ")
        .number(user.raw());
    let mine = match article {
        None => mine,
        Some(article) => mine.sql(" AND c.article_id = ").number(article.raw()),
    };
    let rows = from(mine, Sort::Newest, before)
        .sql(page_rows(limit))
        .load::<OwnRow>(conn.0)?;
    let mine: Result<Vec<OwnComment>, Error> = rows.into_iter().map(own).collect();
    Ok(Page::cut(mine?, limit))
}

/// The comments of an account after `after`, oldest first, whatever became of them; at most
/// `limit`.
pub fn by_user(
    conn: &mut Conn<'_>,
    user: UserId,
    after: Option<CommentId>,
    limit: i64,
) -> Result<Vec<OwnComment>, Error> {
    let rows = select()
        .sql("c.user_id = ")
        .number(user.raw())
        .sql(" AND c.id > ")
        .number(after.map_or(0, CommentId::raw))
        .sql(" ORDER BY c.id LIMIT ")
        .number(limit)
        .load::<OwnRow>(conn.0)?;
    rows.into_iter().map(own).collect()
}

/// Makes at most `limit` comments of an account nobody's: what was said stays where others have
/// answered it, and who said it is gone. How many there were; repeat until 0. Four statements,
/// however many there are; whoever calls it holds the account ([`crate::users::lock`]), so that
/// both find the same ones.
pub fn disown(tx: &mut Tx<'_>, user: UserId, limit: i64) -> Result<usize, Error> {
    let (now, actor) = (tx.now().as_millis(), tx.actor().label());
    Statement::<()>::new(
        "INSERT INTO changes (at, actor, kind, entity, entity_id, article_id) SELECT ",
    )
    .number(now)
    .sql(", ")
    .text(&actor)
    .sql(
        ", 'disowned', 'comment', c.id, c.article_id \
         FROM comments c WHERE c.user_id = ",
    )
    .number(user.raw())
    .sql(" ORDER BY c.id LIMIT ")
    .number(limit)
    .execute(tx.0)?;
    let page: Vec<i64> = Statement::<BigInt>::new("SELECT c.id FROM comments c WHERE c.user_id = ")
        .number(user.raw())
        .sql(" ORDER BY c.id LIMIT ")
        .number(limit)
        .load(tx.0)?;
    bans::forget(tx, &page)?;
    let disowned = Statement::<()>::new(
        "UPDATE comments SET author_kind = 'deleted', author_name = '', author_email = NULL, \
         user_id = NULL FROM (SELECT c.id FROM comments c WHERE c.user_id = ",
    )
    .number(user.raw())
    .sql(" ORDER BY c.id LIMIT ")
    .number(limit)
    .sql(") page WHERE comments.id = page.id")
    .execute(tx.0)?;
    Ok(disowned)
}
