//! `POST /manage/articles/{article}/unpublish`.

use actix_web::{HttpResponse, post, web::Data};
use domain::id::ArticleId;
use openapi::managed_article::{EmptyRequest, ManagedArticle};
use openapi::query::ArticlePath;

use super::transition::{Transition, Wish};
use crate::error::ApiError;
use crate::extract::{Address, IfMatch, Json, PathId};
use crate::state::App;
use crate::v1::write::Asked;

/// Unpublish an article
///
/// Takes the article back at once: readers get a 404, and it stands in no list. What was only
/// scheduled will not appear. Its comments and its counters are kept and return with it.
///
/// Its addresses stay its own. It may be published again, and then has the date that it had. It
/// needs `If-Match`; an empty body is as good as `{}`.
#[utoipa::path(
    tag = "manage articles",
    params(ArticlePath),
    request_body = EmptyRequest,
    responses((
        status = 200,
        description = "The working copy, with its new version and status.",
        body = ManagedArticle
    ))
)]
#[post("/manage/articles/{article}/unpublish")]
pub(crate) async fn unpublish_article(
    app: Data<App>,
    path: PathId<Address<ArticleId>>,
    version: IfMatch,
    asked: Asked,
    body: Json<EmptyRequest>,
) -> Result<HttpResponse, ApiError> {
    Transition::new(Wish::Unpublish, path.0, version.0)
        .respond(&app, &asked, &body.hash)
        .await
}
