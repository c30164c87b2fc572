//! Published articles on the wire.

use domain::article::{self, LeadImage};
use domain::id::{AuthorId, SectionId, TagId};
use domain::section::Tree;
use openapi::article::{ArticleCard, ArticleStats};
use openapi::author::AuthorRef;
use openapi::correction::{Correction, ManagedCorrection};
use openapi::lead_image::FocalPoint;
use openapi::section::SectionRef;
use openapi::seo::{Robots, Seo};
use openapi::tag::TagRef;
use storage::articles::{self, PublicCorrection};
use storage::published::{Card, Names, Translation};

use super::section;
use crate::error::ApiError;

/// A card with the names behind its ids filled in.
pub(crate) fn card(card: Card, tree: &Tree, names: &Names) -> Result<ArticleCard, ApiError> {
    let own = tree
        .get(card.section_id)
        .ok_or_else(|| ApiError::internal(format!("{} lies in no known section", card.id)))?;
    let above = tree.path(own.id).unwrap_or_default();
    Ok(ArticleCard {
        id: card.id.to_string(),
        path: format!("{above}/{}", card.slug),
        slug: card.slug,
        title: card.title,
        summary: card.summary,
        excerpt: card.excerpt,
        language: card.language,
        section: section::reference(own),
        authors: authors(&card.author_ids, names),
        tags: tags(&card.tag_ids, names),
        lead_image: card.lead_image.map(lead_image),
        published_at: card.published_at.to_string(),
        updated_at: card.updated_at.to_string(),
        word_count: card.word_count,
        reading_seconds: card.reading_seconds,
        stats: ArticleStats {
            views: card.views,
            comments: card.comment_count,
        },
    })
}

/// A byline. Authors that are gone are left out.
fn authors(ids: &[AuthorId], names: &Names) -> Vec<AuthorRef> {
    ids.iter()
        .filter_map(|id| names.authors.get(id).map(|name| (id, name)))
        .map(|(id, name)| AuthorRef {
            id: id.to_string(),
            slug: name.slug.clone(),
            name: name.name.clone(),
        })
        .collect()
}

/// The tags of an article. Tags that are gone are left out.
fn tags(ids: &[TagId], names: &Names) -> Vec<TagRef> {
    ids.iter()
        .filter_map(|id| names.tags.get(id).map(|name| (id, name)))
        .map(|(id, name)| TagRef {
            id: id.to_string(),
            slug: name.slug.clone(),
            name: name.name.clone(),
        })
        .collect()
}

/// A lead image.
pub(crate) fn lead_image(image: LeadImage) -> openapi::lead_image::LeadImage {
    openapi::lead_image::LeadImage {
        url: image.url,
        alt: image.alt,
        caption: image.caption,
        width: image.width,
        height: image.height,
        credit: image.credit,
        focal_point: image.focal_point.map(|point| FocalPoint {
            x: point.x(),
            y: point.y(),
        }),
    }
}

/// The sections an article is listed in besides its own. Those that are gone are left out.
pub(crate) fn further_sections(ids: &[SectionId], tree: &Tree) -> Vec<SectionRef> {
    ids.iter()
        .filter_map(|id| tree.get(*id))
        .map(section::reference)
        .collect()
}

/// The same article in other languages.
pub(crate) fn translations(
    found: Vec<Translation>,
    tree: &Tree,
) -> Vec<openapi::article::Translation> {
    found
        .into_iter()
        .map(|found| {
            let above = tree.path(found.section_id).unwrap_or_default();
            openapi::article::Translation {
                language: found.language,
                id: found.id.to_string(),
                path: format!("{above}/{}", found.slug),
                slug: found.slug,
                title: found.title,
            }
        })
        .collect()
}

/// What search engines are told.
pub(crate) fn seo(seo: article::Seo) -> Seo {
    Seo {
        title: seo.title,
        description: seo.description,
        canonical_url: seo.canonical_url,
        robots: seo.robots.into_iter().map(robots).collect(),
    }
}

fn robots(robots: article::Robots) -> Robots {
    match robots {
        article::Robots::Noindex => Robots::Noindex,
        article::Robots::Nofollow => Robots::Nofollow,
        article::Robots::Noarchive => Robots::Noarchive,
    }
}

/// What robots are asked for in a request.
pub(crate) fn asked_robots(robots: Robots) -> article::Robots {
    match robots {
        Robots::Noindex => article::Robots::Noindex,
        Robots::Nofollow => article::Robots::Nofollow,
        Robots::Noarchive => article::Robots::Noarchive,
    }
}

/// Corrections as readers see them.
pub(crate) fn corrections(all: Vec<PublicCorrection>) -> Vec<Correction> {
    all.into_iter()
        .map(|correction| Correction {
            id: correction.id.to_string(),
            text: correction.text,
            date: correction.dated_at.to_string(),
        })
        .collect()
}

/// A correction as editors see it.
pub(crate) fn managed_correction(correction: articles::Correction) -> ManagedCorrection {
    ManagedCorrection {
        correction: Correction {
            id: correction.id.to_string(),
            text: correction.text,
            date: correction.dated_at.to_string(),
        },
        actor: correction.created_by,
        created_at: correction.created_at.to_string(),
    }
}
