//! Tags: what articles are about.

mod merge;
mod terms;

use diesel::prelude::*;

use domain::id::TagId;
use domain::page::Limit;
use domain::slug::Slug;
use domain::tag::Tag;
use domain::time::Timestamp;

use crate::changes::{self, Change, Entity};
use crate::imported::{self, Imported};
use crate::lookup::{self, Lookup};
use crate::moved_slugs::{self, Noun};
use crate::page::Page;
use crate::schema::tags;
use crate::{Conn, Error, Tx, slugs, stored};

pub use merge::{delete, in_use, merge};
pub(crate) use terms::catch_up;
pub use terms::{SuggestedTag, suggest};

/// What may change about a tag.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TagChange {
    /// Unique among tags.
    pub slug: Slug,
    /// The word or words.
    pub name: String,
    /// Plain text, or none.
    pub description: Option<String>,
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = tags)]
struct Row {
    id: i64,
    slug: String,
    name: String,
    description: Option<String>,
    version: i64,
    created_at: i64,
    updated_at: i64,
}

impl TryFrom<Row> for Tag {
    type Error = Error;

    fn try_from(row: Row) -> Result<Self, Error> {
        Ok(Self {
            id: TagId::from_raw(row.id),
            slug: stored::parse(&row.slug, Slug::parse)?,
            name: row.name,
            description: row.description,
            version: row.version,
            created_at: Timestamp::from_millis(row.created_at),
            updated_at: Timestamp::from_millis(row.updated_at),
        })
    }
}

/// One tag by id.
pub fn get(conn: &mut Conn<'_>, id: TagId) -> Result<Option<Tag>, Error> {
    let row = tags::table
        .find(id.raw())
        .select(Row::as_select())
        .first(conn.0)
        .optional()?;
    row.map(Tag::try_from).transpose()
}

/// One tag by slug.
pub fn by_slug(conn: &mut Conn<'_>, slug: &Slug) -> Result<Option<Tag>, Error> {
    let row = tags::table
        .filter(tags::slug.eq(slug.as_str()))
        .select(Row::as_select())
        .first(conn.0)
        .optional()?;
    row.map(Tag::try_from).transpose()
}

/// The tag that had this slug before and is found by it all the same.
pub fn moved(conn: &mut Conn<'_>, slug: &Slug) -> Result<Option<TagId>, Error> {
    let found = moved_slugs::target(conn, Noun::Tag, slug)?;
    Ok(found.map(TagId::from_raw))
}

/// One page of all tags by slug, beginning after `after`.
pub fn list(conn: &mut Conn<'_>, after: Option<&Slug>, limit: Limit) -> Result<Page<Tag>, Error> {
    let rows = tags::table
        .filter(tags::slug.gt(after.map_or("", Slug::as_str)))
        .order(tags::slug)
        .limit(limit.rows().saturating_add(1))
        .select(Row::as_select())
        .load(conn.0)?;
    let found: Result<Vec<_>, _> = rows.into_iter().map(Tag::try_from).collect();
    Ok(Page::cut(found?, limit))
}

/// How many tags there are. It reads them all: only when asked.
pub fn count(conn: &mut Conn<'_>) -> Result<i64, Error> {
    Ok(tags::table.count().get_result(conn.0)?)
}

/// Those of these tags that exist, and those with these slugs: for checking what an article names.
/// One statement for the ids and one for the slugs: by both at once, SQLite would read the whole
/// table. What was merged since, and slugs that are in force no more, take one more each.
pub fn lookup(conn: &mut Conn<'_>, ids: &[TagId], slugs: &[Slug]) -> Result<Lookup<TagId>, Error> {
    let ids: Vec<i64> = ids.iter().copied().map(TagId::raw).collect();
    let by_id = match ids.as_slice() {
        [] => Vec::new(),
        ids => tags::table
            .filter(tags::id.eq_any(ids))
            .select(tags::id)
            .load(conn.0)?,
    };
    let by_slug = match slugs {
        [] => Vec::new(),
        slugs => tags::table
            .filter(tags::slug.eq_any(slugs.iter().map(Slug::as_str)))
            .select((tags::id, tags::slug))
            .load(conn.0)?,
    };
    let asked = (ids.as_slice(), slugs);
    let found = (by_id, by_slug);
    lookup::complete(conn, Noun::Tag, asked, found, TagId::from_raw)
}

/// The slug itself, or the first of `slug-2`, `slug-3`, … that no tag has or had.
pub fn free_slug(conn: &mut Conn<'_>, wanted: &Slug) -> Result<Slug, Error> {
    slugs::first_free(wanted, |asked| {
        let mut taken = tags::table
            .filter(tags::slug.eq_any(asked))
            .select(tags::slug)
            .load::<String>(conn.0)?;
        let before = moved_slugs::targets(conn, Noun::Tag, asked)?;
        taken.extend(before.into_iter().map(|(_, slug)| slug));
        Ok(taken)
    })
}

/// Adds a tag. A slug that is taken is [`Error::Conflict`].
pub fn insert(tx: &mut Tx<'_>, tag: &Tag) -> Result<(), Error> {
    add(tx, tag, None)
}

fn add(tx: &mut Tx<'_>, tag: &Tag, source: Option<&str>) -> Result<(), Error> {
    diesel::insert_into(tags::table)
        .values((
            tags::id.eq(tag.id.raw()),
            tags::slug.eq(tag.slug.as_str()),
            tags::name.eq(&tag.name),
            tags::description.eq(tag.description.as_deref()),
            tags::source.eq(source),
            tags::version.eq(tag.version),
            tags::created_at.eq(tag.created_at.as_millis()),
            tags::updated_at.eq(tag.updated_at.as_millis()),
        ))
        .execute(tx.0)?;
    terms::write(tx, tag.id, &tag.name)?;
    record(tx, "created", tag.id)
}

/// Changes a tag if it still has the expected version, which then counts one up.
pub fn update(
    tx: &mut Tx<'_>,
    id: TagId,
    expected_version: i64,
    change: &TagChange,
) -> Result<Tag, Error> {
    let now = tx.now().as_millis();
    let before = get(tx, id)?.ok_or(Error::NotFound)?;
    let seen = tags::table
        .find(id.raw())
        .filter(tags::version.eq(expected_version));
    let changed = diesel::update(seen)
        .set((
            tags::slug.eq(change.slug.as_str()),
            tags::name.eq(&change.name),
            tags::description.eq(change.description.as_deref()),
            tags::version.eq(expected_version.saturating_add(1)),
            tags::updated_at.eq(now),
        ))
        .execute(tx.0)?;
    let tag = get(tx, id)?.ok_or(Error::NotFound)?;
    if changed == 0 {
        return Err(Error::Stale {
            current: tag.version,
        });
    }
    moved_slugs::rename(tx, Noun::Tag, id.raw(), (&before.slug, &tag.slug))?;
    terms::rewrite(tx, id, &tag.name)?;
    record(tx, "changed", id)?;
    Ok(tag)
}

/// Adds a tag that comes from somewhere else, unless taken over before. One with the same
/// slug that nobody imported is taken for the same tag, and so is what had it before. Answers the
/// id in force.
///
/// One that exists is left as it is: editors correct names after an import.
pub fn import(tx: &mut Tx<'_>, source: &str, tag: &Tag) -> Result<(TagId, Imported), Error> {
    let known = tags::table
        .filter(tags::source.eq(source))
        .select(tags::id)
        .first::<i64>(tx.0)
        .optional()?;
    let same_slug = tags::table
        .filter(tags::slug.eq(tag.slug.as_str()))
        .select((tags::id, tags::source))
        .first::<(i64, Option<String>)>(tx.0)
        .optional()?;
    if let (None, None, Some(id)) = (known, &same_slug, moved(tx, &tag.slug)?) {
        return Ok((id, Imported::Unchanged));
    }
    let adopt = |tx: &mut Tx<'_>, id| {
        diesel::update(tags::table.find(id))
            .set(tags::source.eq(source))
            .execute(tx.0)?;
        record(tx, "adopted", TagId::from_raw(id))
    };
    let create = |tx: &mut Tx<'_>| {
        let slug = free_slug(tx, &tag.slug)?;
        let tag = Tag {
            slug,
            ..tag.clone()
        };
        add(tx, &tag, Some(source))?;
        Ok(tag.id.raw())
    };
    let (id, done) = imported::take_over(tx, known, same_slug, adopt, create)?;
    Ok((TagId::from_raw(id), done))
}

fn record(tx: &mut Tx<'_>, kind: &'static str, id: TagId) -> Result<(), Error> {
    changes::append(tx, &Change::new(kind, Entity::Tag, id.raw()))
}
