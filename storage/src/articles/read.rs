//! Working copies, one and many.

use diesel::dsl::{Eq, InnerJoinOn, sql};
use diesel::prelude::*;
use diesel::sql_types::{Bool, Text};
use domain::article::{Source, State, Status};
use domain::id::{ArticleId, SectionId};
use domain::page::Limit;
use domain::slug::Slug;
use domain::text::BodyFormat;
use domain::time::Timestamp;

use super::row::CardRow;
use super::{Article, ArticleCard};
use crate::page::Page;
use crate::schema::{articles, published_articles, revisions};
use crate::{Conn, Error, stored};

type WithRevision =
    InnerJoinOn<articles::table, revisions::table, Eq<revisions::id, articles::revision_id>>;

/// Articles, each with the revision that is being worked on.
fn working_copies() -> WithRevision {
    articles::table.inner_join(revisions::table.on(revisions::id.eq(articles::revision_id)))
}

/// One article by id. One statement.
pub fn get(conn: &mut Conn<'_>, id: ArticleId) -> Result<Option<Article>, Error> {
    let row = working_copies()
        .filter(articles::id.eq(id.raw()))
        .select((
            CardRow::as_select(),
            revisions::body_format,
            revisions::body_source,
        ))
        .first::<(CardRow, String, String)>(conn.0)
        .optional()?;
    row.map(article).transpose()
}

/// One article by the slug of its working copy. One statement.
pub fn by_slug(conn: &mut Conn<'_>, slug: &Slug) -> Result<Option<Article>, Error> {
    let row = working_copies()
        .filter(articles::slug.eq(slug.as_str()))
        .select((
            CardRow::as_select(),
            revisions::body_format,
            revisions::body_source,
        ))
        .first::<(CardRow, String, String)>(conn.0)
        .optional()?;
    row.map(article).transpose()
}

fn article((card, format, source): (CardRow, String, String)) -> Result<Article, Error> {
    let format = stored::parse(&format, BodyFormat::parse)?;
    Ok(Article {
        card: ArticleCard::try_from(card)?,
        body: Source { format, source },
    })
}

/// The ids and titles of the articles that somebody created (an [`domain::Actor::label`]), after
/// `after`; oldest first, at most `limit`.
pub fn created_by(
    conn: &mut Conn<'_>,
    label: &str,
    after: Option<ArticleId>,
    limit: i64,
) -> Result<Vec<(ArticleId, String)>, Error> {
    let rows: Vec<(i64, String)> = articles::table
        .filter(articles::created_by.eq(label))
        .filter(articles::id.gt(after.map_or(0, ArticleId::raw)))
        .order(articles::id)
        .limit(limit)
        .select((articles::id, articles::title))
        .load(conn.0)?;
    Ok(rows
        .into_iter()
        .map(|(id, title)| (ArticleId::from_raw(id), title))
        .collect())
}

/// Which articles the newsroom wants to see.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ManageFilter {
    /// Only those with this status at the time of the read.
    pub status: Option<Status>,
    /// Only those of exactly this section.
    pub section: Option<SectionId>,
    /// Only those that somebody created (an [`domain::Actor::label`]).
    pub created_by: Option<String>,
}

/// One page of articles, the latest created first, beginning after `after`. Bodies are not read.
/// One statement.
pub fn list(
    conn: &mut Conn<'_>,
    filter: &ManageFilter,
    after: Option<ArticleId>,
    limit: Limit,
    now: Timestamp,
) -> Result<Page<ArticleCard>, Error> {
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
    if let Some(label) = &filter.created_by {
        // A plain `=` lets PostgreSQL take this order for that of the ids, and walk all articles
        // for a page of somebody who wrote few: between two bounds only its index is in order.
        // SQLite goes by the first condition as it would by `=`.
        query = query
            .filter(sql::<Bool>("articles.created_by IS NOT DISTINCT FROM ").bind::<Text, _>(label))
            .filter(articles::created_by.between(label, label))
            .order(articles::created_by.desc());
    }
    if let Some(after) = after {
        query = query.filter(articles::id.lt(after.raw()));
    }
    let rows = query
        .then_order_by(articles::id.desc())
        .limit(limit.rows().saturating_add(1))
        .load::<CardRow>(conn.0)?;
    let cards: Result<Vec<_>, _> = rows.into_iter().map(ArticleCard::try_from).collect();
    Ok(Page::cut(cards?, limit))
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
