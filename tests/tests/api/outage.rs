//! Without a database: 503 at once, and recovery by itself.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use api::clock::ManualClock;
use serde_json::json;
use tests::{START, TestApp, on_postgres, postgres};

/// Nothing listens there.
const NOWHERE: &str = "postgres://nobody@127.0.0.1:1/none";

/// Every data route refuses within a second, in the form of a problem.
async fn refuses_at_once(app: &TestApp) {
    for path in [
        "/articles",
        "/articles/ferry",
        "/sections",
        "/comments",
        "/tags",
    ] {
        let began = Instant::now();
        let reply = app.get(path).await;
        reply.problem(503, "unavailable");
        assert!(!reply.header("retry-after").is_empty(), "{path}");
        assert!(
            began.elapsed() < Duration::from_secs(1),
            "{path} took {:?}",
            began.elapsed()
        );
    }
    let body = json!({ "body": "hello", "author_name": "Ines" });
    let began = Instant::now();
    app.post("/articles/ferry/comments")
        .json(&body)
        .await
        .problem(503, "unavailable");
    assert!(began.elapsed() < Duration::from_secs(1));
}

#[test]
fn a_server_starts_and_answers_while_its_database_is_away() {
    tests::run(async {
        let app = TestApp::on_url(NOWHERE, Arc::new(ManualClock::at(*START))).await;
        app.root("/livez").await.expect(200);
        assert_eq!(app.root("/readyz").await.status, 503);
        app.get("/openapi.json").await.expect(200);
        app.get("/nowhere").await.problem(404, "not_found");
        let keys = app.root("/.well-known/jwks.json").await;
        keys.problem(503, "unavailable");
        refuses_at_once(&app).await;
    });
}

#[test]
fn a_server_recovers_when_its_database_is_back() {
    on_postgres(async |app: &TestApp| {
        app.section("World", None).await;
        app.article(json!({ "title": "Ferry", "section": "world" }))
            .await;
        let cluster = postgres::cluster().expect("PostgreSQL is here");
        let name = app
            .database_url()
            .rsplit('/')
            .next()
            .unwrap()
            .split('?')
            .next()
            .unwrap();
        let admin = |sql: String| storage::testing::execute(&cluster.admin_url(), &sql).unwrap();
        admin(format!("ALTER DATABASE {name} ALLOW_CONNECTIONS false"));
        admin(format!(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'"
        ));
        for _ in 0..3 {
            refuses_at_once(app).await;
        }
        admin(format!("ALTER DATABASE {name} ALLOW_CONNECTIONS true"));
        let back = async { while app.get("/articles/ferry").await.status != 200 {} };
        tokio::time::timeout(Duration::from_secs(20), back)
            .await
            .expect("it recovers by itself");
        app.get("/articles").await.expect(200);
        let body = json!({ "body": "hello", "author_name": "Ines" });
        // Writes have connections of their own, and may find theirs a moment later.
        let writes = async {
            let post = || app.post("/articles/ferry/comments").json(&body);
            while post().await.status != 201 {}
        };
        tokio::time::timeout(Duration::from_secs(20), writes)
            .await
            .expect("it takes writes again");
        let ready = async { while app.root("/readyz").await.status != 200 {} };
        tokio::time::timeout(Duration::from_secs(20), ready)
            .await
            .expect("and is ready again");
    });
}
