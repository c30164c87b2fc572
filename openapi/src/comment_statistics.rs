//! What readers sent and what moderators did, in numbers.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::schema::RuleId;

/// What readers sent and what moderators did within some days.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CommentStatistics {
    /// The first day, in UTC.
    #[schema(format = Date, example = "2026-11-22")]
    pub from: String,
    /// The last day.
    #[schema(format = Date, example = "2026-11-28")]
    pub until: String,
    /// Each of these days, in order.
    pub days: Vec<CommentDay>,
    /// Each rule that met something, the one that met most first.
    pub rules: Vec<CommentRuleCounts>,
    /// Everybody who moderated, whoever did most first.
    pub moderators: Vec<ModeratorCounts>,
}

/// One day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CommentDay {
    /// The day, in UTC.
    #[schema(format = Date, example = "2026-11-28")]
    pub date: String,
    /// Comments that could be read at once.
    #[schema(minimum = 0)]
    pub published: i64,
    /// Comments that had to wait.
    #[schema(minimum = 0)]
    pub held: i64,
    /// Comments that were taken for spam.
    #[schema(minimum = 0)]
    pub spam: i64,
    /// Texts that a rule refused; they are stored nowhere.
    #[schema(minimum = 0)]
    pub refused: i64,
    /// Reports of readers.
    #[schema(minimum = 0)]
    pub reports: i64,
    /// What moderators decided on this day.
    pub decisions: DecisionCounts,
}

/// How often a rule met something.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CommentRuleCounts {
    /// The rule, which may be deleted since.
    #[schema(value_type = RuleId)]
    pub rule_id: String,
    /// Comments that it held.
    #[schema(minimum = 0)]
    pub held: i64,
    /// Comments that it took for spam.
    #[schema(minimum = 0)]
    pub spam: i64,
    /// Texts that it refused.
    #[schema(minimum = 0)]
    pub refused: i64,
}

/// What somebody did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ModeratorCounts {
    /// Who it was, as the change log names them.
    #[schema(example = "user:usr_38g7v6qajp37f")]
    pub by: String,
    /// What they decided.
    pub decisions: DecisionCounts,
}

/// How often something was decided.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct DecisionCounts {
    /// Comments that were approved.
    #[schema(minimum = 0)]
    pub approved: i64,
    /// Comments that were refused.
    #[schema(minimum = 0)]
    pub rejected: i64,
    /// Comments that were called spam.
    #[schema(minimum = 0)]
    pub spam: i64,
    /// Comments that were deleted.
    #[schema(minimum = 0)]
    pub deleted: i64,
    /// Comments that were brought back.
    #[schema(minimum = 0)]
    pub restored: i64,
    /// Anything else: pins, shown off, changes of the text, notes.
    #[schema(minimum = 0)]
    pub other: i64,
}
