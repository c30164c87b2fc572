//! Lists of working copies, and their counts.

use std::cmp::Reverse;
use std::collections::HashMap;

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text};
use domain::article::{State, Status};
use domain::id::{ArticleId, AuthorId, SectionId, TagId};
use domain::page::Limit;
use domain::time::Timestamp;

use super::ArticleCard;
use super::lead::Lead;
use super::row::{CARD, CardRow, CardSql};
use crate::page::Page;
use crate::statement::{Statement, full, page_rows};
use crate::{Conn, Error, stored};

/// Which articles the newsroom wants to see.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ManageFilter {
    /// Only those with this status at the time of the read.
    pub status: Option<Status>,
    /// Only those of exactly this section.
    pub section: Option<SectionId>,
    /// Only those with this author.
    pub author: Option<AuthorId>,
    /// Only those with this tag.
    pub tag: Option<TagId>,
    /// Only those with all these words in what they are found by, as
    /// [`domain::text::words::sought`] answers them.
    pub words: Vec<String>,
    /// Whether whoever asks is to feel nothing of what lies outside the section.
    pub confined: bool,
    /// Only those that somebody created (an [`domain::Actor::label`]).
    pub created_by: Option<String>,
    /// Only those last changed at this time or later.
    pub updated_from: Option<Timestamp>,
    /// Only those last changed before this time.
    pub updated_until: Option<Timestamp>,
}

impl ManageFilter {
    /// Where in `working_listings` an article must be: first where fewer are.
    pub(super) fn places(&self) -> impl Iterator<Item = (&'static str, i64)> {
        let author = self.author.map(|id| ("'author'", id.raw()));
        let tag = self.tag.map(|id| ("'tag'", id.raw()));
        author.into_iter().chain(tag)
    }
}

/// The order of a list of working copies; ties go by id, the same way round.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum ManageOrder {
    /// The latest created first.
    #[default]
    Created,
    /// The latest changed first.
    Updated,
    /// The first to become public first; meant for those that are scheduled.
    NextVisible,
}

impl ManageOrder {
    /// Where an article stands in this order: what a next page begins after.
    #[must_use]
    pub fn position(self, card: &ArticleCard) -> (i64, ArticleId) {
        let at = match self {
            Self::Created => 0,
            Self::Updated => card.updated_at.as_millis(),
            Self::NextVisible => card.visible_from.map_or(0, Timestamp::as_millis),
        };
        (at, card.id)
    }
}

/// One page of articles, beginning after a [`ManageOrder::position`]. Bodies are not read. One
/// statement, and before it one or two where words are looked for.
///
/// The page stands in a subquery of its own, so that both databases first walk an index for one
/// page and only then read what its articles say.
pub fn list(
    conn: &mut Conn<'_>,
    filter: &ManageFilter,
    order: ManageOrder,
    after: Option<(i64, ArticleId)>,
    limit: Limit,
    now: Timestamp,
) -> Result<Page<ArticleCard>, Error> {
    let lead = Lead::of(conn, filter, order, now)?;
    let page = Statement::<CardSql>::new("SELECT ")
        .sql(CARD)
        .sql(" FROM (SELECT articles.id AS id");
    let page = matching(page, filter, lead, now);
    let page = after_position(page, lead, order, after);
    let page = match filter.created_by {
        // See `of_creator`.
        Some(_) => page.sql(" ORDER BY articles.created_by DESC, "),
        None => page.sql(" ORDER BY "),
    };
    let rows = page
        .sql(match order {
            ManageOrder::Created if lead.is_joined() => "w.article_id DESC",
            ManageOrder::Created => "articles.id DESC",
            ManageOrder::Updated => "articles.updated_at DESC, articles.id DESC",
            ManageOrder::NextVisible => "articles.visible_from, articles.id",
        })
        .sql(page_rows(limit))
        .sql(") page JOIN articles a ON a.id = page.id JOIN revisions r ON r.id = a.revision_id")
        .load::<CardRow>(conn.0)?;
    let cards: Result<Vec<_>, _> = rows.into_iter().map(ArticleCard::try_from).collect();
    let mut cards = cards?;
    // A join promises no order.
    match order {
        ManageOrder::NextVisible => cards.sort_unstable_by_key(|card| order.position(card)),
        ManageOrder::Created | ManageOrder::Updated => {
            cards.sort_unstable_by_key(|card| Reverse(order.position(card)));
        }
    }
    Ok(Page::cut(cards, limit))
}

/// `FROM … WHERE …` of the working copies that a filter means, as `articles`.
///
/// `CROSS JOIN` is what keeps SQLite to the order of the tables.
pub(super) fn matching<Row>(
    sql: Statement<Row>,
    filter: &ManageFilter,
    lead: Lead<'_>,
    now: Timestamp,
) -> Statement<Row> {
    let sql = match lead {
        Lead::Articles | Lead::Order => sql.sql(" FROM articles WHERE TRUE"),
        Lead::Place(scope, id) => sql
            .sql(" FROM working_listings w CROSS JOIN articles WHERE articles.id = w.article_id")
            .sql(" AND w.scope = ")
            .sql(scope)
            .sql(" AND w.scope_id = ")
            .number(id),
        Lead::Word(word) => sql
            .sql(" FROM working_terms w CROSS JOIN articles WHERE articles.id = w.article_id")
            .sql(" AND w.term = ")
            .text(word),
        Lead::Newest(word) => sql
            .sql(" FROM (SELECT article_id FROM working_terms WHERE term = ")
            .text(word)
            .sql(" ORDER BY article_id DESC LIMIT 1000) w CROSS JOIN articles")
            .sql(" WHERE articles.id = w.article_id"),
    };
    let sql = match &filter.created_by {
        None => sql,
        Some(label) => of_creator(sql, label),
    };
    let mut sql = match filter.status {
        None => sql,
        Some(status) => in_status(sql, status, lead, now),
    };
    if let Some(section) = filter.section {
        sql = sql
            .sql(match lead {
                Lead::Order => " AND articles.section_id + 0 = ",
                _ => " AND articles.section_id = ",
            })
            .number(section.raw());
    }
    if let Some(from) = filter.updated_from {
        sql = sql
            .sql(" AND articles.updated_at >= ")
            .number(from.as_millis());
    }
    if let Some(until) = filter.updated_until {
        sql = sql
            .sql(" AND articles.updated_at < ")
            .number(until.as_millis());
    }
    looked_up(sql, filter, lead)
}

/// What is asked besides what leads.
fn looked_up<Row>(sql: Statement<Row>, filter: &ManageFilter, lead: Lead<'_>) -> Statement<Row> {
    let places = filter.places();
    let places = places.filter(|(scope, id)| lead != Lead::Place(scope, *id));
    // Not `EXISTS`, which PostgreSQL would take for another table to begin with.
    let sql = places.fold(sql, |sql, (scope, id)| {
        sql.sql(" AND (SELECT o.article_id FROM working_listings o WHERE o.scope = ")
            .sql(scope)
            .sql(" AND o.scope_id = ")
            .number(id)
            .sql(" AND o.article_id = articles.id) IS NOT NULL")
    });
    let words: Vec<&String> = filter
        .words
        .iter()
        .filter(|word| lead != Lead::Word(word) && lead != Lead::Newest(word))
        .collect();
    full(&words).fold(sql, |sql, word| {
        sql.sql(" AND (SELECT t.article_id FROM working_terms t WHERE t.term = ")
            .text(word)
            .sql(" AND t.article_id = articles.id) IS NOT NULL")
    })
}

/// A plain `=` lets PostgreSQL take the order by creator and id for that of the ids, and walk all
/// articles for a page of somebody who wrote few: between two bounds only its index is in order.
/// SQLite goes by the first condition as it would by `=`.
fn of_creator<Row>(sql: Statement<Row>, label: &str) -> Statement<Row> {
    sql.sql(" AND articles.created_by IS NOT DISTINCT FROM ")
        .text(label)
        .sql(" AND articles.created_by BETWEEN ")
        .text(label)
        .sql(" AND ")
        .text(label)
}

/// What is added to a column, here and for the section, keeps SQLite from taking an index of it and
/// sorting everything it finds there.
fn in_status<Row>(
    sql: Statement<Row>,
    status: Status,
    lead: Lead<'_>,
    now: Timestamp,
) -> Statement<Row> {
    let sql = sql
        .sql(match lead {
            Lead::Order => " AND articles.state || '' = ",
            _ => " AND articles.state = ",
        })
        .text(state_of(status).as_str());
    match status {
        // Few: found by their time, not by walking everything that is published.
        Status::Scheduled => sql
            .sql(" AND articles.id IN (SELECT p.id FROM published_articles p WHERE p.visible_from > ")
            .number(now.as_millis())
            .sql(")"),
        Status::Published => sql.sql(" AND articles.visible_from <= ").number(now.as_millis()),
        Status::Draft | Status::Unpublished | Status::TakenDown => sql,
    }
}

/// One bound alone is the range of the index; the other sorts out its ties. SQLite knows an index
/// in order only by its own column.
fn after_position<Row>(
    sql: Statement<Row>,
    lead: Lead<'_>,
    order: ManageOrder,
    after: Option<(i64, ArticleId)>,
) -> Statement<Row> {
    let Some((at, id)) = after else {
        return sql;
    };
    let id = id.raw();
    match order {
        ManageOrder::Created if lead.is_joined() => sql.sql(" AND w.article_id < ").number(id),
        ManageOrder::Created => sql.sql(" AND articles.id < ").number(id),
        ManageOrder::Updated => sql
            .sql(" AND articles.updated_at <= ")
            .number(at)
            .sql(" AND (articles.updated_at < ")
            .number(at)
            .sql(" OR articles.id < ")
            .number(id)
            .sql(")"),
        ManageOrder::NextVisible => sql
            .sql(" AND articles.visible_from >= ")
            .number(at)
            .sql(" AND (articles.visible_from > ")
            .number(at)
            .sql(" OR articles.id > ")
            .number(id)
            .sql(")"),
    }
}

/// How many working copies there are in each status, of those that the filter means whatever its
/// own status says. Two statements, over narrow indexes, and one before them where words are looked
/// for.
pub fn counts(
    conn: &mut Conn<'_>,
    filter: &ManageFilter,
    now: Timestamp,
) -> Result<HashMap<Status, i64>, Error> {
    let asked = |status| ManageFilter {
        status,
        ..filter.clone()
    };
    let anything = asked(None);
    // Everything that is found is counted, in whatever order.
    let lead = Lead::of(conn, &anything, ManageOrder::Created, now)?;
    let by_state = Statement::<(Text, BigInt)>::new("SELECT articles.state, COUNT(*)");
    let found = matching(by_state, &anything, lead, now)
        .sql(" GROUP BY articles.state")
        .load::<(String, i64)>(conn.0)?;
    let ahead = Statement::<BigInt>::new("SELECT COUNT(*)");
    let scheduled = asked(Some(Status::Scheduled));
    let lead = Lead::of(conn, &scheduled, ManageOrder::Created, now)?;
    let scheduled = matching(ahead, &scheduled, lead, now).get_result::<i64>(conn.0)?;
    let mut counts = HashMap::from([(Status::Scheduled, scheduled)]);
    for (state, count) in found {
        let (status, count) = match stored::parse(&state, State::parse)? {
            State::Draft => (Status::Draft, count),
            State::Published => (Status::Published, count.saturating_sub(scheduled)),
            State::Unpublished => (Status::Unpublished, count),
            State::TakenDown => (Status::TakenDown, count),
        };
        counts.insert(status, count);
    }
    Ok(counts)
}

/// The stored decision behind a status.
pub(super) const fn state_of(status: Status) -> State {
    match status {
        Status::Draft => State::Draft,
        Status::Scheduled | Status::Published => State::Published,
        Status::Unpublished => State::Unpublished,
        Status::TakenDown => State::TakenDown,
    }
}
