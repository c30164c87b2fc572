//! The only door to the database: bounded queues, reading threads, and writers.

mod blocking;
mod grouped;
mod pool;
mod queue;
mod settings;
#[cfg(test)]
pub(crate) mod tests;
mod ticket;
mod workers;

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use diesel::connection::SimpleConnection;
use domain::actor::Actor;
use domain::time::Timestamp;

use self::pool::{Manager, Pool};
use self::queue::{Queue, Refused};
pub use self::settings::{QueueDepths, Settings};
use self::ticket::{Job, Waiting, ticket};
use crate::connection::{AnyConnection, Conn, Tx};
pub use crate::dialect::Backend;
use crate::dialect::{Limits, Purpose, Target, Writing};
use crate::error::Error;

pub(crate) type Jobs = Arc<Queue<Box<dyn Job>>>;

/// The database of one process. Clones share everything.
///
/// Reads run on their own threads over pooled connections. On SQLite all writes run
/// on one thread that commits many jobs at once; on PostgreSQL each write is a
/// transaction of its own. Every queue is bounded.
#[derive(Clone)]
pub struct Store(Arc<Inner>);

struct Inner {
    target: Target,
    limits: Limits,
    max_wait: Duration,
    reads: Jobs,
    writes: Jobs,
    statements: Arc<AtomicU64>,
    threads: Mutex<Vec<JoinHandle<()>>>,
}

impl Store {
    /// Starts the threads. SQLite's directory and file are made if need be; a
    /// PostgreSQL server that is away is waited for, so that a process can start
    /// before its database.
    ///
    /// # Errors
    /// [`Error::Unsupported`] for a URL this build cannot serve,
    /// [`Error::Unavailable`] when a SQLite file cannot be opened or made.
    #[expect(
        clippy::needless_pass_by_value,
        reason = "a store takes its settings for itself"
    )]
    pub fn open(settings: Settings) -> Result<Self, Error> {
        let target = Target::parse(&settings.url)?;
        target.prepare()?;
        let statements = Arc::new(AtomicU64::new(0));
        let inner = Inner {
            limits: settings.limits(),
            max_wait: settings.max_wait,
            reads: Arc::new(Queue::new(settings.queue)),
            writes: Arc::new(Queue::new(settings.queue)),
            threads: Mutex::default(),
            target,
            statements,
        };
        let store = Self(Arc::new(inner));
        store.start_writers(&settings)?;
        store.start_readers(&settings)?;
        Ok(store)
    }

    fn start_writers(&self, settings: &Settings) -> Result<(), Error> {
        let jobs = Arc::clone(&self.0.writes);
        match self.backend().writing() {
            Writing::Grouped => {
                // Opened here, so that a file that cannot be used ends the start.
                let link = grouped::Link::open(self.manager(Purpose::Write))?;
                self.spawn("write".to_owned(), move || grouped::run(link, &jobs))
            }
            Writing::Separate => {
                let pool = self.pool(Purpose::Write, settings.writers, settings);
                for number in 0..settings.writers.max(1) {
                    let (jobs, pool) = (Arc::clone(&jobs), Arc::clone(&pool));
                    self.spawn(format!("write-{number}"), move || {
                        workers::write(&pool, &jobs);
                    })?;
                }
                Ok(())
            }
        }
    }

    fn start_readers(&self, settings: &Settings) -> Result<(), Error> {
        let readers = match settings.readers {
            0 => self.0.target.default_readers(),
            number => number,
        };
        let pool = self.pool(Purpose::Read, readers, settings);
        for number in 0..readers {
            let (jobs, pool) = (Arc::clone(&self.0.reads), Arc::clone(&pool));
            self.spawn(format!("read-{number}"), move || {
                workers::read(&pool, &jobs);
            })?;
        }
        Ok(())
    }

    fn manager(&self, purpose: Purpose) -> Manager {
        Manager {
            target: self.0.target.clone(),
            purpose,
            limits: self.0.limits,
            statements: Arc::clone(&self.0.statements),
        }
    }

    fn pool(&self, purpose: Purpose, size: usize, settings: &Settings) -> Arc<Pool> {
        Arc::new(Pool::new(
            self.manager(purpose),
            size,
            settings.acquire_timeout,
        ))
    }

    fn spawn(&self, name: String, work: impl FnOnce() + Send + 'static) -> Result<(), Error> {
        let thread = std::thread::Builder::new()
            .name(name)
            .spawn(work)
            .map_err(|error| Error::Unavailable(format!("no thread could be started: {error}")))?;
        self.0
            .threads
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(thread);
        Ok(())
    }

    /// Runs `job` on a reading connection. It sees what was committed when each of
    /// its statements began, and cannot change anything.
    ///
    /// # Errors
    /// What the job returns; [`Error::Overloaded`] when it was not begun in time;
    /// [`Error::Unavailable`] when there is no database.
    pub async fn read<T, E>(
        &self,
        job: impl FnOnce(&mut Conn<'_>) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<Error> + Send + 'static,
    {
        self.queue_read(job, Some(self.0.max_wait))?.answer().await
    }

    /// Runs `job` in a write transaction, made by `actor` at `now`. When this answers
    /// `Ok`, everything the job wrote is durable; on any error of the job (a panic
    /// counts as one) nothing of it is kept.
    ///
    /// The job should take milliseconds: on SQLite no other write runs meanwhile.
    ///
    /// # Errors
    /// What the job returns; [`Error::Overloaded`] when it was not begun in time;
    /// [`Error::Unavailable`] when the database is away or could not commit.
    pub async fn write<T, E>(
        &self,
        actor: Actor,
        now: Timestamp,
        job: impl FnOnce(&mut Tx<'_>) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<Error> + Send + 'static,
    {
        self.queue_write(actor, now, job, Some(self.0.max_wait))?
            .answer()
            .await
    }

    /// [`Store::read`] for commands: blocks the thread, and waits for its turn as
    /// long as it takes.
    ///
    /// # Errors
    /// As [`Store::read`].
    pub fn read_blocking<T, E>(
        &self,
        job: impl FnOnce(&mut Conn<'_>) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<Error> + Send + 'static,
    {
        blocking::wait(self.queue_read(job, None)?.answer())
    }

    /// [`Store::write`] for commands: blocks the thread, and waits for its turn as
    /// long as it takes.
    ///
    /// # Errors
    /// As [`Store::write`].
    pub fn write_blocking<T, E>(
        &self,
        actor: Actor,
        now: Timestamp,
        job: impl FnOnce(&mut Tx<'_>) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<Error> + Send + 'static,
    {
        blocking::wait(self.queue_write(actor, now, job, None)?.answer())
    }

    fn queue_read<T, E>(
        &self,
        job: impl FnOnce(&mut Conn<'_>) -> Result<T, E> + Send + 'static,
        max_wait: Option<Duration>,
    ) -> Result<Waiting<T, E>, Error>
    where
        T: Send + 'static,
        E: From<Error> + Send + 'static,
    {
        let work = move |conn: &mut AnyConnection| job(&mut Conn(conn));
        enqueue(&self.0.reads, work, max_wait)
    }

    fn queue_write<T, E>(
        &self,
        actor: Actor,
        now: Timestamp,
        job: impl FnOnce(&mut Tx<'_>) -> Result<T, E> + Send + 'static,
        max_wait: Option<Duration>,
    ) -> Result<Waiting<T, E>, Error>
    where
        T: Send + 'static,
        E: From<Error> + Send + 'static,
    {
        let work = move |conn: &mut AnyConnection| job(&mut Tx::new(conn, actor, now));
        enqueue(&self.0.writes, work, max_wait)
    }

    /// Asks the database for a sign of life.
    ///
    /// # Errors
    /// [`Error::Unavailable`] or [`Error::Overloaded`] when there is none.
    pub async fn ping(&self) -> Result<(), Error> {
        self.read(|conn| Ok(conn.0.batch_execute("SELECT 1")?))
            .await
    }

    /// [`Store::ping`] for commands.
    ///
    /// # Errors
    /// [`Error::Unavailable`] when there is no sign of life.
    pub fn ping_blocking(&self) -> Result<(), Error> {
        self.read_blocking(|conn| Ok(conn.0.batch_execute("SELECT 1")?))
    }

    /// A connection outside the pools, for work that takes long.
    pub(crate) fn own_connection(&self) -> Result<AnyConnection, Error> {
        Ok(self.manager(Purpose::Migrate).open()?.conn)
    }

    /// Which database this is.
    #[must_use]
    pub fn backend(&self) -> Backend {
        self.0.target.backend()
    }

    /// Where the data is, for people; without a password.
    #[must_use]
    pub fn describe(&self) -> String {
        self.0.target.describe()
    }

    /// SQL statements executed so far on all connections, transaction control left
    /// out.
    #[must_use]
    pub fn statements(&self) -> u64 {
        self.0.statements.load(Ordering::Relaxed)
    }

    /// Jobs waiting for their turn.
    #[must_use]
    pub fn queue_depths(&self) -> QueueDepths {
        QueueDepths {
            reads: self.0.reads.len(),
            writes: self.0.writes.len(),
        }
    }

    /// Takes no more jobs, finishes those it has, and ends the threads. Jobs given to
    /// any clone from now on are answered [`Error::Unavailable`]. Must not be called
    /// from inside a job.
    pub fn close(&self) {
        self.0.reads.close();
        self.0.writes.close();
        let threads = std::mem::take(
            &mut *self
                .0
                .threads
                .lock()
                .unwrap_or_else(PoisonError::into_inner),
        );
        for thread in threads {
            if thread.join().is_err() {
                tracing::error!("a database thread had panicked");
            }
        }
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        self.reads.close();
        self.writes.close();
    }
}

fn enqueue<T, E>(
    jobs: &Jobs,
    work: impl FnOnce(&mut AnyConnection) -> Result<T, E> + Send + 'static,
    max_wait: Option<Duration>,
) -> Result<Waiting<T, E>, Error>
where
    T: Send + 'static,
    E: From<Error> + Send + 'static,
{
    let (job, waiting) = ticket(work, max_wait);
    match jobs.push(job) {
        Ok(()) => Ok(waiting),
        Err(Refused::Full) => Err(Error::Overloaded),
        Err(Refused::Closed) => Err(Error::Unavailable("the store is closed".to_owned())),
    }
}
