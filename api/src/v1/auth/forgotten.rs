//! Setting a password without knowing the present one, with a mail.

use actix_web::{HttpResponse, http::StatusCode, post, web::Data};
use domain::{
    Actor,
    session::Ending,
    user::{Email, TokenPurpose, UserStatus},
};
use openapi::auth::{Accepted, Address, NextStep, PasswordReset};
use openapi::problem::Code;
use storage::{
    Error, Tx, known_addresses, sessions,
    user_tokens::{self, NewToken},
    users::{self, User},
};

use super::{Body, bad_token, idle, take};
use crate::{
    audit::{Event, record},
    auth::{
        context_of,
        mailed::{self, CONFIRM_SECONDS, RESET_SECONDS},
        sign_in,
    },
    error::ApiError,
    extract::Origin,
    mail::{caps::Caps, letters},
    respond::{private_empty, private_json},
    secret::Secret,
    state::App,
    v1::support::to_its_end,
};

/// The statements that keeping a token takes.
const KEEPING: usize = 3;

/// Ask for a mail to set a new password
///
/// The code in it works once and for half an hour; an earlier one ends. For an address without an
/// account the answer is the same, and no mail is sent.
#[utoipa::path(
    tag = "accounts",
    request_body = Address,
    responses((status = 202, description = "Taken in.", body = Accepted))
)]
#[post("/auth/forgot")]
pub(crate) async fn forgot(
    app: Data<App>,
    origin: Origin,
    body: Body<Address>,
) -> Result<HttpResponse, ApiError> {
    let email = Email::parse(&body.email)?;
    let wish = |user: &User| (user.status == UserStatus::Active).then_some(Wish::Reset);
    ask_by_mail(app, origin, email, wish).await?;
    let next = NextStep::CheckMail;
    private_json(StatusCode::ACCEPTED, &Accepted { next })
}

/// Which mail somebody gets who asks for one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Wish {
    /// To confirm the address.
    Verify,
    /// To choose the first password that counts.
    ChoosePassword,
    /// To choose another one.
    Reset,
}

impl Wish {
    const fn purpose(self) -> TokenPurpose {
        match self {
            Self::Verify => TokenPurpose::VerifyEmail,
            Self::ChoosePassword | Self::Reset => TokenPurpose::SetPassword,
        }
    }

    const fn seconds(self) -> i64 {
        match self {
            Self::Verify => CONFIRM_SECONDS,
            Self::ChoosePassword | Self::Reset => RESET_SECONDS,
        }
    }
}

/// Sends whatever mail `wish` finds right for the account of this address, if it has one. The mail
/// is counted before it is sent, so whoever hangs up in between must not stop it: the count would
/// be used up, and the code of an earlier mail with it, for nothing.
pub(super) async fn ask_by_mail(
    app: Data<App>,
    origin: Origin,
    email: Email,
    wish: impl Fn(&User) -> Option<Wish> + Send + 'static,
) -> Result<(), ApiError> {
    if !app.mailer.is_configured() {
        let detail = "This server sends no mail. Ask whoever runs it for a new password.";
        return Err(ApiError::new(Code::MailNotConfigured, detail));
    }
    to_its_end(grant(app, origin, email, wish)).await
}

async fn grant(
    app: Data<App>,
    origin: Origin,
    email: Email,
    wish: impl Fn(&User) -> Option<Wish> + Send + 'static,
) -> Result<(), ApiError> {
    let (token, hash) = mailed::fresh_token().map_err(ApiError::internal)?;
    let caps = Caps::of(&app.secret, &origin, &email);
    let (asking, to) = (app.clone(), email.clone());
    let granted = app
        .store
        .write(Actor::Anonymous, app.now(), move |tx| {
            let user = users::by_email(tx, &email)?;
            let granted = user.and_then(|user| Some((user.id, wish(&user)?)));
            if !caps.allow_if(granted.is_some(), tx, &asking.config)? {
                return Ok(Granted::Capped);
            }
            let Some((user, wish)) = granted else {
                idle(tx, KEEPING)?;
                return Ok(Granted::Nothing);
            };
            let token = NewToken {
                hash,
                user,
                purpose: wish.purpose(),
                email,
                expires_at: tx.now().plus_seconds(wish.seconds()),
            };
            user_tokens::create(tx, &token)?;
            Ok(Granted::Mail(wish))
        })
        .await;
    let granted = match granted {
        // The account was erased while this was written.
        Err(Error::NotFound) => Granted::Nothing,
        granted => granted?,
    };
    record(Event::MailAsked, &origin, &Actor::Anonymous, "");
    let letter = match granted {
        Granted::Nothing => return Ok(()),
        Granted::Capped => {
            record(Event::Limited, &origin, &Actor::Anonymous, "mail");
            return Ok(());
        }
        Granted::Mail(Wish::Verify) => letters::verify,
        Granted::Mail(Wish::ChoosePassword) => letters::choose_password,
        Granted::Mail(Wish::Reset) => letters::reset,
    };
    app.mailer.send(letter(&app.config, &to, &token));
    Ok(())
}

/// What somebody gets who asks for a mail.
enum Granted {
    /// There have been too many.
    Capped,
    /// There is no account that one would be right for.
    Nothing,
    /// This one.
    Mail(Wish),
}

/// Set a new password
///
/// Takes the code of a mail, or one that an administrator handed on. It works once. The address
/// counts as confirmed, every session of the account ends, and the owner is told by mail. Sign in
/// with the new password afterwards.
#[utoipa::path(
    tag = "accounts",
    request_body = PasswordReset,
    responses((status = 204, description = "The password is set."))
)]
#[post("/auth/reset")]
pub(crate) async fn reset(
    app: Data<App>,
    origin: Origin,
    body: Body<PasswordReset>,
) -> Result<HttpResponse, ApiError> {
    app.passwords.admit()?;
    let PasswordReset { token, password } = body.into_inner();
    let (token_hash, now) = (mailed::token_hash(&token), app.now());
    let looked = token_hash.clone();
    let owner = app
        .store
        .read(
            move |conn| match user_tokens::find(conn, &looked, TokenPurpose::SetPassword, now)? {
                Some(user) => users::get(conn, user),
                None => Ok(None),
            },
        )
        .await
        .map_err(|error: Error| ApiError::from(error))?
        .ok_or_else(bad_token)?;
    let context = context_of(&owner.name, &owner.email);
    app.passwords
        .check_new("/password", &password, context)
        .await?;
    let change = Change {
        token_hash,
        password_hash: app.passwords.hash(&password).await?,
        secret: app.secret.clone(),
        network: sign_in::network_of(&origin),
    };
    to_its_end(change_password(app, origin, change)).await?;
    Ok(private_empty(StatusCode::NO_CONTENT))
}

async fn change_password(app: Data<App>, origin: Origin, change: Change) -> Result<(), ApiError> {
    let user = app
        .store
        .write(Actor::Anonymous, app.now(), move |tx| change.run(tx))
        .await
        .map_err(|error: Error| ApiError::from(error))?
        .ok_or_else(bad_token)?;
    app.mailer
        .send(letters::password_changed(&app.config, &user.email));
    app.show_own_revocations().await;
    let about = user.id.to_string();
    record(Event::PasswordChanged, &origin, &Actor::Anonymous, &about);
    Ok(())
}

/// A password that takes the place of another.
struct Change {
    token_hash: String,
    password_hash: String,
    secret: Secret,
    network: String,
}

impl Change {
    fn run(self, tx: &mut Tx<'_>) -> Result<Option<User>, Error> {
        let Some((user, email)) = take(tx, &self.token_hash, TokenPurpose::SetPassword)? else {
            return Ok(None);
        };
        let id = user.id;
        // The mail went to the address of then; whoever reads it is the owner of that one alone.
        let good = |user: &User| user.status == UserStatus::Active && user.email == email;
        if !good(&user) {
            return Ok(None);
        }
        let wanted = User {
            password_hash: Some(self.password_hash),
            email_verified_at: user.email_verified_at.or(Some(tx.now())),
            ..user.clone()
        };
        let user = users::save(tx, &user, &wanted, "password_changed")?;
        // Nor does a change of address go on that somebody with the old one has asked for.
        user_tokens::forget_all(tx, id)?;
        sessions::end_all(tx, id, None, Ending::PasswordChanged)?;
        // Whoever reads the mail here is no stranger here.
        let place = sign_in::place(&self.secret, id, &self.network);
        known_addresses::note(tx, id, &place)?;
        Ok(Some(user))
    }
}
