//! `POST /articles/{article}/views`: the read beacon.

use actix_web::{
    HttpRequest, HttpResponse,
    http::header::{HeaderValue, USER_AGENT},
    post,
    web::Data,
};
use domain::id::ArticleId;
use openapi::query::ArticlePath;

use crate::error::ApiError;
use crate::extract::{Address, Origin, PathId};
use crate::state::App;
use crate::v1::support::{key_of, public_card};
use crate::views::Reader;

/// Count a view
///
/// A front end sends it when a reader opens the article. It needs no body; the answer has none
/// and says nothing about the count.
///
/// Programs are not counted (whoever sends no `User-Agent`, or one that names a crawler, a preview,
/// a monitor or a library), nor what the same reader has read within the last 30 minutes: the same
/// network address and `User-Agent`. Nothing about readers is stored or logged for it; who has read
/// what is kept in memory as a keyed hash, for those 30 minutes.
///
/// A front end that sends it from its own server passes on the reader's `User-Agent`, and the
/// reader's address in `X-Forwarded-For` or `Forwarded`; the server is one of the trusted proxies
/// (`BROADSHEET_TRUSTED_PROXIES`). Otherwise all its readers count as one.
///
/// Views are gathered in memory and added to the article's `stats` a few seconds later, so a busy
/// article costs no write per reader. They are what `sort=popular` ranks by.
#[utoipa::path(
    tag = "articles",
    params(ArticlePath),
    responses((status = 202, description = "The view will be counted, if it is a reader's."))
)]
#[post("/articles/{article}/views")]
pub(crate) async fn count_view(
    app: Data<App>,
    path: PathId<Address<ArticleId>>,
    origin: Origin,
    request: HttpRequest,
) -> Result<HttpResponse, ApiError> {
    let now = app.now();
    let key = key_of(path.0);
    let card = app
        .store
        .read(move |conn| public_card(conn, &key, now))
        .await?;
    let reader = Reader {
        address: origin.address,
        // The whole of it: the word that matters often comes last.
        agent: request
            .headers()
            .get(USER_AGENT)
            .map_or(&[], HeaderValue::as_bytes),
    };
    app.views.count(card.id, reader, &*app.clock);
    Ok(HttpResponse::Accepted().finish())
}
