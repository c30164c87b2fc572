//! Tags as readers see them.

use actix_web::{HttpRequest, HttpResponse, get, web::Data};
use domain::id::TagId;
use openapi::Page;
use openapi::query::SlugListQuery;
use openapi::tag::Tag;
use storage::{Conn, Error, tags};

use crate::error::ApiError;
use crate::extract::{Address, Query};
use crate::respond::{Cache, public_json};
use crate::state::App;
use crate::v1::support::page_by_slug;
use crate::v1::wire;

const BOUND_TO: &str = "tags";

/// List the tags
///
/// Everything articles are marked as being about, by slug.
///
/// The articles with a tag are listed by `/articles?tag=`.
#[utoipa::path(
    tag = "tags",
    params(SlugListQuery),
    responses((
        status = 200,
        description = "A page of tags.",
        body = Page<Tag>
    ))
)]
#[get("/tags")]
pub(crate) async fn list_tags(
    app: Data<App>,
    query: Query<SlugListQuery>,
    request: HttpRequest,
) -> Result<HttpResponse, ApiError> {
    let page = page_by_slug(&app, BOUND_TO, &query, tags::list, tags::count, |tag| {
        &tag.slug
    })
    .await?;
    let cache = Cache::new()
        .tag("list:tags")
        .tags(page.items.iter().map(|tag| format!("tag:{}", tag.id)))
        .next(page.next.as_deref());
    let items = page.items.into_iter().map(wire::tag::public).collect();
    public_json(
        &request,
        &Page::new(items, page.next).with_total(page.total),
        &cache,
    )
}

/// A tag by either of its names, which must be there.
pub(crate) fn find(
    conn: &mut Conn<'_>,
    address: &Address<TagId>,
) -> Result<domain::tag::Tag, ApiError> {
    let none = || ApiError::not_found("There is no such tag.");
    look_up(conn, address)?.ok_or_else(none)
}

/// A tag by either of its names.
pub(crate) fn look_up(
    conn: &mut Conn<'_>,
    address: &Address<TagId>,
) -> Result<Option<domain::tag::Tag>, Error> {
    match address {
        Address::Id(id) => tags::get(conn, *id),
        Address::Slug(slug) => tags::by_slug(conn, slug),
    }
}
