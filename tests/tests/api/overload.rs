//! More work of one kind than can be done: it is refused at once, and the rest goes on.

use std::{
    sync::mpsc,
    thread::JoinHandle,
    time::{Duration, Instant},
};

use api::config::Config;
use domain::{Actor, SystemActor, id::TagId, slug::Slug};
use serde_json::{Value, json};
use storage::{Error, tags};
use tests::{Database, TestApp, both, join_all, key_of, postgres, raw};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

const PATIENCE: Duration = Duration::from_secs(20);

/// Of each class so many are worked on, and twice as many wait.
fn places(config: &mut Config, number: usize) {
    config.places.reads = number;
    config.places.writes = number;
    config.places.sign_ins = number;
    config.places.manage = number;
}

async fn narrow(app: &TestApp, number: usize) -> TestApp {
    let database = if app.database_url().starts_with("sqlite") {
        Database::sqlite()
    } else {
        assert!(postgres::cluster().is_some());
        Database::postgres()
    };
    TestApp::start_with(database, move |config| places(config, number)).await
}

/// Somebody else's transaction that takes the slug `shipping` and does not end. Whoever wants it
/// too waits for them.
struct Blocker {
    release: mpsc::Sender<()>,
    thread: JoinHandle<()>,
}

impl Blocker {
    fn start(app: &TestApp) -> Self {
        let (begun, wait) = mpsc::channel();
        let (release, released) = mpsc::channel::<()>();
        let (store, now) = (app.store(), app.now());
        let tag = domain::tag::Tag {
            id: TagId::from_raw(1),
            slug: Slug::parse("shipping").expect("a slug"),
            name: "Shipping".to_owned(),
            description: None,
            version: 1,
            created_at: now,
            updated_at: now,
        };
        let thread = std::thread::spawn(move || {
            let actor = Actor::System(SystemActor::Command);
            let ended: Result<(), Error> = store.write_blocking(actor, now, move |tx| {
                tags::insert(tx, &tag)?;
                begun.send(()).expect("the test waits");
                // Also when the test has failed and is gone.
                let _ = released.recv();
                Err(Error::NotFound)
            });
            assert_eq!(ended, Err(Error::NotFound));
            store.close();
        });
        wait.recv_timeout(PATIENCE).expect("the transaction begins");
        Self { release, thread }
    }

    fn end(self) {
        self.release.send(()).expect("it waits");
        self.thread.join().expect("it ended");
    }
}

fn shipping() -> Value {
    json!({ "name": "Shipping", "slug": "shipping" })
}

/// The head of a change under manage whose body is announced, and the server's leave to send it.
async fn announce(app: &TestApp, body: &str) -> TcpStream {
    let head = format!(
        "POST /api/v1/manage/tags HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {}\r\n\
         Content-Type: application/json\r\nContent-Length: {}\r\nConnection: close\r\n\
         Expect: 100-continue\r\n\r\n",
        key_of("editor"),
        body.len(),
    );
    let mut stream = TcpStream::connect(app.address())
        .await
        .expect("the server listens");
    stream.write_all(head.as_bytes()).await.expect("it reads");
    let mut first = [0; 25];
    stream.read_exact(&mut first).await.expect("it answers");
    assert_eq!(&first, b"HTTP/1.1 100 Continue\r\n\r\n");
    stream
}

both! {
    async fn a_class_that_is_full_refuses_at_once_while_others_go_on(app: TestApp) {
        let app = narrow(app, 2).await;
        app.section("World", None).await;
        app.article(json!({ "title": "Ferry", "section": "world" })).await;
        let blocker = Blocker::start(&app);
        let want = || async {
            let asked = Instant::now();
            let reply = app.post("/manage/tags").as_role("editor").json(&shipping()).await;
            (reply, asked.elapsed())
        };
        let others = async {
            // The two that came first wait for the database, four have waited in vain.
            let full = loop {
                let reply = app.get("/manage/articles").as_role("editor").await;
                if reply.status != 200 {
                    break reply;
                }
            };
            full.problem(503, "overloaded");
            assert_eq!(full.header("retry-after"), "1");
            // Before the body: nothing of it was sent.
            let mut stream = announce(&app, &shipping().to_string()).await;
            let reply = raw::read_to_close(&mut stream, PATIENCE).await;
            assert!(reply.status == 503 && reply.text.contains("overloaded"), "{}", reply.text);
            for _ in 0..20 {
                app.get("/articles/ferry").await.expect(200);
                app.post("/articles/ferry/views").await.expect(202);
                app.root("/livez").await.expect(200);
            }
            blocker.end();
        };
        let (replies, ()) = tokio::join!(join_all((0..30).map(|_| want())), others);
        let refused: Vec<_> = replies.iter().filter(|(reply, _)| {
            reply.status == 503 && reply.json()["code"] == "overloaded"
        }).collect();
        assert!(refused.len() >= 24, "{}", refused.len());
        assert!(refused.iter().all(|(reply, _)| reply.header("retry-after") == "1"));
        let at_once = refused.iter().filter(|(_, took)| *took < Duration::from_secs(2)).count();
        assert!(at_once >= 24, "{at_once}");
        for (reply, _) in &replies {
            assert!([201, 409, 503].contains(&reply.status), "{}", reply.text());
        }
        // And all is well again.
        for number in 0..6 {
            let body = json!({ "name": format!("Harbour {number}") });
            app.post("/manage/tags").as_role("editor").json(&body).await.expect(201);
        }
    }

    async fn a_body_that_does_not_come_holds_no_place(app: TestApp) {
        let app = narrow(app, 1).await;
        let mut waiting = Vec::new();
        for number in 0..12 {
            let body = json!({ "name": format!("Slow {number}") }).to_string();
            waiting.push((announce(&app, &body).await, body));
        }
        for number in 0..5 {
            let body = json!({ "name": format!("Quick {number}") });
            app.post("/manage/tags").as_role("editor").json(&body).await.expect(201);
            app.get("/manage/tags").as_role("editor").await.expect(200);
        }
        for (mut stream, body) in waiting {
            stream.write_all(body.as_bytes()).await.expect("it still reads");
            let reply = raw::read_to_close(&mut stream, PATIENCE).await;
            assert_eq!(reply.status, 201, "{}", reply.text);
        }
    }

    async fn what_is_refused_or_broken_leaves_its_place(app: TestApp) {
        let app = narrow(app, 1).await;
        for _ in 0..10 {
            let call = || app.post("/manage/tags").as_role("editor");
            call().bytes("application/json", "{").await.problem(400, "malformed_json");
            call().bytes("text/plain", "{}").await.problem(415, "unsupported_media_type");
            call().json(&json!({ "nome": "x" })).await.problem(422, "unknown_field");
            app.get("/manage/articles/none").as_role("editor").await.problem(404, "not_found");
            app.get("/articles?limit=0").await.problem(400, "invalid_parameter");
            // Whoever hangs up half-way leaves it too.
            drop(announce(&app, &shipping().to_string()).await);
        }
        app.post("/manage/tags").as_role("editor").json(&shipping()).await.expect(201);
    }
}
