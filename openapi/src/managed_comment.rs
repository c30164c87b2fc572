//! Comments as moderators see them, and what they do with them.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::comment::{Comment, CommentReason};
use crate::patch::present;
use crate::problem::Problem;
use crate::schema::{CommentId, HandlingId, RuleId, Timestamp};

/// A comment with all that moderators are told of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ManagedComment {
    /// What everybody sees while it is published; `status`, name and text are the true ones here.
    #[serde(flatten)]
    pub comment: Comment,
    /// As it was written.
    #[schema(example = "I took it every summer.")]
    pub source: String,
    /// What moderators had to do with it; `null` for a comment that was never held, reported or
    /// decided on.
    #[schema(required = true)]
    pub moderation: Option<CommentModeration>,
    /// Grows by one with every edit and decision; the `ETag` is made of it.
    #[schema(minimum = 1)]
    pub version: i64,
}

/// What moderators had to do with a comment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CommentModeration {
    /// Where it waits for a moderator; `null` once it was decided.
    #[schema(required = true)]
    pub desk: Option<CommentDesk>,
    /// Since when moderators know of it.
    #[schema(value_type = Timestamp)]
    pub opened_at: String,
    /// Why it is not published, or was not.
    #[schema(required = true)]
    pub reason: Option<CommentReason>,
    /// The rule that held it.
    #[schema(value_type = Option<RuleId>, required = true)]
    pub rule_id: Option<String>,
    /// What the rule met: each from where to where, in characters of `body.text`.
    #[schema(example = json!([[2, 6]]))]
    pub spans: Vec<[u32; 2]>,
    /// Reports of readers that nobody has decided about.
    #[schema(minimum = 0)]
    pub reports: i64,
    /// What these weigh together, in hundredths of a reader's.
    #[schema(minimum = 0)]
    pub report_weight: i64,
    /// Whether a moderator has approved the text as it is: reports do not hold it any more.
    pub shielded: bool,
    /// Who last decided, as the change log names them.
    #[schema(required = true, example = "user:usr_38g7v6qajp37f")]
    pub decided_by: Option<String>,
    /// When that was.
    #[schema(value_type = Option<Timestamp>, required = true)]
    pub decided_at: Option<String>,
}

/// Where a comment waits for a moderator.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum CommentDesk {
    /// Nobody sees it until it is approved.
    Held,
    /// It is published, and readers reported it.
    Reported,
    /// It was taken for spam.
    Spam,
}

/// Which comments moderators are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(example = "held")]
pub enum ManagedCommentStatus {
    /// Those that wait to be approved, the neediest first.
    Held,
    /// Those that are published and were reported, the neediest first.
    Reported,
    /// Those that were taken for spam and not decided on, the neediest first.
    Spam,
    /// Those that are published, the newest first.
    Published,
    /// Those that a moderator refused, the newest first.
    Rejected,
    /// Those that were deleted, the newest first.
    Deleted,
}

/// What a moderator decides about a comment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CommentDecisionRequest {
    /// What is decided.
    pub decision: CommentDecision,
    /// A note about it for other moderators.
    #[serde(
        default,
        deserialize_with = "present",
        skip_serializing_if = "Option::is_none"
    )]
    #[schema(value_type = String, required = false, min_length = 1, max_length = 1000)]
    pub note: Option<String>,
}

/// What can be decided about a comment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(example = "approve")]
pub enum CommentDecision {
    /// It may be read, and reports of the text as it is do not hold it any more.
    Approve,
    /// It may not be read.
    Reject,
    /// It is spam, and may not be read.
    Spam,
    /// It is removed.
    Delete,
    /// One that a moderator has removed is as it was before.
    Restore,
    /// It comes first in every order but those by time. For published root comments.
    Pin,
    /// It is not kept on top any more.
    Unpin,
    /// It is shown off: `featured`. For published comments.
    Feature,
    /// It is not shown off any more.
    Unfeature,
}

/// A note about a comment for other moderators.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewCommentNote {
    /// What is noted.
    #[schema(
        min_length = 1,
        max_length = 1000,
        example = "The third one of this kind this week."
    )]
    pub text: String,
}

/// Something that a moderator did with a comment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CommentHandling {
    /// Its id.
    #[schema(value_type = HandlingId)]
    pub id: String,
    /// What it was.
    pub what: CommentHandlingKind,
    /// What was noted.
    #[schema(required = true)]
    pub note: Option<String>,
    /// Who it was, as the change log names them.
    #[schema(example = "user:usr_38g7v6qajp37f")]
    pub by: String,
    /// When.
    #[schema(value_type = Timestamp)]
    pub at: String,
}

/// What a moderator did with a comment: a decision, a change of the text or a note.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "each is named after the decision")]
pub enum CommentHandlingKind {
    Approve,
    Reject,
    Spam,
    Delete,
    Restore,
    Pin,
    Unpin,
    Feature,
    Unfeature,
    /// The text was changed.
    Edit,
    /// Something was noted.
    Note,
}

/// One decision about many comments.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BulkCommentRequest {
    /// What is decided about each of them.
    pub decision: CommentDecision,
    /// A note about each for other moderators.
    #[serde(
        default,
        deserialize_with = "present",
        skip_serializing_if = "Option::is_none"
    )]
    #[schema(value_type = String, required = false, min_length = 1, max_length = 1000)]
    pub note: Option<String>,
    /// The comments, none of them twice.
    #[schema(min_items = 1, max_items = 200)]
    pub items: Vec<BulkCommentItem>,
}

/// One of many comments.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BulkCommentItem {
    /// The comment.
    #[schema(value_type = CommentId)]
    pub comment: String,
    /// The version that the caller has seen; it stands where `If-Match` stands for one comment.
    #[schema(minimum = 1, example = 1)]
    pub version: i64,
}

/// What became of each of many comments.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct BulkCommentAnswer {
    /// How many of them have a problem; 0 when everything was done.
    #[schema(minimum = 0, maximum = 200)]
    pub failed: i64,
    /// Each of them, in the order in which they were named.
    pub items: Vec<BulkCommentOutcome>,
}

/// What became of one of many comments: it has either `result` or `problem`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct BulkCommentOutcome {
    /// The comment as it was named.
    #[schema(value_type = CommentId)]
    pub comment: String,
    /// The status that the operation for one comment answers with: 200, or that of the problem.
    #[schema(minimum = 200, maximum = 599, example = 200)]
    pub status: u16,
    /// The comment as it is now.
    #[schema(required = true)]
    pub result: Option<ManagedComment>,
    /// Why it was not done.
    #[schema(required = true)]
    pub problem: Option<Problem>,
}
