//! Bringing the content of other systems in.

pub mod comments;
pub mod disqus;
mod lines;
pub mod page;
pub mod report;
pub mod threads;
mod tokens;
mod words;
pub mod wxr;

use storage::Error;

/// Why reading stopped, and where.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {what}")]
pub struct ReadError {
    /// Line of the file, counted from 1.
    pub line: u64,
    /// What is wrong there.
    pub what: String,
}

/// Why an import ended before the end of its file. What was committed stays.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Stop {
    /// The file is broken.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// The database did not take a batch.
    #[error(transparent)]
    Store(#[from] Error),
}
