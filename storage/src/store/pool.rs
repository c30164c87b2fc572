//! Pooled connections, with a quick "no" while the database is away.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use diesel::QueryResult;
use diesel::r2d2::R2D2Connection;
use r2d2::{HandleError, ManageConnection, PooledConnection};

use crate::dialect::{self, Limits, Purpose, Session, Target};
use crate::error::Error;

/// An idle connection older than this is tried before a job gets it.
const TRUSTED_IDLE: Duration = Duration::from_secs(1);
/// After a failed attempt, jobs are turned away this long without another attempt.
const COOL_DOWN: Duration = Duration::from_millis(250);
const LIFETIME: Duration = Duration::from_mins(30);

/// Makes connections for the pool.
pub(crate) struct Manager {
    pub(crate) target: Target,
    pub(crate) purpose: Purpose,
    pub(crate) limits: Limits,
    pub(crate) statements: Arc<AtomicU64>,
}

impl Manager {
    /// Opens a connection outside the pool.
    pub(crate) fn open(&self) -> Result<Session, Error> {
        self.target
            .connect(self.purpose, self.limits, &self.statements)
    }
}

/// A connection and when it was last found alive.
pub(crate) struct Pooled {
    pub(crate) session: Session,
    used: Instant,
    dead: bool,
}

impl ManageConnection for Manager {
    type Connection = Pooled;
    type Error = Error;

    fn connect(&self) -> Result<Pooled, Error> {
        let session = self.open()?;
        Ok(Pooled {
            session,
            used: Instant::now(),
            dead: false,
        })
    }

    fn is_valid(&self, pooled: &mut Pooled) -> Result<(), Error> {
        pooled.session.conn.ping()?;
        pooled.used = Instant::now();
        Ok(())
    }

    fn has_broken(&self, pooled: &mut Pooled) -> bool {
        pooled.dead
            || pooled.session.seen.lost.load(Ordering::Relaxed)
            || pooled.session.conn.is_broken()
    }
}

/// Keeps the newest reason a connection could not be made, and logs it when it
/// changes rather than at every attempt.
#[derive(Debug, Clone, Default)]
struct Reason(Arc<Held>);

#[derive(Debug, Default)]
struct Held {
    error: Mutex<Option<Error>>,
    /// Spares the ordinary read the lock.
    any: AtomicBool,
}

impl Reason {
    fn get(&self) -> Option<Error> {
        self.0
            .error
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    fn set(&self, error: Option<Error>) {
        self.0.any.store(error.is_some(), Ordering::Relaxed);
        *self.0.error.lock().unwrap_or_else(PoisonError::into_inner) = error;
    }

    /// Forgets the reason once a connection works again.
    fn clear(&self) {
        if self.0.any.load(Ordering::Relaxed) {
            tracing::info!("the database is back");
            self.set(None);
        }
    }
}

impl HandleError<Error> for Reason {
    fn handle_error(&self, error: Error) {
        if self.get().as_ref() != Some(&error) {
            tracing::warn!(%error, "no database connection");
            self.set(Some(error));
        }
    }
}

/// A pool that may be built, and asked, while the database is away.
pub(crate) struct Pool {
    inner: r2d2::Pool<Manager>,
    reason: Reason,
    acquire: Duration,
    started: Instant,
    /// Milliseconds after `started` until which nobody tries.
    away_until: AtomicU64,
    /// Connections last used before this are asked for a sign of life, in milliseconds.
    suspected: AtomicU64,
}

impl Pool {
    pub(crate) fn new(manager: Manager, size: usize, acquire: Duration) -> Self {
        let reason = Reason::default();
        let size = u32::try_from(size).unwrap_or(u32::MAX).max(1);
        let inner = r2d2::Pool::builder()
            .max_size(size)
            .min_idle(Some(1))
            .max_lifetime(Some(LIFETIME))
            .connection_timeout(acquire.max(Duration::from_millis(1)))
            .test_on_check_out(false)
            .error_handler(Box::new(reason.clone()))
            .build_unchecked(manager);
        Self {
            inner,
            reason,
            acquire,
            started: Instant::now(),
            away_until: AtomicU64::new(0),
            suspected: AtomicU64::new(0),
        }
    }

    fn millis(&self) -> u64 {
        u64::try_from(self.started.elapsed().as_millis()).unwrap_or(u64::MAX)
    }

    fn away(&self) -> Error {
        match self.reason.get() {
            Some(Error::Unavailable(text)) => Error::Unavailable(text),
            Some(error) => Error::Unavailable(error.to_string()),
            None => Error::Unavailable("no connection became free in time".to_owned()),
        }
    }

    /// A working connection on which `ready` has succeeded, or soon `Unavailable`. One on which it
    /// fails is replaced: nothing of a job has been begun on it yet.
    pub(crate) fn get(
        &self,
        ready: impl Fn(&mut Session) -> QueryResult<()>,
    ) -> Result<PooledConnection<Manager>, Error> {
        let until = self.away_until.load(Ordering::Relaxed);
        if until != 0 && self.millis() < until {
            return Err(self.away());
        }
        let asked = Instant::now();
        while let Some(left) = self.acquire.checked_sub(asked.elapsed()) {
            let Ok(mut pooled) = self.inner.get_timeout(left.max(Duration::from_millis(1))) else {
                break;
            };
            if self.usable(&mut pooled) && ready(&mut pooled.session).is_ok() {
                if until != 0 {
                    self.away_until.store(0, Ordering::Relaxed);
                }
                self.reason.clear();
                return Ok(pooled);
            }
            pooled.dead = true;
        }
        let pause = u64::try_from(COOL_DOWN.as_millis()).unwrap_or_default();
        self.away_until
            .store(self.millis().saturating_add(pause), Ordering::Relaxed);
        Err(self.away())
    }
    /// To be called when a connection was found dead. What ended it, a restart of the server as a
    /// rule, ended the others too, so none of those is trusted unasked.
    pub(crate) fn suspect_all(&self) {
        self.suspected.store(self.millis(), Ordering::Relaxed);
    }

    /// Whether it may be handed out: its last use was just now, or it answers.
    fn usable(&self, pooled: &mut Pooled) -> bool {
        if !dialect::needs_probe(&pooled.session.conn) {
            return true;
        }
        let now = Instant::now();
        let used = pooled.used.saturating_duration_since(self.started);
        let suspected = Duration::from_millis(self.suspected.load(Ordering::Relaxed));
        let trusted = now.duration_since(pooled.used) <= TRUSTED_IDLE && used > suspected;
        if !trusted && pooled.session.conn.ping().is_err() {
            return false;
        }
        pooled.used = now;
        true
    }
}
