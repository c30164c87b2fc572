//! `broadsheet import`.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::BufReader;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use clap::Subcommand;
use domain::text::Readings;
use indicatif::{ProgressBar, ProgressStyle};
use storage::{Imported, Store};

use super::failure::Failure;
use super::output::say;
use crate::clock::Clock;
use crate::config::Config;
use crate::ids::Ids;
use crate::import::disqus::{self, Addresses};
use crate::import::page::{self, PageImporter};
use crate::import::report::Report;
use crate::import::threads::ThreadImporter;
use crate::import::wxr::Importer;
use crate::import::{Stop, comments};

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
    /// Pages of a website: their text, or saved HTML
    ///
    /// Each page becomes a published article: its headline, section, time, picture, views and text,
    /// without navigation, comments and links to other articles. Pinyin in brackets behind Chinese
    /// characters is set above them. Importing the same page again changes nothing; a page that changed
    /// brings its article up to date, unless an editor changed it here.
    #[command(
        after_help = "Examples:\n  broadsheet import page story.html --dry-run          say what would be \
                      stored\n  broadsheet import page saved-pages/ --section sport  every page of a \
                      folder"
    )]
    Page {
        /// A page (.txt, .html), or a folder of pages
        path: PathBuf,
        /// The section of every page: a slug, an id or a name, made if there is none; what each page says
        /// when left out
        #[arg(long, value_name = "SECTION")]
        section: Option<String>,
        /// What becomes of readings such as 收购(shōugòu)
        #[arg(long, value_name = "ruby|strip|keep", default_value = "ruby", value_parser = parse_readings)]
        readings: Readings,
        /// Say what would be stored, and write nothing
        #[arg(long)]
        dry_run: bool,
    },
    /// An export of Disqus (Admin → Setup → Export)
    ///
    /// Comments go to the articles that are here already, which a thread names by the end of its address
    /// or by its identifier; with --pages to those you name. Threads, times and states are kept: spam
    /// waits for moderators, and what was deleted is a tombstone where it was answered. Importing the same
    /// file again changes nothing.
    #[command(
        after_help = "Examples:\n  broadsheet import disqus export.xml --dry-run            say what \
                      would happen\n  broadsheet import disqus export.xml --pages pages.txt    lines \
                      of an address and the slug of an article"
    )]
    Disqus {
        /// The file Disqus made (.xml, unpacked)
        file: PathBuf,
        /// A file that says which page is which article: an address, a space and a slug on each line
        #[arg(long, value_name = "FILE")]
        pages: Option<PathBuf>,
        /// Say what would be imported, and write nothing
        #[arg(long)]
        dry_run: bool,
    },
    /// Comments that `broadsheet export comments` wrote
    ///
    /// They go to the articles of the same id, or else of the same slug, with their ids, threads, votes,
    /// times and states. Importing the same file again changes nothing.
    Comments {
        /// The file
        file: PathBuf,
        /// Say what would be imported, and write nothing
        #[arg(long)]
        dry_run: bool,
    },
}

impl ImportCommand {
    const fn file(&self) -> &PathBuf {
        match self {
            Self::Wxr { file, .. }
            | Self::Page { path: file, .. }
            | Self::Disqus { file, .. }
            | Self::Comments { file, .. } => file,
        }
    }

    const fn dry_run(&self) -> bool {
        match self {
            Self::Wxr { dry_run, .. }
            | Self::Page { dry_run, .. }
            | Self::Disqus { dry_run, .. }
            | Self::Comments { dry_run, .. } => *dry_run,
        }
    }
}

/// Imports, and prints the report on standard output.
pub(super) fn run(
    store: &Store,
    command: &ImportCommand,
    clock: &dyn Clock,
    ids: Ids,
    config: &Config,
) -> Result<(), Failure> {
    if let ImportCommand::Page {
        path,
        section,
        readings,
        dry_run,
    } = command
    {
        let importer = PageImporter {
            store,
            clock,
            ids: Arc::new(ids),
            section: section.clone(),
            readings: *readings,
            dry_run: *dry_run,
        };
        return pages(&importer, path);
    }
    let (file, dry_run) = (command.file(), command.dry_run());
    let opened = File::open(file).map_err(|error| unreadable(file, &error))?;
    let length = opened
        .metadata()
        .map_err(|error| unreadable(file, &error))?
        .len();
    let bar = bar(length, file);
    let mut progress = |bytes| bar.set_position(bytes);
    let threads = ThreadImporter {
        store,
        clock,
        dry_run,
    };
    let levels = config.comment_levels;
    let (report, end) = match command {
        ImportCommand::Wxr { .. } => {
            let importer = Importer {
                store,
                clock,
                ids: Arc::new(ids),
                dry_run,
            };
            importer.run(BufReader::new(opened), progress)
        }
        ImportCommand::Disqus { pages, .. } => {
            let pages = addresses(pages.as_deref())?;
            disqus::import(&threads, file, &pages, levels, &mut progress)
        }
        ImportCommand::Page { .. } => return Ok(()),
        ImportCommand::Comments { .. } => comments::import(&threads, file, levels, &mut progress),
    };
    bar.finish_and_clear();
    show(&report, store, file, dry_run);
    end.map_err(|stop| stopped(&stop, file, dry_run))
}

fn parse_readings(text: &str) -> Result<Readings, String> {
    Readings::parse(text).map_err(|invalid| invalid.detail)
}

/// Imports pages, and says of each what became of it.
fn pages(importer: &PageImporter<'_>, path: &Path) -> Result<(), Failure> {
    let files = page::files(path).map_err(|error| unreadable(path, &error))?;
    let bar = ProgressBar::new(u64::try_from(files.len()).unwrap_or_default());
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for file in &files {
        let done = importer.import(file).map_err(|error| {
            bar.finish_and_clear();
            stopped(&Stop::Store(error), file, importer.dry_run)
        })?;
        let (what, rest) = match &done.outcome {
            Ok(taken) => (
                match taken.imported {
                    None => "would be imported",
                    Some(Imported::Created) => "new",
                    Some(Imported::Updated) => "updated",
                    Some(Imported::Unchanged) => "unchanged",
                    Some(Imported::KeptEditorsVersion) => "kept, because an editor changed it here",
                },
                taken.to_string(),
            ),
            Err(why) => ("left out", format!("  {why}\n")),
        };
        *counts.entry(what).or_default() += 1;
        bar.suspend(|| say!("{}: {what}\n{rest}", done.file.display()));
        bar.inc(1);
    }
    bar.finish_and_clear();
    let counts: Vec<String> = counts
        .iter()
        .map(|(what, number)| format!("{number} {what}"))
        .collect();
    let place = importer.store.describe();
    match counts.as_slice() {
        [] => say!("There is no page in {} (.txt, .html).", path.display()),
        counts => say!("{} pages into {place}: {}.", files.len(), counts.join(", ")),
    }
    Ok(())
}

fn unreadable(file: &Path, error: &std::io::Error) -> Failure {
    Failure::new(
        format!("{} cannot be read: {error}", file.display()),
        "Check the path and who may read the file",
    )
}

/// Which page is which article, if a file says so.
fn addresses(file: Option<&Path>) -> Result<Addresses, Failure> {
    let Some(file) = file else {
        return Ok(Addresses::default());
    };
    let text = std::fs::read_to_string(file).map_err(|error| unreadable(file, &error))?;
    Addresses::parse(&text).map_err(|error| {
        Failure::new(
            format!("{} says nothing at {error}", file.display()),
            "Write an address, a space and the slug of an article on each line",
        )
    })
}

fn stopped(stop: &Stop, file: &Path, dry_run: bool) -> Failure {
    match stop {
        Stop::Read(error) => Failure::new(
            format!("{} is broken at {error}", file.display()),
            if dry_run {
                "Nothing was written; export it again, or mend that line"
            } else {
                "What the report counts was imported; export it again, or mend the line, and run the \
                 import once more"
            },
        ),
        Stop::Store(error) => Failure::new(
            format!("The import stopped: {error}"),
            "What the report counts was imported; run the same command again to go on",
        ),
    }
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
