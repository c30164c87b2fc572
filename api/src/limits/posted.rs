//! Comments that were posted from each network lately, for rules that ask for it.
//!
//! Like the buckets of the limits they are in the memory of one node, nothing of them is written
//! down, and they are forgotten when the node stops. What was said is kept as a hash with a key that
//! nobody knows.

use std::{
    collections::hash_map::RandomState,
    hash::BuildHasher as _,
    net::IpAddr,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, AtomicUsize, Ordering},
    },
};

use dashmap::DashMap;
use domain::Timestamp;

use super::{Caller, network};

/// So many networks are remembered one by one; beyond it, strangers share a place
/// ([`Caller::in_a_crowd`]).
const CROWDED: usize = 100_000;
/// So many comments are remembered of each: no rule asks for more.
const MOST: usize = 100;

/// What was posted lately, by network.
#[derive(Debug, Default)]
pub(crate) struct Posted {
    networks: DashMap<Caller, Vec<Comment>>,
    /// How many there are: counting them takes every lock of the map.
    count: AtomicUsize,
    next: AtomicU64,
    hashes: RandomState,
}

/// A comment, latest last.
#[derive(Debug, Clone, Copy)]
struct Comment {
    number: u64,
    at: Timestamp,
    gist: u64,
}

/// A place among the comments of a network. Unless the comment is [`stored`](Ticket::stored) in
/// the end, it is given back.
#[derive(Debug)]
pub(crate) struct Ticket {
    posted: Arc<Posted>,
    caller: Caller,
    number: u64,
    stored: bool,
}

/// A ticket that a job may take when it runs, once for all its tries.
pub(crate) type Place = Arc<Mutex<Option<Ticket>>>;

/// What was posted from a network before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Before {
    /// When, latest first.
    pub(crate) times: Vec<Timestamp>,
    /// When the same was last said.
    pub(crate) same_at: Option<Timestamp>,
}

impl Posted {
    /// Takes a place for a comment, if what was posted before it, in the last `seconds`, is found
    /// to `fit`. Of comments that come at once, each is before the next.
    pub(crate) fn take<E>(
        self: &Arc<Self>,
        address: IpAddr,
        gist: &str,
        now: Timestamp,
        seconds: i64,
        fit: impl FnOnce(&Before) -> Result<(), E>,
    ) -> Result<(Ticket, Before), E> {
        let caller = self.seat(Caller::Network(network(address)));
        let gist = self.hashes.hash_one(gist);
        let mut comments = self.networks.entry(caller).or_insert_with(|| {
            self.count.fetch_add(1, Ordering::Relaxed);
            Vec::new()
        });
        comments.retain(|comment| comment.at.plus_seconds(seconds) > now);
        let before = Before {
            times: comments.iter().rev().map(|comment| comment.at).collect(),
            same_at: comments
                .iter()
                .rev()
                .find(|comment| comment.gist == gist)
                .map(|comment| comment.at),
        };
        fit(&before)?;
        if comments.len() == MOST {
            comments.remove(0);
        }
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        comments.push(Comment {
            number,
            at: now,
            gist,
        });
        let ticket = Ticket {
            posted: Arc::clone(self),
            caller,
            number,
            stored: false,
        };
        Ok((ticket, before))
    }

    fn seat(&self, caller: Caller) -> Caller {
        let crowded = self.count.load(Ordering::Relaxed) >= CROWDED;
        if crowded && !self.networks.contains_key(&caller) {
            caller.in_a_crowd()
        } else {
            caller
        }
    }

    /// Forgets what no rule asks for any more: all that is older than `seconds`.
    pub(crate) fn tidy(&self, now: Timestamp, seconds: i64) {
        let mut dropped = 0;
        self.networks.retain(|_, comments| {
            let recent = comments
                .last()
                .is_some_and(|comment| comment.at.plus_seconds(seconds) > now);
            dropped += usize::from(!recent);
            recent
        });
        self.count.fetch_sub(dropped, Ordering::Relaxed);
    }
}

impl Ticket {
    /// The comment is stored: its place stays taken.
    pub(crate) fn stored(&mut self) {
        self.stored = true;
    }
}

impl Drop for Ticket {
    fn drop(&mut self) {
        if !self.stored
            && let Some(mut comments) = self.posted.networks.get_mut(&self.caller)
        {
            comments.retain(|comment| comment.number != self.number);
        }
    }
}

/// Notes that the comment of a place is stored, if one was taken.
pub(crate) fn note_stored(place: &Place) {
    let mut place = place.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(ticket) = place.as_mut() {
        ticket.stored();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    fn at(seconds: i64) -> Timestamp {
        Timestamp::EPOCH.plus_seconds(seconds)
    }

    fn post(posted: &Arc<Posted>, from: &str, gist: &str, now: i64) -> Before {
        let fits = |_: &Before| Ok::<_, ()>(());
        let taken = posted.take(address(from), gist, at(now), 60, fits);
        let (mut ticket, before) = taken.unwrap();
        ticket.stored();
        before
    }

    #[test]
    fn what_is_stored_counts_for_its_network_and_time() {
        let posted = Arc::default();
        assert_eq!(post(&posted, "203.0.113.9", "a", 0).times, []);
        assert_eq!(post(&posted, "203.0.113.8", "a", 1).times, []);
        let before = post(&posted, "::ffff:203.0.113.9", "b", 10);
        assert_eq!((before.times, before.same_at), (vec![at(0)], None));
        let before = post(&posted, "203.0.113.9", "a", 59);
        assert_eq!(before.times, [at(10), at(0)]);
        assert_eq!(before.same_at, Some(at(0)));
        assert_eq!(post(&posted, "203.0.113.9", "b", 70).times, [at(59)]);
        posted.tidy(at(130), 60);
        assert_eq!(posted.networks.len(), 0);
        assert_eq!(posted.count.load(Ordering::Relaxed), 0);
    }

    #[test]
    fn what_is_refused_or_given_up_does_not_count() {
        let posted = Arc::default();
        let take = |fits: Result<(), ()>| {
            Posted::take(&posted, address("203.0.113.9"), "a", at(0), 60, |_| fits)
        };
        assert_eq!(take(Err(())).map(drop), Err(()));
        drop(take(Ok(())));
        assert_eq!(post(&posted, "203.0.113.9", "a", 1).times, []);
    }

    #[test]
    fn a_network_is_remembered_by_its_latest_comments_alone() {
        let posted = Arc::default();
        for _ in 0..MOST + 10 {
            post(&posted, "2001:db8::1", "a", 0);
        }
        assert_eq!(post(&posted, "2001:db8::2", "a", 0).times.len(), MOST);
    }
}
