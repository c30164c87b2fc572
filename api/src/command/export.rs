//! `broadsheet export`.

use std::fs::File;
use std::io::{BufWriter, IsTerminal as _, Write, stdout};
use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::Subcommand;
use domain::Timestamp;
use indicatif::ProgressBar;
use storage::Store;

use super::failure::Failure;
use super::output::tell;
use crate::export::{self, ExportError};

/// What is to be taken along.
#[derive(Debug, Subcommand)]
pub(super) enum ExportCommand {
    /// All comments, as JSON Lines
    ///
    /// Whatever became of them, with their threads, votes, times and states, one on each line; `broadsheet
    /// import comments` brings them in again. Reports, notes and the history of decisions stay here, and so
    /// do the e-mail addresses of guests.
    #[command(
        after_help = "Examples:\n  broadsheet export comments comments.jsonl     into a new file\n  \
                      broadsheet export comments | gzip > c.gz      to standard output"
    )]
    Comments {
        /// The file to make, which must not exist; standard output when left out
        file: Option<PathBuf>,
        /// Take the e-mail addresses of guests along
        #[arg(long)]
        emails: bool,
    },
}

/// Exports, and says on standard error how much there was.
pub(super) fn run(store: &Store, command: &ExportCommand, now: Timestamp) -> Result<(), Failure> {
    let ExportCommand::Comments { file, emails } = command;
    let out: Box<dyn Write> = match file {
        Some(file) => Box::new(create(file)?),
        None => Box::new(stdout().lock()),
    };
    let bar = if file.is_some() || !stdout().is_terminal() {
        ProgressBar::new_spinner()
    } else {
        ProgressBar::hidden()
    };
    bar.enable_steady_tick(Duration::from_millis(200));
    let written = export::comments(store, now, *emails, BufWriter::new(out), |number| {
        bar.set_message(format!("{number} comments"));
    });
    bar.finish_and_clear();
    let written = written.map_err(failed)?;
    let place = file.as_deref().map_or_else(
        || "standard output".to_owned(),
        |file| file.display().to_string(),
    );
    tell!(
        "Wrote {written} comments of {} to {place}.",
        store.describe()
    );
    Ok(())
}

fn create(file: &Path) -> Result<File, Failure> {
    File::create_new(file).map_err(|error| {
        Failure::new(
            format!("{} cannot be made: {error}", file.display()),
            "Name a file that does not exist yet, in a folder that you may write to",
        )
    })
}

fn failed(error: ExportError) -> Failure {
    match error {
        ExportError::Store(error) => Failure::from(error),
        ExportError::Write(_) => Failure::new(
            format!("The export ended early: {error}"),
            "What was written is not whole; make room for it and export again",
        ),
    }
}
