//! One's own comments, those that nobody else sees among them.

use actix_web::{HttpResponse, get, http::StatusCode, web::Data};
use domain::Timestamp;
use domain::comment::CommentStatus;
use domain::id::{ArticleId, CommentId};
use openapi::Page;
use openapi::comment::OwnComment;
use openapi::query::{CommentPath, EditTokenHeader, OwnCommentsQuery};
use storage::published::{self, Located};
use storage::{Conn, comments};

use super::signed_in;
use crate::cursor;
use crate::error::ApiError;
use crate::extract::{Address, Caller, EditToken, PathId, Query};
use crate::respond::private_json;
use crate::state::App;
use crate::v1::comments::{no_comment, wrote};
use crate::v1::support::{address_parameter, limit, no_article};
use crate::v1::wire;

/// List one's comments
///
/// Everything the account has posted and not deleted, the newest first, with what only its author
/// is told: whether it waits for a moderator or was refused, and why.
///
/// With `article` an app lays one's waiting comments over a thread, which is the same for
/// everybody and does not have them.
#[utoipa::path(
    tag = "me",
    params(OwnCommentsQuery),
    responses((
        status = 200,
        description = "A page of one's comments.",
        body = Page<OwnComment>
    ))
)]
#[get("/me/comments")]
pub(crate) async fn list_my_comments(
    app: Data<App>,
    caller: Caller,
    query: Query<OwnCommentsQuery>,
) -> Result<HttpResponse, ApiError> {
    let (user, _) = signed_in(&caller)?;
    let now = app.now();
    let limit = limit(query.limit)?;
    let asked = query.article.as_deref();
    let address: Option<Address<ArticleId>> = asked
        .map(|text| address_parameter("article", text))
        .transpose()?;
    let bound_to = format!("own comments {user} {}", asked.unwrap_or_default());
    let cursor = query.cursor.as_deref();
    let before = cursor
        .map(|text| cursor::decode(&app.secret, &bound_to, text))
        .transpose()?;
    let page = app
        .store
        .read(move |conn| {
            let article = address.map(|address| article_of(conn, address, now));
            let article = article.transpose()?;
            Ok::<_, ApiError>(comments::mine(conn, user, article, before, limit)?)
        })
        .await?;
    let last = page.items.last().map(|own| own.comment.position);
    let next = last.filter(|_| page.more);
    let next = next.map(|last| cursor::encode(&app.secret, &bound_to, &last));
    let items: Vec<OwnComment> = page
        .items
        .into_iter()
        .map(|own| wire::comment::own_whole(own, now))
        .collect();
    private_json(StatusCode::OK, &Page::new(items, next.transpose()?))
}

/// Read one of one's comments
///
/// One's own comment, whatever became of it, unless one has deleted it. A guest shows the comment's
/// `edit_token` in `X-Edit-Token`: this is where a guest learns what a moderator has decided.
///
/// To everybody else there is nothing here.
#[utoipa::path(
    tag = "me",
    params(CommentPath, EditTokenHeader),
    responses((
        status = 200,
        description = "The comment.",
        body = OwnComment
    ))
)]
#[get("/me/comments/{comment}")]
pub(crate) async fn get_my_comment(
    app: Data<App>,
    path: PathId<CommentId>,
    caller: Caller,
    token: EditToken,
) -> Result<HttpResponse, ApiError> {
    let now = app.now();
    let own = app
        .store
        .read(move |conn| comments::whole(conn, path.0))
        .await
        .map_err(ApiError::from)?;
    let own = own
        .filter(|own| own.comment.status != CommentStatus::Deleted)
        .filter(|own| wrote(&app, &caller.0, path.0, own.comment.user, &token))
        .ok_or_else(no_comment)?;
    private_json(StatusCode::OK, &wire::comment::own_whole(own, now))
}

/// An id is taken as it is: one's comments stay one's own when their article is not public any
/// more.
fn article_of(
    conn: &mut Conn<'_>,
    address: Address<ArticleId>,
    now: Timestamp,
) -> Result<ArticleId, ApiError> {
    match address {
        Address::Id(id) => Ok(id),
        Address::Slug(slug) => match published::locate(conn, &slug, now)? {
            Some(Located::Article { id, .. }) => Ok(id),
            Some(Located::Gone(gone)) => Ok(gone.article),
            None => Err(no_article()),
        },
    }
}
