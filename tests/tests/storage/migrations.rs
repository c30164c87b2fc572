//! Up, down, up again: nothing is left over and nothing is missing.

use storage::{Settings, Store};
use tests::{Database, postgres};

use crate::schema::{columns, indexes, references};

/// Everything that exists in the database.
fn dump(url: &str) -> Vec<String> {
    let mut all: Vec<String> = columns(url).into_iter().collect();
    all.extend(indexes(url));
    all.extend(references(url));
    all
}

fn round_trip(database: &Database) {
    let store = Store::open(Settings::new(database.url())).expect("the store opens");
    let before = dump(database.url());
    assert!(before.len() > 100);
    assert_eq!(store.pending_migrations().unwrap(), 0);
    store.revert_migrations().expect("down");
    assert_eq!(
        dump(database.url()),
        Vec::<String>::new(),
        "down leaves nothing"
    );
    assert!(store.pending_migrations().unwrap() > 0);
    let report = store.migrate().expect("up again");
    assert!(!report.applied.is_empty());
    assert_eq!(
        dump(database.url()),
        before,
        "up after down is the same as up"
    );
    let again = store.migrate().expect("a second time");
    assert!(
        again.applied.is_empty(),
        "a migrated database is left alone"
    );
    store.close();
}

/// Several processes may start at once on one database.
fn race(database: &Database) {
    let url = database.url().to_owned();
    Store::open(Settings::new(&url))
        .unwrap()
        .revert_migrations()
        .unwrap();
    let threads: Vec<_> = (0..4)
        .map(|_| {
            let url = url.clone();
            std::thread::spawn(move || {
                Store::open(Settings::new(url))
                    .unwrap()
                    .migrate()
                    .unwrap()
                    .applied
                    .len()
            })
        })
        .collect();
    let applied: Vec<usize> = threads
        .into_iter()
        .map(|thread| thread.join().unwrap())
        .collect();
    assert_eq!(
        applied.iter().filter(|count| **count > 0).count(),
        1,
        "{applied:?}"
    );
}

#[test]
fn sqlite_goes_up_down_and_up() {
    round_trip(&Database::sqlite());
}

#[test]
fn postgres_goes_up_down_and_up() {
    if postgres::cluster().is_some() {
        round_trip(&Database::postgres());
    }
}

#[test]
fn of_four_that_migrate_sqlite_one_does() {
    race(&Database::sqlite());
}

#[test]
fn of_four_that_migrate_postgres_one_does() {
    if postgres::cluster().is_some() {
        race(&Database::postgres());
    }
}
