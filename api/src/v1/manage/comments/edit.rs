//! `PATCH /manage/comments/{comment}`.

use actix_web::{HttpResponse, patch, web::Data};
use domain::comment::CommentStatus;
use domain::id::{CommentId, HandlingId};
use openapi::Code;
use openapi::comment::CommentPatch;
use openapi::managed_comment::ManagedComment;
use openapi::query::CommentPath;
use storage::comments::{self, NewText};

use super::{find, hold};
use crate::error::ApiError;
use crate::extract::{COMMENT_BYTES, Caller, IfMatch, Json, PathId};
use crate::respond::manage_json;
use crate::state::App;
use crate::v1::comments::Text;
use crate::v1::write::{change, expect_version};

/// Change what a comment says
///
/// A moderator gives a comment another text, to take out a telephone number rather than the whole
/// comment. It is rendered and sanitised like its author's, and `edited_at` tells readers.
///
/// No rule is asked: whoever changes it has read it. It stays published or held as it was.
#[utoipa::path(
    tag = "manage comments",
    params(CommentPath),
    request_body = CommentPatch,
    responses((
        status = 200,
        description = "The comment after the change.",
        body = ManagedComment
    ))
)]
#[patch("/manage/comments/{comment}")]
pub(crate) async fn edit_managed_comment(
    app: Data<App>,
    path: PathId<CommentId>,
    version: IfMatch,
    caller: Caller,
    body: Json<CommentPatch, COMMENT_BYTES>,
) -> Result<HttpResponse, ApiError> {
    let text = Text::parse(&body.into_inner().body)?;
    let new = NewText {
        source: text.source,
        html: text.html,
        text: text.plain,
    };
    let drawing = app.clone();
    let changed = change(&app, caller, move |tx| {
        let comment = hold(tx, path.0)?;
        expect_version(version.0, comment.version)?;
        if comment.status == CommentStatus::Deleted {
            let detail = "This comment was deleted, so it cannot be changed.";
            return Err(ApiError::new(Code::WrongState, detail).into());
        }
        comments::reword(tx, &comment, &new, HandlingId::from_raw(drawing.new_id()))?;
        Ok(find(tx, path.0)?)
    });
    let comment = changed.await?;
    manage_json(&comment, comment.version)
}
