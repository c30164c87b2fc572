//! Slugs that sections, tags and authors had before. Each stays with what had it, and leads there
//! in one step: what it leads to is an id, so no later change has to be followed.

use diesel::prelude::*;
use domain::slug::Slug;

use crate::schema::moved_slugs;
use crate::{Conn, Error, Tx};

/// A kind of thing whose slugs are unique among themselves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Noun {
    Section,
    Tag,
    Author,
}

impl Noun {
    /// The word for it in the tables.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Section => "section",
            Self::Tag => "tag",
            Self::Author => "author",
        }
    }
}

/// What has this slug no longer and is found by it all the same.
pub(crate) fn target(conn: &mut Conn<'_>, noun: Noun, slug: &Slug) -> Result<Option<i64>, Error> {
    Ok(moved_slugs::table
        .find((noun.as_str(), slug.as_str()))
        .select(moved_slugs::target_id)
        .first(conn.0)
        .optional()?)
}

/// Those of these slugs that lead somewhere, and where.
pub(crate) fn targets(
    conn: &mut Conn<'_>,
    noun: Noun,
    slugs: &[String],
) -> Result<Vec<(i64, String)>, Error> {
    Ok(moved_slugs::table
        .filter(moved_slugs::noun.eq(noun.as_str()))
        .filter(moved_slugs::slug.eq_any(slugs))
        .select((moved_slugs::target_id, moved_slugs::slug))
        .load(conn.0)?)
}

/// Notes that `id` had the slug `before` and has `now` instead. One that it had long ago and takes
/// up again leads nowhere any more: it is in force.
pub(crate) fn rename(
    tx: &mut Tx<'_>,
    noun: Noun,
    id: i64,
    (before, now): (&Slug, &Slug),
) -> Result<(), Error> {
    if before == now {
        return Ok(());
    }
    forget(tx, noun, now)?;
    lead(tx, noun, before, id)
}

/// Lets a slug that is in force no more lead to `id`.
pub(crate) fn lead(tx: &mut Tx<'_>, noun: Noun, slug: &Slug, id: i64) -> Result<(), Error> {
    // On PostgreSQL another one may have taken the slug up beside the change that gave it away.
    forget(tx, noun, slug)?;
    let at = tx.now().as_millis();
    diesel::insert_into(moved_slugs::table)
        .values((
            moved_slugs::noun.eq(noun.as_str()),
            moved_slugs::slug.eq(slug.as_str()),
            moved_slugs::target_id.eq(id),
            moved_slugs::created_at.eq(at),
        ))
        .execute(tx.0)?;
    Ok(())
}

/// Lets all that leads to one lead to another.
pub(crate) fn repoint(tx: &mut Tx<'_>, noun: Noun, from: i64, to: i64) -> Result<(), Error> {
    let all = moved_slugs::table
        .filter(moved_slugs::noun.eq(noun.as_str()))
        .filter(moved_slugs::target_id.eq(from));
    diesel::update(all)
        .set(moved_slugs::target_id.eq(to))
        .execute(tx.0)?;
    Ok(())
}

/// Frees every slug that leads to what is to go.
pub(crate) fn release(tx: &mut Tx<'_>, noun: Noun, id: i64) -> Result<(), Error> {
    let all = moved_slugs::table
        .filter(moved_slugs::noun.eq(noun.as_str()))
        .filter(moved_slugs::target_id.eq(id));
    diesel::delete(all).execute(tx.0)?;
    Ok(())
}

fn forget(tx: &mut Tx<'_>, noun: Noun, slug: &Slug) -> Result<(), Error> {
    diesel::delete(moved_slugs::table.find((noun.as_str(), slug.as_str()))).execute(tx.0)?;
    Ok(())
}
