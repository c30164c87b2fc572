//! One's own account. Whoever asks has signed in; everything is found by the account of the access
//! token, and by nothing a request could name.

mod account;
mod comments;
mod erase;
mod export;
mod notifications;
mod patch;
mod sessions;
mod votes;

use domain::Denied;
use domain::id::{SessionId, UserId};
use domain::user::UserStatus;
use openapi::Code;
use storage::users::User;

pub(crate) use account::get_me;
pub(crate) use comments::{get_my_comment, list_my_comments};
pub(crate) use erase::erase_me;
pub(crate) use export::export_me;
pub(crate) use notifications::list_my_notifications;
pub(crate) use patch::patch_me;
pub(crate) use sessions::{end_my_session, end_my_sessions, list_my_sessions};
pub(crate) use votes::list_my_votes;

use crate::config::Config;
use crate::error::ApiError;
use crate::extract::Caller;

/// Whose account it is, and which sign-in asks.
pub(crate) fn signed_in(caller: &Caller) -> Result<(UserId, SessionId), ApiError> {
    caller
        .0
        .user()
        .ok_or_else(|| Denied::CredentialsNeeded.into())
}

/// The account, if it is still in use: it may have been closed since its access token was made,
/// and this node may not have heard of it yet.
pub(crate) fn in_use(user: Option<User>) -> Result<User, ApiError> {
    user.filter(|user| user.status == UserStatus::Active)
        .ok_or_else(closed)
}

/// How long a session lasts without being used.
fn idle_seconds(config: &Config) -> i64 {
    i64::from(config.session_idle_days).saturating_mul(86_400)
}

fn closed() -> ApiError {
    ApiError::new(
        Code::Unauthorized,
        "The account of this access token is closed.",
    )
    .bad_credentials()
}

/// 409: between the check of the password and the change, something else changed the account.
fn changed_meanwhile() -> ApiError {
    ApiError::new(
        Code::Conflict,
        "Your account was changed at the same moment. Read it again, and repeat this if you still \
         want it.",
    )
}
