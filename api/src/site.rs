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

use domain::{Actor, Timestamp, id::SectionId, section::Tree};
use storage::{
    Conn, Error, Store,
    api_keys::{self, ApiKey},
    changes::{self, Entity},
    published, sections,
};

use crate::{error::ApiError, secret::api_key_hash};

/// How long after one look for an unknown key the next may come, in milliseconds.
const KEY_LOOKS_APART: i64 = 100;
/// How old the numbers of articles per section may get, in milliseconds.
const COUNTS_KEPT: i64 = 60_000;
/// After this long no transaction is still open that has drawn a smaller number: ours last five
/// seconds at most. On PostgreSQL one that commits late appears behind the newest.
const SETTLED: Duration = Duration::from_secs(15);
/// How many changes one look takes in; the next look goes on from there.
const MANY: i64 = 1000;
/// The changes that change what [`Site`] holds. Articles do by their schedule.
const FOLLOWED: [Entity; 3] = [Entity::Section, Entity::ApiKey, Entity::Article];

/// How many articles each section has; one without any is not in it.
pub type Counts = Arc<HashMap<SectionId, i64>>;

/// The sections and the API keys, as last read.
#[derive(Debug)]
pub struct Site {
    snapshot: RwLock<Arc<Snapshot>>,
    loaded: AtomicBool,
    counts: Mutex<Option<(Timestamp, Counts)>>,
    /// Counts reloads: one that was overtaken by a later one is not kept.
    turn: AtomicI64,
    /// When an unknown key last made us look, in milliseconds.
    looked: AtomicI64,
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
        if let Some((at, counts)) = &*self.counts.lock().unwrap_or_else(PoisonError::into_inner)
            && (0..COUNTS_KEPT).contains(&(now.as_millis() - at.as_millis()))
        {
            return Ok(Arc::clone(counts));
        }
        let counts = store
            .read(move |conn| published::section_counts(conn, now))
            .await
            .map(Arc::new)
            .map_err(|error: Error| ApiError::from(error))?;
        let mut kept = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        *kept = Some((now, Arc::clone(&counts)));
        Ok(counts)
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
        Ok(found.map(|key| Actor::ApiKey {
            id: key.id,
            role: key.role,
        }))
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
            let head = store.read_blocking(changes::head)?;
            self.marks.push_back((Instant::now(), head));
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
        let rows = store.read_blocking(move |conn| changes::since(conn, &FOLLOWED, floor, MANY))?;
        let highest = rows.last().map_or(floor, |row| row.seq);
        let mut new = false;
        for row in &rows {
            new |= self.seen.insert(row.seq);
        }
        if self.marks.back().is_none_or(|(_, seq)| *seq < highest) {
            self.marks.push_back((Instant::now(), highest));
        }
        Ok(new)
    }
}
