//! The words that each working copy is found by: those of its title, its slug and its summary. They
//! follow the current revision, as [`working_listings`](crate::working_listings) do.

use diesel::prelude::*;
use domain::article::ArticleContent;
use domain::id::ArticleId;
use domain::slug::Slug;
use domain::text::words::words;

use crate::connection::AnyConnection;
use crate::dialect::locking;
use crate::schema::{articles, revisions, working_terms};
use crate::statement::Statement;
use crate::{Error, Tx, backfills};

/// The most words of one article: all of any title, and of a summary what people write.
const MOST: usize = 2_000;
/// So many are written by one statement.
const ROWS: usize = 128;
/// So many articles are filled in in one transaction of an upgrade.
const SLICE: i64 = 200;

/// Notes the words of an article, of which none are noted, by what it says now.
pub(crate) fn write(
    tx: &mut Tx<'_>,
    article: ArticleId,
    slug: &Slug,
    content: &ArticleContent,
) -> Result<(), Error> {
    let summary = content.summary.as_deref();
    let rows = rows(article.raw(), &content.title, slug.as_str(), summary);
    insert(tx.0, &rows.collect::<Vec<_>>())
}

pub(crate) fn remove(tx: &mut Tx<'_>, article: ArticleId) -> Result<(), Error> {
    let rows = working_terms::table.filter(working_terms::article_id.eq(article.raw()));
    diesel::delete(rows).execute(tx.0)?;
    Ok(())
}

fn rows(
    article: i64,
    title: &str,
    slug: &str,
    summary: Option<&str>,
) -> impl Iterator<Item = (String, i64)> {
    let found = words([title, slug].into_iter().chain(summary), MOST);
    found.into_iter().map(move |word| (word, article))
}

fn insert(conn: &mut AnyConnection, rows: &[(String, i64)]) -> Result<(), Error> {
    for some in rows.chunks(ROWS) {
        Statement::<()>::new("INSERT INTO working_terms (term, article_id) VALUES ")
            .pairs(some)
            .sql(" ON CONFLICT DO NOTHING")
            .execute(conn)?;
    }
    Ok(())
}

/// Notes the words of what was there before this program could.
pub(crate) fn catch_up(conn: &mut AnyConnection) -> Result<(), Error> {
    backfills::catch_up(conn, "working_terms", |conn, after| {
        // Locked, so that nobody gives one of them another title between its being read and noted.
        let some = articles::table
            .inner_join(revisions::table.on(revisions::id.eq(articles::revision_id)))
            .filter(articles::id.gt(after))
            .order(articles::id)
            .limit(SLICE)
            .select((
                articles::id,
                articles::title,
                articles::slug,
                revisions::summary,
            ));
        let some: Vec<(i64, String, String, Option<String>)> = locking(conn, some).load(conn)?;
        let mut found: Vec<_> = some
            .iter()
            .flat_map(|(id, title, slug, summary)| rows(*id, title, slug, summary.as_deref()))
            .collect();
        found.sort_unstable();
        insert(conn, &found)?;
        Ok(some.last().map(|(last, ..)| *last))
    })
}
