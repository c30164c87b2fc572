//! `GET /comments`: what was said last, anywhere on the site.

use actix_web::{HttpRequest, HttpResponse, get, web::Data};
use openapi::comment::Comment;
use openapi::query::SiteCommentsQuery;
use openapi::{Page, examples};
use storage::comments;

use super::thread::{after, flat_page};
use crate::error::ApiError;
use crate::extract::Query;
use crate::respond::{Cache, public_json};
use crate::state::App;
use crate::v1::support::limit;

const BOUND_TO: &str = "newest comments";

/// List the newest comments
///
/// Published comments of the whole site, roots and replies alike, the newest first: for a box on
/// a front page.
///
/// Comments under articles that cannot be read now are left out, as are those that wait for a
/// moderator.
#[utoipa::path(
    tag = "comments",
    params(SiteCommentsQuery),
    responses((
        status = 200,
        description = "A page of comments.",
        body = Page<Comment>,
        example = json!(examples::newest_comments())
    ))
)]
#[get("/comments")]
pub(crate) async fn list_comments(
    app: Data<App>,
    query: Query<SiteCommentsQuery>,
    request: HttpRequest,
) -> Result<HttpResponse, ApiError> {
    let now = app.now();
    let limit = limit(query.limit)?;
    let after = after(&app, BOUND_TO, query.cursor.as_deref())?;
    let page = app
        .store
        .read(move |conn| comments::newest(conn, after, limit, now))
        .await;
    let page = flat_page(&app, BOUND_TO, page?)?;
    let cache = Cache::new()
        .tag("list:comments")
        .until(app.site.next_transition(now))
        .next(page.next_cursor.as_deref());
    public_json(&request, &page, &cache)
}
