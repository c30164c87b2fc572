//! Comments: a list of neighbours by parent and root, with counters beside it, so that a thread
//! of any size is read one page at a time by index.

mod import;
mod insert;
mod owned;
mod read;
mod row;
mod thread;

use domain::comment::{AuthorKind, CommentStatus};
use domain::id::{ArticleId, CommentId, UserId};
use domain::time::Timestamp;

pub use import::{CommentOutcome, ImportedComment, import};
pub use insert::{NewComment, Refusal, insert};
pub use owned::{OwnComment, by_user, disown};
pub use read::{counts, get, newest, replies};
pub use thread::{Root, ThreadQuery, thread};

/// A comment as the public may see it; the e-mail address of its author stays in the table.
#[derive(Debug, Clone, PartialEq)]
pub struct Comment {
    /// The comment.
    pub id: CommentId,
    /// The article it stands under.
    pub article_id: ArticleId,
    /// The comment it is listed under; none for a root.
    pub parent_id: Option<CommentId>,
    /// The root of its thread; its own id for a root.
    pub root_id: CommentId,
    /// The comment it answers, where the depth limit lists it under another one.
    pub in_reply_to_id: Option<CommentId>,
    /// 0 for a root.
    pub depth: i32,
    /// What its author is.
    pub author_kind: AuthorKind,
    /// The name it is signed with; empty when its author's account is gone.
    pub author_name: String,
    /// The account it is of; none for a guest's.
    pub user: Option<UserId>,
    /// Sanitised HTML; empty in a tombstone.
    pub body_html: String,
    /// Plain text; empty in a tombstone.
    pub body_text: String,
    /// Published, or why not.
    pub status: CommentStatus,
    /// Votes for it.
    pub up: i64,
    /// Votes against it.
    pub down: i64,
    /// Published direct replies.
    pub reply_count: i64,
    /// Kept at the top by an editor.
    pub pinned: bool,
    /// When it was posted.
    pub created_at: Timestamp,
    /// When its author last changed it.
    pub edited_at: Option<Timestamp>,
}

/// The order of a list of comments. Ids sort by time, so both are index ranges by id.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum Sort {
    /// Latest first.
    #[default]
    Newest,
    /// Earliest first.
    Oldest,
}
