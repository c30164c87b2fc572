//! What stands around an article: the ones before and after it in its section, and those that are
//! related to it.

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Integer};
use domain::id::TagId;
use domain::time::Timestamp;

use super::Card;
use super::row::{CARD, CardRow, CardSql};
use crate::statement::Statement;
use crate::{Conn, Error};

/// The articles of the same section next to one in time.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Neighbors {
    /// The next older one.
    pub previous: Option<Card>,
    /// The next newer one.
    pub next: Option<Card>,
}

/// What stands around an article.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Surroundings {
    /// Before and after it.
    pub neighbors: Neighbors,
    /// Those with most in common first, at most six.
    pub related: Vec<Card>,
}

/// Which of it is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Around {
    /// The ones before and after.
    pub neighbors: bool,
    /// The related ones.
    pub related: bool,
}

type RowSql = (Integer, BigInt, CardSql);
type Piece = Statement<RowSql>;

/// What stands around an article among those that are public at `now`, never itself. One
/// statement, or none if nothing is wanted.
///
/// Its neighbours are those of its own section, without its descendants. Related is what shares a
/// tag with it (3 points for each), is listed in its section (2) or was published within 30 days
/// of it (1 more), among the newest 50 of each of these places: so its cost does not grow with
/// what they hold. Equals come newest first.
pub fn surroundings(
    conn: &mut Conn<'_>,
    card: &Card,
    wanted: Around,
    now: Timestamp,
) -> Result<Surroundings, Error> {
    let mut found = Surroundings::default();
    let sql = match (wanted.neighbors, wanted.related) {
        (false, false) => return Ok(found),
        (true, false) => beside(Statement::new(""), card, now),
        (false, true) => related(Statement::new(""), card, now),
        (true, true) => {
            let sql = beside(Statement::new(""), card, now).sql(" UNION ALL ");
            related(sql, card, now)
        }
    };
    let mut ranked = Vec::new();
    for (place, score, row) in sql.load::<(i32, i64, CardRow)>(conn.0)? {
        let card = Card::try_from(row)?;
        match place {
            0 => found.neighbors.previous = Some(card),
            1 => found.neighbors.next = Some(card),
            _ => ranked.push((score, card)),
        }
    }
    // A union promises no order.
    ranked.sort_unstable_by_key(|(score, card)| {
        std::cmp::Reverse((*score, card.published_at, card.id))
    });
    found.related = ranked.into_iter().map(|(_, card)| card).collect();
    Ok(found)
}

fn beside(sql: Piece, card: &Card, now: Timestamp) -> Piece {
    let side = |sql: Piece, compare, order| {
        let sql = sql
            .sql(CARD)
            .sql(" FROM (SELECT n.id FROM published_articles n WHERE n.section_id = ")
            .number(card.section_id.raw())
            .sql(compare)
            .number(card.published_at.as_millis())
            .sql(", ")
            .number(card.id.raw())
            .sql(")");
        visible(sql, NEXT, now)
            .sql(order)
            .sql(" JOIN published_articles p ON p.id = one.id")
            .sql(" LEFT JOIN article_stats s ON s.article_id = p.id")
    };
    let older = side(
        sql.sql("SELECT 0, CAST(0 AS BIGINT), "),
        " AND (n.published_at, n.id) < (",
        " ORDER BY n.published_at DESC, n.id DESC LIMIT 1) one",
    );
    side(
        older.sql(" UNION ALL SELECT 1, CAST(0 AS BIGINT), "),
        " AND (n.published_at, n.id) > (",
        " ORDER BY n.published_at, n.id LIMIT 1) one",
    )
}

fn related(sql: Piece, card: &Card, now: Timestamp) -> Piece {
    let place = |sql: Piece, newest, id| {
        let sql = sql
            .sql(newest)
            .number(id)
            .sql(" AND l.article_id <> ")
            .number(card.id.raw());
        visible(sql, LISTED, now)
            .sql(" ORDER BY l.published_at DESC, l.article_id DESC LIMIT 50) page")
    };
    let sql = sql
        .sql("SELECT 2, one.score, ")
        .sql(CARD)
        .sql(" FROM (SELECT page.article_id AS id, CAST(SUM(page.weight) AS BIGINT)")
        .sql(" + CASE WHEN ABS(MAX(page.published_at) - ")
        .number(card.published_at.as_millis())
        .sql(") <= 2592000000 THEN 1 ELSE 0 END AS score FROM (");
    let mut sql = place(
        sql,
        "SELECT page.* FROM (SELECT l.article_id, l.published_at, 2 AS weight \
         FROM listings l WHERE l.scope = 'section' AND l.scope_id = ",
        card.section_id.raw(),
    );
    let tags = card.tag_ids.iter().copied().map(TagId::raw);
    // The text of the statement may not vary with every number of tags; 0 is none.
    let missing = card.tag_ids.len().next_power_of_two() - card.tag_ids.len();
    for tag in tags.chain(std::iter::repeat_n(0, missing)) {
        sql = place(
            sql,
            " UNION ALL SELECT page.* FROM (SELECT l.article_id, l.published_at, 3 AS weight \
             FROM listings l WHERE l.scope = 'tag' AND l.scope_id = ",
            tag,
        );
    }
    sql.sql(") page GROUP BY page.article_id")
        .sql(" ORDER BY score DESC, MAX(page.published_at) DESC, page.article_id DESC LIMIT 6) one")
        .sql(" JOIN published_articles p ON p.id = one.id")
        .sql(" LEFT JOIN article_stats s ON s.article_id = p.id")
}

const NEXT: [&str; 2] = [
    " AND n.visible_from <= ",
    " AND (n.visible_until IS NULL OR n.visible_until > ",
];
const LISTED: [&str; 2] = [
    " AND l.visible_from <= ",
    " AND (l.visible_until IS NULL OR l.visible_until > ",
];

fn visible(sql: Piece, [from, until]: [&'static str; 2], now: Timestamp) -> Piece {
    sql.sql(from)
        .number(now.as_millis())
        .sql(until)
        .number(now.as_millis())
        .sql(")")
}
