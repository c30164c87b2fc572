//! Comments from a file into the articles that are here.
//!
//! A file is read from its beginning to its end, a batch of comments at a time, as often as it takes: a
//! reply may stand before what it answers, and then it waits for the next time. Nearly every file is done
//! after the first, and nothing but the batch is held in memory.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::hash::BuildHasher as _;
use std::sync::Arc;

use domain::comment::CommentStatus;
use domain::id::ArticleId;
use domain::{Actor, Slug, SystemActor};
use storage::comments::{self, CommentOutcome, ImportKey, ImportedComment};
use storage::{Error, Store, Tx, stats};

use super::Stop;
use super::report::{Kind, Outcome, Report};
use crate::clock::Clock;

/// Comments written in one transaction.
const BATCH: usize = 100;
/// Bytes of text in one transaction.
const BATCH_BYTES: usize = 1024 * 1024;
/// How often a batch is tried when something else gets in its way.
const TRIES: u32 = 8;
/// How often a file is read at most: so many replies in a row may stand in the wrong order.
const PASSES: u32 = 50;

/// A comment on its way in.
#[derive(Debug, Clone)]
pub(super) struct Incoming {
    /// Where it stands in the file.
    pub(super) line: u64,
    /// The article it belongs to.
    pub(super) article: Place,
    /// The comment.
    pub(super) comment: ImportedComment,
}

/// What is known of the article of a comment.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Place {
    /// Its id, if it is one of ours.
    pub(super) id: Option<ArticleId>,
    /// A slug that it has or had.
    pub(super) slug: Option<Slug>,
    /// The highest number that any of its comments brings along; 0 if none does.
    pub(super) highest: i64,
}

/// A file that can be read again and again.
pub(super) trait Comments {
    /// Reads it once. What is left out is noted in the report, and `progress` told how far it is.
    fn read(
        &self,
        report: &mut Report,
        progress: &mut dyn FnMut(u64),
        take: &mut dyn FnMut(Incoming) -> Result<(), Stop>,
    ) -> Result<(), Stop>;
}

/// What an import needs besides the file.
pub struct ThreadImporter<'i> {
    /// Where to.
    pub store: &'i Store,
    /// Tells the time.
    pub clock: &'i dyn Clock,
    /// Says what would be done, and writes nothing.
    pub dry_run: bool,
}

impl ThreadImporter<'_> {
    /// Imports a file. The report holds what was done, also when the import had to stop.
    pub(super) fn run(
        &self,
        file: &impl Comments,
        progress: &mut dyn FnMut(u64),
    ) -> (Report, Result<(), Stop>) {
        let mut run = Run {
            importer: self,
            places: HashMap::new(),
            planned: HashSet::new(),
            hasher: std::hash::RandomState::new(),
            batch: Vec::new(),
            bytes: 0,
            first: true,
            report: Report::default(),
            pass: Pass::default(),
        };
        let end = run.passes(file, progress);
        let missing = std::mem::take(&mut run.pass.missing);
        run.report.absorb(missing);
        (run.report, end)
    }
}

struct Run<'i> {
    importer: &'i ThreadImporter<'i>,
    /// The articles that were looked for.
    places: HashMap<Place, Option<Target>>,
    /// In a dry run, the keys that would be stored by now, as hashes.
    planned: HashSet<u64>,
    hasher: std::hash::RandomState,
    batch: Vec<Incoming>,
    bytes: usize,
    first: bool,
    report: Report,
    pass: Pass,
}

/// What one reading of the file has come to.
#[derive(Default)]
struct Pass {
    created: u64,
    waiting: u64,
    /// Those that wait for what they answer.
    missing: Report,
}

/// An article that comments go to.
#[derive(Debug, Clone, Copy)]
struct Target {
    article: ArticleId,
    /// What the numbers that comments bring along are counted from; none before one is needed.
    base: Option<i64>,
}

impl Run<'_> {
    fn passes(&mut self, file: &impl Comments, progress: &mut dyn FnMut(u64)) -> Result<(), Stop> {
        for _ in 0..PASSES {
            self.pass = Pass::default();
            let mut noted = Report::default();
            let read = file.read(&mut noted, progress, &mut |incoming| self.take(incoming));
            if self.first {
                self.report.absorb(noted);
            }
            // Whatever was read whole before a broken line is kept.
            match read {
                Ok(()) => self.flush()?,
                Err(Stop::Read(error)) => {
                    self.flush()?;
                    return Err(error.into());
                }
                Err(stop) => return Err(stop),
            }
            self.first = false;
            if self.pass.waiting == 0 || self.pass.created == 0 {
                break;
            }
        }
        Ok(())
    }

    fn take(&mut self, incoming: Incoming) -> Result<(), Stop> {
        let comment = &incoming.comment.comment;
        let bytes = comment
            .body_source
            .len()
            .saturating_add(comment.body_html.len());
        if self.batch.len() >= BATCH || self.bytes.saturating_add(bytes) > BATCH_BYTES {
            self.flush()?;
        }
        self.bytes = self.bytes.saturating_add(bytes);
        self.batch.push(incoming);
        Ok(())
    }

    /// Stores what waits, the comments of each article together.
    fn flush(&mut self) -> Result<(), Stop> {
        self.bytes = 0;
        let mut of: BTreeMap<ArticleId, (Place, Vec<Incoming>)> = BTreeMap::new();
        for incoming in std::mem::take(&mut self.batch) {
            match self.target(&incoming.article)? {
                Some(target) => {
                    let place = incoming.article.clone();
                    let group = of
                        .entry(target.article)
                        .or_insert_with(|| (place, Vec::new()));
                    group.1.push(incoming);
                }
                None if self.first => {
                    let why = match &incoming.article.slug {
                        Some(slug) => format!("comment on an article that is not here: {slug}"),
                        None => "comment on an article that is not here".to_owned(),
                    };
                    self.report.leave_out(&why, incoming.line);
                }
                None => {}
            }
        }
        for (article, (place, group)) in of {
            self.store(article, &place, &group)?;
        }
        Ok(())
    }

    /// The article of a place, looked up once.
    fn target(&mut self, place: &Place) -> Result<Option<Target>, Stop> {
        if let Some(known) = self.places.get(place) {
            return Ok(*known);
        }
        let (id, slug) = (place.id, place.slug.clone());
        let found = self
            .importer
            .store
            .read_blocking(move |conn| comments::article_for(conn, id, slug.as_ref()))?;
        let target = found.map(|article| Target {
            article,
            base: None,
        });
        self.places.insert(place.clone(), target);
        Ok(target)
    }

    fn store(&mut self, article: ArticleId, place: &Place, group: &[Incoming]) -> Result<(), Stop> {
        let outcomes = if self.importer.dry_run {
            self.foresee(group)?
        } else {
            self.write(article, place, group)?
        };
        for (incoming, outcome) in group.iter().zip(outcomes) {
            match outcome {
                CommentOutcome::Created => {
                    self.pass.created = self.pass.created.saturating_add(1);
                    self.report.take(Kind::Comments, Outcome::New);
                    let status = incoming.comment.comment.status;
                    self.report.state(Kind::Comments, state_of(status));
                }
                // Those of an earlier reading are counted.
                CommentOutcome::Unchanged if self.first => {
                    self.report.take(Kind::Comments, Outcome::Unchanged);
                }
                CommentOutcome::Unchanged => {}
                CommentOutcome::ParentMissing => {
                    self.pass.waiting = self.pass.waiting.saturating_add(1);
                    let why = "comment whose parent is missing";
                    self.pass.missing.leave_out(why, incoming.line);
                }
            }
        }
        Ok(())
    }

    fn write(
        &mut self,
        article: ArticleId,
        place: &Place,
        group: &[Incoming],
    ) -> Result<Vec<CommentOutcome>, Stop> {
        let mut imports: Vec<ImportedComment> = group
            .iter()
            .map(|incoming| incoming.comment.clone())
            .collect();
        if place.highest > 0 {
            let base = self.base(article, place, &imports)?;
            for kept in imports.iter_mut().filter_map(|import| import.kept.as_mut()) {
                kept.ordinal = base.saturating_add(kept.ordinal);
            }
        }
        let imports = Arc::new(imports);
        self.transaction(move |tx| comments::import(tx, article, &imports))
    }

    /// What the numbers of these comments are counted from. They are reserved when the first comment of the
    /// article turns out not to be here.
    fn base(
        &mut self,
        article: ArticleId,
        place: &Place,
        imports: &[ImportedComment],
    ) -> Result<i64, Stop> {
        if let Some(Some(Target {
            base: Some(base), ..
        })) = self.places.get(place)
        {
            return Ok(*base);
        }
        let asked = imports.to_vec();
        let stored = self
            .importer
            .store
            .read_blocking(move |conn| comments::stored_keys(conn, &asked))?;
        if imports.iter().all(|import| stored.contains(&import.key)) {
            return Ok(0);
        }
        let highest = place.highest;
        let base = self.transaction(move |tx| stats::reserve_ordinals(tx, article, highest))?;
        let target = Target {
            article,
            base: Some(base),
        };
        self.places.insert(place.clone(), Some(target));
        Ok(base)
    }

    fn transaction<T: Send + 'static>(
        &self,
        work: impl Fn(&mut Tx<'_>) -> Result<T, Error> + Send + Sync + 'static,
    ) -> Result<T, Stop> {
        let work = Arc::new(work);
        let mut tries = 1;
        loop {
            let work = Arc::clone(&work);
            let actor = Actor::System(SystemActor::Import);
            let now = self.importer.clock.now();
            match self
                .importer
                .store
                .write_blocking(actor, now, move |tx| work(tx))
            {
                Err(Error::Overloaded | Error::IdTaken) if tries < TRIES => tries += 1,
                done => return Ok(done?),
            }
        }
    }

    /// What would become of these comments.
    fn foresee(&mut self, group: &[Incoming]) -> Result<Vec<CommentOutcome>, Stop> {
        let imports: Vec<ImportedComment> = group
            .iter()
            .map(|incoming| incoming.comment.clone())
            .collect();
        let stored = self
            .importer
            .store
            .read_blocking(move |conn| comments::stored_keys(conn, &imports))?;
        let mut outcomes = Vec::new();
        for Incoming { comment, .. } in group {
            let there = |key: &ImportKey, run: &Self| {
                stored.contains(key) || run.planned.contains(&run.hasher.hash_one(key))
            };
            let outcome = if there(&comment.key, self) {
                CommentOutcome::Unchanged
            } else if comment
                .parent
                .as_ref()
                .is_none_or(|parent| there(parent, self))
            {
                self.planned.insert(self.hasher.hash_one(&comment.key));
                CommentOutcome::Created
            } else {
                CommentOutcome::ParentMissing
            };
            outcomes.push(outcome);
        }
        Ok(outcomes)
    }
}

const fn state_of(status: CommentStatus) -> &'static str {
    match status {
        CommentStatus::Published => "published",
        CommentStatus::Held => "held",
        CommentStatus::Rejected => "rejected",
        CommentStatus::Spam => "spam",
        CommentStatus::Deleted => "deleted",
    }
}
