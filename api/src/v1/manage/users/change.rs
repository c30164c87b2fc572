//! What an account may do, and whether it is in use.

use actix_web::{HttpResponse, delete, http::StatusCode, patch, web::Data};
use domain::Role;
use domain::id::UserId;
use domain::session::Ending;
use domain::user::{UserStatus, parse_name};
use openapi::query::UserPath;
use openapi::user::{ManagedUser, UserPatch};
use storage::users::{self, User};
use storage::{Tx, sessions};

use super::hold;
use crate::audit::{self, Event};
use crate::error::ApiError;
use crate::extract::{COMMENT_BYTES, Caller, IfMatch, Json, Origin, PathId};
use crate::respond::{manage_json, private_empty};
use crate::state::App;
use crate::v1::administrators::keep_one;
use crate::v1::support::to_its_end;
use crate::v1::wire;
use crate::v1::write::{Refused, Wrong, change};

/// Change an account
///
/// A JSON Merge Patch; a member left out stays as it is. Another role or status holds at once here
/// and within seconds on every node: access tokens in use are refused, and a suspended account's
/// sessions end for good.
///
/// The last administrator who can sign in can neither lose the role nor be suspended: 409.
#[utoipa::path(
    tag = "manage users",
    params(UserPath),
    request_body = UserPatch,
    responses((
        status = 200,
        description = "The account after the change.",
        body = ManagedUser
    ))
)]
#[patch("/manage/users/{user}")]
pub(crate) async fn patch_user(
    app: Data<App>,
    path: PathId<UserId>,
    caller: Caller,
    origin: Origin,
    version: IfMatch,
    body: Json<UserPatch, COMMENT_BYTES>,
) -> Result<HttpResponse, ApiError> {
    let wanted = Wanted::parse(body.into_inner())?;
    let work = patch(app, caller, origin, (path.0, version.0), wanted);
    let user = wire::user::managed(to_its_end(work).await?);
    manage_json(&user, user.version)
}

async fn patch(
    app: Data<App>,
    caller: Caller,
    origin: Origin,
    (id, version): (UserId, i64),
    wanted: Wanted,
) -> Result<User, ApiError> {
    let (actor, about) = (caller.0.clone(), wanted.about(id));
    let saving = app.clone();
    let user = change(&app, caller, move |tx| {
        save(tx, &saving, id, version, &wanted)
    })
    .await?;
    if user.version != version {
        app.show_own_revocations().await;
        audit::record(Event::UserManaged, &origin, &actor, &about);
    }
    Ok(user)
}

/// End all sessions of an account
///
/// Signs its owner out everywhere, at once here and within seconds on every node. They can sign in
/// again: to keep them out, suspend the account.
///
/// The account itself is not changed, and keeps its version.
#[utoipa::path(
    tag = "manage users",
    params(UserPath),
    responses((
        status = 204,
        description = "No session is left."
    ))
)]
#[delete("/manage/users/{user}/sessions")]
pub(crate) async fn end_user_sessions(
    app: Data<App>,
    path: PathId<UserId>,
    caller: Caller,
    origin: Origin,
    version: IfMatch,
) -> Result<HttpResponse, ApiError> {
    let (id, actor) = (path.0, caller.0.clone());
    to_its_end(async move {
        change(&app, caller, move |tx| {
            hold(tx, id, version.0)?;
            Ok(sessions::end_all(tx, id, None, Ending::EndedByAdmin)?)
        })
        .await?;
        app.show_own_revocations().await;
        let about = format!("{id} sessions=ended");
        audit::record(Event::UserManaged, &origin, &actor, &about);
        Ok(())
    })
    .await?;
    Ok(private_empty(StatusCode::NO_CONTENT))
}

#[derive(Clone)]
struct Wanted {
    name: Option<String>,
    role: Option<Role>,
    status: Option<UserStatus>,
}

impl Wanted {
    fn parse(patch: UserPatch) -> Result<Self, ApiError> {
        let mut wrong = Wrong::default();
        let Ok(name) = wrong.check_given(patch.name, |text| parse_name(&text)) else {
            return Err(wrong.into_error());
        };
        Ok(Self {
            name,
            role: patch.role.map(wire::user::asked_role),
            status: patch.status.map(wire::user::asked_standing),
        })
    }

    /// What the audit log says of it: a role and a status, and nothing personal.
    fn about(&self, id: UserId) -> String {
        let role = self.role.map(|role| format!(" role={role}"));
        let status = self.status.map(|status| format!(" status={status}"));
        let name = self.name.as_ref().map(|_| " name=changed".to_owned());
        [role, status, name]
            .into_iter()
            .flatten()
            .fold(id.to_string(), |about, what| about + &what)
    }
}

fn save(
    tx: &mut Tx<'_>,
    app: &App,
    id: UserId,
    version: i64,
    wanted: &Wanted,
) -> Result<User, Refused> {
    let user = hold(tx, id, version)?;
    let next = User {
        name: wanted.name.clone().unwrap_or_else(|| user.name.clone()),
        role: wanted.role.unwrap_or(user.role),
        status: wanted.status.unwrap_or(user.status),
        ..user.clone()
    };
    if next == user {
        return Ok(user);
    }
    if next.role != user.role || next.status != user.status {
        keep_one(tx, app, &user)?;
    }
    if next.status != UserStatus::Active {
        sessions::end_all(tx, id, None, Ending::AccountClosed)?;
    }
    Ok(users::save(tx, &user, &next, "changed")?)
}
