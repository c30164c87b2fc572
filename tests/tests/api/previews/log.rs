//! What a server by itself says of the previews that it shows.

use std::net::TcpListener;

use serde_json::{Value, json};
use tests::{
    Database, Process, TestApp, key_of, leaks, on_postgres_database, on_sqlite_database, text,
};

/// A server by itself, whose log is read.
async fn no_token_gets_into_a_log(database: Database) {
    let seeding = TestApp::start_on(&database).await;
    seeding.section("World", None).await;
    seeding
        .draft(json!({ "title": "Ferry", "section": "world" }))
        .await;
    seeding.stop();
    let metrics = TcpListener::bind("127.0.0.1:0").unwrap();
    let metrics_at = metrics.local_addr().unwrap().to_string();
    drop(metrics);
    let settings = [
        ("BROADSHEET_METRICS_BIND", metrics_at.as_str()),
        ("BROADSHEET_LOG", "json"),
        ("RUST_LOG", "debug"),
    ];
    let process = Process::serve(database.url(), &[], &settings);
    let client = reqwest::Client::new();
    let base = format!("http://{}/api/v1", process.address);
    let made = client
        .post(format!("{base}/manage/articles/ferry/preview-links"))
        .bearer_auth(key_of("editor"));
    let link = made.send().await.unwrap().text().await.unwrap();
    let link: Value = serde_json::from_str(&link).expect("JSON");
    let url = text(&link["url"]);
    assert!(url.starts_with(&format!("{base}/previews/bsp_")), "{url}");
    let escaped = url.replace("bsp_", "%62sp_");
    for (target, status) in [
        (url.clone(), 200),
        (escaped, 200),
        (format!("{url}."), 404),
        (format!("{url}/"), 404),
        (format!("{url}?x=1"), 400),
        (url.replace("/previews/", "//previews/"), 404),
    ] {
        let reply = client.get(&target).send().await.unwrap();
        assert_eq!(reply.status().as_u16(), status, "{target}");
    }
    let reply = client.get(format!("http://{metrics_at}/metrics"));
    let series = reply.send().await.unwrap().text().await.unwrap();
    assert!(series.contains("/api/v1/previews/{token}"), "{series}");
    leaks::assert_none("metrics", series.as_bytes());
    let (_, log) = process.terminate();
    let token = url.rsplit_once("bsp_").expect("a token").1;
    assert!(!log.contains(token) && !series.contains(token), "{log}");
    assert_eq!(log.matches("/api/v1/previews/{token}").count(), 4, "{log}");
    assert!(log.contains("previews/bsp_…"), "{log}");
    assert!(log.contains("preview_link_made"), "{log}");
}

#[test]
fn no_token_gets_into_a_log_on_sqlite() {
    on_sqlite_database(no_token_gets_into_a_log);
}

#[test]
fn no_token_gets_into_a_log_on_postgres() {
    on_postgres_database(no_token_gets_into_a_log);
}
