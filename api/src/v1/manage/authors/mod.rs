//! Authors as editors handle them.

pub(crate) mod merge;
mod profile;

use actix_web::{HttpRequest, HttpResponse, get, http::StatusCode, patch, post, web::Data};
use domain::author::{Author, Profile, parse_name};
use domain::id::{AuthorId, UserId};
use openapi::author::{AuthorPatch, ManagedAuthor, NewAuthor};
use openapi::query::{AuthorPath, SlugListQuery};
use openapi::{Code, Page, Patch};
use storage::authors::{self, AuthorChange};
use storage::{Error, Tx};

use self::profile::{ProfileChange, check_tie, new_profile, parse_user};
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
/// A new author. Without a slug one is made from the name, with a number where it is taken. Only
/// who manages accounts may tie one to an author, which another author is not tied to.
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
    let new = New::parse(&body.into_inner())?;
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
/// `user` ties the author to an account: what that account writes is by this author, unless it says
/// otherwise. It gives no rights, and readers are not told. Only who manages accounts may change
/// it, since whoever could tie themselves to a colleague would write under their name by default;
/// the answer is 409 where the account is tied to another author. It ends with the account.
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
    profile: Profile,
    user: Option<UserId>,
}

impl New {
    fn parse(new: &NewAuthor) -> Result<Self, ApiError> {
        let mut wrong = Wrong::default();
        let naming = Naming::parse(parse_name(&new.name), new.slug.as_deref(), &mut wrong);
        let profile = new_profile(new, &mut wrong);
        let user = wrong.check_given(new.user.as_deref(), parse_user);
        let (Ok(naming), Ok(profile), Ok(user)) = (naming, profile, user) else {
            return Err(wrong.into_error());
        };
        Ok(Self {
            naming,
            profile,
            user,
        })
    }
}

#[derive(Debug, Clone)]
struct Change {
    naming: Renaming,
    profile: ProfileChange,
    user: Patch<UserId>,
}

impl Change {
    fn parse(patch: AuthorPatch) -> Result<Self, ApiError> {
        let mut wrong = Wrong::default();
        let profile = ProfileChange::parse(&patch, &mut wrong);
        let user = wrong.check_patch(patch.user, |text| parse_user(&text));
        let naming = Renaming::parse(patch.name, parse_name, patch.slug, &mut wrong);
        let (Ok(naming), Ok(profile), Ok(user)) = (naming, profile, user) else {
            return Err(wrong.into_error());
        };
        Ok(Self {
            naming,
            profile,
            user,
        })
    }
}

fn insert(tx: &mut Tx<'_>, id: AuthorId, new: &New) -> Result<Answer, Refused> {
    check_tie(tx, None, new.user)?;
    let slug = settle_slug::<AuthorId>(tx, &new.naming.slug, None)?;
    let now = tx.now();
    let author = Author {
        id,
        slug,
        name: new.naming.name.clone(),
        profile: new.profile.clone(),
        user: new.user,
        version: 1,
        created_at: now,
        updated_at: now,
    };
    authors::insert(tx, &author).map_err(tied)?;
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
    let user = change.user.apply(author.user);
    check_tie(tx, author.user, user)?;
    let present = (author.name, author.slug);
    let (name, slug) = change.naming.settle(tx, author.id, present)?;
    let change = AuthorChange {
        slug,
        name,
        profile: change.profile.apply(author.profile)?,
        user,
    };
    authors::update(tx, author.id, version, &change).map_err(tied)
}

/// 409 where the account has an author already.
fn tied(error: Error) -> Refused {
    match error {
        Error::Conflict { field: "user" } => {
            let detail = "The account is tied to another author.";
            let error = ApiError::new(Code::Conflict, detail);
            error
                .pointer("/user", Code::Conflict.as_str(), detail)
                .into()
        }
        other => other.into(),
    }
}
