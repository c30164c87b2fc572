//! Queries and paths of moderators.

use serde::Deserialize;
use utoipa::IntoParams;

use crate::managed_comment::ManagedCommentStatus;
use crate::schema::{CommentId, Cursor, UserId};

/// `{rule}` in a path.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub struct RulePath {
    /// A rule's id.
    #[param(min_length = 1, max_length = 96, example = "rul_38g7va2x4q519")]
    pub rule: String,
}

/// The query of `GET /manage/comment-rules`.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct CommentRuleListQuery {
    /// How many rules a page has.
    #[param(value_type = i64, required = false, minimum = 1, maximum = 100, default = 20, example = 20)]
    pub limit: Option<i64>,
    /// Where the page begins: `next_cursor` of the page before.
    #[param(value_type = Cursor, required = false, example = "AX8mGq3rBvYc0Jt5nKpLw2s")]
    pub cursor: Option<String>,
    /// Whether to count the whole list.
    #[param(value_type = bool, required = false, default = false, example = false)]
    pub total: Option<bool>,
}

/// The query of `GET /manage/comments`.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ManageCommentListQuery {
    /// Only comments that this became of; all of them, the newest first, without it.
    #[param(value_type = ManagedCommentStatus, required = false, example = "held")]
    pub status: Option<ManagedCommentStatus>,
    /// Only comments of this account: its history. It goes with the statuses that come newest
    /// first, and with none.
    #[param(value_type = UserId, required = false, example = "usr_38g7v6qajp37f")]
    pub user: Option<String>,
    /// Only comments that hold these words, as `GET /search` understands them.
    #[param(value_type = String, required = false, min_length = 1, max_length = 200, example = "ferry -bridge")]
    pub q: Option<String>,
    /// Only comments by whoever wrote this one, the newest first: of its account; of a guest those that
    /// came from the same network address or gave the same e-mail address, as far as that is still kept.
    /// It goes with nothing else.
    #[param(value_type = CommentId, required = false, example = "cmt_38g7v8x4q5191")]
    pub same_author_as: Option<String>,
    /// How many comments a page has.
    #[param(value_type = i64, required = false, minimum = 1, maximum = 100, default = 20, example = 20)]
    pub limit: Option<i64>,
    /// Where the page begins: `next_cursor` of the page before.
    #[param(value_type = Cursor, required = false, example = "AX8mGq3rBvYc0Jt5nKpLw2s")]
    pub cursor: Option<String>,
}

/// The query of `GET /manage/comments/{comment}/history`.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct CommentHistoryQuery {
    /// How many entries a page has.
    #[param(value_type = i64, required = false, minimum = 1, maximum = 100, default = 20, example = 20)]
    pub limit: Option<i64>,
    /// Where the page begins: `next_cursor` of the page before.
    #[param(value_type = Cursor, required = false, example = "AX8mGq3rBvYc0Jt5nKpLw2s")]
    pub cursor: Option<String>,
}

/// `{ban}` in a path.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub struct BanPath {
    /// A ban's id.
    #[param(min_length = 1, max_length = 96, example = "ban_38g7vc1t8r3w5")]
    pub ban: String,
}

/// The query of `GET /manage/bans`.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct BanListQuery {
    /// How many bans a page has.
    #[param(value_type = i64, required = false, minimum = 1, maximum = 100, default = 20, example = 20)]
    pub limit: Option<i64>,
    /// Where the page begins: `next_cursor` of the page before.
    #[param(value_type = Cursor, required = false, example = "AX8mGq3rBvYc0Jt5nKpLw2s")]
    pub cursor: Option<String>,
}

/// The query of `GET /manage/comment-statistics`.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct CommentStatisticsQuery {
    /// The first day, in UTC; six days before the last when left out.
    #[param(value_type = String, required = false, format = Date, example = "2026-11-22")]
    pub from: Option<String>,
    /// The last day, in UTC; the present one when left out.
    #[param(value_type = String, required = false, format = Date, example = "2026-11-28")]
    pub until: Option<String>,
}
