//! Raw SQL on a database by its URL, for the test harness and the benchmarks.
//!
//! Only with the feature `testing`: the server itself goes through [`crate::Store`].

use std::sync::Arc;

use diesel::connection::SimpleConnection;
use diesel::sql_types::Text;
use diesel::{QueryableByName, RunQueryDsl, sql_query};

use crate::connection::AnyConnection;
use crate::dialect::{Purpose, Target};
use crate::error::Error;
use crate::store::Settings;

#[derive(QueryableByName)]
struct Line {
    #[diesel(sql_type = Text)]
    line: String,
}

/// Runs `sql`, any number of statements.
///
/// # Errors
/// [`Error::Unavailable`] without a connection, [`Error::Internal`] when a statement fails.
pub fn execute(url: &str, sql: &str) -> Result<(), Error> {
    connect(url)?.batch_execute(sql).map_err(failed)
}

/// The column `line`, a text, of every row of one query.
///
/// # Errors
/// As [`execute`].
pub fn lines(url: &str, sql: &str) -> Result<Vec<String>, Error> {
    let rows: Vec<Line> = sql_query(sql).load(&mut connect(url)?).map_err(failed)?;
    Ok(rows.into_iter().map(|row| row.line).collect())
}

fn connect(url: &str) -> Result<AnyConnection, Error> {
    let limits = Settings::default().limits();
    Ok(Target::parse(url)?
        .connect(Purpose::Migrate, limits, &Arc::default())?
        .conn)
}

/// The whole message: a test has to see what was wrong with its SQL.
#[expect(clippy::needless_pass_by_value, reason = "as map_err wants it")]
fn failed(error: diesel::result::Error) -> Error {
    Error::Internal(error.to_string())
}
