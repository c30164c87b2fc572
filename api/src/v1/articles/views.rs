//! `POST /articles/{article}/views`: the read beacon.

use actix_web::{HttpResponse, post, web::Data};
use domain::id::ArticleId;
use openapi::query::ArticlePath;

use crate::error::ApiError;
use crate::extract::{Address, PathId};
use crate::state::App;
use crate::v1::support::{key_of, public_card};

/// Count a view
///
/// A front end sends it when a reader opens the article. It needs no body; the answer has none
/// and says nothing about the count.
///
/// Views are gathered in memory and added to the article's `stats` a few seconds later, so a busy
/// article costs no write per reader.
#[utoipa::path(
    tag = "articles",
    params(ArticlePath),
    responses((status = 202, description = "The view will be counted."))
)]
#[post("/articles/{article}/views")]
pub(crate) async fn count_view(
    app: Data<App>,
    path: PathId<Address<ArticleId>>,
) -> Result<HttpResponse, ApiError> {
    let now = app.now();
    let key = key_of(path.0);
    let card = app
        .store
        .read(move |conn| public_card(conn, &key, now))
        .await?;
    app.views.add(card.id);
    Ok(HttpResponse::Accepted().finish())
}
