//! What readers send, counted in memory and added to the database every few seconds. A crash loses what
//! was counted since; an orderly stop loses nothing.

use std::{
    collections::HashMap,
    mem,
    sync::{Mutex, MutexGuard, PoisonError},
};

use domain::{
    Actor, SystemActor, Timestamp,
    comment::{CommentStatus, Finding, Tallied, day_of},
    id::RuleId,
};
use storage::{
    Error, Store,
    comment_tallies::{self, Tally},
};

type Place = (i64, Tallied, Option<RuleId>);

/// What waits to be added.
#[derive(Debug, Default)]
pub struct Tallies(Mutex<HashMap<Place, i64>>);

impl Tallies {
    /// Counts a comment that was posted.
    pub(crate) fn posted(&self, now: Timestamp, status: CommentStatus, finding: Option<&Finding>) {
        let what = match status {
            CommentStatus::Published => Tallied::Published,
            CommentStatus::Spam => Tallied::Spam,
            CommentStatus::Held | CommentStatus::Rejected | CommentStatus::Deleted => Tallied::Held,
        };
        self.count(now, what, finding.and_then(|finding| finding.rule));
    }

    /// Counts a text that a rule refused.
    pub(crate) fn refused(&self, now: Timestamp, finding: &Finding) {
        self.count(now, Tallied::Refused, finding.rule);
    }

    /// Counts a report.
    pub(crate) fn reported(&self, now: Timestamp) {
        self.count(now, Tallied::Reported, None);
    }

    fn count(&self, now: Timestamp, what: Tallied, rule: Option<RuleId>) {
        let place = (day_of(now), what, rule);
        *self.waiting().entry(place).or_default() += 1;
    }

    /// Adds what waits. What cannot be added goes on waiting.
    pub fn fold(&self, store: &Store, now: Timestamp) -> Result<(), Error> {
        let counted = mem::take(&mut *self.waiting());
        if counted.is_empty() {
            return Ok(());
        }
        let tally = |(&(day, what, rule), &number): (&Place, &i64)| Tally {
            day,
            what,
            rule,
            number,
        };
        let tallies: Vec<Tally> = counted.iter().map(tally).collect();
        let actor = Actor::System(SystemActor::Background);
        let added = store.write_blocking(actor, now, move |tx| comment_tallies::add(tx, &tallies));
        if added.is_err() {
            let mut waiting = self.waiting();
            for (place, number) in counted {
                *waiting.entry(place).or_default() += number;
            }
        }
        added
    }

    fn waiting(&self) -> MutexGuard<'_, HashMap<Place, i64>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
