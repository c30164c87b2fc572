//! A verified copy of the database in one file.

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use crate::dialect;
use crate::error::Error;
use crate::store::Store;

/// What a backup made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BackupReport {
    /// The file written.
    pub path: PathBuf,
    /// Its size in bytes.
    pub bytes: u64,
}

impl Store {
    /// Copies a SQLite database, as it is at one moment, into a new file `to`, while
    /// reads and writes go on. The copy is checked from end to end and on the disk
    /// before it gets its name, so a file of that name is always a whole backup.
    /// Blocks the thread.
    ///
    /// # Errors
    /// [`Error::Unsupported`] on PostgreSQL, which has its own tools, and when `to`
    /// exists; [`Error::Unavailable`] when it cannot be written or the copy is
    /// damaged.
    pub fn backup(&self, to: &Path) -> Result<BackupReport, Error> {
        if to.symlink_metadata().is_ok() {
            return Err(taken(to));
        }
        let mut name = to.as_os_str().to_owned();
        name.push(format!(".{}.part", std::process::id()));
        let part = Part(PathBuf::from(name));
        let bytes = self.copy_and_check(&part.0)?;
        // A hard link, unlike a rename, does not replace a file that appeared meanwhile.
        fs::hard_link(&part.0, to).map_err(|error| match error.kind() {
            std::io::ErrorKind::AlreadyExists => taken(to),
            _ => unwritable(to, &error),
        })?;
        drop(part);
        sync_directory(to)?;
        Ok(BackupReport {
            path: to.to_owned(),
            bytes,
        })
    }

    fn copy_and_check(&self, part: &Path) -> Result<u64, Error> {
        let text = part.to_str().ok_or_else(|| {
            Error::Unsupported(format!("the path {} is not UTF-8", part.display()))
        })?;
        // SQLite fills an empty file, and this one only its owner can read.
        create_private(part).map_err(|error| unwritable(part, &error))?;
        dialect::copy_into(&mut self.own_connection()?, text).map_err(|error| match error {
            Error::Unsupported(_) => error,
            other => {
                Error::Unavailable(format!("{} could not be written: {other}", part.display()))
            }
        })?;
        let findings = dialect::check_copy(text)?;
        if !findings.is_empty() {
            return Err(Error::Unavailable(format!(
                "the copy failed its integrity check and was thrown away: {}. The database \
                 itself is probably damaged: restore an older backup",
                findings.join("; ")
            )));
        }
        let file = File::open(part).map_err(|error| unwritable(part, &error))?;
        file.sync_all().map_err(|error| unwritable(part, &error))?;
        let length = file
            .metadata()
            .map_err(|error| unwritable(part, &error))?
            .len();
        Ok(length)
    }
}

/// An unfinished copy, removed whatever happens.
struct Part(PathBuf);

impl Drop for Part {
    fn drop(&mut self) {
        // Nothing to remove if the copy never began.
        let _ = fs::remove_file(&self.0);
    }
}

/// Makes an empty file that is this user's alone: readers' addresses are in it.
pub(crate) fn create_private(path: &Path) -> std::io::Result<()> {
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).map(|_| ())
}

/// Makes the new name itself durable.
fn sync_directory(of: &Path) -> Result<(), Error> {
    let directory = match of.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    File::open(directory)
        .and_then(|directory| directory.sync_all())
        .map_err(|error| unwritable(of, &error))
}

fn taken(path: &Path) -> Error {
    Error::Unsupported(format!(
        "{} exists and is not overwritten. Name a new file, or move that one away",
        path.display()
    ))
}

fn unwritable(path: &Path, error: &std::io::Error) -> Error {
    Error::Unavailable(format!("{} could not be written: {error}", path.display()))
}
