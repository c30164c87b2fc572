//! `/manage/comments`: what waits for a moderator, and what is decided about it.

mod bulk;
mod decide;
mod edit;
mod history;
mod list;
mod reports;
mod statistics;
mod stream;

pub(crate) use bulk::decide_comments;
pub(crate) use decide::decide_comment;
pub(crate) use edit::edit_managed_comment;
pub(crate) use history::{add_comment_note, list_comment_history};
pub(crate) use list::{get_managed_comment, list_managed_comments};
pub(crate) use reports::list_comment_reports;
pub(crate) use statistics::get_comment_statistics;
pub(crate) use stream::follow_desk;

use domain::id::CommentId;
use openapi::managed_comment::ManagedComment;
use storage::comments::{self, Locked};
use storage::{Conn, Tx};

use crate::error::ApiError;
use crate::v1::wire;

/// A comment, whatever became of it.
fn find(conn: &mut Conn<'_>, id: CommentId) -> Result<ManagedComment, ApiError> {
    let found = comments::whole(conn, id)?.ok_or_else(no_comment)?;
    Ok(wire::managed_comment::comment(found))
}

/// A comment that nobody else changes until the transaction ends.
fn hold(tx: &mut Tx<'_>, id: CommentId) -> Result<Locked, ApiError> {
    comments::lock(tx, id)?.ok_or_else(no_comment)
}

fn no_comment() -> ApiError {
    ApiError::not_found("There is no such comment.")
}
