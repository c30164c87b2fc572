//! What is looked for by its words.

use serde::Deserialize;
use utoipa::IntoParams;

use crate::schema::{Cursor, Language, Timestamp};

/// The query of `GET /search`.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct SearchQuery {
    /// The words. All of them are in what is found; what stands in quotation marks stands together;
    /// what follows a `-` is not in it. The last word may be the beginning of one, unless a space
    /// follows. At most 16 words.
    #[param(
        min_length = 1,
        max_length = 200,
        example = "ferry \"last winter\" -bridge"
    )]
    pub q: String,
    /// Only articles of this section, a slug or an id, and of the sections below it.
    #[param(value_type = String, required = false, min_length = 1, max_length = 96, example = "city")]
    pub section: Option<String>,
    /// Only articles with this tag, a slug or an id.
    #[param(value_type = String, required = false, min_length = 1, max_length = 96, example = "harbour")]
    pub tag: Option<String>,
    /// Only articles by this author, a slug or an id.
    #[param(value_type = String, required = false, min_length = 1, max_length = 96, example = "ines-halloran")]
    pub author: Option<String>,
    /// Only articles in this language.
    #[param(value_type = Language, required = false, example = "en")]
    pub language: Option<String>,
    /// Only articles published at this time or later.
    #[param(value_type = Timestamp, required = false, example = "2026-11-01T00:00:00Z")]
    pub published_after: Option<String>,
    /// Only articles published before this time.
    #[param(value_type = Timestamp, required = false, example = "2026-12-01T00:00:00Z")]
    pub published_before: Option<String>,
    /// How many articles a page has at most.
    #[param(value_type = i64, required = false, minimum = 1, maximum = 50, default = 20, example = 20)]
    pub limit: Option<i64>,
    /// Where the page begins: `next_cursor` of the page before.
    #[param(value_type = Cursor, required = false, example = "AX8mGq3rBvYc0Jt5nKpLw2s")]
    pub cursor: Option<String>,
    /// Whether to say how much was found in which section and language. It looks at everything that
    /// was found: ask once, not on every page.
    #[param(value_type = bool, required = false, default = false, example = false)]
    pub facets: Option<bool>,
    /// Whether to count what was found. As costly as the facets.
    #[param(value_type = bool, required = false, default = false, example = false)]
    pub total: Option<bool>,
}

/// The query of `GET /suggest`.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct SuggestQuery {
    /// What somebody has typed so far.
    #[param(min_length = 1, max_length = 200, example = "last fer")]
    pub q: String,
}
