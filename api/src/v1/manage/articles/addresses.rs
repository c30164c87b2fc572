//! `GET /manage/addresses`, `GET` and `DELETE /manage/addresses/{address}`.

use actix_web::{HttpRequest, HttpResponse, delete, get, http::StatusCode, web::Data};
use domain::id::ArticleId;
use domain::{Actor, Slug};
use openapi::address::ReservedAddress;
use openapi::query::{AddressListQuery, AddressPath};
use openapi::{Code, Page};
use storage::Conn;
use storage::addresses::{self, Address as Reserved};

use super::read::find;
use crate::cursor;
use crate::error::ApiError;
use crate::extract::{Address, Caller, IfMatch, PathId, Query};
use crate::respond::{manage_json, manage_list, private_empty};
use crate::state::App;
use crate::v1::support::{address_parameter, bad_parameter, limit};
use crate::v1::write::{change, expect_version};

/// List an article's addresses
///
/// Every slug that readers could follow to the article, by slug: the present one and those it had
/// before. All of them stay its own, so that old links never lead to something else.
///
/// An article that is not there for the caller is refused like one that never was.
#[utoipa::path(
    tag = "manage addresses",
    params(AddressListQuery),
    responses((
        status = 200,
        description = "A page of addresses.",
        body = Page<ReservedAddress>
    ))
)]
#[get("/manage/addresses")]
pub(crate) async fn list_addresses(
    app: Data<App>,
    query: Query<AddressListQuery>,
    caller: Caller,
    request: HttpRequest,
) -> Result<HttpResponse, ApiError> {
    let bound_to = format!("manage addresses {}", query.fingerprint());
    let article: Address<ArticleId> = address_parameter("article", &query.article)?;
    let limit = limit(query.limit)?;
    let after: Option<String> = query
        .cursor
        .as_deref()
        .map(|text| cursor::decode(&app.secret, &bound_to, text))
        .transpose()?;
    let after = after
        .map(|slug| Slug::parse(&slug).map_err(ApiError::internal))
        .transpose()?;
    let page = app
        .store
        .read(move |conn| {
            let (article, _) = find(conn, &caller.0, &article).map_err(unknown)?;
            Ok::<_, ApiError>(addresses::list(
                conn,
                article.card.id,
                after.as_ref(),
                limit,
            )?)
        })
        .await?;
    let next = match page.items.last() {
        Some(last) if page.more => {
            let slug = last.slug.as_str();
            Some(cursor::encode(&app.secret, &bound_to, &slug)?)
        }
        _ => None,
    };
    let page = Page::new(page.items.into_iter().map(wire).collect(), next);
    manage_list(&request, &page, page.next_cursor.as_deref())
}

/// Read an address
///
/// One slug that readers could once follow, and the article that it is kept for.
///
/// The `ETag` names it as it is: whoever gives it up shows that they mean this one.
#[utoipa::path(
    tag = "manage addresses",
    params(AddressPath),
    responses((
        status = 200,
        description = "The address.",
        body = ReservedAddress
    ))
)]
#[get("/manage/addresses/{address}")]
pub(crate) async fn get_address(
    app: Data<App>,
    path: PathId<Slug>,
    caller: Caller,
) -> Result<HttpResponse, ApiError> {
    let found = app
        .store
        .read(move |conn| reserved(conn, &caller.0, &path.0))
        .await?;
    let address = wire(found);
    manage_json(&address, address.version)
}

/// Release an address
///
/// Gives up a slug that an article had once: it leads nowhere from then on, and another article may
/// take it. Links that still name it break, or lead readers to something else.
///
/// Only administrators may do this. The address in force is not given up: the answer is 409
/// (`wrong_state`) for the slug of the last publication and for that of the working copy. It needs
/// `If-Match`.
#[utoipa::path(
    tag = "manage addresses",
    params(AddressPath),
    responses((status = 204, description = "The slug is free."))
)]
#[delete("/manage/addresses/{address}")]
pub(crate) async fn release_address(
    app: Data<App>,
    path: PathId<Slug>,
    caller: Caller,
    version: IfMatch,
) -> Result<HttpResponse, ApiError> {
    change(&app, caller, move |tx| {
        let actor = tx.actor().clone();
        let address = reserved(tx, &actor, &path.0)?;
        expect_version(version.0, address.reserved_at.as_millis())?;
        if address.in_force {
            let detail = "the address is in force: change the article's slug and publish it first";
            return Err(ApiError::new(Code::WrongState, detail).into());
        }
        Ok(addresses::release(tx, &path.0)?)
    })
    .await?;
    Ok(private_empty(StatusCode::NO_CONTENT))
}

/// An address of an article that is there for the caller.
fn reserved(conn: &mut Conn<'_>, actor: &Actor, slug: &Slug) -> Result<Reserved, ApiError> {
    let none = || ApiError::not_found("There is no such address.");
    let address = addresses::get(conn, slug)?.ok_or_else(none)?;
    match find(conn, actor, &Address::Id(address.article)) {
        Ok(_) => Ok(address),
        Err(error) if error.code() == Code::NotFound => Err(none()),
        Err(error) => Err(error),
    }
}

fn unknown(error: ApiError) -> ApiError {
    if error.code() == Code::NotFound {
        return bad_parameter("article", "unknown_reference", "there is no such article");
    }
    error
}

fn wire(address: Reserved) -> ReservedAddress {
    ReservedAddress {
        slug: address.slug.into_string(),
        article_id: address.article.to_string(),
        in_force: address.in_force,
        public_from: address.public_from.to_string(),
        reserved_at: address.reserved_at.to_string(),
        version: address.reserved_at.as_millis(),
    }
}
