//! Votes on comments, one of each member.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::comment::Votes;
use crate::schema::{ArticleId, CommentId, Timestamp, VoteValue};

/// One's vote on a comment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewVote {
    /// 1 is for it, -1 against it.
    #[schema(value_type = VoteValue)]
    pub value: i64,
}

/// How a comment stands with its readers, and with whoever asks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CommentVote {
    /// The comment.
    #[schema(value_type = CommentId)]
    pub comment_id: String,
    /// One's own vote; `null` when there is none.
    #[schema(value_type = Option<VoteValue>, required = true)]
    pub value: Option<i64>,
    /// Everybody's votes, one's own among them.
    pub votes: Votes,
}

/// One of one's own votes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct MyVote {
    /// The comment that it is on.
    #[schema(value_type = CommentId)]
    pub comment_id: String,
    /// 1 is for it, -1 against it.
    #[schema(value_type = VoteValue)]
    pub value: i64,
}

/// A vote, in an export.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ExportedVote {
    /// The comment that it is on.
    #[schema(value_type = CommentId)]
    pub comment_id: String,
    /// The article that the comment stands under.
    #[schema(value_type = ArticleId)]
    pub article_id: String,
    /// 1 is for it, -1 against it.
    #[schema(value_type = VoteValue)]
    pub value: i64,
    /// When it was given, or last changed.
    #[schema(value_type = Timestamp)]
    pub voted_at: String,
}
