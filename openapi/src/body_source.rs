//! An article's text as it is written.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::block::Block;
use crate::patch::present;

/// How an article's text is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum SourceFormat {
    /// `CommonMark` with tables, strikethrough, footnotes and links of bare addresses. HTML in it is
    /// sanitised.
    Markdown,
    /// HTML, sanitised to the list of allowed elements.
    Html,
    /// A list of blocks.
    Blocks,
}

/// What becomes of the readings in a text: of pinyin in brackets behind the characters that it reads,
/// as in `收购(shōugòu)`, of `{漢字|かんじ}` in Markdown, and of `<ruby>` in HTML.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(example = "ruby")]
pub enum Readings {
    /// They stay as they are typed, and are part of the text.
    Keep,
    /// They stand over their characters in HTML and in blocks, and are no part of the text, of the
    /// excerpt, of counts, search and slug. Titles and summaries lose them.
    #[default]
    Ruby,
    /// They are left out.
    Strip,
}

/// An article's text as it was written: `source` in Markdown and HTML, `blocks` in blocks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BodySource {
    /// How it is written.
    pub format: SourceFormat,
    /// The text in Markdown or HTML; at most 1 MiB in UTF-8.
    #[serde(
        default,
        deserialize_with = "present",
        skip_serializing_if = "Option::is_none"
    )]
    #[schema(
        value_type = String,
        required = false,
        max_length = 1_048_576,
        example = "At six in the morning the quay is *still* dark."
    )]
    pub source: Option<String>,
    /// The text in blocks; at most 1 MiB as JSON.
    #[serde(
        default,
        deserialize_with = "present",
        skip_serializing_if = "Option::is_none"
    )]
    #[schema(value_type = Vec<Block>, required = false)]
    pub blocks: Option<Vec<Block>>,
    /// What becomes of the readings in it; `ruby` when left out.
    #[serde(
        default,
        deserialize_with = "present",
        skip_serializing_if = "Option::is_none"
    )]
    #[schema(value_type = Readings, required = false)]
    pub readings: Option<Readings>,
}

/// What to change of an article's text. Another format needs the text in that format, but for
/// Markdown and HTML.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BodySourcePatch {
    /// How it is written.
    #[serde(
        default,
        deserialize_with = "present",
        skip_serializing_if = "Option::is_none"
    )]
    #[schema(value_type = SourceFormat, required = false)]
    pub format: Option<SourceFormat>,
    /// The text in Markdown or HTML; at most 1 MiB in UTF-8.
    #[serde(
        default,
        deserialize_with = "present",
        skip_serializing_if = "Option::is_none"
    )]
    #[schema(value_type = String, required = false, max_length = 1_048_576)]
    pub source: Option<String>,
    /// The text in blocks; at most 1 MiB as JSON.
    #[serde(
        default,
        deserialize_with = "present",
        skip_serializing_if = "Option::is_none"
    )]
    #[schema(value_type = Vec<Block>, required = false)]
    pub blocks: Option<Vec<Block>>,
    /// What becomes of the readings in it.
    #[serde(
        default,
        deserialize_with = "present",
        skip_serializing_if = "Option::is_none"
    )]
    #[schema(value_type = Readings, required = false)]
    pub readings: Option<Readings>,
}
