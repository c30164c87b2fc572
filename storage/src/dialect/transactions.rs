//! Transactions, migrations and copies: what each database calls them.

use diesel::connection::{
    AnsiTransactionManager, Connection, SimpleConnection, TransactionManager,
};
use diesel::sqlite::SqliteConnection;
use diesel::{QueryResult, QueryableByName, RunQueryDsl, sql_query, sql_types};
use diesel_migrations::{EmbeddedMigrations, embed_migrations};

use crate::connection::AnyConnection;
use crate::error::Error;

const SQLITE: EmbeddedMigrations = embed_migrations!("migrations/sqlite");
const POSTGRES: EmbeddedMigrations = embed_migrations!("migrations/postgres");

/// The advisory lock of everything that migrates: "broadsh" in hexadecimal, so that
/// it does not meet another program's.
const MIGRATION_LOCK: i64 = 0x0062_726f_6164_7368;

/// Opens a write transaction. A deferred one on SQLite fails at its first write when
/// another process wrote in between, without waiting for its turn.
pub(crate) fn begin_write(conn: &mut AnyConnection) -> QueryResult<()> {
    match conn {
        AnyConnection::Sqlite(conn) => {
            AnsiTransactionManager::begin_transaction_sql(conn, "BEGIN IMMEDIATE")
        }
        AnyConnection::Postgres(conn) => AnsiTransactionManager::begin_transaction(conn),
    }
}

/// Whether an idle connection may have died unnoticed.
pub(crate) const fn needs_probe(conn: &AnyConnection) -> bool {
    match conn {
        AnyConnection::Sqlite(_) => false,
        AnyConnection::Postgres(_) => true,
    }
}

/// The migrations of this connection's database.
pub(crate) const fn migrations(conn: &AnyConnection) -> EmbeddedMigrations {
    match conn {
        AnyConnection::Sqlite(_) => SQLITE,
        AnyConnection::Postgres(_) => POSTGRES,
    }
}

/// Whether anything was ever migrated here. Diesel makes its table whenever it looks into it, and
/// of several processes that do so at once in an empty `PostgreSQL` all but one fail.
pub(crate) fn was_migrated(conn: &mut AnyConnection) -> QueryResult<bool> {
    #[derive(QueryableByName)]
    struct Tables {
        #[diesel(sql_type = sql_types::BigInt)]
        number: i64,
    }
    let sql = match conn {
        AnyConnection::Sqlite(_) => {
            "SELECT COUNT(*) AS number FROM sqlite_master WHERE name = '__diesel_schema_migrations'"
        }
        AnyConnection::Postgres(_) => {
            "SELECT COUNT(to_regclass('__diesel_schema_migrations')) AS number"
        }
    };
    let tables: Tables = sql_query(sql).get_result(conn)?;
    Ok(tables.number > 0)
}

/// Runs `work` in a write transaction of its own, which is kept if it answers `Ok`.
pub(crate) fn in_write<T>(
    conn: &mut AnyConnection,
    work: impl FnOnce(&mut AnyConnection) -> Result<T, Error>,
) -> Result<T, Error> {
    type Manager = <AnyConnection as Connection>::TransactionManager;
    begin_write(conn)?;
    let outcome = work(conn);
    match outcome {
        Ok(_) => Manager::commit_transaction(conn)?,
        Err(_) => Manager::rollback_transaction(conn)?,
    }
    outcome
}

/// Runs `work` while no other process migrates the same database.
pub(crate) fn exclusively<T>(
    conn: &mut AnyConnection,
    work: impl FnOnce(&mut AnyConnection) -> Result<T, Error>,
) -> Result<T, Error> {
    match conn {
        AnyConnection::Sqlite(_) => in_write(conn, work),
        AnyConnection::Postgres(_) => {
            let lock = |conn: &mut AnyConnection, statement: &'static str| {
                sql_query(statement)
                    .bind::<sql_types::BigInt, _>(MIGRATION_LOCK)
                    .execute(conn)
            };
            lock(conn, "SELECT pg_advisory_lock($1)")?;
            // Waiting for the other process is fine; blocking a busy table is not.
            conn.batch_execute("SET lock_timeout = '5s'")?;
            let outcome = work(conn);
            lock(conn, "SELECT pg_advisory_unlock($1)")?;
            outcome
        }
    }
}

/// Writes a consistent copy of the database into a new file, while others go on
/// writing.
pub(crate) fn copy_into(conn: &mut AnyConnection, path: &str) -> Result<(), Error> {
    match conn {
        AnyConnection::Sqlite(conn) => {
            sql_query("VACUUM INTO $1")
                .bind::<sql_types::Text, _>(path)
                .execute(conn)?;
            Ok(())
        }
        AnyConnection::Postgres(_) => Err(Error::Unsupported(
            "a PostgreSQL database is backed up with its own tools: run \
             `pg_dump --format=custom --file=FILE URL`"
                .to_owned(),
        )),
    }
}

/// Reads a copy from end to end and answers what is wrong with it, if anything.
pub(crate) fn check_copy(path: &str) -> Result<Vec<String>, Error> {
    #[derive(QueryableByName)]
    struct Finding {
        #[diesel(sql_type = sql_types::Text)]
        integrity_check: String,
    }
    let unreadable = |error: String| Error::Unavailable(format!("the copy {path}: {error}"));
    let mut conn = SqliteConnection::establish(path).map_err(|e| unreadable(e.to_string()))?;
    let findings: Vec<Finding> = sql_query("PRAGMA integrity_check")
        .load(&mut conn)
        .map_err(|error| unreadable(error.to_string()))?;
    Ok(findings
        .into_iter()
        .map(|f| f.integrity_check)
        .filter(|text| text != "ok")
        .collect())
}
