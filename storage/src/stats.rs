//! Counters of an article, in a narrow row of their own: a reader or a comment never rewrites
//! the article, and nothing else waits for the lock.

use diesel::prelude::*;
use diesel::sql_types::BigInt;
use domain::id::ArticleId;
use domain::popular::hour_of;
use domain::time::Timestamp;

use crate::schema::article_stats;
use crate::statement::Statement;
use crate::{Conn, Error, Tx};

/// Views of an article within one hour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Views {
    /// The article.
    pub article: ArticleId,
    /// The hour they were counted in, as [`domain::popular::hour_of`] counts.
    pub hour: i64,
    /// How many.
    pub count: i64,
}

/// Adds views that were counted in memory, to the article and to its hour. Articles that are not
/// there any more are passed over; nothing is written to the change log. Rows are taken in the
/// order of their ids, so two nodes that fold at once cannot wait for each other.
pub fn add_views(tx: &mut Tx<'_>, views: &[Views]) -> Result<(), Error> {
    let mut views = views.to_vec();
    views.sort_unstable();
    for of_hour in views {
        Statement::<()>::new("UPDATE article_stats SET views = views + ")
            .number(of_hour.count)
            .sql(" WHERE article_id = ")
            .number(of_hour.article.raw())
            .execute(tx.0)?;
        Statement::<()>::new("INSERT INTO view_hours (hour, article_id, views) SELECT ")
            .number(of_hour.hour)
            .sql(", s.article_id, ")
            .number(of_hour.count)
            .sql(" FROM article_stats s WHERE s.article_id = ")
            .number(of_hour.article.raw())
            .sql(" ON CONFLICT (hour, article_id) DO UPDATE SET")
            .sql(" views = view_hours.views + excluded.views")
            .execute(tx.0)?;
    }
    Ok(())
}

/// Removes at most a thousand rows of the oldest hour that ended before `before`; answers how many.
/// Repeat until 0.
pub fn sweep_views(tx: &mut Tx<'_>, before: Timestamp) -> Result<usize, Error> {
    let old = Statement::<(BigInt, BigInt)>::new(
        "SELECT v.hour, v.article_id FROM view_hours v WHERE v.hour < ",
    )
    .number(hour_of(before))
    .sql(" ORDER BY v.hour, v.article_id LIMIT 1000")
    .load::<(i64, i64)>(tx.0)?;
    let Some((oldest, _)) = old.first() else {
        return Ok(0);
    };
    let of_it = old.iter().take_while(|(hour, _)| hour == oldest);
    let last = of_it.map(|(_, article)| *article).max();
    let removed = Statement::<()>::new("DELETE FROM view_hours WHERE hour = ")
        .number(*oldest)
        .sql(" AND article_id <= ")
        .number(last.unwrap_or_default())
        .execute(tx.0)?;
    Ok(removed)
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
            article_stats::ordinals.eq(0_i64),
        ))
        .execute(tx.0)?;
    Ok(())
}

/// Begins the count of an article that comes from elsewhere with the views it had there.
pub fn begin_with_views(tx: &mut Tx<'_>, article: ArticleId, views: i64) -> Result<(), Error> {
    diesel::update(article_stats::table.find(article.raw()))
        .set(article_stats::views.eq(views))
        .execute(tx.0)?;
    Ok(())
}

/// Hands out the next ordinals for `new` comments of an article, of which `published` count at once;
/// answers the first. It comes after the counters of the comments that they answer and right before
/// the comments: a busy article's row is then locked for the shortest time.
pub(crate) fn take_ordinals(
    tx: &mut Tx<'_>,
    article: ArticleId,
    new: i64,
    published: i64,
) -> Result<i64, Error> {
    let last = Statement::<BigInt>::new("UPDATE article_stats SET comments = comments + ")
        .number(published)
        .sql(", ordinals = ordinals + ")
        .number(new)
        .sql(" WHERE article_id = ")
        .number(article.raw())
        .sql(" RETURNING ordinals")
        .get_result::<i64>(tx.0)
        .optional()?;
    let last = last.ok_or(Error::NotFound)?;
    Ok(last.saturating_sub(new).saturating_add(1))
}

/// Takes so many numbers for comments of an article that bring their order along; answers the one before
/// the first.
///
/// # Errors
/// [`Error::NotFound`] when there is no such article.
pub fn reserve_ordinals(tx: &mut Tx<'_>, article: ArticleId, number: i64) -> Result<i64, Error> {
    let first = take_ordinals(tx, article, number, 0)?;
    Ok(first.saturating_sub(1))
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
