//! What SQL cannot fill in when a database is brought up to date is filled in afterwards, a slice at a
//! time, from where it was left. Several processes may do so at once, and others may write meanwhile.

use diesel::prelude::*;

use crate::Error;
use crate::connection::AnyConnection;
use crate::dialect::{in_write, locking};
use crate::schema::backfills;

/// Fills in what comes after an id, some of it; the last id, or none when nothing is left.
pub(crate) type Slice = fn(&mut AnyConnection, i64) -> Result<Option<i64>, Error>;

/// Fills in everything that `name` stands for, each slice in a transaction of its own.
pub(crate) fn catch_up(conn: &mut AnyConnection, name: &str, fill: Slice) -> Result<(), Error> {
    while in_write(conn, |conn| fill_in(conn, name, fill))? {}
    Ok(())
}

/// Whether there may be more.
fn fill_in(conn: &mut AnyConnection, name: &str, fill: Slice) -> Result<bool, Error> {
    let own = backfills::table.find(name);
    let left = locking(conn, own.select(backfills::after_id));
    let Some(after) = left.load::<i64>(conn)?.pop() else {
        return Ok(false);
    };
    let last = fill(conn, after)?;
    match last {
        Some(last) => diesel::update(own)
            .set(backfills::after_id.eq(last))
            .execute(conn)?,
        None => diesel::delete(own).execute(conn)?,
    };
    Ok(last.is_some())
}
