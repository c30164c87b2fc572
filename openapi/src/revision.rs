//! What was saved of an article, as editors see it.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use crate::body_source::BodySource;
use crate::comment::CommentSetting;
use crate::comment_options::CommentOptions;
use crate::lead_image::LeadImage;
use crate::schema::{ArticleId, Language, RevisionId, Slug, Timestamp};
use crate::seo::Seo;

/// A revision of an article without what it says, as a list shows it.
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a member of the answer"
)]
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
    /// The id of the article it is a translation of.
    #[schema(value_type = Option<ArticleId>, required = true)]
    pub translation_of: Option<String>,
    /// The picture that goes with the headline.
    #[schema(required = true)]
    pub lead_image: Option<LeadImage>,
    /// What search engines are told.
    #[schema(required = true)]
    pub seo: Option<Seo>,
    /// Who may comment under the article.
    pub comments: CommentSetting,
    /// What else the article says about comments.
    pub comment_options: CommentOptions,
    /// The text as it was written.
    pub body: BodySource,
}

/// What is different between two revisions.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RevisionDiff {
    /// The number of the newer side.
    #[schema(minimum = 1)]
    pub revision: i64,
    /// The number of the older side; `null` when the first revision is compared with nothing.
    #[schema(required = true, minimum = 1)]
    pub against: Option<i64>,
    /// Each field that is different.
    pub changes: Vec<FieldChange>,
}

/// A field that is different.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct FieldChange {
    /// Which one.
    pub field: RevisionField,
    /// Its value on the older side, as in the revision.
    pub from: Value,
    /// Its value on the newer side, as in the revision.
    pub to: Value,
    /// The pieces of the two texts, in their order; only for a title, a summary and a body.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Vec<WordChange>, required = false)]
    pub words: Option<Vec<WordChange>>,
}

/// A field of a revision.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum RevisionField {
    /// The headline.
    Title,
    /// The slug.
    Slug,
    /// The summary.
    Summary,
    /// The language.
    Language,
    /// The section.
    Section,
    /// The byline.
    Authors,
    /// The tags.
    Tags,
    /// The other sections it is listed in.
    FurtherSections,
    /// The article it is a translation of.
    TranslationOf,
    /// The picture.
    LeadImage,
    /// What search engines are told.
    Seo,
    /// The text with its markup.
    Body,
    /// Who may comment.
    Comments,
    /// What else holds for comments.
    CommentOptions,
}

/// A piece of two texts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct WordChange {
    /// Where it stands.
    pub op: WordOp,
    /// What it says.
    pub text: String,
}

/// Where a piece of text stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum WordOp {
    /// On both sides.
    Equal,
    /// In the newer text alone.
    Insert,
    /// In the older text alone.
    Delete,
}

/// How a revision is restored. An empty body, or `{}`, is enough.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RestoreRequest {
    /// Why, for the history: plain text. `Restores revision` and its number when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(min_length = 1, max_length = 500)]
    pub note: Option<String>,
    /// Whether what the revision names and is gone is left out, instead of being a reason to
    /// refuse. Where its section is gone the article stays in the one it is in.
    #[serde(default)]
    #[schema(required = false, default = false)]
    pub leave_out_gone: bool,
}
