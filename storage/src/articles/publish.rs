//! What makes a working copy public.

use diesel::prelude::*;
use domain::article::{Schedule, Verb};
use domain::id::{ArticleId, AuthorId, RevisionId, SectionId, TagId};
use domain::text::{RENDERER, Rendered};
use domain::time::Timestamp;

use super::corrections::copied;
use super::read::get;
use super::transition::next;
use super::write::{claim, record};
use super::{Article, ArticleCard};
use crate::listings::{self, Entry, Scope};
use crate::published::bodies;
use crate::schema::{articles, published_articles, revisions};
use crate::{Conn, Error, Tx, addresses, search, sections, stored};

/// How the current revision becomes public.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Publication {
    /// When readers see it.
    pub schedule: Schedule,
    /// The body as it is served.
    pub rendered: Rendered,
    /// What readers are told about the last change: now, or the original time of an import.
    pub updated_at: Timestamp,
}

/// Publishes the current revision if the article still has the expected version, which then
/// counts one up. Everything public about the article is written anew: its row, its bodies, its
/// listings; its slug becomes an address of its own for good.
///
/// A slug that has meanwhile become another article's address is [`Error::Conflict`], and so is
/// publishing what was taken down (field `status`).
pub fn publish(
    tx: &mut Tx<'_>,
    id: ArticleId,
    expected_version: i64,
    publication: &Publication,
) -> Result<Article, Error> {
    let article = claim(tx, id, expected_version)?;
    let state = next(&article.card, Verb::Publish)?;
    let Schedule {
        published_at,
        visible_from,
        visible_until,
    } = publication.schedule;
    diesel::update(articles::table.find(id.raw()))
        .set((
            articles::state.eq(state.as_str()),
            articles::published_revision_id.eq(article.card.revision.raw()),
            articles::published_at.eq(published_at.as_millis()),
            articles::visible_from.eq(visible_from.as_millis()),
            articles::visible_until.eq(stored::millis(visible_until)),
        ))
        .execute(tx.0)?;
    keep(tx, article.card.revision)?;
    addresses::reserve(tx, &article.card.slug, id, visible_from)?;
    tell_group(tx, id, article.card.translation_of)?;
    erase(tx, id)?;
    let version = expected_version.saturating_add(1);
    write_article(tx, &article.card, version, publication)?;
    bodies::write(tx, id, &publication.rendered)?;
    search::write(
        tx,
        id,
        &article.card.title,
        article.card.summary.as_deref(),
        &publication.rendered.text,
    )?;
    let entry = Entry {
        article: id,
        published_at,
        language: article.card.language.as_str(),
        visible_from,
        visible_until,
    };
    let own = std::iter::once(article.card.section);
    let places: Vec<i64> = own
        .chain(article.card.further_sections.iter().copied())
        .map(SectionId::raw)
        .collect();
    let sections = sections::with_ancestors(tx, &places)?;
    listings::rewrite(tx, entry, &scopes(&article.card, &sections))?;
    record(tx, "published", id)?;
    get(tx, id)?.ok_or(Error::NotFound)
}

/// When readers are told that the article last changed; `None` while it is not published. One
/// statement.
pub fn told_at(conn: &mut Conn<'_>, id: ArticleId) -> Result<Option<Timestamp>, Error> {
    let at = published_articles::table
        .find(id.raw())
        .select(published_articles::updated_at)
        .first::<i64>(conn.0)
        .optional()?;
    Ok(at.map(Timestamp::from_millis))
}

/// What is shown to others than its author is no autosave any more: it counts.
pub(crate) fn keep(tx: &mut Tx<'_>, revision: RevisionId) -> Result<(), Error> {
    diesel::update(revisions::table.find(revision.raw()))
        .filter(revisions::autosave.eq(true))
        .set(revisions::autosave.eq(false))
        .execute(tx.0)?;
    Ok(())
}

/// Every place the article is listed in.
fn scopes(card: &ArticleCard, sections: &[SectionId]) -> Vec<Scope> {
    let own = std::iter::once(Scope::Section(card.section));
    std::iter::once(Scope::Site)
        .chain(own)
        .chain(sections.iter().copied().map(Scope::Section))
        .chain(card.tags.iter().copied().map(Scope::Tag))
        .chain(card.authors.iter().copied().map(Scope::Author))
        .collect()
}

/// Takes away what readers read of the article itself.
pub(super) fn erase(tx: &mut Tx<'_>, id: ArticleId) -> Result<(), Error> {
    bodies::remove(tx, id)?;
    search::remove(tx, id)?;
    diesel::delete(published_articles::table.find(id.raw())).execute(tx.0)?;
    Ok(())
}

/// Leaves a change of the original that the article has been a translation of, and of the one it
/// becomes a translation of: their pages, and those of all their translations, list it.
pub(super) fn tell_group(
    tx: &mut Tx<'_>,
    id: ArticleId,
    original: Option<ArticleId>,
) -> Result<(), Error> {
    let before = published_articles::table
        .find(id.raw())
        .select(published_articles::translation_of)
        .first::<Option<i64>>(tx.0)
        .optional()?
        .flatten()
        .map(ArticleId::from_raw);
    if let Some(before) = before {
        record(tx, "translated", before)?;
    }
    match original {
        Some(original) if before != Some(original) => record(tx, "translated", original),
        _ => Ok(()),
    }
}

fn write_article(
    tx: &mut Tx<'_>,
    card: &ArticleCard,
    version: i64,
    publication: &Publication,
) -> Result<(), Error> {
    let author_ids = stored::ids_to_json(card.authors.iter().copied().map(AuthorId::raw))?;
    let tag_ids = stored::ids_to_json(card.tags.iter().copied().map(TagId::raw))?;
    let further = card.further_sections.iter().copied();
    let further_section_ids = stored::ids_to_json(further.map(SectionId::raw))?;
    let schedule = publication.schedule;
    diesel::insert_into(published_articles::table)
        .values((
            published_articles::id.eq(card.id.raw()),
            published_articles::slug.eq(card.slug.as_str()),
            published_articles::title.eq(&card.title),
            published_articles::summary.eq(card.summary.as_deref()),
            published_articles::language.eq(card.language.as_str()),
            published_articles::section_id.eq(card.section.raw()),
            published_articles::author_ids.eq(author_ids),
            published_articles::tag_ids.eq(tag_ids),
            published_articles::lead_image.eq(stored::image_to_json(card.lead_image.as_ref())?),
            published_articles::comments.eq(card.comments.as_str()),
            published_articles::published_at.eq(schedule.published_at.as_millis()),
            published_articles::updated_at.eq(publication.updated_at.as_millis()),
            published_articles::visible_from.eq(schedule.visible_from.as_millis()),
            published_articles::visible_until.eq(stored::millis(schedule.visible_until)),
            published_articles::word_count.eq(publication.rendered.word_count),
            published_articles::reading_seconds.eq(publication.rendered.reading_seconds),
            published_articles::version.eq(version),
            published_articles::corrections.eq(copied(tx, card.id)?),
            published_articles::seo.eq(stored::seo_to_json(card.seo.as_ref())?),
            published_articles::further_section_ids.eq(further_section_ids),
            published_articles::translation_of.eq(card.translation_of.map(ArticleId::raw)),
            published_articles::comment_options.eq(stored::options_to_json(card.comment_options)?),
            published_articles::excerpt.eq(publication.rendered.excerpt.as_deref()),
            published_articles::renderer.eq(RENDERER),
        ))
        .execute(tx.0)?;
    Ok(())
}
