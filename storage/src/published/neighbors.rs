//! The articles before and after one of the same section.

use diesel::prelude::*;
use diesel::sql_types::Integer;
use domain::id::{ArticleId, SectionId};
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

/// The neighbours of an article among those of its own section, without its descendants, that
/// are public at `now`. One statement.
pub fn neighbors(
    conn: &mut Conn<'_>,
    section: SectionId,
    published_at: Timestamp,
    article: ArticleId,
    now: Timestamp,
) -> Result<Neighbors, Error> {
    let side = |sql: Statement<(Integer, CardSql)>, compare, order| {
        sql.sql(CARD)
            .sql(" FROM (SELECT n.id FROM published_articles n WHERE n.section_id = ")
            .number(section.raw())
            .sql(compare)
            .number(published_at.as_millis())
            .sql(", ")
            .number(article.raw())
            .sql(") AND n.visible_from <= ")
            .number(now.as_millis())
            .sql(" AND (n.visible_until IS NULL OR n.visible_until > ")
            .number(now.as_millis())
            .sql(order)
            .sql(" JOIN published_articles p ON p.id = one.id")
            .sql(" LEFT JOIN article_stats s ON s.article_id = p.id")
    };
    let older = side(
        Statement::new("SELECT 0, "),
        " AND (n.published_at, n.id) < (",
        ") ORDER BY n.published_at DESC, n.id DESC LIMIT 1) one",
    );
    let both = side(
        older.sql(" UNION ALL SELECT 1, "),
        " AND (n.published_at, n.id) > (",
        ") ORDER BY n.published_at, n.id LIMIT 1) one",
    );
    let mut neighbors = Neighbors::default();
    for (side, row) in both.load::<(i32, CardRow)>(conn.0)? {
        let card = Some(Card::try_from(row)?);
        if side == 0 {
            neighbors.previous = card;
        } else {
            neighbors.next = card;
        }
    }
    Ok(neighbors)
}
