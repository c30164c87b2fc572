//! What goes on beside the requests: following the change log, writing views, throwing old
//! answers away.

use std::{
    io,
    sync::{Arc, Condvar, Mutex, PoisonError},
    thread::{self, JoinHandle},
    time::Duration,
};

use actix_web::web::Data;
use domain::{Actor, SystemActor};
use storage::{Error, idempotency};

use crate::{site::Follower, state::App, views::FOLD_EVERY};

/// Old answers are thrown away this often.
const SWEEP_EVERY: Duration = Duration::from_mins(10);

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
        let stop = Arc::new(Stop::default());
        let mut background = Self {
            stop: Arc::clone(&stop),
            threads: Vec::new(),
        };
        let every = app.config.follow_every;
        let mut follower = follower;
        let mut trouble = Trouble::new("following the change log");
        background.spawn("follow", app, move |app| {
            while stop.pause(every) {
                trouble.note(follower.look(&app.site, &app.store, app.now()));
            }
        })?;
        let stop = Arc::clone(&background.stop);
        let mut trouble = Trouble::new("writing views");
        background.spawn("views", app, move |app| {
            while stop.pause(FOLD_EVERY) {
                trouble.note(app.views.fold(&app.store, app.now()));
            }
        })?;
        let stop = Arc::clone(&background.stop);
        let mut trouble = Trouble::new("throwing old answers away");
        background.spawn("sweep", app, move |app| {
            while stop.pause(SWEEP_EVERY) {
                trouble.note(sweep(app));
            }
        })?;
        Ok(background)
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

fn sweep(app: &App) -> Result<(), Error> {
    let now = app.now();
    let before = idempotency::expiry(now);
    let actor = Actor::System(SystemActor::Background);
    app.store
        .write_blocking(actor, now, move |tx| idempotency::sweep(tx, before))
        .map(|_| ())
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
