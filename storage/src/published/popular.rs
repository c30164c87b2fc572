//! The cards of a ranking, in its order.

use diesel::prelude::*;
use diesel::sql_types::BigInt;
use domain::page::Limit;
use domain::popular::{KEPT_SECONDS, Window};
use domain::time::Timestamp;

use super::Card;
use super::list::{Filter, listed, qualified};
use super::row::{CARD, CardRow, CardSql};
use crate::page::Page;
use crate::statement::{Statement, page_rows};
use crate::{Conn, Error};

/// Which part of which ranking.
#[derive(Debug, Clone, PartialEq)]
pub struct PopularQuery {
    /// Over which time.
    pub window: Window,
    /// Which of the articles ranked.
    pub filter: Filter,
    /// When the ranking of the page before was made, and the rank of its last article. Once that
    /// ranking is not kept any more, the newest takes its place.
    pub after: Option<(Timestamp, i64)>,
}

/// A page of a ranking.
#[derive(Debug, Clone, PartialEq)]
pub struct RankedPage {
    /// The cards in their order, and whether more follow.
    pub page: Page<Card>,
    /// When the ranking was made that they are from, and the rank of the last; `None` when there
    /// is no card.
    pub last: Option<(Timestamp, i64)>,
}

type RankedRow = (CardRow, i64, i64);
type RankedSql = (CardSql, BigInt, BigInt);

/// One page of what is public at `now`, the most popular first. One statement: it walks the
/// ranking and looks each article up until the page is full, so it costs a thousand look-ups at
/// most, however large the site is.
pub fn popular(
    conn: &mut Conn<'_>,
    query: &PopularQuery,
    limit: Limit,
    now: Timestamp,
) -> Result<RankedPage, Error> {
    let select = Statement::<RankedSql>::new("SELECT ")
        .sql(CARD)
        .sql(", page.ranked_at, page.rank FROM (SELECT r.article_id AS article_id,")
        .sql(" r.ranked_at AS ranked_at, r.rank AS rank FROM popular_rankings r");
    let after = query.after.map_or(0, |(_, rank)| rank);
    let mut rows: Vec<RankedRow> = ranked(select, query, now)
        .sql(" AND r.rank > ")
        .number(after)
        .sql(" ORDER BY r.rank")
        .sql(page_rows(limit))
        .sql(") page JOIN published_articles p ON p.id = page.article_id")
        .sql(" LEFT JOIN article_stats s ON s.article_id = p.id")
        .load(conn.0)?;
    rows.sort_unstable_by_key(|(_, _, rank)| *rank);
    let Page { items, more } = Page::cut(rows, limit);
    let last = items
        .last()
        .map(|(_, at, rank)| (Timestamp::from_millis(*at), *rank));
    let cards = items.into_iter().map(|(card, ..)| Card::try_from(card));
    Ok(RankedPage {
        page: Page {
            items: cards.collect::<Result<_, _>>()?,
            more,
        },
        last,
    })
}

/// How many articles the ranking of a query lists at `now`: a thousand at most. One statement.
pub fn popular_total(
    conn: &mut Conn<'_>,
    query: &PopularQuery,
    now: Timestamp,
) -> Result<i64, Error> {
    let count = Statement::<BigInt>::new("SELECT COUNT(*) FROM popular_rankings r");
    Ok(ranked(count, query, now).get_result::<i64>(conn.0)?)
}

/// `WHERE …` of the rows of `popular_rankings r` that the query means.
fn ranked<Row>(sql: Statement<Row>, query: &PopularQuery, now: Timestamp) -> Statement<Row> {
    let sql = sql.sql(" WHERE r.hours = ").number(query.window.hours());
    let sql = match query.after {
        None => in_force(
            sql.sql(" AND r.ranked_at = (").sql(NEWEST),
            query.window,
            now,
        ),
        Some((at, _)) => {
            let sql = sql
                .sql(" AND r.ranked_at = COALESCE((SELECT k.ranked_at FROM popular_rankings k")
                .sql(" WHERE k.hours = ")
                .number(query.window.hours())
                .sql(" AND k.ranked_at = ")
                .number(at.as_millis())
                .sql(" AND k.rank = 1), (")
                .sql(NEWEST);
            in_force(sql, query.window, now).sql(")")
        }
    };
    // Neither a join nor conditions that an index could go by: each article is looked up by the key
    // of its listing, and no database may think of walking a long list instead.
    let sql = sql.sql(") AND (SELECT CASE WHEN ");
    let sql = qualified(sql, &query.filter, query.filter.dates(), now);
    listed(sql.sql(" THEN 1 END FROM listings l WHERE "), &query.filter)
        .sql(" AND l.article_id = r.article_id) = 1")
}

/// When the newest ranking was made, [`in_force`] at a moment.
pub(crate) const NEWEST: &str = "SELECT MAX(n.ranked_at) FROM popular_rankings n WHERE n.hours = ";

/// The end of [`NEWEST`]. A ranking made after `now` is of a clock that was put back since.
pub(crate) fn in_force<Row>(sql: Statement<Row>, window: Window, now: Timestamp) -> Statement<Row> {
    sql.number(window.hours())
        .sql(" AND n.ranked_at <= ")
        .number(now.as_millis())
        .sql(" AND n.ranked_at > ")
        .number(now.plus_seconds(-KEPT_SECONDS).as_millis())
}
