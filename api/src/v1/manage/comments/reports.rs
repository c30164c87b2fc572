//! `GET /manage/comments/{comment}/reports`.

use actix_web::{HttpRequest, HttpResponse, get, web::Data};
use domain::id::{CommentId, ReportId};
use openapi::Page;
use openapi::query::{CommentPath, ReportListQuery};
use openapi::report::ManagedReport;
use storage::comments::reports;

use super::no_comment;
use crate::cursor;
use crate::error::ApiError;
use crate::extract::{PathId, Query};
use crate::respond::manage_list;
use crate::state::App;
use crate::v1::support::limit;
use crate::v1::wire;

/// List the reports of a comment
///
/// What members said about one comment, whatever became of it, the latest first: who, why, and what
/// it weighs.
///
/// A decision about the comment resolves those that are open: to approve it dismisses them, to take
/// it away upholds them, and later reports of the same members weigh less or more.
#[utoipa::path(
    tag = "manage comments",
    params(CommentPath, ReportListQuery),
    responses((
        status = 200,
        description = "A page of reports.",
        body = Page<ManagedReport>
    ))
)]
#[get("/manage/comments/{comment}/reports")]
pub(crate) async fn list_comment_reports(
    app: Data<App>,
    path: PathId<CommentId>,
    query: Query<ReportListQuery>,
    request: HttpRequest,
) -> Result<HttpResponse, ApiError> {
    let comment = path.0;
    let bound_to = format!("reports {comment}");
    let limit = limit(query.limit)?;
    let before: Option<i64> = query
        .cursor
        .as_deref()
        .map(|text| cursor::decode(&app.secret, &bound_to, text))
        .transpose()?;
    let before = before.map(ReportId::from_raw);
    let page = app
        .store
        .read(move |conn| {
            let page = reports::of_comment(conn, comment, before, limit)?;
            page.ok_or_else(no_comment)
        })
        .await?;
    let next = match page.items.last() {
        Some(last) if page.more => Some(cursor::encode(&app.secret, &bound_to, &last.id.raw())?),
        _ => None,
    };
    let items = page.items.into_iter().map(wire::report::managed).collect();
    let page = Page::new(items, next);
    manage_list(&request, &page, page.next_cursor.as_deref())
}
