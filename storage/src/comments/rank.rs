//! How readers voted on a comment, and where that puts it among those beside it.

use diesel::prelude::*;
use domain::comment::{Keys, Votes};
use domain::id::{ArticleId, CommentId};
use domain::time::Timestamp;

use crate::statement::Statement;
use crate::{Error, Tx};

/// What decides where a comment stands. Its row is locked.
#[derive(Debug, Clone, Copy)]
pub(super) struct Ranked {
    pub(super) id: CommentId,
    pub(super) article: ArticleId,
    pub(super) votes: Votes,
    pub(super) created_at: Timestamp,
    /// Its number among the comments of its article.
    pub(super) ordinal: i64,
    /// Kept on top.
    pub(super) pinned: bool,
}

/// Writes the votes of a comment and the keys that follow from them: the one place that does. One
/// statement.
pub(super) fn rank(tx: &mut Tx<'_>, ranked: &Ranked) -> Result<(), Error> {
    let keys = Keys::of(ranked.votes, ranked.created_at, ranked.ordinal).pinned(ranked.pinned);
    Statement::<()>::new("UPDATE comments SET up = ")
        .number(ranked.votes.up)
        .sql(", down = ")
        .number(ranked.votes.down)
        .sql(", best = ")
        .number(keys.best)
        .sql(", controversial = ")
        .number(keys.controversial)
        .sql(", hot = ")
        .number(keys.hot)
        .sql(" WHERE id = ")
        .number(ranked.id.raw())
        .execute(tx.0)?;
    Ok(())
}
