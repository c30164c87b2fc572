//! The comments of one article that come from somewhere else.

use std::collections::{BTreeMap, HashMap};

use diesel::prelude::*;
use domain::comment::{CommentStatus, ParentView, Placement, place};
use domain::id::{ArticleId, CommentId};
use domain::time::Timestamp;

use super::insert::{NewComment, Shape, record_new, write};
use super::status::count_replies;
use crate::schema::comments;
use crate::{Conn, Error, Tx, stats};

/// One comment of an import.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportedComment {
    /// What it is called where it comes from; the same in every import.
    pub source: String,
    /// The comment it answers, by its `source`; none for a root.
    pub parent: Option<String>,
    /// The comment if it is new, with an id of its original time. Its `parent` is not looked at.
    pub comment: NewComment,
    /// When it was posted there.
    pub created_at: Timestamp,
}

/// What an import did with one comment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CommentOutcome {
    /// It was not there and is now.
    Created,
    /// It was there already; what moderators have decided here since is kept.
    Unchanged,
    /// What it answers is neither in the import nor here, or stands under another article: it is
    /// left out rather than posted as a root.
    ParentMissing,
}

/// `IN` lists stay below the number of values that SQLite takes in one statement.
const CHUNK: usize = 500;

/// Takes over comments of one article, whatever its state, in any order of parents and replies.
/// Answers one outcome for each, in the order given. Counters are right afterwards; they are the
/// last statements, so this should be the last call of its transaction.
pub fn import(
    tx: &mut Tx<'_>,
    article: ArticleId,
    imports: &[ImportedComment],
) -> Result<Vec<CommentOutcome>, Error> {
    let mut known = known(tx, article, imports)?;
    let mut outcomes = vec![CommentOutcome::ParentMissing; imports.len()];
    let mut waiting: Vec<(usize, &ImportedComment)> = Vec::new();
    for (import, (place, outcome)) in imports.iter().zip(outcomes.iter_mut().enumerate()) {
        if known.contains_key(import.source.as_str()) {
            *outcome = CommentOutcome::Unchanged;
        } else {
            waiting.push((place, import));
        }
    }
    let new = i64::try_from(waiting.len()).unwrap_or(i64::MAX);
    let mut ordinal = stats::take_ordinals(tx, article, new, 0)?;
    let mut counters = Counters::default();
    // Every round stores what answers something stored before; parents may come last in a file.
    loop {
        let before = waiting.len();
        let mut later = Vec::new();
        for (index, import) in waiting {
            // The same comment twice in one file counts as there already.
            if known.contains_key(import.source.as_str()) {
                mark(&mut outcomes, index, CommentOutcome::Unchanged);
                continue;
            }
            let Some(placement) = placement(import, &known) else {
                later.push((index, import));
                continue;
            };
            let visible = import.comment.status == CommentStatus::Published;
            let shape = Shape {
                article,
                placement,
                visible,
                ordinal,
                created_at: import.created_at,
            };
            ordinal = ordinal.saturating_add(1);
            write(tx, &import.comment, &shape, Some(&import.source))?;
            record_new(tx, article, &import.comment)?;
            if visible {
                counters.count(placement);
            }
            let view = view(import.comment.id, placement);
            known.insert(import.source.clone(), view);
            mark(&mut outcomes, index, CommentOutcome::Created);
        }
        if later.is_empty() || later.len() == before {
            break;
        }
        waiting = later;
    }
    counters.store(tx, article)?;
    Ok(outcomes)
}

fn mark(outcomes: &mut [CommentOutcome], index: usize, outcome: CommentOutcome) {
    if let Some(place) = outcomes.get_mut(index) {
        *place = outcome;
    }
}

/// Where the comment goes, if what it answers is stored.
fn placement(import: &ImportedComment, known: &HashMap<String, ParentView>) -> Option<Placement> {
    match &import.parent {
        None => Some(Placement::root(import.comment.id)),
        Some(parent) => known
            .get(parent.as_str())
            .map(|parent| place(parent, import.comment.levels)),
    }
}

const fn view(id: CommentId, placement: Placement) -> ParentView {
    ParentView {
        id,
        root_id: placement.root_id,
        parent_id: placement.parent_id,
        depth: placement.depth,
    }
}

/// Those of the comments, and of what they answer, that are stored under this article.
fn known(
    conn: &mut Conn<'_>,
    article: ArticleId,
    imports: &[ImportedComment],
) -> Result<HashMap<String, ParentView>, Error> {
    let mut sources: Vec<&str> = imports
        .iter()
        .flat_map(|import| std::iter::once(&import.source).chain(&import.parent))
        .map(String::as_str)
        .collect();
    sources.sort_unstable();
    sources.dedup();
    let mut known = HashMap::new();
    for chunk in sources.chunks(CHUNK) {
        let rows = comments::table
            .filter(comments::source.eq_any(chunk.iter().copied()))
            .filter(comments::article_id.eq(article.raw()))
            .select((
                comments::source,
                comments::id,
                comments::root_id,
                comments::parent_id,
                comments::depth,
            ))
            .load::<(Option<String>, i64, i64, Option<i64>, i32)>(conn.0)?;
        for (source, id, root_id, parent_id, depth) in rows {
            let view = ParentView {
                id: CommentId::from_raw(id),
                root_id: CommentId::from_raw(root_id),
                parent_id: parent_id.map(CommentId::from_raw),
                depth,
            };
            known.extend(source.map(|source| (source, view)));
        }
    }
    Ok(known)
}

/// What the import adds to the counters, gathered so that each row is locked in the order every other
/// writer takes them: what is below before what is above, then the article.
#[derive(Default)]
struct Counters {
    replies: BTreeMap<CommentId, i64>,
    published: i64,
}

impl Counters {
    fn count(&mut self, placement: Placement) {
        self.published = self.published.saturating_add(1);
        if let Some(parent) = placement.parent_id {
            let replies = self.replies.entry(parent).or_default();
            *replies = replies.saturating_add(1);
        }
    }

    fn store(self, tx: &mut Tx<'_>, article: ArticleId) -> Result<(), Error> {
        for (parent, count) in self.replies.into_iter().rev() {
            count_replies(tx, Some(parent), count)?;
        }
        if self.published > 0 {
            stats::add_comments(tx, article, self.published)?;
        }
        Ok(())
    }
}
