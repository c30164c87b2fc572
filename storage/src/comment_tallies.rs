//! What readers sent, counted by day and by the rule that met it.

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text};
use domain::comment::{Handling, Tallied, start_of};
use domain::id::{RuleId, id_at};

use crate::statement::Statement;
use crate::{Conn, Error, Tx, stored};

/// How often something happened on a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Tally {
    /// The day, as [`domain::comment::day_of`] counts.
    pub day: i64,
    /// What happened.
    pub what: Tallied,
    /// The rule that made it so, if one did.
    pub rule: Option<RuleId>,
    /// How often.
    pub number: i64,
}

/// Adds what was counted in memory; nothing is written to the change log. Rows are taken in one order,
/// so that two nodes that add at once cannot wait for each other.
pub fn add(tx: &mut Tx<'_>, tallies: &[Tally]) -> Result<(), Error> {
    let mut tallies = tallies.to_vec();
    tallies.sort_unstable();
    for tally in tallies {
        Statement::<()>::new("INSERT INTO comment_tallies (day, what, rule_id, number) VALUES (")
            .number(tally.day)
            .sql(", ")
            .text(tally.what.as_str())
            .sql(", ")
            .number(tally.rule.map_or(0, RuleId::raw))
            .sql(", ")
            .number(tally.number)
            .sql(") ON CONFLICT (day, what, rule_id) DO UPDATE SET")
            .sql(" number = comment_tallies.number + excluded.number")
            .execute(tx.0)?;
    }
    Ok(())
}

/// What was counted from one day to another, both included. One statement.
pub fn between(conn: &mut Conn<'_>, from: i64, until: i64) -> Result<Vec<Tally>, Error> {
    let rows = Statement::<(BigInt, Text, BigInt, BigInt)>::new(
        "SELECT t.day, t.what, t.rule_id, t.number FROM comment_tallies t WHERE t.day >= ",
    )
    .number(from)
    .sql(" AND t.day <= ")
    .number(until)
    .sql(" ORDER BY t.day, t.what, t.rule_id")
    .load::<(i64, String, i64, i64)>(conn.0)?;
    let tally = |(day, what, rule, number): (i64, String, i64, i64)| {
        Ok(Tally {
            day,
            what: stored::parse(&what, Tallied::parse)?,
            rule: (rule != 0).then(|| RuleId::from_raw(rule)),
            number,
        })
    };
    rows.into_iter().map(tally).collect()
}

/// What a moderator did on a day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Work {
    /// The day.
    pub day: i64,
    /// Who it was, as [`domain::actor::Actor::label`] writes it.
    pub by: String,
    /// What was done.
    pub what: Handling,
    /// How often.
    pub number: i64,
}

/// What moderators did from one day to another, both included: counted from what each has done, whose
/// ids sort by time. One statement, an index range of that time.
pub fn work(conn: &mut Conn<'_>, from: i64, until: i64) -> Result<Vec<Work>, Error> {
    let rows = Statement::<(BigInt, Text, Text, BigInt)>::new(
        "SELECT h.handled_at / 86400000, h.handled_by, h.what, COUNT(*) FROM comment_handlings h \
         WHERE h.id >= ",
    )
    .number(id_at(start_of(from), 0))
    .sql(" AND h.id < ")
    .number(id_at(start_of(until.saturating_add(1)), 0))
    .sql(" GROUP BY 1, 2, 3")
    .load::<(i64, String, String, i64)>(conn.0)?;
    let work = |(day, by, what, number): (i64, String, String, i64)| {
        Ok(Work {
            day,
            by,
            what: stored::parse(&what, Handling::parse)?,
            number,
        })
    };
    rows.into_iter().map(work).collect()
}
