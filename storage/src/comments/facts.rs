//! What has to be known of an author before a comment is judged, and comments to try a rule on.

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Nullable, Text};
use domain::id::{CommentId, UserId, id_at};
use domain::time::Timestamp;

use super::Comment;
use super::row::{CommentRow, CommentSql, columns, comments};
use crate::statement::Statement;
use crate::{Conn, Error};

/// A comment that was posted before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Said {
    /// The comment.
    pub id: CommentId,
    /// Its plain text; empty if nothing is asked about texts.
    pub text: String,
}

/// The comments of an account since a moment, latest first and a hundred at most, whatever became
/// of them; their texts only if `texts` is asked for. Ids sort by time, so it is one index range.
pub fn latest_of(
    conn: &mut Conn<'_>,
    user: UserId,
    since: Timestamp,
    texts: bool,
) -> Result<Vec<Said>, Error> {
    let select = if texts {
        "SELECT c.id, c.body_text"
    } else {
        "SELECT c.id, ''"
    };
    let rows = Statement::<(BigInt, Text)>::new(select)
        .sql(" FROM comments c WHERE c.user_id = ")
        .number(user.raw())
        .sql(" AND c.id >= ")
        .number(id_at(since, 0))
        .sql(" ORDER BY c.id DESC LIMIT 100")
        .load::<(i64, String)>(conn.0)?;
    let said = |(id, text)| Said {
        id: CommentId::from_raw(id),
        text,
    };
    Ok(rows.into_iter().map(said).collect())
}

/// A comment to try a rule on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PastComment {
    /// The comment.
    pub id: CommentId,
    /// The account it is of; none for a guest's.
    pub user: Option<UserId>,
    /// Since when that account is there.
    pub user_since: Option<Timestamp>,
    /// The name it is signed with.
    pub author_name: String,
    /// Sanitised HTML.
    pub body_html: String,
    /// Plain text; empty if the comment was deleted.
    pub body_text: String,
}

/// How many comments [`past`] answers at most.
pub const PAST: usize = 200;

type PastSql = (BigInt, Nullable<BigInt>, Nullable<BigInt>, Text, Text, Text);
type PastRow = (i64, Option<i64>, Option<i64>, String, String, String);

/// The next [`PAST`] comments before one (the latest, if there is none), back to a moment, latest
/// first, whatever became of them.
pub fn past(
    conn: &mut Conn<'_>,
    before: Option<CommentId>,
    since: Timestamp,
) -> Result<Vec<PastComment>, Error> {
    let rows = Statement::<PastSql>::new(
        // A join would be made by sorting.
        "SELECT c.id, c.user_id, (SELECT u.created_at FROM users u WHERE u.id = c.user_id), \
         c.author_name, c.body_html, c.body_text FROM comments c WHERE c.id >= ",
    )
    .number(id_at(since, 0))
    .sql(" AND c.id < ")
    .number(before.map_or(i64::MAX, CommentId::raw))
    .sql(" ORDER BY c.id DESC LIMIT 200")
    .load::<PastRow>(conn.0)?;
    let past = |(id, user, since, author_name, body_html, body_text)| PastComment {
        id: CommentId::from_raw(id),
        user: Option::map(user, UserId::from_raw),
        user_since: Option::map(since, Timestamp::from_millis),
        author_name,
        body_html,
        body_text,
    };
    Ok(rows.into_iter().map(past).collect())
}

/// Those of these comments that there are, latest first, whatever became of them. For moderators.
pub fn by_ids(conn: &mut Conn<'_>, ids: &[CommentId]) -> Result<Vec<Comment>, Error> {
    let ids: Vec<i64> = ids.iter().map(|id| id.raw()).collect();
    let rows = columns(Statement::<CommentSql>::new("SELECT "), "c.id")
        .sql(" FROM comments c WHERE c.id IN ")
        .numbers(&ids)
        .sql(" ORDER BY c.id DESC")
        .load::<CommentRow>(conn.0)?;
    comments(rows)
}
