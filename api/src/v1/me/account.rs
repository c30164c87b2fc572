//! `GET /me`.

use actix_web::{HttpResponse, get, http::StatusCode, web::Data};
use openapi::me::Me;
use storage::{authors, user_tokens, users};

use super::{in_use, signed_in};
use crate::error::ApiError;
use crate::extract::Caller;
use crate::respond::private_json;
use crate::state::App;
use crate::v1::wire;

/// Read one's account
///
/// What the newspaper knows of the account that is signed in, and under which name it writes.
///
/// An API key has no account.
#[utoipa::path(
    tag = "me",
    responses((
        status = 200,
        description = "The account.",
        body = Me
    ))
)]
#[get("/me")]
pub(crate) async fn get_me(app: Data<App>, caller: Caller) -> Result<HttpResponse, ApiError> {
    let (id, _) = signed_in(&caller)?;
    let now = app.now();
    let (user, pending, author) = app
        .store
        .read(move |conn| {
            let user = in_use(users::get(conn, id)?)?;
            let pending = user_tokens::pending_email(conn, id, now)?;
            let author = authors::of_user(conn, id)?;
            Ok::<_, ApiError>((user, pending, author))
        })
        .await?;
    private_json(
        StatusCode::OK,
        &wire::user::me(user, pending.as_ref(), author),
    )
}
