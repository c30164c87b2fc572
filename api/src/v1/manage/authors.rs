//! Authors as editors handle them.

use actix_web::{HttpRequest, HttpResponse, get, http::StatusCode, patch, post, web::Data};
use domain::Slug;
use domain::author::{Author, parse_bio, parse_name};
use domain::id::AuthorId;
use openapi::author::{AuthorPatch, ManagedAuthor, NewAuthor};
use openapi::query::{AuthorListQuery, AuthorPath};
use openapi::{Page, Patch};
use storage::authors::{self, AuthorChange, free_slug};
use storage::{Conn, Error, Tx};

use crate::cursor;
use crate::error::ApiError;
use crate::extract::{Address, Caller, IdempotencyKey, IfMatch, Json, PathId, Query};
use crate::idempotent::Answer;
use crate::respond::{manage_json, manage_list};
use crate::state::App;
use crate::v1::authors::find;
use crate::v1::support::{limit, slug_after};
use crate::v1::wire;
use crate::v1::write::{
    Asked, Refused, Wanted, Wrong, change, expect_version, given_slug, patched_slug, settle_slug,
    wanted_slug,
};

const BOUND_TO: &str = "manage authors";

/// List authors to manage
///
/// Every author with the version that a change has to build on, by slug.
///
/// `total=true` counts them all.
#[utoipa::path(
    tag = "manage authors",
    params(AuthorListQuery),
    responses((
        status = 200,
        description = "A page of authors.",
        body = Page<ManagedAuthor>
    ))
)]
#[get("/manage/authors")]
pub(crate) async fn list_managed_authors(
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
    let items = page.items.into_iter().map(wire::author::managed).collect();
    let page = Page::new(items, next).with_total(total);
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
    caller: Caller,
    key: IdempotencyKey,
    body: Json<NewAuthor>,
    request: HttpRequest,
) -> Result<HttpResponse, ApiError> {
    let asked = Asked {
        request: &request,
        caller,
        key,
        body: body.hash.clone(),
    };
    let new = New::parse(body.into_inner())?;
    let drawing = app.clone();
    let outcome = asked
        .write(&app, move |tx| {
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
    name: String,
    slug: Wanted,
    bio: Option<String>,
}

impl New {
    fn parse(new: NewAuthor) -> Result<Self, ApiError> {
        let mut wrong = Wrong::default();
        let name = wrong.check(parse_name(&new.name));
        let slug = match &name {
            Ok(name) => wrong.check(wanted_slug(new.slug.as_deref(), name)),
            Err(noted) => Err(*noted),
        };
        let bio = wrong.check_given(new.bio, |text| parse_bio(&text));
        let (Ok(name), Ok(slug), Ok(bio)) = (name, slug, bio) else {
            return Err(wrong.into_error());
        };
        Ok(Self { name, slug, bio })
    }
}

#[derive(Debug, Clone)]
struct Change {
    name: Option<String>,
    slug: Patch<Slug>,
    bio: Patch<String>,
}

impl Change {
    fn parse(patch: AuthorPatch) -> Result<Self, ApiError> {
        let mut wrong = Wrong::default();
        let name = wrong.check_given(patch.name, |text| parse_name(&text));
        let slug = wrong.check_patch(patch.slug, |text| given_slug(&text));
        let bio = wrong.check_patch(patch.bio, |text| parse_bio(&text));
        let (Ok(name), Ok(slug), Ok(bio)) = (name, slug, bio) else {
            return Err(wrong.into_error());
        };
        Ok(Self { name, slug, bio })
    }
}

fn insert(tx: &mut Tx<'_>, id: AuthorId, new: &New) -> Result<Answer, Refused> {
    let slug = settle_slug(
        tx,
        &new.slug,
        |conn, slug| holder(conn, slug, None),
        free_slug,
    )?;
    let now = tx.now();
    let author = Author {
        id,
        slug,
        name: new.name.clone(),
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
    let name = change.name.unwrap_or(author.name);
    let own = Some(author.id);
    let slug = match patched_slug(change.slug, &name)? {
        None => author.slug,
        Some(wanted) => settle_slug(tx, &wanted, |conn, slug| holder(conn, slug, own), free_slug)?,
    };
    let change = AuthorChange {
        slug,
        name,
        bio: change.bio.apply(author.bio),
    };
    Ok(authors::update(tx, author.id, version, &change)?)
}

fn holder(
    conn: &mut Conn<'_>,
    slug: &Slug,
    except: Option<AuthorId>,
) -> Result<Option<AuthorId>, Error> {
    let found = authors::by_slug(conn, slug)?.map(|author| author.id);
    Ok(found.filter(|id| Some(*id) != except))
}
