//! A real server in this process, on a thread of its own.

use std::{
    net::SocketAddr,
    sync::{Arc, Mutex, PoisonError, mpsc},
    thread::JoinHandle,
    time::Duration,
};

use actix_web::web::Data;
use api::{
    clock::ManualClock,
    config::{Config, Hidden, LogFormat},
    server::{Options, start},
    state::App,
};
use tokio::sync::oneshot;

use crate::{
    app::{ORIGIN, SECRET},
    leaks,
};

pub(crate) struct Running {
    pub(crate) address: SocketAddr,
    /// What its handlers reach.
    pub(crate) app: Data<App>,
    /// Taken by whoever stops it.
    control: Mutex<Option<(oneshot::Sender<()>, JoinHandle<()>)>>,
}

impl Running {
    /// Starts a server on the database at `url`, whose clock is in the test's hands. `adjust` has
    /// the last word on its configuration.
    pub(crate) fn start(url: &str, clock: Arc<ManualClock>, adjust: &dyn Fn(&mut Config)) -> Self {
        leaks::listen();
        let mut config = Config::default();
        "127.0.0.1:0".clone_into(&mut config.bind);
        config.database_url = Hidden::new(url);
        config.secret = Some(Hidden::new(SECRET));
        config.cors_origins = vec![ORIGIN.to_owned()];
        config.security_contact = Some("mailto:security@example.org".to_owned());
        config.rate_limits = false;
        // The least that Argon2 is given, so that tests do not wait for it.
        config.passwords.memory_kib = 8 * 1024;
        config.passwords.iterations = 1;
        config.log = LogFormat::Off;
        config.workers = 1;
        config.readers = 2;
        config.shutdown = Duration::from_secs(5);
        // Tests count statements; those that want to see it sweep say so.
        config.sweep_after = Duration::from_hours(1);
        // Whoever follows something in a test waits for it.
        config.live_every = Duration::from_millis(20);
        // Tests say when what is read most is ranked, too.
        config.rank_every = Duration::from_hours(1);
        adjust(&mut config);
        let options = Options { clock, ids: None };
        let (stop, stopped) = oneshot::channel();
        let (send, receive) = mpsc::channel();
        let thread = std::thread::spawn(move || {
            actix_web::rt::System::new().block_on(async move {
                let running = start(config, options).await.expect("the server starts");
                send.send((running.addr, running.app.clone()))
                    .expect("the test waits");
                drop(stopped.await);
                running.stop().await;
            });
        });
        let (address, app) = receive.recv().expect("the server starts");
        Self {
            address,
            app,
            control: Mutex::new(Some((stop, thread))),
        }
    }

    pub(crate) fn statements(&self) -> u64 {
        self.app.store.statements()
    }

    /// Stops it as SIGTERM does; a second time does nothing.
    pub(crate) fn stop(&self) {
        let control = self
            .control
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        if let Some((stop, thread)) = control {
            let _ = stop.send(());
            let ended = thread.join();
            assert!(
                ended.is_ok() || std::thread::panicking(),
                "the server panicked"
            );
            if !std::thread::panicking() {
                leaks::assert_none_logged();
            }
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.stop();
    }
}
