//! Jobs that fail, panic or lose their transaction, beside jobs that do not.

use super::*;

/// Puts `bad` between two good jobs of one batch; answers what each came to.
fn between(
    store: &Store,
    bad: impl FnOnce(&mut Tx<'_>) -> Result<(), Error> + Send + 'static,
) -> [Result<(), Error>; 3] {
    let (gate, held) = hold(store, None);
    let waiting = [
        store.queue_write(ME, NOW, |tx| note(tx, 1), None).unwrap(),
        store.queue_write(ME, NOW, bad, None).unwrap(),
        store.queue_write(ME, NOW, |tx| note(tx, 3), None).unwrap(),
    ];
    gate.open();
    let _ = blocking::wait(held.answer());
    waiting.map(|waiting| blocking::wait(waiting.answer()))
}

#[test]
fn a_failing_job_is_rolled_back_alone() {
    for database in both() {
        let outcomes = between(&database.store, |tx| {
            note(tx, 2)?;
            Err(Error::NotFound)
        });
        assert_eq!(outcomes, [Ok(()), Err(Error::NotFound), Ok(())]);
        assert_eq!(noted(&database.store), [1, 3]);
    }
}

#[test]
fn a_failing_statement_is_rolled_back_with_its_job_alone() {
    for database in both() {
        let outcomes = between(&database.store, |tx| {
            note(tx, 2)?;
            tx.0.batch_execute("INSERT INTO no_such_table VALUES (1)")?;
            Ok(())
        });
        assert!(
            matches!(outcomes[1], Err(Error::Internal(_))),
            "{:?}",
            outcomes[1]
        );
        assert_eq!(noted(&database.store), [1, 3]);
    }
}

#[test]
fn a_panicking_job_is_rolled_back_alone() {
    for database in both() {
        let outcomes = between(&database.store, |tx| {
            note(tx, 2)?;
            tx.0.transaction::<(), diesel::result::Error, _>(|conn| {
                conn.batch_execute("UPDATE changes SET kind = 'bent'")?;
                conn.transaction(|_| panic!("on purpose"))
            })?;
            Ok(())
        });
        assert!(
            matches!(outcomes[1], Err(Error::Internal(_))),
            "{:?}",
            outcomes[1]
        );
        assert_eq!(noted(&database.store), [1, 3]);
        assert_eq!(
            texts(&database.store, "SELECT DISTINCT kind AS line FROM changes"),
            ["tested"]
        );
    }
}

#[test]
fn a_panicking_read_leaves_a_sound_connection() {
    for database in both() {
        for _ in 0..20 {
            let outcome = database
                .store
                .read_blocking(|conn| conn.0.transaction::<(), Error, _>(|_| panic!("on purpose")));
            assert!(matches!(outcome, Err(Error::Internal(_))), "{outcome:?}");
        }
        database.store.ping_blocking().unwrap();
    }
}

#[test]
fn a_reader_cannot_write() {
    for database in both() {
        let outcome: Result<(), Error> = database
            .store
            .read_blocking(|conn| Ok(conn.0.batch_execute("DELETE FROM changes")?));
        assert!(outcome.is_err());
    }
}

/// As SQLite does by itself when the disk is full: the transaction is gone, and no
/// job of the batch may be told that it is stored.
#[test]
fn a_lost_transaction_fails_the_whole_batch_and_nothing_else() {
    // A batch ends after 2 ms, so on a busy machine the first job may be committed
    // without the others; what counts is then seen in another round.
    let shared = (0..50).any(|_| {
        let database = sqlite();
        let [first, bad, third] = between(&database.store, |tx| {
            tx.0.batch_execute("ROLLBACK")?;
            Ok(())
        });
        assert!(matches!(bad, Err(Error::Unavailable(_))), "{bad:?}");
        // It came after the batch had ended, and is the first of the next.
        assert_eq!(third, Ok(()));
        let stored: &[i64] = if first.is_ok() { &[1, 3] } else { &[3] };
        assert_eq!(noted(&database.store), stored);
        matches!(first, Err(Error::Unavailable(_)))
    });
    assert!(shared);
}

#[test]
fn a_full_disk_is_unavailable_and_heals() {
    let database = sqlite();
    let full = database.store.write_blocking(ME, NOW, |tx| {
        note(tx, 1)?;
        tx.0.batch_execute(
            "PRAGMA max_page_count = 1; CREATE TABLE big (content BLOB); \
             INSERT INTO big VALUES (randomblob(100000000))",
        )?;
        Ok(())
    });
    assert!(matches!(full, Err(Error::Unavailable(_))), "{full:?}");
    let next = database.store.write_blocking(ME, NOW, |tx| {
        tx.0.batch_execute("PRAGMA max_page_count = 4294967294")?;
        note(tx, 2)
    });
    assert_eq!(next, Ok(()));
    assert_eq!(noted(&database.store), [2]);
}

/// PostgreSQL answers the COMMIT of a spoiled transaction with a quiet rollback.
#[test]
fn a_job_that_goes_on_after_a_failed_statement_is_not_called_stored() {
    let Some(database) = postgres(|_| {}) else {
        return;
    };
    let outcome = database.store.write_blocking(ME, NOW, |tx| {
        note(tx, 1)?;
        let _ = tx.0.batch_execute("INSERT INTO no_such_table VALUES (1)");
        Ok::<_, Error>(())
    });
    assert!(outcome.is_err());
    // A savepoint of the job's own keeps the transaction sound.
    let outcome = database.store.write_blocking(ME, NOW, |tx| {
        note(tx, 2)?;
        let _ =
            tx.0.transaction(|conn| conn.batch_execute("INSERT INTO nowhere VALUES (1)"));
        Ok::<_, Error>(())
    });
    assert_eq!(outcome, Ok(()));
    assert_eq!(noted(&database.store), [2]);
}

#[test]
fn a_lost_connection_is_replaced() {
    let Some(database) = postgres(|settings| settings.writers = 2) else {
        return;
    };
    let store = &database.store;
    store.write_blocking(ME, NOW, |tx| note(tx, 1)).unwrap();
    let killed = store.write_blocking(ME, NOW, |tx| {
        tx.0.batch_execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity \
             WHERE datname = current_database() AND pid <> pg_backend_pid(); \
             SELECT pg_terminate_backend(pg_backend_pid())",
        )?;
        Ok::<_, Error>(())
    });
    assert!(matches!(killed, Err(Error::Unavailable(_))), "{killed:?}");
    // Each dead connection is found out by at most one job.
    let healed = (0..50).any(|_| store.write_blocking(ME, NOW, |tx| note(tx, 2)).is_ok());
    assert!(healed);
}

/// A connection that is found dead before its job has begun costs that job nothing.
#[test]
fn the_first_write_after_a_restart_succeeds_and_at_most_one_read_fails() {
    let Some(database) = postgres(|settings| (settings.writers, settings.readers) = (4, 4)) else {
        return;
    };
    let store = &database.store;
    for round in 0..5 {
        // Every connection has just been used, so none would be asked for a sign of life.
        let pause = || {
            std::thread::sleep(Duration::from_millis(30));
            Ok::<_, Error>(())
        };
        std::thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(move || store.write_blocking(ME, NOW, move |_| pause()));
                scope.spawn(move || store.read_blocking(move |_| pause()));
            }
        });
        let (server, name) = database.dropped.as_ref().unwrap();
        diesel::PgConnection::establish(server)
            .unwrap()
            .batch_execute(&format!(
                "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity \
                 WHERE datname = '{name}'"
            ))
            .unwrap();
        for write in 0..8 {
            let id = round * 10 + write;
            assert_eq!(
                store.write_blocking(ME, NOW, move |tx| note(tx, id)),
                Ok(())
            );
        }
        let failed = (0..16).filter(|_| store.ping_blocking().is_err()).count();
        assert!(failed <= 1, "{failed} reads of 16 failed");
    }
    assert_eq!(noted(store).len(), 40);
}
