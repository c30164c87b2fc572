//! What is counted against a limit that all nodes share: failed sign-ins, mails that were sent.
//! A window begins with the first attempt and ends after its time, however many follow.

use diesel::prelude::*;
use domain::time::Timestamp;

use crate::dialect::or_ignore;
use crate::schema::attempts;
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

/// Counts one attempt, in a new window when the last one is over; how many there are now.
/// Parallel transactions count after one another.
pub fn add(tx: &mut Tx<'_>, bucket: &str, seconds: i64) -> Result<i64, Error> {
    let now = tx.now();
    let start = now.plus_seconds(-seconds).as_millis();
    let open = attempts::table
        .find(bucket)
        .filter(attempts::began_at.gt(start));
    let counted = diesel::update(open)
        .set(attempts::count.eq(attempts::count + 1))
        .execute(tx.0)?;
    if counted == 0 {
        let made = or_ignore(diesel::insert_into(attempts::table).values((
            attempts::bucket.eq(bucket),
            attempts::count.eq(1_i64),
            attempts::began_at.eq(now.as_millis()),
        )))
        .execute(tx.0)?;
        if made == 0 {
            let over = attempts::table
                .find(bucket)
                .filter(attempts::began_at.le(start));
            let renewed = diesel::update(over)
                .set((
                    attempts::count.eq(1_i64),
                    attempts::began_at.eq(now.as_millis()),
                ))
                .execute(tx.0)?;
            if renewed == 0 {
                // Somebody else opened the new window in between.
                diesel::update(attempts::table.find(bucket))
                    .set(attempts::count.eq(attempts::count + 1))
                    .execute(tx.0)?;
            }
        }
    }
    Ok(window(tx, bucket, now, seconds)?.map_or(1, |window| window.count))
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
        .select(attempts::bucket)
        .limit(1000)
        .load(tx.0)?;
    Ok(diesel::delete(attempts::table.filter(attempts::bucket.eq_any(old))).execute(tx.0)?)
}
