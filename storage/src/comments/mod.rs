//! Comments: a list of neighbours by parent and root, with counters beside it, so that a thread
//! of any size is read one page at a time by index.

mod case;
mod context;
mod desk;
mod edit;
mod export;
mod facts;
mod feed;
mod handle;
mod import;
mod insert;
mod met;
mod owned;
mod rank;
mod read;
pub mod reports;
mod row;
mod status;
mod stood;
mod thread;
mod votes;

use domain::comment::{AuthorKind, CommentStatus};
use domain::id::{ArticleId, CommentId, UserId};
use domain::time::Timestamp;

pub use case::{Case, case, put_case};
pub use context::{Context, context};
pub use desk::{DeskQuery, ListQuery, desk, list, of_same_author};
pub use edit::{NewText, edit, withdraw};
pub use export::{Exported, export};
pub use facts::{PAST, PastComment, Said, by_ids, latest_of, past};
pub use feed::{CommentChange, Position, changes_after, head, shown, wholes};
pub use handle::{Handled, decide, history, note, reword};
pub use import::{CommentOutcome, ImportKey, ImportedComment, Kept, import};
pub use insert::{NewComment, Place, Refusal, insert, place_for};
pub use met::{article_for, stored_keys};
pub use owned::{OwnComment, by_user, disown, mine, whole};
pub use read::{counts, get, newest, replies};
pub(crate) use row::{NotifiedRow, notified_columns};
pub use status::{Became, Locked, lock, set_status};
pub use stood::has_stood;
pub use thread::{Root, ThreadQuery, thread};
pub use votes::{OwnVote, VoteRefusal, Voted, unvote, vote, votes_of, votes_under};

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
    /// Kept at the top by a moderator.
    pub pinned: bool,
    /// Shown off by a moderator.
    pub featured: bool,
    /// When it was posted.
    pub created_at: Timestamp,
    /// When its author last changed it.
    pub edited_at: Option<Timestamp>,
    /// Where it stands in the order it was asked for in: what a next page goes on after.
    pub position: i64,
}

/// The order of a list of comments. Each goes by one number that no other comment of the article
/// has, and is an index range: by ids, which sort by time, or by one of its
/// [`Keys`](domain::comment::Keys).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum Sort {
    /// What most agree on with most certainty first.
    #[default]
    Best,
    /// Latest first.
    Newest,
    /// Earliest first.
    Oldest,
    /// What splits readers first.
    Controversial,
    /// New or liked lately first.
    Hot,
}

impl Sort {
    /// The column that it goes by, of `comments c`.
    const fn column(self) -> &'static str {
        match self {
            Self::Best => "c.best",
            Self::Newest | Self::Oldest => "c.id",
            Self::Controversial => "c.controversial",
            Self::Hot => "c.hot",
        }
    }
}

/// What a comment hangs below, as one number: the comment it is listed under or, for a root, its
/// article. That is negative, so the two cannot be taken for one another.
fn below(article: ArticleId, parent: Option<CommentId>) -> i64 {
    parent.map_or_else(|| article.raw().saturating_neg(), CommentId::raw)
}
