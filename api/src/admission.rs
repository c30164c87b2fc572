//! How much work is under way at once: what cannot be begun soon is refused at once.
//!
//! Each [`Class`] of routes has a lane with so many places and a short queue. A request holds its
//! place while its answer is made, and no longer: one whose body is still on its way, or whose
//! answer is being fetched slowly, holds none. So a client that dawdles takes nothing from others,
//! and a flood of one class leaves the places of the others alone.
//!
//! | class      | places | why |
//! |------------|-------:|-----|
//! | `reads`    |    512 | a herd of a thousand and more fits in with its queue; behind it nobody waits 100 ms |
//! | `writes`   |    192 | three full batches of the writer |
//! | `manage`   |    128 | a newsroom, and an import of its integrator beside it |
//! | `sign_ins` |     64 | passwords are hashed few at a time; more would only wait there |
//!
//! Together they are fewer than the jobs that a queue of the store takes, so it is here that work
//! is refused, and one class cannot fill that queue for another. The queue of a lane is twice its
//! places, and nobody waits in it for more than 100 ms. When that has happened the lane is stuck:
//! until something is finished nobody queues, and everybody hears "no" without waiting.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering},
    },
    time::Duration,
};

use openapi::problem::Code;
use tokio::{sync::Semaphore, time::timeout};

use crate::{config::Places, error::ApiError, limits::Class};

/// So many people are sent everything held about them at once: each holds a slice of it in memory
/// for as long as their client takes to read it.
pub(crate) const EXPORTS: usize = 4;

/// So many articles of requests about many of them are worked on at once: each is a job of the store
/// beyond the one that the request has a place for, and its text may have to be rendered.
pub(crate) const BULK: usize = 16;

/// How long anybody waits for a place.
const PATIENCE: Duration = Duration::from_millis(100);
/// How many may wait, for each place.
const QUEUE: usize = 2;
/// When to try again, in seconds: a lane is empty by then or the server has real trouble.
const LATER: u32 = 1;

/// The lanes of one server.
#[derive(Debug)]
pub(crate) struct Admission {
    reads: Arc<Lane>,
    writes: Arc<Lane>,
    sign_ins: Arc<Lane>,
    manage: Arc<Lane>,
}

impl Admission {
    pub(crate) fn new(places: Places) -> Self {
        Self {
            reads: Lane::new(places.reads),
            writes: Lane::new(places.writes),
            sign_ins: Lane::new(places.sign_ins),
            manage: Lane::new(places.manage),
        }
    }

    /// The lane of a class.
    pub(crate) fn lane(&self, class: Class) -> &Arc<Lane> {
        match class {
            Class::Reads => &self.reads,
            Class::Writes => &self.writes,
            Class::SignIns => &self.sign_ins,
            Class::Manage => &self.manage,
        }
    }
}

/// The work of one class.
#[derive(Debug)]
pub(crate) struct Lane {
    places: usize,
    free: Semaphore,
    waiting: AtomicUsize,
    /// Somebody has waited in vain, and nothing was finished since.
    stuck: AtomicBool,
    shed: AtomicU64,
}

impl Lane {
    fn new(places: usize) -> Arc<Self> {
        Arc::new(Self {
            places,
            free: Semaphore::new(places),
            waiting: AtomicUsize::new(0),
            stuck: AtomicBool::new(false),
            shed: AtomicU64::new(0),
        })
    }

    /// Waits for a place, not for long. Without one the work is not begun.
    pub(crate) async fn enter(self: &Arc<Self>) -> Result<Turn, ApiError> {
        if let Ok(place) = self.free.try_acquire() {
            place.forget();
            return Ok(Turn(Arc::clone(self)));
        }
        let Some(_waiting) = self.queue() else {
            return Err(self.refuse());
        };
        // It is never closed, so an error is no place either.
        if let Ok(Ok(place)) = timeout(PATIENCE, self.free.acquire()).await {
            place.forget();
            return Ok(Turn(Arc::clone(self)));
        }
        self.stuck.store(true, Ordering::Relaxed);
        Err(self.refuse())
    }

    /// Whether [`enter`](Self::enter) would at least wait: asked before a body is received.
    pub(crate) fn expect_room(&self) -> Result<(), ApiError> {
        let room = self.free.available_permits() > 0 || self.queue().is_some();
        if room { Ok(()) } else { Err(self.refuse()) }
    }

    /// A place in the queue, if it has one.
    fn queue(&self) -> Option<Waiting<'_>> {
        let before = self.waiting.fetch_add(1, Ordering::Relaxed);
        // Made in any case, so that it takes back the one just added.
        let waiting = Waiting(self);
        let open = before < self.places * QUEUE && !self.stuck.load(Ordering::Relaxed);
        open.then_some(waiting)
    }

    fn refuse(&self) -> ApiError {
        self.shed.fetch_add(1, Ordering::Relaxed);
        ApiError::new(
            Code::Overloaded,
            "There is more work of this kind than can be done in time. This request was not begun; \
             send it again.",
        )
        .retry_after(LATER)
    }

    /// How many answers are being made.
    pub(crate) fn in_flight(&self) -> usize {
        self.places.saturating_sub(self.free.available_permits())
    }

    /// How many requests were refused since the start.
    pub(crate) fn shed(&self) -> u64 {
        self.shed.load(Ordering::Relaxed)
    }
}

/// A place in a lane; dropping it makes room.
#[derive(Debug)]
pub(crate) struct Turn(Arc<Lane>);

impl Drop for Turn {
    fn drop(&mut self) {
        let Self(lane) = self;
        // Nearly always it is not stuck, and then nothing is written that all threads read.
        if lane.stuck.load(Ordering::Relaxed) {
            lane.stuck.store(false, Ordering::Relaxed);
        }
        lane.free.add_permits(1);
    }
}

/// Counted among those who wait.
struct Waiting<'l>(&'l Lane);

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.waiting.fetch_sub(1, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use futures_util::future::join_all;

    use super::*;
    use crate::config::Config;

    fn admission(places: usize) -> Admission {
        Admission::new(Places {
            reads: places,
            writes: places,
            sign_ins: places,
            manage: places,
        })
    }

    fn run<T>(work: impl Future<Output = T>) -> T {
        tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap()
            .block_on(work)
    }

    #[test]
    fn a_full_class_refuses_at_once_and_leaves_the_others_alone() {
        run(async {
            let admission = admission(2);
            let lane = admission.lane(Class::SignIns);
            let held = [lane.enter().await.unwrap(), lane.enter().await.unwrap()];
            assert_eq!(lane.in_flight(), 2);
            lane.expect_room().unwrap();
            // Four wait, in vain; of the rest none waits.
            let began = Instant::now();
            let refused = join_all((0..50).map(|_| async {
                let asked = Instant::now();
                let refusal = lane.enter().await.unwrap_err();
                assert_eq!(refusal.code(), Code::Overloaded);
                assert_eq!(refusal.retry_seconds(), Some(1));
                asked.elapsed()
            }))
            .await;
            let patient = refused.iter().filter(|took| **took >= PATIENCE).count();
            assert_eq!(patient, 4, "{refused:?}");
            assert!(began.elapsed() >= PATIENCE);
            // Now it is stuck, and nobody waits at all.
            assert_eq!(lane.expect_room().unwrap_err().code(), Code::Overloaded);
            let asked = Instant::now();
            for _ in 0..1_000 {
                lane.enter().await.unwrap_err();
            }
            assert!(asked.elapsed() < PATIENCE, "{:?}", asked.elapsed());
            assert_eq!(lane.shed(), 1_051);
            for class in [Class::Reads, Class::Writes, Class::Manage] {
                let other = admission.lane(class);
                let _turn = other.enter().await.unwrap();
                assert_eq!((other.in_flight(), other.shed()), (1, 0));
            }
            // One finishes, and all is well again.
            let [first, second] = held;
            drop(first);
            lane.expect_room().unwrap();
            drop(lane.enter().await.unwrap());
            drop(second);
            assert_eq!(lane.in_flight(), 0);
        });
    }

    #[test]
    fn whoever_waits_goes_on_when_another_has_finished() {
        run(async {
            let admission = admission(3);
            let lane = admission.lane(Class::Reads);
            let most = AtomicUsize::new(0);
            let work = || async {
                let _turn = lane.enter().await?;
                most.fetch_max(lane.in_flight(), Ordering::Relaxed);
                tokio::task::yield_now().await;
                Ok::<_, ApiError>(())
            };
            let done = join_all((0..9).map(|_| work())).await;
            assert!(done.iter().all(Result::is_ok), "{done:?}");
            assert_eq!(most.into_inner(), 3);
            assert_eq!((lane.in_flight(), lane.shed()), (0, 0));
        });
    }

    #[test]
    fn whoever_gives_up_waiting_leaves_no_trace() {
        run(async {
            let admission = admission(1);
            let lane = admission.lane(Class::Writes);
            let held = lane.enter().await.unwrap();
            for _ in 0..20 {
                let left = timeout(Duration::from_millis(1), lane.enter()).await;
                assert!(left.is_err(), "{left:?}");
            }
            assert_eq!(lane.waiting.load(Ordering::Relaxed), 0);
            drop(held);
            drop(lane.enter().await.unwrap());
            assert_eq!(lane.in_flight(), 0);
        });
    }

    #[test]
    fn all_lanes_together_fit_into_a_queue_of_the_store() {
        let Places {
            reads,
            writes,
            sign_ins,
            manage,
        } = Config::default().places;
        let together = reads + writes + sign_ins + manage + BULK;
        let queue = storage::Settings::default().queue;
        assert!(together <= queue, "{together} of {queue}");
    }
}
