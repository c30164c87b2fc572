//! How large sets are joined.

use diesel::connection::SimpleConnection;

use crate::connection::AnyConnection;
use crate::error::Error;

/// Prepares the rest of a transaction for statements that join ten thousand rows with as many.
///
/// PostgreSQL plans by statistics, and those know nothing of what was imported a moment ago: it
/// takes such a set for a single row, and compares each row with every other (ten thousand by ten
/// thousand took half a minute). Hashing costs next to nothing where the set is small after all.
/// SQLite probes an index for each row, whatever it knows.
pub(crate) fn expect_large_joins(conn: &mut AnyConnection) -> Result<(), Error> {
    match conn {
        AnyConnection::Sqlite(_) => {}
        AnyConnection::Postgres(conn) => conn.batch_execute("SET LOCAL enable_nestloop = off")?,
    }
    Ok(())
}
