//! What ends a section: it is merged into another one, or deleted when nothing is in it.

use diesel::prelude::*;
use diesel::sql_types::BigInt;
use domain::id::SectionId;
use domain::section::{Section, Tree};

use super::moves::relist;
use super::{get, record};
use crate::listings;
use crate::moved_slugs::{self, Noun};
use crate::schema::{articles, published_articles, sections};
use crate::statement::Statement;
use crate::{Conn, Error, Tx, merged_ids, merging};

/// Puts all that a section holds into another one, if it still has the expected version, and
/// removes it. Its slugs and its id lead to the other one from now on. Answers that one, its version
/// counted one up.
///
/// `tree` was read after [`hold`](super::hold); `into` is another section and not below this one,
/// its children may stand there, where they come last, and nothing is [`named_further`].
pub fn merge(
    tx: &mut Tx<'_>,
    tree: &Tree,
    id: SectionId,
    expected_version: i64,
    into: SectionId,
) -> Result<Section, Error> {
    let gone = claim(tx, id, expected_version)?;
    relist(tx, tree, id, Some(into))?;
    listings::close(tx, id)?;
    diesel::update(articles::table.filter(articles::section_id.eq(id.raw())))
        .set(articles::section_id.eq(into.raw()))
        .execute(tx.0)?;
    diesel::update(published_articles::table.filter(published_articles::section_id.eq(id.raw())))
        .set(published_articles::section_id.eq(into.raw()))
        .execute(tx.0)?;
    adopt_children(tx, tree, id, into)?;
    moved_slugs::repoint(tx, Noun::Section, id.raw(), into.raw())?;
    diesel::delete(sections::table.find(id.raw())).execute(tx.0)?;
    moved_slugs::lead(tx, Noun::Section, &gone.slug, into.raw())?;
    merged_ids::note(tx, Noun::Section, id.raw(), into.raw())?;
    record(tx, "merged", id)?;
    let present = get(tx, into)?.ok_or(Error::NotFound)?;
    let into = claim(tx, into, present.version)?;
    record(tx, "changed", into.id)?;
    Ok(into)
}

/// Removes a section if it still has the expected version; the slugs that led to it are free
/// again. The caller has seen, after [`hold`](super::hold), that nothing is in it.
pub fn delete(tx: &mut Tx<'_>, id: SectionId, expected_version: i64) -> Result<(), Error> {
    claim(tx, id, expected_version)?;
    merging::forget(tx, Noun::Section, id.raw())?;
    diesel::delete(sections::table.find(id.raw())).execute(tx.0)?;
    record(tx, "deleted", id)
}

/// Whether an article lies in the section itself, as a working copy or for readers.
pub fn has_articles(conn: &mut Conn<'_>, id: SectionId) -> Result<bool, Error> {
    let working = articles::table
        .filter(articles::section_id.eq(id.raw()))
        .select(articles::id)
        .first::<i64>(conn.0)
        .optional()?;
    let published = published_articles::table
        .filter(published_articles::section_id.eq(id.raw()))
        .select(published_articles::id)
        .first::<i64>(conn.0)
        .optional()?;
    Ok(working.or(published).is_some())
}

/// Whether an article, as a working copy or for readers, names the section as a further one, or
/// lies in it and names `into`. Who wrote that down has to decide what it is to become: revisions
/// do not change.
pub fn named_further(
    conn: &mut Conn<'_>,
    id: SectionId,
    into: Option<SectionId>,
) -> Result<bool, Error> {
    let (one, other) = (named(id.raw()), named(into.unwrap_or(id).raw()));
    let working = Statement::<BigInt>::new(
        "SELECT a.id FROM revisions r JOIN articles a ON a.id = r.article_id AND a.revision_id = r.id \
         WHERE r.further_section_ids <> '[]' AND (",
    )
    .sql(IN_REVISION)
    .text(&one)
    .sql(" OR (a.section_id = ")
    .number(id.raw())
    .sql(" AND ")
    .sql(IN_REVISION)
    .text(&other)
    .sql(")) LIMIT 1")
    .load::<i64>(conn.0)?;
    let published = Statement::<BigInt>::new(
        "SELECT p.id FROM listings l JOIN published_articles p ON p.id = l.article_id \
         WHERE l.scope = 'section' AND l.scope_id = ",
    )
    .number(id.raw())
    .sql(" AND p.further_section_ids <> '[]' AND (")
    .sql(IN_PUBLISHED)
    .text(&one)
    .sql(" OR (p.section_id = ")
    .number(id.raw())
    .sql(" AND ")
    .sql(IN_PUBLISHED)
    .text(&other)
    .sql(")) LIMIT 1")
    .load::<i64>(conn.0)?;
    Ok(!(working.is_empty() && published.is_empty()))
}

// The lists are JSON as we write it: numbers, commas and brackets.
const IN_REVISION: &str = "REPLACE(REPLACE(r.further_section_ids, '[', ','), ']', ',') LIKE ";
const IN_PUBLISHED: &str = "REPLACE(REPLACE(p.further_section_ids, '[', ','), ']', ',') LIKE ";

fn named(id: i64) -> String {
    format!("%,{id},%")
}

/// Counts the version one up if it is the expected one, and answers the section as it then is.
fn claim(tx: &mut Tx<'_>, id: SectionId, expected_version: i64) -> Result<Section, Error> {
    let now = tx.now().as_millis();
    let seen = sections::table
        .find(id.raw())
        .filter(sections::version.eq(expected_version));
    let claimed = diesel::update(seen)
        .set((
            sections::version.eq(expected_version.saturating_add(1)),
            sections::updated_at.eq(now),
        ))
        .execute(tx.0)?;
    let section = get(tx, id)?.ok_or(Error::NotFound)?;
    match claimed {
        0 => Err(Error::Stale {
            current: section.version,
        }),
        _ => Ok(section),
    }
}

/// Puts the children of one section behind those of another.
fn adopt_children(
    tx: &mut Tx<'_>,
    tree: &Tree,
    id: SectionId,
    into: SectionId,
) -> Result<(), Error> {
    let of = |parent| {
        tree.children(Some(parent))
            .iter()
            .filter_map(|one| tree.get(*one))
    };
    let last = of(into).map(|section| section.position).max();
    let first = last.unwrap_or_default().saturating_add(1);
    for (position, child) in (first..).zip(of(id)) {
        claim(tx, child.id, child.version)?;
        diesel::update(sections::table.find(child.id.raw()))
            .set((
                sections::parent_id.eq(into.raw()),
                sections::position.eq(position),
            ))
            .execute(tx.0)?;
        record(tx, "moved", child.id)?;
    }
    Ok(())
}
