//! `GET /manage/articles/{article}/revisions`.

use actix_web::{HttpRequest, HttpResponse, get, web::Data};
use domain::id::ArticleId;
use openapi::Page;
use openapi::query::{ArticlePath, RevisionListQuery};
use openapi::revision::RevisionCard;
use storage::articles;

use crate::cursor;
use crate::error::ApiError;
use crate::extract::{Address, Caller, PathId, Query};
use crate::respond::manage_list;
use crate::state::App;
use crate::v1::manage::articles::read::find;
use crate::v1::support::limit;
use crate::v1::wire;

/// List revisions
///
/// Everything that was saved of an article, the latest first, without what it says: who saved it,
/// when and why, which one is published and which one is being worked on.
///
/// Readers see none of them, only what was published last. Authors find the revisions of their own
/// articles.
#[utoipa::path(
    tag = "manage articles",
    params(ArticlePath, RevisionListQuery),
    responses((
        status = 200,
        description = "A page of revisions.",
        body = Page<RevisionCard>
    ))
)]
#[get("/manage/articles/{article}/revisions")]
pub(crate) async fn list_revisions(
    app: Data<App>,
    path: PathId<Address<ArticleId>>,
    query: Query<RevisionListQuery>,
    caller: Caller,
    request: HttpRequest,
) -> Result<HttpResponse, ApiError> {
    let limit = limit(query.limit)?;
    let (secret, cursor) = (app.secret.clone(), query.cursor.clone());
    let (article, page) = app
        .store
        .read(move |conn| {
            let (article, _) = find(conn, &caller.0, &path.0)?;
            let bound_to = bound_to(article.card.id);
            let before: Option<i64> = cursor
                .as_deref()
                .map(|text| cursor::decode(&secret, &bound_to, text))
                .transpose()?;
            let page = articles::revisions(conn, article.card.id, before, limit)?;
            Ok::<_, ApiError>((article.card, page))
        })
        .await?;
    let next = match page.items.last() {
        Some(last) if page.more => Some(cursor::encode(
            &app.secret,
            &bound_to(article.id),
            &last.number,
        )?),
        _ => None,
    };
    let items = page.items.into_iter();
    let items = items.map(|card| wire::revision::card(card, &article));
    let page = Page::new(items.collect(), next);
    manage_list(&request, &page, page.next_cursor.as_deref())
}

fn bound_to(article: ArticleId) -> String {
    format!("revisions of {article}")
}
