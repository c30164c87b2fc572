//! `/auth`: getting an account, signing in and staying signed in.
//!
//! Nobody is to find out here who has an account. Every answer is the same for an address that
//! has one and for one that has none, and so is the work: a password is hashed in any case, as
//! many statements are made, and a mail only waits in a queue.

mod address;
mod forgotten;
mod registration;
mod session;

use domain::id::UserId;
use domain::user::{Email, TokenPurpose};
use storage::users::{self, User};
use storage::{Error, Tx, user_tokens};

use crate::{error::ApiError, extract::Json};

pub(crate) use address::{resend, verify};
pub(crate) use forgotten::{forgot, reset};
pub(crate) use registration::register;
pub(crate) use session::{login, logout, refresh};

/// The largest body, in bytes: an address, a name and a password.
const BYTES: usize = 8 * 1024;

type Body<T> = Json<T, BYTES>;

/// Makes so many statements that change and find nothing: what another address would have taken.
fn idle(tx: &mut Tx<'_>, statements: usize) -> Result<(), Error> {
    for _ in 0..statements {
        users::get(tx, UserId::from_raw(0))?;
    }
    Ok(())
}

/// Uses a token up: its owner's account, which stays as it is until this transaction ends, and the
/// address it was sent to. The account is held before the token is touched, as everywhere: two who
/// hold one each would wait for one another.
fn take(
    tx: &mut Tx<'_>,
    hash: &str,
    purpose: TokenPurpose,
) -> Result<Option<(User, Email)>, Error> {
    let now = tx.now();
    let Some(owner) = user_tokens::find(tx, hash, purpose, now)? else {
        return Ok(None);
    };
    let Some(user) = users::lock(tx, owner)? else {
        return Ok(None);
    };
    // Somebody else may have used it up in the meantime.
    let taken = user_tokens::take(tx, hash, purpose)?;
    Ok(taken.map(|(_, email)| (user, email)))
}

/// A token that opens nothing, whatever is wrong with it.
fn bad_token() -> ApiError {
    let detail = "This code is unknown, has been used, or its time is over. Ask for a new one.";
    ApiError::validation().pointer("/token", "invalid_token", detail)
}
