//! Authors as readers see them.

use actix_web::{HttpRequest, HttpResponse, get, web::Data};
use domain::id::AuthorId;
use openapi::Page;
use openapi::author::Author;
use openapi::query::{AuthorListQuery, AuthorPath};
use storage::{Conn, authors};

use crate::cursor;
use crate::error::ApiError;
use crate::extract::{Address, PathId, Query};
use crate::respond::{Cache, public_json};
use crate::state::App;
use crate::v1::support::{limit, slug_after};
use crate::v1::wire;

const BOUND_TO: &str = "authors";

/// List the authors
///
/// Everybody who has a byline or may have one, by slug.
///
/// An author's articles are listed by `/articles?author=`.
#[utoipa::path(
    tag = "authors",
    params(AuthorListQuery),
    responses((
        status = 200,
        description = "A page of authors.",
        body = Page<Author>
    ))
)]
#[get("/authors")]
pub(crate) async fn list_authors(
    app: Data<App>,
    query: Query<AuthorListQuery>,
    request: HttpRequest,
) -> Result<HttpResponse, ApiError> {
    let limit = limit(query.limit)?;
    let after = slug_after(&app, BOUND_TO, query.cursor.as_deref())?;
    let wants_total = query.total.unwrap_or_default();
    let (page, total) = app
        .store
        .read(move |conn| {
            let page = authors::list(conn, after.as_ref(), limit)?;
            let total = wants_total.then(|| authors::count(conn)).transpose()?;
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
        .tag("list:authors")
        .tags(
            page.items
                .iter()
                .map(|author| format!("author:{}", author.id)),
        )
        .next(next.as_deref());
    let items = page.items.into_iter().map(wire::author::public).collect();
    public_json(&request, &Page::new(items, next).with_total(total), &cache)
}

/// Read an author
///
/// One author by id or slug, with a few words about them.
///
/// Their articles are listed by `/articles?author=`.
#[utoipa::path(
    tag = "authors",
    params(AuthorPath),
    responses((
        status = 200,
        description = "The author.",
        body = Author
    ))
)]
#[get("/authors/{author}")]
pub(crate) async fn get_author(
    app: Data<App>,
    path: PathId<Address<AuthorId>>,
    request: HttpRequest,
) -> Result<HttpResponse, ApiError> {
    let author = app.store.read(move |conn| find(conn, &path.0)).await?;
    let cache = Cache::new()
        .tag(format!("author:{}", author.id))
        .last_modified(author.updated_at);
    public_json(&request, &wire::author::public(author), &cache)
}

/// An author by either of their names.
pub(crate) fn find(
    conn: &mut Conn<'_>,
    address: &Address<AuthorId>,
) -> Result<domain::author::Author, ApiError> {
    let found = match address {
        Address::Id(id) => authors::get(conn, *id)?,
        Address::Slug(slug) => authors::by_slug(conn, slug)?,
    };
    found.ok_or_else(|| ApiError::not_found("There is no such author."))
}
