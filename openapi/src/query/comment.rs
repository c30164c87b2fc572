//! The queries of the routes about comments.

use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

use crate::list::CommaList;
use crate::schema::{ArticleId, Cursor};

/// The query of `GET /articles/{article}/comments`.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct CommentListQuery {
    /// The order of the root comments; `best` when left out.
    #[param(value_type = CommentSort, required = false, example = "best")]
    pub sort: Option<CommentSort>,
    /// How many root comments a page has.
    #[param(value_type = i64, required = false, minimum = 1, maximum = 100, default = 20, example = 20)]
    pub limit: Option<i64>,
    /// Where the page begins: `next_cursor` of the page before.
    #[param(value_type = Cursor, required = false, example = "AX8mGq3rBvYc0Jt5nKpLw2s")]
    pub cursor: Option<String>,
    /// How many first replies each root comment brings along, oldest first.
    #[param(value_type = i64, required = false, minimum = 0, maximum = 10, default = 3, example = 3)]
    pub replies: Option<i64>,
}

/// The order of comments.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(example = "newest")]
pub enum CommentSort {
    /// What most agree on with most certainty first.
    Best,
    /// The newest first.
    Newest,
    /// The oldest first.
    Oldest,
    /// What splits many first.
    Controversial,
    /// What is new or liked lately first.
    Hot,
}

/// The query of `GET /comments/{comment}/replies`.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct RepliesQuery {
    /// The order of the replies; `oldest` when left out.
    #[param(value_type = CommentSort, required = false, example = "oldest")]
    pub sort: Option<CommentSort>,
    /// How many replies a page has.
    #[param(value_type = i64, required = false, minimum = 1, maximum = 100, default = 20, example = 20)]
    pub limit: Option<i64>,
    /// Where the page begins: `next_cursor` of the page before.
    #[param(value_type = Cursor, required = false, example = "AX8mGq3rBvYc0Jt5nKpLw2s")]
    pub cursor: Option<String>,
}

/// The query of `GET /comments`.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct SiteCommentsQuery {
    /// How many comments a page has.
    #[param(value_type = i64, required = false, minimum = 1, maximum = 100, default = 20, example = 20)]
    pub limit: Option<i64>,
    /// Where the page begins: `next_cursor` of the page before.
    #[param(value_type = Cursor, required = false, example = "AX8mGq3rBvYc0Jt5nKpLw2s")]
    pub cursor: Option<String>,
}

/// The query of `GET /comment-counts`.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct CommentCountsQuery {
    /// The ids of the articles. Those that cannot be read are left out of the answer.
    #[param(value_type = Vec<ArticleId>, min_items = 1, max_items = 100, example = json!(["art_38g7v6cxq6t9y", "art_38g7v5ax5jp84"]))]
    pub articles: CommaList<String>,
}

/// The query of `GET /manage/comments/{comment}/reports`.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ReportListQuery {
    /// How many reports a page has.
    #[param(value_type = i64, required = false, minimum = 1, maximum = 100, default = 20, example = 20)]
    pub limit: Option<i64>,
    /// Where the page begins: `next_cursor` of the page before.
    #[param(value_type = Cursor, required = false, example = "AX8mGq3rBvYc0Jt5nKpLw2s")]
    pub cursor: Option<String>,
}

/// The query of `GET /me/votes`.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct MyVotesQuery {
    /// The article under which the comments stand, a slug or an id.
    #[param(min_length = 1, max_length = 96, example = "the-last-ferry-to-halden")]
    pub article: String,
    /// How many votes a page has.
    #[param(value_type = i64, required = false, minimum = 1, maximum = 100, default = 20, example = 20)]
    pub limit: Option<i64>,
    /// Where the page begins: `next_cursor` of the page before.
    #[param(value_type = Cursor, required = false, example = "AX8mGq3rBvYc0Jt5nKpLw2s")]
    pub cursor: Option<String>,
}

/// What a guest shows to have written a comment.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[into_params(parameter_in = Header)]
pub struct EditTokenHeader {
    /// The `edit_token` that a guest's comment was answered with. Whoever is signed in needs none for
    /// their own.
    #[serde(rename = "X-Edit-Token")]
    #[param(value_type = String, required = false, min_length = 1, max_length = 100, example = "kV1n3uQbYx0oZ7d2sJm5tA9wLrEhCfGi8PqTzXvBnUk")]
    pub token: Option<String>,
}

/// Where a stream was cut off.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[into_params(parameter_in = Header)]
pub struct LastEventIdHeader {
    /// The `id` of the last event that came; browsers send it by themselves when they come back.
    #[serde(rename = "Last-Event-ID")]
    #[param(value_type = String, required = false, min_length = 1, max_length = 200, example = "WzAsNDFd9fQ")]
    pub last: Option<String>,
}

/// The query of `GET /me/notifications`.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct NotificationsQuery {
    /// How many a page has.
    #[param(value_type = i64, required = false, minimum = 1, maximum = 100, default = 20, example = 20)]
    pub limit: Option<i64>,
    /// Where the page begins: `next_cursor` of the page before.
    #[param(value_type = Cursor, required = false, example = "AX8mGq3rBvYc0Jt5nKpLw2s")]
    pub cursor: Option<String>,
}

/// The query of `GET /me/comments`.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct OwnCommentsQuery {
    /// Only comments under this article, an id or a slug.
    #[param(value_type = String, required = false, min_length = 1, max_length = 96, example = "the-last-ferry")]
    pub article: Option<String>,
    /// How many comments a page has.
    #[param(value_type = i64, required = false, minimum = 1, maximum = 100, default = 20, example = 20)]
    pub limit: Option<i64>,
    /// Where the page begins: `next_cursor` of the page before.
    #[param(value_type = Cursor, required = false, example = "AX8mGq3rBvYc0Jt5nKpLw2s")]
    pub cursor: Option<String>,
}
