//! The few places where the two databases differ. Nothing outside this directory
//! asks which one it is talking to.

mod conflict;
pub(crate) mod errors;
mod filesystem;
mod joins;
mod locks;
mod log;
mod open;
mod order;
#[cfg(test)]
pub(crate) mod parity;
#[cfg(test)]
mod plans;
mod postgres_url;
mod search;
pub(crate) mod threads;
mod transactions;

pub(crate) use conflict::{Tail, or_ignore};
pub(crate) use joins::expect_large_joins;
pub(crate) use locks::{Turn, locking, share_turn, take_turn};
pub(crate) use log::Log;
pub(crate) use open::{Limits, Purpose, Session, Target};
pub(crate) use order::settled;
pub(crate) use search::{
    ArticleTerms, forget_article, forget_comment, found_articles, found_comments, found_titles,
    index_article, index_comment, tier,
};
pub(crate) use transactions::{
    begin_write, check_copy, copy_into, exclusively, in_write, migrations, needs_probe,
    was_migrated,
};

/// Which database a store runs on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Backend {
    /// The embedded file.
    Sqlite,
    /// A PostgreSQL server.
    Postgres,
}

impl Backend {
    /// `sqlite` or `postgresql`, as metrics and messages name it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Sqlite => "sqlite",
            Self::Postgres => "postgresql",
        }
    }
}

/// How the writers of a database work best.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Writing {
    /// One thread, many jobs in one transaction: SQLite has a single writer anyway,
    /// and this way the jobs share one fsync.
    Grouped,
    /// Several threads, one transaction for each job.
    Separate,
}

impl Backend {
    pub(crate) const fn writing(self) -> Writing {
        match self {
            Self::Sqlite => Writing::Grouped,
            Self::Postgres => Writing::Separate,
        }
    }
}
