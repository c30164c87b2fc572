//! A job in a queue, and its owner waiting for the answer.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};
use std::time::{Duration, Instant};

use tokio::sync::oneshot;

use crate::connection::AnyConnection;
use crate::error::Error;

/// A job as the working threads see it.
pub(crate) trait Job: Send {
    /// Called once, just before `run`. `false`: nobody waits for it any more.
    fn begin(&self) -> bool;
    /// Does the work and keeps its outcome. `true` if its changes are to stay.
    fn run(&mut self, conn: &mut AnyConnection) -> bool;
    /// Tells the owner: the kept outcome, or why it is void.
    fn answer(self: Box<Self>, committed: Result<(), Error>);
}

const WAITING: u8 = 0;
const BEGUN: u8 = 1;
const ABANDONED: u8 = 2;

/// Settles between worker and owner whether a job is begun or given up.
#[derive(Default)]
struct Turn(AtomicU8);

impl Turn {
    fn settle(&self, to: u8) -> bool {
        self.0
            .compare_exchange(WAITING, to, Ordering::AcqRel, Ordering::Acquire)
            .is_ok()
    }
}

struct Ticket<T, E, F> {
    work: Option<F>,
    outcome: Option<Result<T, E>>,
    reply: oneshot::Sender<Result<T, E>>,
    turn: Arc<Turn>,
    deadline: Option<Instant>,
}

/// The owner's half.
pub(crate) struct Waiting<T, E> {
    reply: oneshot::Receiver<Result<T, E>>,
    turn: Arc<Turn>,
    deadline: Option<Instant>,
}

/// Makes a job of `work`. `max_wait` is how long it may wait for its turn; without
/// one it waits as long as it takes.
pub(crate) fn ticket<T, E, F>(work: F, max_wait: Option<Duration>) -> (Box<dyn Job>, Waiting<T, E>)
where
    F: FnOnce(&mut AnyConnection) -> Result<T, E> + Send + 'static,
    T: Send + 'static,
    E: From<Error> + Send + 'static,
{
    let (reply, answer) = oneshot::channel();
    let turn = Arc::new(Turn::default());
    let deadline = max_wait.and_then(|wait| Instant::now().checked_add(wait));
    let job = Ticket {
        work: Some(work),
        outcome: None,
        reply,
        turn: Arc::clone(&turn),
        deadline,
    };
    (
        Box::new(job),
        Waiting {
            reply: answer,
            turn,
            deadline,
        },
    )
}

impl<T, E, F> Job for Ticket<T, E, F>
where
    F: FnOnce(&mut AnyConnection) -> Result<T, E> + Send,
    T: Send,
    E: From<Error> + Send,
{
    fn begin(&self) -> bool {
        let late = self
            .deadline
            .is_some_and(|deadline| Instant::now() >= deadline);
        !late && !self.reply.is_closed() && self.turn.settle(BEGUN)
    }

    fn run(&mut self, conn: &mut AnyConnection) -> bool {
        let Some(work) = self.work.take() else {
            return false;
        };
        let outcome = catch_unwind(AssertUnwindSafe(|| work(conn)))
            .unwrap_or_else(|_| Err(Error::Internal("a database job panicked".to_owned()).into()));
        let keep = outcome.is_ok();
        self.outcome = Some(outcome);
        keep
    }

    fn answer(self: Box<Self>, committed: Result<(), Error>) {
        let answer = match (committed, self.outcome) {
            (Err(error), _) => Err(error.into()),
            (Ok(()), Some(outcome)) => outcome,
            (Ok(()), None) => Err(Error::Overloaded.into()),
        };
        // An owner who left does not hear it; what was committed stays.
        let _ = self.reply.send(answer);
    }
}

impl<T, E: From<Error>> Waiting<T, E> {
    /// The answer; or `Overloaded` when the job's turn does not come in time. Once
    /// begun, a job is waited for: its outcome is real.
    pub(crate) async fn answer(mut self) -> Result<T, E> {
        // A job dropped before it began was late.
        let late = |_| Err(Error::Overloaded.into());
        let Some(deadline) = self.deadline else {
            return self.reply.await.unwrap_or_else(late);
        };
        match tokio::time::timeout_at(deadline.into(), &mut self.reply).await {
            Ok(answer) => answer.unwrap_or_else(late),
            Err(_) if self.turn.settle(ABANDONED) => Err(Error::Overloaded.into()),
            Err(_) => self.reply.await.unwrap_or_else(late),
        }
    }
}
