//! Tags as editors handle them.

pub(crate) mod merge;

use actix_web::{HttpRequest, HttpResponse, get, http::StatusCode, patch, post, web::Data};
use domain::id::TagId;
use domain::tag::{Tag, parse_description, parse_name};
use openapi::query::{SlugListQuery, TagPath};
use openapi::tag::{ManagedTag, NewTag, TagPatch};
use openapi::{Page, Patch};
use storage::Tx;
use storage::tags::{self, TagChange};

use crate::error::ApiError;
use crate::extract::{Address, Caller, IfMatch, Json, PathId, Query};
use crate::idempotent::Answer;
use crate::respond::{manage_json, manage_list};
use crate::state::App;
use crate::v1::naming::{Naming, Renaming, settle_slug};
use crate::v1::support::page_by_slug;
use crate::v1::tags::find;
use crate::v1::wire;
use crate::v1::write::{Asked, Refused, Wrong, change, expect_version};

const BOUND_TO: &str = "manage tags";

/// List tags to manage
///
/// Every tag with the version that a change has to build on, by slug.
///
/// `total=true` counts them all.
#[utoipa::path(
    tag = "manage tags",
    params(SlugListQuery),
    responses((
        status = 200,
        description = "A page of tags.",
        body = Page<ManagedTag>
    ))
)]
#[get("/manage/tags")]
pub(crate) async fn list_managed_tags(
    app: Data<App>,
    query: Query<SlugListQuery>,
    request: HttpRequest,
) -> Result<HttpResponse, ApiError> {
    let page = page_by_slug(&app, BOUND_TO, &query, tags::list, tags::count, |tag| {
        &tag.slug
    })
    .await?;
    let items = page.items.into_iter().map(wire::tag::managed).collect();
    let page = Page::new(items, page.next).with_total(page.total);
    manage_list(&request, &page, page.next_cursor.as_deref())
}

/// Read a tag to manage
///
/// One tag by id or slug.
///
/// The `ETag` names the version that a change has to build on.
#[utoipa::path(
    tag = "manage tags",
    params(TagPath),
    responses((
        status = 200,
        description = "The tag.",
        body = ManagedTag
    ))
)]
#[get("/manage/tags/{tag}")]
pub(crate) async fn get_managed_tag(
    app: Data<App>,
    path: PathId<Address<TagId>>,
) -> Result<HttpResponse, ApiError> {
    let tag = app.store.read(move |conn| find(conn, &path.0)).await?;
    let tag = wire::tag::managed(tag);
    manage_json(&tag, tag.version)
}

/// Create a tag
///
/// A new tag. Without a slug one is made from the name, with a number where it is taken.
///
/// With an `Idempotency-Key` a retry gets the first answer and makes no second tag.
#[utoipa::path(
    tag = "manage tags",
    request_body = NewTag,
    responses((
        status = 201,
        description = "The tag.",
        body = ManagedTag
    ))
)]
#[post("/manage/tags")]
pub(crate) async fn create_tag(
    app: Data<App>,
    asked: Asked,
    body: Json<NewTag>,
) -> Result<HttpResponse, ApiError> {
    let hash = body.hash.clone();
    let new = New::parse(body.into_inner())?;
    let drawing = app.clone();
    let outcome = asked
        .write(&app, &hash, move |tx| {
            insert(tx, TagId::from_raw(drawing.new_id()), &new)
        })
        .await?;
    Ok(outcome.respond())
}

/// Change a tag
///
/// A JSON Merge Patch; a member left out stays as it is. Readers see the change at once, on every
/// article with the tag too.
///
/// It must name the version it builds on in `If-Match`; when somebody else was faster the answer
/// is 412 and says the version to build on.
#[utoipa::path(
    tag = "manage tags",
    params(TagPath),
    request_body = TagPatch,
    responses((
        status = 200,
        description = "The tag after the change.",
        body = ManagedTag
    ))
)]
#[patch("/manage/tags/{tag}")]
pub(crate) async fn patch_tag(
    app: Data<App>,
    path: PathId<Address<TagId>>,
    caller: Caller,
    version: IfMatch,
    body: Json<TagPatch>,
) -> Result<HttpResponse, ApiError> {
    let wanted = Change::parse(body.into_inner())?;
    let tag = change(&app, caller, move |tx| {
        save(tx, &path.0, version.0, wanted.clone())
    })
    .await?;
    let tag = wire::tag::managed(tag);
    manage_json(&tag, tag.version)
}

#[derive(Debug, Clone)]
struct New {
    naming: Naming,
    description: Option<String>,
}

impl New {
    fn parse(new: NewTag) -> Result<Self, ApiError> {
        let mut wrong = Wrong::default();
        let naming = Naming::parse(parse_name(&new.name), new.slug.as_deref(), &mut wrong);
        let description = wrong.check_given(new.description, |text| parse_description(&text));
        let (Ok(naming), Ok(description)) = (naming, description) else {
            return Err(wrong.into_error());
        };
        Ok(Self {
            naming,
            description,
        })
    }
}

#[derive(Debug, Clone)]
struct Change {
    naming: Renaming,
    description: Patch<String>,
}

impl Change {
    fn parse(patch: TagPatch) -> Result<Self, ApiError> {
        let mut wrong = Wrong::default();
        let naming = Renaming::parse(patch.name, parse_name, patch.slug, &mut wrong);
        let description = wrong.check_patch(patch.description, |text| parse_description(&text));
        let (Ok(naming), Ok(description)) = (naming, description) else {
            return Err(wrong.into_error());
        };
        Ok(Self {
            naming,
            description,
        })
    }
}

fn insert(tx: &mut Tx<'_>, id: TagId, new: &New) -> Result<Answer, Refused> {
    let slug = settle_slug::<TagId>(tx, &new.naming.slug, None)?;
    let now = tx.now();
    let tag = Tag {
        id,
        slug,
        name: new.naming.name.clone(),
        description: new.description.clone(),
        version: 1,
        created_at: now,
        updated_at: now,
    };
    tags::insert(tx, &tag)?;
    let version = tag.version;
    let answer = Answer::new(StatusCode::CREATED, &wire::tag::managed(tag))?;
    Ok(answer
        .location(format!("/api/v1/manage/tags/{id}"))
        .version(version))
}

fn save(
    tx: &mut Tx<'_>,
    address: &Address<TagId>,
    version: i64,
    change: Change,
) -> Result<Tag, Refused> {
    let tag = find(tx, address)?;
    expect_version(version, tag.version)?;
    let present = (tag.name, tag.slug);
    let (name, slug) = change.naming.settle(tx, tag.id, present)?;
    let change = TagChange {
        slug,
        name,
        description: change.description.apply(tag.description),
    };
    Ok(tags::update(tx, tag.id, version, &change)?)
}
