//! What is counted against a limit that all nodes share: failed sign-ins, mails that were sent.
//! A window begins with the first attempt and ends after its time, however many follow.

use diesel::prelude::*;
use diesel::sql_types::BigInt;
use domain::time::Timestamp;

use crate::schema::attempts;
use crate::statement::Statement;
use crate::{Conn, Error, Tx};

/// The attempts of the window that is open now, and when it began.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Window {
    /// How many there were; at least one.
    pub count: i64,
    /// When the first of them was.
    pub began_at: Timestamp,
}

/// The open window of a bucket (the keyed hash of what is counted), if there is one.
pub fn window(
    conn: &mut Conn<'_>,
    bucket: &str,
    now: Timestamp,
    seconds: i64,
) -> Result<Option<Window>, Error> {
    let row: Option<(i64, i64)> = attempts::table
        .find(bucket)
        .filter(attempts::began_at.gt(now.plus_seconds(-seconds).as_millis()))
        .select((attempts::count, attempts::began_at))
        .first(conn.0)
        .optional()?;
    Ok(row.map(|(count, began_at)| Window {
        count,
        began_at: Timestamp::from_millis(began_at),
    }))
}

/// Counts one attempt, in a new window when the last one is over; how many there are now. Of
/// parallel transactions each gets a number of its own, so whoever counts before trying cannot be
/// outrun by trying often at once.
pub fn add(tx: &mut Tx<'_>, bucket: &str, seconds: i64) -> Result<i64, Error> {
    let now = tx.now();
    let start = now.plus_seconds(-seconds).as_millis();
    let count: i64 =
        Statement::<BigInt>::new("INSERT INTO attempts (bucket, count, began_at) VALUES (")
            .text(bucket)
            .sql(", 1, ")
            .number(now.as_millis())
            .sql(") ON CONFLICT (bucket) DO UPDATE SET count = CASE WHEN attempts.began_at > ")
            .number(start)
            .sql(" THEN attempts.count + 1 ELSE 1 END, began_at = CASE WHEN attempts.began_at > ")
            .number(start)
            .sql(" THEN attempts.began_at ELSE excluded.began_at END RETURNING count")
            .get_result(tx.0)?;
    Ok(count)
}

/// Forgets what was counted in a bucket.
pub fn clear(tx: &mut Tx<'_>, bucket: &str) -> Result<(), Error> {
    diesel::delete(attempts::table.find(bucket)).execute(tx.0)?;
    Ok(())
}

/// Removes at most a thousand windows that began before `before`; answers how many. Repeat
/// until 0.
pub fn sweep(tx: &mut Tx<'_>, before: Timestamp) -> Result<usize, Error> {
    let old: Vec<String> = attempts::table
        .filter(attempts::began_at.lt(before.as_millis()))
        .order(attempts::began_at)
        .select(attempts::bucket)
        .limit(1000)
        .load(tx.0)?;
    Ok(diesel::delete(attempts::table.filter(attempts::bucket.eq_any(old))).execute(tx.0)?)
}
