//! What an article, a section or the site says about comments besides who may write them.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::patch::Patch;

/// What holds for comments besides who may write them. What is `null` is as the section above says,
/// or the site; what nobody says is not asked for. Each option is inherited by itself.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CommentOptions {
    /// Whose comments wait for a moderator.
    #[schema(required = true)]
    pub premoderation: Option<Premoderation>,
    /// Comments close so many days after the publication of the article; 0 is never.
    #[schema(required = true, minimum = 0, maximum = 3650)]
    pub closes_after_days: Option<i32>,
    /// The fewest words of a comment; 0 is any number.
    #[schema(required = true, minimum = 0, maximum = 1000)]
    pub min_words: Option<i32>,
    /// The most words of a comment.
    #[schema(required = true, minimum = 1, maximum = 5000)]
    pub max_words: Option<i32>,
    /// The most links of a comment.
    #[schema(required = true, minimum = 0, maximum = 100)]
    pub max_links: Option<i32>,
}

/// What to say about comments. A member left out stays as it is; `null` says nothing, so that the
/// section above, or the site, does.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CommentOptionsPatch {
    /// Whose comments wait for a moderator.
    #[serde(default, skip_serializing_if = "Patch::is_absent")]
    #[schema(value_type = Option<Premoderation>)]
    pub premoderation: Patch<Premoderation>,
    /// Comments close so many days after the publication of the article; 0 is never.
    #[serde(default, skip_serializing_if = "Patch::is_absent")]
    #[schema(value_type = Option<i32>, minimum = 0, maximum = 3650)]
    pub closes_after_days: Patch<i32>,
    /// The fewest words of a comment; 0 is any number. A Chinese character counts as a word.
    #[serde(default, skip_serializing_if = "Patch::is_absent")]
    #[schema(value_type = Option<i32>, minimum = 0, maximum = 1000)]
    pub min_words: Patch<i32>,
    /// The most words of a comment, not less than `min_words` beside it. Where what is inherited
    /// contradicts, the nearer of the two counts.
    #[serde(default, skip_serializing_if = "Patch::is_absent")]
    #[schema(value_type = Option<i32>, minimum = 1, maximum = 5000)]
    pub max_words: Patch<i32>,
    /// The most links of a comment.
    #[serde(default, skip_serializing_if = "Patch::is_absent")]
    #[schema(value_type = Option<i32>, minimum = 0, maximum = 100)]
    pub max_links: Patch<i32>,
}

/// Whose comments wait for a moderator before others see them. Staff never waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Premoderation {
    /// Nobody's.
    None,
    /// Those of guests.
    Guests,
    /// Those of guests, and of members who have no comment yet that was let stand: one that a
    /// moderator approved, or that has been published for a day.
    FirstTimers,
    /// Everybody's.
    All,
}
