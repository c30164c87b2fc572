//! Lists of working copies, and their counts.

use std::collections::HashMap;

use diesel::dsl::{AsSelect, IntoBoxed, Select, count_star, sql};
use diesel::prelude::*;
use diesel::sql_types::{Bool, Text};
use domain::article::{State, Status};
use domain::id::{ArticleId, SectionId};
use domain::page::Limit;
use domain::time::Timestamp;

use super::ArticleCard;
use super::read::{WithRevision, working_copies};
use super::row::CardRow;
use crate::connection::AnyConnection;
use crate::page::Page;
use crate::schema::{articles, published_articles};
use crate::{Conn, Error, stored};

/// Which articles the newsroom wants to see.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ManageFilter {
    /// Only those with this status at the time of the read.
    pub status: Option<Status>,
    /// Only those of exactly this section.
    pub section: Option<SectionId>,
    /// Only those that somebody created (an [`domain::Actor::label`]).
    pub created_by: Option<String>,
    /// Only those last changed at this time or later.
    pub updated_from: Option<Timestamp>,
    /// Only those last changed before this time.
    pub updated_until: Option<Timestamp>,
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

type Backend = <AnyConnection as diesel::Connection>::Backend;
type Cards<'a> = IntoBoxed<'a, Select<WithRevision, AsSelect<CardRow, Backend>>, Backend>;

/// One page of articles, beginning after a [`ManageOrder::position`]. Bodies are not read. One
/// statement.
pub fn list(
    conn: &mut Conn<'_>,
    filter: &ManageFilter,
    order: ManageOrder,
    after: Option<(i64, ArticleId)>,
    limit: Limit,
    now: Timestamp,
) -> Result<Page<ArticleCard>, Error> {
    let mut query = filtered(filter, now);
    if let Some(label) = &filter.created_by {
        // A plain `=` lets PostgreSQL take this order for that of the ids, and walk all articles
        // for a page of somebody who wrote few: between two bounds only its index is in order.
        // SQLite goes by the first condition as it would by `=`.
        query = query
            .filter(sql::<Bool>("articles.created_by IS NOT DISTINCT FROM ").bind::<Text, _>(label))
            .filter(articles::created_by.between(label, label))
            .order(articles::created_by.desc());
    }
    let rows = ordered(query, order, after)
        .limit(limit.rows().saturating_add(1))
        .load::<CardRow>(conn.0)?;
    let cards: Result<Vec<_>, _> = rows.into_iter().map(ArticleCard::try_from).collect();
    Ok(Page::cut(cards?, limit))
}

/// The working copies that a filter means, but for who created them.
fn filtered(filter: &ManageFilter, now: Timestamp) -> Cards<'_> {
    let mut query = working_copies().select(CardRow::as_select()).into_boxed();
    if let Some(status) = filter.status {
        query = query.filter(articles::state.eq(state_of(status).as_str()));
        query = match status {
            // Few: found by their time, not by walking everything that is published.
            Status::Scheduled => query.filter(
                articles::id.eq_any(
                    published_articles::table
                        .filter(published_articles::visible_from.gt(now.as_millis()))
                        .select(published_articles::id),
                ),
            ),
            Status::Published => query.filter(articles::visible_from.le(now.as_millis())),
            Status::Draft | Status::Unpublished | Status::TakenDown => query,
        };
    }
    if let Some(section) = filter.section {
        query = query.filter(articles::section_id.eq(section.raw()));
    }
    if let Some(from) = filter.updated_from {
        query = query.filter(articles::updated_at.ge(from.as_millis()));
    }
    if let Some(until) = filter.updated_until {
        query = query.filter(articles::updated_at.lt(until.as_millis()));
    }
    query
}

fn ordered(query: Cards<'_>, order: ManageOrder, after: Option<(i64, ArticleId)>) -> Cards<'_> {
    // One bound alone is the range of the index; the other sorts out its ties.
    match (order, after) {
        (ManageOrder::Created, None) => query.then_order_by(articles::id.desc()),
        (ManageOrder::Created, Some((_, id))) => query
            .filter(articles::id.lt(id.raw()))
            .then_order_by(articles::id.desc()),
        (ManageOrder::Updated, after) => {
            let query = match after {
                None => query,
                Some((at, id)) => query
                    .filter(articles::updated_at.le(at))
                    .filter(articles::updated_at.lt(at).or(articles::id.lt(id.raw()))),
            };
            query
                .then_order_by(articles::updated_at.desc())
                .then_order_by(articles::id.desc())
        }
        (ManageOrder::NextVisible, after) => {
            let query = match after {
                None => query,
                Some((at, id)) => query.filter(articles::visible_from.ge(at)).filter(
                    articles::visible_from
                        .gt(at)
                        .or(articles::id.gt(id.raw()).nullable()),
                ),
            };
            query
                .then_order_by(articles::visible_from.asc())
                .then_order_by(articles::id.asc())
        }
    }
}

/// How many working copies there are in each status, of exactly this section, by this creator.
/// Two statements, over the narrow index of states.
pub fn counts(
    conn: &mut Conn<'_>,
    section: Option<SectionId>,
    created_by: Option<&str>,
    now: Timestamp,
) -> Result<HashMap<Status, i64>, Error> {
    let mut by_state = articles::table
        .group_by(articles::state)
        .select((articles::state, count_star()))
        .into_boxed();
    let mut ahead = published_articles::table
        .inner_join(articles::table)
        .filter(published_articles::visible_from.gt(now.as_millis()))
        .select(count_star())
        .into_boxed();
    if let Some(section) = section {
        by_state = by_state.filter(articles::section_id.eq(section.raw()));
        ahead = ahead.filter(articles::section_id.eq(section.raw()));
    }
    if let Some(label) = created_by {
        by_state = by_state.filter(articles::created_by.eq(label));
        ahead = ahead.filter(articles::created_by.eq(label));
    }
    let found: Vec<(String, i64)> = by_state.load(conn.0)?;
    let scheduled: i64 = ahead.first(conn.0)?;
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
const fn state_of(status: Status) -> State {
    match status {
        Status::Draft => State::Draft,
        Status::Scheduled | Status::Published => State::Published,
        Status::Unpublished => State::Unpublished,
        Status::TakenDown => State::TakenDown,
    }
}
