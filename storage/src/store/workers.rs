//! Threads that take one job at a time: all readers, and the writers of PostgreSQL.

use std::sync::atomic::Ordering;

use diesel::QueryResult;
use diesel::connection::{Connection, SimpleConnection, TransactionManager};

use super::Jobs;
use super::pool::Pool;
use super::ticket::Job;
use crate::connection::AnyConnection;
use crate::dialect::{self, Session};
use crate::error::Error;

type Manager = <AnyConnection as Connection>::TransactionManager;

/// Reads until the queue is closed.
pub(super) fn read(pool: &Pool, jobs: &Jobs) {
    let ready = |_: &mut Session| Ok(());
    serve(pool, jobs, ready, |session, job| {
        job.run(&mut session.conn);
        // A job that panicked inside a transaction of its own leaves it open.
        unwind_to(&mut session.conn, 0).map_err(Error::from)
    });
}

/// Writes, each job in a transaction of its own, until the queue is closed.
pub(super) fn write(pool: &Pool, jobs: &Jobs) {
    // Where a restart of the server shows first; another connection then does.
    let begin = |session: &mut Session| dialect::begin_write(&mut session.conn);
    serve(pool, jobs, begin, |session, job| {
        let conn = &mut session.conn;
        session.seen.failed.store(false, Ordering::Relaxed);
        let keep = job.run(conn);
        unwind_to(conn, 1)?;
        if !keep {
            return Manager::rollback_transaction(conn).map_err(Error::from);
        }
        if session.seen.failed.load(Ordering::Relaxed) {
            // Fails if the transaction is spoiled, which COMMIT alone would not say.
            conn.batch_execute("SELECT 1")?;
        }
        Manager::commit_transaction(conn).map_err(Error::from)
    });
}

/// The connection comes first and the job is begun after it: while there is none, a
/// job still counts as waiting, and its owner may leave in time.
fn serve(
    pool: &Pool,
    jobs: &Jobs,
    ready: impl Fn(&mut Session) -> QueryResult<()>,
    work: impl Fn(&mut Session, &mut dyn Job) -> Result<(), Error>,
) {
    while let Some(mut job) = jobs.pop() {
        match pool.get(&ready) {
            Ok(mut pooled) => {
                if job.begin() {
                    let outcome = work(&mut pooled.session, job.as_mut());
                    if pooled.session.seen.lost.load(Ordering::Relaxed) {
                        pool.suspect_all();
                    }
                    drop(pooled);
                    job.answer(outcome);
                } else if unwind_to(&mut pooled.session.conn, 0).is_err() {
                    pool.suspect_all();
                }
            }
            Err(error) => {
                if job.begin() {
                    job.answer(Err(error));
                }
            }
        }
    }
}

/// Rolls back until `depth` transactions are open.
pub(super) fn unwind_to(conn: &mut AnyConnection, depth: u32) -> QueryResult<()> {
    loop {
        let open = Manager::transaction_manager_status_mut(conn)
            .transaction_depth()?
            .map_or(0, std::num::NonZero::get);
        if open <= depth {
            return Ok(());
        }
        Manager::rollback_transaction(conn)?;
    }
}
