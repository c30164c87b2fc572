//! Views: counted in memory, folded into the database every few seconds.
//!
//! A crash loses what was counted since the last fold, at most [`FOLD_EVERY`]; an orderly stop
//! loses nothing. What is no reader, and what a reader has just read, is not counted; of readers
//! nothing is written anywhere.

mod bots;
mod repeats;

use std::{
    collections::HashMap,
    io, mem,
    net::IpAddr,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use domain::{Actor, SystemActor, Timestamp, id::ArticleId, popular::hour_of};
use storage::{Error, Store, stats};

use self::{bots::Bots, repeats::Repeats};
use crate::{clock::Clock, ids::random_bytes};

/// The longest that a view waits in memory.
pub const FOLD_EVERY: Duration = Duration::from_secs(4);
/// How many articles one transaction takes, so that other writes need not wait long.
const SLICE: usize = 100;

/// An article, and the hour it was read in.
type Place = (ArticleId, i64);

/// Who reads.
#[derive(Debug, Clone, Copy)]
pub struct Reader<'r> {
    /// The client's address, behind the proxies that the operator trusts.
    pub address: Option<IpAddr>,
    /// What the client calls itself; empty when it does not say.
    pub agent: &'r [u8],
}

/// The views that wait, and what is remembered so that none is counted twice.
#[derive(Debug)]
pub struct Views {
    waiting: Mutex<HashMap<Place, i64>>,
    bots: Bots,
    repeats: Mutex<Repeats>,
}

impl Views {
    /// None so far. It fails when the system has no randomness.
    pub fn new() -> io::Result<Self> {
        Ok(Self {
            waiting: Mutex::default(),
            bots: Bots::new()?,
            repeats: Mutex::new(Repeats::new(random_bytes()?)),
        })
    }

    /// Counts a view, unless it is a program's or this reader's last one that counted is less than
    /// half an hour ago.
    pub fn count(&self, article: ArticleId, reader: Reader<'_>, clock: &dyn Clock) {
        if reader.agent.is_empty() || self.bots.is_one(reader.agent) {
            return;
        }
        if self.repeats().is_new(article, reader, clock.elapsed()) {
            let place = (article, hour_of(clock.now()));
            *self.waiting().entry(place).or_default() += 1;
        }
    }

    /// Writes what waits. What cannot be written goes on waiting.
    pub fn fold(&self, store: &Store, now: Timestamp) -> Result<(), Error> {
        let counted: Vec<(Place, i64)> = mem::take(&mut *self.waiting()).into_iter().collect();
        let mut failed = None;
        for slice in counted.chunks(SLICE) {
            let views = slice.iter().map(|&((article, hour), count)| stats::Views {
                article,
                hour,
                count,
            });
            let views: Vec<_> = views.collect();
            let written = if failed.is_none() {
                let actor = Actor::System(SystemActor::Background);
                store.write_blocking(actor, now, move |tx| stats::add_views(tx, &views))
            } else {
                // The database has just failed; the rest need not find out for itself.
                Err(Error::Unavailable(String::new()))
            };
            if let Err(error) = written {
                let mut waiting = self.waiting();
                for (place, count) in slice {
                    *waiting.entry(*place).or_default() += count;
                }
                failed.get_or_insert(error);
            }
        }
        failed.map_or(Ok(()), Err)
    }

    /// Forgets who has read what more than half an hour ago.
    pub fn tidy(&self, clock: &dyn Clock) {
        self.repeats().forget_old(clock.elapsed());
    }

    fn waiting(&self) -> std::sync::MutexGuard<'_, HashMap<Place, i64>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn repeats(&self) -> std::sync::MutexGuard<'_, Repeats> {
        self.repeats.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
