//! What lies on the disk: migrations, settings, backups, unique constraints.

use super::*;
use crate::api_keys::{self, NewApiKey};
use crate::dialect::parity::schema;
use crate::idempotency::{self, Claim, Stored};
use domain::actor::Role;
use domain::id::ApiKeyId;

/// The names of all migrations, in their order.
fn tree() -> Vec<String> {
    let tree = concat!(env!("CARGO_MANIFEST_DIR"), "/migrations/sqlite");
    let entries = std::fs::read_dir(tree).unwrap();
    let mut names: Vec<String> = entries
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort_unstable();
    names
}

#[test]
fn up_down_up_leaves_no_difference() {
    let tree = tree();
    for database in both() {
        let store = &database.store;
        let before = schema(store);
        assert!(before.len() > 30);
        let again = store.migrate().unwrap();
        assert_eq!((again.applied.len(), again.already), (0, tree.len()));
        assert_eq!(store.revert_migrations().unwrap(), tree.len());
        assert_eq!(store.pending_migrations().unwrap(), tree.len());
        assert!(
            schema(store)
                .iter()
                .all(|line| line.contains("__diesel_schema_migrations"))
        );
        let report = store.migrate().unwrap();
        assert_eq!(report.applied, tree);
        assert_eq!(schema(store), before);
    }
}

#[test]
fn processes_that_migrate_at_once_do_it_once() {
    for database in both() {
        let store = &database.store;
        store.revert_migrations().unwrap();
        let applied: usize = std::thread::scope(|scope| {
            let runs: Vec<_> = (0..4)
                .map(|_| scope.spawn(|| store.migrate().unwrap().applied.len()))
                .collect();
            runs.into_iter().map(|run| run.join().unwrap()).sum()
        });
        assert_eq!(applied, tree().len());
    }
}

#[derive(QueryableByName)]
struct Setting {
    #[diesel(sql_type = sql_types::Text)]
    value: String,
}

fn plan_cache_mode(conn: &mut AnyConnection) -> Result<String, Error> {
    let sql = "SELECT current_setting('plan_cache_mode') AS value";
    let setting: Setting = sql_query(sql).get_result(conn)?;
    Ok(setting.value)
}

/// A plan for a value that very many rows have would walk the primary key, hoping to meet a page of them
/// soon. Generic plans are the ones that the tests of plans look at.
#[test]
fn postgresql_plans_as_the_tests_of_plans_do() {
    for database in both() {
        let store = &database.store;
        if store.backend() == Backend::Postgres {
            let read = store.read_blocking(|conn| plan_cache_mode(conn.0));
            let written = store.write_blocking(ME, NOW, |tx| plan_cache_mode(tx.0));
            for found in [read, written] {
                assert_eq!(found.unwrap(), "force_generic_plan");
            }
        }
    }
}

/// Even the table that counts migrations is missing, as when several nodes start for the first time.
#[test]
fn processes_that_meet_an_empty_database_at_once_do_not_fail() {
    for database in both() {
        let store = &database.store;
        for _ in 0..8 {
            store.revert_migrations().unwrap();
            let drop = "DROP TABLE __diesel_schema_migrations";
            let emptied =
                store.write_blocking(ME, NOW, move |tx| Ok::<_, Error>(tx.0.batch_execute(drop)?));
            emptied.unwrap();
            let together = std::sync::Barrier::new(6);
            std::thread::scope(|scope| {
                for _ in 0..6 {
                    scope.spawn(|| {
                        together.wait();
                        store.migrate().unwrap();
                    });
                }
            });
        }
    }
}

#[test]
fn a_database_of_a_newer_program_is_refused() {
    for database in both() {
        database
            .store
            .write_blocking(ME, NOW, |tx| {
                Ok::<_, Error>(tx.0.batch_execute(
                    "INSERT INTO __diesel_schema_migrations (version) VALUES ('29991231000000')",
                )?)
            })
            .unwrap();
        for refused in [
            database.store.migrate().map(|_| ()),
            database.store.pending_migrations().map(|_| ()),
        ] {
            let Err(Error::Migrations(text)) = refused else {
                panic!("{refused:?}")
            };
            assert!(text.contains("newer broadsheet"), "{text}");
        }
    }
}

#[test]
fn sqlite_is_opened_as_intended() {
    let database = sqlite();
    let pragma =
        |name: &'static str| -> String { texts(&database.store, name).into_iter().next().unwrap() };
    let version = pragma("SELECT sqlite_version() AS line");
    let numbers: Vec<u32> = version
        .split('.')
        .map(|part| part.parse().unwrap())
        .collect();
    assert!(numbers >= vec![3, 51, 3], "{version} has the WAL-reset bug");
    for (name, value) in [
        (
            "SELECT journal_mode AS line FROM pragma_journal_mode",
            "wal",
        ),
        (
            "SELECT CAST(foreign_keys AS TEXT) AS line FROM pragma_foreign_keys",
            "1",
        ),
        (
            "SELECT CAST(timeout AS TEXT) AS line FROM pragma_busy_timeout",
            "5000",
        ),
        (
            "SELECT CAST(trusted_schema AS TEXT) AS line FROM pragma_trusted_schema",
            "0",
        ),
    ] {
        assert_eq!(pragma(name), value, "{name}");
    }
    let synchronous = database.store.write_blocking(ME, NOW, |tx| {
        let line: i32 = diesel::select(diesel::dsl::sql::<sql_types::Integer>(
            "(SELECT synchronous FROM pragma_synchronous)",
        ))
        .get_result(tx.0)?;
        Ok::<_, Error>(line)
    });
    assert_eq!(synchronous, Ok(2), "FULL");
}

#[test]
fn every_unique_constraint_is_translated() {
    let database = sqlite();
    let columns = texts(
        &database.store,
        "SELECT group_concat(m.name || '.' || c.name, ', ') AS line \
         FROM sqlite_master m, pragma_index_list(m.name) i, pragma_index_info(i.name) c \
         WHERE m.type = 'table' AND i.\"unique\" = 1 AND m.name NOT LIKE '\\_\\_%' ESCAPE '\\' \
         AND m.name NOT LIKE '%_search_%' AND m.name NOT LIKE '%_heads_%' GROUP BY i.name",
    );
    assert!(columns.len() > 10);
    for columns in columns {
        assert!(
            crate::dialect::errors::is_known_unique(&columns),
            "{columns}"
        );
    }
    let Some(database) = postgres(|_| {}) else {
        return;
    };
    for name in texts(
        &database.store,
        "SELECT conname::text AS line FROM pg_constraint WHERE contype IN ('p', 'u') \
         AND connamespace = 'public'::regnamespace AND conname NOT LIKE '\\_\\_%'",
    ) {
        assert!(crate::dialect::errors::is_known_unique(&name), "{name}");
    }
}

/// Errors that have no code of Diesel's are told by their words.
#[test]
fn postgres_speaks_english_where_it_may() {
    let Some(database) = postgres(|_| {}) else {
        return;
    };
    let language = "SELECT current_setting('lc_messages') AS line \
                    WHERE current_setting('is_superuser') = 'on'";
    let spoken = texts(&database.store, language);
    assert!(spoken.is_empty() || spoken == ["C"], "{spoken:?}");
}

fn key(id: i64, name: &str) -> NewApiKey {
    NewApiKey {
        id: ApiKeyId::from_raw(id),
        name: name.to_owned(),
        role: Role::Editor,
        scopes: None,
        sections: Vec::new(),
        requests_per_minute: None,
        hash: format!("hash of {name} {id}"),
        hint: "bsk_ab".to_owned(),
        expires_at: None,
    }
}

#[test]
fn api_keys_are_kept_unique_and_revoked() {
    for database in both() {
        let store = &database.store;
        let create =
            |key: NewApiKey| store.write_blocking(ME, NOW, move |tx| api_keys::create(tx, &key));
        create(key(1, "desk")).unwrap();
        assert_eq!(
            create(key(2, "desk")),
            Err(Error::Conflict { field: "name" })
        );
        assert_eq!(create(key(1, "wire")), Err(Error::IdTaken));
        let second = create(key(2, "wire")).unwrap();
        let revoke =
            |name: String| store.write_blocking(ME, NOW, move |tx| api_keys::revoke(tx, &name));
        assert!(!revoke("desk".to_owned()).unwrap().is_valid(NOW));
        assert!(!revoke(second.id.to_string()).unwrap().is_valid(NOW));
        assert_eq!(revoke("nobody".to_owned()), Err(Error::NotFound));
        store
            .write_blocking(ME, NOW, |tx| {
                api_keys::touch(tx, ApiKeyId::from_raw(1), NOW)
            })
            .unwrap();
        let keys = store.read_blocking(api_keys::list).unwrap();
        assert_eq!(keys.len(), 2);
        assert!(keys.iter().all(|key| key.revoked_at == Some(NOW)));
        let log = store
            .read_blocking(|conn| changes::since(conn, &[Entity::ApiKey], 0, 100))
            .unwrap();
        let kinds: Vec<_> = log.iter().map(|row| row.kind.as_str()).collect();
        assert_eq!(kinds, ["created", "created", "revoked", "revoked"]);
        let head = store.read_blocking(changes::head).unwrap();
        assert_eq!(head, log.last().unwrap().seq);
        let recent = store
            .read_blocking(|conn| changes::recent(conn, NOW, 100))
            .unwrap();
        assert_eq!(recent, log);
    }
}

#[test]
fn an_answer_is_replayed_for_a_day() {
    let answer = Stored {
        status: 201,
        location: Some("/somewhere".to_owned()),
        etag: None,
        body: "{}".to_owned(),
    };
    for database in both() {
        let store = &database.store;
        let claim = |at: Timestamp, body: &'static str| {
            let answer = answer.clone();
            store.write_blocking(ME, at, move |tx| {
                let claim = idempotency::claim(tx, "key", body)?;
                if claim == Claim::New {
                    idempotency::finish(tx, "key", &answer)?;
                }
                Ok::<_, Error>(claim)
            })
        };
        // A request that fails leaves nothing behind.
        store
            .write_blocking(ME, NOW, |tx| {
                idempotency::claim(tx, "key", "refused")?;
                Err::<(), _>(Error::NotFound)
            })
            .unwrap_err();
        assert_eq!(claim(NOW, "one"), Ok(Claim::New));
        assert_eq!(claim(NOW, "one"), Ok(Claim::Replay(answer.clone())));
        assert_eq!(claim(NOW, "two"), Ok(Claim::Mismatch));
        let tomorrow = NOW.plus_seconds(idempotency::KEPT_SECONDS + 1);
        assert_eq!(claim(tomorrow, "two"), Ok(Claim::New));
        assert_eq!(claim(tomorrow, "two"), Ok(Claim::Replay(answer.clone())));
        let sweep = |before: Timestamp| {
            store
                .write_blocking(ME, NOW, move |tx| idempotency::sweep(tx, before))
                .unwrap()
        };
        assert_eq!(sweep(tomorrow), 0);
        assert_eq!(sweep(tomorrow.plus_millis(1)), 1);
        let unclaimed = store.write_blocking(ME, NOW, |tx| {
            idempotency::finish(
                tx,
                "key",
                &Stored {
                    status: 200,
                    location: None,
                    etag: None,
                    body: String::new(),
                },
            )
        });
        assert!(matches!(unclaimed, Err(Error::Internal(_))));
    }
}

#[test]
fn parallel_requests_with_one_key_have_one_effect() {
    for database in both() {
        let store = &database.store;
        let fresh: usize = std::thread::scope(|scope| {
            let runs: Vec<_> = (0..8)
                .map(|_| {
                    scope.spawn(move || {
                        store
                            .write_blocking(ME, NOW, |tx| {
                                let claim = idempotency::claim(tx, "key", "body")?;
                                if claim != Claim::New {
                                    return Ok::<_, Error>(0);
                                }
                                note(tx, 7)?;
                                let body = "{}".to_owned();
                                let answer = Stored {
                                    status: 201,
                                    location: None,
                                    etag: None,
                                    body,
                                };
                                idempotency::finish(tx, "key", &answer)?;
                                Ok(1)
                            })
                            .unwrap()
                    })
                })
                .collect();
            runs.into_iter().map(|run| run.join().unwrap()).sum()
        });
        assert_eq!(fresh, 1);
        assert_eq!(noted(store), [7]);
    }
}

#[test]
fn a_backup_is_whole_and_overwrites_nothing() {
    let database = sqlite();
    database
        .store
        .write_blocking(ME, NOW, |tx| note(tx, 5))
        .unwrap();
    let to = database.directory.path().join("copy.db");
    let report = database.store.backup(&to).unwrap();
    assert_eq!(report.bytes, std::fs::metadata(&to).unwrap().len());
    assert!(matches!(
        database.store.backup(&to),
        Err(Error::Unsupported(_))
    ));
    let elsewhere = database.directory.path().join("missing/copy.db");
    assert!(matches!(
        database.store.backup(&elsewhere),
        Err(Error::Unavailable(_))
    ));
    let left: Vec<_> = std::fs::read_dir(database.directory.path())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| name.contains("part"))
        .collect();
    assert!(left.is_empty(), "{left:?}");
    let copy = Store::open(Settings::new(format!("sqlite://{}", to.display()))).unwrap();
    assert_eq!(copy.pending_migrations(), Ok(0));
    assert_eq!(noted(&copy), [5]);
    if let Some(database) = postgres(|_| {}) {
        let refused = database
            .store
            .backup(&database.directory.path().join("copy.sql"));
        assert!(matches!(refused, Err(Error::Unsupported(_))), "{refused:?}");
    }
}

#[test]
fn a_file_that_is_no_database_is_refused_with_advice() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("notes.txt");
    std::fs::write(
        &path,
        "not a database, but long enough to be looked at".repeat(100),
    )
    .unwrap();
    let refused = Store::open(Settings::new(format!("sqlite://{}", path.display())));
    let Err(Error::Unsupported(text)) = refused.map(|_| ()) else {
        panic!("opened")
    };
    assert!(text.contains("not a SQLite database"), "{text}");
}

#[test]
fn the_log_is_emptied_though_somebody_always_reads() {
    let database = sqlite_with(|settings| settings.readers = 6);
    let store = &database.store;
    let log = database.directory.path().join("news.db-wal");
    let size = || std::fs::metadata(&log).unwrap().len();
    let done = std::sync::atomic::AtomicBool::new(false);
    // Some milliseconds inside one snapshot.
    let read = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20000) \
                SELECT COUNT(*) FROM n, (SELECT MAX(seq) FROM changes)";
    let write = |id| {
        let change = Change {
            data: Some("x".repeat(100_000)),
            ..Change::new("tested", Entity::Tag, id)
        };
        store
            .write_blocking(ME, NOW, move |tx| changes::append(tx, &change))
            .unwrap();
    };
    let emptied = std::thread::scope(|scope| {
        for _ in 0..12 {
            let (done, read) = (&done, &read);
            scope.spawn(move || {
                while !done.load(Ordering::Relaxed) {
                    let read = (*read).to_owned();
                    let job =
                        move |conn: &mut Conn<'_>| Ok::<_, Error>(conn.0.batch_execute(&read)?);
                    store.read_blocking(job).unwrap();
                }
            });
        }
        let mut before = 0;
        let emptied = (0..4000).any(|id| {
            write(id);
            let shrunk = size() < before;
            before = size();
            shrunk
        });
        done.store(true, Ordering::Relaxed);
        emptied
    });
    assert!(emptied, "{} bytes", size());
}
