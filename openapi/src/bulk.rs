//! One transition of many articles, each of which is answered by itself.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::managed_article::ManagedArticleCard;
use crate::patch::{Patch, present};
use crate::problem::Problem;
use crate::schema::Timestamp;

/// What is to become of many articles, and what goes with it: the fields that the operation for one
/// article takes. A field that belongs to another action is refused.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BulkArticleRequest {
    /// What is done with each of them.
    pub action: BulkArticleAction,
    /// The articles, none of them twice.
    #[schema(min_items = 1, max_items = 100)]
    pub items: Vec<BulkArticleItem>,
    /// With `publish`, from when readers can read them: as when one is published.
    #[serde(default, skip_serializing_if = "Patch::is_absent")]
    #[schema(value_type = Option<Timestamp>)]
    pub visible_from: Patch<String>,
    /// With `publish`, until when readers can read them: as when one is published.
    #[serde(default, skip_serializing_if = "Patch::is_absent")]
    #[schema(value_type = Option<Timestamp>)]
    pub visible_until: Patch<String>,
    /// With `publish`, whether readers are told of no change: as when one is published.
    #[serde(
        default,
        deserialize_with = "present",
        skip_serializing_if = "Option::is_none"
    )]
    #[schema(value_type = bool, required = false)]
    pub minor: Option<bool>,
    /// With `takedown`, which needs it: why, never shown to readers.
    #[serde(
        default,
        deserialize_with = "present",
        skip_serializing_if = "Option::is_none"
    )]
    #[schema(value_type = String, required = false, min_length = 1, max_length = 1000)]
    pub reason: Option<String>,
    /// With `takedown`, what readers are told instead of each article, plain text; nothing more
    /// than that it is gone when `null` or left out.
    #[serde(default, skip_serializing_if = "Patch::is_absent")]
    #[schema(value_type = Option<String>, min_length = 1, max_length = 1000)]
    pub public_notice: Patch<String>,
}

/// What is done with each of many articles, as by the operation for one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(example = "publish")]
pub enum BulkArticleAction {
    /// `POST /manage/articles/{article}/publish`.
    Publish,
    /// `POST /manage/articles/{article}/unpublish`.
    Unpublish,
    /// `POST /manage/articles/{article}/takedown`.
    Takedown,
    /// `POST /manage/articles/{article}/restore`; for administrators.
    Restore,
}

/// One of many articles.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BulkArticleItem {
    /// The article's id, or the slug of its working copy.
    #[schema(min_length = 1, max_length = 96, example = "the-last-ferry-to-halden")]
    pub article: String,
    /// The version that the caller has seen; it stands where `If-Match` stands for one article.
    #[schema(minimum = 1, example = 2)]
    pub version: i64,
}

/// What became of each of many articles.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct BulkArticleAnswer {
    /// How many of them have a problem; 0 when everything was done.
    #[schema(minimum = 0, maximum = 100)]
    pub failed: i64,
    /// Each of them, in the order in which they were named.
    pub items: Vec<BulkArticleOutcome>,
}

/// What became of one of many articles: it has either `result` or `problem`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct BulkArticleOutcome {
    /// The article as it was named.
    #[schema(example = "the-last-ferry-to-halden")]
    pub article: String,
    /// The status that the operation for one article answers with: 200, or that of the problem.
    #[schema(minimum = 200, maximum = 599, example = 200)]
    pub status: u16,
    /// The working copy, with its new version and status, without its text.
    #[schema(required = true)]
    pub result: Option<ManagedArticleCard>,
    /// Why it was not done.
    #[schema(required = true)]
    pub problem: Option<Problem>,
}
