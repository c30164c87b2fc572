//! What search engines are told of an article.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::patch::{Patch, present};

/// What search engines are to be told of an article. A part that is `null` is as readers see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Seo {
    /// The title for results; else the headline.
    #[schema(required = true)]
    pub title: Option<String>,
    /// The description for results; else the summary.
    #[schema(required = true)]
    pub description: Option<String>,
    /// The address that counts as the article's own, where it stands on another site, too.
    #[schema(required = true, format = "uri")]
    pub canonical_url: Option<String>,
    /// For the `robots` meta element; empty when all is allowed.
    pub robots: Vec<Robots>,
}

/// What robots are asked not to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Robots {
    /// Not to show the article in results.
    Noindex,
    /// Not to follow its links.
    Nofollow,
    /// Not to keep a copy.
    Noarchive,
}

/// What search engines are to be told of an article. Without any part it is as good as `null`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewSeo {
    /// The title for results; the headline when `null`.
    #[serde(default)]
    #[schema(max_length = 120)]
    pub title: Option<String>,
    /// The description for results; the summary when `null`.
    #[serde(default)]
    #[schema(max_length = 320)]
    pub description: Option<String>,
    /// The address that counts as the article's own; `https` or `http`.
    #[serde(default)]
    #[schema(format = "uri", max_length = 2048)]
    pub canonical_url: Option<String>,
    /// What robots are asked not to do.
    #[serde(default)]
    #[schema(required = false, max_items = 3)]
    pub robots: Vec<Robots>,
}

/// What to change of what search engines are told.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SeoPatch {
    /// The title for results; `null` for the headline.
    #[serde(default, skip_serializing_if = "Patch::is_absent")]
    #[schema(value_type = Option<String>, max_length = 120)]
    pub title: Patch<String>,
    /// The description for results; `null` for the summary.
    #[serde(default, skip_serializing_if = "Patch::is_absent")]
    #[schema(value_type = Option<String>, max_length = 320)]
    pub description: Patch<String>,
    /// The address that counts as the article's own; `null` for the one it has here.
    #[serde(default, skip_serializing_if = "Patch::is_absent")]
    #[schema(value_type = Option<String>, format = "uri", max_length = 2048)]
    pub canonical_url: Patch<String>,
    /// What robots are asked not to do. Replaces the whole list.
    #[serde(
        default,
        deserialize_with = "present",
        skip_serializing_if = "Option::is_none"
    )]
    #[schema(value_type = Vec<Robots>, required = false, max_items = 3)]
    pub robots: Option<Vec<Robots>>,
}
