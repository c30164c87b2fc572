//! Path and query parameters. Text is checked against the domain by the handler; what serde can
//! check, numbers and closed lists of values, is checked here. Every struct refuses what it does
//! not know.

mod comment;
mod manage;
mod moderation;
mod search;

use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

use crate::list::CommaList;
use crate::schema::{ArticleId, Cursor, Language, Timestamp};

pub use comment::{
    CommentCountsQuery, CommentListQuery, CommentSort, EditTokenHeader, LastEventIdHeader,
    MyVotesQuery, NotificationsQuery, OwnCommentsQuery, RepliesQuery, ReportListQuery,
    SiteCommentsQuery,
};
pub use manage::{
    AddressListQuery, ApiKeyListQuery, ArticleCountsQuery, AuthorDeletion, ChangeListQuery,
    DiffQuery, ManageArticleListQuery, ManageArticleSort, RevisionListQuery, SaveQuery,
    SectionDeletion, TagDeletion, UserListQuery,
};
pub use moderation::{
    BanListQuery, BanPath, CommentHistoryQuery, CommentRuleListQuery, CommentStatisticsQuery,
    ManageCommentListQuery, RulePath,
};

pub use search::{SearchQuery, SuggestQuery};

/// `{article}` in a path.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub struct ArticlePath {
    /// An article's id or slug.
    #[param(
        min_length = 1,
        max_length = 96,
        example = "first-electric-ferry-enters-service"
    )]
    pub article: String,
}

/// `{article}` and `{revision}` in a path.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub struct RevisionPath {
    /// An article's id or slug.
    #[param(
        min_length = 1,
        max_length = 96,
        example = "first-electric-ferry-enters-service"
    )]
    pub article: String,
    /// The number of one of its revisions.
    #[param(minimum = 1, example = 2)]
    pub revision: i64,
}

/// `{article}` and `{correction}` in a path.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub struct CorrectionPath {
    /// An article's id or slug.
    #[param(
        min_length = 1,
        max_length = 96,
        example = "first-electric-ferry-enters-service"
    )]
    pub article: String,
    /// The id of one of its corrections.
    #[param(min_length = 1, max_length = 96, example = "cor_38g7v9t4d8w2e")]
    pub correction: String,
}

/// `{article}` and `{link}` in a path.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub struct PreviewLinkPath {
    /// An article's id or slug.
    #[param(
        min_length = 1,
        max_length = 96,
        example = "first-electric-ferry-enters-service"
    )]
    pub article: String,
    /// The id of one of its preview links.
    #[param(min_length = 1, max_length = 96, example = "prv_38g7v9w6f1x5k")]
    pub link: String,
}

/// `{token}` in a path.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub struct PreviewPath {
    /// What opens the preview: the end of the `url` of its link.
    #[param(
        min_length = 1,
        max_length = 96,
        example = "bsp_NED7Twzw9LNzMAhx9EwWjnyUneLHUOYMLJu4_1MAF8WiZyNOnLTbjg"
    )]
    pub token: String,
}

/// `{address}` in a path.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub struct AddressPath {
    /// A slug that an article was once public under.
    #[param(min_length = 1, max_length = 96, example = "electric-ferry")]
    pub address: String,
}

/// `{section}` in a path.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub struct SectionPath {
    /// A section's id or slug.
    #[param(min_length = 1, max_length = 96, example = "ferries")]
    pub section: String,
}

/// `{author}` in a path.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub struct AuthorPath {
    /// An author's id or slug.
    #[param(min_length = 1, max_length = 96, example = "ines-halloran")]
    pub author: String,
}

/// `{tag}` in a path.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub struct TagPath {
    /// A tag's id or slug.
    #[param(min_length = 1, max_length = 96, example = "harbour")]
    pub tag: String,
}

/// `{comment}` in a path.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub struct CommentPath {
    /// A comment's id.
    #[param(min_length = 1, max_length = 96, example = "cmt_38g7v8x4q5191")]
    pub comment: String,
}

/// `{user}` in a path.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub struct UserPath {
    /// An account's id.
    #[param(min_length = 1, max_length = 96, example = "usr_38g7v6qajp37f")]
    pub user: String,
}

/// `{session}` in a path.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub struct SessionPath {
    /// A session's id.
    #[param(min_length = 1, max_length = 96, example = "ses_38g7v90h2c4mr")]
    pub session: String,
}

/// `{key}` in a path.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub struct ApiKeyPath {
    /// An API key's id.
    #[param(min_length = 1, max_length = 96, example = "key_38g7v9fe0x3ja")]
    pub key: String,
}

/// The query of a route that takes no parameter: anything in it is refused.
#[derive(Debug, Clone, Copy, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct NoQuery {}

/// The query of `GET /resolve`.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ResolveQuery {
    /// A path of the site, from its first slash on, without a query.
    #[param(
        min_length = 1,
        max_length = 1024,
        example = "/city/ferries/the-last-ferry-to-halden"
    )]
    pub path: String,
}

/// The query of `GET /articles`.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ArticleListQuery {
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
    /// These articles, in this order; those that cannot be read are left out. Not together with
    /// filters, `sort`, `window`, `limit` or `cursor`.
    #[param(value_type = Vec<ArticleId>, required = false, min_items = 1, max_items = 100, example = json!(["art_38g7v6cxq6t9y", "art_38g7v5ax5jp84"]))]
    pub ids: Option<CommaList<String>>,
    /// The order of the list.
    #[param(value_type = ArticleSort, required = false, example = "-published_at")]
    pub sort: Option<ArticleSort>,
    /// The time over which views count. Only together with `sort=popular`.
    #[param(value_type = PopularWindow, required = false, example = "24h")]
    pub window: Option<PopularWindow>,
    /// How many articles a page has.
    #[param(value_type = i64, required = false, minimum = 1, maximum = 100, default = 20, example = 20)]
    pub limit: Option<i64>,
    /// Where the page begins: `next_cursor` of the page before.
    #[param(value_type = Cursor, required = false, example = "AX8mGq3rBvYc0Jt5nKpLw2s")]
    pub cursor: Option<String>,
    /// Whether to count the whole list. Counting costs time: ask once, not on every page.
    #[param(value_type = bool, required = false, default = false, example = false)]
    pub total: Option<bool>,
}

/// The order of a list of articles.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, ToSchema)]
#[schema(example = "-published_at")]
pub enum ArticleSort {
    /// Newest first.
    #[default]
    #[serde(rename = "-published_at")]
    NewestFirst,
    /// Oldest first.
    #[serde(rename = "published_at")]
    OldestFirst,
    /// What is read most first, by a ranking that is made every five minutes.
    #[serde(rename = "popular")]
    Popular,
}

/// The time over which the views of an article count when the list is sorted by them; `24h` when
/// left out.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, ToSchema)]
#[schema(example = "24h")]
pub enum PopularWindow {
    /// The last 24 hours.
    #[default]
    #[serde(rename = "24h")]
    Day,
    /// The last seven days.
    #[serde(rename = "7d")]
    Week,
}

/// The query of `GET /articles/{article}`.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ArticleQuery {
    /// The format of the text, or `none` to leave it out.
    #[param(value_type = ArticleBodyChoice, required = false, example = "html")]
    pub body: Option<ArticleBodyChoice>,
    /// Further parts of the page to put in.
    #[param(value_type = Vec<ArticleInclude>, required = false, min_items = 1, max_items = 4, example = json!(["breadcrumbs", "neighbors"]))]
    pub include: Option<CommaList<ArticleInclude>>,
}

impl ArticleQuery {
    /// Whether a part was asked for.
    #[must_use]
    pub fn includes(&self, part: ArticleInclude) -> bool {
        self.include
            .as_ref()
            .is_some_and(|parts| parts.contains(&part))
    }
}

/// The format of an article's text, or none.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(example = "html")]
pub enum ArticleBodyChoice {
    /// Sanitised HTML.
    #[default]
    Html,
    /// Plain text.
    Text,
    /// Blocks.
    Blocks,
    /// No text.
    None,
}

/// A part of an article's page that is there only when asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ArticleInclude {
    /// The way from the root section.
    Breadcrumbs,
    /// The articles before and after it in its section.
    Neighbors,
    /// Up to six articles that have most in common with it.
    Related,
    /// The first page of its comments.
    Comments,
}

/// The query of the lists sorted by slug: tags and authors, public and manage.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct SlugListQuery {
    /// How many items a page has.
    #[param(value_type = i64, required = false, minimum = 1, maximum = 100, default = 20, example = 20)]
    pub limit: Option<i64>,
    /// Where the page begins: `next_cursor` of the page before.
    #[param(value_type = Cursor, required = false, example = "AX8mGq3rBvYc0Jt5nKpLw2s")]
    pub cursor: Option<String>,
    /// Whether to count the whole list.
    #[param(value_type = bool, required = false, default = false, example = false)]
    pub total: Option<bool>,
}
