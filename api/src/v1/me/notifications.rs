//! `GET /me/notifications`.

use actix_web::{HttpRequest, HttpResponse, get, web::Data};
use domain::Timestamp;
use domain::comment::NotificationKind;
use domain::id::CommentId;
use openapi::Page;
use openapi::notification::Notification;
use openapi::query::NotificationsQuery;
use storage::notifications::{self, Place};

use super::signed_in;
use crate::cursor;
use crate::error::ApiError;
use crate::extract::{Caller, Query};
use crate::respond::manage_list;
use crate::state::App;
use crate::v1::support::limit;
use crate::v1::wire;

/// List what one is told
///
/// Who has answered one's comments, and what moderators have decided about those that waited, the
/// latest first. A reply that is gone, or whose article is not public, is not in the list.
///
/// A client remembers what it has shown by `kind` and the comment's id, and asks again when it is
/// opened; nothing is marked here.
#[utoipa::path(
    tag = "me",
    params(NotificationsQuery),
    responses((
        status = 200,
        description = "A page of notifications.",
        body = Page<Notification>
    ))
)]
#[get("/me/notifications")]
pub(crate) async fn list_my_notifications(
    app: Data<App>,
    query: Query<NotificationsQuery>,
    caller: Caller,
    request: HttpRequest,
) -> Result<HttpResponse, ApiError> {
    let (member, _) = signed_in(&caller)?;
    let (limit, now) = (limit(query.limit)?, app.now());
    let bound_to = format!("notifications {member}");
    let cursor = query.cursor.as_deref();
    let before = cursor
        .map(|text| cursor::decode(&app.secret, &bound_to, text))
        .transpose()?;
    let before = before.map(place).transpose()?;
    let page = app
        .store
        .read(move |conn| notifications::list(conn, member, before, limit, now))
        .await
        .map_err(ApiError::from)?;
    let last = page.items.last().filter(|_| page.more);
    let last = last.map(|last| {
        let kind = last.kind.as_str().to_owned();
        (last.at.as_millis(), last.comment.id.raw(), kind)
    });
    let next = last.map(|last| cursor::encode(&app.secret, &bound_to, &last));
    let items = page.items.into_iter().map(wire::notification::told);
    let page = Page::new(items.collect(), next.transpose()?);
    manage_list(&request, &page, page.next_cursor.as_deref())
}

fn place((at, comment, kind): (i64, i64, String)) -> Result<Place, ApiError> {
    let kind = NotificationKind::parse(&kind).map_err(ApiError::internal)?;
    let (at, comment) = (Timestamp::from_millis(at), CommentId::from_raw(comment));
    Ok((at, comment, kind))
}
