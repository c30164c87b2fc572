//! Sections: few enough that the tree is always read whole.

mod merge;
mod moves;

use diesel::prelude::*;
use domain::comment::{CommentSetting, Options};
use domain::id::SectionId;
use domain::section::Section;
use domain::slug::Slug;
use domain::time::Timestamp;

use crate::changes::{self, Change, Entity};
use crate::imported::{self, Imported};
use crate::moved_slugs::{self, Noun};
use crate::schema::sections;
use crate::{Conn, Error, Tx, merged_ids, slugs, stored};

pub use merge::{delete, has_articles, merge, named_further};
pub(crate) use moves::with_ancestors;
pub use moves::{Move, hold, hold_still, relocate};

/// What may change about a section in place; its parent changes by a move.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SectionChange {
    /// Unique among sections.
    pub slug: Slug,
    /// Its name.
    pub name: String,
    /// Plain text, or none.
    pub description: Option<String>,
    /// Who may comment on its articles.
    pub comments: CommentSetting,
    /// What else holds for comments on its articles.
    pub comment_options: Options,
    /// The new positions of the section and of the siblings that make room, as
    /// [`domain::section::Tree::arrange`] answers them; none leaves the order as it is. The caller
    /// has read the tree after [`hold`].
    pub positions: Vec<(SectionId, i64)>,
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = sections)]
struct Row {
    id: i64,
    slug: String,
    name: String,
    description: Option<String>,
    parent_id: Option<i64>,
    position: i64,
    comments: String,
    version: i64,
    created_at: i64,
    updated_at: i64,
    comment_options: Option<String>,
}

impl TryFrom<Row> for Section {
    type Error = Error;

    fn try_from(row: Row) -> Result<Self, Error> {
        Ok(Self {
            id: SectionId::from_raw(row.id),
            slug: stored::parse(&row.slug, Slug::parse)?,
            name: row.name,
            description: row.description,
            parent: row.parent_id.map(SectionId::from_raw),
            position: row.position,
            comments: stored::parse(&row.comments, CommentSetting::parse)?,
            comment_options: stored::options_from_json(row.comment_options.as_deref())?,
            version: row.version,
            created_at: Timestamp::from_millis(row.created_at),
            updated_at: Timestamp::from_millis(row.updated_at),
        })
    }
}

/// Every section, in no particular order: `Tree::build` puts them into one.
pub fn list(conn: &mut Conn<'_>) -> Result<Vec<Section>, Error> {
    let rows = sections::table.select(Row::as_select()).load(conn.0)?;
    rows.into_iter().map(Section::try_from).collect()
}

/// One section by its id.
pub fn get(conn: &mut Conn<'_>, id: SectionId) -> Result<Option<Section>, Error> {
    let row = sections::table
        .find(id.raw())
        .select(Row::as_select())
        .first(conn.0)
        .optional()?;
    row.map(Section::try_from).transpose()
}

/// One section by its slug.
pub fn by_slug(conn: &mut Conn<'_>, slug: &Slug) -> Result<Option<Section>, Error> {
    let row = sections::table
        .filter(sections::slug.eq(slug.as_str()))
        .select(Row::as_select())
        .first(conn.0)
        .optional()?;
    row.map(Section::try_from).transpose()
}

/// The section that had this slug before and is found by it all the same.
pub fn moved(conn: &mut Conn<'_>, slug: &Slug) -> Result<Option<SectionId>, Error> {
    let found = moved_slugs::target(conn, Noun::Section, slug)?;
    Ok(found.map(SectionId::from_raw))
}

/// The section that one with this id, which is gone, was merged into.
pub fn merged(conn: &mut Conn<'_>, id: SectionId) -> Result<Option<SectionId>, Error> {
    let found = merged_ids::target(conn, Noun::Section, id.raw())?;
    Ok(found.map(SectionId::from_raw))
}

/// The slug itself, or the first of `slug-2`, `slug-3`, … that no section has or had.
pub fn free_slug(conn: &mut Conn<'_>, wanted: &Slug) -> Result<Slug, Error> {
    slugs::first_free(wanted, |asked| {
        let mut taken = sections::table
            .filter(sections::slug.eq_any(asked))
            .select(sections::slug)
            .load::<String>(conn.0)?;
        let before = moved_slugs::targets(conn, Noun::Section, asked)?;
        taken.extend(before.into_iter().map(|(_, slug)| slug));
        Ok(taken)
    })
}

/// Adds a section. A slug that is taken is [`Error::Conflict`]; the caller has checked with the
/// tree that it may stand below its parent.
pub fn insert(tx: &mut Tx<'_>, section: &Section) -> Result<(), Error> {
    add(tx, section, None)
}

fn add(tx: &mut Tx<'_>, section: &Section, source: Option<&str>) -> Result<(), Error> {
    diesel::insert_into(sections::table)
        .values((
            sections::id.eq(section.id.raw()),
            sections::slug.eq(section.slug.as_str()),
            sections::name.eq(&section.name),
            sections::description.eq(section.description.as_deref()),
            sections::parent_id.eq(section.parent.map(SectionId::raw)),
            sections::position.eq(section.position),
            sections::comments.eq(section.comments.as_str()),
            sections::source.eq(source),
            sections::version.eq(section.version),
            sections::created_at.eq(section.created_at.as_millis()),
            sections::updated_at.eq(section.updated_at.as_millis()),
            sections::comment_options.eq(stored::options_to_json(section.comment_options)?),
        ))
        .execute(tx.0)?;
    record(tx, "created", section.id)
}

/// Changes a section if it still has the expected version, which then counts one up.
pub fn update(
    tx: &mut Tx<'_>,
    id: SectionId,
    expected_version: i64,
    change: &SectionChange,
) -> Result<Section, Error> {
    let now = tx.now().as_millis();
    let before = get(tx, id)?.ok_or(Error::NotFound)?;
    let seen = sections::table
        .find(id.raw())
        .filter(sections::version.eq(expected_version));
    let changed = diesel::update(seen)
        .set((
            sections::slug.eq(change.slug.as_str()),
            sections::name.eq(&change.name),
            sections::description.eq(change.description.as_deref()),
            sections::comments.eq(change.comments.as_str()),
            sections::comment_options.eq(stored::options_to_json(change.comment_options)?),
            sections::version.eq(expected_version.saturating_add(1)),
            sections::updated_at.eq(now),
        ))
        .execute(tx.0)?;
    if changed == 0 {
        let current = get(tx, id)?.ok_or(Error::NotFound)?.version;
        return Err(Error::Stale { current });
    }
    moves::put_in_order(tx, &change.positions)?;
    let section = get(tx, id)?.ok_or(Error::NotFound)?;
    moved_slugs::rename(tx, Noun::Section, id.raw(), (&before.slug, &section.slug))?;
    record(tx, "changed", id)?;
    Ok(section)
}

/// Adds a section that comes from somewhere else, unless it has been taken over before. One with
/// the same slug that nobody imported is taken for the same section, and so is what had it before.
/// Answers the id in force.
///
/// A section that exists is left as it is: editors rename and move sections after an import.
pub fn import(
    tx: &mut Tx<'_>,
    source: &str,
    section: &Section,
) -> Result<(SectionId, Imported), Error> {
    hold_still(tx)?;
    let known = sections::table
        .filter(sections::source.eq(source))
        .select(sections::id)
        .first::<i64>(tx.0)
        .optional()?;
    let same_slug = sections::table
        .filter(sections::slug.eq(section.slug.as_str()))
        .select((sections::id, sections::source))
        .first::<(i64, Option<String>)>(tx.0)
        .optional()?;
    if let (None, None, Some(id)) = (known, &same_slug, moved(tx, &section.slug)?) {
        return Ok((id, Imported::Unchanged));
    }
    let adopt = |tx: &mut Tx<'_>, id| {
        diesel::update(sections::table.find(id))
            .set(sections::source.eq(source))
            .execute(tx.0)?;
        record(tx, "adopted", SectionId::from_raw(id))
    };
    let create = |tx: &mut Tx<'_>| {
        let slug = free_slug(tx, &section.slug)?;
        let section = Section {
            slug,
            ..section.clone()
        };
        add(tx, &section, Some(source))?;
        Ok(section.id.raw())
    };
    let (id, done) = imported::take_over(tx, known, same_slug, adopt, create)?;
    Ok((SectionId::from_raw(id), done))
}

fn record(tx: &mut Tx<'_>, kind: &'static str, id: SectionId) -> Result<(), Error> {
    changes::append(tx, &Change::new(kind, Entity::Section, id.raw()))
}
