//! `POST /manage/comments/{comment}/decisions`.

use actix_web::{HttpResponse, http::StatusCode, post, web::Data};
use domain::comment::{Decision, parse_note};
use domain::id::{CommentId, HandlingId};
use openapi::Code;
use openapi::managed_comment::{CommentDecisionRequest, ManagedComment};
use openapi::query::CommentPath;
use storage::Tx;
use storage::comments;

use super::{find, hold};
use crate::error::ApiError;
use crate::extract::{BodyHash, IfMatch, Json, PathId};
use crate::idempotent::{Answer, Outcome};
use crate::state::App;
use crate::v1::wire;
use crate::v1::write::{Asked, Refused, expect_version};

/// Decide about a comment
///
/// Approves, rejects, deletes or restores a comment, calls it spam, keeps it on top or shows it off.
/// It is seen and counted by that from the moment of the answer on; what was answered leaves a
/// tombstone, so replies keep their place.
///
/// It needs `If-Match`: what its author has changed since it was read is not decided about unseen.
/// What cannot be decided about a comment as it stands, such as pinning one that is held or restoring
/// one that its author took back, is 409.
#[utoipa::path(
    tag = "manage comments",
    params(CommentPath),
    request_body = CommentDecisionRequest,
    responses((
        status = 200,
        description = "The comment as it is now.",
        body = ManagedComment
    ))
)]
#[post("/manage/comments/{comment}/decisions")]
pub(crate) async fn decide_comment(
    app: Data<App>,
    path: PathId<CommentId>,
    version: IfMatch,
    asked: Asked,
    body: Json<CommentDecisionRequest>,
) -> Result<HttpResponse, ApiError> {
    let hash = body.hash.clone();
    let request = body.into_inner();
    let verdict = Ruling {
        decision: wire::managed_comment::decision(request.decision),
        note: note_of(request.note.as_deref())?,
    };
    let outcome = verdict.carry_out(&app, &asked, &hash, path.0, version.0);
    Ok(outcome.await?.respond())
}

/// A moderator's note, if there is one.
pub(super) fn note_of(note: Option<&str>) -> Result<Option<String>, ApiError> {
    Ok(note.map(|note| parse_note("note", note)).transpose()?)
}

/// What is decided about one comment or each of many.
#[derive(Clone)]
pub(super) struct Ruling {
    pub(super) decision: Decision,
    pub(super) note: Option<String>,
}

impl Ruling {
    pub(super) async fn carry_out(
        &self,
        app: &Data<App>,
        asked: &Asked,
        hash: &BodyHash,
        comment: CommentId,
        version: i64,
    ) -> Result<Outcome, ApiError> {
        let (ruling, drawing) = (self.clone(), app.clone());
        asked
            .write(app, hash, move |tx| {
                let handling = HandlingId::from_raw(drawing.new_id());
                ruling.apply(tx, comment, version, handling)
            })
            .await
    }

    fn apply(
        &self,
        tx: &mut Tx<'_>,
        id: CommentId,
        version: i64,
        handling: HandlingId,
    ) -> Result<Answer, Refused> {
        let comment = hold(tx, id)?;
        expect_version(version, comment.version)?;
        let note = self.note.as_deref();
        if !comments::decide(tx, &comment, self.decision, note, handling)? {
            return Err(impossible(self.decision).into());
        }
        let decided = find(tx, id)?;
        Ok(Answer::new(StatusCode::OK, &decided)?.version(decided.version))
    }
}

fn impossible(decision: Decision) -> ApiError {
    let detail = match decision {
        Decision::Approve | Decision::Reject | Decision::Spam | Decision::Delete => {
            "This comment was deleted: a moderator's deletion can be undone by `restore`, its \
             author's cannot."
        }
        Decision::Restore => "This comment was not deleted by a moderator.",
        Decision::Pin => "Only a published root comment is kept on top.",
        Decision::Feature => "Only a published comment is shown off.",
        Decision::Unpin | Decision::Unfeature => "This comment was deleted.",
    };
    ApiError::new(Code::WrongState, detail)
}
