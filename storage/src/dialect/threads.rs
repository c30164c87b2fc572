//! The first replies of every root of a page, each root's from its own place in the index.

use crate::connection::AnyConnection;

/// `FROM …` of the replies `c` of the roots in `page r`: one more than `limit` of each at least,
/// which tells whether others follow. `PostgreSQL` has `LATERAL`; SQLite has not, but takes a
/// correlated list of ids, and keeps the order of a `CROSS JOIN`.
pub(crate) fn first_replies(conn: &AnyConnection, limit: u8) -> &'static str {
    match (conn, limit) {
        (AnyConnection::Postgres(_), 0..=3) => {
            " FROM page r CROSS JOIN LATERAL (SELECT x.* FROM comments x WHERE x.below = r.id \
             AND x.visible = TRUE ORDER BY x.id LIMIT 4) c"
        }
        (AnyConnection::Postgres(_), _) => {
            " FROM page r CROSS JOIN LATERAL (SELECT x.* FROM comments x WHERE x.below = r.id \
             AND x.visible = TRUE ORDER BY x.id LIMIT 11) c"
        }
        (AnyConnection::Sqlite(_), 0..=3) => {
            " FROM page r CROSS JOIN comments c WHERE c.id IN (SELECT x.id FROM comments x \
             WHERE x.below = r.id AND x.visible = TRUE ORDER BY x.id LIMIT 4)"
        }
        (AnyConnection::Sqlite(_), _) => {
            " FROM page r CROSS JOIN comments c WHERE c.id IN (SELECT x.id FROM comments x \
             WHERE x.below = r.id AND x.visible = TRUE ORDER BY x.id LIMIT 11)"
        }
    }
}
