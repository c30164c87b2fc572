//! The store itself, on SQLite always and on PostgreSQL where there is one.

mod databases;
mod failures;
#[path = "../../../../tests/src/postgres/launch.rs"]
mod launch;
mod turns;

use std::sync::{LazyLock, mpsc};
use std::time::Duration;

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::{sql_query, sql_types};
use domain::actor::{Actor, SystemActor};
use domain::time::Timestamp;

use super::*;
use crate::changes::{self, Change, Entity};

pub(crate) const NOW: Timestamp = Timestamp::EPOCH;
pub(crate) const ME: Actor = Actor::System(SystemActor::Command);

/// A migrated database of its own, thrown away with the value.
pub(crate) struct Database {
    pub(crate) store: Store,
    pub(crate) directory: tempfile::TempDir,
    /// On PostgreSQL: a URL to drop it from, and its name.
    dropped: Option<(String, String)>,
}

impl Drop for Database {
    fn drop(&mut self) {
        self.store.close();
        if let Some((server, name)) = &self.dropped {
            let admin = diesel::PgConnection::establish(server);
            let _ = admin.map(|mut admin| {
                admin.batch_execute(&format!("DROP DATABASE {name} WITH (FORCE)"))
            });
        }
    }
}

pub(crate) fn sqlite_with(change: impl FnOnce(&mut Settings)) -> Database {
    let directory = tempfile::tempdir().unwrap();
    let url = format!("sqlite://{}", directory.path().join("news.db").display());
    let mut settings = Settings::new(url);
    change(&mut settings);
    let store = Store::open(settings).unwrap();
    store.migrate().unwrap();
    Database {
        store,
        directory,
        dropped: None,
    }
}

pub(crate) fn sqlite() -> Database {
    sqlite_with(|_| {})
}

/// SQLite, and PostgreSQL if there is one.
pub(crate) fn both() -> Vec<Database> {
    let mut databases = vec![sqlite()];
    databases.extend(postgres(|_| {}));
    databases
}

pub(crate) fn postgres(change: impl FnOnce(&mut Settings)) -> Option<Database> {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    static SERVER: LazyLock<Option<launch::Server>> = LazyLock::new(launch::server);
    let server = SERVER.as_ref()?;
    let admin_url = server.url("postgres");
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    let name = format!("storage_{}_{number}", std::process::id());
    let mut admin = diesel::PgConnection::establish(&admin_url).unwrap();
    admin
        .batch_execute(&format!("CREATE DATABASE {name}"))
        .unwrap();
    let mut settings = Settings::new(server.url(&name));
    change(&mut settings);
    let store = Store::open(settings).unwrap();
    store.migrate().unwrap();
    let directory = tempfile::tempdir().unwrap();
    Some(Database {
        store,
        directory,
        dropped: Some((admin_url, name)),
    })
}

/// Writes one entry into the change log.
pub(crate) fn note(tx: &mut Tx<'_>, id: i64) -> Result<(), Error> {
    changes::append(tx, &Change::new("tested", Entity::Tag, id))
}

/// The ids noted so far, in order.
pub(crate) fn noted(store: &Store) -> Vec<i64> {
    let rows = store
        .read_blocking(|conn| changes::since(conn, &[Entity::Tag], 0, i64::MAX))
        .unwrap();
    let mut ids: Vec<i64> = rows.into_iter().map(|row| row.entity_id).collect();
    ids.sort_unstable();
    ids
}

/// Holds a writing thread from inside a job until `open` is called or dropped.
pub(crate) struct Gate {
    release: mpsc::Sender<()>,
}

impl Gate {
    pub(crate) fn open(self) {
        drop(self.release);
    }
}

/// A gate, closed, in front of everything that is written from now on; and the
/// answer of the job that holds it.
pub(crate) fn hold(store: &Store, max_wait: Option<Duration>) -> (Gate, Waiting<(), Error>) {
    let (release, released) = mpsc::channel::<()>();
    let (arrived, arrival) = mpsc::channel();
    let waiting = store
        .queue_write(
            ME,
            NOW,
            move |_| {
                arrived.send(()).unwrap();
                let _ = released.recv();
                Ok(())
            },
            max_wait,
        )
        .unwrap();
    arrival.recv().unwrap();
    (Gate { release }, waiting)
}

pub(crate) fn texts(store: &Store, sql: &'static str) -> Vec<String> {
    #[derive(QueryableByName)]
    struct Line {
        #[diesel(sql_type = sql_types::Text)]
        line: String,
    }
    store
        .read_blocking(move |conn| {
            let lines: Vec<Line> = sql_query(sql).load(conn.0)?;
            Ok::<_, Error>(lines.into_iter().map(|line| line.line).collect())
        })
        .unwrap()
}
