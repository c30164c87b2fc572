//! `broadsheet import`.

use std::fs::File;
use std::io::BufReader;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use clap::Subcommand;
use indicatif::{ProgressBar, ProgressStyle};
use storage::Store;

use super::failure::Failure;
use super::output::say;
use crate::clock::Clock;
use crate::ids::Ids;
use crate::import::Stop;
use crate::import::report::Report;
use crate::import::wxr::Importer;

/// Where the content comes from.
#[derive(Debug, Subcommand)]
pub(super) enum ImportCommand {
    /// A WordPress export (Tools → Export → All content)
    ///
    /// Posts become articles, categories sections, tags tags; comments keep their threads, times
    /// and states. Pages, attachments, menus and pings are counted and left out. Importing the
    /// same file again changes nothing; importing a newer one brings in what changed, except
    /// where an editor changed the article here.
    #[command(
        after_help = "Examples:\n  broadsheet import wxr blog.xml --dry-run   say what would \
                      happen\n  broadsheet import wxr blog.xml             import; safe to run \
                      again"
    )]
    Wxr {
        /// The file WordPress made (.xml)
        file: PathBuf,
        /// Say what would be imported, and write nothing
        #[arg(long)]
        dry_run: bool,
    },
}

/// Imports, and prints the report on standard output.
pub(super) fn run(
    store: &Store,
    command: &ImportCommand,
    clock: &dyn Clock,
    ids: Ids,
) -> Result<(), Failure> {
    let ImportCommand::Wxr { file, dry_run } = command;
    let unreadable = |error: std::io::Error| {
        Failure::new(
            format!("{} cannot be read: {error}", file.display()),
            "Check the path and who may read the file",
        )
    };
    let opened = File::open(file).map_err(unreadable)?;
    let length = opened.metadata().map_err(unreadable)?.len();
    let bar = bar(length, file);
    let importer = Importer {
        store,
        clock,
        ids: Arc::new(ids),
        dry_run: *dry_run,
    };
    let (report, end) = importer.run(BufReader::new(opened), |bytes| bar.set_position(bytes));
    bar.finish_and_clear();
    show(&report, store, file, *dry_run);
    end.map_err(|stop| match stop {
        Stop::Read(error) => Failure::new(
            format!("{} is broken at {error}", file.display()),
            if *dry_run {
                "Nothing was written; export the blog again, or mend that line"
            } else {
                "What came before that line was imported; export the blog again, or mend the \
                 line, and run the import once more"
            },
        ),
        Stop::Store(error) => Failure::new(
            format!("The import stopped: {error}"),
            "What the report counts was imported; run the same command again to go on",
        ),
    })
}

/// Drawn on standard error, and only on a terminal.
fn bar(length: u64, file: &Path) -> ProgressBar {
    let bar = ProgressBar::new(length);
    let template = "{msg} {wide_bar} {bytes}/{total_bytes} {eta}";
    if let Ok(style) = ProgressStyle::with_template(template) {
        bar.set_style(style);
    }
    bar.set_message(
        file.file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned(),
    );
    bar.enable_steady_tick(Duration::from_millis(200));
    bar
}

fn show(report: &Report, store: &Store, file: &Path, dry_run: bool) {
    let database = store.describe();
    if dry_run {
        say!(
            "Dry run of {} against {database}; nothing was written.\n",
            file.display()
        );
    } else {
        say!("Import of {} into {database}.\n", file.display());
    }
    say!("{report}");
    match (report.changed_anything(), dry_run) {
        (true, false) => say!("Done."),
        (true, true) => say!("Run it without --dry-run to import this."),
        (false, _) => say!("Nothing to change: what the file holds is here already."),
    }
}
