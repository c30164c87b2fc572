//! WordPress exports (WXR 1.0 to 1.2).
//!
//! The file is read once, item by item. What it holds is planned without the database, gathered
//! into small batches, and each batch is one transaction: a server beside the import waits for
//! none of them for long, and what was finished before a broken line is kept.

mod apply;
mod markup;
mod model;
mod paragraphs;
mod plan;
mod reader;
mod replies;
mod shortcode;
mod sources;
mod terms;

use std::io::BufRead;
use std::sync::{Arc, Mutex, PoisonError};

use domain::{Actor, Language, SystemActor};
use storage::{Error, Store};

use self::apply::{Effects, Settled, Work, apply};
use self::model::{Entry, Item};
use self::reader::Reader;
use self::replies::PlannedComment;
use crate::clock::Clock;
use crate::ids::Ids;
use crate::import::Stop;
use crate::import::report::Report;

/// Things written in one transaction.
const BATCH: usize = 50;
/// How often a batch is tried when something else gets in its way.
const TRIES: u32 = 8;

/// What an import needs besides the file.
pub struct Importer<'i> {
    /// Where to.
    pub store: &'i Store,
    /// Tells the time.
    pub clock: &'i dyn Clock,
    /// Draws ids.
    pub ids: Arc<Ids>,
    /// Does everything, and takes every batch back.
    pub dry_run: bool,
}

/// How a batch ended in its transaction.
enum Outcome {
    /// A dry run is rolled back by answering with an error; this is that error.
    RolledBack(Box<Effects>),
    Failed(Error),
}

impl From<Error> for Outcome {
    fn from(error: Error) -> Self {
        Self::Failed(error)
    }
}

impl Importer<'_> {
    /// Imports a file. `progress` is told how many bytes have been read. The report holds what
    /// was done, also when the import had to stop.
    pub fn run(
        &self,
        file: impl BufRead,
        mut progress: impl FnMut(u64),
    ) -> (Report, Result<(), Stop>) {
        let mut run = Run {
            importer: self,
            settled: Arc::new(Mutex::new(Settled::new(self.dry_run))),
            waiting: Vec::new(),
            weight: 0,
            linked: false,
            report: Report::default(),
        };
        let mut reader = Reader::new(file);
        let read = run.read(&mut reader, &mut progress);
        // Whatever was read whole before a broken line is kept.
        let end = match read {
            Ok(()) | Err(Stop::Read(_)) => {
                run.queue_terms();
                run.flush().and(read)
            }
            Err(Stop::Store(_)) => read,
        };
        (run.report, end)
    }
}

struct Run<'i> {
    importer: &'i Importer<'i>,
    settled: Arc<Mutex<Settled>>,
    waiting: Vec<Work>,
    weight: usize,
    linked: bool,
    report: Report,
}

impl Run<'_> {
    fn read<R: BufRead>(
        &mut self,
        reader: &mut Reader<R>,
        progress: &mut impl FnMut(u64),
    ) -> Result<(), Stop> {
        while let Some(entry) = reader.next_entry()? {
            progress(reader.bytes());
            match entry {
                Entry::Item(item) => self.item(&item)?,
                head => self.head(head),
            }
        }
        Ok(())
    }

    fn head(&mut self, entry: Entry) {
        let mut settled = self.settled.lock().unwrap_or_else(PoisonError::into_inner);
        match entry {
            Entry::Blog(address) if !address.is_empty() => {
                self.linked = true;
                settled.sources.set_blog(&address);
            }
            Entry::Link(address) if !self.linked => settled.sources.set_blog(&address),
            Entry::Language(tag) => {
                settled.language = Language::parse(&tag.replace('_', "-")).ok();
            }
            Entry::Author(author) => settled.terms.add_author(author),
            Entry::Category(category) => settled.terms.add_category(category),
            Entry::Tag(tag) => settled.terms.add_tag(tag),
            Entry::Blog(_) | Entry::Link(_) | Entry::Item(_) => {}
        }
    }

    fn item(&mut self, item: &Item) -> Result<(), Stop> {
        let mut settled = self.settled.lock().unwrap_or_else(PoisonError::into_inner);
        let planned = plan::plan(item, &mut settled.sources, &mut self.report);
        let Some(mut planned) = planned else {
            return Ok(());
        };
        settled.terms.add_missing(
            planned.line,
            &planned.categories,
            &planned.tags,
            &planned.author,
        );
        drop(settled);
        self.queue_terms();
        let source = planned.source.clone();
        let mut comments = std::mem::take(&mut planned.comments);
        self.queue(Work::Article(Box::new(planned)))?;
        while !comments.is_empty() {
            let rest = comments.split_off(self.room().min(comments.len()));
            let part: Vec<PlannedComment> = std::mem::replace(&mut comments, rest);
            self.queue(Work::Comments(source.clone(), part))?;
        }
        Ok(())
    }

    fn queue_terms(&mut self) {
        let mut settled = self.settled.lock().unwrap_or_else(PoisonError::into_inner);
        let new = settled.terms.take_new(&mut self.report);
        drop(settled);
        self.weight = self.weight.saturating_add(new.len());
        self.waiting.extend(new.into_iter().map(Work::Term));
    }

    /// How many comments still fit into the batch that is being filled; at least one.
    fn room(&self) -> usize {
        BATCH
            .saturating_sub(self.weight.checked_rem(BATCH).unwrap_or_default())
            .max(1)
    }

    fn queue(&mut self, work: Work) -> Result<(), Stop> {
        let weight = work.weight();
        // A dry run forgets an article with its batch, so its comments have to be in the same.
        let apart = matches!(work, Work::Article(_)) || !self.importer.dry_run;
        if apart && self.weight.saturating_add(weight) > BATCH {
            self.flush()?;
        }
        self.waiting.push(work);
        self.weight = self.weight.saturating_add(weight);
        Ok(())
    }

    /// Writes what waits, a batch at a time.
    fn flush(&mut self) -> Result<(), Stop> {
        let waiting = std::mem::take(&mut self.waiting);
        self.weight = 0;
        if self.importer.dry_run {
            return self.write(waiting);
        }
        let mut batch = Vec::new();
        let mut weight = 0_usize;
        for work in waiting {
            let own = work.weight();
            if weight.saturating_add(own) > BATCH {
                self.write(std::mem::take(&mut batch))?;
                weight = 0;
            }
            weight = weight.saturating_add(own);
            batch.push(work);
        }
        self.write(batch)
    }

    fn write(&mut self, batch: Vec<Work>) -> Result<(), Stop> {
        if batch.is_empty() {
            return Ok(());
        }
        let batch = Arc::new(batch);
        let mut tries = 1;
        let effects = loop {
            match self.attempt(&batch) {
                Err(error) if tries < TRIES && may_pass(&error) => tries += 1,
                done => break done?,
            }
        };
        let mut settled = self.settled.lock().unwrap_or_else(PoisonError::into_inner);
        let report = settled.absorb(effects);
        drop(settled);
        self.report.absorb(report);
        Ok(())
    }

    fn attempt(&self, batch: &Arc<Vec<Work>>) -> Result<Effects, Error> {
        let (batch, settled) = (Arc::clone(batch), Arc::clone(&self.settled));
        let ids = Arc::clone(&self.importer.ids);
        let dry_run = self.importer.dry_run;
        let written = self.importer.store.write_blocking(
            Actor::System(SystemActor::Import),
            self.importer.clock.now(),
            move |tx| {
                let settled = settled.lock().unwrap_or_else(PoisonError::into_inner);
                let effects = apply(tx, &settled, &batch, &ids)?;
                if dry_run {
                    return Err(Outcome::RolledBack(Box::new(effects)));
                }
                Ok(effects)
            },
        );
        match written {
            Ok(effects) => Ok(effects),
            Err(Outcome::RolledBack(effects)) => Ok(*effects),
            Err(Outcome::Failed(error)) => Err(error),
        }
    }
}

/// Whether another try may go better: an id or a slug that was free is taken by now, an editor
/// was faster with an article, or somebody else wrote for long.
fn may_pass(error: &Error) -> bool {
    matches!(
        error,
        Error::IdTaken
            | Error::Overloaded
            | Error::Stale { .. }
            | Error::Conflict {
                field: "slug" | "source"
            }
    )
}

#[cfg(test)]
mod tests;
