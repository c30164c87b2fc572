//! Tags as readers see them.

use actix_web::{HttpRequest, HttpResponse, get, web::Data};
use domain::id::TagId;
use openapi::Page;
use openapi::query::TagListQuery;
use openapi::tag::Tag;
use storage::{Conn, tags};

use crate::cursor;
use crate::error::ApiError;
use crate::extract::{Address, Query};
use crate::respond::{Cache, public_json};
use crate::state::App;
use crate::v1::support::{limit, slug_after};
use crate::v1::wire;

const BOUND_TO: &str = "tags";

/// List the tags
///
/// Everything articles are marked as being about, by slug.
///
/// The articles with a tag are listed by `/articles?tag=`.
#[utoipa::path(
    tag = "tags",
    params(TagListQuery),
    responses((
        status = 200,
        description = "A page of tags.",
        body = Page<Tag>
    ))
)]
#[get("/tags")]
pub(crate) async fn list_tags(
    app: Data<App>,
    query: Query<TagListQuery>,
    request: HttpRequest,
) -> Result<HttpResponse, ApiError> {
    let limit = limit(query.limit)?;
    let after = slug_after(&app, BOUND_TO, query.cursor.as_deref())?;
    let wants_total = query.total.unwrap_or_default();
    let (page, total) = app
        .store
        .read(move |conn| {
            let page = tags::list(conn, after.as_ref(), limit)?;
            let total = wants_total.then(|| tags::count(conn)).transpose()?;
            Ok::<_, ApiError>((page, total))
        })
        .await?;
    let next = match page.items.last() {
        Some(last) if page.more => {
            Some(cursor::encode(&app.secret, BOUND_TO, &last.slug.as_str())?)
        }
        _ => None,
    };
    let cache = Cache::new()
        .tag("list:tags")
        .tags(page.items.iter().map(|tag| format!("tag:{}", tag.id)))
        .next(next.as_deref());
    let items = page.items.into_iter().map(wire::tag::public).collect();
    public_json(&request, &Page::new(items, next).with_total(total), &cache)
}

/// A tag by either of its names.
pub(crate) fn find(
    conn: &mut Conn<'_>,
    address: &Address<TagId>,
) -> Result<domain::tag::Tag, ApiError> {
    let found = match address {
        Address::Id(id) => tags::get(conn, *id)?,
        Address::Slug(slug) => tags::by_slug(conn, slug)?,
    };
    found.ok_or_else(|| ApiError::not_found("There is no such tag."))
}
