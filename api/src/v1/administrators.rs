//! Somebody has to be left who can let others in.

use domain::Role;
use domain::user::UserStatus;
use openapi::Code;
use storage::Tx;
use storage::users::{self, User};

use crate::error::ApiError;
use crate::state::App;

/// Refuses to take away this account, or what it may do, when no other administrator could sign
/// in afterwards. Of two who take away each other at once, one is refused.
pub(crate) fn keep_one(tx: &mut Tx<'_>, app: &App, user: &User) -> Result<(), ApiError> {
    let counts = user.role == Role::Admin && user.status == UserStatus::Active;
    if !counts || users::has_other_admin(tx, user.id, app.mailer.is_configured())? {
        return Ok(());
    }
    Err(ApiError::new(
        Code::Conflict,
        "This is the last administrator who can sign in. Make somebody else an administrator \
         first.",
    ))
}
