//! An article's text as it is written.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::patch::present;

/// The markup an article's text is written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum SourceFormat {
    /// `CommonMark` with tables and strikethrough. HTML in it is sanitised.
    Markdown,
    /// HTML, sanitised to the list of allowed elements.
    Html,
}

/// An article's text as it was written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BodySource {
    /// The markup of `source`.
    pub format: SourceFormat,
    /// The text; at most 1 MiB in UTF-8.
    #[schema(
        max_length = 1_048_576,
        example = "At six in the morning the quay is *still* dark."
    )]
    pub source: String,
}

/// What to change of an article's text.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BodySourcePatch {
    /// The markup of `source`.
    #[serde(
        default,
        deserialize_with = "present",
        skip_serializing_if = "Option::is_none"
    )]
    #[schema(value_type = SourceFormat, required = false)]
    pub format: Option<SourceFormat>,
    /// The text; at most 1 MiB in UTF-8.
    #[serde(
        default,
        deserialize_with = "present",
        skip_serializing_if = "Option::is_none"
    )]
    #[schema(value_type = String, required = false, max_length = 1_048_576)]
    pub source: Option<String>,
}
