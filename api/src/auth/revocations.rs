//! Which access tokens do not count any more, though their time is not over.
//!
//! Every node holds in memory which sessions have ended and whose rights have changed, for as
//! long as an access token from before may still be about. The follower reads what is new twice
//! a second, so no request has to ask the database.

use std::{
    collections::HashMap,
    sync::{PoisonError, RwLock, RwLockReadGuard},
    time::{Duration, Instant},
};

use domain::{
    Timestamp,
    id::{SessionId, UserId},
    session::REVOKED_SECONDS,
};
use storage::sessions::Revoked;

use super::token::Said;

/// What was stored before the last look may have been committed, or stamped by a clock that is
/// behind, so much later.
const OVERLAP_SECONDS: i64 = 60;
/// So often everything that still matters is read, for what a clock far behind has stamped.
const WHOLE: Duration = Duration::from_secs(4);
/// Without a look for so long nobody is let in on the word of a token or a key alone.
pub(crate) const TRUSTED: Duration = Duration::from_secs(10);
/// How often entries that nobody needs any more are thrown away.
const SWEPT_SECONDS: i64 = 60;

/// One look for what has ended.
#[derive(Debug, Clone, Copy)]
pub(super) struct Look {
    /// What was revoked at this moment or later is read.
    pub(super) from: Timestamp,
    now: Timestamp,
    whole: bool,
    began: Instant,
}

#[derive(Default)]
pub(super) struct Revocations(RwLock<Known>);

#[derive(Default)]
struct Known {
    sessions: HashMap<SessionId, Timestamp>,
    /// The lowest epoch whose tokens count.
    users: HashMap<UserId, (i64, Timestamp)>,
    /// Up to when everything is known, by the clock that stamps what is stored.
    until: Option<Timestamp>,
    /// When that was, by a clock that nobody sets.
    looked: Option<Instant>,
    /// The same of the last look at everything.
    whole: Option<Instant>,
    swept: Option<Timestamp>,
}

impl Revocations {
    /// Whether this token has lost its worth.
    pub(super) fn cover(&self, said: &Said) -> bool {
        let known = self.known();
        let outdated = known.users.get(&said.user);
        known.sessions.contains_key(&said.session)
            || outdated.is_some_and(|(epoch, _)| said.epoch < *epoch)
    }

    /// Whether the last look was a moment ago.
    pub(super) fn are_current(&self) -> bool {
        let looked = self.known().looked;
        looked.is_some_and(|at| at.elapsed() <= TRUSTED)
    }

    /// What to look for now.
    pub(super) fn due(&self, now: Timestamp) -> Look {
        let known = self.known();
        let whole = known.whole.is_none_or(|at| at.elapsed() >= WHOLE);
        let from = match known.until {
            // The clock may have been set back since.
            Some(until) if !whole => until.min(now).plus_seconds(-OVERLAP_SECONDS),
            _ => now.plus_seconds(-REVOKED_SECONDS),
        };
        Look {
            from,
            now,
            whole,
            began: Instant::now(),
        }
    }

    /// Takes in what a look found.
    pub(super) fn learn(&self, look: Look, found: Revoked) {
        let mut known = self.0.write().unwrap_or_else(PoisonError::into_inner);
        for (session, at) in found.sessions {
            known.sessions.insert(session, at);
        }
        for (user, epoch, at) in found.users {
            let entry = known.users.entry(user).or_insert((epoch, at));
            if entry.0 <= epoch {
                *entry = (epoch, at);
            }
        }
        known.until = known.until.max(Some(look.now));
        known.looked = known.looked.max(Some(look.began));
        if look.whole {
            known.whole = known.whole.max(Some(look.began));
        }
        known.sweep(look.now);
    }

    fn known(&self) -> RwLockReadGuard<'_, Known> {
        self.0.read().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Known {
    fn sweep(&mut self, now: Timestamp) {
        let due = |at: Timestamp| now >= at.plus_seconds(SWEPT_SECONDS);
        if self.swept.is_some_and(|at| !due(at)) {
            return;
        }
        let needed = |at: &Timestamp| now < at.plus_seconds(REVOKED_SECONDS);
        self.sessions.retain(|_, at| needed(at));
        self.users.retain(|_, (_, at)| needed(at));
        self.swept = Some(now);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_millis(1_795_428_000_000).plus_seconds(seconds)
    }

    fn look(now: Timestamp, whole: bool, seconds_ago: u64) -> Look {
        let began = Instant::now().checked_sub(Duration::from_secs(seconds_ago));
        Look {
            from: now,
            now,
            whole,
            began: began.unwrap(),
        }
    }

    #[test]
    fn most_looks_are_short_and_some_are_at_everything() {
        let revocations = Revocations::default();
        let everything = |now: i64| at(now - REVOKED_SECONDS);
        assert_eq!(revocations.due(at(0)).from, everything(0));
        revocations.learn(look(at(0), true, 0), Revoked::default());
        assert_eq!(revocations.due(at(10)).from, at(-60));
        assert_eq!(revocations.due(at(-100)).from, at(-160), "a clock set back");
        let revocations = Revocations::default();
        revocations.learn(look(at(0), true, 5), Revoked::default());
        revocations.learn(look(at(0), false, 0), Revoked::default());
        assert_eq!(revocations.due(at(10)).from, everything(10));
    }

    #[test]
    fn nobody_trusts_a_look_of_long_ago() {
        let revocations = Revocations::default();
        assert!(!revocations.are_current());
        for (seconds_ago, current) in [(11, false), (8, true), (12, true)] {
            // A slow look that began earlier changes nothing.
            revocations.learn(look(at(0), false, seconds_ago), Revoked::default());
            assert_eq!(revocations.are_current(), current, "{seconds_ago}");
        }
    }
}
