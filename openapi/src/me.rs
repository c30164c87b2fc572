//! One's own account: what is in it, where it is signed in, and everything held about its owner.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::author::AuthorRef;
use crate::comment::CommentStatus;
use crate::notification::ExportedNotification;
use crate::patch::present;
use crate::report::ExportedReport;
use crate::schema::{ArticleId, CommentId, SessionId, Timestamp, UserId};
use crate::user::Role;
use crate::vote::ExportedVote;

/// One's own account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Me {
    /// The account's id.
    #[schema(value_type = UserId)]
    pub id: String,
    /// The address to sign in with.
    #[schema(format = Email, example = "ines@harbourpost.example")]
    pub email: String,
    /// When the address was shown to be its owner's; `null` when it was not.
    #[schema(value_type = Option<Timestamp>, required = true)]
    pub email_verified_at: Option<String>,
    /// The address that takes the place of the present one as soon as the mail to it is answered;
    /// `null` when no change is under way.
    #[schema(required = true, format = Email)]
    pub pending_email: Option<String>,
    /// What comments are signed with.
    #[schema(example = "Ines Halloran")]
    pub name: String,
    /// What the account may do.
    pub role: Role,
    /// The author that an article of the account's is by, unless it says otherwise; `null` when the
    /// account is tied to none.
    #[schema(required = true)]
    pub author: Option<AuthorRef>,
    /// When the account was made.
    #[schema(value_type = Timestamp)]
    pub created_at: String,
    /// When the account was last changed.
    #[schema(value_type = Timestamp)]
    pub updated_at: String,
}

/// What to change of one's account; a field left out stays as it is.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MePatch {
    /// What comments are signed with from now on; those that are there keep their name.
    #[serde(
        default,
        deserialize_with = "present",
        skip_serializing_if = "Option::is_none"
    )]
    #[schema(value_type = String, required = false, min_length = 1, max_length = 60)]
    pub name: Option<String>,
    /// Another address. Where the server sends mail it holds once the mail to it is answered;
    /// elsewhere at once. Needs `current_password`.
    #[serde(
        default,
        deserialize_with = "present",
        skip_serializing_if = "Option::is_none"
    )]
    #[schema(value_type = String, required = false, format = Email, max_length = 254)]
    pub email: Option<String>,
    /// A new password. Needs `current_password`, ends all other sessions, and takes back a change of
    /// address that is under way.
    #[serde(
        default,
        deserialize_with = "present",
        skip_serializing_if = "Option::is_none"
    )]
    #[schema(value_type = String, required = false, format = Password, max_length = 256)]
    pub password: Option<String>,
    /// The present password, to change the address or the password.
    #[serde(
        default,
        deserialize_with = "present",
        skip_serializing_if = "Option::is_none"
    )]
    #[schema(value_type = String, required = false, format = Password, max_length = 256)]
    pub current_password: Option<String>,
}

impl std::fmt::Debug for MePatch {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // Passwords belong into no log, the new address neither.
        f.debug_struct("MePatch")
            .field("name", &self.name)
            .finish_non_exhaustive()
    }
}

/// That one's account is to be erased for good.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EraseMe {
    /// The present password.
    #[schema(format = Password, max_length = 256)]
    pub current_password: String,
}

impl std::fmt::Debug for EraseMe {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("EraseMe").finish_non_exhaustive()
    }
}

/// A place where the account is signed in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Session {
    /// The session's id.
    #[schema(value_type = SessionId)]
    pub id: String,
    /// Whether it is the one that asks.
    pub current: bool,
    /// What the client called itself when it signed in; `null` when it did not say.
    #[schema(required = true, example = "HarbourPost/2.1 (Android 16)")]
    pub user_agent: Option<String>,
    /// When it was signed in.
    #[schema(value_type = Timestamp)]
    pub created_at: String,
    /// When it last renewed its access token.
    #[schema(value_type = Timestamp)]
    pub last_used_at: String,
    /// When it ends at the latest.
    #[schema(value_type = Timestamp)]
    pub expires_at: String,
}

/// Everything held about the owner of an account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Export {
    /// When it was asked for.
    #[schema(value_type = Timestamp)]
    pub exported_at: String,
    /// The account.
    pub account: Me,
    /// Where the account is signed in.
    pub sessions: Vec<Session>,
    /// When the account last signed in from each network that is remembered. The networks are
    /// kept as keyed hashes, which nobody can read back.
    pub known_networks: Vec<KnownNetwork>,
    /// The comments, whatever became of them, oldest first.
    pub comments: Vec<ExportedComment>,
    /// The votes on others' comments, whatever became of these.
    pub votes: Vec<ExportedVote>,
    /// The reports of others' comments, oldest first.
    pub reports: Vec<ExportedReport>,
    /// What the account was told, by comment.
    pub notifications: Vec<ExportedNotification>,
    /// The articles the account created, oldest first.
    pub articles: Vec<ExportedArticle>,
    /// What the account did, as the change log has it, latest first.
    pub changes: Vec<ExportedChange>,
}

/// A network, in an export.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct KnownNetwork {
    /// When the account last signed in from there.
    #[schema(value_type = Timestamp)]
    pub last_sign_in_at: String,
}

/// A comment, in an export.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ExportedComment {
    /// The comment's id.
    #[schema(value_type = CommentId)]
    pub id: String,
    /// The article it stands under.
    #[schema(value_type = ArticleId)]
    pub article_id: String,
    /// The comment it stands under; `null` for a root comment.
    #[schema(value_type = Option<CommentId>, required = true)]
    pub parent_id: Option<String>,
    /// What became of it.
    pub status: CommentStatus,
    /// The name it is signed with.
    #[schema(example = "Ines Halloran")]
    pub author_name: String,
    /// The text as it was written.
    #[schema(example = "I took it *every* summer.")]
    pub source: String,
    /// When it was posted.
    #[schema(value_type = Timestamp)]
    pub created_at: String,
    /// When it was last changed; `null` when never.
    #[schema(value_type = Option<Timestamp>, required = true)]
    pub edited_at: Option<String>,
}

/// An article, in an export.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ExportedArticle {
    /// The article's id.
    #[schema(value_type = ArticleId)]
    pub id: String,
    /// The headline of its working copy.
    #[schema(example = "The last ferry to Halden")]
    pub title: String,
}

/// An entry of the change log, in an export.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ExportedChange {
    /// When it happened.
    #[schema(value_type = Timestamp)]
    pub at: String,
    /// What was done.
    #[schema(example = "created")]
    pub kind: String,
    /// To what kind of thing.
    #[schema(example = "comment")]
    pub entity: String,
    /// To which one.
    #[schema(example = "cmt_38g7v8x4q5191")]
    pub entity_id: String,
}
