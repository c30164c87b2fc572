//! What a piece of work executes, and how a database would go about it.

use std::cell::RefCell;
use std::collections::HashSet;
use std::sync::{Arc, Mutex};

use diesel::connection::{Connection, InstrumentationEvent, SimpleConnection};
use diesel::{QueryableByName, RunQueryDsl, sql_query, sql_types::Text};

use crate::Conn;
use crate::connection::AnyConnection;

#[derive(QueryableByName)]
struct SqlitePlan {
    #[diesel(sql_type = Text)]
    detail: String,
}

#[derive(QueryableByName)]
struct PostgresPlan {
    #[diesel(sql_type = Text)]
    #[diesel(column_name = "QUERY PLAN")]
    line: String,
}

thread_local! {
    /// The statements that this thread's connection keeps prepared.
    static CACHED: RefCell<HashSet<String>> = RefCell::default();
}

/// The SQL texts of what `work` executes; what the connection's cache takes in goes to [`CACHED`].
pub(super) fn statements(conn: &mut Conn<'_>, work: impl FnOnce(&mut Conn<'_>)) -> Vec<String> {
    let seen = Arc::new(Mutex::new((Vec::new(), Vec::new())));
    let sink = Arc::clone(&seen);
    conn.0
        .set_instrumentation(move |event: InstrumentationEvent<'_>| match event {
            InstrumentationEvent::StartQuery { query, .. } => {
                let text = query.to_string();
                let sql = text.split(" -- binds").next().unwrap_or_default();
                sink.lock().unwrap().0.push(sql.trim().to_owned());
            }
            InstrumentationEvent::CacheQuery { sql, .. } => {
                sink.lock().unwrap().1.push(sql.trim().to_owned());
            }
            _ => {}
        });
    work(conn);
    conn.0.set_instrumentation(|_: InstrumentationEvent<'_>| {});
    let mut seen = seen.lock().unwrap();
    CACHED.with_borrow_mut(|cached| cached.extend(seen.1.drain(..)));
    seen.0.clone()
}

/// The plan of a statement, one line per step.
pub(super) fn explain(conn: &mut AnyConnection, sql: &str) -> Vec<String> {
    match conn {
        AnyConnection::Sqlite(conn) => sql_query(format!("EXPLAIN QUERY PLAN {sql}"))
            .load::<SqlitePlan>(conn)
            .unwrap()
            .into_iter()
            .map(|step| step.detail)
            .collect(),
        AnyConnection::Postgres(conn) => {
            let values = (1..=500)
                .take_while(|n| sql.contains(&format!("${n}")))
                .count();
            let nulls = if values == 0 {
                String::new()
            } else {
                format!("({})", vec!["NULL"; values].join(", "))
            };
            conn.batch_execute("SET plan_cache_mode = force_generic_plan")
                .unwrap();
            conn.batch_execute(&format!("PREPARE explained AS {sql}"))
                .unwrap();
            let plan = sql_query(format!("EXPLAIN EXECUTE explained{nulls}"))
                .load::<PostgresPlan>(conn)
                .unwrap();
            conn.batch_execute("DEALLOCATE explained").unwrap();
            plan.into_iter().map(|step| step.line).collect()
        }
    }
}

/// Steps that read more than they answer. What a subquery has cut down to a page, or to one row,
/// may be walked.
pub(super) fn wasteful(step: &str, sql: &str) -> bool {
    let in_hand = match step {
        "SCAN page" | "SCAN r" | "SCAN one" => true,
        "SCAN c" => sql.contains("FROM page c") || sql.contains("LIMIT 3) c"),
        // What a recursion has found in its last step.
        "SCAN up" => sql.contains("WITH RECURSIVE up "),
        "SCAN a" => sql.contains("LIMIT 1) a"),
        "SCAN b" => sql.contains("LIMIT 1) b"),
        _ => false,
    };
    !in_hand
        && !step.contains("CTE Scan")
        && (step.starts_with("SCAN ")
            || step.contains("Seq Scan")
            || step.contains("TEMP B-TREE")
            || step.contains("AUTOMATIC")
            || step.contains("Sort  (")
            || step.contains("Hash"))
}

/// Whether the connection keeps a statement prepared.
pub(super) fn is_kept(sql: &str) -> bool {
    CACHED.with_borrow(|cached| cached.contains(sql))
}
