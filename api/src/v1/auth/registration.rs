//! `POST /auth/register`: somebody wants an account.

use std::sync::Arc;

use actix_web::{HttpResponse, http::StatusCode, post, web::Data};
use domain::{
    Actor, Role,
    id::UserId,
    user::{Email, TokenPurpose, UserStatus, parse_name},
};
use openapi::auth::{Accepted, NextStep, Registration};
use openapi::problem::Code;
use storage::{
    Error, Tx,
    user_tokens::{self, NewToken},
    users::{self, NewUser, User},
};

use super::{Body, idle};
use crate::{
    audit::{Event, record},
    auth::{
        context_of,
        mailed::{self, CONFIRM_SECONDS, RESET_SECONDS},
    },
    error::ApiError,
    extract::Origin,
    mail::{caps::Caps, letters},
    respond::private_json,
    state::App,
    v1::{support::to_its_end, write::Wrong},
};

/// The statements that a new account takes, those of its token, and those of an account that two
/// have asked for: the most there are.
const MAKING: usize = 3;
const KEEPING: usize = 3;
const DISPUTING: usize = 8;

/// Make an account
///
/// The answer is the same whether the address has an account or not. Where the server sends mail
/// (`next` is `check_mail`), whoever reads the mail to the address confirms it, or finds out that
/// it has an account already; nobody can sign in before that. Elsewhere (`sign_in`) a new account
/// can sign in at once.
///
/// Only so many mails are sent to one mailbox and asked for from one network; what is beyond that
/// is answered alike and makes no account.
#[utoipa::path(
    tag = "accounts",
    request_body = Registration,
    responses((status = 202, description = "Taken in.", body = Accepted))
)]
#[post("/auth/register")]
pub(crate) async fn register(
    app: Data<App>,
    origin: Origin,
    body: Body<Registration>,
) -> Result<HttpResponse, ApiError> {
    if !app.config.registration {
        let detail = "Nobody can make an account here by themselves. Ask to be invited.";
        return Err(ApiError::new(Code::RegistrationClosed, detail));
    }
    app.passwords.admit()?;
    let given = body.into_inner();
    let mut wrong = Wrong::default();
    let email = wrong.check(Email::parse(&given.email));
    let name = wrong.check(parse_name(&given.name));
    let (Ok(email), Ok(name)) = (email, name) else {
        return Err(wrong.into_error());
    };
    let context = context_of(&name, &email);
    app.passwords
        .check_new("/password", &given.password, context)
        .await?;
    let wanted = NewUser {
        id: UserId::from_raw(app.new_id()),
        email_verified: false,
        password_hash: Some(app.passwords.hash(&given.password).await?),
        role: Role::Reader,
        email,
        name,
    };
    to_its_end(take_in(app.clone(), origin, wanted)).await?;
    let next = if app.mailer.is_configured() {
        NextStep::CheckMail
    } else {
        NextStep::SignIn
    };
    private_json(StatusCode::ACCEPTED, &Accepted { next })
}

/// Stores the account and sends the mail: a client that hangs up in between must not leave an
/// account whose owner is never told, nor a mail that was counted and not sent.
async fn take_in(app: Data<App>, origin: Origin, wanted: NewUser) -> Result<(), ApiError> {
    let (token, token_hash) = mailed::fresh_token().map_err(ApiError::internal)?;
    let asked = Asked {
        caps: Caps::of(&app.secret, &origin, &wanted.email),
        app: app.clone(),
        wanted,
        token_hash,
    };
    let asked = Arc::new(asked);
    let write = || {
        let asked = Arc::clone(&asked);
        app.store
            .write(Actor::Anonymous, app.now(), move |tx| asked.run(tx))
    };
    let became = match write().await {
        // Somebody has registered with the address in between, so it has an account now.
        Err(Error::Conflict { .. }) => write().await,
        became => became,
    }?;
    record(Event::Registered, &origin, &Actor::Anonymous, "");
    let to = &asked.wanted.email;
    let letter = match became {
        Became::Nothing => return Ok(()),
        Became::Capped => {
            record(Event::Limited, &origin, &Actor::Anonymous, "mail");
            return Ok(());
        }
        Became::Made => letters::verify(&app.config, to, &token),
        Became::Disputed => letters::choose_password(&app.config, to, &token),
        Became::Known => letters::already_registered(&app.config, to),
    };
    app.mailer.send(letter);
    Ok(())
}

/// Somebody who wants an account.
struct Asked {
    app: Data<App>,
    caps: Caps,
    wanted: NewUser,
    token_hash: String,
}

/// What became of it.
enum Became {
    /// It is over a cap.
    Capped,
    /// The account with this address is being erased. Nobody is told.
    Nothing,
    /// There is a new account.
    Made,
    /// There was an account whose address nobody had confirmed: its password counts no more.
    Disputed,
    /// There is an account, and it stays as it is.
    Known,
}

impl Asked {
    fn run(&self, tx: &mut Tx<'_>) -> Result<Became, Error> {
        let mails = self.app.mailer.is_configured();
        let found = users::by_email(tx, &self.wanted.email)?;
        let sends = found
            .as_ref()
            .is_none_or(|user| user.status != UserStatus::Erasing);
        if mails && !self.caps.allow_if(sends, tx, &self.app.config)? {
            return Ok(Became::Capped);
        }
        match found {
            None => {
                users::create(tx, &self.wanted)?;
                if mails {
                    self.keep(tx, self.wanted.id, TokenPurpose::VerifyEmail)?;
                    idle(tx, DISPUTING - KEEPING - MAKING)?;
                }
                Ok(Became::Made)
            }
            Some(user) if mails && is_unconfirmed(&user) => self.dispute(tx, user.id),
            Some(user) => {
                idle(tx, if mails { DISPUTING } else { MAKING })?;
                Ok(match user.status {
                    UserStatus::Erasing => Became::Nothing,
                    UserStatus::Active | UserStatus::Suspended => Became::Known,
                })
            }
        }
    }

    /// Two have asked for an account with this address, and either may be somebody who does not
    /// read its mail. So neither password counts: whoever reads the mail chooses one, and the
    /// token of the first mail, which would have let the first password in, ends.
    fn dispute(&self, tx: &mut Tx<'_>, user: UserId) -> Result<Became, Error> {
        let Some(user) = users::lock(tx, user)?.filter(is_unconfirmed) else {
            return Ok(Became::Known);
        };
        let open = User {
            password_hash: None,
            ..user.clone()
        };
        users::save(tx, &user, &open, "password_dropped")?;
        user_tokens::forget(tx, user.id, TokenPurpose::VerifyEmail)?;
        self.keep(tx, user.id, TokenPurpose::SetPassword)?;
        Ok(Became::Disputed)
    }

    fn keep(&self, tx: &mut Tx<'_>, user: UserId, purpose: TokenPurpose) -> Result<(), Error> {
        let seconds = match purpose {
            TokenPurpose::SetPassword => RESET_SECONDS,
            TokenPurpose::VerifyEmail | TokenPurpose::ChangeEmail => CONFIRM_SECONDS,
        };
        let token = NewToken {
            hash: self.token_hash.clone(),
            user,
            purpose,
            email: self.wanted.email.clone(),
            expires_at: tx.now().plus_seconds(seconds),
        };
        user_tokens::create(tx, &token)
    }
}

fn is_unconfirmed(user: &User) -> bool {
    user.email_verified_at.is_none() && user.status == UserStatus::Active
}
