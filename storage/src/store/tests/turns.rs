//! Queues, batches, deadlines.

use std::sync::atomic::AtomicBool;
use std::time::Instant;

use super::*;

#[test]
fn many_writers_are_all_durable_and_visible_when_answered() {
    for database in both() {
        let store = &database.store;
        std::thread::scope(|scope| {
            for writer in 0..16_i64 {
                scope.spawn(move || {
                    for round in 0..10 {
                        let id = writer * 10 + round;
                        store
                            .write_blocking(ME, NOW, move |tx| note(tx, id))
                            .unwrap();
                        assert!(noted(store).contains(&id), "answered before it was visible");
                    }
                });
            }
        });
        assert_eq!(noted(store), (0..160).collect::<Vec<_>>());
        store.close();
    }
}

#[test]
fn what_is_queued_is_committed_together() {
    let database = sqlite();
    let (gate, held) = hold(&database.store, None);
    let waiting: Vec<_> = (0..40)
        .map(|id| {
            database
                .store
                .queue_write(ME, NOW, move |tx| note(tx, id), None)
                .unwrap()
        })
        .collect();
    assert_eq!(database.store.queue_depths().writes, 40);
    gate.open();
    blocking::wait(held.answer()).unwrap();
    for answer in waiting {
        blocking::wait(answer.answer()).unwrap();
    }
    assert_eq!(noted(&database.store).len(), 40);
    assert_eq!(database.store.queue_depths(), QueueDepths::default());
}

#[test]
fn a_full_queue_refuses() {
    let database = sqlite_with(|settings| settings.queue = 2);
    let (gate, held) = hold(&database.store, None);
    let queue = |id| {
        database
            .store
            .queue_write::<(), Error>(ME, NOW, move |tx| note(tx, id), None)
    };
    let waiting = [queue(1).unwrap(), queue(2).unwrap()];
    assert_eq!(queue(3).err(), Some(Error::Overloaded));
    gate.open();
    blocking::wait(held.answer()).unwrap();
    for answer in waiting {
        blocking::wait(answer.answer()).unwrap();
    }
    assert_eq!(noted(&database.store), [1, 2]);
}

#[tokio::test]
async fn a_job_whose_deadline_passes_in_the_queue_never_runs() {
    let database = sqlite_with(|settings| settings.max_wait = Duration::from_millis(20));
    let store = &database.store;
    let (gate, held) = hold(store, None);
    let ran = Arc::new(AtomicBool::new(false));
    let told = Arc::clone(&ran);
    let late = store
        .write(ME, NOW, move |tx| {
            told.store(true, Ordering::SeqCst);
            note(tx, 1)
        })
        .await;
    assert_eq!(late, Err(Error::Overloaded));
    // Its owner has left, but the job still lies in the queue.
    assert_eq!(store.queue_depths().writes, 1);
    gate.open();
    held.answer().await.unwrap();
    store.write_blocking(ME, NOW, |tx| note(tx, 2)).unwrap();
    assert!(!ran.load(Ordering::SeqCst));
    assert_eq!(noted(store), [2]);
}

#[tokio::test]
async fn a_begun_job_is_answered_with_its_outcome_however_late() {
    let database = sqlite_with(|settings| settings.max_wait = Duration::from_millis(300));
    let (gate, held) = hold(&database.store, Some(Duration::from_millis(300)));
    let late = database.store.write(ME, NOW, |tx| note(tx, 1)).await;
    assert_eq!(
        late,
        Err(Error::Overloaded),
        "by now the deadline of the first has passed too"
    );
    gate.open();
    assert_eq!(held.answer().await, Ok(()));
}

#[test]
fn a_job_nobody_waits_for_is_not_begun() {
    let database = sqlite();
    let (gate, held) = hold(&database.store, None);
    drop(
        database
            .store
            .queue_write(ME, NOW, |tx| note(tx, 1), None)
            .unwrap(),
    );
    gate.open();
    blocking::wait(held.answer()).unwrap();
    database
        .store
        .write_blocking(ME, NOW, |tx| note(tx, 2))
        .unwrap();
    assert_eq!(noted(&database.store), [2]);
}

#[test]
fn closing_finishes_what_is_queued_and_refuses_the_rest() {
    for database in both() {
        let store = database.store.clone();
        let (gate, held) = hold(&store, None);
        let last = store.queue_write(ME, NOW, |tx| note(tx, 1), None).unwrap();
        let closing = std::thread::spawn(move || store.close());
        gate.open();
        blocking::wait(held.answer()).unwrap();
        let answer: Result<(), Error> = blocking::wait(last.answer());
        closing.join().unwrap();
        assert_eq!(answer, Ok(()));
        let refused = database.store.ping_blocking();
        assert!(matches!(refused, Err(Error::Unavailable(_))), "{refused:?}");
    }
}

#[test]
fn a_database_that_is_away_is_said_soon_and_does_not_stop_the_start() {
    // Nothing listens on port 1.
    let store = Store::open(Settings::new("postgres://127.0.0.1:1/news")).unwrap();
    for _ in 0..3 {
        let asked = Instant::now();
        let read = store.ping_blocking();
        let write = store.write_blocking(ME, NOW, |tx| note(tx, 1));
        assert!(matches!(read, Err(Error::Unavailable(_))), "{read:?}");
        assert!(matches!(write, Err(Error::Unavailable(_))), "{write:?}");
        assert!(asked.elapsed() < Duration::from_secs(2));
    }
    assert!(matches!(store.migrate(), Err(Error::Unavailable(_))));
    store.close();
}

#[test]
fn statements_are_counted_without_transaction_control() {
    for database in both() {
        let store = &database.store;
        store.write_blocking(ME, NOW, |tx| note(tx, 1)).unwrap();
        store.read_blocking(changes::head).unwrap();
        let before = store.statements();
        store.write_blocking(ME, NOW, |tx| note(tx, 2)).unwrap();
        assert_eq!(store.statements() - before, 1, "{}", store.describe());
        store
            .write_blocking(ME, NOW, |tx| {
                note(tx, 3)?;
                tx.0.transaction(|conn| sql_query("SELECT 1").execute(conn))?;
                Err::<(), _>(Error::NotFound)
            })
            .unwrap_err();
        assert_eq!(store.statements() - before, 3, "{}", store.describe());
        store.read_blocking(changes::head).unwrap();
        assert_eq!(store.statements() - before, 4, "{}", store.describe());
    }
}
