//! Where an article is listed: the site, its section and every ancestor, each tag, each author.
//! One narrow row per place makes "newest of a section with its descendants" one index range.

use diesel::prelude::*;
use domain::id::{ArticleId, AuthorId, SectionId, TagId};
use domain::time::Timestamp;

use crate::schema::listings;
use crate::{Error, Tx};

/// A place that lists articles.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Scope {
    Site,
    Section(SectionId),
    Tag(TagId),
    Author(AuthorId),
}

impl Scope {
    /// The word and the number that stand for it in the table.
    fn columns(self) -> (&'static str, i64) {
        match self {
            Self::Site => ("site", 0),
            Self::Section(id) => ("section", id.raw()),
            Self::Tag(id) => ("tag", id.raw()),
            Self::Author(id) => ("author", id.raw()),
        }
    }
}

/// What every row of an article repeats.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Entry<'a> {
    pub(crate) article: ArticleId,
    pub(crate) published_at: Timestamp,
    pub(crate) language: &'a str,
    pub(crate) visible_from: Timestamp,
    pub(crate) visible_until: Option<Timestamp>,
}

/// Lists the article in these places and in no other.
pub(crate) fn rewrite(tx: &mut Tx<'_>, entry: Entry<'_>, scopes: &[Scope]) -> Result<(), Error> {
    remove(tx, entry.article)?;
    let mut places: Vec<_> = scopes.iter().map(|scope| scope.columns()).collect();
    places.sort_unstable();
    places.dedup();
    for (scope, scope_id) in places {
        diesel::insert_into(listings::table)
            .values((
                listings::scope.eq(scope),
                listings::scope_id.eq(scope_id),
                listings::article_id.eq(entry.article.raw()),
                listings::published_at.eq(entry.published_at.as_millis()),
                listings::language.eq(entry.language),
                listings::visible_from.eq(entry.visible_from.as_millis()),
                listings::visible_until.eq(entry.visible_until.map(Timestamp::as_millis)),
            ))
            .execute(tx.0)?;
    }
    Ok(())
}

pub(crate) fn remove(tx: &mut Tx<'_>, article: ArticleId) -> Result<(), Error> {
    diesel::delete(listings::table.filter(listings::article_id.eq(article.raw()))).execute(tx.0)?;
    Ok(())
}
