//! The server dies while sixty-four clients post, again and again: what was answered is there once,
//! and whoever tries again gets the first answer.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc;

use serde_json::{Value, json};
use tests::{Database, Process, TestApp, on_postgres_database, on_sqlite_database, text};

const CLIENTS: usize = 64;
const CRASHES: usize = 20;

/// One comment that a client wanted to post.
struct Attempt {
    key: String,
    body: Value,
    /// The answer, if there was one.
    answer: Option<Value>,
}

/// What the clients of one round share.
struct Round {
    number: usize,
    http: reqwest::Client,
    url: String,
    answered: AtomicUsize,
    /// The server is killed when so many were answered.
    fatal: usize,
    kill: mpsc::Sender<()>,
}

impl Round {
    /// Posts one comment after the other, each an answer to the one before, until the server is gone.
    async fn client(&self, client: usize) -> Vec<Attempt> {
        let mut attempts = Vec::new();
        let mut parent = Value::Null;
        loop {
            let key = format!("{}-{client}-{}", self.number, attempts.len());
            let body = json!({ "body": format!("voice {key}"), "author_name": "Ines", "parent_id": parent });
            let answer = self.post(&key, &body).await;
            let id = answer.as_ref().map(|answer| answer["id"].clone());
            attempts.push(Attempt { key, body, answer });
            match id {
                Some(id) => parent = id,
                None => return attempts,
            }
            if self.answered.fetch_add(1, Ordering::Relaxed) + 1 == self.fatal {
                self.kill.send(()).expect("somebody listens");
            }
        }
    }

    async fn post(&self, key: &str, body: &Value) -> Option<Value> {
        let request = self
            .http
            .post(&self.url)
            .header("idempotency-key", key)
            .header("content-type", "application/json")
            .body(body.to_string());
        let reply = request.send().await.ok()?;
        let status = reply.status().as_u16();
        let answer = serde_json::from_str(&reply.text().await.ok()?).ok()?;
        (status == 201).then_some(answer)
    }
}

async fn crash(database: &Database, number: usize) -> Vec<Attempt> {
    let process = Process::serve(database.url(), &[], &[("BROADSHEET_RATE_LIMITS", "off")]);
    let (kill, order) = mpsc::channel();
    let round = Round {
        number,
        http: reqwest::Client::new(),
        url: format!("http://{}/api/v1/articles/ferry/comments", process.address),
        answered: AtomicUsize::new(0),
        // At another moment each time.
        fatal: 20 + number * 13 % 60,
        kill,
    };
    let killer = std::thread::spawn(move || {
        order.recv().expect("the clients post");
        process.kill();
    });
    let clients = (0..CLIENTS).map(|client| round.client(client));
    let attempts = tests::join_all(clients).await;
    killer.join().expect("it is killed");
    attempts.into_iter().flatten().collect()
}

async fn nothing_is_lost_or_doubled(database: Database) {
    let seeding = TestApp::start_on(&database).await;
    seeding.section("World", None).await;
    seeding
        .article(json!({ "title": "Ferry", "section": "world" }))
        .await;
    seeding.stop();
    let mut attempts = Vec::new();
    for number in 0..CRASHES {
        attempts.extend(crash(&database, number).await);
    }
    let answered = attempts.iter().filter(|attempt| attempt.answer.is_some());
    assert!(answered.count() >= 20 * CRASHES);
    let app = TestApp::start_on(&database).await;
    app.counters_are_right();
    for Attempt { key, body, answer } in &attempts {
        let call = app
            .post("/articles/ferry/comments")
            .header("Idempotency-Key", key);
        let again = call.json(body).await.expect(201);
        if let Some(first) = answer {
            assert_eq!(again.header("idempotency-replayed"), "true", "{key}");
            assert_eq!(again.json(), *first, "{key}");
        }
    }
    let posted = i64::try_from(attempts.len()).expect("not so many");
    assert_eq!(app.count("SELECT count(*) FROM comments"), posted);
    assert_eq!(
        app.count("SELECT count(DISTINCT body_text) FROM comments"),
        posted
    );
    assert_eq!(
        app.count("SELECT count(DISTINCT ordinal) FROM comments"),
        posted
    );
    app.counters_are_right();
    let last = attempts
        .iter()
        .rev()
        .find_map(|attempt| attempt.answer.as_ref());
    let id = text(&last.expect("some were answered")["id"]);
    app.get(&format!("/comments/{id}")).await.expect(200);
}

#[test]
fn nothing_is_lost_or_doubled_on_sqlite() {
    on_sqlite_database(nothing_is_lost_or_doubled);
}

#[test]
fn nothing_is_lost_or_doubled_on_postgres() {
    on_postgres_database(nothing_is_lost_or_doubled);
}
