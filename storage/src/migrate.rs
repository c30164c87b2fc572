//! Bringing a database to the schema of this program.

use std::collections::BTreeMap;

use diesel::migration::{MigrationSource, MigrationVersion};
use diesel_migrations::MigrationHarness;

use crate::connection::AnyConnection;
use crate::dialect;
use crate::error::Error;
use crate::store::Store;
use crate::{tags, working_terms};

/// What a migration run did.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct MigrationReport {
    /// The names of the migrations applied now, in order.
    pub applied: Vec<String>,
    /// How many had been applied before.
    pub already: usize,
}

impl Store {
    /// Applies what is missing, one process at a time. What SQL cannot fill in is filled in
    /// afterwards, in transactions of a moment each; a run that is cut off is gone on with by the next.
    ///
    /// # Errors
    /// [`Error::Migrations`] when the database was made by a newer program, or a
    /// migration fails (it then leaves no trace); [`Error::Unavailable`] when the
    /// database is away.
    pub fn migrate(&self) -> Result<MigrationReport, Error> {
        let mut conn = self.own_connection()?;
        let report = match look(&mut conn)? {
            (0, already) => MigrationReport {
                applied: Vec::new(),
                already,
            },
            _ => apply(&mut conn)?,
        };
        working_terms::catch_up(&mut conn)?;
        tags::catch_up(&mut conn)?;
        Ok(report)
    }

    /// How many migrations this database still lacks.
    ///
    /// # Errors
    /// As [`Store::migrate`].
    pub fn pending_migrations(&self) -> Result<usize, Error> {
        Ok(look(&mut self.own_connection()?)?.0)
    }

    /// Takes back every migration, and with them all data. For tests of the
    /// migrations themselves.
    ///
    /// # Errors
    /// As [`Store::migrate`].
    pub fn revert_migrations(&self) -> Result<usize, Error> {
        let mut conn = self.own_connection()?;
        dialect::exclusively(&mut conn, |conn| {
            let source = dialect::migrations(conn);
            let reverted = conn
                .revert_all_migrations(source)
                .map_err(|error| failed("reverting a migration", error.as_ref()))?;
            Ok(reverted.len())
        })
    }
}

fn apply(conn: &mut AnyConnection) -> Result<MigrationReport, Error> {
    dialect::exclusively(conn, |conn| {
        // Another process may have been here while this one waited.
        let (_, already) = compare(conn)?;
        let names = names(conn)?;
        let source = dialect::migrations(conn);
        let applied = conn
            .run_pending_migrations(source)
            .map_err(|error| failed("applying a migration", error.as_ref()))?;
        let applied = applied
            .iter()
            .map(|version| name_of(&names, version))
            .collect();
        Ok(MigrationReport { applied, already })
    })
}

fn failed(what: &str, error: &(dyn std::error::Error + Send + Sync)) -> Error {
    Error::Migrations(format!(
        "{what} failed: {error}. The database is as it was before"
    ))
}

/// The names of the migrations in this program, by version.
fn names(conn: &AnyConnection) -> Result<BTreeMap<String, String>, Error> {
    let migrations = MigrationSource::<<AnyConnection as diesel::Connection>::Backend>::migrations(
        &dialect::migrations(conn),
    )
    .map_err(|error| failed("reading the embedded migrations", error.as_ref()))?;
    Ok(migrations
        .iter()
        .map(|migration| {
            (
                migration.name().version().to_string(),
                migration.name().to_string(),
            )
        })
        .collect())
}

fn name_of(names: &BTreeMap<String, String>, version: &MigrationVersion<'_>) -> String {
    let version = version.to_string();
    names.get(&version).cloned().unwrap_or(version)
}

/// [`compare`] without the lock, for which nothing may be written.
fn look(conn: &mut AnyConnection) -> Result<(usize, usize), Error> {
    if dialect::was_migrated(conn)? {
        compare(conn)
    } else {
        Ok((names(conn)?.len(), 0))
    }
}

/// How many migrations are missing, and how many are there. An unknown one means
/// that this program is older than the database, and would misread it.
fn compare(conn: &mut AnyConnection) -> Result<(usize, usize), Error> {
    let known = names(conn)?;
    let applied = conn
        .applied_migrations()
        .map_err(|error| failed("reading the state of the database", error.as_ref()))?;
    if let Some(unknown) = applied
        .iter()
        .map(ToString::to_string)
        .find(|version| !known.contains_key(version))
    {
        return Err(Error::Migrations(format!(
            "this database was migrated by a newer broadsheet (migration {unknown} is not known \
             here). Run that version or a later one, or restore a backup made before the upgrade"
        )));
    }
    Ok((known.len().saturating_sub(applied.len()), applied.len()))
}
