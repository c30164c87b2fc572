//! Revisions on the wire.

use domain::article::Field;
use domain::section::Tree;
use openapi::revision::{Revision, RevisionCard, RevisionField};
use storage::articles::{self, ArticleCard};
use storage::published::Names;

use crate::error::ApiError;

use super::{article, body, comment, comment_options, editorial};

/// A revision of `article` without what it says.
pub(crate) fn card(card: articles::RevisionCard, article: &ArticleCard) -> RevisionCard {
    RevisionCard {
        id: card.id.to_string(),
        number: card.number,
        actor: card.created_by,
        created_at: card.created_at.to_string(),
        note: card.note,
        minor: card.minor,
        autosave: card.autosave,
        published: article.live_revision() == Some(card.id),
        current: article.revision == card.id,
    }
}

/// A revision of `article`.
pub(crate) fn whole(
    revision: articles::Revision,
    article: &ArticleCard,
    tree: &Tree,
    names: &Names,
) -> Result<Revision, ApiError> {
    let content = revision.content;
    Ok(Revision {
        card: card(revision.card, article),
        title: content.title,
        slug: content
            .slug
            .map(domain::Slug::into_string)
            .unwrap_or_default(),
        summary: content.summary,
        language: content.language.to_string(),
        section: tree.get(content.section).map(|own| own.slug.to_string()),
        authors: editorial::slugs(&content.authors, &names.authors),
        tags: editorial::slugs(&content.tags, &names.tags),
        further_sections: editorial::sections(&content.further_sections, tree),
        translation_of: content.translation_of.map(|id| id.to_string()),
        lead_image: content.lead_image.map(article::lead_image),
        seo: content.seo.map(article::seo),
        comments: comment::setting(content.comments),
        comment_options: comment_options::options(content.comment_options),
        body: body::source(content.body)?,
    })
}

/// The name of a field.
pub(crate) fn field(field: Field) -> RevisionField {
    match field {
        Field::Title => RevisionField::Title,
        Field::Slug => RevisionField::Slug,
        Field::Summary => RevisionField::Summary,
        Field::Language => RevisionField::Language,
        Field::Section => RevisionField::Section,
        Field::Authors => RevisionField::Authors,
        Field::Tags => RevisionField::Tags,
        Field::FurtherSections => RevisionField::FurtherSections,
        Field::TranslationOf => RevisionField::TranslationOf,
        Field::LeadImage => RevisionField::LeadImage,
        Field::Seo => RevisionField::Seo,
        Field::Body => RevisionField::Body,
        Field::Comments => RevisionField::Comments,
        Field::CommentOptions => RevisionField::CommentOptions,
    }
}
