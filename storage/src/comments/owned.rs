//! The comments of one account: to hand them to their author, and to let go of them.

use diesel::prelude::*;
use diesel::sql_types::{Nullable, Text};
use domain::comment::AuthorKind;
use domain::id::{CommentId, UserId};

use super::Comment;
use super::row::{COMMENT, CommentRow, CommentSql};
use crate::changes::{self, Change, Entity};
use crate::schema::comments;
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
    let rows = Statement::<OwnSql>::new("SELECT ")
        .sql(COMMENT)
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
/// answered it, and who said it is gone. How many there were; repeat until 0.
pub fn disown(tx: &mut Tx<'_>, user: UserId, limit: i64) -> Result<usize, Error> {
    let owned: Vec<(i64, i64)> = comments::table
        .filter(comments::user_id.eq(user.raw()))
        .order(comments::id)
        .limit(limit)
        .select((comments::id, comments::article_id))
        .load(tx.0)?;
    for (id, article) in &owned {
        diesel::update(comments::table.find(id))
            .set((
                comments::author_kind.eq(AuthorKind::Deleted.as_str()),
                comments::author_name.eq(""),
                comments::author_email.eq(None::<String>),
                comments::user_id.eq(None::<i64>),
            ))
            .execute(tx.0)?;
        let change = Change {
            data: Some(format!("{{\"article_id\":{article}}}")),
            ..Change::new("disowned", Entity::Comment, *id)
        };
        changes::append(tx, &change)?;
    }
    Ok(owned.len())
}
