//! One connection type for both databases, and the two handles that storage
//! functions take: [`Conn`] to read, [`Tx`] to change.

use std::ops::{Deref, DerefMut};

use diesel::pg::PgConnection;
use diesel::sqlite::SqliteConnection;
use domain::actor::Actor;
use domain::time::Timestamp;

/// A connection to either database. It is made by [`crate::dialect`] alone, by the
/// scheme of the URL: the derived `establish` would hand any text to SQLite.
#[derive(diesel::MultiConnection)]
pub(crate) enum AnyConnection {
    Postgres(PgConnection),
    Sqlite(SqliteConnection),
}

/// A connection for reading. Outside this crate it can only be passed on to
/// storage functions, so that no SQL is written elsewhere.
pub struct Conn<'c>(pub(crate) &'c mut AnyConnection);

/// One write transaction: a connection, who writes, and when. Only the writer makes
/// one, and it commits after the job has returned `Ok`.
pub struct Tx<'c> {
    conn: Conn<'c>,
    actor: Actor,
    now: Timestamp,
}

impl<'c> Tx<'c> {
    pub(crate) fn new(conn: &'c mut AnyConnection, actor: Actor, now: Timestamp) -> Self {
        Self {
            conn: Conn(conn),
            actor,
            now,
        }
    }

    /// Who makes this change.
    #[must_use]
    pub fn actor(&self) -> &Actor {
        &self.actor
    }

    /// The time every row of this transaction is stamped with.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.now
    }
}

impl<'c> Deref for Tx<'c> {
    type Target = Conn<'c>;

    fn deref(&self) -> &Self::Target {
        &self.conn
    }
}

impl DerefMut for Tx<'_> {
    fn deref_mut(&mut self) -> &mut Self::Target {
        &mut self.conn
    }
}
