//! Taking content along.

use std::io::{self, Write};

use domain::Timestamp;
use domain::id::CommentId;
use serde::Serialize;
use storage::{Error, Store, comments};

use crate::comment_file::{Header, Line};

/// Why an export ended early.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ExportError {
    /// The file could not be written.
    #[error("it could not be written: {0}")]
    Write(#[from] io::Error),
    /// The database could not be read.
    #[error("{0}")]
    Store(#[from] Error),
}

/// Writes every comment, whatever became of it, a slice at a time; how many there were. What is posted
/// or decided meanwhile may be in it or not.
pub(crate) fn comments(
    store: &Store,
    now: Timestamp,
    emails: bool,
    mut out: impl Write,
    mut progress: impl FnMut(u64),
) -> Result<u64, ExportError> {
    line(&mut out, &Header::new(now))?;
    let (mut after, mut written): (Option<CommentId>, u64) = (None, 0);
    loop {
        let slice = store.read_blocking(move |conn| comments::export(conn, after))?;
        let Some(last) = slice.last() else {
            out.flush()?;
            return Ok(written);
        };
        after = Some(last.own.comment.id);
        for exported in slice {
            line(&mut out, &Line::of(exported, emails))?;
            written = written.saturating_add(1);
        }
        progress(written);
    }
}

fn line(out: &mut impl Write, value: &impl Serialize) -> io::Result<()> {
    serde_json::to_writer(&mut *out, value)?;
    out.write_all(b"\n")
}
