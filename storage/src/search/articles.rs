//! Published articles by their words.

use std::collections::HashMap;

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Integer, Text};
use domain::id::{ArticleId, SectionId};
use domain::page::Limit;
use domain::text::search::{Query, terms};
use domain::time::Timestamp;

use crate::dialect::{self, ArticleTerms};
use crate::page::Page;
use crate::published::{BodyKind, Filter, listed, qualified};
use crate::statement::{Statement, page_rows};
use crate::{Conn, Error, Tx};

/// Puts a published article into the index, in the place of what was known of it.
pub(crate) fn write(
    tx: &mut Tx<'_>,
    id: ArticleId,
    title: &str,
    summary: Option<&str>,
    text: &str,
) -> Result<(), Error> {
    let terms = ArticleTerms {
        title: terms([title]).join(" "),
        summary: terms(summary).join(" "),
        body: terms([text]).join(" "),
    };
    for statement in dialect::index_article(tx.0, id.raw(), &terms) {
        statement.execute(tx.0)?;
    }
    Ok(())
}

/// Takes an article out of the index.
pub(crate) fn remove(tx: &mut Tx<'_>, id: ArticleId) -> Result<(), Error> {
    for statement in dialect::forget_article(tx.0, id.raw()) {
        statement.execute(tx.0)?;
    }
    Ok(())
}

/// Which articles are looked for, and how.
#[derive(Debug, Clone, PartialEq)]
pub struct SearchQuery {
    /// The words.
    pub words: Query,
    /// Which articles may be found at all.
    pub filter: Filter,
    /// The last article of the page before.
    pub after: Option<Position>,
}

/// Where an article stands among what was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Position {
    /// How near to the title its words stand: 3, 2 or 1.
    pub tier: i32,
    /// The first publication.
    pub published_at: Timestamp,
    /// The article.
    pub id: ArticleId,
}

/// An article that was found.
pub type Hit = Position;

/// One page of the articles public at `now` that a query finds: those with all words in the title
/// first, then those with all in title and summary, then the others; of each the newest first, ties
/// by id. One statement.
pub fn list(
    conn: &mut Conn<'_>,
    query: &SearchQuery,
    limit: Limit,
    now: Timestamp,
) -> Result<Page<Hit>, Error> {
    let select = Statement::<(Integer, BigInt, BigInt)>::new(
        "SELECT f.tier, f.published_at, f.article_id FROM (SELECT ",
    );
    let sql = dialect::tier(conn.0, select, &query.words)
        .sql(" AS tier, l.published_at AS published_at, l.article_id AS article_id FROM ");
    let mut sql = matching(conn, sql, query, now).sql(") f");
    if let Some(after) = query.after {
        sql = sql
            .sql(" WHERE (f.tier, f.published_at, f.article_id) < (")
            .number(i64::from(after.tier))
            .sql(", ")
            .number(after.published_at.as_millis())
            .sql(", ")
            .number(after.id.raw())
            .sql(")");
    }
    let rows = sql
        .sql(" ORDER BY f.tier DESC, f.published_at DESC, f.article_id DESC")
        .sql(page_rows(limit))
        .load::<(i32, i64, i64)>(conn.0)?;
    let hits = rows.into_iter().map(|(tier, at, id)| Hit {
        tier,
        published_at: Timestamp::from_millis(at),
        id: ArticleId::from_raw(id),
    });
    Ok(Page::cut(hits.collect(), limit))
}

/// The newest articles public at `now` that have all words in the title. One statement.
pub fn suggest(
    conn: &mut Conn<'_>,
    words: &Query,
    now: Timestamp,
) -> Result<Vec<ArticleId>, Error> {
    let select = Statement::<BigInt>::new("SELECT l.article_id FROM ");
    let sql = dialect::found_titles(conn.0, select, words).sql(" AND ");
    let filter = Filter::default();
    let sql = listed(sql, &filter).sql(" AND ");
    let rows = qualified(sql, &filter, filter.dates(), now)
        .sql(" ORDER BY l.published_at DESC, l.article_id DESC LIMIT 10")
        .load::<i64>(conn.0)?;
    Ok(rows.into_iter().map(ArticleId::from_raw).collect())
}

/// How many articles of a section and a language were found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Facet {
    /// Their own section.
    pub section: SectionId,
    /// Their language, a BCP 47 tag.
    pub language: String,
    /// Their number.
    pub count: i64,
}

/// How many articles a query finds, by section and language. One statement, which looks at each.
pub fn facets(
    conn: &mut Conn<'_>,
    query: &SearchQuery,
    now: Timestamp,
) -> Result<Vec<Facet>, Error> {
    let select = Statement::<(BigInt, Text, BigInt)>::new(
        "SELECT p.section_id, p.language, COUNT(*) FROM (SELECT l.article_id AS article_id FROM ",
    );
    let rows = matching(conn, select, query, now)
        .sql(") f JOIN published_articles p ON p.id = f.article_id GROUP BY p.section_id, p.language")
        .load::<(i64, String, i64)>(conn.0)?;
    let facets = rows.into_iter().map(|(section, language, count)| Facet {
        section: SectionId::from_raw(section),
        language,
        count,
    });
    Ok(facets.collect())
}

/// The plain texts of these articles. One statement, and none for none.
pub fn texts(conn: &mut Conn<'_>, ids: &[ArticleId]) -> Result<HashMap<ArticleId, String>, Error> {
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let raw: Vec<i64> = ids.iter().map(|id| id.raw()).collect();
    let rows = Statement::<(BigInt, Text)>::new(
        "SELECT b.article_id, b.content FROM published_bodies b WHERE b.format = ",
    )
    .text(BodyKind::Text.as_str())
    .sql(" AND b.article_id IN ")
    .numbers(&raw)
    .load::<(i64, String)>(conn.0)?;
    let texts = rows.into_iter();
    Ok(texts
        .map(|(id, text)| (ArticleId::from_raw(id), text))
        .collect())
}

/// `FROM` and `WHERE` of what a query finds, whatever its order: rows of `listings l`.
fn matching<Row>(
    conn: &Conn<'_>,
    sql: Statement<Row>,
    query: &SearchQuery,
    now: Timestamp,
) -> Statement<Row> {
    let sql = dialect::found_articles(conn.0, sql, &query.words).sql(" AND ");
    let sql = listed(sql, &query.filter).sql(" AND ");
    qualified(sql, &query.filter, query.filter.dates(), now)
}
