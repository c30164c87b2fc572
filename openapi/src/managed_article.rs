//! Articles as editors see them: the working copy, and what is done to it.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::body_source::{BodySource, BodySourcePatch};
use crate::comment::CommentSetting;
use crate::comment_options::{CommentOptions, CommentOptionsPatch};
use crate::lead_image::{LeadImage, LeadImagePatch, NewLeadImage};
use crate::patch::{Patch, present};
use crate::schema::{ArticleId, Language, SitePath, Slug, Timestamp};
use crate::seo::{NewSeo, Seo, SeoPatch};

/// The working copy of an article without its text, as a list shows it. What can be changed has
/// the same names and types as in a request, so what was read can be edited and sent back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ManagedArticleCard {
    /// The article's id; it never changes.
    #[schema(value_type = ArticleId)]
    pub id: String,
    /// The slug of the working copy. It becomes the public one at the next publication.
    #[schema(value_type = Slug)]
    pub slug: String,
    /// Where the working copy would stand on the site.
    #[schema(value_type = SitePath)]
    pub path: String,
    /// What readers get of it now.
    pub status: ArticleStatus,
    /// Whether the working copy is another than what is published, as that of an article that is
    /// not published always is.
    pub has_unpublished_changes: bool,
    /// Grows by one with every change; the `ETag` is made of it.
    #[schema(minimum = 1)]
    pub version: i64,
    /// The headline, plain text.
    #[schema(example = "The last ferry to Halden")]
    pub title: String,
    /// What the article says, in a sentence or two; plain text.
    #[schema(required = true)]
    pub summary: Option<String>,
    /// The language the article is written in.
    #[schema(value_type = Language)]
    pub language: String,
    /// The slug of the section the article belongs to.
    #[schema(value_type = Slug)]
    pub section: String,
    /// Who wrote it, in the order of the byline: slugs.
    #[schema(value_type = Vec<Slug>)]
    pub authors: Vec<String>,
    /// What it is about: slugs.
    #[schema(value_type = Vec<Slug>)]
    pub tags: Vec<String>,
    /// Where it is listed besides its section: slugs.
    #[schema(value_type = Vec<Slug>)]
    pub further_sections: Vec<String>,
    /// The picture that goes with the headline.
    #[schema(required = true)]
    pub lead_image: Option<LeadImage>,
    /// What search engines are to be told.
    #[schema(required = true)]
    pub seo: Option<Seo>,
    /// The article this one is a translation of; never one that is itself a translation.
    #[schema(value_type = Option<ArticleId>, required = true)]
    pub translation_of: Option<String>,
    /// Who may comment under this article.
    pub comments: CommentSetting,
    /// What else the article says about comments.
    pub comment_options: CommentOptions,
    /// When the article was first published, or is to be dated; the time that lists sort by.
    #[schema(value_type = Option<Timestamp>, required = true)]
    pub published_at: Option<String>,
    /// From when readers can read it; `null` before the first publication.
    #[schema(value_type = Option<Timestamp>, required = true)]
    pub visible_from: Option<String>,
    /// Until when readers can read it; `null` for no end.
    #[schema(value_type = Option<Timestamp>, required = true)]
    pub visible_until: Option<String>,
    /// When the article was created.
    #[schema(value_type = Timestamp)]
    pub created_at: String,
    /// When the article was last changed.
    #[schema(value_type = Timestamp)]
    pub updated_at: String,
}

/// The working copy of an article.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ManagedArticle {
    /// Everything but the text.
    #[serde(flatten)]
    pub card: ManagedArticleCard,
    /// The text as it was written.
    pub body: BodySource,
    /// Why it was taken down, while it is; else `null`.
    #[schema(required = true)]
    pub takedown: Option<Takedown>,
}

/// A takedown that stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Takedown {
    /// Why, for the newsroom alone.
    pub reason: String,
    /// What readers are told at the article's addresses, plain text.
    #[schema(required = true)]
    pub public_notice: Option<String>,
    /// Since when.
    #[schema(value_type = Timestamp)]
    pub taken_down_at: String,
}

/// What readers get of an article.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(example = "draft")]
pub enum ArticleStatus {
    /// Never published.
    Draft,
    /// Published, and not visible yet.
    Scheduled,
    /// Published. After `visible_until` readers get a 404 nonetheless.
    Published,
    /// Was published and has been withdrawn; readers get a 404.
    Unpublished,
    /// Was taken down for cause; readers get a 410.
    TakenDown,
}

/// How many working copies there are in each status now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ArticleCounts {
    /// Never published.
    #[schema(minimum = 0, example = 12)]
    pub draft: i64,
    /// Published, and not visible yet.
    #[schema(minimum = 0, example = 3)]
    pub scheduled: i64,
    /// Published.
    #[schema(minimum = 0, example = 1804)]
    pub published: i64,
    /// Withdrawn.
    #[schema(minimum = 0, example = 5)]
    pub unpublished: i64,
    /// Taken down for cause.
    #[schema(minimum = 0, example = 1)]
    pub taken_down: i64,
}

/// A new article. It starts as a draft.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewArticle {
    /// The headline, plain text.
    #[schema(min_length = 1, max_length = 300, example = "The last ferry to Halden")]
    pub title: String,
    /// The section it belongs to: a slug or an id.
    #[schema(min_length = 1, max_length = 96, example = "ferries")]
    pub section: String,
    /// The text.
    pub body: BodySource,
    /// Made from the title when `null` or left out.
    #[serde(default)]
    #[schema(value_type = Option<Slug>)]
    pub slug: Option<String>,
    /// What the article says, in a sentence or two; plain text.
    #[serde(default)]
    #[schema(max_length = 1000)]
    pub summary: Option<String>,
    /// The language it is written in; the site's own, `en` unless configured, when left out.
    #[serde(default)]
    #[schema(value_type = Option<Language>)]
    pub language: Option<String>,
    /// Who wrote it, in the order of the byline: ids or slugs. When left out, the author that the
    /// caller's account is tied to, if there is one.
    #[serde(
        default,
        deserialize_with = "present",
        skip_serializing_if = "Option::is_none"
    )]
    #[schema(value_type = Vec<String>, required = false, max_items = 20)]
    pub authors: Option<Vec<String>>,
    /// What it is about: ids or slugs.
    #[serde(default)]
    #[schema(required = false, max_items = 30)]
    pub tags: Vec<String>,
    /// Where it is listed besides its section: ids or slugs, none of them `section`.
    #[serde(default)]
    #[schema(required = false, max_items = 5)]
    pub further_sections: Vec<String>,
    /// The picture that goes with the headline.
    #[serde(default)]
    pub lead_image: Option<NewLeadImage>,
    /// What search engines are to be told, where it differs from what readers see.
    #[serde(default)]
    pub seo: Option<NewSeo>,
    /// The article it is a translation of: an id or a slug. Where that is a translation itself,
    /// its original is meant. A group of translations has one article in a language.
    #[serde(default)]
    #[schema(min_length = 1, max_length = 96)]
    pub translation_of: Option<String>,
    /// Who may comment under it.
    #[serde(default)]
    #[schema(value_type = CommentSetting, required = false, default = "inherit")]
    pub comments: CommentSetting,
    /// What else holds for comments, where it says something itself.
    #[serde(default)]
    pub comment_options: Option<CommentOptionsPatch>,
    /// The date to print, for what was published elsewhere before; the time of the first
    /// publication when `null` or left out.
    #[serde(default)]
    #[schema(value_type = Option<Timestamp>)]
    pub published_at: Option<String>,
}

/// What to change of an article's working copy; a field left out stays as it is. Readers see the
/// change after the next publication.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ArticlePatch {
    /// The headline, plain text.
    #[serde(
        default,
        deserialize_with = "present",
        skip_serializing_if = "Option::is_none"
    )]
    #[schema(value_type = String, required = false, min_length = 1, max_length = 300)]
    pub title: Option<String>,
    /// The section it belongs to: a slug or an id.
    #[serde(
        default,
        deserialize_with = "present",
        skip_serializing_if = "Option::is_none"
    )]
    #[schema(value_type = String, required = false, min_length = 1, max_length = 96)]
    pub section: Option<String>,
    /// The text. A member left out stays as it is.
    #[serde(
        default,
        deserialize_with = "present",
        skip_serializing_if = "Option::is_none"
    )]
    #[schema(value_type = BodySourcePatch, required = false)]
    pub body: Option<BodySourcePatch>,
    /// The slug; `null` makes it from the title again.
    #[serde(default, skip_serializing_if = "Patch::is_absent")]
    #[schema(value_type = Option<Slug>)]
    pub slug: Patch<String>,
    /// What the article says; `null` takes it away.
    #[serde(default, skip_serializing_if = "Patch::is_absent")]
    #[schema(value_type = Option<String>, max_length = 1000)]
    pub summary: Patch<String>,
    /// The language it is written in.
    #[serde(
        default,
        deserialize_with = "present",
        skip_serializing_if = "Option::is_none"
    )]
    #[schema(value_type = Language, required = false)]
    pub language: Option<String>,
    /// Who wrote it: ids or slugs. Replaces the whole byline.
    #[serde(
        default,
        deserialize_with = "present",
        skip_serializing_if = "Option::is_none"
    )]
    #[schema(value_type = Vec<String>, required = false, max_items = 20)]
    pub authors: Option<Vec<String>>,
    /// What it is about: ids or slugs. Replaces all tags.
    #[serde(
        default,
        deserialize_with = "present",
        skip_serializing_if = "Option::is_none"
    )]
    #[schema(value_type = Vec<String>, required = false, max_items = 30)]
    pub tags: Option<Vec<String>>,
    /// Where it is listed besides its section: ids or slugs. Replaces all of them.
    #[serde(
        default,
        deserialize_with = "present",
        skip_serializing_if = "Option::is_none"
    )]
    #[schema(value_type = Vec<String>, required = false, max_items = 5)]
    pub further_sections: Option<Vec<String>>,
    /// What search engines are to be told. A member left out stays as it is; `null` takes all of
    /// it away.
    #[serde(default, skip_serializing_if = "Patch::is_absent")]
    #[schema(value_type = Option<SeoPatch>)]
    pub seo: Patch<SeoPatch>,
    /// The article it is a translation of: an id or a slug; `null` for none.
    #[serde(default, skip_serializing_if = "Patch::is_absent")]
    #[schema(value_type = Option<String>, min_length = 1, max_length = 96)]
    pub translation_of: Patch<String>,
    /// The picture. A member left out stays as it is; `null` takes the picture away.
    #[serde(default, skip_serializing_if = "Patch::is_absent")]
    #[schema(value_type = Option<LeadImagePatch>)]
    pub lead_image: Patch<LeadImagePatch>,
    /// Who may comment under it.
    #[serde(
        default,
        deserialize_with = "present",
        skip_serializing_if = "Option::is_none"
    )]
    #[schema(value_type = CommentSetting, required = false)]
    pub comments: Option<CommentSetting>,
    /// What else holds for comments. A member left out stays as it is; `null` says nothing at all.
    #[serde(default, skip_serializing_if = "Patch::is_absent")]
    #[schema(value_type = Option<CommentOptionsPatch>)]
    pub comment_options: Patch<CommentOptionsPatch>,
    /// The date to print. Refused after the first publication: the date never moves.
    #[serde(default, skip_serializing_if = "Patch::is_absent")]
    #[schema(value_type = Option<Timestamp>)]
    pub published_at: Patch<String>,
    /// Why, for the history: plain text. It belongs to this save alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(min_length = 1, max_length = 500)]
    pub note: Option<String>,
    /// Whether the change is nothing that readers should be told of, such as a slip of the pen.
    /// It belongs to this save alone.
    #[serde(
        default,
        deserialize_with = "present",
        skip_serializing_if = "Option::is_none"
    )]
    #[schema(value_type = bool, required = false, default = false)]
    pub minor: Option<bool>,
}

/// When a publication is to be seen. An empty body, or `{}`, publishes at once and without end, or
/// keeps the window that the article has: a correction breaks no embargo.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PublishRequest {
    /// From when readers can read it; at once when `null`. Left out, it is as it was, where the
    /// article is published or scheduled, and else at once.
    #[serde(default, skip_serializing_if = "Patch::is_absent")]
    #[schema(value_type = Option<Timestamp>)]
    pub visible_from: Patch<String>,
    /// Until when readers can read it; without end when `null`. Left out, it is as it was, where
    /// the article is published or scheduled, and else without end.
    #[serde(default, skip_serializing_if = "Patch::is_absent")]
    #[schema(value_type = Option<Timestamp>)]
    pub visible_until: Patch<String>,
    /// Whether readers are told of no change: the public `updated_at` stays as it is. Left out, it
    /// is so when everything that was saved since the last publication is minor.
    #[serde(
        default,
        deserialize_with = "present",
        skip_serializing_if = "Option::is_none"
    )]
    #[schema(value_type = bool, required = false)]
    pub minor: Option<bool>,
}

/// A transition that needs nothing said: an empty body, or `{}`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EmptyRequest {}

/// Why an article is taken down.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TakedownRequest {
    /// Why. It is kept with the article and in the change log, and never shown to readers.
    #[schema(
        min_length = 1,
        max_length = 1000,
        example = "Court order 14 C 221/26 of 23 November."
    )]
    pub reason: String,
    /// What readers are told instead of the article, plain text; nothing more than that it is
    /// gone when `null` or left out.
    #[serde(default)]
    #[schema(
        min_length = 1,
        max_length = 1000,
        example = "This article has been removed by order of a court."
    )]
    pub public_notice: Option<String>,
}
