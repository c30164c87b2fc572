//! Views: counted in memory, folded into the database every few seconds.
//!
//! A crash loses what was counted since the last fold, at most [`FOLD_EVERY`]; an orderly stop
//! loses nothing.

use std::{
    collections::HashMap,
    mem,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use domain::{Actor, SystemActor, Timestamp, id::ArticleId};
use storage::{Error, Store, stats};

/// The longest that a view waits in memory.
pub const FOLD_EVERY: Duration = Duration::from_secs(4);
/// How many articles one transaction takes, so that other writes need not wait long.
const SLICE: usize = 200;

/// The views that wait.
#[derive(Debug, Default)]
pub struct Views(Mutex<HashMap<ArticleId, i64>>);

impl Views {
    /// Counts one view.
    pub fn add(&self, article: ArticleId) {
        *self.waiting().entry(article).or_default() += 1;
    }

    /// Writes what waits. What cannot be written goes on waiting.
    pub fn fold(&self, store: &Store, now: Timestamp) -> Result<(), Error> {
        let counted: Vec<(ArticleId, i64)> = mem::take(&mut *self.waiting()).into_iter().collect();
        let mut failed = None;
        for slice in counted.chunks(SLICE) {
            let views = slice.to_vec();
            let written = if failed.is_none() {
                let actor = Actor::System(SystemActor::Background);
                store.write_blocking(actor, now, move |tx| stats::add_views(tx, &views))
            } else {
                // The database has just failed; the rest need not find out for itself.
                Err(Error::Unavailable(String::new()))
            };
            if let Err(error) = written {
                let mut waiting = self.waiting();
                for (article, count) in slice {
                    *waiting.entry(*article).or_default() += count;
                }
                failed.get_or_insert(error);
            }
        }
        failed.map_or(Ok(()), Err)
    }

    fn waiting(&self) -> std::sync::MutexGuard<'_, HashMap<ArticleId, i64>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
