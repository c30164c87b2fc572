//! Authors: the people under an article's title.

mod merge;
mod profile;
mod tie;

use diesel::prelude::*;
use domain::author::{Author, Profile};
use domain::id::{AuthorId, UserId};
use domain::page::Limit;
use domain::slug::Slug;
use domain::time::Timestamp;

use crate::changes::{self, Change, Entity};
use crate::imported::{self, Imported};
use crate::lookup::{self, Lookup};
use crate::moved_slugs::{self, Noun};
use crate::page::Page;
use crate::schema::authors;
use crate::{Conn, Error, Tx, merged_ids, slugs, stored};

pub use merge::{delete, in_use, merge};
pub use tie::of_user;
pub(crate) use tie::untie;

use profile::Columns;

/// What may change about an author.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuthorChange {
    /// Unique among authors.
    pub slug: Slug,
    /// The name as it is shown.
    pub name: String,
    /// What readers are told besides.
    pub profile: Profile,
    /// Whose account writes under the name. One that another author is tied to is
    /// [`Error::Conflict`] (field `user`).
    pub user: Option<UserId>,
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = authors)]
struct Row {
    id: i64,
    slug: String,
    name: String,
    #[diesel(embed)]
    profile: Columns,
    user_id: Option<i64>,
    version: i64,
    created_at: i64,
    updated_at: i64,
}

impl TryFrom<Row> for Author {
    type Error = Error;

    fn try_from(row: Row) -> Result<Self, Error> {
        Ok(Self {
            id: AuthorId::from_raw(row.id),
            slug: stored::parse(&row.slug, Slug::parse)?,
            name: row.name,
            profile: row.profile.try_into()?,
            user: row.user_id.map(UserId::from_raw),
            version: row.version,
            created_at: Timestamp::from_millis(row.created_at),
            updated_at: Timestamp::from_millis(row.updated_at),
        })
    }
}

/// One author by id.
pub fn get(conn: &mut Conn<'_>, id: AuthorId) -> Result<Option<Author>, Error> {
    let row = authors::table
        .find(id.raw())
        .select(Row::as_select())
        .first(conn.0)
        .optional()?;
    row.map(Author::try_from).transpose()
}

/// One author by slug.
pub fn by_slug(conn: &mut Conn<'_>, slug: &Slug) -> Result<Option<Author>, Error> {
    let row = authors::table
        .filter(authors::slug.eq(slug.as_str()))
        .select(Row::as_select())
        .first(conn.0)
        .optional()?;
    row.map(Author::try_from).transpose()
}

/// The author that had this slug before and is found by it all the same.
pub fn moved(conn: &mut Conn<'_>, slug: &Slug) -> Result<Option<AuthorId>, Error> {
    let found = moved_slugs::target(conn, Noun::Author, slug)?;
    Ok(found.map(AuthorId::from_raw))
}

/// The author that one with this id, who is gone, was merged into.
pub fn merged(conn: &mut Conn<'_>, id: AuthorId) -> Result<Option<AuthorId>, Error> {
    let found = merged_ids::target(conn, Noun::Author, id.raw())?;
    Ok(found.map(AuthorId::from_raw))
}

/// One page of all authors by slug, beginning after `after`.
pub fn list(
    conn: &mut Conn<'_>,
    after: Option<&Slug>,
    limit: Limit,
) -> Result<Page<Author>, Error> {
    let rows = authors::table
        .filter(authors::slug.gt(after.map_or("", Slug::as_str)))
        .order(authors::slug)
        .limit(limit.rows().saturating_add(1))
        .select(Row::as_select())
        .load(conn.0)?;
    let found: Result<Vec<_>, _> = rows.into_iter().map(Author::try_from).collect();
    Ok(Page::cut(found?, limit))
}

/// How many authors there are. It reads them all: only when asked.
pub fn count(conn: &mut Conn<'_>) -> Result<i64, Error> {
    Ok(authors::table.count().get_result(conn.0)?)
}

/// Those of these authors that exist, and those with these slugs: for checking what an article names.
/// One statement for the ids and one for the slugs: by both at once, SQLite would read the whole
/// table. What was merged since, and slugs that are in force no more, take one more each.
pub fn lookup(
    conn: &mut Conn<'_>,
    ids: &[AuthorId],
    slugs: &[Slug],
) -> Result<Lookup<AuthorId>, Error> {
    let ids: Vec<i64> = ids.iter().copied().map(AuthorId::raw).collect();
    let by_id = match ids.as_slice() {
        [] => Vec::new(),
        ids => authors::table
            .filter(authors::id.eq_any(ids))
            .select(authors::id)
            .load(conn.0)?,
    };
    let by_slug = match slugs {
        [] => Vec::new(),
        slugs => authors::table
            .filter(authors::slug.eq_any(slugs.iter().map(Slug::as_str)))
            .select((authors::id, authors::slug))
            .load(conn.0)?,
    };
    let asked = (ids.as_slice(), slugs);
    let found = (by_id, by_slug);
    lookup::complete(conn, Noun::Author, asked, found, AuthorId::from_raw)
}

/// The slug itself, or the first of `slug-2`, `slug-3`, … that no author has or had.
pub fn free_slug(conn: &mut Conn<'_>, wanted: &Slug) -> Result<Slug, Error> {
    slugs::first_free(wanted, |asked| {
        let mut taken = authors::table
            .filter(authors::slug.eq_any(asked))
            .select(authors::slug)
            .load::<String>(conn.0)?;
        let before = moved_slugs::targets(conn, Noun::Author, asked)?;
        taken.extend(before.into_iter().map(|(_, slug)| slug));
        Ok(taken)
    })
}

/// Adds an author. A slug that is taken is [`Error::Conflict`], and so is a user (field `user`).
pub fn insert(tx: &mut Tx<'_>, author: &Author) -> Result<(), Error> {
    add(tx, author, None)
}

fn add(tx: &mut Tx<'_>, author: &Author, source: Option<&str>) -> Result<(), Error> {
    diesel::insert_into(authors::table)
        .values((
            authors::id.eq(author.id.raw()),
            authors::slug.eq(author.slug.as_str()),
            authors::name.eq(&author.name),
            Columns::try_from(&author.profile)?,
            authors::user_id.eq(author.user.map(UserId::raw)),
            authors::source.eq(source),
            authors::version.eq(author.version),
            authors::created_at.eq(author.created_at.as_millis()),
            authors::updated_at.eq(author.updated_at.as_millis()),
        ))
        .execute(tx.0)?;
    record(tx, "created", author.id)
}

/// Changes an author if it still has the expected version, which then counts one up.
pub fn update(
    tx: &mut Tx<'_>,
    id: AuthorId,
    expected_version: i64,
    change: &AuthorChange,
) -> Result<Author, Error> {
    let now = tx.now().as_millis();
    let before = get(tx, id)?.ok_or(Error::NotFound)?;
    let seen = authors::table
        .find(id.raw())
        .filter(authors::version.eq(expected_version));
    let changed = diesel::update(seen)
        .set((
            authors::slug.eq(change.slug.as_str()),
            authors::name.eq(&change.name),
            Columns::try_from(&change.profile)?,
            authors::user_id.eq(change.user.map(UserId::raw)),
            authors::version.eq(expected_version.saturating_add(1)),
            authors::updated_at.eq(now),
        ))
        .execute(tx.0)?;
    let author = get(tx, id)?.ok_or(Error::NotFound)?;
    if changed == 0 {
        return Err(Error::Stale {
            current: author.version,
        });
    }
    moved_slugs::rename(tx, Noun::Author, id.raw(), (&before.slug, &author.slug))?;
    record(tx, "changed", id)?;
    Ok(author)
}

/// Adds an author who comes from somewhere else, unless taken over before. One with the same
/// slug that nobody imported is taken for the same author, and so is who had it before. Answers
/// the id in force.
///
/// An author who exists is left as they are: editors correct names after an import.
pub fn import(
    tx: &mut Tx<'_>,
    source: &str,
    author: &Author,
) -> Result<(AuthorId, Imported), Error> {
    let known = authors::table
        .filter(authors::source.eq(source))
        .select(authors::id)
        .first::<i64>(tx.0)
        .optional()?;
    let same_slug = authors::table
        .filter(authors::slug.eq(author.slug.as_str()))
        .select((authors::id, authors::source))
        .first::<(i64, Option<String>)>(tx.0)
        .optional()?;
    if let (None, None, Some(id)) = (known, &same_slug, moved(tx, &author.slug)?) {
        return Ok((id, Imported::Unchanged));
    }
    let adopt = |tx: &mut Tx<'_>, id| {
        diesel::update(authors::table.find(id))
            .set(authors::source.eq(source))
            .execute(tx.0)?;
        record(tx, "adopted", AuthorId::from_raw(id))
    };
    let create = |tx: &mut Tx<'_>| {
        let slug = free_slug(tx, &author.slug)?;
        let author = Author {
            slug,
            ..author.clone()
        };
        add(tx, &author, Some(source))?;
        Ok(author.id.raw())
    };
    let (id, done) = imported::take_over(tx, known, same_slug, adopt, create)?;
    Ok((AuthorId::from_raw(id), done))
}

fn record(tx: &mut Tx<'_>, kind: &'static str, id: AuthorId) -> Result<(), Error> {
    changes::append(tx, &Change::new(kind, Entity::Author, id.raw()))
}
