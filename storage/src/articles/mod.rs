//! The editorial side of articles: what is being worked on. Publishing copies it to the
//! published tables; no public read touches these.

mod corrections;
mod import;
mod lead;
mod list;
mod publish;
mod read;
mod revisions;
mod row;
mod slug;
mod transition;
mod translations;
mod write;

use domain::article::{ArticleContent, LeadImage, Seo, Source, State};
use domain::comment::{CommentSetting, Options};
use domain::id::{ArticleId, AuthorId, RevisionId, SectionId, TagId};
use domain::language::Language;
use domain::slug::Slug;
use domain::time::Timestamp;

pub(crate) use corrections::read_copied;
pub use corrections::{
    Correction, NewCorrection, PublicCorrection, add_correction, corrections, remove_correction,
};
pub use import::{ArticleImport, import, published_from};
pub use list::{ManageFilter, ManageOrder, counts, list};
pub(crate) use publish::keep;
pub use publish::{Publication, publish, told_at};
pub use read::{by_slug, created_by, get};
pub(crate) use revisions::{CONTENT, ContentRow, ContentSql};
pub use revisions::{
    Revision, RevisionCard, content_at, name_in_force, only_minor_since, revision, revisions,
};
pub use slug::{free_slug, slug_taken};
pub use transition::{delete, restore, take_down, unpublish};
pub use translations::{in_language, is_original};
pub use write::{Edit, NewArticle, Remark, Saving, create, save_revision};

/// An article's working copy without its body: what a list of the newsroom shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ArticleCard {
    /// The article.
    pub id: ArticleId,
    /// The slug of the working copy; the public one changes at publication.
    pub slug: Slug,
    /// One line of text.
    pub title: String,
    /// Plain text, or none.
    pub summary: Option<String>,
    /// What it is written in.
    pub language: Language,
    /// The section it belongs to.
    pub section: SectionId,
    /// In the order of the byline.
    pub authors: Vec<AuthorId>,
    /// In the order given.
    pub tags: Vec<TagId>,
    /// Where it is listed besides its section.
    pub further_sections: Vec<SectionId>,
    /// The picture above the article.
    pub lead_image: Option<LeadImage>,
    /// What search engines are told.
    pub seo: Option<Seo>,
    /// The article this one is a translation of.
    pub translation_of: Option<ArticleId>,
    /// Who may comment.
    pub comments: CommentSetting,
    /// What else holds for comments.
    pub comment_options: Options,
    /// What was decided about it; with the clock, its status.
    pub state: State,
    /// Counts every change of the working copy and every transition, from 1.
    pub version: i64,
    /// The revision that is being worked on.
    pub revision: RevisionId,
    /// Counts the revisions of this article, from 1.
    pub revision_number: i64,
    /// The revision that is public; none if there never was one.
    pub published_revision: Option<RevisionId>,
    /// The first publication, or the time it is to be dated back to.
    pub published_at: Option<Timestamp>,
    /// Public from this instant on.
    pub visible_from: Option<Timestamp>,
    /// Public until just before this instant.
    pub visible_until: Option<Timestamp>,
    /// Who created it, as in the change log; ownership is decided by it.
    pub created_by: String,
    /// When it was created.
    pub created_at: Timestamp,
    /// When it last changed in any way.
    pub updated_at: Timestamp,
}

impl ArticleCard {
    /// The revision that is published now, whether its time has come or not.
    #[must_use]
    pub fn live_revision(&self) -> Option<RevisionId> {
        self.published_revision
            .filter(|_| self.state == State::Published)
    }
}

/// An article's working copy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Article {
    /// Everything but the body.
    pub card: ArticleCard,
    /// The body as written.
    pub body: Source,
}

impl Article {
    /// The content of the current revision, to be changed and saved as the next one. Its slug is
    /// the one in force.
    #[must_use]
    pub fn content(&self) -> ArticleContent {
        let card = self.card.clone();
        ArticleContent {
            title: card.title,
            slug: Some(card.slug),
            summary: card.summary,
            language: card.language,
            section: card.section,
            authors: card.authors,
            tags: card.tags,
            further_sections: card.further_sections,
            lead_image: card.lead_image,
            seo: card.seo,
            translation_of: card.translation_of,
            body: self.body.clone(),
            comments: card.comments,
            comment_options: card.comment_options,
        }
    }
}
