//! `PATCH /me`.

use actix_web::{HttpResponse, http::StatusCode, patch, web::Data};
use domain::author::Author;
use domain::id::{SessionId, UserId};
use domain::session::Ending;
use domain::user::{Email, TokenPurpose, parse_name};
use domain::{Invalid, InvalidCode, Timestamp};
use openapi::me::{Me, MePatch};
use storage::user_tokens::{self, NewToken};
use storage::users::{self, User};
use storage::{Tx, authors, sessions};

use super::{changed_meanwhile, in_use, signed_in};
use crate::audit::{self, Event};
use crate::auth::mailed::{CONFIRM_SECONDS, fresh_token};
use crate::auth::{context_of, sign_in};
use crate::config::Config;
use crate::error::ApiError;
use crate::extract::{COMMENT_BYTES, Caller, Json, Origin};
use crate::mail::caps::Caps;
use crate::mail::{Mail, letters};
use crate::respond::private_json;
use crate::state::App;
use crate::v1::support::to_its_end;
use crate::v1::wire;
use crate::v1::write::Wrong;

/// Change one's account
///
/// A JSON Merge Patch; a member left out stays as it is. A new address or password needs
/// `current_password` too. A new password ends all other sessions.
///
/// Where the server sends mail, a new address is shown as `pending_email` until the mail to it is
/// answered with `POST /auth/verify`, and nothing is said of who has it now. Elsewhere it holds at
/// once, and one that another account has is 409.
#[utoipa::path(
    tag = "me",
    request_body = MePatch,
    responses((
        status = 200,
        description = "The account after the change.",
        body = Me
    ))
)]
#[patch("/me")]
pub(crate) async fn patch_me(
    app: Data<App>,
    caller: Caller,
    origin: Origin,
    body: Json<MePatch, COMMENT_BYTES>,
) -> Result<HttpResponse, ApiError> {
    let (id, session) = signed_in(&caller)?;
    let wanted = Wanted::parse(body.into_inner())?;
    let seen = app
        .store
        .read(move |conn| in_use(users::get(conn, id)?))
        .await?;
    if let Some(password) = &wanted.current_password {
        sign_in::confirm(&app, &origin, &seen, password).await?;
    }
    let change = Change::prepare(&app, &origin, &seen, wanted).await?;
    let saved = to_its_end(store_change(
        app,
        caller,
        origin,
        (id, session),
        seen,
        change,
    ))
    .await?;
    let me = wire::user::me(saved.user, saved.pending.as_ref(), saved.author);
    private_json(StatusCode::OK, &me)
}

/// Stores a change, and tells whom it concerns.
async fn store_change(
    app: Data<App>,
    caller: Caller,
    origin: Origin,
    (id, session): (UserId, SessionId),
    seen: User,
    change: Change,
) -> Result<Saved, ApiError> {
    let new_password = change.password_hash.is_some();
    let (version, drawing) = (seen.version, app.clone());
    let mut saved = app
        .store
        .write(caller.0.clone(), app.now(), move |tx| {
            change.save(tx, (id, session), version, &drawing.config)
        })
        .await?;
    let event = if new_password {
        app.mailer
            .send(letters::password_changed(&app.config, &seen.email));
        Event::PasswordChanged
    } else {
        Event::AccountChanged
    };
    audit::record(event, &origin, &caller.0, &id.to_string());
    for mail in std::mem::take(&mut saved.mails) {
        app.mailer.send(mail);
    }
    if new_password {
        app.show_own_revocations().await;
    }
    Ok(saved)
}

/// What the body asks for.
struct Wanted {
    name: Option<String>,
    email: Option<Email>,
    password: Option<String>,
    current_password: Option<String>,
}

impl Wanted {
    fn parse(patch: MePatch) -> Result<Self, ApiError> {
        let mut wrong = Wrong::default();
        let name = wrong.check_given(patch.name, |text| parse_name(&text));
        let email = wrong.check_given(patch.email, |text| Email::parse(&text));
        let secret = patch.password.is_some() || matches!(email, Ok(Some(_)));
        let proof = if secret && patch.current_password.is_none() {
            let detail = "a new address or password needs the present password";
            Err(Invalid::new(
                "current_password",
                InvalidCode::Required,
                detail,
            ))
        } else {
            Ok(patch.current_password)
        };
        let proof = wrong.check(proof);
        let (Ok(name), Ok(email), Ok(current_password)) = (name, email, proof) else {
            return Err(wrong.into_error());
        };
        Ok(Self {
            name,
            email,
            password: patch.password,
            current_password,
        })
    }
}

/// What is to be stored.
struct Change {
    name: Option<String>,
    password_hash: Option<String>,
    email: Option<NewEmail>,
}

/// Another address.
struct NewEmail {
    email: Email,
    /// How its owner is to show that it is theirs; `None` where no mail can be sent.
    proof: Option<Proof>,
}

/// A token of which only the hash is stored: its text is for the mail alone.
struct Proof {
    token: String,
    hash: String,
    expires_at: Timestamp,
    caps: Caps,
}

/// What came of it.
struct Saved {
    user: User,
    /// The address that waits to be the account's own.
    pending: Option<Email>,
    author: Option<Author>,
    mails: Vec<Mail>,
}

impl Change {
    async fn prepare(
        app: &App,
        origin: &Origin,
        user: &User,
        wanted: Wanted,
    ) -> Result<Self, ApiError> {
        let name = wanted.name.as_deref().unwrap_or(&user.name);
        let password_hash = match wanted.password {
            None => None,
            Some(password) => {
                let context = context_of(name, &user.email);
                let passwords = &app.passwords;
                passwords.check_new("/password", &password, context).await?;
                Some(passwords.hash(&password).await?)
            }
        };
        let email = wanted.email.map(|email| {
            let settled = email == user.email || !app.mailer.is_configured();
            let proof = (!settled).then(|| Proof::draw(app, origin, &email));
            let proof = proof.transpose()?;
            Ok::<_, ApiError>(NewEmail { email, proof })
        });
        Ok(Self {
            name: wanted.name,
            password_hash,
            email: email.transpose()?,
        })
    }

    /// Stores the change, if the account is as it was when the password was checked.
    fn save(
        self,
        tx: &mut Tx<'_>,
        (id, session): (UserId, SessionId),
        version: i64,
        config: &Config,
    ) -> Result<Saved, ApiError> {
        // Mails are counted before the account is held, as everywhere: two who hold one each would
        // wait for one another.
        let proof = self.email.as_ref().and_then(|new| new.proof.as_ref());
        let mailed = proof.map_or(Ok(true), |proof| proof.caps.allow(tx, config))?;
        let mut user = in_use(users::lock(tx, id)?)?;
        if user.version != version {
            return Err(changed_meanwhile());
        }
        let mut next = user.clone();
        if let Some(name) = self.name {
            next.name = name;
        }
        if let Some(hash) = self.password_hash {
            next.password_hash = Some(hash);
            sessions::end_all(tx, id, Some(session), Ending::PasswordChanged)?;
            // Nor does a change of address go on that somebody with the old one has asked for.
            user_tokens::forget_all(tx, id)?;
        }
        let mut mails = Vec::new();
        if let Some(new) = self.email {
            user_tokens::forget(tx, id, TokenPurpose::ChangeEmail)?;
            match new.proof {
                Some(proof) => {
                    let asked = proof.ask(tx, &user, &new.email, config)?;
                    mails = if mailed { asked } else { Vec::new() };
                }
                None if new.email == user.email => {}
                None => {
                    // What was sent to the address that is given up opens nothing any more.
                    user_tokens::forget_all(tx, id)?;
                    next.email = new.email;
                    next.email_verified_at = None;
                }
            }
        }
        if next != user {
            let kind = what_changes(&user, &next);
            user = users::save(tx, &user, &next, kind)?;
        }
        let now = tx.now();
        let pending = user_tokens::pending_email(tx, id, now)?;
        let author = authors::of_user(tx, id)?;
        Ok(Saved {
            user,
            pending,
            author,
            mails,
        })
    }
}

/// What the change log calls it: by the weightiest of what is different.
fn what_changes(before: &User, after: &User) -> &'static str {
    if before.password_hash != after.password_hash {
        "password_changed"
    } else if before.email != after.email {
        "email_changed"
    } else {
        "changed"
    }
}

impl Proof {
    fn draw(app: &App, origin: &Origin, email: &Email) -> Result<Self, ApiError> {
        let (token, hash) = fresh_token().map_err(ApiError::internal)?;
        Ok(Self {
            token,
            hash,
            expires_at: app.now().plus_seconds(CONFIRM_SECONDS),
            caps: Caps::of(&app.secret, origin, email),
        })
    }

    /// Stores the token, and writes the mails: to the new address what confirms it, to the old one
    /// what is about to happen. Whoever has the new address already is told, and whoever asks here
    /// is not: the token is stored all the same, and opens nothing.
    fn ask(
        self,
        tx: &mut Tx<'_>,
        user: &User,
        email: &Email,
        config: &Config,
    ) -> Result<Vec<Mail>, ApiError> {
        let somebodys = users::by_email(tx, email)?.is_some();
        let token = NewToken {
            hash: self.hash,
            user: user.id,
            purpose: TokenPurpose::ChangeEmail,
            email: email.clone(),
            expires_at: self.expires_at,
        };
        user_tokens::create(tx, &token)?;
        let to_new = if somebodys {
            letters::already_registered(config, email)
        } else {
            letters::change_address(config, email, &self.token)
        };
        Ok(vec![to_new, letters::address_changing(config, &user.email)])
    }
}
