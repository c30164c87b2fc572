//! Counters of an article, in a narrow row of their own: a reader or a comment never rewrites
//! the article, and nothing else waits for the lock.

use diesel::prelude::*;
use domain::id::ArticleId;

use crate::schema::article_stats;
use crate::statement::Statement;
use crate::{Conn, Error, Tx};

/// Adds views that were counted in memory. Articles that are not published any more are passed
/// over; nothing is written to the change log. Rows are taken in the order of their ids, so two
/// nodes that fold at once cannot wait for each other.
pub fn add_views(tx: &mut Tx<'_>, views: &[(ArticleId, i64)]) -> Result<(), Error> {
    let mut views = views.to_vec();
    views.sort_unstable_by_key(|(article, _)| *article);
    for (article, count) in views {
        Statement::<()>::new("UPDATE article_stats SET views = views + ")
            .number(count)
            .sql(" WHERE article_id = ")
            .number(article.raw())
            .execute(tx.0)?;
    }
    Ok(())
}

/// Makes the row, together with its article.
pub(crate) fn create(tx: &mut Tx<'_>, article: ArticleId) -> Result<(), Error> {
    if exists(tx, article)? {
        return Ok(());
    }
    diesel::insert_into(article_stats::table)
        .values((
            article_stats::article_id.eq(article.raw()),
            article_stats::views.eq(0_i64),
            article_stats::comments.eq(0_i64),
        ))
        .execute(tx.0)?;
    Ok(())
}

/// The last statement of a transaction that adds or removes published comments: a busy article's
/// row is then locked for the shortest time.
pub(crate) fn add_comments(tx: &mut Tx<'_>, article: ArticleId, count: i64) -> Result<(), Error> {
    // Diesel prepares its own updates anew each time.
    Statement::<()>::new("UPDATE article_stats SET comments = comments + ")
        .number(count)
        .sql(" WHERE article_id = ")
        .number(article.raw())
        .execute(tx.0)?;
    Ok(())
}

fn exists(conn: &mut Conn<'_>, article: ArticleId) -> Result<bool, Error> {
    let found = article_stats::table
        .find(article.raw())
        .select(article_stats::article_id)
        .first::<i64>(conn.0)
        .optional()?;
    Ok(found.is_some())
}
