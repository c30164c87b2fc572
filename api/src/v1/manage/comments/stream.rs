//! `GET /manage/comment-stream`.

use actix_web::{HttpRequest, HttpResponse, get, web::Data};
use domain::{Access, Action};
use openapi::query::LastEventIdHeader;
use openapi::stream::DESK_EXAMPLE;

use crate::error::ApiError;
use crate::extract::{LastEventId, Origin};
use crate::live::{self, Guard, Topic};
use crate::state::App;

/// Follow the desk
///
/// Server-sent events about what waits for moderators. `data` is JSON: of `waiting` the comment as
/// `/manage/comments/{comment}` answers it, which has just come onto the desk or has changed there; of
/// `settled` the `id` and `article_id` of one that waits no more. What is decided within the same
/// moment is told once, as it is in the end.
///
/// The first event is `ready`, or `reset`, and `Last-Event-ID` goes on after an event, as on the stream
/// of an article. The stream ends when the access token it was opened with does.
#[utoipa::path(
    tag = "manage comments",
    params(LastEventIdHeader),
    responses((
        status = 200,
        description = "The events, one after another.",
        body = String,
        content_type = "text/event-stream",
        example = json!(DESK_EXAMPLE)
    ))
)]
#[get("/manage/comment-stream")]
pub(crate) async fn follow_desk(
    app: Data<App>,
    origin: Origin,
    last: LastEventId,
    request: HttpRequest,
) -> Result<HttpResponse, ApiError> {
    let guard = Guard::of(&request, Access::Staff(Action::ModerateComments));
    live::open(
        app,
        &request,
        Topic::Desk,
        origin.address,
        last,
        Some(guard),
    )
    .await
}
