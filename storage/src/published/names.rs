//! The names behind the ids of a whole page of cards.

use std::collections::HashMap;

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Integer, Text};
use domain::id::{AuthorId, TagId};
use domain::time::Timestamp;

use crate::statement::Statement;
use crate::{Conn, Error};

/// What a card shows of an author or a tag.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Name {
    /// Its slug.
    pub slug: String,
    /// Its name.
    pub name: String,
    /// When either last changed.
    pub updated_at: Timestamp,
}

/// Authors and tags by id. An id that leads nowhere is not in it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Names {
    /// The authors.
    pub authors: HashMap<AuthorId, Name>,
    /// The tags.
    pub tags: HashMap<TagId, Name>,
}

/// The names of these authors and tags, given in any order and with repetitions. One statement
/// for both; none when there is nothing to look up.
pub fn names(
    conn: &mut Conn<'_>,
    authors: impl IntoIterator<Item = AuthorId>,
    tags: impl IntoIterator<Item = TagId>,
) -> Result<Names, Error> {
    let authors = distinct(authors.into_iter().map(AuthorId::raw));
    let tags = distinct(tags.into_iter().map(TagId::raw));
    if authors.is_empty() && tags.is_empty() {
        return Ok(Names::default());
    }
    let rows = Statement::<(Integer, BigInt, Text, Text, BigInt)>::new(
        "SELECT 0, a.id, a.slug, a.name, a.updated_at FROM authors a WHERE a.id IN ",
    )
    .numbers(&authors)
    .sql(" UNION ALL SELECT 1, t.id, t.slug, t.name, t.updated_at FROM tags t WHERE t.id IN ")
    .numbers(&tags)
    .load::<(i32, i64, String, String, i64)>(conn.0)?;
    let mut names = Names::default();
    for (kind, id, slug, name, updated_at) in rows {
        names.take(kind, id, slug, name, updated_at);
    }
    Ok(names)
}

impl Names {
    /// Takes a row in: an author's if `kind` is 0, else a tag's.
    pub(super) fn take(&mut self, kind: i32, id: i64, slug: String, name: String, at: i64) {
        let name = Name {
            slug,
            name,
            updated_at: Timestamp::from_millis(at),
        };
        if kind == 0 {
            self.authors.insert(AuthorId::from_raw(id), name);
        } else {
            self.tags.insert(TagId::from_raw(id), name);
        }
    }
}

pub(super) fn distinct(ids: impl Iterator<Item = i64>) -> Vec<i64> {
    let mut ids: Vec<i64> = ids.collect();
    ids.sort_unstable();
    ids.dedup();
    ids
}
