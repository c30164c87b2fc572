//! What has to be known of an author before a comment is judged.

use diesel::RunQueryDsl as _;
use diesel::sql_types::{BigInt, Text};
use domain::id::{CommentId, UserId, id_at};
use domain::time::Timestamp;

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
