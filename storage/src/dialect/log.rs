//! The write-ahead log of SQLite, kept from growing.
//!
//! SQLite begins its log anew only at a moment when nobody reads from it. With readers at work all
//! the time such a moment never comes by itself, and the log grows until the disk is full.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use diesel::connection::SimpleConnection;

use super::Target;
use crate::connection::AnyConnection;

/// The log may grow to this size, which is also what SQLite cuts it down to by itself.
pub(super) const MOST: u64 = 64 * 1024 * 1024;
/// After an attempt in vain (a backup reads for long) the next one waits so long.
const APART: Duration = Duration::from_secs(2);

/// Looks after the log of one database.
pub(crate) struct Log {
    path: Option<PathBuf>,
    not_before: Instant,
}

impl Log {
    pub(crate) fn of(target: &Target) -> Self {
        let path = match target {
            Target::Sqlite(path) => {
                // SQLite follows a link, and puts the log beside the file itself.
                let file = path.canonicalize().unwrap_or_else(|_| path.clone());
                let mut name = file.into_os_string();
                name.push("-wal");
                Some(PathBuf::from(name))
            }
            Target::Postgres(_) => None,
        };
        Self {
            path,
            not_before: Instant::now(),
        }
    }

    /// Empties the log if it has grown large. To be called between transactions by the one who
    /// writes. It waits for the reads that are under way, a fifth of a second at most; those that
    /// begin meanwhile need the log no more.
    pub(crate) fn keep_small(&mut self, conn: &mut AnyConnection) {
        let Some(path) = &self.path else { return };
        let size = std::fs::metadata(path).map_or(0, |file| file.len());
        if size <= MOST || Instant::now() < self.not_before {
            return;
        }
        self.not_before = Instant::now().checked_add(APART).unwrap_or(self.not_before);
        // The log is as good as before if this does not succeed, and it is tried again.
        let _ = conn.batch_execute("PRAGMA busy_timeout = 200");
        let emptied = conn.batch_execute("PRAGMA wal_checkpoint(TRUNCATE)");
        let _ = conn.batch_execute("PRAGMA busy_timeout = 5000");
        if let Err(error) = emptied {
            tracing::warn!(%error, size, "the log of SQLite could not be emptied");
        } else if std::fs::metadata(path).map_or(0, |file| file.len()) < size {
            self.not_before = Instant::now();
        }
    }
}
