//! Facts about everything that is published.

use std::collections::HashMap;

use diesel::prelude::*;
use diesel::sql_types::BigInt;
use domain::id::SectionId;
use domain::time::Timestamp;

use crate::statement::Statement;
use crate::{Conn, Error};

/// How many articles public at `now` each section holds, its descendants included; a section
/// without any is not in it. It reads the whole index of sections: once a minute at most.
pub fn section_counts(
    conn: &mut Conn<'_>,
    now: Timestamp,
) -> Result<HashMap<SectionId, i64>, Error> {
    let rows = Statement::<(BigInt, BigInt)>::new(
        "SELECT l.scope_id, COUNT(*) FROM listings l WHERE l.scope = 'section' AND l.visible_from <= ",
    )
    .number(now.as_millis())
    .sql(" AND (l.visible_until IS NULL OR l.visible_until > ")
    .number(now.as_millis())
    .sql(") GROUP BY l.scope_id")
    .load::<(i64, i64)>(conn.0)?;
    Ok(rows
        .into_iter()
        .map(|(id, count)| (SectionId::from_raw(id), count))
        .collect())
}

/// The first instant after `now` at which any article appears or disappears by its schedule: no
/// list may be kept longer than that. One statement of two index look-ups.
pub fn next_transition(conn: &mut Conn<'_>, now: Timestamp) -> Result<Option<Timestamp>, Error> {
    let rows = Statement::<BigInt>::new(
        "SELECT a.at FROM (SELECT visible_from AS at FROM published_articles WHERE visible_from > ",
    )
    .number(now.as_millis())
    .sql(" ORDER BY visible_from LIMIT 1) a UNION ALL SELECT b.at FROM (SELECT visible_until AS at")
    .sql(" FROM published_articles WHERE visible_until > ")
    .number(now.as_millis())
    .sql(" ORDER BY visible_until LIMIT 1) b")
    .load::<i64>(conn.0)?;
    Ok(rows.into_iter().min().map(Timestamp::from_millis))
}
