//! Authors as editors handle them.

use actix_web::{HttpRequest, HttpResponse, get, http::StatusCode, patch, post, web::Data};
use domain::author::{Author, parse_bio, parse_name};
use domain::id::AuthorId;
use openapi::author::{AuthorPatch, ManagedAuthor, NewAuthor};
use openapi::query::{AuthorPath, SlugListQuery};
use openapi::{Page, Patch};
use storage::Tx;
use storage::authors::{self, AuthorChange};

use crate::error::ApiError;
use crate::extract::{Address, Caller, IfMatch, Json, PathId, Query};
use crate::idempotent::Answer;
use crate::respond::{manage_json, manage_list};
use crate::state::App;
use crate::v1::authors::find;
use crate::v1::naming::{Naming, Renaming, settle_slug};
use crate::v1::support::page_by_slug;
use crate::v1::wire;
use crate::v1::write::{Asked, Refused, Wrong, change, expect_version};

const BOUND_TO: &str = "manage authors";

/// List authors to manage
///
/// Every author with the version that a change has to build on, by slug.
///
/// `total=true` counts them all.
#[utoipa::path(
    tag = "manage authors",
    params(SlugListQuery),
    responses((
        status = 200,
        description = "A page of authors.",
        body = Page<ManagedAuthor>
    ))
)]
#[get("/manage/authors")]
pub(crate) async fn list_managed_authors(
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
    let items = page.items.into_iter().map(wire::author::managed).collect();
    let page = Page::new(items, page.next).with_total(page.total);
    manage_list(&request, &page, page.next_cursor.as_deref())
}

/// Read an author to manage
///
/// One author by id or slug.
///
/// The `ETag` names the version that a change has to build on.
#[utoipa::path(
    tag = "manage authors",
    params(AuthorPath),
    responses((
        status = 200,
        description = "The author.",
        body = ManagedAuthor
    ))
)]
#[get("/manage/authors/{author}")]
pub(crate) async fn get_managed_author(
    app: Data<App>,
    path: PathId<Address<AuthorId>>,
) -> Result<HttpResponse, ApiError> {
    let author = app.store.read(move |conn| find(conn, &path.0)).await?;
    let author = wire::author::managed(author);
    manage_json(&author, author.version)
}

/// Create an author
///
/// A new author. Without a slug one is made from the name, with a number where it is taken.
///
/// With an `Idempotency-Key` a retry gets the first answer and makes no second author.
#[utoipa::path(
    tag = "manage authors",
    request_body = NewAuthor,
    responses((
        status = 201,
        description = "The author.",
        body = ManagedAuthor
    ))
)]
#[post("/manage/authors")]
pub(crate) async fn create_author(
    app: Data<App>,
    asked: Asked,
    body: Json<NewAuthor>,
) -> Result<HttpResponse, ApiError> {
    let hash = body.hash.clone();
    let new = New::parse(body.into_inner())?;
    let drawing = app.clone();
    let outcome = asked
        .write(&app, &hash, move |tx| {
            insert(tx, AuthorId::from_raw(drawing.new_id()), &new)
        })
        .await?;
    Ok(outcome.respond())
}

/// Change an author
///
/// A JSON Merge Patch; a member left out stays as it is. Readers see the change at once, on every
/// article by the author too.
///
/// It must name the version it builds on in `If-Match`; when somebody else was faster the answer
/// is 412 and says the version to build on.
#[utoipa::path(
    tag = "manage authors",
    params(AuthorPath),
    request_body = AuthorPatch,
    responses((
        status = 200,
        description = "The author after the change.",
        body = ManagedAuthor
    ))
)]
#[patch("/manage/authors/{author}")]
pub(crate) async fn patch_author(
    app: Data<App>,
    path: PathId<Address<AuthorId>>,
    caller: Caller,
    version: IfMatch,
    body: Json<AuthorPatch>,
) -> Result<HttpResponse, ApiError> {
    let wanted = Change::parse(body.into_inner())?;
    let author = change(&app, caller, move |tx| {
        save(tx, &path.0, version.0, wanted.clone())
    })
    .await?;
    let author = wire::author::managed(author);
    manage_json(&author, author.version)
}

#[derive(Debug, Clone)]
struct New {
    naming: Naming,
    bio: Option<String>,
}

impl New {
    fn parse(new: NewAuthor) -> Result<Self, ApiError> {
        let mut wrong = Wrong::default();
        let naming = Naming::parse(parse_name(&new.name), new.slug.as_deref(), &mut wrong);
        let bio = wrong.check_given(new.bio, |text| parse_bio(&text));
        let (Ok(naming), Ok(bio)) = (naming, bio) else {
            return Err(wrong.into_error());
        };
        Ok(Self { naming, bio })
    }
}

#[derive(Debug, Clone)]
struct Change {
    naming: Renaming,
    bio: Patch<String>,
}

impl Change {
    fn parse(patch: AuthorPatch) -> Result<Self, ApiError> {
        let mut wrong = Wrong::default();
        let naming = Renaming::parse(patch.name, parse_name, patch.slug, &mut wrong);
        let bio = wrong.check_patch(patch.bio, |text| parse_bio(&text));
        let (Ok(naming), Ok(bio)) = (naming, bio) else {
            return Err(wrong.into_error());
        };
        Ok(Self { naming, bio })
    }
}

fn insert(tx: &mut Tx<'_>, id: AuthorId, new: &New) -> Result<Answer, Refused> {
    let slug = settle_slug::<AuthorId>(tx, &new.naming.slug, None)?;
    let now = tx.now();
    let author = Author {
        id,
        slug,
        name: new.naming.name.clone(),
        bio: new.bio.clone(),
        version: 1,
        created_at: now,
        updated_at: now,
    };
    authors::insert(tx, &author)?;
    let version = author.version;
    let answer = Answer::new(StatusCode::CREATED, &wire::author::managed(author))?;
    Ok(answer
        .location(format!("/api/v1/manage/authors/{id}"))
        .version(version))
}

fn save(
    tx: &mut Tx<'_>,
    address: &Address<AuthorId>,
    version: i64,
    change: Change,
) -> Result<Author, Refused> {
    let author = find(tx, address)?;
    expect_version(version, author.version)?;
    let present = (author.name, author.slug);
    let (name, slug) = change.naming.settle(tx, author.id, present)?;
    let change = AuthorChange {
        slug,
        name,
        bio: change.bio.apply(author.bio),
    };
    Ok(authors::update(tx, author.id, version, &change)?)
}
