//! Whether anything that somebody wrote was ever let stand.

use diesel::prelude::*;
use diesel::sql_types::BigInt;
use domain::comment::STANDS_AFTER_SECONDS;
use domain::id::UserId;
use domain::time::Timestamp;

use crate::statement::Statement;
use crate::{Conn, Error};

/// Whether one of the last 200 comments of an account is published, and a moderator has decided so
/// or time has let it stand ([`STANDS_AFTER_SECONDS`]). One statement, however many there are.
pub fn has_stood(conn: &mut Conn<'_>, user: UserId, now: Timestamp) -> Result<bool, Error> {
    let stood = Statement::<BigInt>::new(
        "SELECT page.id FROM (SELECT c.id, c.status, c.created_at FROM comments c \
         WHERE c.user_id = ",
    )
    .number(user.raw())
    .sql(
        " ORDER BY c.id DESC LIMIT 200) page LEFT JOIN comment_cases k ON k.comment_id = page.id \
         WHERE page.status = 'published' AND (k.decided_at IS NOT NULL OR page.created_at <= ",
    )
    .number(now.plus_seconds(-STANDS_AFTER_SECONDS).as_millis())
    .sql(") LIMIT 1")
    .get_result::<i64>(conn.0)
    .optional()?;
    Ok(stood.is_some())
}
