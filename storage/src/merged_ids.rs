//! Sections, tags and authors that were merged into others. Each leads to what is in force in one
//! step: whatever is merged takes along all that led to it.

use std::collections::HashMap;
use std::hash::Hash;

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Integer};
use domain::article::{ArticleContent, Merged};
use domain::id::{AuthorId, SectionId, TagId};

use crate::moved_slugs::Noun;
use crate::schema::merged_ids;
use crate::statement::Statement;
use crate::{Conn, Error, Tx};

/// What one that is gone was merged into.
pub(crate) fn target(conn: &mut Conn<'_>, noun: Noun, id: i64) -> Result<Option<i64>, Error> {
    Ok(merged_ids::table
        .find((noun.as_str(), id))
        .select(merged_ids::into_id)
        .first(conn.0)
        .optional()?)
}

/// Those of these that were merged into others, and into which.
pub(crate) fn targets(
    conn: &mut Conn<'_>,
    noun: Noun,
    ids: &[i64],
) -> Result<Vec<(i64, i64)>, Error> {
    Ok(merged_ids::table
        .filter(merged_ids::noun.eq(noun.as_str()))
        .filter(merged_ids::id.eq_any(ids))
        .select((merged_ids::id, merged_ids::into_id))
        .load(conn.0)?)
}

/// What has become of all that these articles name. One statement.
pub(crate) fn of<'a>(
    conn: &mut Conn<'_>,
    contents: impl Iterator<Item = &'a ArticleContent>,
) -> Result<Merged, Error> {
    let (mut sections, mut authors, mut tags) = (Vec::new(), Vec::new(), Vec::new());
    for content in contents {
        sections.push(content.section.raw());
        sections.extend(content.further_sections.iter().map(|id| id.raw()));
        authors.extend(content.authors.iter().map(|id| id.raw()));
        tags.extend(content.tags.iter().map(|id| id.raw()));
    }
    let rows = Statement::<(Integer, BigInt, BigInt)>::new(
        "SELECT 0, m.id, m.into_id FROM merged_ids m WHERE m.noun = 'section' AND m.id IN ",
    )
    .numbers(&sections)
    .sql(" UNION ALL SELECT 1, m.id, m.into_id FROM merged_ids m WHERE m.noun = 'author' AND m.id IN ")
    .numbers(&authors)
    .sql(" UNION ALL SELECT 2, m.id, m.into_id FROM merged_ids m WHERE m.noun = 'tag' AND m.id IN ")
    .numbers(&tags)
    .load::<(i32, i64, i64)>(conn.0)?;
    Ok(Merged {
        sections: of_kind(&rows, 0, SectionId::from_raw),
        authors: of_kind(&rows, 1, AuthorId::from_raw),
        tags: of_kind(&rows, 2, TagId::from_raw),
    })
}

fn of_kind<Id: Eq + Hash>(
    rows: &[(i32, i64, i64)],
    kind: i32,
    id: impl Fn(i64) -> Id,
) -> HashMap<Id, Id> {
    rows.iter()
        .filter(|row| row.0 == kind)
        .map(|(_, from, into)| (id(*from), id(*into)))
        .collect()
}

/// Notes that one was merged into another, which is in force; so was all that had been merged into
/// the one before.
pub(crate) fn note(tx: &mut Tx<'_>, noun: Noun, from: i64, into: i64) -> Result<(), Error> {
    let at = tx.now().as_millis();
    let before = merged_ids::table
        .filter(merged_ids::noun.eq(noun.as_str()))
        .filter(merged_ids::into_id.eq(from));
    diesel::update(before)
        .set(merged_ids::into_id.eq(into))
        .execute(tx.0)?;
    diesel::insert_into(merged_ids::table)
        .values((
            merged_ids::noun.eq(noun.as_str()),
            merged_ids::id.eq(from),
            merged_ids::into_id.eq(into),
            merged_ids::created_at.eq(at),
        ))
        .execute(tx.0)?;
    Ok(())
}

/// Forgets what was merged into one that is to go for good.
pub(crate) fn release(tx: &mut Tx<'_>, noun: Noun, id: i64) -> Result<(), Error> {
    let all = merged_ids::table
        .filter(merged_ids::noun.eq(noun.as_str()))
        .filter(merged_ids::into_id.eq(id));
    diesel::delete(all).execute(tx.0)?;
    Ok(())
}
