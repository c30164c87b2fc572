//! The rules comments are judged by, as moderators keep them.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::comment::Comment;
use crate::patch::{Patch, present};
use crate::schema::{RuleId, Timestamp};

/// What a rule looks at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum CommentRuleKind {
    /// A word or phrase: `pattern`, `match`, `action`.
    Word,
    /// More links than allowed: `more_than`, `action`.
    Links,
    /// The same text again, by the same account or from the same network address:
    /// `within_seconds`, `action`.
    Repeat,
    /// A young account: `younger_than_seconds`, `action`.
    NewAccount,
    /// Too many comments at a time: `comments`, `seconds`, `per`. The next one is answered 429.
    Flood,
}

/// Where the pattern of a word rule is found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum CommentRuleMatch {
    /// As a word of its own, and in scripts without spaces between words (Chinese, Japanese, Thai)
    /// anywhere in a sentence.
    Word,
    /// Anywhere, also within words.
    Substring,
}

/// What becomes of a comment that a rule finds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum CommentRuleAction {
    /// A moderator looks at it first.
    Hold,
    /// It is refused, and not stored.
    Reject,
    /// It is stored as spam; its author is told that it waits.
    Spam,
}

/// Whose comments a flood rule counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum CommentRulePer {
    /// Those of an account, wherever it posts from.
    Author,
    /// Those from a network address, in the memory of each node.
    Address,
}

/// A rule. What its kind does not have is `null`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CommentRule {
    /// The rule's id.
    #[schema(value_type = RuleId)]
    pub id: String,
    /// What it looks at.
    pub kind: CommentRuleKind,
    /// The word or phrase.
    #[schema(required = true, example = "cheap pills")]
    pub pattern: Option<String>,
    /// Where it is found.
    #[serde(rename = "match")]
    #[schema(required = true)]
    pub matching: Option<CommentRuleMatch>,
    /// So many links are allowed.
    #[schema(required = true, minimum = 0, maximum = 100)]
    pub more_than: Option<i64>,
    /// For so long the same text is a repetition.
    #[schema(required = true, minimum = 1, maximum = 2_592_000)]
    pub within_seconds: Option<i64>,
    /// Until then an account is young.
    #[schema(required = true, minimum = 1, maximum = 31_536_000)]
    pub younger_than_seconds: Option<i64>,
    /// So many comments are allowed …
    #[schema(required = true, minimum = 1, maximum = 100)]
    pub comments: Option<i64>,
    /// … in so many seconds …
    #[schema(required = true, minimum = 1, maximum = 86_400)]
    pub seconds: Option<i64>,
    /// … for each of these.
    #[schema(required = true)]
    pub per: Option<CommentRulePer>,
    /// What becomes of a comment.
    #[schema(required = true)]
    pub action: Option<CommentRuleAction>,
    /// What moderators note about the rule.
    #[schema(required = true, example = "Since the wave of June.")]
    pub note: Option<String>,
    /// Whether it is applied.
    pub enabled: bool,
    /// Grows by one with every change; the `ETag` is made of it.
    #[schema(minimum = 1)]
    pub version: i64,
    /// Who made it, as in the change log.
    #[schema(example = "user:usr_38g7v6qajp37f")]
    pub created_by: String,
    /// When it was made.
    #[schema(value_type = Timestamp)]
    pub created_at: String,
    /// When it was last changed.
    #[schema(value_type = Timestamp)]
    pub updated_at: String,
}

/// A new rule. What its kind does not have is left out or `null`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewCommentRule {
    /// What it looks at.
    pub kind: CommentRuleKind,
    /// Kind `word`: the word or phrase. Case, accents, width, invisible characters, stretched
    /// letters and separators between letters do not count, in it and in comments.
    #[serde(default)]
    #[schema(min_length = 1, max_length = 100, example = "cheap pills")]
    pub pattern: Option<String>,
    /// Kind `word`: where it is found; `word` when left out.
    #[serde(default, rename = "match")]
    pub matching: Option<CommentRuleMatch>,
    /// Kind `links`: so many are allowed.
    #[serde(default)]
    #[schema(minimum = 0, maximum = 100)]
    pub more_than: Option<i64>,
    /// Kind `repeat`: for so long the same text is a repetition.
    #[serde(default)]
    #[schema(minimum = 1, maximum = 2_592_000)]
    pub within_seconds: Option<i64>,
    /// Kind `new_account`: until then an account is young.
    #[serde(default)]
    #[schema(minimum = 1, maximum = 31_536_000)]
    pub younger_than_seconds: Option<i64>,
    /// Kind `flood`: so many comments are allowed …
    #[serde(default)]
    #[schema(minimum = 1, maximum = 100)]
    pub comments: Option<i64>,
    /// … in so many seconds …
    #[serde(default)]
    #[schema(minimum = 1, maximum = 86_400)]
    pub seconds: Option<i64>,
    /// … for each of these.
    #[serde(default)]
    pub per: Option<CommentRulePer>,
    /// What becomes of a comment; every kind but `flood` has it.
    #[serde(default)]
    pub action: Option<CommentRuleAction>,
    /// What moderators note about the rule.
    #[serde(default)]
    #[schema(max_length = 500)]
    pub note: Option<String>,
    /// Whether it is applied; yes when left out.
    #[serde(default)]
    #[schema(default = true)]
    pub enabled: Option<bool>,
}

/// What to change of a rule; a field left out stays as it is. The kind stays in any case, and what
/// it does not have cannot be given.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CommentRulePatch {
    /// The word or phrase.
    #[serde(
        default,
        deserialize_with = "present",
        skip_serializing_if = "Option::is_none"
    )]
    #[schema(value_type = String, required = false, min_length = 1, max_length = 100)]
    pub pattern: Option<String>,
    /// Where it is found.
    #[serde(
        default,
        rename = "match",
        deserialize_with = "present",
        skip_serializing_if = "Option::is_none"
    )]
    #[schema(value_type = CommentRuleMatch, required = false)]
    pub matching: Option<CommentRuleMatch>,
    /// So many links are allowed.
    #[serde(
        default,
        deserialize_with = "present",
        skip_serializing_if = "Option::is_none"
    )]
    #[schema(value_type = i64, required = false, minimum = 0, maximum = 100)]
    pub more_than: Option<i64>,
    /// For so long the same text is a repetition.
    #[serde(
        default,
        deserialize_with = "present",
        skip_serializing_if = "Option::is_none"
    )]
    #[schema(value_type = i64, required = false, minimum = 1, maximum = 2_592_000)]
    pub within_seconds: Option<i64>,
    /// Until then an account is young.
    #[serde(
        default,
        deserialize_with = "present",
        skip_serializing_if = "Option::is_none"
    )]
    #[schema(value_type = i64, required = false, minimum = 1, maximum = 31_536_000)]
    pub younger_than_seconds: Option<i64>,
    /// So many comments are allowed.
    #[serde(
        default,
        deserialize_with = "present",
        skip_serializing_if = "Option::is_none"
    )]
    #[schema(value_type = i64, required = false, minimum = 1, maximum = 100)]
    pub comments: Option<i64>,
    /// In so many seconds.
    #[serde(
        default,
        deserialize_with = "present",
        skip_serializing_if = "Option::is_none"
    )]
    #[schema(value_type = i64, required = false, minimum = 1, maximum = 86_400)]
    pub seconds: Option<i64>,
    /// For each of these.
    #[serde(
        default,
        deserialize_with = "present",
        skip_serializing_if = "Option::is_none"
    )]
    #[schema(value_type = CommentRulePer, required = false)]
    pub per: Option<CommentRulePer>,
    /// What becomes of a comment.
    #[serde(
        default,
        deserialize_with = "present",
        skip_serializing_if = "Option::is_none"
    )]
    #[schema(value_type = CommentRuleAction, required = false)]
    pub action: Option<CommentRuleAction>,
    /// What moderators note about the rule; `null` takes it away.
    #[serde(default, skip_serializing_if = "Patch::is_absent")]
    #[schema(value_type = Option<String>, max_length = 500)]
    pub note: Patch<String>,
    /// Whether it is applied.
    #[serde(
        default,
        deserialize_with = "present",
        skip_serializing_if = "Option::is_none"
    )]
    #[schema(value_type = bool, required = false)]
    pub enabled: Option<bool>,
}

/// What a rule would have found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CommentRuleTrial {
    /// So many comments would have been hit.
    #[schema(minimum = 0)]
    pub hits: i64,
    /// So many were looked at, latest first.
    #[schema(minimum = 0)]
    pub scanned: i64,
    /// Whether those are all comments of the last seven days. Not when there are too many, or
    /// looking took too long.
    pub complete: bool,
    /// The latest comments that would have been hit, up to fifty.
    pub items: Vec<CommentRuleHit>,
}

/// A comment that a rule would have hit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CommentRuleHit {
    /// The comment.
    pub comment: Comment,
    /// What the rule met: from where up to where, in characters of the plain text. Empty where it
    /// is not about words, or met them in a name or behind a link.
    #[schema(example = json!([[8, 19]]))]
    pub spans: Vec<[u32; 2]>,
}
