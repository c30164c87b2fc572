//! What ends a tag: `POST /manage/tags/{tag}/merge` and `DELETE /manage/tags/{tag}`.

use actix_web::{HttpResponse, delete, http::StatusCode, post, web::Data};
use domain::id::TagId;
use domain::tag::Tag;
use domain::{Invalid, InvalidCode};
use openapi::Code;
use openapi::query::{TagDeletion, TagPath};
use openapi::tag::{ManagedTag, TagMerge};
use storage::{Conn, Tx, sections, tags};

use crate::error::ApiError;
use crate::extract::{Address, BodyHash, Caller, FromSegment as _, IfMatch, Json, PathId, Query};
use crate::idempotent::Answer;
use crate::respond::private_empty;
use crate::state::App;
use crate::v1::support::{address_parameter, bad_parameter};
use crate::v1::tags::{find, look_up};
use crate::v1::wire;
use crate::v1::write::{Asked, Refused, change, expect_version};

/// Merge a tag into another
///
/// All articles that have it, published or not, have `into` instead, at once; one that had both has
/// it once, where the first of them stood. Its slug and its id lead there from then on, also in
/// revisions from before, and it is gone. The answer is the other tag.
///
/// No article gets another version by it. It must name the version it builds on in `If-Match`.
#[utoipa::path(
    tag = "manage tags",
    params(TagPath),
    request_body = TagMerge,
    responses((
        status = 200,
        description = "The other tag.",
        body = ManagedTag
    ))
)]
#[post("/manage/tags/{tag}/merge")]
pub(crate) async fn merge_tag(
    app: Data<App>,
    path: PathId<Address<TagId>>,
    asked: Asked,
    version: IfMatch,
    body: Json<TagMerge>,
) -> Result<HttpResponse, ApiError> {
    let (address, version) = (path.0, version.0);
    // The same wish about another version is another request.
    let hash = BodyHash(format!("{} of version {version}", body.hash.0));
    let bad = || Invalid::new("into", InvalidCode::BadFormat, "must be a slug or an id");
    let into = Address::from_segment(&body.into_inner().into).ok_or_else(bad)?;
    let outcome = asked
        .write(&app, &hash, move |tx| {
            let tag = held(tx, &address, version)?;
            let into = target(tx, &tag, &into)??;
            let into = tags::merge(tx, tag.id, tag.version, into)?;
            let version = into.version;
            Ok(Answer::new(StatusCode::OK, &wire::tag::managed(into))?.version(version))
        })
        .await?;
    Ok(outcome.respond())
}

/// Delete a tag
///
/// A tag that no article has, published or not, is deleted, and its slugs are free. One that is in
/// use is not: the answer is 409. With `move_to` it is merged into that tag first.
///
/// Revisions from before go on naming what is gone. It must name the version it builds on in
/// `If-Match`.
#[utoipa::path(
    tag = "manage tags",
    params(TagPath, TagDeletion),
    responses((status = 204, description = "The tag is gone."))
)]
#[delete("/manage/tags/{tag}")]
pub(crate) async fn delete_tag(
    app: Data<App>,
    path: PathId<Address<TagId>>,
    query: Query<TagDeletion>,
    caller: Caller,
    version: IfMatch,
) -> Result<HttpResponse, ApiError> {
    let move_to = query.move_to.as_deref();
    let move_to = move_to
        .map(|text| address_parameter("move_to", text))
        .transpose()?;
    change(&app, caller, move |tx| {
        let tag = held(tx, &path.0, version.0)?;
        if let Some(into) = &move_to {
            let refused =
                |invalid: Invalid| bad_parameter("move_to", invalid.code.as_str(), invalid.detail);
            let into = target(tx, &tag, into)?.map_err(refused)?;
            tags::merge(tx, tag.id, tag.version, into)?;
            return Ok(());
        }
        if tags::in_use(tx, tag.id)? {
            let detail =
                "Articles have this tag; `move_to` names the tag they are to have instead.";
            return Err(ApiError::new(Code::Conflict, detail).into());
        }
        Ok(tags::delete(tx, tag.id, tag.version)?)
    })
    .await?;
    Ok(private_empty(StatusCode::NO_CONTENT))
}

/// The tag that is asked for. No article is given another one from now on.
fn held(tx: &mut Tx<'_>, address: &Address<TagId>, version: i64) -> Result<Tag, Refused> {
    sections::hold(tx)?;
    let tag = find(tx, address)?;
    expect_version(version, tag.version)?;
    Ok(tag)
}

/// The tag that another one is to be merged into, if that can be.
fn target(
    conn: &mut Conn<'_>,
    tag: &Tag,
    address: &Address<TagId>,
) -> Result<Result<TagId, Invalid>, storage::Error> {
    let refused = |code, detail| Ok(Err(Invalid::new("into", code, detail)));
    match look_up(conn, address)? {
        None => refused(InvalidCode::UnknownReference, "there is no such tag"),
        Some(into) if into.id == tag.id => {
            refused(InvalidCode::Cycle, "a tag is not merged into itself")
        }
        Some(into) => Ok(Ok(into.id)),
    }
}
