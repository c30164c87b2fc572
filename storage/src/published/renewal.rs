//! What is made of a published revision is made anew: when a later program makes it otherwise, and
//! when somebody asks for it.

use diesel::prelude::*;
use domain::article::Source;
use domain::id::ArticleId;
use domain::text::{BodyFormat, RENDERER, Readings, Rendered};

use super::bodies;
use crate::changes::{self, Change, Entity};
use crate::dialect::locking;
use crate::schema::{articles, published_articles as table, revisions};
use crate::{Conn, Error, Tx, search, stored};

/// A published article, and what everything that is shown of it is made from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Renewable {
    /// The article.
    pub id: ArticleId,
    /// The body as it was written.
    pub source: Source,
    version: i64,
    title: String,
    summary: Option<String>,
}

type Row = (i64, i64, String, Option<String>, (String, String, String));

/// Published articles with the revisions that they show.
#[diesel::dsl::auto_type(no_type_alias)]
fn published() -> _ {
    let shown = articles::published_revision_id.eq(revisions::id.nullable());
    table::table
        .inner_join(articles::table.on(articles::id.eq(table::id)))
        .inner_join(revisions::table.on(shown))
}

/// Some of the articles that an earlier program has published, at most `limit`. One statement.
pub fn stale(conn: &mut Conn<'_>, limit: i64) -> Result<Vec<Renewable>, Error> {
    let rows = published()
        .filter(table::renderer.lt(RENDERER))
        .order((table::renderer, table::id))
        .limit(limit)
        .select(COLUMNS)
        .load::<Row>(conn.0)?;
    rows.into_iter().map(renewable).collect()
}

/// Published articles in the order of their ids, from the one after `after` on, at most `limit`. One
/// statement.
pub fn after(conn: &mut Conn<'_>, after: i64, limit: i64) -> Result<Vec<Renewable>, Error> {
    let rows = published()
        .filter(table::id.gt(after))
        .order(table::id)
        .limit(limit)
        .select(COLUMNS)
        .load::<Row>(conn.0)?;
    rows.into_iter().map(renewable).collect()
}

/// How many articles are published. It looks at each.
pub fn count(conn: &mut Conn<'_>) -> Result<i64, Error> {
    Ok(table::table.count().get_result(conn.0)?)
}

/// Writes anew what is made of a published article, unless it was published again or taken back
/// meanwhile: then it is made already, or not wanted. What readers see is dated as before.
pub fn renew(tx: &mut Tx<'_>, one: &Renewable, rendered: &Rendered) -> Result<(), Error> {
    // Whoever publishes or takes back holds this row first: what they write is not written twice.
    let article = articles::table.find(one.id.raw()).select(articles::id);
    locking(tx.0, article).load::<i64>(tx.0)?;
    let same = table::table
        .filter(table::id.eq(one.id.raw()))
        .filter(table::version.eq(one.version));
    let renewed = diesel::update(same)
        .set((
            table::excerpt.eq(rendered.excerpt.as_deref()),
            table::word_count.eq(rendered.word_count),
            table::reading_seconds.eq(rendered.reading_seconds),
            table::renderer.eq(RENDERER),
        ))
        .execute(tx.0)?;
    if renewed == 0 {
        return Ok(());
    }
    bodies::remove(tx, one.id)?;
    bodies::write(tx, one.id, rendered)?;
    let summary = one.summary.as_deref();
    search::write(tx, one.id, &one.title, summary, &rendered.text)?;
    // The caches of every node hold what was made before.
    let change = Change::new("renewed", Entity::Article, one.id.raw());
    changes::append(tx, &change)?;
    Ok(())
}

type Columns = (
    table::id,
    table::version,
    table::title,
    table::summary,
    (
        revisions::body_format,
        revisions::body_source,
        revisions::body_readings,
    ),
);

const COLUMNS: Columns = (
    table::id,
    table::version,
    table::title,
    table::summary,
    (
        revisions::body_format,
        revisions::body_source,
        revisions::body_readings,
    ),
);

fn renewable((id, version, title, summary, body): Row) -> Result<Renewable, Error> {
    let (format, source, readings) = body;
    Ok(Renewable {
        id: ArticleId::from_raw(id),
        source: Source {
            format: stored::parse(&format, BodyFormat::parse)?,
            source,
            readings: stored::parse(&readings, Readings::parse)?,
        },
        version,
        title,
        summary,
    })
}
