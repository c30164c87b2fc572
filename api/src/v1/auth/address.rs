//! Showing that an address is one's own.

use actix_web::{HttpResponse, http::StatusCode, post, web::Data};
use domain::{
    Actor,
    user::{Email, TokenPurpose, UserStatus},
};
use openapi::auth::{Accepted, Address, MailedToken, NextStep};
use storage::{Error, Tx, user_tokens, users, users::User};

use super::{
    Body, bad_token,
    forgotten::{Wish, ask_by_mail},
    take,
};
use crate::{
    audit::{Event, record},
    auth::mailed,
    error::ApiError,
    extract::Origin,
    mail::letters,
    respond::{private_empty, private_json},
    state::App,
    v1::support::to_its_end,
};

/// Confirm an address
///
/// Takes the code of a mail that went to a new account, or to the new address of one that is
/// there. Each works once and for a day.
#[utoipa::path(
    tag = "accounts",
    request_body = MailedToken,
    responses((status = 204, description = "The address is confirmed."))
)]
#[post("/auth/verify")]
pub(crate) async fn verify(
    app: Data<App>,
    origin: Origin,
    body: Body<MailedToken>,
) -> Result<HttpResponse, ApiError> {
    let hash = mailed::token_hash(&body.token);
    to_its_end(confirm(app, origin, hash)).await?;
    Ok(private_empty(StatusCode::NO_CONTENT))
}

async fn confirm(app: Data<App>, origin: Origin, hash: String) -> Result<(), ApiError> {
    let confirmed = app
        .store
        .write(Actor::Anonymous, app.now(), move |tx| answer(tx, &hash))
        .await;
    let (before, user) = match confirmed {
        Ok(Some(confirmed)) => confirmed,
        // The address has become somebody else's in the meantime.
        Ok(None) | Err(Error::Conflict { .. }) => return Err(bad_token()),
        Err(error) => return Err(error.into()),
    };
    if before.email != user.email {
        app.mailer
            .send(letters::address_changed(&app.config, &before.email));
    }
    let about = user.id.to_string();
    record(Event::EmailVerified, &origin, &Actor::Anonymous, &about);
    Ok(())
}

/// The account before and after.
fn answer(tx: &mut Tx<'_>, hash: &str) -> Result<Option<(User, User)>, Error> {
    let (taken, changes) = match take(tx, hash, TokenPurpose::VerifyEmail)? {
        Some(taken) => (Some(taken), false),
        None => (take(tx, hash, TokenPurpose::ChangeEmail)?, true),
    };
    let Some((before, email)) = taken else {
        return Ok(None);
    };
    let id = before.id;
    if before.status != UserStatus::Active || (!changes && before.email != email) {
        return Ok(None);
    }
    let wanted = User {
        email,
        email_verified_at: Some(tx.now()),
        ..before.clone()
    };
    if changes {
        // A mail to the address that is left behind must not open the account.
        user_tokens::forget(tx, id, TokenPurpose::SetPassword)?;
        user_tokens::forget(tx, id, TokenPurpose::VerifyEmail)?;
    }
    let kind = if changes {
        "email_changed"
    } else {
        "email_verified"
    };
    let after = users::save(tx, &before, &wanted, kind)?;
    Ok(Some((before, after)))
}

/// Ask for another mail to confirm an address
///
/// For an account whose address was not confirmed yet; the code of the earlier mail ends. For any
/// other address the answer is the same, and no mail is sent.
#[utoipa::path(
    tag = "accounts",
    request_body = Address,
    responses((status = 202, description = "Taken in.", body = Accepted))
)]
#[post("/auth/resend")]
pub(crate) async fn resend(
    app: Data<App>,
    origin: Origin,
    body: Body<Address>,
) -> Result<HttpResponse, ApiError> {
    let email = Email::parse(&body.email)?;
    let wish = |user: &User| {
        let open = user.status == UserStatus::Active && user.email_verified_at.is_none();
        open.then_some(match user.password_hash {
            Some(_) => Wish::Verify,
            None => Wish::ChoosePassword,
        })
    };
    ask_by_mail(app, origin, email, wish).await?;
    let next = NextStep::CheckMail;
    private_json(StatusCode::ACCEPTED, &Accepted { next })
}
