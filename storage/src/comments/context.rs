//! What stands around one comment: for whoever follows a link to it.

use diesel::prelude::*;
use diesel::sql_types::Integer;
use domain::id::CommentId;
use domain::time::Timestamp;

use super::row::{CommentRow, CommentSql, columns, comments};
use super::{Comment, below};
use crate::statement::Statement;
use crate::{Conn, Error};

/// How many comments before and after it, and how many replies.
const AROUND: usize = 3;

/// A comment and what stands around it. All lists are oldest first.
#[derive(Debug, Clone, PartialEq)]
pub struct Context {
    /// From the root of its thread down to the one it is listed under; empty for a root.
    pub ancestors: Vec<Comment>,
    /// The comment.
    pub comment: Comment,
    /// The last three that are listed beside it and were posted earlier.
    pub previous: Vec<Comment>,
    /// The first three that are listed beside it and were posted later.
    pub next: Vec<Comment>,
    /// Its first three replies.
    pub replies: Vec<Comment>,
    /// True when more replies follow.
    pub more_replies: bool,
}

/// A comment that the public may see at `now`, and what stands around it. Two statements.
pub fn context(
    conn: &mut Conn<'_>,
    id: CommentId,
    now: Timestamp,
) -> Result<Option<Context>, Error> {
    let mut chain = comments(upwards(id, now).load::<CommentRow>(conn.0)?)?;
    // A recursion promises no order.
    chain.sort_unstable_by_key(|comment| comment.depth);
    let Some(comment) = chain.pop() else {
        return Ok(None);
    };
    let mut context = Context {
        ancestors: chain,
        comment,
        previous: Vec::new(),
        next: Vec::new(),
        replies: Vec::new(),
        more_replies: false,
    };
    for (place, row) in around(&context.comment).load::<(i32, CommentRow)>(conn.0)? {
        let list = match place {
            0 => &mut context.previous,
            1 => &mut context.next,
            _ => &mut context.replies,
        };
        list.push(Comment::try_from(row)?);
    }
    for list in [
        &mut context.previous,
        &mut context.next,
        &mut context.replies,
    ] {
        list.sort_unstable_by_key(|comment| comment.id);
    }
    context.more_replies = context.replies.len() > AROUND;
    context.replies.truncate(AROUND);
    Ok(Some(context))
}

/// The comment and everything above it, in no order. What is above a comment that can be seen can
/// be seen.
fn upwards(id: CommentId, now: Timestamp) -> Statement<CommentSql> {
    let up = Statement::new(
        "WITH RECURSIVE up (id, parent_id) AS (SELECT c.id, c.parent_id FROM comments c \
         CROSS JOIN published_articles p WHERE p.id = c.article_id AND c.visible = TRUE \
         AND p.visible_from <= ",
    )
    .number(now.as_millis())
    .sql(" AND (p.visible_until IS NULL OR p.visible_until > ")
    .number(now.as_millis())
    .sql(") AND c.id = ")
    .number(id.raw())
    .sql(" UNION ALL SELECT a.id, a.parent_id FROM up CROSS JOIN comments a")
    .sql(" WHERE a.id = up.parent_id) SELECT ");
    columns(up, "c.id").sql(" FROM up CROSS JOIN comments c WHERE c.id = up.id")
}

fn around(comment: &Comment) -> Statement<(Integer, CommentSql)> {
    let beside = below(comment.article_id, comment.parent_id);
    let id = comment.id.raw();
    let listed = " FROM (SELECT c.* FROM comments c WHERE c.visible = TRUE AND c.below = ";
    let previous = columns(Statement::new("SELECT 0, "), "c.id")
        .sql(listed)
        .number(beside)
        .sql(" AND c.id < ")
        .number(id)
        .sql(" ORDER BY c.id DESC LIMIT 3) c UNION ALL SELECT 1, ");
    let next = columns(previous, "c.id")
        .sql(listed)
        .number(beside)
        .sql(" AND c.id > ")
        .number(id)
        .sql(" ORDER BY c.id LIMIT 3) c UNION ALL SELECT 2, ");
    columns(next, "c.id")
        .sql(listed)
        .number(id)
        .sql(" ORDER BY c.id LIMIT 4) c")
}
