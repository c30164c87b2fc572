//! Running one test on one database.

use std::time::Duration;

use serde_json::Value;

use crate::{Database, TestApp, postgres};

/// No test takes this long; one that does hangs.
const DEADLINE: Duration = Duration::from_mins(3);

/// Runs a test to its end, but not for ever.
pub fn run(work: impl Future<Output = ()>) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime");
    runtime.block_on(async {
        tokio::time::timeout(DEADLINE, work)
            .await
            .expect("the test ends");
    });
}

/// Runs a test against a server on SQLite.
pub fn on_sqlite(test: impl AsyncFnOnce(&TestApp)) {
    run(async {
        let app = TestApp::start(Database::sqlite()).await;
        test(&app).await;
    });
}

/// Runs a test against a server on PostgreSQL, if there is one.
pub fn on_postgres(test: impl AsyncFnOnce(&TestApp)) {
    if postgres::cluster().is_some() {
        run(async {
            let app = TestApp::start(Database::postgres()).await;
            test(&app).await;
        });
    }
}

/// Runs a test that needs a database and no server, on SQLite.
pub fn on_sqlite_database(test: impl AsyncFnOnce(Database)) {
    run(test(Database::sqlite()));
}

/// The same on PostgreSQL, if there is one.
pub fn on_postgres_database(test: impl AsyncFnOnce(Database)) {
    if postgres::cluster().is_some() {
        run(test(Database::postgres()));
    }
}

/// Awaits all of them at once, and answers in their order.
pub async fn join_all<F: Future>(futures: impl IntoIterator<Item = F>) -> Vec<F::Output> {
    let mut pending: Vec<_> = futures.into_iter().map(Box::pin).collect();
    let mut done: Vec<Option<F::Output>> = pending.iter().map(|_| None).collect();
    std::future::poll_fn(|context| {
        let mut ready = true;
        for (future, slot) in pending.iter_mut().zip(&mut done) {
            if slot.is_none() {
                match future.as_mut().poll(context) {
                    std::task::Poll::Ready(output) => *slot = Some(output),
                    std::task::Poll::Pending => ready = false,
                }
            }
        }
        if ready {
            std::task::Poll::Ready(())
        } else {
            std::task::Poll::Pending
        }
    })
    .await;
    done.into_iter().flatten().collect()
}

/// The same value with what differs from run to run made equal: ids, cursors and
/// tokens. Times stay, as every test's clock begins at the same moment.
pub fn redacted(value: &Value) -> Value {
    const PREFIXES: [&str; 6] = ["art_", "sec_", "cmt_", "aut_", "tag_", "rev_"];
    match value {
        Value::Object(fields) => fields
            .iter()
            .map(|(name, value)| match (name.as_str(), value) {
                ("edit_token" | "next_cursor", Value::String(_)) => {
                    (name.clone(), format!("[{name}]").into())
                }
                _ => (name.clone(), redacted(value)),
            })
            .collect::<serde_json::Map<_, _>>()
            .into(),
        Value::Array(items) => items.iter().map(redacted).collect(),
        Value::String(text) => {
            match PREFIXES
                .iter()
                .find(|prefix| text.starts_with(**prefix) && text.len() == 17)
            {
                Some(prefix) => format!("{prefix}[id]").into(),
                None => value.clone(),
            }
        }
        other => other.clone(),
    }
}
