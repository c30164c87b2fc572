//! The order of the change log.

use crate::connection::AnyConnection;

/// Goes on with a `WHERE` on `changes l` so that only entries are left before which no other one can
/// appear any more. SQLite has one writer and commits in order. On PostgreSQL an entry may be there
/// while one of an earlier transaction is not yet.
pub(crate) const fn settled(conn: &AnyConnection) -> &'static str {
    match conn {
        AnyConnection::Sqlite(_) => "",
        AnyConnection::Postgres(_) => {
            " AND l.xid < pg_snapshot_xmin(pg_current_snapshot())::text::bigint"
        }
    }
}
