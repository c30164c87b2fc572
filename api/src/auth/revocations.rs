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
use storage::{Conn, Error, sessions::Revoked};

use super::token::Said;

/// What was stored before the last look may have been committed, or stamped by a clock that is
/// behind, so much later.
const OVERLAP_SECONDS: i64 = 60;
/// Without a look for so long nobody is let in on the word of a token alone.
const TRUSTED: Duration = Duration::from_secs(10);
/// How often entries that nobody needs any more are thrown away.
const SWEPT_SECONDS: i64 = 60;

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

    /// From when on to look for what is new.
    pub(super) fn due_from(&self, now: Timestamp) -> Timestamp {
        match self.known().until {
            None => now.plus_seconds(-REVOKED_SECONDS),
            // The clock may have been set back since.
            Some(until) => until.min(now).plus_seconds(-OVERLAP_SECONDS),
        }
    }

    /// Takes in what a look found that began at `began`.
    pub(super) fn learn(&self, found: Revoked, now: Timestamp, began: Instant) {
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
        known.until = known.until.max(Some(now));
        known.looked = known.looked.max(Some(began));
        known.sweep(now);
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

/// Reads what was revoked since `from`.
pub(super) fn read(conn: &mut Conn<'_>, from: Timestamp) -> Result<Revoked, Error> {
    storage::sessions::revoked(conn, from)
}
