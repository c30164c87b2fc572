//! `DELETE /manage/users/{user}`.

use actix_web::{HttpResponse, delete, http::StatusCode, web::Data};
use domain::id::UserId;
use openapi::query::UserPath;
use storage::users;

use super::hold;
use crate::audit::{self, Event};
use crate::erasure;
use crate::error::ApiError;
use crate::extract::{Caller, IfMatch, Origin, PathId};
use crate::respond::private_empty;
use crate::state::App;
use crate::v1::administrators::keep_one;
use crate::v1::support::to_its_end;
use crate::v1::write::change;

/// Erase an account
///
/// For good, as its owner can with `DELETE /me`: everything that is only about the account is
/// removed, its comments stay without a name, and what it did stays in the change log under an id
/// that leads nowhere.
///
/// The last administrator who can sign in cannot be erased: 409.
#[utoipa::path(
    tag = "manage users",
    params(UserPath),
    responses((
        status = 204,
        description = "The account is erased."
    ))
)]
#[delete("/manage/users/{user}")]
pub(crate) async fn erase_user(
    app: Data<App>,
    path: PathId<UserId>,
    caller: Caller,
    origin: Origin,
    version: IfMatch,
) -> Result<HttpResponse, ApiError> {
    let (id, actor) = (path.0, caller.0.clone());
    to_its_end(async move {
        let asking = app.clone();
        change(&app, caller, move |tx| {
            let user = hold(tx, id, version.0)?;
            keep_one(tx, &asking, &user)?;
            Ok(users::begin_erasure(tx, &user)?)
        })
        .await?;
        audit::record(Event::AccountErased, &origin, &actor, &id.to_string());
        app.show_own_revocations().await;
        erasure::complete(&app, &actor, id).await;
        Ok(())
    })
    .await?;
    Ok(private_empty(StatusCode::NO_CONTENT))
}
