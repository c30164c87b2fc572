//! Who there is.

use actix_web::{HttpRequest, HttpResponse, get, web::Data};
use domain::id::UserId;
use domain::user::Email;
use openapi::Page;
use openapi::query::{UserListQuery, UserPath};
use openapi::user::ManagedUser;
use storage::Conn;
use storage::users::{self, User, UserFilter};

use super::no_user;
use crate::cursor;
use crate::error::ApiError;
use crate::extract::{PathId, Query};
use crate::respond::{manage_json, manage_list};
use crate::state::App;
use crate::v1::support::{limit, parameter};
use crate::v1::wire;

/// List accounts
///
/// All accounts, the latest made first; `role`, `status` and `email` narrow the list.
///
/// An address is found in whatever case it is written.
#[utoipa::path(
    tag = "manage users",
    params(UserListQuery),
    responses((
        status = 200,
        description = "A page of accounts.",
        body = Page<ManagedUser>
    ))
)]
#[get("/manage/users")]
pub(crate) async fn list_users(
    app: Data<App>,
    query: Query<UserListQuery>,
    request: HttpRequest,
) -> Result<HttpResponse, ApiError> {
    let bound_to = format!("manage users {}", query.fingerprint());
    let limit = limit(query.limit)?;
    let filter = UserFilter {
        role: query.role.map(wire::user::asked_role),
        status: query.status.map(wire::user::asked_status),
    };
    let email = query
        .email
        .as_deref()
        .map(|text| parameter("email", Email::parse(text)))
        .transpose()?;
    let before = query
        .cursor
        .as_deref()
        .map(|text| cursor::decode(&app.secret, &bound_to, text))
        .transpose()?
        .map(UserId::from_raw);
    let page = app
        .store
        .read(move |conn| {
            Ok::<_, ApiError>(match &email {
                Some(email) => one(conn, email, filter)?,
                None => users::list(conn, &filter, before, limit)?,
            })
        })
        .await?;
    let next = match page.items.last() {
        Some(last) if page.more => Some(cursor::encode(&app.secret, &bound_to, &last.id.raw())?),
        _ => None,
    };
    let items = page.items.into_iter().map(wire::user::managed).collect();
    let page = Page::new(items, next);
    manage_list(&request, &page, page.next_cursor.as_deref())
}

/// The account with an address, if the filter lets it through.
fn one(
    conn: &mut Conn<'_>,
    email: &Email,
    filter: UserFilter,
) -> Result<storage::Page<User>, ApiError> {
    let found = users::by_email(conn, email)?
        .filter(|user| filter.role.is_none_or(|role| role == user.role))
        .filter(|user| filter.status.is_none_or(|status| status == user.status));
    Ok(storage::Page {
        items: found.into_iter().collect(),
        more: false,
    })
}

/// Read an account
///
/// One account by its id.
///
/// The `ETag` names the version that a change has to build on.
#[utoipa::path(
    tag = "manage users",
    params(UserPath),
    responses((
        status = 200,
        description = "The account.",
        body = ManagedUser
    ))
)]
#[get("/manage/users/{user}")]
pub(crate) async fn get_user(
    app: Data<App>,
    path: PathId<UserId>,
) -> Result<HttpResponse, ApiError> {
    let user = app
        .store
        .read(move |conn| users::get(conn, path.0)?.ok_or_else(no_user))
        .await?;
    let user = wire::user::managed(user);
    manage_json(&user, user.version)
}
