//! The comments of one article that come from somewhere else.

use std::collections::{BTreeMap, HashSet};

use diesel::prelude::*;
use domain::comment::{CommentStatus, Keys, ParentView, Placement, Vote, Votes, place};
use domain::id::{ArticleId, CommentId, UserId};
use domain::time::Timestamp;

use super::case::{Case, put_case};
use super::insert::{NewComment, Shape, record_new, write};
use super::met::{Known, known, members};
use super::status::count_replies;
use crate::schema::{comment_votes, comments};
use crate::{Error, Tx, stats};

/// What a comment is called in every import of it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum ImportKey {
    /// By where it comes from, in another system.
    Source(String),
    /// By its id: it is one of ours.
    Id(CommentId),
}

/// One comment of an import.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportedComment {
    /// What it is called.
    pub key: ImportKey,
    /// Where it came from at first, of one of ours that came in an import.
    pub source: Option<String>,
    /// The comment it answers; none for a root.
    pub parent: Option<ImportKey>,
    /// The comment if it is new, with an id of its original time. Its `parent` is not looked at.
    pub comment: NewComment,
    /// When it was posted there.
    pub created_at: Timestamp,
    /// What else is known of one of ours.
    pub kept: Option<Kept>,
}

/// What an export of ours tells of a comment besides.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    /// Its number among the comments of its article: one that was taken for it
    /// ([`reserve_ordinals`](crate::stats::reserve_ordinals)).
    pub ordinal: i64,
    /// When it was last changed.
    pub edited_at: Option<Timestamp>,
    /// How readers voted, those of accounts that are gone among them.
    pub votes: Votes,
    /// Whose votes are known.
    pub voters: Vec<(UserId, Vote)>,
    /// Kept at the top.
    pub pinned: bool,
    /// Shown off.
    pub featured: bool,
    /// What moderators know of it.
    pub case: Option<Case>,
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

/// Takes over comments of one article, whatever its state, in any order of parents and replies.
/// Answers one outcome for each, in the order given. Counters are right afterwards; they are the
/// last statements, so this should be the last call of its transaction.
pub fn import(
    tx: &mut Tx<'_>,
    article: ArticleId,
    imports: &[ImportedComment],
) -> Result<Vec<CommentOutcome>, Error> {
    let mut known = known(tx, article, imports)?;
    let members = members(tx, imports)?;
    let mut outcomes = vec![CommentOutcome::ParentMissing; imports.len()];
    let mut waiting: Vec<(usize, &ImportedComment)> = Vec::new();
    for (import, (place, outcome)) in imports.iter().zip(outcomes.iter_mut().enumerate()) {
        if known.contains_key(&import.key) {
            *outcome = CommentOutcome::Unchanged;
        } else {
            waiting.push((place, import));
        }
    }
    let numberless = waiting.iter().filter(|(_, import)| import.kept.is_none());
    let new = i64::try_from(numberless.count()).unwrap_or(i64::MAX);
    let mut next = stats::take_ordinals(tx, article, new, 0)?;
    let mut counters = Counters::default();
    // Every round stores what answers something stored before; parents may come last in a file.
    loop {
        let before = waiting.len();
        let mut later = Vec::new();
        for (index, import) in waiting {
            // The same comment twice in one file counts as there already.
            if known.contains_key(&import.key) {
                mark(&mut outcomes, index, CommentOutcome::Unchanged);
                continue;
            }
            let Some(placement) = placement(import, &known) else {
                later.push((index, import));
                continue;
            };
            let ordinal = match &import.kept {
                Some(kept) => kept.ordinal,
                None => next,
            };
            next = next.saturating_add(i64::from(import.kept.is_none()));
            let shape = Shape {
                article,
                placement,
                visible: import.comment.status == CommentStatus::Published,
                ordinal,
                created_at: import.created_at,
            };
            store(tx, import, &shape, &members)?;
            counters.count(&shape);
            known.insert(import.key.clone(), Some(view(import.comment.id, placement)));
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

/// Writes one comment in its place. Whoever wrote or voted has an account only if it is here.
fn store(
    tx: &mut Tx<'_>,
    import: &ImportedComment,
    shape: &Shape,
    members: &HashSet<UserId>,
) -> Result<(), Error> {
    let comment = NewComment {
        user: import.comment.user.filter(|user| members.contains(user)),
        ..import.comment.clone()
    };
    let source = match &import.key {
        ImportKey::Source(source) => Some(source),
        ImportKey::Id(_) => import.source.as_ref(),
    };
    write(tx, &comment, shape, source.map(String::as_str))?;
    if let Some(kept) = &import.kept {
        keep(tx, comment.id, shape, kept, members)?;
    }
    record_new(tx, shape.article, &comment)
}

/// Writes what is known of one of ours besides.
fn keep(
    tx: &mut Tx<'_>,
    id: CommentId,
    shape: &Shape,
    kept: &Kept,
    members: &HashSet<UserId>,
) -> Result<(), Error> {
    let keys = Keys::of(kept.votes, shape.created_at, shape.ordinal).pinned(kept.pinned);
    diesel::update(comments::table.find(id.raw()))
        .set((
            comments::edited_at.eq(kept.edited_at.map(Timestamp::as_millis)),
            comments::up.eq(kept.votes.up),
            comments::down.eq(kept.votes.down),
            comments::pinned.eq(kept.pinned),
            comments::featured.eq(kept.featured),
            comments::best.eq(keys.best),
            comments::controversial.eq(keys.controversial),
            comments::hot.eq(keys.hot),
        ))
        .execute(tx.0)?;
    if let Some(case) = &kept.case {
        put_case(tx, id, case)?;
    }
    for (member, vote) in kept
        .voters
        .iter()
        .filter(|(user, _)| members.contains(user))
    {
        diesel::insert_into(comment_votes::table)
            .values((
                comment_votes::comment_id.eq(id.raw()),
                comment_votes::user_id.eq(member.raw()),
                comment_votes::article_id.eq(shape.article.raw()),
                comment_votes::value.eq(vote.number()),
                comment_votes::created_at.eq(shape.created_at.as_millis()),
            ))
            .execute(tx.0)?;
    }
    Ok(())
}

fn mark(outcomes: &mut [CommentOutcome], index: usize, outcome: CommentOutcome) {
    if let Some(place) = outcomes.get_mut(index) {
        *place = outcome;
    }
}

/// Where the comment goes, if what it answers is stored.
fn placement(import: &ImportedComment, known: &Known) -> Option<Placement> {
    match &import.parent {
        None => Some(Placement::root(import.comment.id)),
        Some(parent) => known
            .get(parent)
            .and_then(Option::as_ref)
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

/// What the import adds to the counters, gathered so that each row is locked in the order every other
/// writer takes them: what is below before what is above, then the article.
#[derive(Default)]
struct Counters {
    replies: BTreeMap<CommentId, i64>,
    published: i64,
}

impl Counters {
    fn count(&mut self, shape: &Shape) {
        if !shape.visible {
            return;
        }
        self.published = self.published.saturating_add(1);
        if let Some(parent) = shape.placement.parent_id {
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
