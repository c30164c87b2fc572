//! One batch in one transaction: every decision that needs the database is taken in it.

mod articles;
mod comments;
mod nouns;

use std::collections::{HashMap, HashSet};

use domain::id::{ArticleId, AuthorId, SectionId, TagId};
use domain::{Language, Slug};
use storage::{Error, Imported, Tx};

use super::plan::PlannedArticle;
use super::replies::PlannedComment;
use super::sources::Sources;
use super::terms::{Key, Terms};
use crate::ids::{Ids, random_bytes};
use crate::import::report::{Kind, Outcome, Report};

/// A text of so many bytes takes as long as another thing.
const WEIGHTY: usize = 16 * 1024;

/// Something to be written.
#[derive(Debug, Clone)]
pub(in crate::import::wxr) enum Work {
    Term(Key),
    Article(Box<PlannedArticle>),
    /// Comments of the article with this source id.
    Comments(String, Vec<PlannedComment>),
}

impl Work {
    /// How long writing it takes, compared with one comment. Long texts take longer.
    pub(in crate::import::wxr) fn weight(&self) -> usize {
        let of_text = |bytes: usize| 1 + bytes / WEIGHTY;
        match self {
            Self::Term(_) => 1,
            // Its row, its revision, its bodies, and a listing for each place it stands in.
            Self::Article(article) => 2 + of_text(article.body.source.len()),
            Self::Comments(_, list) => list.iter().map(|comment| of_text(comment.body.len())).sum(),
        }
    }
}

/// What earlier batches have settled.
#[derive(Debug, Default)]
pub(in crate::import::wxr) struct Settled {
    pub(in crate::import::wxr) terms: Terms,
    pub(in crate::import::wxr) sources: Sources,
    pub(in crate::import::wxr) language: Option<Language>,
    /// Every batch is rolled back.
    dry_run: bool,
    sections: HashMap<String, SectionId>,
    tags: HashMap<String, TagId>,
    authors: HashMap<String, AuthorId>,
    /// The last article, whose comments may reach over several batches.
    article: Option<(String, ArticleId)>,
    counted: HashSet<Key>,
    /// Slugs given out in a dry run, which the database does not know of.
    slugs: HashSet<Slug>,
}

/// What one batch has found out and written. It counts only once the batch is committed.
#[derive(Debug, Default)]
pub(in crate::import::wxr) struct Effects {
    pub(in crate::import::wxr) report: Report,
    sections: HashMap<String, SectionId>,
    tags: HashMap<String, TagId>,
    authors: HashMap<String, AuthorId>,
    article: Option<(String, ArticleId)>,
    counted: HashSet<Key>,
    slugs: HashSet<Slug>,
}

impl Settled {
    pub(in crate::import::wxr) fn new(dry_run: bool) -> Self {
        Self {
            dry_run,
            ..Self::default()
        }
    }

    /// Takes over what a batch did. In a dry run it was rolled back, so its ids lead nowhere.
    pub(in crate::import::wxr) fn absorb(&mut self, effects: Effects) -> Report {
        self.counted.extend(effects.counted);
        if self.dry_run {
            self.slugs.extend(effects.slugs);
        } else {
            self.sections.extend(effects.sections);
            self.tags.extend(effects.tags);
            self.authors.extend(effects.authors);
            self.article = effects.article.or_else(|| self.article.take());
        }
        effects.report
    }
}

/// Writes a batch.
pub(in crate::import::wxr) fn apply(
    tx: &mut Tx<'_>,
    settled: &Settled,
    works: &[Work],
    ids: &Ids,
) -> Result<Effects, Error> {
    let mut batch = Batch {
        settled,
        ids,
        effects: Effects::default(),
    };
    for work in works {
        match work {
            Work::Term(Key::Category(name)) => {
                batch.section(tx, name)?;
            }
            Work::Term(Key::Tag(name)) => {
                batch.tag(tx, name)?;
            }
            Work::Term(Key::Author(login)) => {
                batch.author(tx, login)?;
            }
            Work::Article(article) => batch.article(tx, article)?,
            Work::Comments(article, list) => batch.comments(tx, article, list)?,
        }
    }
    Ok(batch.effects)
}

struct Batch<'s> {
    settled: &'s Settled,
    ids: &'s Ids,
    effects: Effects,
}

impl Batch<'_> {
    fn count(&mut self, kind: Kind, key: Key, imported: Imported) {
        if !self.settled.counted.contains(&key) && self.effects.counted.insert(key) {
            self.effects.report.take(kind, outcome(imported));
        }
    }
}

fn outcome(imported: Imported) -> Outcome {
    match imported {
        Imported::Created => Outcome::New,
        Imported::Updated => Outcome::Updated,
        Imported::Unchanged => Outcome::Unchanged,
        Imported::KeptEditorsVersion => Outcome::Kept,
    }
}

/// The low bits of an id. Two rows of one millisecond may draw the same; the batch is then
/// tried again with others.
fn random() -> Result<u32, Error> {
    random_bytes::<4>()
        .map(u32::from_le_bytes)
        .map_err(|error| Error::Internal(error.to_string()))
}
