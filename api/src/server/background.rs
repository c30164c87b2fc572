//! What goes on beside the requests: following the change log, writing views, ranking what is read
//! most, throwing away what is too old, finishing erasures.

use std::{
    io,
    sync::{Arc, Condvar, Mutex, PoisonError},
    thread::{self, JoinHandle},
    time::Duration,
};

use actix_web::web::Data;
use domain::{
    Actor, SystemActor, Timestamp, comment::TRACE_DAYS, popular::Window, session::REVOKED_SECONDS,
};
use storage::{Error, Store, Tx, attempts, idempotency, previews, sessions, stats, user_tokens};

use crate::{
    bans, clock::Clock, erasure, index, popular, site::Follower, state::App, views::FOLD_EVERY,
};

/// Old answers are thrown away this often.
const SWEEP_EVERY: Duration = Duration::from_mins(10);
/// Between two slices of them other writes have their turn.
const SWEEP_PAUSE: Duration = Duration::from_millis(50);
/// How often callers are forgotten who have their whole quota again.
const FORGET_EVERY: Duration = Duration::from_secs(10);
/// A session that ended or expired is forgotten after so many seconds: when every node has met its
/// end, and no access token of it counts any more.
const SESSION_SECONDS: i64 = REVOKED_SECONDS + 600;
/// Attempts are counted in windows of an hour at most, and forgotten after so many seconds.
const ATTEMPT_SECONDS: i64 = 2 * 60 * 60;
/// A ranking that could not be made is tried again after so long.
const RANK_AGAIN: Duration = Duration::from_mins(1);
/// How often to see whether numbers want to be counted again or uses of keys to be noted.
const NOTE_EVERY: Duration = Duration::from_secs(5);

/// How soon the words of a comment are found by moderators.
const INDEX_EVERY: Duration = Duration::from_secs(2);

/// The threads, and how to end them.
pub(super) struct Background {
    stop: Arc<Stop>,
    threads: Vec<JoinHandle<()>>,
}

#[derive(Default)]
struct Stop {
    asked: Mutex<bool>,
    bell: Condvar,
}

impl Stop {
    /// Waits so long; `false` when it is time to end.
    fn pause(&self, time: Duration) -> bool {
        let asked = self.asked.lock().unwrap_or_else(PoisonError::into_inner);
        let waited = self.bell.wait_timeout_while(asked, time, |asked| !*asked);
        let (asked, _) = waited.unwrap_or_else(PoisonError::into_inner);
        !*asked
    }

    fn ask(&self) {
        *self.asked.lock().unwrap_or_else(PoisonError::into_inner) = true;
        self.bell.notify_all();
    }
}

impl Background {
    pub(super) fn start(app: &Data<App>, follower: Follower) -> io::Result<Self> {
        let mut background = Self {
            stop: Arc::default(),
            threads: Vec::new(),
        };
        let mut follower = follower;
        let follow_every = app.config.follow_every;
        background.repeat(
            "follow",
            "following the change log",
            app,
            follow_every,
            move |app| follower.look(app),
        )?;
        background.repeat("views", "writing views", app, FOLD_EVERY, |app| {
            app.views.tidy(&*app.clock);
            app.views.fold(&app.store, app.now())
        })?;
        let live_every = app.config.live_every;
        background.repeat(
            "live",
            "telling what happens to comments",
            app,
            live_every,
            |app| app.live.look(app),
        )?;
        let notes = "counting articles and comments, or noting the use of API keys,";
        background.repeat("notes", notes, app, NOTE_EVERY, |app| {
            let counted = app.site.refresh_counts(&app.store, app.now());
            let used = app.site.uses.write(&app.store, app.now(), false);
            counted
                .and(used)
                .and(app.tallies.fold(&app.store, app.now()))
        })?;
        let indexing = "indexing comments, or making texts anew,";
        background.repeat("index", indexing, app, INDEX_EVERY, index::look)?;
        background.repeat("limits", "forgetting callers", app, FORGET_EVERY, |app| {
            app.forget_callers();
            Ok(())
        })?;
        background.rank(app)?;
        background.sweep(app)?;
        Ok(background)
    }

    /// Ranks what is read most; what fails waits longer for its next try.
    fn rank(&mut self, app: &Data<App>) -> io::Result<()> {
        let stop = Arc::clone(&self.stop);
        let mut trouble = Trouble::new("ranking what is read most");
        self.spawn("popular", app, move |app| {
            // A thread of its own: on a large site it reads for a second or two.
            let mut wait = app.config.rank_every;
            while stop.pause(wait) {
                let ranked = popular::rank(&app.store, app.now());
                // What takes too long is not to be tried without a pause.
                wait = ranked
                    .as_ref()
                    .map_or(RANK_AGAIN, |()| app.config.rank_every);
                trouble.note(ranked);
            }
        })
    }

    /// Throws away what is too old, and finishes what was cut off.
    fn sweep(&mut self, app: &Data<App>) -> io::Result<()> {
        let stop = Arc::clone(&self.stop);
        let mut trouble = Trouble::new("throwing away what is too old, or erasing accounts,");
        self.spawn("sweep", app, move |app| {
            // The first time soon: an erasure that the last end of a server cut off goes on. As long
            // as the database has not been met, it is tried as often.
            let mut wait = app.config.sweep_after;
            while stop.pause(wait) {
                if app.site.is_loaded() {
                    let swept = sweep(&app.store, &*app.clock, || stop.pause(SWEEP_PAUSE));
                    trouble.note(swept.and(bans::sweep(app, || stop.pause(SWEEP_PAUSE))));
                    wait = SWEEP_EVERY;
                }
            }
        })
    }

    /// Does the same again and again; what it was doing when it failed is told in the log.
    fn repeat(
        &mut self,
        name: &str,
        doing: &'static str,
        app: &Data<App>,
        every: Duration,
        mut work: impl FnMut(&App) -> Result<(), Error> + Send + 'static,
    ) -> io::Result<()> {
        let stop = Arc::clone(&self.stop);
        let mut trouble = Trouble::new(doing);
        self.spawn(name, app, move |app| {
            while stop.pause(every) {
                trouble.note(work(app));
            }
        })
    }

    fn spawn(
        &mut self,
        name: &str,
        app: &Data<App>,
        work: impl FnOnce(&App) + Send + 'static,
    ) -> io::Result<()> {
        let app = Data::clone(app);
        self.threads.push(
            thread::Builder::new()
                .name(name.to_owned())
                .spawn(move || work(&app))?,
        );
        Ok(())
    }

    pub(super) fn stop(self) {
        self.stop.ask();
        for thread in self.threads {
            if thread.join().is_err() {
                tracing::error!("a background thread had panicked");
            }
        }
    }
}

/// Removes what is older than a moment, a slice; how many there were.
type Slice = fn(&mut Tx<'_>, Timestamp) -> Result<usize, Error>;

/// Throws away everything too old, a slice at a time, and finishes erasures, for as long as
/// `go_on` agrees. Of what fails the first is told.
fn sweep(store: &Store, clock: &dyn Clock, go_on: impl Fn() -> bool) -> Result<(), Error> {
    let now = clock.now();
    let week = Window::Week.hours() * 60 * 60;
    let traces = now.plus_seconds(-TRACE_DAYS * 24 * 60 * 60);
    let old: [(Slice, Timestamp); 7] = [
        (idempotency::sweep, idempotency::expiry(now)),
        (sessions::sweep, now.plus_seconds(-SESSION_SECONDS)),
        (user_tokens::sweep, now),
        (previews::sweep, now),
        (attempts::sweep, now.plus_seconds(-ATTEMPT_SECONDS)),
        (storage::bans::sweep_traces, traces),
        (stats::sweep_views, now.plus_seconds(-week)),
    ];
    let mut outcome = Ok(());
    for (slice, before) in old {
        // One that fails time and again keeps neither the others nor an erasure from going on.
        let swept = throw_away(store, now, slice, before, &go_on);
        let ends = swept.as_ref().map_or_else(|_| !go_on(), |all| !all);
        outcome = outcome.and(swept.map(drop));
        if ends {
            return outcome;
        }
    }
    outcome.and(erasure::sweep(store, clock, go_on))
}

/// Throws away what one kind of slice finds; whether that was all.
fn throw_away(
    store: &Store,
    now: Timestamp,
    slice: Slice,
    before: Timestamp,
    go_on: impl Fn() -> bool,
) -> Result<bool, Error> {
    loop {
        let actor = Actor::System(SystemActor::Background);
        if store.write_blocking(actor, now, move |tx| slice(tx, before))? == 0 {
            return Ok(true);
        }
        if !go_on() {
            return Ok(false);
        }
    }
}

/// Says once that something fails, and once that it works again.
struct Trouble {
    what: &'static str,
    failing: bool,
}

impl Trouble {
    const fn new(what: &'static str) -> Self {
        Self {
            what,
            failing: false,
        }
    }

    fn note(&mut self, outcome: Result<(), Error>) {
        match outcome {
            Ok(()) if self.failing => {
                self.failing = false;
                tracing::info!("{} works again", self.what);
            }
            Err(error) if !self.failing => {
                self.failing = true;
                tracing::error!("{} fails, and is tried again: {error}", self.what);
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::ManualClock;
    use domain::{Role, id::UserId, user::Email};
    use std::cell::Cell;
    use storage::{
        Settings,
        testing::{execute, lines},
        users::{self, NewUser},
    };

    #[test]
    fn a_sweep_goes_on_until_nothing_old_is_left() {
        let directory = tempfile::tempdir().unwrap();
        let url = format!("sqlite://{}", directory.path().join("news.db").display());
        let store = Store::open(Settings::new(url)).unwrap();
        store.migrate().unwrap();
        let actor = || Actor::System(SystemActor::Command);
        let claimed = store.write_blocking(actor(), Timestamp::EPOCH, |tx| {
            (0..2500).try_for_each(|n| idempotency::claim(tx, &n.to_string(), "").map(|_| ()))
        });
        claimed.unwrap();
        let later = Timestamp::EPOCH.plus_seconds(2 * idempotency::KEPT_SECONDS);
        let slices = Cell::new(0);
        let count = || {
            slices.set(slices.get() + 1);
            true
        };
        sweep(&store, &ManualClock::at(later), count).unwrap();
        assert_eq!(slices.get(), 3);
        let left = store.write_blocking(actor(), later, move |tx| idempotency::sweep(tx, later));
        assert_eq!(left, Ok(0));
    }

    #[test]
    fn one_part_of_a_sweep_that_fails_does_not_hold_up_the_others() {
        let directory = tempfile::tempdir().unwrap();
        let url = format!("sqlite://{}", directory.path().join("news.db").display());
        let store = Store::open(Settings::new(&url)).unwrap();
        store.migrate().unwrap();
        let new = NewUser {
            id: UserId::from_raw(1),
            email: Email::parse("ada@example.org").unwrap(),
            email_verified: true,
            name: "Ada".to_owned(),
            password_hash: None,
            role: Role::Reader,
        };
        let actor = Actor::System(SystemActor::Command);
        let begun = store.write_blocking(actor, Timestamp::EPOCH, move |tx| {
            idempotency::claim(tx, "old", "")?;
            attempts::add(tx, "door", 60)?;
            let user = users::create(tx, &new)?;
            users::begin_erasure(tx, &user)
        });
        begun.unwrap();
        let broken = "CREATE TRIGGER broken BEFORE DELETE ON idempotency
            BEGIN SELECT RAISE(ABORT, 'broken'); END";
        execute(&url, broken).unwrap();
        let later = Timestamp::EPOCH.plus_seconds(2 * idempotency::KEPT_SECONDS);
        assert!(sweep(&store, &ManualClock::at(later), || true).is_err());
        let left = "SELECT email AS line FROM users UNION ALL SELECT bucket FROM attempts";
        assert_eq!(lines(&url, left), Ok(Vec::new()));
        // Not when the server is to end.
        let asked = Cell::new(0);
        let ends = || {
            asked.set(asked.get() + 1);
            false
        };
        assert!(sweep(&store, &ManualClock::at(later), ends).is_err());
        assert_eq!(asked.get(), 1);
    }
}
