//! Authors as readers see them.

use actix_web::{HttpRequest, HttpResponse, get, web::Data};
use domain::id::AuthorId;
use openapi::Page;
use openapi::author::Author;
use openapi::query::{AuthorPath, SlugListQuery};
use storage::{Conn, Error, authors};

use crate::error::ApiError;
use crate::extract::{Address, PathId, Query};
use crate::respond::{Cache, moved, public_json};
use crate::state::App;
use crate::v1::support::page_by_slug;
use crate::v1::wire;

const BOUND_TO: &str = "authors";

/// List the authors
///
/// Everybody who has a byline or may have one, by slug.
///
/// An author's articles are listed by `/articles?author=`.
#[utoipa::path(
    tag = "authors",
    params(SlugListQuery),
    responses((
        status = 200,
        description = "A page of authors.",
        body = Page<Author>
    ))
)]
#[get("/authors")]
pub(crate) async fn list_authors(
    app: Data<App>,
    query: Query<SlugListQuery>,
    request: HttpRequest,
) -> Result<HttpResponse, ApiError> {
    let page = page_by_slug(
        &app,
        BOUND_TO,
        &query,
        authors::list,
        authors::count,
        |author| &author.slug,
    )
    .await?;
    let cache = Cache::new()
        .tag("list:authors")
        .tags(
            page.items
                .iter()
                .map(|author| format!("author:{}", author.id)),
        )
        .next(page.next.as_deref());
    let items = page.items.into_iter().map(wire::author::public).collect();
    public_json(
        &request,
        &Page::new(items, page.next).with_total(page.total),
        &cache,
    )
}

/// Read an author
///
/// One author by id or slug, with a few words about them.
///
/// A slug the author had before leads to the present one with 301, and so does the id of one who was
/// merged into another. Their articles are listed by `/articles?author=`.
#[utoipa::path(
    tag = "authors",
    params(AuthorPath),
    responses(
        (
            status = 200,
            description = "The author.",
            body = Author
        ),
        (status = 301, description = "The author has another slug now, or is another author; `Location` names it.")
    )
)]
#[get("/authors/{author}")]
pub(crate) async fn get_author(
    app: Data<App>,
    path: PathId<Address<AuthorId>>,
    request: HttpRequest,
) -> Result<HttpResponse, ApiError> {
    let (author, old) = app.store.read(move |conn| led(conn, &path.0)).await?;
    let cache = Cache::new()
        .tag(format!("author:{}", author.id))
        .last_modified(author.updated_at);
    if old {
        let path = format!("/api/v1/authors/{}", author.slug);
        return moved(&request, &path, &cache);
    }
    public_json(&request, &wire::author::public(author), &cache)
}

/// An author by any of their names, and whether it is one from before.
fn led(
    conn: &mut Conn<'_>,
    address: &Address<AuthorId>,
) -> Result<(domain::author::Author, bool), ApiError> {
    if let Some(author) = look_up(conn, address)? {
        return Ok((author, false));
    }
    let present = match address {
        Address::Id(id) => authors::merged(conn, *id)?,
        Address::Slug(slug) => authors::moved(conn, slug)?,
    };
    let none = || ApiError::not_found("There is no such author.");
    let author = find(conn, &Address::Id(present.ok_or_else(none)?))?;
    Ok((author, true))
}

/// An author by either of their names, who must be there.
pub(crate) fn find(
    conn: &mut Conn<'_>,
    address: &Address<AuthorId>,
) -> Result<domain::author::Author, ApiError> {
    let none = || ApiError::not_found("There is no such author.");
    look_up(conn, address)?.ok_or_else(none)
}

/// An author by either of their names.
pub(crate) fn look_up(
    conn: &mut Conn<'_>,
    address: &Address<AuthorId>,
) -> Result<Option<domain::author::Author>, Error> {
    match address {
        Address::Id(id) => authors::get(conn, *id),
        Address::Slug(slug) => authors::by_slug(conn, slug),
    }
}
