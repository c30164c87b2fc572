//! Comments by their words, for moderators. Nobody who comments waits for the index: what is new or
//! changed is noted, and put in a moment later.

use diesel::prelude::*;
use domain::id::{ArticleId, CommentId};
use domain::text::search::terms;

use crate::dialect::{self, Tail};
use crate::schema::{comments, unindexed_comments as queue};
use crate::{Conn, Error, Tx};

/// Writes a note that is there already once more. It changes nothing but who holds it: whoever indexes
/// takes notes away before reading, and so waits for what is being written.
const TOUCHED: &str = " ON CONFLICT (comment_id) DO UPDATE SET comment_id = excluded.comment_id";

/// Notes that the words of a comment are new.
pub(crate) fn queue(tx: &mut Tx<'_>, id: CommentId) -> Result<(), Error> {
    let note = diesel::insert_into(queue::table).values(queue::comment_id.eq(id.raw()));
    Tail(note, TOUCHED).execute(tx.0)?;
    Ok(())
}

/// Notes that all comments of an article are about to go.
pub(crate) fn queue_all(tx: &mut Tx<'_>, article: ArticleId) -> Result<(), Error> {
    let all = comments::table
        .filter(comments::article_id.eq(article.raw()))
        .select(comments::id);
    let notes = all
        .insert_into(queue::table)
        .into_columns(queue::comment_id);
    Tail(notes, TOUCHED).execute(tx.0)?;
    Ok(())
}

/// Notes that the words of every comment are to be indexed anew.
pub fn queue_everything(tx: &mut Tx<'_>) -> Result<(), Error> {
    // SQLite takes `ON CONFLICT` behind a bare table for a join.
    let all = comments::table
        .filter(comments::id.gt(0))
        .select(comments::id);
    let notes = all
        .insert_into(queue::table)
        .into_columns(queue::comment_id);
    Tail(notes, TOUCHED).execute(tx.0)?;
    Ok(())
}

/// Some of the comments whose words are not in the index yet, at most `limit`. One statement.
pub fn unindexed(conn: &mut Conn<'_>, limit: i64) -> Result<Vec<CommentId>, Error> {
    let ids = queue::table
        .select(queue::comment_id)
        .order(queue::comment_id)
        .limit(limit)
        .load::<i64>(conn.0)?;
    Ok(ids.into_iter().map(CommentId::from_raw).collect())
}

/// How many comments wait for the index. It looks at each.
pub fn count_unindexed(conn: &mut Conn<'_>) -> Result<i64, Error> {
    Ok(queue::table.count().get_result(conn.0)?)
}

/// Puts the words of these comments into the index, as far as they are still noted. The words are
/// those that moderators read.
pub fn index(tx: &mut Tx<'_>, ids: &[CommentId]) -> Result<(), Error> {
    for id in ids {
        // Whoever changes the comment meanwhile notes it again.
        let noted = diesel::delete(queue::table.find(id.raw())).execute(tx.0)?;
        if noted == 0 {
            continue;
        }
        let text: Option<String> = comments::table
            .find(id.raw())
            .select(comments::body_text)
            .first::<String>(tx.0)
            .optional()?;
        match text {
            Some(text) => {
                let terms = terms([text.as_str()]).join(" ");
                dialect::index_comment(tx.0, id.raw(), &terms).execute(tx.0)?;
            }
            None => {
                dialect::forget_comment(tx.0, id.raw()).execute(tx.0)?;
            }
        }
    }
    Ok(())
}
