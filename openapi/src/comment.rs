//! Comments: what readers say under an article.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::comment_options::Premoderation;
use crate::page::Page;
use crate::schema::{ArticleId, CommentId, Timestamp, UserId};

/// One comment. A tombstone, a deleted comment with replies, has no text and no name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Comment {
    /// The comment's id.
    #[schema(value_type = CommentId)]
    pub id: String,
    /// The article it stands under.
    #[schema(value_type = ArticleId)]
    pub article_id: String,
    /// The comment it stands under; `null` for a root comment.
    #[schema(value_type = Option<CommentId>, required = true)]
    pub parent_id: Option<String>,
    /// The root comment of its thread; a root comment names itself.
    #[schema(value_type = CommentId)]
    pub root_id: String,
    /// The comment it answers, where that is not `parent_id`: at the deepest level an answer is
    /// put beside the comment it answers. `null` otherwise.
    #[schema(value_type = Option<CommentId>, required = true)]
    pub in_reply_to_id: Option<String>,
    /// How deep it stands; a root comment is at 0.
    #[schema(minimum = 0, maximum = 9)]
    pub depth: i32,
    /// Who wrote it.
    pub author: CommentAuthor,
    /// What it says.
    pub body: CommentBody,
    /// Whether it can be read.
    pub status: CommentStatus,
    /// How readers voted.
    pub votes: Votes,
    /// How many direct replies can be read.
    #[schema(minimum = 0)]
    pub reply_count: i64,
    /// Whether a moderator put it on top: then it comes first in every order but those by time.
    pub pinned: bool,
    /// Whether a moderator shows it off.
    pub featured: bool,
    /// When it was posted.
    #[schema(value_type = Timestamp)]
    pub created_at: String,
    /// When its author last changed it; `null` when never.
    #[schema(value_type = Option<Timestamp>, required = true)]
    pub edited_at: Option<String>,
    /// The first direct replies, where the request asks for them. The cursor is one of the
    /// comment's `/replies` route.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Page<Comment>, required = false, no_recursion)]
    pub replies: Option<Page<Comment>>,
    /// Only in the answer to a guest's own new comment: the guest's proof of having written it, to
    /// be kept by the client and sent as `X-Edit-Token` to the operations that take it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = String, required = false)]
    pub edit_token: Option<String>,
}

/// One's own comment, with what nobody else is told of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct OwnComment {
    /// What everybody would see if it were published.
    #[serde(flatten)]
    pub comment: Comment,
    /// Why it is not published; `null` when it is.
    #[schema(required = true)]
    pub reason: Option<CommentReason>,
    /// As it was written, to be edited.
    #[schema(example = "I took it every summer.")]
    pub source: String,
    /// Until when its author can change or delete it; `null` when nobody can any more.
    #[schema(value_type = Option<Timestamp>, required = true)]
    pub editable_until: Option<String>,
}

/// Why a comment is not published. New ones may be added: treat one you do not know as `moderator`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum CommentReason {
    /// Every comment waits for a moderator here.
    Premoderation,
    /// Every guest's comment waits for a moderator here.
    Guest,
    /// Its author has no published comment yet.
    FirstComment,
    /// It holds a word that a rule names.
    Word,
    /// It has more links than a rule allows.
    Links,
    /// The same text was posted a moment ago.
    Repeat,
    /// The account is too young.
    NewAccount,
    /// Readers reported it.
    Reported,
    /// A moderator decided so.
    Moderator,
    /// Its author took it back.
    Author,
    /// It was not published where it was imported from.
    Imported,
}

/// Who wrote a comment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CommentAuthor {
    /// In what quality.
    pub kind: CommentAuthorKind,
    /// The name to print; `null` when deleted.
    #[schema(required = true, example = "Ines")]
    pub name: Option<String>,
    /// The account; `null` for guests.
    #[schema(value_type = Option<UserId>, required = true)]
    pub user_id: Option<String>,
}

/// In what quality somebody comments.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum CommentAuthorKind {
    /// Without an account.
    Guest,
    /// With an account.
    Member,
    /// For the newsroom.
    Staff,
    /// The comment or its author is gone.
    Deleted,
}

/// What a comment says; both members are `null` in a tombstone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CommentBody {
    /// Sanitised HTML: it can be put into a page as it is.
    #[schema(required = true, example = "<p>I took it every summer.</p>")]
    pub html: Option<String>,
    /// Plain text.
    #[schema(required = true, example = "I took it every summer.")]
    pub text: Option<String>,
}

/// Whether a comment can be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum CommentStatus {
    /// Everybody can read it.
    Published,
    /// It waits for a moderator.
    Held,
    /// A moderator refused it.
    Rejected,
    /// It was found to be spam.
    Spam,
    /// It was deleted; a tombstone stands in its place while it has replies.
    Deleted,
}

/// How readers voted on a comment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Votes {
    /// Votes for it.
    #[schema(minimum = 0)]
    pub up: i64,
    /// Votes against it.
    #[schema(minimum = 0)]
    pub down: i64,
    /// `up` less `down`.
    pub score: i64,
}

/// Whether and how readers may comment on an article. An app that asks it beforehand knows of every
/// comment whether it is taken: words are counted in the comment's plain text as it is shown, where
/// a Chinese character or kana counts as one and punctuation as none; links are what the text makes
/// one, and beside them every address in it that begins with `http://`, `https://` or `www.`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CommentPolicy {
    /// Who may comment now.
    pub state: CommentState,
    /// Whether everybody's comments wait for a moderator before others can read them.
    pub premoderated: bool,
    /// Whose comments wait for a moderator.
    pub premoderation: Premoderation,
    /// When commenting ends by itself, or has ended: from then on `state` is `closed`. `null` when
    /// it does not, and where it is closed already by an editor.
    #[schema(value_type = Option<Timestamp>, required = true)]
    pub closes_at: Option<String>,
    /// How many characters a comment may have, as it is sent.
    #[schema(minimum = 1, example = 5000)]
    pub max_length: i64,
    /// How many words a comment must have; `null` for any number.
    #[schema(required = true, minimum = 1)]
    pub min_words: Option<i32>,
    /// How many words a comment may have; `null` for any number.
    #[schema(required = true, minimum = 1)]
    pub max_words: Option<i32>,
    /// How many links a comment may have; `null` for any number.
    #[schema(required = true, minimum = 0)]
    pub max_links: Option<i32>,
    /// For how long its author may change a comment.
    #[schema(minimum = 0, example = 900)]
    pub edit_seconds: i64,
}

/// Who may comment on an article, once all settings are resolved.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum CommentState {
    /// Everybody, guests too.
    Open,
    /// Whoever has an account.
    Members,
    /// Nobody.
    Closed,
}

/// Who may comment in a section or under an article.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum CommentSetting {
    /// As the section says, or the one above it, or the site.
    #[default]
    Inherit,
    /// Everybody, guests too.
    Open,
    /// Whoever has an account.
    Members,
    /// Nobody.
    Closed,
}

/// A new comment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewComment {
    /// What it says: plain text with simple Markdown (emphasis, links, lists, quotes, code).
    #[schema(min_length = 1, max_length = 5000, example = "I took it every summer.")]
    pub body: String,
    /// The comment to answer, of the same article; a root comment when `null` or left out.
    #[serde(default)]
    #[schema(value_type = Option<CommentId>)]
    pub parent_id: Option<String>,
    /// The name to print. A guest must give one; whoever is signed in has that of the account, and
    /// gives none.
    #[serde(default)]
    #[schema(min_length = 1, max_length = 60, example = "Ines")]
    pub author_name: Option<String>,
    /// A guest's address; whoever is signed in gives none. Never shown to anybody but moderators.
    #[serde(default)]
    #[schema(format = Email, max_length = 254)]
    pub author_email: Option<String>,
}

/// What an author changes of a comment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CommentPatch {
    /// What it says from now on.
    #[schema(
        min_length = 1,
        max_length = 5000,
        example = "I took it every summer, and in winter too."
    )]
    pub body: String,
}

/// One comment and what stands around it: all that a page needs that somebody has followed a link
/// to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct CommentContext {
    /// What it answers, from the root comment of its thread down; empty for a root comment.
    #[schema(max_items = 9)]
    pub ancestors: Vec<Comment>,
    /// The comment, with its first replies.
    pub comment: Comment,
    /// What is listed beside it, by time.
    pub neighbors: CommentNeighbors,
}

/// What is listed beside a comment: other root comments, or other replies to the same one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct CommentNeighbors {
    /// The last ones that were posted before it, the oldest first.
    #[schema(max_items = 3)]
    pub previous: Vec<Comment>,
    /// The first ones that were posted after it, the oldest first.
    #[schema(max_items = 3)]
    pub next: Vec<Comment>,
}

/// How many published comments an article has.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CommentCount {
    /// The article.
    #[schema(value_type = ArticleId)]
    pub article_id: String,
    /// Its published comments, replies included.
    #[schema(minimum = 0)]
    pub comments: i64,
}
