//! The comments of one account: to hand them to their author, and to let go of them.

use diesel::RunQueryDsl as _;
use diesel::sql_types::{Nullable, Text};
use domain::id::{CommentId, UserId};

use super::Comment;
use super::row::{CommentRow, CommentSql, columns};
use crate::statement::Statement;
use crate::{Conn, Error, Tx};

/// A comment with what only its author and the newsroom may see.
#[derive(Debug, Clone, PartialEq)]
pub struct OwnComment {
    /// What everybody would see if it were published.
    pub comment: Comment,
    /// As it was written.
    pub source: String,
    /// The e-mail address given with it.
    pub email: Option<String>,
}

type OwnSql = (CommentSql, Text, Nullable<Text>);

/// The comments of an account after `after`, oldest first, whatever became of them; at most
/// `limit`.
pub fn by_user(
    conn: &mut Conn<'_>,
    user: UserId,
    after: Option<CommentId>,
    limit: i64,
) -> Result<Vec<OwnComment>, Error> {
    let rows = columns(Statement::<OwnSql>::new("SELECT "), "c.id")
        .sql(", c.body_source, c.author_email FROM comments c WHERE c.user_id = ")
        .number(user.raw())
        .sql(" AND c.id > ")
        .number(after.map_or(0, CommentId::raw))
        .sql(" ORDER BY c.id LIMIT ")
        .number(limit)
        .load::<(CommentRow, String, Option<String>)>(conn.0)?;
    let own = |(row, source, email): (CommentRow, String, Option<String>)| {
        Ok(OwnComment {
            comment: Comment::try_from(row)?,
            source,
            email,
        })
    };
    rows.into_iter().map(own).collect()
}

/// Makes at most `limit` comments of an account nobody's: what was said stays where others have
/// answered it, and who said it is gone. How many there were; repeat until 0. Two statements,
/// however many there are; whoever calls it holds the account ([`crate::users::lock`]), so that
/// both find the same ones.
pub fn disown(tx: &mut Tx<'_>, user: UserId, limit: i64) -> Result<usize, Error> {
    let (now, actor) = (tx.now().as_millis(), tx.actor().label());
    Statement::<()>::new("INSERT INTO changes (at, actor, kind, entity, entity_id, data) SELECT ")
        .number(now)
        .sql(", ")
        .text(&actor)
        .sql(
            ", 'disowned', 'comment', c.id, '{\"article_id\":' || c.article_id || '}' \
         FROM comments c WHERE c.user_id = ",
        )
        .number(user.raw())
        .sql(" ORDER BY c.id LIMIT ")
        .number(limit)
        .execute(tx.0)?;
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
