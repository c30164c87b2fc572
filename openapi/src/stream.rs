//! What the events of streams carry in `data`.

use serde::{Deserialize, Serialize};

use crate::comment::Votes;

/// An example of a stream of comments, for the document.
pub const COMMENTS_EXAMPLE: &str = "\
retry: 2718\n\
id: WzAsNDBdx3k\n\
event: ready\n\
data: {}\n\
\n\
id: WzAsNDFd9fQ\n\
event: votes\n\
data: {\"id\":\"cmt_38g7v8x4q5191\",\"article_id\":\"art_38g7v6cxq6t9y\",\"votes\":{\"up\":12,\"down\":3,\"score\":9}}\n\
\n";

/// An example of the moderators' stream, for the document.
pub const DESK_EXAMPLE: &str = "\
retry: 2718\n\
id: WzAsNDBdx3k\n\
event: ready\n\
data: {}\n\
\n\
id: WzAsNDFd9fQ\n\
event: settled\n\
data: {\"id\":\"cmt_38g7v8x4q5191\",\"article_id\":\"art_38g7v6cxq6t9y\"}\n\
\n";

/// `removed`: a comment is not to be read any more.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CommentRemoved {
    /// The comment.
    pub id: String,
    /// The article it stands under.
    pub article_id: String,
    /// Whether it stays as a tombstone, because replies to it are shown.
    pub answered: bool,
}

/// `votes`: how readers voted on a comment has changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CommentVoted {
    /// The comment.
    pub id: String,
    /// The article it stands under.
    pub article_id: String,
    /// How they have voted now.
    pub votes: Votes,
}

/// `settled`: a comment waits for moderators no more.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CommentSettled {
    /// The comment.
    pub id: String,
    /// The article it stands under.
    pub article_id: String,
}
