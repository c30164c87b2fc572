//! `DELETE /me`.

use actix_web::{HttpResponse, delete, http::StatusCode, web::Data};
use openapi::me::EraseMe;
use storage::users;

use super::{changed_meanwhile, in_use, signed_in};
use crate::audit::{self, Event};
use crate::auth::sign_in;
use crate::erasure;
use crate::error::ApiError;
use crate::extract::{COMMENT_BYTES, Caller, Json, Origin};
use crate::respond::private_empty;
use crate::state::App;
use crate::v1::administrators::keep_one;
use crate::v1::support::to_its_end;

/// Erase one's account
///
/// For good: the address, the name, the password, every session and whatever else is only about
/// the account are removed, and the address can be used for a new one. Comments stay where others
/// have answered them, without a name and of the kind `deleted`; whoever wants them gone deletes
/// them first. Votes are taken back; reports that are open stay without a name and a note, and the
/// others go. `GET /me/export` takes everything along.
///
/// Needs the password. The last administrator who can sign in cannot be erased: 409.
#[utoipa::path(
    tag = "me",
    request_body = EraseMe,
    responses((
        status = 204,
        description = "The account is erased."
    ))
)]
#[delete("/me")]
pub(crate) async fn erase_me(
    app: Data<App>,
    caller: Caller,
    origin: Origin,
    body: Json<EraseMe, COMMENT_BYTES>,
) -> Result<HttpResponse, ApiError> {
    let (id, _) = signed_in(&caller)?;
    let seen = app
        .store
        .read(move |conn| in_use(users::get(conn, id)?))
        .await?;
    sign_in::confirm(&app, &origin, &seen, &body.current_password).await?;
    to_its_end(async move {
        let asking = app.clone();
        app.store
            .write(caller.0.clone(), app.now(), move |tx| {
                let user = in_use(users::lock(tx, id)?)?;
                if user.version != seen.version {
                    return Err(changed_meanwhile());
                }
                keep_one(tx, &asking, &user)?;
                Ok(users::begin_erasure(tx, &user)?)
            })
            .await?;
        audit::record(Event::AccountErased, &origin, &caller.0, &id.to_string());
        app.show_own_revocations().await;
        erasure::complete(&app, &caller.0, id).await;
        Ok(())
    })
    .await?;
    Ok(private_empty(StatusCode::NO_CONTENT))
}
