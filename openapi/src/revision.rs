//! What was saved of an article, as editors see it.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::comment::CommentSetting;
use crate::lead_image::LeadImage;
use crate::managed_article::BodySource;
use crate::schema::{Language, RevisionId, Slug, Timestamp};
use crate::seo::Seo;

/// A revision of an article without what it says, as a list shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RevisionCard {
    /// The revision's id.
    #[schema(value_type = RevisionId)]
    pub id: String,
    /// Counts the revisions of the article, from 1.
    #[schema(minimum = 1)]
    pub number: i64,
    /// Who saved it: `user:` or `api_key:` and an id, or `system:` and which part of it.
    #[schema(example = "user:usr_38g7v6qajp37f")]
    pub actor: String,
    /// When it was saved, an autosave for the last time.
    #[schema(value_type = Timestamp)]
    pub created_at: String,
    /// Why it was saved, in the words of whoever did; plain text.
    #[schema(required = true)]
    pub note: Option<String>,
    /// Whether it changes nothing that readers should be told of, such as a slip of the pen.
    pub minor: bool,
    /// Whether it was saved by a program while somebody was writing, and may still be overwritten.
    pub autosave: bool,
    /// Whether this is what is published.
    pub published: bool,
    /// Whether this is what is being worked on.
    pub current: bool,
}

/// A revision of an article with everything it says, by the names and types of the working copy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Revision {
    /// What is known of it.
    #[serde(flatten)]
    pub card: RevisionCard,
    /// The headline, plain text.
    #[schema(example = "The last ferry to Halden")]
    pub title: String,
    /// The slug it was to have.
    #[schema(value_type = Slug)]
    pub slug: String,
    /// What the article says, in a sentence or two; plain text.
    #[schema(required = true)]
    pub summary: Option<String>,
    /// The language it is written in.
    #[schema(value_type = Language)]
    pub language: String,
    /// The slug of the section it belongs to; `null` when that is gone.
    #[schema(value_type = Option<Slug>, required = true)]
    pub section: Option<String>,
    /// Who wrote it, in the order of the byline: slugs. Those that are gone are left out.
    #[schema(value_type = Vec<Slug>)]
    pub authors: Vec<String>,
    /// What it is about: slugs. Those that are gone are left out.
    #[schema(value_type = Vec<Slug>)]
    pub tags: Vec<String>,
    /// The slugs of further sections it is listed in. Those that are gone are left out.
    #[schema(value_type = Vec<Slug>)]
    pub further_sections: Vec<String>,
    /// The picture that goes with the headline.
    #[schema(required = true)]
    pub lead_image: Option<LeadImage>,
    /// What search engines are told.
    #[schema(required = true)]
    pub seo: Option<Seo>,
    /// Who may comment under the article.
    pub comments: CommentSetting,
    /// The text as it was written.
    pub body: BodySource,
}
