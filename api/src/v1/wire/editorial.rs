//! Working copies on the wire.

use std::collections::HashMap;
use std::hash::Hash;

use domain::Timestamp;
use domain::article::{Status, Takedown};
use domain::id::SectionId;
use domain::section::Tree;
use openapi::managed_article::{ArticleStatus, ManagedArticle, ManagedArticleCard};
use storage::articles::{Article, ArticleCard};
use storage::published::{Name, Names};

use super::{article, body, comment, comment_options, time};
use crate::error::ApiError;

/// A working copy without its body.
pub(crate) fn card(
    card: ArticleCard,
    tree: &Tree,
    names: &Names,
    now: Timestamp,
) -> Result<ManagedArticleCard, ApiError> {
    let own = tree
        .get(card.section)
        .ok_or_else(|| ApiError::internal(format!("{} lies in no known section", card.id)))?;
    let above = tree.path(own.id).unwrap_or_default();
    let has_unpublished_changes = card.live_revision() != Some(card.revision);
    Ok(ManagedArticleCard {
        id: card.id.to_string(),
        path: format!("{above}/{}", card.slug),
        slug: card.slug.into_string(),
        status: status(Status::of(card.state, card.visible_from, now)),
        has_unpublished_changes,
        version: card.version,
        title: card.title,
        summary: card.summary,
        language: card.language.to_string(),
        section: own.slug.to_string(),
        authors: slugs(&card.authors, &names.authors),
        tags: slugs(&card.tags, &names.tags),
        further_sections: sections(&card.further_sections, tree),
        lead_image: card.lead_image.map(article::lead_image),
        seo: card.seo.map(article::seo),
        translation_of: card.translation_of.map(|id| id.to_string()),
        comments: comment::setting(card.comments),
        comment_options: comment_options::options(card.comment_options),
        published_at: time(card.published_at),
        visible_from: time(card.visible_from),
        visible_until: time(card.visible_until),
        created_at: card.created_at.to_string(),
        updated_at: card.updated_at.to_string(),
    })
}

/// A working copy, with what is kept of its takedown.
pub(crate) fn managed(
    article: Article,
    takedown: Option<(Takedown, Timestamp)>,
    tree: &Tree,
    names: &Names,
    now: Timestamp,
) -> Result<ManagedArticle, ApiError> {
    Ok(ManagedArticle {
        card: card(article.card, tree, names, now)?,
        body: body::source(article.body)?,
        takedown: takedown.map(|(takedown, at)| openapi::managed_article::Takedown {
            reason: takedown.reason,
            public_notice: takedown.public_notice,
            taken_down_at: at.to_string(),
        }),
    })
}

/// What further sections are called in a request. Those that are gone are left out.
pub(super) fn sections(ids: &[SectionId], tree: &Tree) -> Vec<String> {
    ids.iter()
        .filter_map(|id| tree.get(*id))
        .map(|section| section.slug.to_string())
        .collect()
}

/// What these ids are called in a request. Those that are gone are left out.
pub(super) fn slugs<Id: Eq + Hash>(ids: &[Id], names: &HashMap<Id, Name>) -> Vec<String> {
    ids.iter()
        .filter_map(|id| names.get(id))
        .map(|name| name.slug.clone())
        .collect()
}

fn status(status: Status) -> ArticleStatus {
    match status {
        Status::Draft => ArticleStatus::Draft,
        Status::Scheduled => ArticleStatus::Scheduled,
        Status::Published => ArticleStatus::Published,
        Status::Unpublished => ArticleStatus::Unpublished,
        Status::TakenDown => ArticleStatus::TakenDown,
    }
}

/// The status a list is asked for.
pub(crate) fn asked_status(status: ArticleStatus) -> Status {
    match status {
        ArticleStatus::Draft => Status::Draft,
        ArticleStatus::Scheduled => Status::Scheduled,
        ArticleStatus::Published => Status::Published,
        ArticleStatus::Unpublished => Status::Unpublished,
        ArticleStatus::TakenDown => Status::TakenDown,
    }
}
