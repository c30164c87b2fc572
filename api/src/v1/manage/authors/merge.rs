//! What ends an author: `POST /manage/authors/{author}/merge` and `DELETE /manage/authors/{author}`.

use actix_web::{HttpResponse, delete, http::StatusCode, post, web::Data};
use domain::access::{Access, Action, may};
use domain::author::Author;
use domain::id::AuthorId;
use domain::{Invalid, InvalidCode};
use openapi::Code;
use openapi::author::{AuthorMerge, ManagedAuthor};
use openapi::query::{AuthorDeletion, AuthorPath};
use storage::{Conn, Error, Tx, authors, sections, users};

use crate::error::ApiError;
use crate::extract::{Address, BodyHash, Caller, FromSegment as _, IfMatch, Json, PathId, Query};
use crate::idempotent::Answer;
use crate::respond::private_empty;
use crate::state::App;
use crate::v1::authors::{find, look_up};
use crate::v1::support::{address_parameter, bad_parameter};
use crate::v1::wire;
use crate::v1::write::{Asked, Refused, change, expect_version};

/// Merge an author into another
///
/// All articles by the author, published or not, are by `into` instead, at once; one that was by
/// both names them once, where the first of them stood. The author's slug and id lead there from then
/// on, also in revisions from before, and they are gone. What readers are told about `into` stays as
/// it is. The answer is the other author.
///
/// An account that the author is tied to writes as `into` from then on. Only who manages accounts may
/// merge such an author, for the same reason that only they may tie: it would put an account behind
/// another name. The answer is 409 where `into` is tied to an account of its own. No article gets another version by
/// it. It must name the version it builds on in `If-Match`.
#[utoipa::path(
    tag = "manage authors",
    params(AuthorPath),
    request_body = AuthorMerge,
    responses((
        status = 200,
        description = "The other author.",
        body = ManagedAuthor
    ))
)]
#[post("/manage/authors/{author}/merge")]
pub(crate) async fn merge_author(
    app: Data<App>,
    path: PathId<Address<AuthorId>>,
    asked: Asked,
    version: IfMatch,
    body: Json<AuthorMerge>,
) -> Result<HttpResponse, ApiError> {
    let (address, version) = (path.0, version.0);
    // The same wish about another version is another request.
    let hash = BodyHash(format!("{} of version {version}", body.hash.0));
    let bad = || Invalid::new("into", InvalidCode::BadFormat, "must be a slug or an id");
    let into = Address::from_segment(&body.into_inner().into).ok_or_else(bad)?;
    let outcome = asked
        .write(&app, &hash, move |tx| {
            let author = held(tx, &address, version)?;
            let into = target(tx, &author, &into)??;
            let into = merge(tx, &author, into)?;
            let version = into.version;
            Ok(Answer::new(StatusCode::OK, &wire::author::managed(into))?.version(version))
        })
        .await?;
    Ok(outcome.respond())
}

/// Delete an author
///
/// An author whom no article is by, published or not, is deleted, and their slugs are free. One who
/// is in use is not: the answer is 409. With `move_to` they are merged into that author first, under
/// the conditions of a merge.
///
/// Only who manages accounts may delete one who is tied to an account, which is nobody's afterwards.
/// Revisions from before go on naming who is gone. It must name the version it builds on in `If-Match`.
#[utoipa::path(
    tag = "manage authors",
    params(AuthorPath, AuthorDeletion),
    responses((status = 204, description = "The author is gone."))
)]
#[delete("/manage/authors/{author}")]
pub(crate) async fn delete_author(
    app: Data<App>,
    path: PathId<Address<AuthorId>>,
    query: Query<AuthorDeletion>,
    caller: Caller,
    version: IfMatch,
) -> Result<HttpResponse, ApiError> {
    let move_to = query.move_to.as_deref();
    let move_to = move_to
        .map(|text| address_parameter("move_to", text))
        .transpose()?;
    change(&app, caller, move |tx| {
        let author = held(tx, &path.0, version.0)?;
        if let Some(into) = &move_to {
            let refused =
                |invalid: Invalid| bad_parameter("move_to", invalid.code.as_str(), invalid.detail);
            let into = target(tx, &author, into)?.map_err(refused)?;
            return merge(tx, &author, into).map(drop);
        }
        if authors::in_use(tx, author.id)? {
            let detail =
                "Articles are by this author; `move_to` names whom they are to be by instead.";
            return Err(ApiError::new(Code::Conflict, detail).into());
        }
        Ok(authors::delete(tx, author.id, author.version)?)
    })
    .await?;
    Ok(private_empty(StatusCode::NO_CONTENT))
}

/// The author who is asked for. No article is given another one from now on.
///
/// Whoever keeps the list of authors must neither put an account behind another name nor take one
/// away from its name, and either is what becomes of a tie here.
fn held(tx: &mut Tx<'_>, address: &Address<AuthorId>, version: i64) -> Result<Author, Refused> {
    sections::hold(tx)?;
    let author = find(tx, address)?;
    expect_version(version, author.version)?;
    if let Some(user) = author.user {
        may(tx.actor(), Access::Staff(Action::ManageUsers))?;
        // Its erasure would untie it: that is over, and counted in the version, or comes later.
        users::lock(tx, user)?;
    }
    Ok(author)
}

/// Who another author is to be merged into, if that can be.
fn target(
    conn: &mut Conn<'_>,
    author: &Author,
    address: &Address<AuthorId>,
) -> Result<Result<AuthorId, Invalid>, Error> {
    let refused = |code, detail| Ok(Err(Invalid::new("into", code, detail)));
    match look_up(conn, address)? {
        None => refused(InvalidCode::UnknownReference, "there is no such author"),
        Some(into) if into.id == author.id => refused(
            InvalidCode::Cycle,
            "an author is not merged into themselves",
        ),
        Some(into) => Ok(Ok(into.id)),
    }
}

fn merge(tx: &mut Tx<'_>, author: &Author, into: AuthorId) -> Result<Author, Refused> {
    match authors::merge(tx, author.id, author.version, into) {
        Err(Error::Conflict { field: "user" }) => {
            let detail = "Both authors are tied to accounts, and an account has one author. Untie one of them first.";
            Err(ApiError::new(Code::Conflict, detail).into())
        }
        merged => Ok(merged?),
    }
}
