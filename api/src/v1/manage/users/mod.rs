//! Accounts as administrators handle them. No API key gets here: only people let people in.

mod change;
mod erase;
mod invite;
mod read;

use storage::Tx;
use storage::users::{self, User};

use domain::id::UserId;
use domain::user::UserStatus;
use openapi::Code;

pub(crate) use change::{end_user_sessions, patch_user};
pub(crate) use erase::erase_user;
pub(crate) use invite::invite_user;
pub(crate) use read::{get_user, list_users};

use crate::error::ApiError;
use crate::v1::write::{Refused, expect_version};

fn no_user() -> ApiError {
    ApiError::not_found("There is no such account.")
}

/// The account, which stays as it is until this transaction ends, if it has this version and is
/// not about to be gone.
fn hold(tx: &mut Tx<'_>, id: UserId, version: i64) -> Result<User, Refused> {
    let user = users::lock(tx, id)?.ok_or_else(no_user)?;
    expect_version(version, user.version)?;
    if user.status == UserStatus::Erasing {
        let detail = "This account is being erased, and nothing else can be done with it.";
        return Err(ApiError::new(Code::WrongState, detail).into());
    }
    Ok(user)
}
