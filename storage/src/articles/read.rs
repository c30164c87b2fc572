//! Working copies, one by one.

use diesel::dsl::{Eq, InnerJoinOn};
use diesel::prelude::*;
use domain::article::Source;
use domain::id::ArticleId;
use domain::slug::Slug;
use domain::text::{BodyFormat, Readings};

use super::row::CardRow;
use super::{Article, ArticleCard};
use crate::schema::{articles, revisions};
use crate::{Conn, Error, stored};

pub(super) type WithRevision =
    InnerJoinOn<articles::table, revisions::table, Eq<revisions::id, articles::revision_id>>;

/// Articles, each with the revision that is being worked on.
pub(super) fn working_copies() -> WithRevision {
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
            revisions::body_readings,
        ))
        .first::<(CardRow, String, String, String)>(conn.0)
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
            revisions::body_readings,
        ))
        .first::<(CardRow, String, String, String)>(conn.0)
        .optional()?;
    row.map(article).transpose()
}

fn article(
    (card, format, source, readings): (CardRow, String, String, String),
) -> Result<Article, Error> {
    Ok(Article {
        card: ArticleCard::try_from(card)?,
        body: Source {
            format: stored::parse(&format, BodyFormat::parse)?,
            source,
            readings: stored::parse(&readings, Readings::parse)?,
        },
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
