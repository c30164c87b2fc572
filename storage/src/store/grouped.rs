//! Group commit: one thread takes what is queued, runs each job in a savepoint of one
//! transaction, and commits once for all of them.

use std::time::{Duration, Instant};

use diesel::QueryResult;
use diesel::connection::{Connection, TransactionManager};

use super::Jobs;
use super::pool::Manager as Connections;
use super::ticket::Job;
use super::workers::unwind_to;
use crate::connection::AnyConnection;
use crate::dialect::{self, Log, Session};
use crate::error::Error;

type Manager = <AnyConnection as Connection>::TransactionManager;

/// A batch closes at this many jobs …
const MOST: usize = 64;
/// … or after this time, whichever is first. It never waits for company.
const LONGEST: Duration = Duration::from_millis(2);

/// The one writing connection. It is replaced after a failure of the transaction
/// itself, whose state nobody can be sure of.
pub(super) struct Link {
    manager: Connections,
    conn: Option<Session>,
    log: Log,
}

impl Link {
    pub(super) fn open(manager: Connections) -> Result<Self, Error> {
        let conn = Some(manager.open()?);
        let log = Log::of(&manager.target);
        Ok(Self { manager, conn, log })
    }

    fn get(&mut self) -> Result<&mut AnyConnection, Error> {
        let conn = match self.conn.take() {
            Some(conn) => conn,
            None => self.manager.open()?,
        };
        Ok(&mut self.conn.insert(conn).conn)
    }
}

/// Writes until the queue is closed.
pub(super) fn run(mut link: Link, jobs: &Jobs) {
    let mut done = Vec::with_capacity(MOST);
    while let Some(first) = jobs.pop() {
        let outcome = match link.get() {
            Ok(conn) => batch(conn, first, jobs, &mut done),
            Err(error) => refuse(first, error),
        };
        if let Err(error) = &outcome {
            tracing::error!(%error, jobs = done.len(), "a batch of writes was not committed");
            link.conn = None;
        }
        for job in done.drain(..) {
            job.answer(outcome.clone());
        }
        if let Some(session) = &mut link.conn {
            link.log.keep_small(&mut session.conn);
        }
    }
}

fn refuse(job: Box<dyn Job>, error: Error) -> Result<(), Error> {
    if job.begin() {
        job.answer(Err(error.clone()));
    }
    Err(error)
}

/// Runs one batch up to its commit. On an error nothing of it is stored, whatever the
/// jobs in `done` came to.
fn batch(
    conn: &mut AnyConnection,
    first: Box<dyn Job>,
    jobs: &Jobs,
    done: &mut Vec<Box<dyn Job>>,
) -> Result<(), Error> {
    if let Err(error) = dialect::begin_write(conn) {
        return refuse(first, error.into());
    }
    let started = Instant::now();
    let mut next = Some(first);
    while let Some(mut job) = next {
        if job.begin() {
            let outcome = in_savepoint(conn, job.as_mut());
            done.push(job);
            outcome.map_err(lost)?;
        }
        let full = done.len() >= MOST || started.elapsed() >= LONGEST;
        next = if full { None } else { jobs.try_pop() };
    }
    Manager::commit_transaction(conn).map_err(lost)
}

/// An error here means that the savepoint itself failed: the disk is full or broken,
/// and SQLite may have ended the whole transaction.
fn in_savepoint(conn: &mut AnyConnection, job: &mut dyn Job) -> QueryResult<()> {
    Manager::begin_transaction(conn)?;
    let keep = job.run(conn);
    // What a panic left open inside the job goes first.
    unwind_to(conn, 2)?;
    if keep {
        Manager::commit_transaction(conn)
    } else {
        Manager::rollback_transaction(conn)
    }
}

fn lost(error: diesel::result::Error) -> Error {
    match Error::from(error) {
        Error::Unavailable(text) | Error::Internal(text) => Error::Unavailable(text),
        other => Error::Unavailable(other.to_string()),
    }
}
