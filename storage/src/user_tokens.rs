//! Tokens that were sent by mail. Only their hashes are here, and each opens once.

use diesel::prelude::*;
use domain::id::UserId;
use domain::time::Timestamp;
use domain::user::{Email, TokenPurpose};

use crate::schema::user_tokens;
use crate::{Conn, Error, Tx, stored, users};

/// A token to be stored.
#[derive(Clone, PartialEq, Eq)]
pub struct NewToken {
    /// The hash of the token.
    pub hash: String,
    /// Whose it is.
    pub user: UserId,
    /// What it opens.
    pub purpose: TokenPurpose,
    /// The address it is sent to.
    pub email: Email,
    /// When it ends.
    pub expires_at: Timestamp,
}

/// Stores a token. Earlier ones of the account for the same purpose end.
///
/// # Errors
/// [`Error::NotFound`] when there is no such account.
pub fn create(tx: &mut Tx<'_>, token: &NewToken) -> Result<(), Error> {
    let now = tx.now().as_millis();
    // Of two that are made at once, one is the later one.
    users::lock(tx, token.user)?.ok_or(Error::NotFound)?;
    forget(tx, token.user, token.purpose)?;
    diesel::insert_into(user_tokens::table)
        .values((
            user_tokens::hash.eq(&token.hash),
            user_tokens::user_id.eq(token.user.raw()),
            user_tokens::purpose.eq(token.purpose.as_str()),
            user_tokens::email.eq(token.email.as_str()),
            user_tokens::created_at.eq(now),
            user_tokens::expires_at.eq(token.expires_at.as_millis()),
        ))
        .execute(tx.0)?;
    Ok(())
}

/// Whose a token is, without using it up: to look at what comes with it first.
pub fn find(
    conn: &mut Conn<'_>,
    hash: &str,
    purpose: TokenPurpose,
    now: Timestamp,
) -> Result<Option<UserId>, Error> {
    let user: Option<i64> = user_tokens::table
        .find(hash)
        .filter(user_tokens::purpose.eq(purpose.as_str()))
        .filter(user_tokens::expires_at.gt(now.as_millis()))
        .select(user_tokens::user_id)
        .first(conn.0)
        .optional()?;
    Ok(user.map(UserId::from_raw))
}

/// Uses a token up: whose it is and which address it was sent to. `None` for one that is
/// unknown, used, expired or for something else. Of requests that try at once, one gets it.
pub fn take(
    tx: &mut Tx<'_>,
    hash: &str,
    purpose: TokenPurpose,
) -> Result<Option<(UserId, Email)>, Error> {
    let now = tx.now().as_millis();
    let valid = user_tokens::table
        .find(hash)
        .filter(user_tokens::purpose.eq(purpose.as_str()))
        .filter(user_tokens::expires_at.gt(now));
    let taken: Option<(i64, String)> = diesel::delete(valid)
        .returning((user_tokens::user_id, user_tokens::email))
        .get_result(tx.0)
        .optional()?;
    taken
        .map(|(user, email)| Ok((UserId::from_raw(user), stored::parse(&email, Email::parse)?)))
        .transpose()
}

/// Ends the tokens of an account for one purpose.
pub fn forget(tx: &mut Tx<'_>, user: UserId, purpose: TokenPurpose) -> Result<(), Error> {
    let target = user_tokens::table
        .filter(user_tokens::user_id.eq(user.raw()))
        .filter(user_tokens::purpose.eq(purpose.as_str()));
    diesel::delete(target).execute(tx.0)?;
    Ok(())
}

/// Ends every token of an account.
pub fn forget_all(tx: &mut Tx<'_>, user: UserId) -> Result<(), Error> {
    diesel::delete(user_tokens::table.filter(user_tokens::user_id.eq(user.raw()))).execute(tx.0)?;
    Ok(())
}

/// The address that shall take the place of an account's present one as soon as its owner has
/// shown that it is theirs.
pub fn pending_email(
    conn: &mut Conn<'_>,
    user: UserId,
    now: Timestamp,
) -> Result<Option<Email>, Error> {
    let email: Option<String> = user_tokens::table
        .filter(user_tokens::user_id.eq(user.raw()))
        .filter(user_tokens::purpose.eq(TokenPurpose::ChangeEmail.as_str()))
        .filter(user_tokens::expires_at.gt(now.as_millis()))
        .select(user_tokens::email)
        .first(conn.0)
        .optional()?;
    email
        .map(|email| stored::parse(&email, Email::parse))
        .transpose()
}

/// Removes at most a thousand tokens that ended before `before`; answers how many. Repeat
/// until 0.
pub fn sweep(tx: &mut Tx<'_>, before: Timestamp) -> Result<usize, Error> {
    let old: Vec<String> = user_tokens::table
        .filter(user_tokens::expires_at.lt(before.as_millis()))
        .order(user_tokens::expires_at)
        .select(user_tokens::hash)
        .limit(1000)
        .load(tx.0)?;
    Ok(diesel::delete(user_tokens::table.filter(user_tokens::hash.eq_any(old))).execute(tx.0)?)
}
