//! What the store promises on both databases: jobs are all or nothing, and a
//! panic or an error in one is nobody else's.

use domain::{Actor, SystemActor};
use storage::{Error, Settings, Store, changes};
use tests::{Database, START, on_postgres_database, on_sqlite_database};

fn open(database: &Database) -> Store {
    Store::open(Settings::new(database.url())).expect("the store opens")
}

fn actor() -> Actor {
    Actor::System(SystemActor::Command)
}

fn entry(id: i64) -> changes::Change {
    changes::Change::new("tested", changes::Entity::Tag, id)
}

fn entries(database: &Database) -> usize {
    let sql = "SELECT CAST(entity_id AS TEXT) AS line FROM changes WHERE kind = 'tested'";
    storage::testing::lines(database.url(), sql)
        .expect("the log can be read")
        .len()
}

async fn jobs_that_fail_leave_nothing_and_harm_nobody(database: Database) {
    let store = open(&database);
    let jobs = (0..60).map(|id| {
        let store = store.clone();
        async move {
            store
                .write(actor(), *START, move |tx| {
                    changes::append(tx, &entry(id))?;
                    match id % 3 {
                        0 => Err(Error::NotFound),
                        1 => panic!("a job panics"),
                        _ => Ok(()),
                    }
                })
                .await
        }
    });
    let outcomes: Vec<Result<(), Error>> = tests::join_all(jobs).await;
    assert_eq!(
        outcomes.iter().filter(|outcome| outcome.is_ok()).count(),
        20
    );
    assert_eq!(entries(&database), 20);
    store.ping().await.expect("the store lives");
    store.close();
    assert!(matches!(store.ping().await, Err(Error::Unavailable(_))));
}

async fn a_full_queue_turns_away_at_once(database: Database) {
    let store = Store::open(Settings {
        queue: 2,
        readers: 1,
        ..Settings::new(database.url())
    })
    .unwrap();
    let (open, gate) = std::sync::mpsc::channel::<()>();
    let (signal, started) = tokio::sync::oneshot::channel();
    let blocking = store.clone();
    let busy = tokio::spawn(async move {
        blocking
            .read(move |_| {
                let _ = signal.send(());
                let _ = gate.recv();
                Ok::<_, Error>(())
            })
            .await
    });
    started.await.expect("the only reader is busy");
    let waiting: Vec<_> = (0..2)
        .map(|_| {
            let store = store.clone();
            tokio::spawn(async move { store.ping().await })
        })
        .collect();
    while store.queue_depths().reads < 2 {
        tokio::task::yield_now().await;
    }
    assert!(matches!(store.ping().await, Err(Error::Overloaded)));
    for one in waiting {
        assert!(
            matches!(one.await.unwrap(), Err(Error::Overloaded)),
            "its deadline passed before it began"
        );
    }
    drop(open);
    busy.await
        .unwrap()
        .expect("what was begun is answered with its real outcome");
    // Those that were given up stand in the queue until the reader has passed them over.
    while store.ping().await.is_err() {
        tokio::task::yield_now().await;
    }
    store.close();
}

#[test]
fn failing_jobs_on_sqlite() {
    on_sqlite_database(jobs_that_fail_leave_nothing_and_harm_nobody);
}

#[test]
fn failing_jobs_on_postgres() {
    on_postgres_database(jobs_that_fail_leave_nothing_and_harm_nobody);
}

#[test]
fn a_full_queue_on_sqlite() {
    on_sqlite_database(a_full_queue_turns_away_at_once);
}

#[test]
fn a_full_queue_on_postgres() {
    on_postgres_database(a_full_queue_turns_away_at_once);
}
