//! What every node holds in memory: the sections and the API keys.
//!
//! They are few and read by every request. A follower looks at the change log twice a second
//! and reads them again when one of them changed, whichever node or command changed it; a
//! handler that changes one does so itself before it answers.

use std::{
    collections::{HashMap, HashSet, VecDeque},
    sync::{
        Arc, Mutex, PoisonError, RwLock,
        atomic::{AtomicBool, AtomicI64, Ordering},
    },
    time::{Duration, Instant},
};

use tokio::sync::Mutex as Turns;

use domain::{Actor, Timestamp, id::SectionId, section::Tree};
use storage::{
    Conn, Error, Store,
    api_keys::{self, ApiKey},
    changes::{self, Entity},
    published, sections,
};

use crate::{error::ApiError, secret::api_key_hash, uses::Uses};

/// How long after one look for an unknown key the next may come, in milliseconds.
const KEY_LOOKS_APART: i64 = 100;
/// How old the numbers of articles per section may get, in milliseconds.
const COUNTS_KEPT: i64 = 60_000;
/// From this age on they are counted anew beside the requests, so that none waits for it.
const COUNTS_RENEWED: i64 = 40_000;
/// After this long no transaction is still open that has drawn a smaller number: ours last five
/// seconds at most. On PostgreSQL one that commits late appears behind the newest.
const SETTLED: Duration = Duration::from_secs(15);
/// How many changes one look takes in. When there are more, something is new in any case.
const MANY: usize = 20_000;
/// So many numbers before the newest may belong to transactions that are still open.
const LATE: i64 = 10_000;
/// The changes that change what [`Site`] holds. Articles do by their schedule.
const FOLLOWED: [Entity; 3] = [Entity::Section, Entity::ApiKey, Entity::Article];

/// How many articles each section has; one without any is not in it.
pub type Counts = Arc<HashMap<SectionId, i64>>;

/// The sections and the API keys, as last read.
#[derive(Debug)]
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
    /// When an unknown key last made us look, in milliseconds.
    looked: AtomicI64,
}

/// What was last counted, and how it last failed.
#[derive(Debug, Default)]
struct Counted {
    kept: Option<(Timestamp, Counts)>,
    /// Asked for since they were counted.
    wanted: bool,
    failed: Option<(Instant, Error)>,
}

#[derive(Debug)]
struct Snapshot {
    turn: i64,
    tree: Arc<Tree>,
    keys: HashMap<String, ApiKey>,
    next_transition: Option<Timestamp>,
}

impl Snapshot {
    fn read(conn: &mut Conn<'_>, turn: i64, now: Timestamp) -> Result<Self, Error> {
        let keys = api_keys::list(conn)?;
        Ok(Self {
            turn,
            tree: Arc::new(Tree::build(sections::list(conn)?)),
            keys: keys
                .into_iter()
                .map(|key| (key.hash.clone(), key))
                .collect(),
            next_transition: published::next_transition(conn, now)?,
        })
    }
}

impl Default for Site {
    fn default() -> Self {
        let empty = Snapshot {
            turn: 0,
            tree: Arc::new(Tree::build(Vec::new())),
            keys: HashMap::new(),
            next_transition: None,
        };
        Self {
            snapshot: RwLock::new(Arc::new(empty)),
            loaded: AtomicBool::new(false),
            counts: Mutex::default(),
            counting: Turns::default(),
            uses: Uses::default(),
            turn: AtomicI64::new(0),
            looked: AtomicI64::new(i64::MIN),
        }
    }
}

impl Site {
    /// The sections. Empty until [`is_loaded`](Self::is_loaded), and until then the gate lets
    /// no request through that could ask.
    #[must_use]
    pub fn tree(&self) -> Arc<Tree> {
        Arc::clone(&self.snapshot().tree)
    }

    /// Whether the database has been met since the start.
    #[must_use]
    pub fn is_loaded(&self) -> bool {
        self.loaded.load(Ordering::Acquire)
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

    fn counts(&self) -> std::sync::MutexGuard<'_, Counted> {
        self.counts.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whose key this is, if it is one that may be used now.
    pub(crate) fn api_key(&self, key: &str, now: Timestamp) -> Result<Option<Actor>, ApiError> {
        if !self.is_loaded() {
            return Err(ApiError::unavailable());
        }
        let snapshot = self.snapshot();
        let found = snapshot
            .keys
            .get(&api_key_hash(key))
            .filter(|key| key.is_valid(now));
        if let Some(key) = found {
            self.uses.note(key.id, now);
        }
        Ok(found.map(ApiKey::actor))
    }

    /// Looks whether a key that is not known was made a moment ago, by the command or on another
    /// node: whoever makes one uses it at once. Ten times a second at most, so that guessing
    /// keys does not turn into reads.
    pub(crate) async fn look_for_key(&self, key: &str, store: &Store, now: Timestamp) {
        let unknown = matches!(self.api_key(key, now), Ok(None));
        let last = self.looked.load(Ordering::Relaxed);
        let due = now.as_millis().saturating_sub(last) >= KEY_LOOKS_APART;
        let ours = || {
            let (relaxed, now) = (Ordering::Relaxed, now.as_millis());
            self.looked
                .compare_exchange(last, now, relaxed, relaxed)
                .is_ok()
        };
        if unknown && due && ours() {
            // When the database is away the key stays unknown, which is what the caller is told.
            let _ = self.reload(store, now).await;
        }
    }

    /// Reads everything again.
    pub async fn reload(&self, store: &Store, now: Timestamp) -> Result<(), ApiError> {
        let turn = self.next_turn();
        let snapshot = store
            .read(move |conn| Snapshot::read(conn, turn, now))
            .await;
        self.keep(snapshot.map_err(|error: Error| ApiError::from(error))?);
        Ok(())
    }

    /// [`reload`](Self::reload) for threads.
    pub fn reload_blocking(&self, store: &Store, now: Timestamp) -> Result<(), Error> {
        let turn = self.next_turn();
        self.keep(store.read_blocking(move |conn| Snapshot::read(conn, turn, now))?);
        Ok(())
    }

    fn next_turn(&self) -> i64 {
        self.turn.fetch_add(1, Ordering::SeqCst) + 1
    }

    fn keep(&self, snapshot: Snapshot) {
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

/// Follows the change log for one node.
#[derive(Debug, Default)]
pub(crate) struct Follower {
    /// What has been seen behind the floor, so that it is not taken for new again.
    seen: HashSet<i64>,
    /// The highest number seen, and when. The floor is one of these that is old enough for
    /// every transaction with a smaller number to have ended.
    marks: VecDeque<(Instant, i64)>,
}

impl Follower {
    /// Looks once, and reads the site again when that is called for. One query when not.
    pub(crate) fn look(&mut self, site: &Site, store: &Store, now: Timestamp) -> Result<(), Error> {
        if !site.is_loaded() || self.marks.is_empty() {
            store.migrate()?;
            // A transaction that is open now may have drawn a smaller number than the newest.
            let floor = store.read_blocking(changes::head)?.saturating_sub(LATE);
            let seen = numbers(store, floor)?;
            let newest = seen.last().copied().unwrap_or(floor);
            self.marks = [floor, newest].map(|seq| (Instant::now(), seq)).into();
            self.seen.extend(seen);
            return site.reload_blocking(store, now);
        }
        let passed = site.next_transition(now).is_some_and(|at| at <= now);
        if self.met_something_new(store)? || passed {
            site.reload_blocking(store, now)?;
        }
        Ok(())
    }

    fn met_something_new(&mut self, store: &Store) -> Result<bool, Error> {
        while self
            .marks
            .get(1)
            .is_some_and(|(at, _)| at.elapsed() > SETTLED)
        {
            self.marks.pop_front();
        }
        let floor = self.marks.front().map_or(0, |(_, seq)| *seq);
        self.seen.retain(|seq| *seq > floor);
        let found = numbers(store, floor)?;
        let highest = found.last().copied().unwrap_or(floor);
        let mut new = found.len() == MANY;
        for seq in found {
            new |= self.seen.insert(seq);
        }
        if self.marks.back().is_none_or(|(_, seq)| *seq < highest) {
            self.marks.push_back((Instant::now(), highest));
        }
        Ok(new)
    }
}

/// The numbers of the changes that are followed, after `floor`.
fn numbers(store: &Store, floor: i64) -> Result<Vec<i64>, Error> {
    let limit = i64::try_from(MANY).unwrap_or(i64::MAX);
    store.read_blocking(move |conn| changes::numbers_since(conn, &FOLLOWED, floor, limit))
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::SystemActor;
    use storage::Settings;
    use storage::changes::Change;

    fn store() -> (tempfile::TempDir, Store) {
        let directory = tempfile::tempdir().unwrap();
        let url = format!("sqlite://{}", directory.path().join("news.db").display());
        let store = Store::open(Settings::new(url)).unwrap();
        store.migrate().unwrap();
        (directory, store)
    }

    fn note(store: &Store, entity: Entity, times: i64) {
        let noted = store.write_blocking(
            Actor::System(SystemActor::Command),
            Timestamp::EPOCH,
            move |tx| {
                (0..times)
                    .try_for_each(|id| changes::append(tx, &Change::new("changed", entity, id)))
            },
        );
        noted.unwrap();
    }

    #[test]
    fn a_change_is_met_at_once_also_after_a_flood_of_others() {
        let (_directory, store) = store();
        let (site, mut follower) = (Site::default(), Follower::default());
        let now = Timestamp::EPOCH;
        note(&store, Entity::Article, 30);
        follower.look(&site, &store, now).unwrap();
        assert!(!follower.met_something_new(&store).unwrap());
        note(&store, Entity::Article, 1500);
        assert!(follower.met_something_new(&store).unwrap());
        assert!(!follower.met_something_new(&store).unwrap());
        note(&store, Entity::ApiKey, 1);
        assert!(follower.met_something_new(&store).unwrap());
        note(&store, Entity::Comment, 1);
        assert!(!follower.met_something_new(&store).unwrap());
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
}
