//! Opening connections: by the scheme of the URL, with the settings of each database.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use diesel::connection::{Instrumentation, InstrumentationEvent, SimpleConnection};
use diesel::pg::PgConnection;
use diesel::sqlite::SqliteConnection;
use diesel::{Connection, ConnectionError};

use super::postgres_url::{self, PostgresUrl};
use super::{Backend, errors, filesystem, log};
use crate::backup;
use crate::connection::AnyConnection;
use crate::error::Error;

/// Where the data is.
#[derive(Clone)]
pub(crate) enum Target {
    Sqlite(PathBuf),
    Postgres(PostgresUrl),
}

/// What a connection is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Purpose {
    Read,
    Write,
    Migrate,
}

/// How long the database may take, set on every session.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Limits {
    pub(crate) statement: Duration,
    pub(crate) lock: Duration,
    pub(crate) idle_in_transaction: Duration,
}

impl Target {
    /// Reads `sqlite://path` and `postgres://…`. Nothing is opened yet.
    pub(crate) fn parse(url: &str) -> Result<Self, Error> {
        match url.split_once(':') {
            Some(("postgres" | "postgresql", _)) => postgres_url::parse(url).map(Self::Postgres),
            Some(("sqlite", rest)) => {
                let path = rest.strip_prefix("//").unwrap_or(rest);
                if path.is_empty() || path.starts_with(':') || path.contains('?') {
                    return Err(Error::Unsupported(format!(
                        "{url} names no file. Write sqlite://data/broadsheet.db, or with three \
                         slashes for an absolute path"
                    )));
                }
                Ok(Self::Sqlite(PathBuf::from(path)))
            }
            _ => Err(Error::Unsupported(
                "the database URL starts with sqlite:// or postgres://".to_owned(),
            )),
        }
    }

    pub(crate) const fn backend(&self) -> Backend {
        match self {
            Self::Sqlite(_) => Backend::Sqlite,
            Self::Postgres(_) => Backend::Postgres,
        }
    }

    /// For messages: no password.
    pub(crate) fn describe(&self) -> String {
        match self {
            Self::Sqlite(path) => format!("SQLite file {}", path.display()),
            Self::Postgres(url) => format!("PostgreSQL at {}", url.shown),
        }
    }

    /// Reading threads when none are asked for. SQLite reads are work for our own
    /// processor; those of PostgreSQL are half waiting. More than two a core lose a
    /// tenth to switching when the server is near; a far one repays more.
    pub(crate) fn default_readers(&self) -> usize {
        let cores = std::thread::available_parallelism().map_or(2, std::num::NonZero::get);
        match self {
            Self::Sqlite(_) => cores.clamp(2, 8),
            Self::Postgres(_) => cores.saturating_mul(2).clamp(4, 16),
        }
    }

    /// What must be so before any connection: the file of SQLite exists, if empty,
    /// in a directory that does.
    pub(crate) fn prepare(&self) -> Result<(), Error> {
        let Self::Sqlite(path) = self else {
            return Ok(());
        };
        let unusable = |what: &Path, error: &std::io::Error| {
            Error::Unavailable(format!(
                "{} for the database could not be made: {error}",
                what.display()
            ))
        };
        let directory = match path.parent() {
            Some(parent) if !parent.as_os_str().is_empty() => parent,
            _ => Path::new("."),
        };
        std::fs::create_dir_all(directory).map_err(|error| unusable(directory, &error))?;
        filesystem::check_local(directory)?;
        match backup::create_private(path) {
            Err(error) if error.kind() != std::io::ErrorKind::AlreadyExists => {
                Err(unusable(path, &error))
            }
            _ => Ok(()),
        }
    }

    /// Opens one connection, set up for its purpose, its statements counted.
    pub(crate) fn connect(
        &self,
        purpose: Purpose,
        limits: Limits,
        statements: &Arc<AtomicU64>,
    ) -> Result<Session, Error> {
        let mut conn = match self {
            Self::Sqlite(path) => AnyConnection::Sqlite(open_sqlite(path, purpose)?),
            Self::Postgres(url) => AnyConnection::Postgres(open_postgres(url, purpose, limits)?),
        };
        let seen = Arc::new(Seen::default());
        conn.set_instrumentation(Watch {
            statements: Arc::clone(statements),
            seen: Arc::clone(&seen),
            skip: false,
        });
        Ok(Session { conn, seen })
    }
}

/// An open connection.
pub(crate) struct Session {
    pub(crate) conn: AnyConnection,
    pub(crate) seen: Arc<Seen>,
}

/// What was noticed on a connection, whatever its user made of it.
#[derive(Default)]
pub(crate) struct Seen {
    /// A statement failed. PostgreSQL answers the COMMIT of a job that went on
    /// regardless with a quiet rollback.
    pub(crate) failed: AtomicBool,
    /// The server is gone, or has become a standby: another connection may do better.
    pub(crate) lost: AtomicBool,
}

fn open_sqlite(path: &Path, purpose: Purpose) -> Result<SqliteConnection, Error> {
    let text = path
        .to_str()
        .ok_or_else(|| Error::Unsupported(format!("the path {} is not UTF-8", path.display())))?;
    let mut conn = SqliteConnection::establish(text).map_err(|error| {
        Error::Unavailable(format!(
            "the SQLite file {} could not be opened: {error}. Check that it is a file, and that \
             this user may write to it and to its directory",
            path.display()
        ))
    })?;
    // The busy timeout comes first: the settings after it can meet a lock themselves.
    // Readers keep small caches: there are several, and the kernel caches the file too.
    let own = match purpose {
        Purpose::Read => "PRAGMA query_only = ON; PRAGMA cache_size = -4000;",
        Purpose::Write | Purpose::Migrate => {
            "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA cache_size = -16000; \
             PRAGMA wal_autocheckpoint = 4000;"
        }
    };
    conn.batch_execute(&format!(
        "PRAGMA busy_timeout = 5000; PRAGMA foreign_keys = ON; PRAGMA trusted_schema = OFF; \
         PRAGMA temp_store = MEMORY; PRAGMA journal_size_limit = {}; {own}",
        log::MOST,
    ))
    .map_err(|error| {
        if error.to_string().contains("not a database") {
            return Error::Unsupported(format!(
                "{} is not a SQLite database. Move it away, or name another file in the \
                 database URL",
                path.display()
            ));
        }
        errors::translate(error)
    })?;
    Ok(conn)
}

fn open_postgres(
    url: &PostgresUrl,
    purpose: Purpose,
    limits: Limits,
) -> Result<PgConnection, Error> {
    let mut conn = PgConnection::establish(&url.full).map_err(|error| match error {
        ConnectionError::BadConnection(text) => Error::Unavailable(format!(
            "{} cannot be reached: {}",
            url.shown,
            text.trim().replace('\n', "; ")
        )),
        other => Error::Unavailable(other.to_string()),
    })?;
    let (statement, lock) = match purpose {
        Purpose::Read | Purpose::Write => (limits.statement, limits.lock),
        // A migration may rebuild a large table, and waits for another node's.
        Purpose::Migrate => (Duration::ZERO, Duration::ZERO),
    };
    let read_only = match purpose {
        Purpose::Read => "on",
        Purpose::Write | Purpose::Migrate => "off",
    };
    // Every page is read in the order of an index. A bitmap would give that order up and sort,
    // which looks cheap to a generic plan and costs the whole range when a page is asked for. Plans are
    // generic, which are those that the tests look at: of a comment that a quarter of all comments answer,
    // a plan for this value would take the primary key, hoping to meet a page of them soon.
    conn.batch_execute(&format!(
        "SET statement_timeout = {}; SET lock_timeout = {}; \
         SET idle_in_transaction_session_timeout = {}; \
         SET plan_cache_mode = force_generic_plan; \
         SET enable_bitmapscan = off; SET jit = off; \
         SET default_transaction_read_only = {read_only}",
        statement.as_millis(),
        lock.as_millis(),
        limits.idle_in_transaction.as_millis(),
    ))
    .map_err(errors::translate)?;
    // Diesel keeps no SQLSTATE of a time limit, a deadlock or a full disk, so these are told by
    // the words of the server, in English if we may ask for it: superusers may, and roles that
    // were granted `SET ON PARAMETER lc_messages`. For others the server's own setting counts
    // (`ALTER ROLE … SET lc_messages = 'C'`); in another language such an error is answered with
    // 500 instead of 503. Lost connections, conflicts and standbys are told by code everywhere.
    let _ = conn.batch_execute(
        "DO $$ BEGIN PERFORM set_config('lc_messages', 'C', FALSE); \
         EXCEPTION WHEN insufficient_privilege THEN NULL; END $$",
    );
    Ok(conn)
}

/// Counts statements. Diesel announces BEGIN, SAVEPOINT, COMMIT and the like before
/// the statement that carries them out; that one is left out.
struct Watch {
    statements: Arc<AtomicU64>,
    seen: Arc<Seen>,
    skip: bool,
}

impl Instrumentation for Watch {
    fn on_connection_event(&mut self, event: InstrumentationEvent<'_>) {
        match event {
            InstrumentationEvent::BeginTransaction { .. }
            | InstrumentationEvent::CommitTransaction { .. }
            | InstrumentationEvent::RollbackTransaction { .. } => self.skip = true,
            InstrumentationEvent::StartQuery { .. } if self.skip => self.skip = false,
            InstrumentationEvent::StartQuery { .. } => {
                self.statements.fetch_add(1, Ordering::Relaxed);
            }
            InstrumentationEvent::FinishQuery {
                error: Some(error), ..
            } => {
                self.seen.failed.store(true, Ordering::Relaxed);
                if errors::ends_connection(error) {
                    self.seen.lost.store(true, Ordering::Relaxed);
                }
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls() {
        let path = |url: &str| match Target::parse(url).unwrap() {
            Target::Sqlite(path) => path.display().to_string(),
            Target::Postgres(url) => url.shown,
        };
        assert_eq!(path("sqlite://data/broadsheet.db"), "data/broadsheet.db");
        assert_eq!(path("sqlite:///var/news.db"), "/var/news.db");
        assert_eq!(path("sqlite:news.db"), "news.db");
        assert_eq!(
            path("postgresql://localhost/news"),
            "postgres://localhost/news"
        );
        for wrong in [
            "",
            "news.db",
            "mysql://localhost/news",
            "sqlite://",
            "sqlite::memory:",
        ] {
            assert!(
                matches!(Target::parse(wrong), Err(Error::Unsupported(_))),
                "{wrong}"
            );
        }
    }
}
