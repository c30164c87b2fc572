//! What is found by its words.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::article::ArticleCard;
use crate::page::Page;
use crate::schema::{Language, SitePath, Slug};
use crate::section::SectionRef;

/// A page of what was found.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct SearchPage {
    /// The page.
    #[serde(flatten)]
    pub page: Page<SearchHit>,
    /// How much was found where; with `facets=true`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = SearchFacets, required = false)]
    pub facets: Option<SearchFacets>,
}

/// An article that was found.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct SearchHit {
    /// The article.
    pub article: ArticleCard,
    /// How near to the headline it was found: 3 when the headline has all the words, 2 when headline
    /// and summary have them together, 1 otherwise. Of equals the newest comes first.
    #[schema(minimum = 1, maximum = 3, example = 2.0)]
    pub score: f64,
    /// Where it was found, of each field the part that shows most.
    pub snippets: Vec<Snippet>,
}

/// A part of a text with what was found in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Snippet {
    /// What the text is.
    pub field: SnippetField,
    /// The text, on one line, plain; an ellipsis stands where more of it is.
    #[schema(example = "…The last ferry to Halden sails on Sunday…")]
    pub text: String,
    /// The same as HTML that can be put into a page as it is, with `mark` around what was found.
    #[schema(example = "…The last <mark>ferry</mark> to Halden sails on Sunday…")]
    pub html: String,
    /// What was found in `text`: where it begins and where it ends, in characters (Unicode code
    /// points) from its beginning, the end not included.
    #[schema(example = json!([[10, 15]]))]
    pub ranges: Vec<[usize; 2]>,
}

/// What a snippet is a part of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(example = "body")]
pub enum SnippetField {
    /// The headline.
    Title,
    /// The summary.
    Summary,
    /// The text.
    Body,
}

/// How many articles were found where, whatever the page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SearchFacets {
    /// By section, those below it included; the most first.
    pub sections: Vec<SectionFacet>,
    /// By language; the most first.
    pub languages: Vec<LanguageFacet>,
}

/// How many articles were found in a section.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SectionFacet {
    /// The section.
    pub section: SectionRef,
    /// The articles of it and of the sections below it.
    #[schema(minimum = 1)]
    pub count: i64,
}

/// How many articles were found in a language.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct LanguageFacet {
    /// The language.
    #[schema(value_type = Language)]
    pub language: String,
    /// The articles in it.
    #[schema(minimum = 1)]
    pub count: i64,
}

/// What completes the words that somebody types.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Suggestion {
    /// What it is.
    pub kind: SuggestionKind,
    /// The id of the article or the tag.
    #[schema(example = "art_38g7v6cxq6t9y")]
    pub id: String,
    /// Its slug.
    #[schema(value_type = Slug)]
    pub slug: String,
    /// The headline, or the name of the tag.
    #[schema(example = "The last ferry to Halden")]
    pub title: String,
    /// Where the article stands on the site; `null` for a tag.
    #[schema(value_type = Option<SitePath>, required = true)]
    pub path: Option<String>,
}

/// What a suggestion is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(example = "article")]
pub enum SuggestionKind {
    /// An article.
    Article,
    /// A tag.
    Tag,
}
