//! The command as people run it: started, asked to stop, killed, and used beside
//! a running server.

use std::net::TcpListener;

use serde_json::{Value, json};
use tests::{
    Database, Process, TestApp, both, command, on_postgres_database, on_sqlite_database, text,
    until,
};

async fn get(process: &Process, path: &str) -> (u16, String) {
    let url = format!("http://{}{path}", process.address);
    let reply = reqwest::get(url).await.expect("an answer");
    (reply.status().as_u16(), reply.text().await.expect("a body"))
}

async fn get_json(process: &Process, path: &str) -> Value {
    let (status, body) = get(process, path).await;
    assert_eq!(status, 200, "{path}: {body}");
    serde_json::from_str(&body).expect("JSON")
}

async fn the_demo_is_a_newspaper(database: Database) {
    let metrics = TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
        .to_string();
    let settings = [
        ("BROADSHEET_METRICS_BIND", metrics.as_str()),
        ("BROADSHEET_LOG", "json"),
    ];
    let process = Process::serve(database.url(), &["--demo"], &settings);
    for word in ["/docs", "database", "Loaded the demo newspaper"] {
        assert!(
            process.announced.contains(word),
            "{word} in {}",
            process.announced
        );
    }
    let total = reads_like_a_newspaper(&process).await;
    let reply = reqwest::get(format!("http://{metrics}/metrics"))
        .await
        .expect("metrics");
    let series = reply.text().await.expect("text");
    assert!(
        series.contains("/api/v1/articles/{article}"),
        "labels are route patterns: {series}"
    );
    assert!(!series.contains("/api/v1/articles/the"), "and never paths");

    let (status, log) = process.terminate();
    assert!(status.success(), "{log}");
    let requests: Vec<Value> = log
        .lines()
        .filter(|line| line.contains("/api/v1/sections"))
        .map(|line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{line}: {error}")))
        .collect();
    assert_eq!(requests.len(), 1, "one line for each request: {log}");
    assert!(requests[0].to_string().contains("200"), "{requests:?}");

    let again = Process::serve(database.url(), &["--demo"], &[]);
    let second = get_json(&again, "/api/v1/articles?limit=100&total=true").await;
    assert_eq!(
        second["total"], total,
        "a database with content is left alone"
    );
    assert!(
        again.announced.contains("changed nothing"),
        "{}",
        again.announced
    );
}

/// Sections in three levels, articles in two languages with subheads, threads.
async fn reads_like_a_newspaper(process: &Process) -> i64 {
    let list = get_json(process, "/api/v1/articles?limit=100&total=true").await;
    let total = list["total"].as_i64().expect("a total");
    assert!(total >= 12, "{list}");
    let items = list["items"].as_array().unwrap();
    for language in ["en", "zh"] {
        let of = |item: &&Value| text(&item["language"]).starts_with(language);
        assert!(items.iter().any(|item| of(&item)), "{language}");
    }
    let tree = get_json(process, "/api/v1/sections").await.to_string();
    assert!(
        tree.matches("\"children\":[{").count() >= 2,
        "three levels of sections: {tree}"
    );
    let comments = get_json(process, "/api/v1/comments?limit=100").await;
    let mut comments = comments["items"].as_array().unwrap().iter();
    assert!(
        comments.any(|comment| comment["depth"].as_i64() > Some(1)),
        "threads"
    );
    for item in items {
        let page = get_json(
            process,
            &format!("/api/v1/articles/{}", text(&item["slug"])),
        )
        .await;
        let html = text(&page["body"]["content"]);
        assert!(
            html.matches("<p>").count() >= 3 && html.contains("<h2 id="),
            "{}",
            item["slug"]
        );
    }
    total
}

/// What the test posts under each key.
fn voice(round: usize, index: usize) -> (String, Value) {
    let body = json!({ "body": format!("voice {round} {index}"), "author_name": "Ines" });
    (format!("{round}-{index}"), body)
}

/// Posts; the comment's id, if an answer said that it is stored.
async fn post_voice(
    client: &reqwest::Client,
    url: &str,
    round: usize,
    index: usize,
) -> Option<String> {
    let (key, body) = voice(round, index);
    let request = client
        .post(url)
        .header("idempotency-key", key)
        .header("content-type", "application/json")
        .body(body.to_string());
    let reply = request.send().await.ok()?;
    let status = reply.status().as_u16();
    let body: Value = serde_json::from_str(&reply.text().await.ok()?).ok()?;
    (status == 201).then(|| text(&body["id"]))
}

/// Kills the server in the midst of posts; the ids that were acknowledged.
async fn crash(database: &Database, round: usize) -> Vec<String> {
    let client = reqwest::Client::new();
    let process = Process::serve(database.url(), &[], &[]);
    let url = format!("http://{}/api/v1/articles/ferry/comments", process.address);
    let post = |index| post_voice(&client, &url, round, index);
    let mut acknowledged = tests::join_all((0..20).map(post)).await;
    // These are on their way while the server dies; only those with an answer count.
    let killer = std::thread::spawn(move || process.kill());
    acknowledged.extend(tests::join_all((20..40).map(post)).await);
    killer.join().unwrap();
    acknowledged.into_iter().flatten().collect()
}

async fn acknowledged_comments_survive_a_crash(database: Database) {
    let seeding = TestApp::start_on(&database).await;
    seeding.section("World", None).await;
    seeding
        .article(json!({ "title": "Ferry", "section": "world" }))
        .await;
    seeding.stop();
    let mut acknowledged = Vec::new();
    for round in 0..3 {
        acknowledged.extend(crash(&database, round).await);
    }
    assert!(acknowledged.len() >= 60);
    let app = TestApp::start_on(&database).await;
    for id in &acknowledged {
        app.get(&format!("/comments/{id}")).await.expect(200);
    }
    let stored = app.count("SELECT count(*) FROM comments");
    assert_eq!(
        app.count("SELECT comments FROM article_stats"),
        stored,
        "it goes with its cause"
    );
    // A client that saw no answer tries again, and nothing is doubled.
    for (round, index) in (0..3).flat_map(|round| (0..40).map(move |index| (round, index))) {
        let (key, body) = voice(round, index);
        let call = app
            .post("/articles/ferry/comments")
            .header("idempotency-key", &key);
        call.json(&body).await.expect(201);
    }
    assert_eq!(app.count("SELECT count(*) FROM comments"), 120);
    assert_eq!(app.count("SELECT comments FROM article_stats"), 120);
}

#[test]
fn the_demo_is_a_newspaper_on_sqlite() {
    on_sqlite_database(the_demo_is_a_newspaper);
}

#[test]
fn the_demo_is_a_newspaper_on_postgres() {
    on_postgres_database(the_demo_is_a_newspaper);
}

#[test]
fn acknowledged_comments_survive_a_crash_on_sqlite() {
    on_sqlite_database(acknowledged_comments_survive_a_crash);
}

#[test]
fn acknowledged_comments_survive_a_crash_on_postgres() {
    on_postgres_database(acknowledged_comments_survive_a_crash);
}

both! {
    async fn a_key_made_beside_a_running_server_opens_it(app: TestApp) {
        let made = command(app, &["api-key", "create", "--name", "newsroom", "--role", "editor"]).await;
        assert!(made.success, "{}", made.text);
        let key = made.stdout.trim();
        assert!(key.starts_with("bsk_") && !key.contains(char::is_whitespace), "the key alone: {:?}", made.stdout);
        until("the key opens", async || app.get("/manage/articles").bearer(key).await.status == 200).await;
        let listed = command(app, &["api-key", "list"]).await;
        assert!(listed.text.contains("newsroom") && !listed.text.contains(key), "{}", listed.text);
        let twice = command(app, &["api-key", "create", "--name", "newsroom", "--role", "editor"]).await;
        assert!(!twice.success && twice.stdout.is_empty(), "{}", twice.text);
        let revoked = command(app, &["api-key", "revoke", "newsroom"]).await;
        assert!(revoked.success, "{}", revoked.text);
        until("the key is shut out", async || app.get("/manage/articles").bearer(key).await.status == 401).await;
    }

    async fn what_a_command_changes_is_served_by_a_running_server(app: TestApp) {
        let file = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/small.wxr.xml");
        let outcome = command(app, &["import", "wxr", file]).await;
        assert!(outcome.success, "{}", outcome.text);
        until("the import is served", async || {
            let reply = app.get("/articles/the-last-ferry").await;
            reply.status == 200 && reply.json()["path"] == "/world/europe/the-last-ferry"
        }).await;
    }

    async fn check_shows_what_is_in_force_without_secrets(app: TestApp) {
        let outcome = command(app, &["check"]).await;
        assert!(outcome.success, "{}", outcome.text);
        assert!(outcome.text.to_lowercase().contains("bind"), "{}", outcome.text);
        assert!(!outcome.text.contains("tests-tests"), "{}", outcome.text);
        let document = command(app, &["openapi"]).await;
        let printed: Value = serde_json::from_str(&document.stdout).expect("JSON");
        assert_eq!(printed, app.get("/openapi.json").await.json());
        for wrong in [&["serv"][..], &["import", "wxr"], &["api-key", "create", "--name", "x", "--role", "king"]] {
            let outcome = command(app, wrong).await;
            assert!(!outcome.success && outcome.stdout.is_empty(), "{wrong:?}: {}", outcome.text);
        }
    }

    async fn a_backup_is_a_whole_database(app: TestApp) {
        app.section("World", None).await;
        app.article(json!({ "title": "Ferry", "section": "world" })).await;
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("copy.db");
        let outcome = command(app, &["backup", &file.to_string_lossy()]).await;
        if app.database_url().starts_with("sqlite") {
            assert!(outcome.success, "{}", outcome.text);
            let copy = format!("sqlite://{}", file.display());
            let slugs = storage::testing::lines(&copy, "SELECT slug AS line FROM published_articles").unwrap();
            assert_eq!(slugs, ["ferry"]);
            let again = command(app, &["backup", &file.to_string_lossy()]).await;
            assert!(!again.success, "a file that exists is not overwritten: {}", again.text);
            let nowhere = format!("sqlite://{}", dir.path().join("mistyped.db").display());
            let new = dir.path().join("new.db");
            let arguments = ["backup", &new.to_string_lossy(), "--database-url", &nowhere];
            let missing = command(app, &arguments).await;
            assert!(!missing.success && missing.text.contains("There is no database"), "{}", missing.text);
            assert!(!new.exists() && !dir.path().join("mistyped.db").exists());
        } else {
            assert!(!outcome.success && outcome.text.contains("pg_dump"), "{}", outcome.text);
        }
    }

    async fn views_are_written_within_seconds(app: TestApp) {
        app.section("World", None).await;
        app.article(json!({ "title": "Ferry", "section": "world" })).await;
        app.view("ferry", 1).await;
        until("the view is stored", async || app.count("SELECT views FROM article_stats") == 1).await;
        until("the view is shown", async || app.get("/articles/ferry").await.json()["stats"]["views"] == 1).await;
    }
}
