//! Signing in, staying signed in and signing out.

use actix_web::{HttpResponse, http::StatusCode, post, web::Data};
use domain::{
    Actor, Denied,
    id::SessionId,
    session::{ACCESS_SECONDS, Ending},
    user::Email,
};
use openapi::auth::{Login, Logout, Refresh, Tokens};
use openapi::problem::Code;
use storage::{
    Error, Tx,
    sessions::{self, NewSession, Rotation},
    users::{self, User},
};

use super::Body;
use crate::{
    audit::{Event, record},
    auth::{
        RefreshToken,
        sign_in::{self, Try},
    },
    error::ApiError,
    extract::{Caller, Origin},
    respond::{private_empty, private_json},
    state::App,
};

/// A day, in seconds.
const DAY: i64 = 24 * 60 * 60;

/// Sign in
///
/// Begins a session: an access token for ten minutes, and a refresh token for the next pair. A
/// session lasts as long as it is used within the days the operator allows.
///
/// A wrong password, an unknown address, one that was not confirmed and a suspended account are
/// answered alike. After ten tries at one address in a quarter of an hour the next are answered
/// 429 without being tried; where its owner has signed in before, others' tries do not count.
#[utoipa::path(
    tag = "accounts",
    request_body = Login,
    responses((status = 200, description = "The session has begun.", body = Tokens))
)]
#[post("/auth/login")]
pub(crate) async fn login(
    app: Data<App>,
    origin: Origin,
    body: Body<Login>,
) -> Result<HttpResponse, ApiError> {
    let Login { email, password } = body.into_inner();
    let email = Email::parse(&email)?;
    app.passwords.admit()?;
    let mut tried = Try::begin(&app, &origin, email).await?;
    let mut begun = begin(&app, &origin, &tried, &password).await?;
    if begun.is_none() {
        // Another sign-in may have hashed the same password anew. What is stored now decides.
        tried.look_again(&app).await?;
        begun = begin(&app, &origin, &tried, &password).await?;
    }
    match begun {
        Some((user, first)) => tokens(&app, &user, &first),
        None => Err(tried.failed(&app, &origin).await),
    }
}

/// Begins a session if the password is right; none if the account has changed, or is gone, while
/// it was hashed.
async fn begin(
    app: &Data<App>,
    origin: &Origin,
    tried: &Try,
    password: &str,
) -> Result<Option<(User, RefreshToken)>, ApiError> {
    let stored = tried
        .user
        .as_ref()
        .and_then(|user| user.password_hash.clone());
    let verified = app.passwords.verify(password, stored.as_deref()).await?;
    let right = |user: &&User| verified.right && sign_in::is_open(user, app);
    let Some(found) = tried.user.as_ref().filter(right).cloned() else {
        return Err(tried.failed(app, origin).await);
    };
    let session = SessionId::from_raw(app.new_id());
    let first = RefreshToken::first(session).map_err(ApiError::internal)?;
    let days = i64::from(app.config.session_days);
    let beginning = Beginning {
        app: app.clone(),
        tried: tried.clone(),
        rehash: verified.rehash,
        session: NewSession {
            id: session,
            token_hash: first.hash(),
            user_agent: origin.user_agent.clone(),
            expires_at: app.now().plus_seconds(DAY * days),
        },
        found,
    };
    let actor = Actor::User {
        id: beginning.found.id,
        role: beginning.found.role,
        session,
    };
    let begun = app
        .store
        .write(actor.clone(), app.now(), move |tx| beginning.run(tx))
        .await;
    match begun {
        Ok(user) => {
            record(Event::SignedIn, origin, &actor, &session.to_string());
            Ok(Some((user, first)))
        }
        Err(Error::Stale { .. } | Error::NotFound) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// A session that begins.
struct Beginning {
    app: Data<App>,
    tried: Try,
    found: User,
    rehash: Option<String>,
    session: NewSession,
}

impl Beginning {
    fn run(self, tx: &mut Tx<'_>) -> Result<User, Error> {
        let Self { app, found, .. } = &self;
        let user = sessions::create(tx, &self.session, found)?;
        if let (Some(old), Some(new)) = (&user.password_hash, &self.rehash) {
            users::rehash(tx, user.id, old, new)?;
        }
        self.tried.succeeded(tx, &app.secret, user.id)?;
        Ok(user)
    }
}

/// Get the next pair of tokens
///
/// Takes a refresh token for its successor and a new access token. A refresh token is used once:
/// when one that was used comes back, somebody has a copy, and the session ends for both. Whoever
/// did not get the answer may send the same token once more within ten seconds, and is given the
/// same successor.
#[utoipa::path(
    tag = "accounts",
    request_body = Refresh,
    responses((status = 200, description = "The next pair.", body = Tokens))
)]
#[post("/auth/refresh")]
pub(crate) async fn refresh(
    app: Data<App>,
    origin: Origin,
    body: Body<Refresh>,
) -> Result<HttpResponse, ApiError> {
    let refused = |event, about: &str| {
        record(event, &origin, &Actor::Anonymous, about);
        let detail = "This refresh token is unknown or was used before, or its session has ended.";
        ApiError::new(Code::SessionEnded, detail)
    };
    let Some(token) = RefreshToken::parse(&body.refresh_token, &app.secret) else {
        return Err(refused(Event::RefreshRefused, ""));
    };
    let shown = token.shown(&app.secret);
    let idle = DAY * i64::from(app.config.session_idle_days);
    let rotation = app
        .store
        .write(Actor::Anonymous, app.now(), move |tx| {
            sessions::rotate(tx, &shown, idle)
        })
        .await?;
    let about = token.session().to_string();
    match rotation {
        Rotation::Carried(user) => {
            let actor = Actor::User {
                id: user.id,
                role: user.role,
                session: token.session(),
            };
            record(Event::Refreshed, &origin, &actor, &about);
            tokens(&app, &user, &token.successor(&app.secret))
        }
        Rotation::Reused(_) => {
            app.show_own_revocations().await;
            Err(refused(Event::TokenReused, &about))
        }
        Rotation::Refused => Err(refused(Event::RefreshRefused, &about)),
    }
}

/// Sign out
///
/// Ends the session of the refresh token, or, without one, of the access token in
/// `Authorization`. No access token of it is taken any more: here at once, on other nodes within
/// a second. A refresh token that is unknown, or whose session has ended already, is answered
/// alike.
#[utoipa::path(
    tag = "accounts",
    request_body = Logout,
    responses((status = 204, description = "The session has ended, if there was one."))
)]
#[post("/auth/logout")]
pub(crate) async fn logout(
    app: Data<App>,
    caller: Caller,
    origin: Origin,
    body: Body<Logout>,
) -> Result<HttpResponse, ApiError> {
    let session = match &body.refresh_token {
        Some(text) => RefreshToken::parse(text, &app.secret).map(|token| token.session()),
        None => match &caller.0 {
            Actor::User { session, .. } => Some(*session),
            Actor::ApiKey { .. } => return Err(Denied::OnlyPeople.into()),
            Actor::Anonymous | Actor::System(_) => return Err(Denied::CredentialsNeeded.into()),
        },
    };
    let Some(session) = session else {
        return Ok(private_empty(StatusCode::NO_CONTENT));
    };
    let ended = app
        .store
        .write(
            caller.0.clone(),
            app.now(),
            move |tx| match sessions::owner(tx, session)? {
                Some(user) => sessions::end(tx, user, session, Ending::SignedOut),
                None => Ok(false),
            },
        )
        .await
        .map_err(|error: Error| ApiError::from(error))?;
    if ended {
        app.show_own_revocations().await;
        record(Event::SignedOut, &origin, &caller.0, &session.to_string());
    }
    Ok(private_empty(StatusCode::NO_CONTENT))
}

fn tokens(app: &App, user: &User, token: &RefreshToken) -> Result<HttpResponse, ApiError> {
    let (id, now) = (app.new_id(), app.now());
    let tokens = Tokens {
        access_token: app.identity.issue(user, token.session(), id, now)?,
        token_type: "Bearer".to_owned(),
        expires_in: ACCESS_SECONDS,
        refresh_token: token.text(&app.secret),
    };
    private_json(StatusCode::OK, &tokens)
}
