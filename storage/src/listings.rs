//! Where an article is listed: the site, its section and every ancestor, each tag, each author.
//! One narrow row per place makes "newest of a section with its descendants" one index range.

use diesel::prelude::*;
use domain::id::{ArticleId, AuthorId, SectionId, TagId};
use domain::time::Timestamp;

use crate::schema::listings;
use crate::statement::Statement;
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
    /// The word and the number that stand for it in the tables.
    pub(crate) fn columns(self) -> (&'static str, i64) {
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

/// Lists in the sections `come` what a section lists: its articles, those below it, and those that
/// are there by a further section of theirs.
pub(crate) fn enter(tx: &mut Tx<'_>, section: SectionId, come: &[i64]) -> Result<(), Error> {
    if come.is_empty() {
        return Ok(());
    }
    Statement::<()>::new("INSERT INTO listings (scope, scope_id, article_id, published_at, ")
        .sql("language, visible_from, visible_until) SELECT 'section', s.id, l.article_id, ")
        .sql("l.published_at, l.language, l.visible_from, l.visible_until ")
        .sql("FROM listings l CROSS JOIN sections s WHERE l.scope = 'section' AND l.scope_id = ")
        .number(section.raw())
        .sql(" AND s.id IN ")
        .numbers(come)
        .sql(" ON CONFLICT DO NOTHING")
        .execute(tx.0)?;
    Ok(())
}

/// Which section takes its articles out of one that was above it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Leaving {
    pub(crate) with: SectionId,
    pub(crate) from: SectionId,
    /// The other sections directly below `from`, whose lists are right already.
    pub(crate) beneath: Vec<i64>,
}

/// Takes out of a list what goes with a section. An article that is there by another way stays: by
/// another section beneath, or because it lies there itself, by its section or a further one.
pub(crate) fn leave(tx: &mut Tx<'_>, leaving: &Leaving) -> Result<(), Error> {
    let from = leaving.from.raw();
    Statement::<()>::new("DELETE FROM listings WHERE scope = 'section' AND scope_id = ")
        .number(from)
        .sql(" AND article_id IN (SELECT l.article_id FROM listings l WHERE l.scope = 'section'")
        .sql(" AND l.scope_id = ")
        .number(leaving.with.raw())
        .sql(" AND NOT EXISTS (SELECT 1 FROM listings o WHERE o.scope = 'section'")
        .sql(" AND o.article_id = l.article_id AND o.scope_id IN ")
        .numbers(&leaving.beneath)
        // Not a join: one look-up for each article that goes, however many there are in all.
        .sql(") AND (SELECT 1 FROM published_articles p WHERE p.id = l.article_id")
        .sql(" AND (p.section_id = ")
        .number(from)
        // The list is JSON as we write it: numbers, commas and brackets.
        .sql(" OR REPLACE(REPLACE(p.further_section_ids, '[', ','), ']', ',') LIKE ")
        .text(&format!("%,{from},%"))
        .sql(")) IS NULL)")
        .execute(tx.0)?;
    Ok(())
}

/// Empties the list of a section.
pub(crate) fn close(tx: &mut Tx<'_>, section: SectionId) -> Result<(), Error> {
    let list = listings::table
        .filter(listings::scope.eq("section"))
        .filter(listings::scope_id.eq(section.raw()));
    diesel::delete(list).execute(tx.0)?;
    Ok(())
}

pub(crate) fn remove(tx: &mut Tx<'_>, article: ArticleId) -> Result<(), Error> {
    diesel::delete(listings::table.filter(listings::article_id.eq(article.raw()))).execute(tx.0)?;
    Ok(())
}
