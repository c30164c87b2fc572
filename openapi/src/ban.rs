//! Who may not comment any more.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::schema::{BanId, CommentId, Timestamp, UserId};

/// A ban. It tells neither the network address nor the e-mail address that it goes by: it holds no
/// more than a keyed hash of either.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Ban {
    /// The ban's id.
    #[schema(value_type = BanId)]
    pub id: String,
    /// What it goes by.
    pub kind: BanKind,
    /// The account, for a ban of one.
    #[schema(value_type = Option<UserId>, required = true)]
    pub user_id: Option<String>,
    /// The comment whose author was banned.
    #[schema(value_type = Option<CommentId>, required = true)]
    pub comment_id: Option<String>,
    /// Why, for other moderators.
    #[schema(required = true)]
    pub note: Option<String>,
    /// Until when it holds; `null` for always.
    #[schema(value_type = Option<Timestamp>, required = true)]
    pub expires_at: Option<String>,
    /// Whether what they posted is still being removed.
    pub removing: bool,
    /// How many comments were removed.
    #[schema(minimum = 0)]
    pub removed: i64,
    /// Who made it, as the change log names them.
    #[schema(example = "user:usr_38g7v6qajp37f")]
    pub created_by: String,
    /// When it was made.
    #[schema(value_type = Timestamp)]
    pub created_at: String,
    /// A ban is not changed, only made and lifted: always 1. The `ETag` is made of it.
    #[schema(minimum = 1)]
    pub version: i64,
}

/// What a ban goes by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(example = "account")]
pub enum BanKind {
    /// An account: it neither comments nor votes nor reports.
    Account,
    /// The network address that a comment came from, for two years at most. Everybody there is
    /// banned, but for the newsroom.
    Address,
    /// The e-mail address that a comment's author gave, or that the author's account has.
    Email,
}

/// A new ban: of the author of a comment, or of an account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewBan {
    /// What it goes by.
    pub kind: BanKind,
    /// The comment whose author is banned. What is known of an address or an e-mail address is
    /// forgotten ninety days after the comment.
    #[serde(default)]
    #[schema(value_type = Option<CommentId>)]
    pub comment: Option<String>,
    /// The account that is banned, in place of `comment`. It goes with `account` alone.
    #[serde(default)]
    #[schema(value_type = Option<UserId>)]
    pub user: Option<String>,
    /// Why, for other moderators.
    #[serde(default)]
    #[schema(min_length = 1, max_length = 1000, example = "Sells watches.")]
    pub note: Option<String>,
    /// Until when it holds; always when `null` or left out, and two years for an address.
    #[serde(default)]
    #[schema(value_type = Option<Timestamp>)]
    pub expires_at: Option<String>,
    /// Whether everything they posted is removed, as far as it can be told to be theirs.
    #[serde(default)]
    #[schema(default = false)]
    pub remove_comments: bool,
}
