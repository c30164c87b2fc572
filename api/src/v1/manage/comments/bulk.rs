//! `POST /manage/bulk/comments`.

use std::collections::HashSet;

use actix_web::{HttpResponse, post, web::Data};
use domain::id::CommentId;
use domain::{Invalid, InvalidCode};
use openapi::managed_comment::{
    BulkCommentAnswer, BulkCommentItem, BulkCommentOutcome, BulkCommentRequest,
};

use super::decide::{Ruling, note_of};
use crate::error::ApiError;
use crate::extract::{Json, Origin};
use crate::state::App;
use crate::v1::manage::bulk;
use crate::v1::wire;
use crate::v1::write::{Asked, Wrong};

/// The largest body: two hundred ids with versions, and a note.
const BYTES: usize = 64 * 1024;
/// The most comments of one request.
const MOST: usize = 200;

/// Decide about many comments
///
/// The same decision about up to 200 comments. Each is decided by itself and answered in its place,
/// as it is now or with the problem that it alone has; one that fails leaves the others. `version`
/// stands where `If-Match` stands for one comment. `failed` is 0 when everything was done.
///
/// Each comment is a write of its own. After 20 seconds none is begun any more: the rest is answered
/// with 503, and can be sent again. With an `Idempotency-Key` the same request can be sent again
/// until nothing is left to do: what was done is answered as it was, and not done twice.
#[utoipa::path(
    tag = "manage comments",
    request_body = BulkCommentRequest,
    responses((
        status = 200,
        description = "What became of each comment, whether it was done or not.",
        body = BulkCommentAnswer
    ))
)]
#[post("/manage/bulk/comments")]
pub(crate) async fn decide_comments(
    app: Data<App>,
    asked: Asked,
    origin: Origin,
    body: Json<BulkCommentRequest, BYTES>,
) -> Result<HttpResponse, ApiError> {
    let hash = body.hash.clone();
    let request = body.into_inner();
    let ids = check(&request.items)?;
    let ruling = Ruling {
        decision: wire::managed_comment::decision(request.decision),
        note: note_of(request.note.as_deref())?,
    };
    asked.claim(&app, &hash).await?;
    let (to, by, with, what) = (&app, &asked, &hash, &ruling);
    let outcomes = bulk::each(&app, &ids, |number, (id, version)| async move {
        let asked = by.part(number);
        what.carry_out(to, &asked, with, *id, *version).await
    });
    let outcomes = outcomes.await;
    bulk::answer(&request.items, outcomes, &origin, |failed, all| {
        BulkCommentAnswer {
            failed,
            items: all
                .into_iter()
                .map(|(item, told)| BulkCommentOutcome {
                    comment: item.comment.clone(),
                    status: told.status,
                    result: told.result,
                    problem: told.problem,
                })
                .collect(),
        }
    })
}

/// The comments and the versions that were seen, each of them once.
fn check(items: &[BulkCommentItem]) -> Result<Vec<(CommentId, i64)>, ApiError> {
    let count = match items.len() {
        0 => Err((InvalidCode::Required, "names at least one comment")),
        1..=MOST => Ok(()),
        _ => Err((InvalidCode::TooMany, "names at most 200 comments")),
    };
    count.map_err(|(code, detail)| Invalid::new("items", code, detail))?;
    let mut wrong = Wrong::default();
    let mut seen = HashSet::new();
    let mut ids = Vec::with_capacity(items.len());
    for (place, item) in items.iter().enumerate() {
        let at = format!("items/{place}/comment");
        let id = CommentId::parse(&item.comment).map_err(|invalid| invalid.at(at.clone()));
        let id = id.and_then(|id| {
            let twice = || Invalid::new(at, InvalidCode::Duplicate, "is named twice");
            seen.insert(id).then_some(id).ok_or_else(twice)
        });
        let at = format!("items/{place}/version");
        let low = || Invalid::new(at, InvalidCode::OutOfRange, "must be 1 or more");
        let version = (item.version >= 1).then_some(item.version).ok_or_else(low);
        if let (Ok(id), Ok(version)) = (wrong.check(id), wrong.check(version)) {
            ids.push((id, version));
        }
    }
    wrong.refuse().map(|()| ids)
}
