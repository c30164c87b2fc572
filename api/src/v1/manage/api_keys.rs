//! API keys as administrators handle them. Only people come here: no key makes or ends another.

use actix_web::{HttpRequest, HttpResponse, delete, get, http::StatusCode, post, web::Data};
use domain::api_key::{check_end, check_quota, check_scopes, parse_name};
use domain::id::ApiKeyId;
use domain::{Invalid, Role, Scope, Scopes, Timestamp};
use openapi::Page;
use openapi::api_key::{ApiKey, CreatedApiKey, NewApiKey};
use openapi::query::{ApiKeyListQuery, ApiKeyPath};
use storage::{Conn, Tx, api_keys};

use crate::api_keys::{Fresh, sections};
use crate::audit::{self, Event};
use crate::cursor;
use crate::error::ApiError;
use crate::extract::{Caller, IfMatch, Json, Origin, PathId, Query};
use crate::respond::{created, manage_json, manage_list, private_empty};
use crate::state::App;
use crate::v1::sections::tree;
use crate::v1::support::limit;
use crate::v1::wire;
use crate::v1::write::{Refused, Wrong, change, expect_version};

const BOUND_TO: &str = "manage api keys";

/// List API keys
///
/// Every key there is or was, the latest made first. The keys themselves are not shown: they are
/// not stored.
#[utoipa::path(
    tag = "manage api keys",
    params(ApiKeyListQuery),
    responses((
        status = 200,
        description = "A page of keys.",
        body = Page<ApiKey>
    ))
)]
#[get("/manage/api-keys")]
pub(crate) async fn list_api_keys(
    app: Data<App>,
    query: Query<ApiKeyListQuery>,
    request: HttpRequest,
) -> Result<HttpResponse, ApiError> {
    let now = app.now();
    let limit = limit(query.limit)?;
    let before = query
        .cursor
        .as_deref()
        .map(|text| cursor::decode(&app.secret, BOUND_TO, text))
        .transpose()?
        .map(ApiKeyId::from_raw);
    let page = app
        .store
        .read(move |conn| Ok::<_, ApiError>(api_keys::page(conn, before, limit)?))
        .await?;
    let next = match page.items.last() {
        Some(last) if page.more => Some(cursor::encode(&app.secret, BOUND_TO, &last.id.raw())?),
        _ => None,
    };
    let items = page.items.into_iter();
    let items = items.map(|key| wire::api_key::managed(key, now)).collect();
    let page = Page::new(items, next);
    manage_list(&request, &page, page.next_cursor.as_deref())
}

/// Read an API key
///
/// What a key may do, and when it was last used; not the key itself.
///
/// The `ETag` names the version that revoking it has to build on.
#[utoipa::path(
    tag = "manage api keys",
    params(ApiKeyPath),
    responses((
        status = 200,
        description = "What is known of the key.",
        body = ApiKey
    ))
)]
#[get("/manage/api-keys/{key}")]
pub(crate) async fn get_api_key(
    app: Data<App>,
    path: PathId<ApiKeyId>,
) -> Result<HttpResponse, ApiError> {
    let key = app.store.read(move |conn| find(conn, path.0)).await?;
    let key = wire::api_key::managed(key, app.now());
    manage_json(&key, key.version)
}

/// Make an API key
///
/// A key with a role, and limited within it as far as one likes: to scopes, to sections, in its
/// requests a minute and in time. The key is in this answer and is not shown again. Only its hash
/// is stored, so there is no `Idempotency-Key` here: if the answer was lost, revoke the key and
/// make another, under another name.
///
/// It opens what it is made for at once. A key can never manage accounts or keys, whatever its
/// role.
#[utoipa::path(
    tag = "manage api keys",
    request_body = NewApiKey,
    responses((
        status = 201,
        description = "The key, this once.",
        body = CreatedApiKey
    ))
)]
#[post("/manage/api-keys")]
pub(crate) async fn create_api_key(
    app: Data<App>,
    caller: Caller,
    origin: Origin,
    body: Json<NewApiKey>,
) -> Result<HttpResponse, ApiError> {
    let now = app.now();
    let new = New::parse(body.into_inner(), now)?;
    let fresh = Fresh::draw().map_err(ApiError::internal)?;
    let (drawing, stored) = (app.clone(), fresh.clone());
    let actor = caller.0.clone();
    let made = change(&app, caller, move |tx| {
        insert(tx, ApiKeyId::from_raw(drawing.new_id()), &new, &stored)
    })
    .await?;
    audit::record(Event::KeyCreated, &origin, &actor, &made.id.to_string());
    app.show_own_change().await;
    let made = CreatedApiKey {
        api_key: wire::api_key::managed(made, now),
        key: fresh.key,
    };
    let location = format!("/api/v1/manage/api-keys/{}", made.api_key.id);
    created(&location, made.api_key.version, &made)
}

/// Revoke an API key
///
/// Ends a key for good. It is refused from now on, by other nodes within a second. What it has
/// done stays, and so does its name in the list of keys.
///
/// It needs `If-Match`. Revoking a revoked key again changes nothing.
#[utoipa::path(
    tag = "manage api keys",
    params(ApiKeyPath),
    responses((
        status = 204,
        description = "It is revoked."
    ))
)]
#[delete("/manage/api-keys/{key}")]
pub(crate) async fn revoke_api_key(
    app: Data<App>,
    path: PathId<ApiKeyId>,
    caller: Caller,
    origin: Origin,
    version: IfMatch,
) -> Result<HttpResponse, ApiError> {
    let id = path.0;
    let actor = caller.0.clone();
    let ended = change(&app, caller, move |tx| {
        let key = find(tx, id)?;
        expect_version(version.0, key.version)?;
        api_keys::revoke(tx, &id.to_string())?;
        Ok(key.revoked_at.is_none())
    })
    .await?;
    if ended {
        audit::record(Event::KeyRevoked, &origin, &actor, &id.to_string());
        app.show_own_change().await;
    }
    Ok(private_empty(StatusCode::NO_CONTENT))
}

fn find(conn: &mut Conn<'_>, id: ApiKeyId) -> Result<api_keys::ApiKey, ApiError> {
    api_keys::get(conn, id)?.ok_or_else(|| ApiError::not_found("There is no such API key."))
}

/// A new key whose sections are still to be looked up.
#[derive(Debug, Clone)]
struct New {
    name: String,
    role: Role,
    scopes: Option<Scopes>,
    sections: Vec<String>,
    requests_per_minute: Option<u32>,
    expires_at: Option<Timestamp>,
}

impl New {
    fn parse(new: NewApiKey, now: Timestamp) -> Result<Self, ApiError> {
        let mut wrong = Wrong::default();
        let role = wire::user::asked_role(new.role);
        let sections = new.sections.unwrap_or_default();
        let name = wrong.check(parse_name(&new.name));
        let scopes = wrong.check_given(new.scopes, |scopes| {
            let scopes = scopes.into_iter().map(wire::api_key::asked_scope);
            let scopes: Vec<Scope> = scopes.collect();
            check_scopes(&scopes, role, !sections.is_empty())
        });
        let quota = wrong.check_given(new.requests_per_minute, check_quota);
        let end = wrong.check_given(new.expires_at, |text| parse_end(&text, now));
        let (Ok(name), Ok(scopes), Ok(requests_per_minute), Ok(expires_at)) =
            (name, scopes, quota, end)
        else {
            return Err(wrong.into_error());
        };
        Ok(Self {
            name,
            role,
            scopes,
            sections,
            requests_per_minute,
            expires_at,
        })
    }
}

fn parse_end(text: &str, now: Timestamp) -> Result<Timestamp, Invalid> {
    let end = Timestamp::parse(text).map_err(|invalid| invalid.at("expires_at"))?;
    check_end(now, end)
}

fn insert(
    tx: &mut Tx<'_>,
    id: ApiKeyId,
    new: &New,
    fresh: &Fresh,
) -> Result<api_keys::ApiKey, Refused> {
    let sections = if new.sections.is_empty() {
        Vec::new()
    } else {
        sections(&tree(tx)?, &new.sections).map_err(ApiError::from)?
    };
    let key = api_keys::NewApiKey {
        id,
        name: new.name.clone(),
        role: new.role,
        scopes: new.scopes,
        sections,
        requests_per_minute: new.requests_per_minute,
        hash: fresh.hash.clone(),
        hint: fresh.hint.clone(),
        expires_at: new.expires_at,
    };
    Ok(api_keys::create(tx, &key)?)
}
