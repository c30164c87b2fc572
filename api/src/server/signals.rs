//! How the system tells the process to end.

use std::{
    io,
    time::{Duration, Instant},
};

#[cfg(unix)]
use tokio::signal::unix::{Signal, SignalKind, signal};

/// Signals this close together ask for one thing.
const ONE_WISH: Duration = Duration::from_millis(200);

/// SIGTERM and Ctrl-C, heard from the moment this is made. The first asks for an orderly stop;
/// whoever sends another does not want to wait for it.
#[derive(Debug)]
pub(crate) struct Signals {
    #[cfg(unix)]
    terminate: Signal,
    #[cfg(unix)]
    interrupt: Signal,
}

impl Signals {
    #[cfg(unix)]
    pub(crate) fn listen() -> io::Result<Self> {
        Ok(Self {
            terminate: signal(SignalKind::terminate())?,
            interrupt: signal(SignalKind::interrupt())?,
        })
    }

    #[cfg(not(unix))]
    #[expect(clippy::unnecessary_wraps, reason = "it can fail elsewhere")]
    pub(crate) fn listen() -> io::Result<Self> {
        Ok(Self {})
    }

    /// Waits for one that was meant as another. `timeout` signals a process and then its group, so
    /// that one wish comes twice.
    pub(crate) async fn again(&mut self) {
        let first = Instant::now();
        loop {
            self.next().await;
            if first.elapsed() >= ONE_WISH {
                return;
            }
        }
    }

    /// Waits for the next one.
    pub(crate) async fn next(&mut self) {
        #[cfg(unix)]
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv() => {}
        }
        #[cfg(not(unix))]
        let _ = tokio::signal::ctrl_c().await;
    }
}
