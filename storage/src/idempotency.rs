//! Answers kept for clients that retry: stored in the transaction of their effect, so
//! that an effect without its answer, or the reverse, cannot exist.

use diesel::prelude::*;
use domain::time::Timestamp;

use crate::connection::Tx;
use crate::dialect::or_ignore;
use crate::error::Error;
use crate::schema::idempotency;

/// How long an answer is kept: 24 hours.
pub const KEPT_SECONDS: i64 = 24 * 60 * 60;

/// An answer to be given again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stored {
    /// The HTTP status.
    pub status: i32,
    /// The `Location` header.
    pub location: Option<String>,
    /// The `ETag` header.
    pub etag: Option<String>,
    /// The body.
    pub body: String,
}

/// What is known about a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Claim {
    /// Nothing: do the work and call [`finish`] in the same transaction.
    New,
    /// The same request was answered before: give this answer.
    Replay(Stored),
    /// Another request used the key.
    Mismatch,
}

/// The status of a claim whose answer is not there yet; only its own transaction
/// ever sees it.
const UNFINISHED: i32 = 0;

type Row = (String, i32, Option<String>, Option<String>, String, i64);

/// Claims a key. `id_hash` stands for caller, method, path and key, `request_hash`
/// for the body. Call it before any work: on PostgreSQL a parallel request with the
/// same key waits here until the first has committed.
///
/// # Errors
/// [`Error::Overloaded`] when the other request takes too long.
pub fn claim(tx: &mut Tx<'_>, id_hash: &str, request_hash: &str) -> Result<Claim, Error> {
    let now = tx.now();
    let user = tx.actor().user().map(|(user, _)| user.raw());
    let claimed = or_ignore(diesel::insert_into(idempotency::table).values((
        idempotency::id.eq(id_hash),
        idempotency::request_hash.eq(request_hash),
        idempotency::status.eq(UNFINISHED),
        idempotency::body.eq(""),
        idempotency::created_at.eq(now.as_millis()),
        idempotency::user_id.eq(user),
    )))
    .execute(tx.0)?;
    if claimed == 1 {
        return Ok(Claim::New);
    }
    let row: Option<Row> = idempotency::table
        .find(id_hash)
        .select((
            idempotency::request_hash,
            idempotency::status,
            idempotency::location,
            idempotency::etag,
            idempotency::body,
            idempotency::created_at,
        ))
        .first(tx.0)
        .optional()?;
    match row {
        // The sweep took it between the two statements; the client may simply retry.
        None => Err(Error::Overloaded),
        Some((_, status, .., created_at))
            if status == UNFINISHED || created_at < expiry(now).as_millis() =>
        {
            reclaim(tx, id_hash, request_hash)
        }
        Some((stored_hash, ..)) if stored_hash != request_hash => Ok(Claim::Mismatch),
        Some((_, status, location, etag, body, _)) => Ok(Claim::Replay(Stored {
            status,
            location,
            etag,
            body,
        })),
    }
}

fn reclaim(tx: &mut Tx<'_>, id_hash: &str, request_hash: &str) -> Result<Claim, Error> {
    let now = tx.now().as_millis();
    diesel::update(idempotency::table.find(id_hash))
        .set((
            idempotency::request_hash.eq(request_hash),
            idempotency::status.eq(UNFINISHED),
            idempotency::created_at.eq(now),
        ))
        .execute(tx.0)?;
    Ok(Claim::New)
}

/// Keeps the answer to a claimed key.
///
/// # Errors
/// [`Error::Internal`] when the key was not claimed in this transaction.
pub fn finish(tx: &mut Tx<'_>, id_hash: &str, answer: &Stored) -> Result<(), Error> {
    let kept = diesel::update(idempotency::table.find(id_hash))
        .set((
            idempotency::status.eq(answer.status),
            idempotency::location.eq(answer.location.as_deref()),
            idempotency::etag.eq(answer.etag.as_deref()),
            idempotency::body.eq(&answer.body),
        ))
        .execute(tx.0)?;
    if kept == 1 {
        Ok(())
    } else {
        Err(Error::Internal(
            "an answer was to be kept for a key nobody claimed".to_owned(),
        ))
    }
}

/// Removes at most a thousand answers made before `before`, so that the transaction
/// stays short; answers how many. Repeat until 0.
///
/// # Errors
/// Those of the database.
pub fn sweep(tx: &mut Tx<'_>, before: Timestamp) -> Result<usize, Error> {
    let old: Vec<String> = idempotency::table
        .filter(idempotency::created_at.lt(before.as_millis()))
        .order(idempotency::created_at)
        .select(idempotency::id)
        .limit(1000)
        .load(tx.0)?;
    let removed =
        diesel::delete(idempotency::table.filter(idempotency::id.eq_any(old))).execute(tx.0)?;
    Ok(removed)
}

/// Answers made before this moment are as good as gone.
#[must_use]
pub fn expiry(now: Timestamp) -> Timestamp {
    now.plus_seconds(-KEPT_SECONDS)
}
