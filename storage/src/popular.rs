//! How the rankings of what is read most are made. What readers see of them is in
//! [`crate::published::popular`].
//!
//! A ranking is found by reading, which may take a while, and only its articles are then written.
//! It is called by the moment it was due, which is the same on every node: whoever comes second
//! finds it there.

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Nullable};
use domain::id::ArticleId;
use domain::popular::{KEPT_SECONDS, MOST, RANKED_EVERY_SECONDS, Window, due_at, hour_of};
use domain::time::Timestamp;

use crate::published::{NEWEST, in_force};
use crate::schema::popular_rankings;
use crate::statement::Statement;
use crate::{Conn, Error, Tx};

/// How many articles of a ranking one statement writes.
const CHUNK: usize = 100;

/// When the ranking was made that is in force at `now`; `None` when there is none.
pub fn ranked_at(
    conn: &mut Conn<'_>,
    window: Window,
    now: Timestamp,
) -> Result<Option<Timestamp>, Error> {
    let at = in_force(Statement::<Nullable<BigInt>>::new(NEWEST), window, now)
        .get_result::<Option<i64>>(conn.0)?;
    Ok(at.map(Timestamp::from_millis))
}

/// What is public at `now` and was read most, the most popular first. Of equals the one published
/// last comes first. It reads every view of the window, hour by hour, and looks up the five thousand
/// articles that were read most: with a million of them that is a third of the work of asking about
/// each, and it would take four thousand taken back since to make a difference.
pub fn most_read(
    conn: &mut Conn<'_>,
    window: Window,
    now: Timestamp,
) -> Result<Vec<ArticleId>, Error> {
    let hour = hour_of(now);
    let before = hour.saturating_sub(window.hours());
    let ids =
        Statement::<BigInt>::new("SELECT l.article_id FROM (SELECT v.article_id AS article_id, ")
            .sql("SUM(v.views * (v.hour - ")
            .number(before)
            .sql(")) AS score FROM view_hours v WHERE v.hour > ")
            .number(before)
            .sql(" AND v.hour <= ")
            .number(hour)
            .sql(" GROUP BY v.article_id ORDER BY score DESC, v.article_id DESC LIMIT 5000) r")
            // `CROSS`: SQLite is not to walk everything that was ever published.
            .sql(" CROSS JOIN listings l WHERE l.scope = 'site' AND l.scope_id = 0")
            .sql(" AND l.article_id = r.article_id AND l.visible_from <= ")
            .number(now.as_millis())
            .sql(" AND (l.visible_until IS NULL OR l.visible_until > ")
            .number(now.as_millis())
            .sql(") ORDER BY r.score DESC, l.published_at DESC, l.article_id DESC LIMIT 1000")
            .load::<i64>(conn.0)?;
    Ok(ids.into_iter().map(ArticleId::from_raw).collect())
}

/// Keeps a ranking, and throws away those that nobody reads any more; `false` if another node has
/// made it meanwhile. An empty one is not kept: the first views of a site show at once.
pub fn keep(tx: &mut Tx<'_>, window: Window, articles: &[ArticleId]) -> Result<bool, Error> {
    let now = tx.now();
    let due = due_at(now);
    let rows: Vec<(i64, ArticleId)> = (1..).zip(articles.iter().copied()).take(MOST).collect();
    let Some((first, rest)) = rows.split_first() else {
        return Ok(false);
    };
    // The first row says whose ranking it is.
    if insert(tx, window, due, std::slice::from_ref(first), 1)? == 0 {
        return Ok(false);
    }
    for chunk in rest.chunks(CHUNK) {
        insert(tx, window, due, chunk, CHUNK)?;
    }
    forget(tx, window, now)?;
    Ok(true)
}

/// Writes some rows in a statement of always the same length: the missing ones repeat the last,
/// which is there already.
fn insert(
    tx: &mut Tx<'_>,
    window: Window,
    due: Timestamp,
    rows: &[(i64, ArticleId)],
    length: usize,
) -> Result<usize, Error> {
    let mut sql = Statement::<()>::new(
        "INSERT INTO popular_rankings (hours, ranked_at, rank, article_id) VALUES ",
    );
    let padded = rows.iter().chain(std::iter::repeat(rows.last()).flatten());
    for (place, (rank, article)) in padded.take(length).enumerate() {
        sql = sql
            .sql(if place == 0 { "(" } else { ", (" })
            .number(window.hours())
            .sql(", ")
            .number(due.as_millis())
            .sql(", ")
            .number(*rank)
            .sql(", ")
            .number(article.raw())
            .sql(")");
    }
    Ok(sql.sql(" ON CONFLICT DO NOTHING").execute(tx.0)?)
}

/// Removes rankings that are too old to be read, and those of a clock that was put back.
fn forget(tx: &mut Tx<'_>, window: Window, now: Timestamp) -> Result<(), Error> {
    let of_window = popular_rankings::table.filter(popular_rankings::hours.eq(window.hours()));
    let old = now.plus_seconds(-KEPT_SECONDS).as_millis();
    // Another node's clock may be a little ahead.
    let ahead = now.plus_seconds(RANKED_EVERY_SECONDS).as_millis();
    diesel::delete(of_window.filter(popular_rankings::ranked_at.le(old))).execute(tx.0)?;
    diesel::delete(of_window.filter(popular_rankings::ranked_at.gt(ahead))).execute(tx.0)?;
    Ok(())
}
