//! `GET /manage/articles`.

use actix_web::{HttpRequest, HttpResponse, get, web::Data};
use domain::id::ArticleId;
use openapi::Page;
use openapi::managed_article::ManagedArticleCard;
use openapi::query::ManageArticleListQuery;
use storage::articles::{self, ManageFilter};
use storage::published;

use crate::cursor;
use crate::error::ApiError;
use crate::extract::Query;
use crate::respond::manage_list;
use crate::state::App;
use crate::v1::support::{limit, section_parameter, tree_with};
use crate::v1::wire;

/// List working copies
///
/// All articles as they are being worked on, the latest created first, without their texts;
/// `status` and `section` narrow the list.
///
/// `status` is what an article is now: one that is scheduled becomes `published` by itself when
/// its time has come.
#[utoipa::path(
    tag = "manage articles",
    params(ManageArticleListQuery),
    responses((
        status = 200,
        description = "A page of working copies.",
        body = Page<ManagedArticleCard>
    ))
)]
#[get("/manage/articles")]
pub(crate) async fn list_managed_articles(
    app: Data<App>,
    query: Query<ManageArticleListQuery>,
    request: HttpRequest,
) -> Result<HttpResponse, ApiError> {
    let now = app.now();
    let bound_to = format!("manage articles {}", query.fingerprint());
    let limit = limit(query.limit)?;
    let section = query
        .section
        .as_deref()
        .map(|text| section_parameter(&app, text))
        .transpose()?;
    let filter = ManageFilter {
        status: query.status.map(wire::editorial::asked_status),
        section,
    };
    let after = query
        .cursor
        .as_deref()
        .map(|text| cursor::decode(&app.secret, &bound_to, text))
        .transpose()?
        .map(ArticleId::from_raw);
    let (page, names) = app
        .store
        .read(move |conn| {
            let page = articles::list(conn, &filter, after, limit, now)?;
            let authors: Vec<_> = page
                .items
                .iter()
                .flat_map(|card| card.authors.clone())
                .collect();
            let tags: Vec<_> = page
                .items
                .iter()
                .flat_map(|card| card.tags.clone())
                .collect();
            let names = published::names(conn, authors, tags)?;
            Ok::<_, ApiError>((page, names))
        })
        .await?;
    let next = match page.items.last() {
        Some(last) if page.more => Some(cursor::encode(&app.secret, &bound_to, &last.id.raw())?),
        _ => None,
    };
    let tree = tree_with(&app, page.items.iter().map(|card| card.section)).await?;
    let items: Result<Vec<_>, _> = page
        .items
        .into_iter()
        .map(|card| wire::editorial::card(card, &tree, &names, now))
        .collect();
    let page = Page::new(items?, next);
    manage_list(&request, &page, page.next_cursor.as_deref())
}
