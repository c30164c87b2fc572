//! The network addresses from which an account has signed in, as keyed hashes: whoever guesses
//! passwords from elsewhere cannot lock their owner out there.

use diesel::prelude::*;
use domain::id::UserId;
use domain::time::Timestamp;

use crate::dialect::or_ignore;
use crate::schema::known_addresses;
use crate::{Conn, Error, Tx};

/// How long an address is remembered after the last sign-in: 90 days, in seconds.
pub const KEPT_SECONDS: i64 = 90 * 24 * 60 * 60;

/// Whether the account has signed in from there.
pub fn is_known(
    conn: &mut Conn<'_>,
    user: UserId,
    address: &str,
    now: Timestamp,
) -> Result<bool, Error> {
    let last: Option<i64> = known_addresses::table
        .find((user.raw(), address))
        .select(known_addresses::last_at)
        .first(conn.0)
        .optional()?;
    let oldest = now.plus_seconds(-KEPT_SECONDS).as_millis();
    Ok(last.is_some_and(|last| last > oldest))
}

/// When the account last signed in from each of the places that are remembered, oldest first. The
/// places themselves nobody can tell from their hashes.
pub fn times(conn: &mut Conn<'_>, user: UserId) -> Result<Vec<Timestamp>, Error> {
    let mut times: Vec<i64> = known_addresses::table
        .filter(known_addresses::user_id.eq(user.raw()))
        .select(known_addresses::last_at)
        .load(conn.0)?;
    times.sort_unstable();
    Ok(times.into_iter().map(Timestamp::from_millis).collect())
}

/// Remembers that the account has signed in from there, and forgets what is too old.
pub fn note(tx: &mut Tx<'_>, user: UserId, address: &str) -> Result<(), Error> {
    let now = tx.now();
    let moved = diesel::update(known_addresses::table.find((user.raw(), address)))
        .set(known_addresses::last_at.eq(now.as_millis()))
        .execute(tx.0)?;
    if moved == 0 {
        or_ignore(diesel::insert_into(known_addresses::table).values((
            known_addresses::user_id.eq(user.raw()),
            known_addresses::address.eq(address),
            known_addresses::last_at.eq(now.as_millis()),
        )))
        .execute(tx.0)?;
    }
    let old = known_addresses::table
        .filter(known_addresses::user_id.eq(user.raw()))
        .filter(known_addresses::last_at.le(now.plus_seconds(-KEPT_SECONDS).as_millis()));
    diesel::delete(old).execute(tx.0)?;
    Ok(())
}
