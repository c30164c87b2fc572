//! Where the account is signed in.

use actix_web::{HttpResponse, delete, get, http::StatusCode, web::Data};
use domain::id::SessionId;
use domain::session::Ending;
use openapi::Page;
use openapi::me::Session;
use openapi::query::SessionPath;
use storage::sessions;

use super::{idle_seconds, signed_in};
use crate::audit::{self, Event};
use crate::error::ApiError;
use crate::extract::{Caller, Origin, PathId};
use crate::respond::{private_empty, private_json};
use crate::state::App;
use crate::v1::support::to_its_end;
use crate::v1::wire;

/// List one's sessions
///
/// Every place where the account is signed in, the one used last first; `current` is the one that
/// asks.
///
/// There are never more than 50: another sign-in ends the one not used for longest.
#[utoipa::path(
    tag = "me",
    responses((
        status = 200,
        description = "All sessions.",
        body = Page<Session>
    ))
)]
#[get("/me/sessions")]
pub(crate) async fn list_my_sessions(
    app: Data<App>,
    caller: Caller,
) -> Result<HttpResponse, ApiError> {
    let (user, current) = signed_in(&caller)?;
    let now = app.now();
    let idle = idle_seconds(&app.config);
    let found = app
        .store
        .read(move |conn| Ok::<_, ApiError>(sessions::of_user(conn, user, now, idle)?))
        .await?;
    let items = found
        .into_iter()
        .map(|session| wire::user::session(session, current))
        .collect();
    private_json(StatusCode::OK, &Page::whole(items))
}

/// End one of one's sessions
///
/// Signs the account out there: the refresh token is worth nothing at once, and the access token
/// within seconds.
///
/// A session that has ended, or is somebody else's, is 404.
#[utoipa::path(
    tag = "me",
    params(SessionPath),
    responses((
        status = 204,
        description = "The session has ended."
    ))
)]
#[delete("/me/sessions/{session}")]
pub(crate) async fn end_my_session(
    app: Data<App>,
    path: PathId<SessionId>,
    caller: Caller,
    origin: Origin,
) -> Result<HttpResponse, ApiError> {
    let (user, current) = signed_in(&caller)?;
    let session = path.0;
    let why = if session == current {
        Ending::SignedOut
    } else {
        Ending::EndedByOwner
    };
    to_its_end(async move {
        let ended = app
            .store
            .write(caller.0.clone(), app.now(), move |tx| {
                Ok::<_, ApiError>(sessions::end(tx, user, session, why)?)
            })
            .await?;
        if !ended {
            return Err(ApiError::not_found("You have no such session."));
        }
        app.show_own_revocations().await;
        audit::record(Event::SignedOut, &origin, &caller.0, &session.to_string());
        Ok(())
    })
    .await?;
    Ok(private_empty(StatusCode::NO_CONTENT))
}

/// End all of one's sessions
///
/// Signs the account out everywhere, here too.
///
/// The access token of this request is worth nothing afterwards.
#[utoipa::path(
    tag = "me",
    responses((
        status = 204,
        description = "No session is left."
    ))
)]
#[delete("/me/sessions")]
pub(crate) async fn end_my_sessions(
    app: Data<App>,
    caller: Caller,
    origin: Origin,
) -> Result<HttpResponse, ApiError> {
    let (user, _) = signed_in(&caller)?;
    to_its_end(async move {
        app.store
            .write(caller.0.clone(), app.now(), move |tx| {
                Ok::<_, ApiError>(sessions::end_all(tx, user, None, Ending::EndedByOwner)?)
            })
            .await?;
        app.show_own_revocations().await;
        audit::record(Event::SignedOut, &origin, &caller.0, &user.to_string());
        Ok(())
    })
    .await?;
    Ok(private_empty(StatusCode::NO_CONTENT))
}
