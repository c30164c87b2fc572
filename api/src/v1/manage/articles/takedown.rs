//! `POST /manage/articles/{article}/takedown` and `/restore`.

use actix_web::{HttpResponse, post, web::Data};
use domain::article::{Takedown, parse_notice, parse_reason};
use domain::id::ArticleId;
use openapi::managed_article::{EmptyRequest, ManagedArticle, TakedownRequest};
use openapi::query::ArticlePath;

use super::transition::{Transition, Wish};
use crate::error::ApiError;
use crate::extract::{Address, IfMatch, Json, PathId};
use crate::state::App;
use crate::v1::write::{Asked, Wrong};

/// Take an article down
///
/// Removes an article for cause, at once and from every public answer: the article itself, its
/// comments, every list. All its addresses, old ones too, answer 410 from then on, with
/// `public_notice` as the `notice` of the problem. An article that readers could never follow
/// anywhere goes on answering 404.
///
/// The `reason` is for the newsroom: it stands in the working copy and in the change log, and
/// readers never see it. The working copy can still be changed; only an administrator can undo the
/// takedown, and before that nothing of it is published. It needs `If-Match`.
#[utoipa::path(
    tag = "manage articles",
    params(ArticlePath),
    request_body = TakedownRequest,
    responses((
        status = 200,
        description = "The working copy, with its new version and status.",
        body = ManagedArticle
    ))
)]
#[post("/manage/articles/{article}/takedown")]
pub(crate) async fn take_article_down(
    app: Data<App>,
    path: PathId<Address<ArticleId>>,
    version: IfMatch,
    asked: Asked,
    body: Json<TakedownRequest>,
) -> Result<HttpResponse, ApiError> {
    let hash = body.hash.clone();
    let wish = Wish::TakeDown(parse(&body.into_inner())?);
    Transition::new(wish, path.0, version.0)
        .respond(&app, &asked, &hash)
        .await
}

pub(super) fn parse(request: &TakedownRequest) -> Result<Takedown, ApiError> {
    let mut wrong = Wrong::default();
    let reason = wrong.check(parse_reason(&request.reason));
    let notice = wrong.check_given(request.public_notice.as_deref(), parse_notice);
    match (reason, notice) {
        (Ok(reason), Ok(public_notice)) => Ok(Takedown {
            reason,
            public_notice,
        }),
        _ => Err(wrong.into_error()),
    }
}

/// Undo a takedown
///
/// The article is unpublished from then on: its addresses answer 404 and are still its own, and
/// editors can publish it again, with the date and the comments that it had. What the takedown
/// was for stays in the change log.
///
/// Only administrators may do this. It needs `If-Match`; an empty body is as good as `{}`.
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
#[post("/manage/articles/{article}/restore")]
pub(crate) async fn restore_article(
    app: Data<App>,
    path: PathId<Address<ArticleId>>,
    version: IfMatch,
    asked: Asked,
    body: Json<EmptyRequest>,
) -> Result<HttpResponse, ApiError> {
    Transition::new(Wish::Restore, path.0, version.0)
        .respond(&app, &asked, &body.hash)
        .await
}
