//! Articles that come from somewhere else, again and again.

use diesel::prelude::*;
use domain::article::State;
use domain::id::ArticleId;
use domain::slug::Slug;
use domain::time::Timestamp;

use super::read::get;
use super::write::{Origin, create_from, save_revision};
use super::{
    Article, Edit, NewArticle, Publication, Remark, Saving, free_slug, name_in_force, publish,
    unpublish,
};
use crate::imported::Imported;
use crate::schema::articles;
use crate::{Error, Tx, sections};

/// One article of an import.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ArticleImport {
    /// What it is called where it comes from; the same in every import.
    pub source: String,
    /// A hash of everything about it that is taken over.
    pub source_hash: String,
    /// The article if it is new. Its slug is made free by a number if it is taken.
    pub article: NewArticle,
    /// When it was created there.
    pub created_at: Timestamp,
    /// How it is published; none leaves it a draft, or takes it back if it was published.
    pub publication: Option<Publication>,
}

/// Takes an article over: new, or changed there since the last import and not changed here.
/// Answers what was done, with the id and the slug in force.
pub fn import(
    tx: &mut Tx<'_>,
    import: &ArticleImport,
) -> Result<(ArticleId, Slug, Imported), Error> {
    // What it names was taken over in transactions of their own: it may be merged since.
    sections::hold_still(tx)?;
    let mut import = import.clone();
    name_in_force(tx, &mut [&mut import.article.content])?;
    let import = &import;
    let known = articles::table
        .filter(articles::source.eq(&import.source))
        .select((
            articles::id,
            articles::source_hash,
            articles::source_version,
        ))
        .first::<(i64, Option<String>, Option<i64>)>(tx.0)
        .optional()?;
    let Some((id, hash, version)) = known else {
        let article = add(tx, import)?;
        return Ok((article.card.id, article.card.slug, Imported::Created));
    };
    let article = get(tx, ArticleId::from_raw(id))?.ok_or(Error::NotFound)?;
    let outcome = if hash.as_deref() == Some(import.source_hash.as_str()) {
        Imported::Unchanged
    } else if version != Some(article.card.version) {
        Imported::KeptEditorsVersion
    } else {
        bring_up_to_date(tx, &article, import)?;
        Imported::Updated
    };
    Ok((article.card.id, article.card.slug, outcome))
}

/// When an article of an import was first published, if it was: a time that does not move. One statement.
pub fn published_from(tx: &mut Tx<'_>, source: &str) -> Result<Option<Timestamp>, Error> {
    let at = articles::table
        .filter(articles::source.eq(source))
        .select(articles::published_at)
        .first::<Option<i64>>(tx.0)
        .optional()?;
    Ok(at.flatten().map(Timestamp::from_millis))
}

fn add(tx: &mut Tx<'_>, import: &ArticleImport) -> Result<Article, Error> {
    let slug = free_slug(tx, &import.article.slug)?;
    let article = NewArticle {
        slug,
        ..import.article.clone()
    };
    let origin = Origin {
        source: Some(&import.source),
        created_at: Some(import.created_at),
    };
    let mut article = create_from(tx, &article, origin)?;
    if let Some(publication) = &import.publication {
        article = publish(tx, article.card.id, article.card.version, publication)?;
    }
    remember(tx, &article, import)?;
    Ok(article)
}

/// The slug stays: what was linked to goes on being found.
fn bring_up_to_date(
    tx: &mut Tx<'_>,
    article: &Article,
    import: &ArticleImport,
) -> Result<(), Error> {
    let id = article.card.id;
    let edit = Edit {
        revision: import.article.revision,
        slug: article.card.slug.clone(),
        content: import.article.content.clone(),
        published_at: import.article.published_at,
        remark: Remark::default(),
        saving: Saving::Apart,
    };
    let mut article = save_revision(tx, id, article.card.version, &edit)?;
    match &import.publication {
        Some(publication) => {
            article = publish(tx, id, article.card.version, publication)?;
        }
        None if article.card.state == State::Published => {
            article = unpublish(tx, id, article.card.version)?;
        }
        None => {}
    }
    remember(tx, &article, import)
}

/// Notes what was imported and which version it left: if another version is found next time, an
/// editor made it.
fn remember(tx: &mut Tx<'_>, article: &Article, import: &ArticleImport) -> Result<(), Error> {
    diesel::update(articles::table.find(article.card.id.raw()))
        .set((
            articles::source_hash.eq(&import.source_hash),
            articles::source_version.eq(article.card.version),
        ))
        .execute(tx.0)?;
    Ok(())
}
