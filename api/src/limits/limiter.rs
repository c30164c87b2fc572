//! One quota, and a bucket of it for each caller.
//!
//! The rule is GCRA, by `governor`: a bucket is full at first, a request takes one from it, and
//! one comes back every 60 s ÷ quota. So a caller who was away may send the whole quota at once,
//! and then goes on at its pace. Nobody is locked out for the rest of a minute.

use std::{
    num::NonZeroU32,
    sync::{
        Arc,
        atomic::{AtomicU64, AtomicUsize, Ordering},
    },
    time::Duration,
};

use actix_web::http::header::HeaderValue;
use dashmap::{DashMap, mapref::entry::Entry};
use governor::{
    Quota, RateLimiter,
    clock::Clock as _,
    middleware::NoOpMiddleware,
    nanos::Nanos,
    state::{StateStore, keyed::ShrinkableKeyedStateStore},
};

use super::Caller;
use crate::clock::Clock;

/// So many callers are remembered one by one. It is far more than a node can answer between two
/// rounds of [`Limiter::tidy`], which forgets whoever has a full bucket again; beyond it,
/// strangers share buckets ([`Caller::in_a_crowd`]). A hundred thousand take some 6 MB.
const CROWDED: usize = 100_000;
/// How often at most it is told that one caller is over the limit.
const TOLD_EVERY: Duration = Duration::from_mins(1);

/// What is remembered of a caller, in nanoseconds since the limiter was made.
#[derive(Debug, Default)]
struct Bucket {
    /// When it will be full again, if nothing is taken meanwhile; 0: it has always been.
    full_at: AtomicU64,
    /// When it was last told that the caller is over the limit; 0: never.
    told_at: AtomicU64,
}

impl Bucket {
    /// Applies `governor`'s decision, anew if another request came between.
    fn decide<T, E>(&self, rule: impl Fn(Option<Nanos>) -> Result<(T, Nanos), E>) -> Result<T, E> {
        let mut found = self.full_at.load(Ordering::Acquire);
        loop {
            let (outcome, full_at) = rule((found != 0).then(|| Nanos::new(found)))?;
            let (acquired, relaxed) = (Ordering::AcqRel, Ordering::Relaxed);
            match self
                .full_at
                .compare_exchange_weak(found, full_at.into(), acquired, relaxed)
            {
                Ok(_) => return Ok(outcome),
                Err(other) => found = other,
            }
        }
    }
}

/// The buckets, where `governor` finds them.
#[derive(Debug, Clone, Default)]
struct Buckets(Arc<Shelf>);

#[derive(Debug, Default)]
struct Shelf {
    buckets: DashMap<Caller, Bucket>,
    /// How many there are: counting them takes every lock of the map.
    count: AtomicUsize,
}

impl Buckets {
    /// Where a caller's requests are taken from now: their own bucket, or, while too many are
    /// remembered and theirs is not among them, the one they share.
    fn seat(&self, caller: Caller) -> Caller {
        let crowded = self.0.count.load(Ordering::Relaxed) >= CROWDED;
        if crowded && !self.0.buckets.contains_key(&caller) {
            caller.in_a_crowd()
        } else {
            caller
        }
    }

    fn find<T>(&self, caller: Caller, look: impl FnOnce(&Bucket) -> T) -> Option<T> {
        self.0.buckets.get(&caller).map(|bucket| look(&bucket))
    }
}

impl StateStore for Buckets {
    type Key = Caller;

    fn measure_and_replace<T, F, E>(&self, caller: &Caller, rule: F) -> Result<T, E>
    where
        F: Fn(Option<Nanos>) -> Result<(T, Nanos), E>,
    {
        if let Some(bucket) = self.0.buckets.get(caller) {
            return bucket.decide(rule);
        }
        match self.0.buckets.entry(*caller) {
            Entry::Occupied(bucket) => bucket.get().decide(rule),
            Entry::Vacant(place) => {
                self.0.count.fetch_add(1, Ordering::Relaxed);
                place.insert(Bucket::default()).decide(rule)
            }
        }
    }
}

impl ShrinkableKeyedStateStore<Caller> for Buckets {
    fn retain_recent(&self, drop_below: Nanos) {
        let mut dropped = 0;
        self.0.buckets.retain(|_, bucket| {
            let recent = bucket.full_at.load(Ordering::Acquire) > drop_below.as_u64();
            dropped += usize::from(!recent);
            recent
        });
        self.0.count.fetch_sub(dropped, Ordering::Relaxed);
        // What a flood has taken is given back, and what every day takes is not.
        if dropped > CROWDED / 2 {
            self.0.buckets.shrink_to_fit();
        }
    }

    fn len(&self) -> usize {
        self.0.count.load(Ordering::Relaxed)
    }

    fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// Our clock for `governor`. It never goes back, and in a test it stands still.
#[derive(Clone)]
pub(super) struct Time(pub(super) Arc<dyn Clock>);

impl governor::clock::Clock for Time {
    type Instant = Nanos;

    fn now(&self) -> Nanos {
        Nanos::new(u64::try_from(self.0.elapsed().as_nanos()).unwrap_or(u64::MAX))
    }
}

/// What a caller may still do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Left {
    /// So many requests at once …
    pub(super) requests: u32,
    /// … and after so many seconds one more.
    pub(super) seconds: u32,
}

/// So many requests a minute for each caller.
pub(super) struct Limiter {
    quota: NonZeroU32,
    /// The time between two requests that come back, in nanoseconds.
    pace: u64,
    name: &'static str,
    /// What `RateLimit-Policy` says of it.
    policy: HeaderValue,
    time: Time,
    began: Nanos,
    buckets: Buckets,
    rule: RateLimiter<Caller, Buckets, Time, NoOpMiddleware<Nanos>>,
}

impl Limiter {
    pub(super) fn new(name: &'static str, quota: NonZeroU32, time: &Time) -> Self {
        let buckets = Buckets::default();
        let per_minute = Quota::per_minute(quota);
        let policy = HeaderValue::try_from(format!("\"{name}\";q={quota};w=60"));
        Self {
            quota,
            pace: Nanos::from(per_minute.replenish_interval()).into(),
            name,
            policy: policy.unwrap_or(HeaderValue::from_static("")),
            began: time.now(),
            time: time.clone(),
            rule: RateLimiter::new(per_minute, buckets.clone(), time.clone()),
            buckets,
        }
    }

    pub(super) fn quota(&self) -> NonZeroU32 {
        self.quota
    }

    pub(super) fn policy(&self) -> HeaderValue {
        self.policy.clone()
    }

    /// What `RateLimit` says to a caller.
    pub(super) fn standing(&self, caller: Caller) -> HeaderValue {
        let Left { requests, seconds } = self.left(caller);
        let text = format!("\"{}\";r={requests};t={seconds}", self.name);
        HeaderValue::try_from(text).unwrap_or(HeaderValue::from_static(""))
    }

    /// See [`Buckets::seat`].
    pub(super) fn seat(&self, caller: Caller) -> Caller {
        self.buckets.seat(caller)
    }

    /// Takes one request, or says after how many seconds there is one.
    pub(super) fn take(&self, caller: Caller) -> Result<(), u32> {
        self.rule.check_key(&caller).map_err(|refused| {
            let wait = refused.wait_time_from(self.time.now());
            seconds(u64::try_from(wait.as_nanos()).unwrap_or(u64::MAX))
        })
    }

    /// Gives one request back that was taken. A bucket that is full by now, or was forgotten for
    /// being full, has had it back.
    pub(super) fn give_back(&self, caller: Caller) {
        self.buckets.find(caller, |bucket| {
            let earlier = |full_at: u64| Some(full_at.saturating_sub(self.pace));
            let (acquired, relaxed) = (Ordering::AcqRel, Ordering::Relaxed);
            // It cannot fail: there is always another value.
            let _ = bucket.full_at.fetch_update(acquired, relaxed, earlier);
        });
    }

    /// What is left for a caller from whom one was just taken.
    fn left(&self, caller: Caller) -> Left {
        let taken = self.buckets.find(caller, |bucket| {
            let full_at = bucket.full_at.load(Ordering::Acquire);
            full_at.saturating_sub(self.elapsed())
        });
        // In units of `pace`: what is gone, rounded up, and what of it has not come back yet.
        let taken = taken.unwrap_or_default();
        let gone = u32::try_from(taken.div_ceil(self.pace)).unwrap_or(u32::MAX);
        let next = match taken % self.pace {
            0 => self.pace,
            rest => rest,
        };
        Left {
            // The request that is being answered counts, however long that takes.
            requests: self.quota.get().saturating_sub(gone.max(1)),
            seconds: seconds(next),
        }
    }

    /// Whether it is time to tell that this caller is over the limit.
    pub(super) fn is_news(&self, caller: Caller) -> bool {
        // Shifted by one, so that the first moment is not "never".
        let now = self.elapsed().saturating_add(1);
        let news = self.buckets.find(caller, |bucket| {
            let told = bucket.told_at.load(Ordering::Relaxed);
            let past = Nanos::from(TOLD_EVERY).as_u64();
            let due = told == 0 || now.saturating_sub(told) >= past;
            let relaxed = Ordering::Relaxed;
            let first = || {
                bucket
                    .told_at
                    .compare_exchange(told, now, relaxed, relaxed)
                    .is_ok()
            };
            due && first()
        });
        news.unwrap_or(false)
    }

    /// Forgets everybody whose bucket is full again.
    pub(super) fn tidy(&self) {
        self.rule.retain_recent();
    }

    /// How many callers are remembered.
    #[cfg(test)]
    pub(super) fn callers(&self) -> usize {
        self.buckets.len()
    }

    fn elapsed(&self) -> u64 {
        let (now, began) = (self.time.now(), self.began);
        now.saturating_sub(began).into()
    }
}

/// Whole seconds, rounded up: nobody is told to come back too early.
fn seconds(nanos: u64) -> u32 {
    u32::try_from(nanos.div_ceil(1_000_000_000)).unwrap_or(u32::MAX)
}
