//! Lists of cards, newest or oldest first.

use std::collections::HashMap;

use diesel::prelude::*;
use diesel::sql_types::BigInt;
use domain::id::{ArticleId, AuthorId, SectionId, TagId};
use domain::page::Limit;
use domain::slug::Slug;
use domain::time::Timestamp;

use super::Card;
use super::row::{CARD, CardRow, CardSql, cards};
use crate::page::Page;
use crate::statement::{Statement, page_rows};
use crate::{Conn, Error};

/// A place to list the articles of. By a slug, or by the id of what was merged into another one,
/// costs no query of its own: the id in force is looked up in the statement that lists.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Place {
    /// A section together with its descendants.
    Section(SectionId),
    /// A tag, or the one it was merged into.
    Tag(TagId),
    /// The tag that has this slug, or had it before; nothing is listed if there is none.
    TagSlug(Slug),
    /// An author, or the one they were merged into.
    Author(AuthorId),
    /// The author who has this slug, or had it before; nothing is listed if there is none.
    AuthorSlug(Slug),
}

impl Place {
    /// How few articles a place of this kind usually lists: a list of several places walks the
    /// index of the narrowest and looks the others up.
    const fn breadth(&self) -> u8 {
        match self {
            Self::Author(_) | Self::AuthorSlug(_) => 0,
            Self::Tag(_) | Self::TagSlug(_) => 1,
            Self::Section(_) => 2,
        }
    }
}

/// Which articles.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Filter {
    /// An article must be listed in each of these; none means the whole site. The caller bounds
    /// their number.
    pub places: Vec<Place>,
    /// Only articles with exactly this language tag.
    pub language: Option<String>,
    /// Only articles published later than this.
    pub published_after: Option<Timestamp>,
    /// Only articles published earlier than this.
    pub published_before: Option<Timestamp>,
}

/// Which articles, and which way round.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ListQuery {
    /// Which articles.
    pub filter: Filter,
    /// Oldest first instead of newest first.
    pub ascending: bool,
    /// The last article of the page before: its `published_at` and id. It lies within the dates
    /// asked for, so that it takes the place of the one it is nearer to.
    pub after: Option<(Timestamp, ArticleId)>,
}

/// One page of the articles public at `now`, by `published_at`, ties by id. One statement.
pub fn list(
    conn: &mut Conn<'_>,
    query: &ListQuery,
    limit: Limit,
    now: Timestamp,
) -> Result<Page<Card>, Error> {
    let rows = list_statement(query, limit, now).load::<CardRow>(conn.0)?;
    let mut cards = cards(rows)?;
    // A join promises no order, and a hundred rows are sorted faster here than there.
    cards.sort_unstable_by_key(|card| (card.published_at, card.id));
    if !query.ascending {
        cards.reverse();
    }
    Ok(Page::cut(cards, limit))
}

/// How many articles of this kind are public at `now`. It reads every one of them: only when asked.
pub fn total(conn: &mut Conn<'_>, filter: &Filter, now: Timestamp) -> Result<i64, Error> {
    let count = Statement::<BigInt>::new("SELECT COUNT(*) FROM listings l");
    let count = matching(count, filter, filter.dates(), now).get_result::<i64>(conn.0)?;
    Ok(count)
}

/// Those of these articles that are public at `now`, in the order given, each once. At most a few
/// hundred ids. One statement.
pub fn by_ids(conn: &mut Conn<'_>, ids: &[ArticleId], now: Timestamp) -> Result<Vec<Card>, Error> {
    let raw: Vec<i64> = ids.iter().map(|id| id.raw()).collect();
    let rows = Statement::<CardSql>::new("SELECT ")
        .sql(CARD)
        .sql(" FROM published_articles p LEFT JOIN article_stats s ON s.article_id = p.id")
        .sql(" WHERE p.id IN ")
        .numbers(&raw)
        .sql(" AND p.visible_from <= ")
        .number(now.as_millis())
        .sql(" AND (p.visible_until IS NULL OR p.visible_until > ")
        .number(now.as_millis())
        .sql(")")
        .load::<CardRow>(conn.0)?;
    let mut found: HashMap<ArticleId, Card> = cards(rows)?
        .into_iter()
        .map(|card| (card.id, card))
        .collect();
    Ok(ids.iter().filter_map(|id| found.remove(id)).collect())
}

/// The page of `listings` stands in a subquery of its own, so that both databases first walk the
/// index for one page and only then join that page's cards.
fn list_statement(query: &ListQuery, limit: Limit, now: Timestamp) -> Statement<CardSql> {
    let page = Statement::new("SELECT ")
        .sql(CARD)
        .sql(" FROM (SELECT l.article_id AS article_id FROM listings l");
    // A second bound on the side of `after` would have SQLite weigh which one to walk the index
    // by, and statistics that somebody gathered can make it choose neither.
    let (from, to) = query.filter.dates();
    let dates = match (query.after, query.ascending) {
        (None, _) => (from, to),
        (Some(_), true) => (None, to),
        (Some(_), false) => (from, None),
    };
    let mut page = matching(page, &query.filter, dates, now);
    if let Some((at, id)) = query.after {
        page = page
            .sql(" AND (l.published_at, l.article_id) ")
            .sql(if query.ascending { "> (" } else { "< (" })
            .number(at.as_millis())
            .sql(", ")
            .number(id.raw())
            .sql(")");
    }
    page.sql(if query.ascending {
        " ORDER BY l.published_at, l.article_id"
    } else {
        " ORDER BY l.published_at DESC, l.article_id DESC"
    })
    .sql(page_rows(limit))
    .sql(") page JOIN published_articles p ON p.id = page.article_id")
    .sql(" LEFT JOIN article_stats s ON s.article_id = p.id")
}

/// Later than the first, earlier than the second.
type Dates = (Option<Timestamp>, Option<Timestamp>);

impl Filter {
    pub(crate) const fn dates(&self) -> Dates {
        (self.published_after, self.published_before)
    }

    fn narrowest_first(&self) -> Vec<&Place> {
        let mut places: Vec<&Place> = self.places.iter().collect();
        places.sort_by_key(|place| place.breadth());
        places
    }
}

/// `WHERE …` of the rows of `listings l` that are meant and public at `now`.
fn matching<Row>(
    sql: Statement<Row>,
    filter: &Filter,
    dates: Dates,
    now: Timestamp,
) -> Statement<Row> {
    let sql = listed(sql.sql(" WHERE "), filter).sql(" AND ");
    qualified(sql, filter, dates, now)
}

/// Which rows of `listings l` are walked: those of the narrowest place, one for each article.
pub(crate) fn listed<Row>(sql: Statement<Row>, filter: &Filter) -> Statement<Row> {
    match filter.narrowest_first().first() {
        Some(place) => listed_in(sql, OUTER, place),
        None => sql.sql("l.scope = 'site' AND l.scope_id = 0"),
    }
}

/// Whether a row of `listings l` that is [`listed`] is meant, and public at `now`.
pub(crate) fn qualified<Row>(
    sql: Statement<Row>,
    filter: &Filter,
    dates: Dates,
    now: Timestamp,
) -> Statement<Row> {
    let mut sql = sql
        .sql("l.visible_from <= ")
        .number(now.as_millis())
        .sql(" AND (l.visible_until IS NULL OR l.visible_until > ")
        .number(now.as_millis())
        .sql(")");
    if let Some(language) = &filter.language {
        sql = sql.sql(" AND l.language = ").text(language);
    }
    if let Some(after) = dates.0 {
        sql = sql.sql(" AND l.published_at > ").number(after.as_millis());
    }
    if let Some(before) = dates.1 {
        sql = sql.sql(" AND l.published_at < ").number(before.as_millis());
    }
    for place in filter.narrowest_first().into_iter().skip(1) {
        sql = sql.sql(" AND EXISTS (SELECT 1 FROM listings o WHERE ");
        sql = listed_in(sql, INNER, place).sql(" AND o.article_id = l.article_id)");
    }
    sql
}

/// How a row of `listings` is asked where it stands, under the name it has in the statement.
#[derive(Clone, Copy)]
struct Alias {
    scope: &'static str,
    scope_id: &'static str,
}

const OUTER: Alias = Alias {
    scope: "l.scope = ",
    scope_id: " AND l.scope_id = ",
};
const INNER: Alias = Alias {
    scope: "o.scope = ",
    scope_id: " AND o.scope_id = ",
};

fn listed_in<Row>(sql: Statement<Row>, alias: Alias, place: &Place) -> Statement<Row> {
    let sql = sql.sql(alias.scope);
    match place {
        Place::Section(id) => sql.sql("'section'").sql(alias.scope_id).number(id.raw()),
        Place::Tag(id) => sql
            .sql("'tag'")
            .sql(alias.scope_id)
            .sql("COALESCE((SELECT m.into_id FROM merged_ids m WHERE m.noun = 'tag' AND m.id = ")
            .number(id.raw())
            .sql("), ")
            .number(id.raw())
            .sql(")"),
        Place::Author(id) => sql
            .sql("'author'")
            .sql(alias.scope_id)
            .sql("COALESCE((SELECT m.into_id FROM merged_ids m WHERE m.noun = 'author' AND m.id = ")
            .number(id.raw())
            .sql("), ")
            .number(id.raw())
            .sql(")"),
        Place::TagSlug(slug) => sql
            .sql("'tag'")
            .sql(alias.scope_id)
            .sql("COALESCE((SELECT t.id FROM tags t WHERE t.slug = ")
            .text(slug.as_str())
            .sql("), (SELECT m.target_id FROM moved_slugs m WHERE m.noun = 'tag' AND m.slug = ")
            .text(slug.as_str())
            .sql("))"),
        Place::AuthorSlug(slug) => sql
            .sql("'author'")
            .sql(alias.scope_id)
            .sql("COALESCE((SELECT a.id FROM authors a WHERE a.slug = ")
            .text(slug.as_str())
            .sql("), (SELECT m.target_id FROM moved_slugs m WHERE m.noun = 'author' AND m.slug = ")
            .text(slug.as_str())
            .sql("))"),
    }
}
