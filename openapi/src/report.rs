//! Reports of comments: what members tell moderators.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::schema::{CommentId, ReportId, Timestamp, UserId};

/// Why a comment is reported.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ReportReason {
    /// It insults or threatens somebody.
    Abuse,
    /// It is against people for what they are.
    Hate,
    /// It is advertising.
    Spam,
    /// It has nothing to do with the article.
    OffTopic,
    /// It tells what is somebody's own business.
    PersonalData,
    /// The law forbids it.
    Illegal,
    /// Something else.
    Other,
}

/// What moderators said of a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ReportOutcome {
    /// The comment had to go.
    Upheld,
    /// The comment may stay.
    Dismissed,
}

/// A report of a comment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewReport {
    /// Why.
    pub reason: ReportReason,
    /// What a moderator should know besides.
    #[serde(default)]
    #[schema(min_length = 1, max_length = 500, example = "He gives my address.")]
    pub note: Option<String>,
}

/// One's own report of a comment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Report {
    /// The report's id.
    #[schema(value_type = ReportId)]
    pub id: String,
    /// The comment.
    #[schema(value_type = CommentId)]
    pub comment_id: String,
    /// Why it was reported.
    pub reason: ReportReason,
    /// When it was reported.
    #[schema(value_type = Timestamp)]
    pub created_at: String,
}

/// A report, as moderators see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ManagedReport {
    /// The report's id.
    #[schema(value_type = ReportId)]
    pub id: String,
    /// The comment.
    #[schema(value_type = CommentId)]
    pub comment_id: String,
    /// Who reported it; `null` when the account is gone.
    #[schema(value_type = Option<UserId>, required = true)]
    pub user_id: Option<String>,
    /// Why it was reported.
    pub reason: ReportReason,
    /// What was said besides; `null` when nothing.
    #[schema(required = true, example = "He gives my address.")]
    pub note: Option<String>,
    /// What it weighs: 100 is the report of a member without a record, 200 at the most that of one
    /// whose reports were right so far, 20 at the least that of one whose were not. 0 when the
    /// comment had been approved before.
    #[schema(minimum = 0, maximum = 200, example = 133)]
    pub weight: i64,
    /// When it was reported.
    #[schema(value_type = Timestamp)]
    pub created_at: String,
    /// What was decided; `null` while it is open.
    #[schema(required = true)]
    pub outcome: Option<ReportOutcome>,
    /// When it was decided; `null` while it is open.
    #[schema(value_type = Option<Timestamp>, required = true)]
    pub resolved_at: Option<String>,
}

/// A report, in an export.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ExportedReport {
    /// The report's id.
    #[schema(value_type = ReportId)]
    pub id: String,
    /// The comment.
    #[schema(value_type = CommentId)]
    pub comment_id: String,
    /// Why it was reported.
    pub reason: ReportReason,
    /// What was said besides; `null` when nothing.
    #[schema(required = true, example = "He gives my address.")]
    pub note: Option<String>,
    /// When it was reported.
    #[schema(value_type = Timestamp)]
    pub created_at: String,
    /// What moderators said of it; `null` while it is open.
    #[schema(required = true)]
    pub outcome: Option<ReportOutcome>,
}
