//! What is read in the small newspaper, and what of it is read most.

use std::cmp::Reverse;
use std::collections::HashMap;

use domain::popular::{KEPT_SECONDS, RANKED_EVERY_SECONDS, Window};

const HOUR: i64 = 3_600_000;
/// How long a reader who comes again does not count.
const REPEATED: i64 = 1_800_000;

#[derive(Default)]
pub(super) struct Views {
    /// How often each article was read in each hour.
    counted: HashMap<(usize, i64), i64>,
    /// When a reader of an article counted last.
    readers: HashMap<(usize, usize), i64>,
    /// The rankings in force, and when they were due.
    rankings: HashMap<Window, (i64, Vec<usize>)>,
}

impl Views {
    pub(super) fn count(&mut self, article: usize, reader: usize, now: i64) {
        let last = self.readers.get(&(article, reader));
        if last.is_none_or(|last| now - last >= REPEATED) {
            self.readers.insert((article, reader), now);
            *self.counted.entry((article, now / HOUR)).or_default() += 1;
        }
    }

    pub(super) fn of(&self, article: usize) -> i64 {
        let own = self.counted.iter().filter(|((of, _), _)| *of == article);
        own.map(|(_, views)| views).sum()
    }

    /// Ranks what is seen now, the one published last first, unless that was done after the last
    /// full five minutes.
    pub(super) fn rank(&mut self, seen: &[usize], now: i64) {
        let every = RANKED_EVERY_SECONDS * 1000;
        let due = now - now % every;
        for window in Window::ALL {
            let made = self.rankings.get(window);
            if made.is_some_and(|(at, _)| *at >= due) {
                continue;
            }
            let mut ranked: Vec<(i64, usize)> = seen
                .iter()
                .map(|article| (self.points(*article, *window, now), *article))
                .filter(|(points, _)| *points > 0)
                .collect();
            // The order among equals stays.
            ranked.sort_by_key(|(points, _)| Reverse(*points));
            if !ranked.is_empty() {
                let order = ranked.into_iter().map(|(_, article)| article).collect();
                self.rankings.insert(*window, (due, order));
            }
        }
    }

    fn points(&self, article: usize, window: Window, now: i64) -> i64 {
        let weight = |hour: i64| (window.hours() - (now / HOUR - hour)).max(0);
        let own = self.counted.iter().filter(|((of, _), _)| *of == article);
        own.map(|((_, hour), views)| views * weight(*hour)).sum()
    }

    /// What was ranked last, if that is not too long ago.
    pub(super) fn popular(&self, window: Window, now: i64) -> &[usize] {
        match self.rankings.get(&window) {
            Some((at, order)) if now - at < KEPT_SECONDS * 1000 => order,
            _ => &[],
        }
    }
}
