//! What can be set about a store.

use std::time::Duration;

use crate::dialect::Limits;

/// How to open a store. `Settings { url, ..Settings::default() }` fits most.
#[derive(Clone)]
pub struct Settings {
    /// `sqlite://path` or `postgres://…`. It may hold a password, so it is not shown.
    pub url: String,
    /// Reading threads and connections; 0 chooses by the machine.
    pub readers: usize,
    /// Writing threads and connections on PostgreSQL. SQLite always has one.
    pub writers: usize,
    /// Jobs that may wait in each of the two queues; more are turned away.
    pub queue: usize,
    /// How long a job may wait for its turn.
    pub max_wait: Duration,
    /// How long to wait for a connection to PostgreSQL.
    pub acquire_timeout: Duration,
    /// How long PostgreSQL may take for one statement.
    pub statement_timeout: Duration,
    /// How long PostgreSQL may wait for a lock.
    pub lock_timeout: Duration,
    /// How long PostgreSQL keeps a transaction in which nothing happens.
    pub idle_in_transaction_timeout: Duration,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            url: "sqlite://data/broadsheet.db".to_owned(),
            readers: 0,
            writers: 8,
            queue: 1024,
            max_wait: Duration::from_millis(750),
            acquire_timeout: Duration::from_millis(500),
            statement_timeout: Duration::from_secs(5),
            lock_timeout: Duration::from_secs(2),
            idle_in_transaction_timeout: Duration::from_secs(5),
        }
    }
}

impl Settings {
    /// The defaults with this URL.
    #[must_use]
    pub fn new(url: impl Into<String>) -> Self {
        Self {
            url: url.into(),
            ..Self::default()
        }
    }

    pub(crate) const fn limits(&self) -> Limits {
        Limits {
            statement: self.statement_timeout,
            lock: self.lock_timeout,
            idle_in_transaction: self.idle_in_transaction_timeout,
        }
    }
}

impl std::fmt::Debug for Settings {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Settings")
            .field("readers", &self.readers)
            .field("writers", &self.writers)
            .field("queue", &self.queue)
            .field("max_wait", &self.max_wait)
            .finish_non_exhaustive()
    }
}

/// Jobs waiting for their turn, for metrics.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct QueueDepths {
    /// Reads not yet begun.
    pub reads: usize,
    /// Writes not yet begun.
    pub writes: usize,
}
