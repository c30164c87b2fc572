//! `POST /manage/users`.

use actix_web::{HttpResponse, post, web::Data};
use domain::id::UserId;
use domain::user::{Email, TokenPurpose, parse_name};
use domain::{Role, Timestamp};
use openapi::Code;
use openapi::user::{Invitation, InvitedUser, NewUser};
use storage::user_tokens::{self, NewToken};
use storage::users::{self, User};
use storage::{Error, Tx};

use crate::audit::{self, Event};
use crate::auth::mailed::{INVITE_SECONDS, fresh_token};
use crate::error::ApiError;
use crate::extract::{COMMENT_BYTES, Caller, Json, Origin};
use crate::mail::letters;
use crate::respond::created;
use crate::state::App;
use crate::v1::support::to_its_end;
use crate::v1::wire;
use crate::v1::write::{Refused, Wrong, change};

/// Invite somebody
///
/// Makes an account without a password. Its owner gets a mail with a code that sets one, within an
/// hour; where the server sends no mail the answer holds the code, this once, to be handed over.
/// Later, `POST /auth/forgot` or `broadsheet user reset-password` gives another one.
///
/// The answer may hold a secret, so it is not kept: there is no `Idempotency-Key` here. An address
/// that is taken is 409 and names the account that has it.
#[utoipa::path(
    tag = "manage users",
    request_body = NewUser,
    responses((
        status = 201,
        description = "The account, and how its owner gets in.",
        body = InvitedUser
    ))
)]
#[post("/manage/users")]
pub(crate) async fn invite_user(
    app: Data<App>,
    caller: Caller,
    origin: Origin,
    body: Json<NewUser, COMMENT_BYTES>,
) -> Result<HttpResponse, ApiError> {
    let wanted = Wanted::parse(&body.value)?;
    let (token, hash) = fresh_token().map_err(ApiError::internal)?;
    let expires_at = app.now().plus_seconds(INVITE_SECONDS);
    let mailed = app.mailer.is_configured();
    let invitation = Invitation {
        token,
        expires_at: expires_at.to_string(),
    };
    let secret = Secret { hash, expires_at };
    let work = invite(
        app,
        caller,
        origin,
        wanted,
        secret,
        invitation.token.clone(),
    );
    let user = to_its_end(work).await?;
    let (id, version) = (user.id, user.version);
    let body = InvitedUser {
        user: wire::user::managed(user),
        invitation: (!mailed).then_some(invitation),
    };
    created(&format!("/api/v1/manage/users/{id}"), version, &body)
}

/// What is stored of the code that lets somebody in.
struct Secret {
    hash: String,
    expires_at: Timestamp,
}

/// Makes the account, and sends the mail.
async fn invite(
    app: Data<App>,
    caller: Caller,
    origin: Origin,
    wanted: Wanted,
    secret: Secret,
    token: String,
) -> Result<User, ApiError> {
    let (actor, drawing) = (caller.0.clone(), app.clone());
    let user = change(&app, caller, move |tx| {
        let id = UserId::from_raw(drawing.new_id());
        let user = make(tx, id, &wanted)?;
        let token = NewToken {
            hash: secret.hash.clone(),
            user: user.id,
            purpose: TokenPurpose::SetPassword,
            email: user.email.clone(),
            expires_at: secret.expires_at,
        };
        user_tokens::create(tx, &token)?;
        Ok(user)
    })
    .await?;
    let about = format!("{} invited role={}", user.id, user.role);
    audit::record(Event::UserManaged, &origin, &actor, &about);
    if app.mailer.is_configured() {
        app.mailer
            .send(letters::invitation(&app.config, &user.email, &token));
    }
    Ok(user)
}

#[derive(Clone)]
struct Wanted {
    email: Email,
    name: String,
    role: Role,
}

impl Wanted {
    fn parse(new: &NewUser) -> Result<Self, ApiError> {
        let mut wrong = Wrong::default();
        let email = wrong.check(Email::parse(&new.email));
        let name = wrong.check(parse_name(&new.name));
        let (Ok(email), Ok(name)) = (email, name) else {
            return Err(wrong.into_error());
        };
        Ok(Self {
            email,
            name,
            role: wire::user::asked_role(new.role),
        })
    }
}

fn make(tx: &mut Tx<'_>, id: UserId, wanted: &Wanted) -> Result<User, Refused> {
    if let Some(other) = users::by_email(tx, &wanted.email)? {
        return Err(taken(Some(other.id)).into());
    }
    let new = users::NewUser {
        id,
        email: wanted.email.clone(),
        email_verified: false,
        name: wanted.name.clone(),
        password_hash: None,
        role: wanted.role,
    };
    match users::create(tx, &new) {
        // Made by somebody else at this very moment.
        Err(Error::Conflict { field: "email" }) => Err(taken(None).into()),
        made => Ok(made?),
    }
}

fn taken(by: Option<UserId>) -> ApiError {
    let detail = "Another account has this address.";
    let refused =
        ApiError::new(Code::Conflict, detail).pointer("/email", Code::Conflict.as_str(), detail);
    match by {
        Some(id) => refused.conflicting_id(id.to_string()),
        None => refused,
    }
}
