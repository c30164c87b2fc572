//! `POST /manage/comments/{comment}/notes` and `GET /manage/comments/{comment}/history`.

use actix_web::{HttpRequest, HttpResponse, get, http::StatusCode, post, web::Data};
use domain::comment::parse_note;
use domain::id::{CommentId, HandlingId};
use openapi::Page;
use openapi::managed_comment::{CommentHandling, NewCommentNote};
use openapi::query::{CommentHistoryQuery, CommentPath};
use storage::comments;

use super::{find, hold};
use crate::cursor;
use crate::error::ApiError;
use crate::extract::{Json, PathId, Query};
use crate::idempotent::Answer;
use crate::respond::manage_list;
use crate::state::App;
use crate::v1::support::limit;
use crate::v1::wire;
use crate::v1::write::Asked;

/// Note something about a comment
///
/// Adds a note to the comment's history, for moderators alone. It decides nothing.
///
/// With an `Idempotency-Key` a retry makes no second note.
#[utoipa::path(
    tag = "manage comments",
    params(CommentPath),
    request_body = NewCommentNote,
    responses((
        status = 201,
        description = "The note.",
        body = CommentHandling
    ))
)]
#[post("/manage/comments/{comment}/notes")]
pub(crate) async fn add_comment_note(
    app: Data<App>,
    path: PathId<CommentId>,
    asked: Asked,
    body: Json<NewCommentNote>,
) -> Result<HttpResponse, ApiError> {
    let hash = body.hash.clone();
    let text = parse_note("text", &body.into_inner().text)?;
    let drawing = app.clone();
    let noted = asked.write(&app, &hash, move |tx| {
        let comment = hold(tx, path.0)?;
        let id = HandlingId::from_raw(drawing.new_id());
        let note = comments::note(tx, &comment, &text, id)?;
        let note = wire::managed_comment::handling(note);
        let answer = Answer::new(StatusCode::CREATED, &note)?;
        Ok(answer.location(format!("/api/v1/manage/comments/{}/history", path.0)))
    });
    Ok(noted.await?.respond())
}

/// List what was done with a comment
///
/// Every decision, change of the text and note of a moderator, the first one first.
///
/// What its author did, and everything else, is in `/manage/changes`.
#[utoipa::path(
    tag = "manage comments",
    params(CommentPath, CommentHistoryQuery),
    responses((
        status = 200,
        description = "A page of the comment's history.",
        body = Page<CommentHandling>
    ))
)]
#[get("/manage/comments/{comment}/history")]
pub(crate) async fn list_comment_history(
    app: Data<App>,
    path: PathId<CommentId>,
    query: Query<CommentHistoryQuery>,
    request: HttpRequest,
) -> Result<HttpResponse, ApiError> {
    let limit = limit(query.limit)?;
    let bound_to = format!("history of {}", path.0);
    let cursor = query.cursor.as_deref();
    let after: Option<i64> = cursor
        .map(|text| cursor::decode(&app.secret, &bound_to, text))
        .transpose()?;
    let page = app
        .store
        .read(move |conn| {
            find(conn, path.0)?;
            Ok::<_, ApiError>(comments::history(conn, path.0, after, limit)?)
        })
        .await?;
    let last = page.items.last().filter(|_| page.more);
    let next = last.map(|last| cursor::encode(&app.secret, &bound_to, &last.id.raw()));
    let items = page.items.into_iter();
    let items = items.map(wire::managed_comment::handling).collect();
    let page = Page::new(items, next.transpose()?);
    manage_list(&request, &page, page.next_cursor.as_deref())
}
