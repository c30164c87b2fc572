//! What was found of the tags or authors that somebody named, by their ids and slugs of now and
//! from before.

use std::collections::HashMap;
use std::hash::Hash;

use domain::slug::Slug;

use crate::moved_slugs::{self, Noun};
use crate::{Conn, Error, merged_ids, slugs};

/// One that was named.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Met<Id> {
    /// The id in force.
    pub id: Id,
    /// Whether it was named as it was known before: by a slug it has no more, or as something that
    /// was merged into it since.
    pub before: bool,
}

/// Those that were found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lookup<Id: Eq + Hash> {
    ids: HashMap<Id, Met<Id>>,
    slugs: HashMap<String, Met<Id>>,
}

impl<Id: Copy + Eq + Hash> Lookup<Id> {
    /// The one that an id names.
    #[must_use]
    pub fn id(&self, id: Id) -> Option<Met<Id>> {
        self.ids.get(&id).copied()
    }

    /// The one that a slug names.
    #[must_use]
    pub fn slug(&self, slug: &Slug) -> Option<Met<Id>> {
        self.slugs.get(slug.as_str()).copied()
    }

    /// The one that was found, when one was asked for.
    #[must_use]
    pub fn first(&self) -> Option<Id> {
        let mut all = self.ids.values().chain(self.slugs.values());
        all.next().map(|met| met.id)
    }
}

/// Looks up what is left of `ids` and `slugs` after those that are in force were found, with a
/// statement for each of the two that is needed.
pub(crate) fn complete<Id: Copy + Eq + Hash>(
    conn: &mut Conn<'_>,
    noun: Noun,
    (ids, slugs): (&[i64], &[Slug]),
    (by_id, by_slug): (Vec<i64>, Vec<(i64, String)>),
    from_raw: fn(i64) -> Id,
) -> Result<Lookup<Id>, Error> {
    let met = |id, before| Met {
        id: from_raw(id),
        before,
    };
    let gone: Vec<i64> = ids
        .iter()
        .copied()
        .filter(|id| !by_id.contains(id))
        .collect();
    let former = slugs::missing(slugs, &by_slug);
    let now = by_id.into_iter().map(|id| (from_raw(id), met(id, false)));
    let mut found = Lookup {
        ids: now.collect(),
        slugs: by_slug
            .into_iter()
            .map(|(id, slug)| (slug, met(id, false)))
            .collect(),
    };
    if !gone.is_empty() {
        let merged = merged_ids::targets(conn, noun, &gone)?.into_iter();
        let merged = merged.map(|(id, into)| (from_raw(id), met(into, true)));
        found.ids.extend(merged);
    }
    if !former.is_empty() {
        let moved = moved_slugs::targets(conn, noun, &former)?.into_iter();
        found
            .slugs
            .extend(moved.map(|(id, slug)| (slug, met(id, true))));
    }
    Ok(found)
}
