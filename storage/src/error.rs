//! Everything that can go wrong here, in terms a handler can answer with.

/// Why a read or a write did not happen. Nothing was stored when one is returned
/// from a write, except where [`Error::Unavailable`] says otherwise.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The row asked for does not exist (or may not be seen).
    #[error("not found")]
    NotFound,
    /// The row has changed since the caller read it.
    #[error("the stored version is {current}, not the one given")]
    Stale {
        /// The version stored now.
        current: i64,
    },
    /// A value that must be unique is taken, or a reference leads nowhere.
    #[error("the value of {field} is in the way of another row")]
    Conflict {
        /// The field in the words of the API, such as `slug`.
        field: &'static str,
    },
    /// The queue is full, or the wait for a turn took too long. The job was not begun.
    #[error("the database is busy; try again shortly")]
    Overloaded,
    /// The database is away, or its disk is full or failing. When this answers a
    /// write whose commit was cut off, the outcome is not known: retry it with the
    /// same idempotency key.
    #[error("the database is not available: {0}")]
    Unavailable(String),
    /// The drawn id exists already; draw another one and try again.
    #[error("the id is taken")]
    IdTaken,
    /// The schema of the database and this program do not fit together.
    #[error("{0}")]
    Migrations(String),
    /// The configuration asks for something this database or build cannot do.
    #[error("{0}")]
    Unsupported(String),
    /// A defect of ours, or data that should not exist. For the log, not for callers.
    #[error("internal storage error: {0}")]
    Internal(String),
}

impl From<diesel::result::Error> for Error {
    fn from(error: diesel::result::Error) -> Self {
        crate::dialect::errors::translate(error)
    }
}

impl From<serde_json::Error> for Error {
    fn from(error: serde_json::Error) -> Self {
        Self::Internal(format!(
            "a JSON column does not hold what it should: {error}"
        ))
    }
}
