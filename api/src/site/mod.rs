//! What every node holds in memory: the sections, the settings of the site, the API keys and the rules
//! for comments.
//!
//! They are few and read by every request. A follower looks at the change log twice a second
//! and reads them again when one of them changed, whichever node or command changed it; a
//! handler that changes one does so itself before it answers. With them it reads the keys that
//! sign access tokens, and what ends such tokens early.

mod follower;
mod rules;
mod snapshot;

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex, PoisonError, RwLock,
        atomic::{AtomicBool, AtomicI64, Ordering},
    },
    time::{Duration, Instant},
};

use tokio::sync::Mutex as Turns;

use domain::{
    Actor, Timestamp,
    comment::{Above, rules::Rules},
    id::{ApiKeyId, SectionId},
    section::Tree,
};
use storage::{Error, Store, published, settings::SiteSettings, signing_keys::SigningKey};

pub(crate) use self::follower::Follower;
use self::snapshot::Snapshot;
use crate::{
    auth::{Identity, TRUSTED},
    error::ApiError,
    secret::api_key_hash,
    uses::Uses,
};

/// How long after one look for unknown credentials the next may begin.
const LOOKS_APART: Duration = Duration::from_millis(100);
/// The same after one that failed.
const FAILED_LOOKS_APART: Duration = Duration::from_secs(2);
/// How old the numbers of articles per section may get, in milliseconds.
const COUNTS_KEPT: i64 = 60_000;
/// From this age on they are counted anew beside the requests, so that none waits for it.
const COUNTS_RENEWED: i64 = 40_000;
/// How many articles each section has; one without any is not in it.
pub type Counts = Arc<HashMap<SectionId, i64>>;

/// The sections, the settings and the API keys, as last read.
#[derive(Debug, Default)]
pub struct Site {
    snapshot: RwLock<Arc<Snapshot>>,
    loaded: AtomicBool,
    counts: Mutex<Counted>,
    /// Held by the one request that counts; the others take over what it found.
    counting: Turns<()>,
    /// When each key was last used.
    pub(crate) uses: Uses,
    /// Counts reloads: one that was overtaken by a later one is not kept.
    turn: AtomicI64,
    /// How unknown credentials last made us look. Held by the one request that looks.
    looked: Turns<Option<Look>>,
    /// When it was last certain that nothing had been stored that is not held here, by a clock
    /// that nobody sets.
    current: Mutex<Option<Instant>>,
}

/// What is known of an API key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum KnownKey {
    /// It opens what this caller may do.
    Valid(Actor),
    /// It was revoked or has expired, and neither is ever taken back.
    Over,
    /// There is none such, unless it was made a moment ago.
    Unknown,
}

/// One look for unknown credentials.
#[derive(Debug, Clone, Copy)]
struct Look {
    began: Instant,
    failed: bool,
}

impl Look {
    /// Whether another one would only wait for a database that is away.
    fn is_in_vain(self) -> bool {
        self.failed && self.began.elapsed() < FAILED_LOOKS_APART
    }
}

/// What was last counted, and how it last failed.
#[derive(Debug, Default)]
struct Counted {
    kept: Option<(Timestamp, Counts)>,
    /// Asked for since they were counted.
    wanted: bool,
    failed: Option<(Instant, Error)>,
}

impl Site {
    /// The sections. Empty until [`is_loaded`](Self::is_loaded), and until then the gate lets
    /// no request through that could ask.
    #[must_use]
    pub fn tree(&self) -> Arc<Tree> {
        Arc::clone(&self.snapshot().tree)
    }

    /// What holds for the whole site.
    #[must_use]
    pub fn settings(&self) -> SiteSettings {
        self.snapshot().settings
    }

    /// What is said about comments above an article of this section; `None` for a section that was
    /// not met yet.
    #[must_use]
    pub fn above(&self, section: SectionId) -> Option<Above> {
        let snapshot = self.snapshot();
        snapshot.tree.get(section)?;
        Some(Above {
            sections: snapshot.tree.comment_levels(section),
            site: snapshot.settings.comments,
        })
    }

    /// The rules that comments are judged by. None until [`is_loaded`](Self::is_loaded).
    #[must_use]
    pub(crate) fn rules(&self) -> Arc<Rules> {
        Arc::clone(&self.snapshot().rules.rules)
    }

    /// Whether the database has been met since the start.
    #[must_use]
    pub fn is_loaded(&self) -> bool {
        self.loaded.load(Ordering::Acquire)
    }

    /// Whether a moment ago nothing was stored that is not held here. While that is not certain,
    /// a key opens nothing that is not public: it may have been revoked.
    pub(crate) fn is_current(&self) -> bool {
        self.current().is_some_and(|at| at.elapsed() <= TRUSTED)
    }

    /// Notes a look that began at `at` and found nothing new, or has read it.
    pub(crate) fn was_current(&self, at: Instant) {
        let mut current = self.current();
        *current = current.max(Some(at));
    }

    fn current(&self) -> std::sync::MutexGuard<'_, Option<Instant>> {
        self.current.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The next moment at which any article appears or disappears by its schedule: no list is
    /// to be kept longer. Once it has passed and the next one is not known yet, that is `now`.
    #[must_use]
    pub fn next_transition(&self, now: Timestamp) -> Option<Timestamp> {
        self.snapshot().next_transition.map(|at| at.max(now))
    }

    /// How many articles each section has with its descendants; up to a minute old.
    pub async fn article_counts(&self, store: &Store, now: Timestamp) -> Result<Counts, ApiError> {
        if let Some(counts) = self.counted(now) {
            return Ok(counts);
        }
        let asked = Instant::now();
        let _turn = self.counting.lock().await;
        if let Some(counts) = self.counted(now) {
            return Ok(counts);
        }
        let failed = self.counts().failed.clone();
        if let Some((at, error)) = failed
            && at >= asked
        {
            // The one who went before has just found out; not everybody need wait for that.
            return Err(error.into());
        }
        let counted = store
            .read(move |conn| published::section_counts(conn, now))
            .await;
        Ok(self.keep_counts(now, counted)?)
    }

    /// Counts anew what is soon too old, if anybody has asked for it: for the background.
    pub(crate) fn refresh_counts(&self, store: &Store, now: Timestamp) -> Result<(), Error> {
        let due = {
            let counts = self.counts();
            let old = |at: Timestamp| now.as_millis() - at.as_millis() >= COUNTS_RENEWED;
            counts.wanted && counts.kept.as_ref().is_some_and(|(at, _)| old(*at))
        };
        let Some(_turn) = due.then(|| self.counting.try_lock().ok()).flatten() else {
            return Ok(());
        };
        let counted = store.read_blocking(move |conn| published::section_counts(conn, now));
        self.keep_counts(now, counted).map(|_| ())
    }

    /// The counts, if they are not too old.
    fn counted(&self, now: Timestamp) -> Option<Counts> {
        let mut counts = self.counts();
        let (at, found) = counts.kept.clone()?;
        counts.wanted = true;
        (0..COUNTS_KEPT)
            .contains(&(now.as_millis() - at.as_millis()))
            .then_some(found)
    }

    fn keep_counts(
        &self,
        now: Timestamp,
        counted: Result<HashMap<SectionId, i64>, Error>,
    ) -> Result<Counts, Error> {
        let counted = counted.map(Arc::new);
        let mut counts = self.counts();
        match &counted {
            Ok(found) => {
                *counts = Counted {
                    kept: Some((now, Arc::clone(found))),
                    ..Counted::default()
                };
            }
            Err(error) => counts.failed = Some((Instant::now(), error.clone())),
        }
        counted
    }

    /// Counts anew for the next one who asks: whole lists of articles have come elsewhere.
    pub(crate) fn forget_counts(&self) {
        *self.counts() = Counted::default();
    }

    fn counts(&self) -> std::sync::MutexGuard<'_, Counted> {
        self.counts.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whose key this is, if it is one that may be used now.
    pub(crate) fn api_key(&self, key: &str, now: Timestamp) -> Result<KnownKey, ApiError> {
        if !self.is_loaded() {
            return Err(ApiError::unavailable());
        }
        Ok(match self.snapshot().keys.get(&api_key_hash(key)) {
            None => KnownKey::Unknown,
            Some(key) if key.is_valid(now) => {
                self.uses.note(key.id, now);
                KnownKey::Valid(key.actor())
            }
            Some(_) => KnownKey::Over,
        })
    }

    /// How many requests a minute a key may send, if it was given a quota of its own.
    pub(crate) fn quota_of(&self, key: ApiKeyId) -> Option<u32> {
        self.snapshot().quotas.get(&key).copied()
    }

    /// Looks for credentials that are not known and may have been made a moment ago, by the
    /// command or on another node: whoever makes some uses them at once. Ten times a second at
    /// most, so that guessing does not turn into reads. Whoever asks meanwhile waits for the
    /// next look, so that none is refused who need not be.
    pub(crate) async fn look_again(&self, identity: &Identity, store: &Store, now: Timestamp) {
        let asked = Instant::now();
        let mut last = self.looked.lock().await;
        match *last {
            Some(look) if look.began >= asked || look.is_in_vain() => return,
            Some(look) => tokio::time::sleep_until((look.began + LOOKS_APART).into()).await,
            None => {}
        }
        let began = Instant::now();
        // When the database is away they stay unknown, which is what the caller is told.
        let failed = self.reload(store, identity, now).await.is_err();
        *last = Some(Look { began, failed });
    }

    /// Reads everything again.
    pub async fn reload(
        &self,
        store: &Store,
        identity: &Identity,
        now: Timestamp,
    ) -> Result<(), ApiError> {
        let turn = self.next_turn();
        let known = self.snapshot().rules.clone();
        let found = store
            .read(move |conn| Snapshot::read(conn, turn, now, known))
            .await;
        self.keep(
            identity,
            found.map_err(|error: Error| ApiError::from(error))?,
        );
        Ok(())
    }

    /// [`reload`](Self::reload) for threads.
    pub fn reload_blocking(
        &self,
        store: &Store,
        identity: &Identity,
        now: Timestamp,
    ) -> Result<(), Error> {
        let turn = self.next_turn();
        let known = self.snapshot().rules.clone();
        let found = store.read_blocking(move |conn| Snapshot::read(conn, turn, now, known))?;
        self.keep(identity, found);
        Ok(())
    }

    fn next_turn(&self) -> i64 {
        self.turn.fetch_add(1, Ordering::SeqCst) + 1
    }

    fn keep(&self, identity: &Identity, (snapshot, keys): (Snapshot, Vec<SigningKey>)) {
        identity.learn_keys(snapshot.turn, keys);
        let mut kept = self
            .snapshot
            .write()
            .unwrap_or_else(PoisonError::into_inner);
        if kept.turn < snapshot.turn {
            *kept = Arc::new(snapshot);
        }
        self.loaded.store(true, Ordering::Release);
    }

    fn snapshot(&self) -> Arc<Snapshot> {
        Arc::clone(&self.snapshot.read().unwrap_or_else(PoisonError::into_inner))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use storage::Settings;

    pub(super) fn url(directory: &tempfile::TempDir) -> String {
        format!("sqlite://{}", directory.path().join("news.db").display())
    }

    pub(super) fn store() -> (tempfile::TempDir, Store) {
        let directory = tempfile::tempdir().unwrap();
        let url = url(&directory);
        let store = Store::open(Settings::new(url)).unwrap();
        store.migrate().unwrap();
        (directory, store)
    }

    #[test]
    fn requests_that_ask_at_once_count_once() {
        let (_directory, store) = store();
        let site = Site::default();
        let before = store.statements();
        actix_web::rt::System::new().block_on(async {
            let ask = || site.article_counts(&store, Timestamp::EPOCH);
            let (a, b, c, d) = tokio::join!(ask(), ask(), ask(), ask());
            assert!(a.is_ok() && b.is_ok() && c.is_ok() && d.is_ok());
        });
        assert_eq!(store.statements() - before, 1);
        let later = |seconds| Timestamp::EPOCH.plus_seconds(seconds);
        let counts_at = |at| {
            let before = store.statements();
            site.refresh_counts(&store, at).unwrap();
            store.statements() - before
        };
        assert_eq!([counts_at(later(30)), counts_at(later(50))], [0, 1]);
        // Nobody has asked since.
        assert_eq!(counts_at(later(200)), 0);
    }

    #[test]
    fn nobody_trusts_a_site_that_nobody_has_looked_at_for_long() {
        let site = Site::default();
        assert!(!site.is_current());
        for (seconds_ago, current) in [(11, false), (8, true), (12, true)] {
            let began = Instant::now().checked_sub(Duration::from_secs(seconds_ago));
            site.was_current(began.unwrap());
            assert_eq!(site.is_current(), current, "{seconds_ago}");
        }
    }
}
