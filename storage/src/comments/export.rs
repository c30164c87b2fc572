//! All comments, to be taken along.

use std::collections::HashMap;

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Nullable, Text};
use domain::comment::Vote;
use domain::id::{CommentId, UserId};

use super::owned::{OwnComment, OwnRow, OwnSql, own, own_columns};
use crate::statement::Statement;
use crate::{Conn, Error, stored};

/// A comment with all that is to be taken along.
#[derive(Debug, Clone, PartialEq)]
pub struct Exported {
    /// The comment.
    pub own: OwnComment,
    /// Its number among the comments of its article.
    pub ordinal: i64,
    /// Where it came from, if that was an import.
    pub source: Option<String>,
    /// The slug of its article.
    pub slug: String,
    /// Who voted how.
    pub voters: Vec<(UserId, Vote)>,
}

/// The next two hundred comments after `after`, whatever became of them and of their articles, in the order
/// of their ids. Two statements.
pub fn export(conn: &mut Conn<'_>, after: Option<CommentId>) -> Result<Vec<Exported>, Error> {
    type Sql = (OwnSql, BigInt, Nullable<Text>, Text);
    type Row = (OwnRow, i64, Option<String>, String);
    let rows = own_columns("c.id")
        .retyped::<Sql>()
        .sql(", c.ordinal, c.source, COALESCE(p.slug, a.slug) FROM comments c")
        .sql(" LEFT JOIN comment_cases k ON k.comment_id = c.id")
        .sql(" JOIN articles a ON a.id = c.article_id")
        .sql(" LEFT JOIN published_articles p ON p.id = c.article_id WHERE c.id > ")
        .number(after.map_or(0, CommentId::raw))
        // The number is part of the text: PostgreSQL plans a bound one as a tenth of the table.
        .sql(" ORDER BY c.id LIMIT 200")
        .load::<Row>(conn.0)?;
    let ids: Vec<i64> = rows.iter().map(|((row, ..), ..)| row.id()).collect();
    let mut voters = voters(conn, &ids)?;
    let exported = rows.into_iter().map(|(row, ordinal, source, slug)| {
        let own = own(row)?;
        Ok(Exported {
            voters: voters.remove(&own.comment.id).unwrap_or_default(),
            own,
            ordinal,
            source,
            slug,
        })
    });
    exported.collect()
}

fn voters(
    conn: &mut Conn<'_>,
    comments: &[i64],
) -> Result<HashMap<CommentId, Vec<(UserId, Vote)>>, Error> {
    let rows = Statement::<(BigInt, BigInt, BigInt)>::new(
        "SELECT v.comment_id, v.user_id, v.value FROM comment_votes v WHERE v.comment_id IN ",
    )
    .numbers(comments)
    .sql(" ORDER BY v.comment_id, v.user_id")
    .load::<(i64, i64, i64)>(conn.0)?;
    let mut voters: HashMap<CommentId, Vec<(UserId, Vote)>> = HashMap::new();
    for (comment, user, value) in rows {
        let vote = stored::checked(Vote::of(value))?;
        let of = voters.entry(CommentId::from_raw(comment)).or_default();
        of.push((UserId::from_raw(user), vote));
    }
    Ok(voters)
}
