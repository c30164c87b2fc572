//! New articles and new revisions of them.

use diesel::prelude::*;
use domain::article::{ArticleContent, State};
use domain::id::{ArticleId, AuthorId, RevisionId, SectionId, TagId};
use domain::slug::Slug;
use domain::time::Timestamp;

use super::Article;
use super::read::get;
use super::slug::slug_taken;
use crate::changes::{self, Change, Entity};
use crate::schema::{articles, revisions};
use crate::{Error, Tx, stats, stored};

/// An article to be created, as a draft.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewArticle {
    /// Its id.
    pub id: ArticleId,
    /// The id of its first revision.
    pub revision: RevisionId,
    /// The slug it gets; the one in `content` is not looked at.
    pub slug: Slug,
    /// What it says. Its section exists; its authors and tags were looked up.
    pub content: ArticleContent,
    /// The time it is to be dated back to.
    pub published_at: Option<Timestamp>,
}

/// The next revision of an article.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edit {
    /// The id of the revision.
    pub revision: RevisionId,
    /// The slug of the working copy; the one in `content` is not looked at.
    pub slug: Slug,
    /// What it says.
    pub content: ArticleContent,
    /// The time it is to be dated back to. It counts only while the article has never been
    /// published; later the time of the first publication stays.
    pub published_at: Option<Timestamp>,
}

/// What stands in the row besides what every article has: where it was imported from.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Origin<'a> {
    pub(super) source: Option<&'a str>,
    pub(super) created_at: Option<Timestamp>,
}

/// Adds a draft. A slug that is taken is [`Error::Conflict`]; [`slug_taken`] says by whom.
pub fn create(tx: &mut Tx<'_>, article: &NewArticle) -> Result<Article, Error> {
    create_from(tx, article, Origin::default())
}

pub(super) fn create_from(
    tx: &mut Tx<'_>,
    article: &NewArticle,
    origin: Origin<'_>,
) -> Result<Article, Error> {
    if slug_taken(tx, &article.slug, None)?.is_some() {
        return Err(Error::Conflict { field: "slug" });
    }
    let now = tx.now().as_millis();
    diesel::insert_into(articles::table)
        .values((
            articles::id.eq(article.id.raw()),
            articles::slug.eq(article.slug.as_str()),
            articles::title.eq(&article.content.title),
            articles::section_id.eq(article.content.section.raw()),
            articles::state.eq(State::Draft.as_str()),
            articles::version.eq(1_i64),
            articles::revision_id.eq(article.revision.raw()),
            articles::published_at.eq(stored::millis(article.published_at)),
            articles::created_by.eq(tx.actor().label()),
            articles::source.eq(origin.source),
            articles::created_at.eq(stored::millis(origin.created_at).unwrap_or(now)),
            articles::updated_at.eq(now),
        ))
        .execute(tx.0)?;
    add_revision(
        tx,
        article.id,
        article.revision,
        1,
        &article.slug,
        &article.content,
    )?;
    stats::create(tx, article.id)?;
    record(tx, "created", article.id)?;
    get(tx, article.id)?.ok_or(Error::NotFound)
}

/// Saves a new revision of the working copy if it still has the expected version, which then
/// counts one up. Nothing that is public changes.
pub fn save_revision(
    tx: &mut Tx<'_>,
    id: ArticleId,
    expected_version: i64,
    edit: &Edit,
) -> Result<Article, Error> {
    let before = claim(tx, id, expected_version)?;
    if slug_taken(tx, &edit.slug, Some(id))?.is_some() {
        return Err(Error::Conflict { field: "slug" });
    }
    let published_at = match before.card.published_revision {
        None => edit.published_at,
        Some(_) => before.card.published_at,
    };
    let number = before.card.revision_number.saturating_add(1);
    add_revision(tx, id, edit.revision, number, &edit.slug, &edit.content)?;
    diesel::update(articles::table.find(id.raw()))
        .set((
            articles::slug.eq(edit.slug.as_str()),
            articles::title.eq(&edit.content.title),
            articles::section_id.eq(edit.content.section.raw()),
            articles::revision_id.eq(edit.revision.raw()),
            articles::published_at.eq(stored::millis(published_at)),
        ))
        .execute(tx.0)?;
    record(tx, "changed", id)?;
    get(tx, id)?.ok_or(Error::NotFound)
}

/// Counts the version one up if it is the expected one, and answers the article as it was. On
/// PostgreSQL this locks the row, so that what follows is decided on what is stored.
pub(super) fn claim(
    tx: &mut Tx<'_>,
    id: ArticleId,
    expected_version: i64,
) -> Result<Article, Error> {
    let now = tx.now().as_millis();
    let seen = articles::table
        .find(id.raw())
        .filter(articles::version.eq(expected_version));
    let claimed = diesel::update(seen)
        .set((
            articles::version.eq(expected_version.saturating_add(1)),
            articles::updated_at.eq(now),
        ))
        .execute(tx.0)?;
    let article = get(tx, id)?.ok_or(Error::NotFound)?;
    match claimed {
        0 => Err(Error::Stale {
            current: article.card.version,
        }),
        _ => Ok(article),
    }
}

pub(super) fn record(tx: &mut Tx<'_>, kind: &'static str, id: ArticleId) -> Result<(), Error> {
    changes::append(tx, &Change::new(kind, Entity::Article, id.raw()))
}

fn add_revision(
    tx: &mut Tx<'_>,
    article: ArticleId,
    revision: RevisionId,
    number: i64,
    slug: &Slug,
    content: &ArticleContent,
) -> Result<(), Error> {
    let author_ids = stored::ids_to_json(content.authors.iter().copied().map(AuthorId::raw))?;
    let tag_ids = stored::ids_to_json(content.tags.iter().copied().map(TagId::raw))?;
    let further = content.further_sections.iter().copied();
    let further_section_ids = stored::ids_to_json(further.map(SectionId::raw))?;
    diesel::insert_into(revisions::table)
        .values((
            revisions::id.eq(revision.raw()),
            revisions::article_id.eq(article.raw()),
            revisions::number.eq(number),
            revisions::title.eq(&content.title),
            revisions::slug.eq(slug.as_str()),
            revisions::summary.eq(content.summary.as_deref()),
            revisions::language.eq(content.language.as_str()),
            revisions::section_id.eq(content.section.raw()),
            revisions::author_ids.eq(author_ids),
            revisions::tag_ids.eq(tag_ids),
            revisions::lead_image.eq(stored::image_to_json(content.lead_image.as_ref())?),
            revisions::further_section_ids.eq(further_section_ids),
            revisions::seo.eq(stored::seo_to_json(content.seo.as_ref())?),
            revisions::body_format.eq(content.body.format.as_str()),
            revisions::body_source.eq(&content.body.source),
            revisions::comments.eq(content.comments.as_str()),
            revisions::created_by.eq(tx.actor().label()),
            revisions::created_at.eq(tx.now().as_millis()),
        ))
        .execute(tx.0)?;
    Ok(())
}
