//! The keys that tokens are signed with: shown, rotated, revoked.

use std::{
    sync::atomic::{AtomicBool, AtomicUsize, Ordering},
    time::Duration,
};

use api::auth;
use domain::{Role, Timestamp};
use serde_json::Value;
use tests::{Database, Member, Process, TestApp, both, command, join_all, members};

use super::forge::{Forge, with};
use super::is_refused;

const JWKS: &str = "/.well-known/jwks.json";

async fn kids(app: &TestApp) -> Vec<String> {
    let set = app.root(JWKS).unchecked().await.expect(200).json();
    let keys = set["keys"].as_array().unwrap();
    keys.iter().map(|key| tests::text(&key["kid"])).collect()
}

/// Asks until the node lists so many keys.
async fn lists(app: &TestApp, number: usize) {
    let listed = async { while kids(app).await.len() != number {} };
    tokio::time::timeout(Duration::from_secs(5), listed)
        .await
        .expect("the keys are met within five seconds");
}

fn kid_of(token: &str) -> String {
    let head = token.split('.').next().unwrap();
    let head = data_encoding::BASE64URL_NOPAD
        .decode(head.as_bytes())
        .unwrap();
    let head: Value = serde_json::from_slice(&head).unwrap();
    tests::text(&head["kid"])
}

both! {
    async fn the_set_of_keys_is_public_and_holds_nothing_private(app: TestApp) {
        let reply = app.root(JWKS).unchecked().header("origin", "https://anywhere.example").await.expect(200);
        assert_eq!(reply.header("content-type"), "application/jwk-set+json");
        assert_eq!(reply.header("cache-control"), "max-age=60");
        assert_eq!(reply.header("access-control-allow-origin"), "*");
        let set = reply.json();
        let key = set["keys"][0].as_object().unwrap();
        let names: Vec<&str> = key.keys().map(String::as_str).collect();
        assert_eq!(names, ["alg", "crv", "kid", "kty", "use", "x"]);
        assert_eq!(kid_of(&app.member("reader").token), tests::text(&key["kid"]));
        app.root(&format!("{JWKS}?x=1")).await.problem(400, "unknown_parameter");
        app.call(reqwest::Method::POST, JWKS).await.problem(405, "method_not_allowed");
    }

    async fn a_rotation_fails_no_request_on_any_node(app: TestApp) {
        let other = app.beside(|_| {}).await;
        let (store, editor) = (app.store(), app.member("editor"));
        let old = kid_of(&editor.token);
        let (over, asked) = (AtomicBool::new(false), AtomicUsize::new(0));
        let ask = async |node: &TestApp| {
            while !over.load(Ordering::Relaxed) {
                // One that is remembered, and one that is new each time.
                let fresh = members::token(&store, &editor.user, editor.session, node.now());
                node.get("/manage/articles").bearer(&editor.token).await.expect(200);
                node.get("/sections").bearer(&fresh).await.expect(200);
                asked.fetch_add(2, Ordering::Relaxed);
            }
        };
        let rotate = async {
            let key = auth::rotate(&store, &members::secret(), app.now()).unwrap();
            let mint = || members::token(&store, &editor.user, editor.session, app.now());
            assert_eq!(kid_of(&mint()), old, "the new key waits");
            lists(app, 2).await;
            lists(&other, 2).await;
            app.advance(auth::ROTATION_LEAD_SECONDS);
            assert_eq!(kid_of(&mint()), key.kid);
            let before = asked.load(Ordering::Relaxed);
            while asked.load(Ordering::Relaxed) < before + 40 {
                tokio::task::yield_now().await;
            }
            over.store(true, Ordering::Relaxed);
        };
        tokio::join!(ask(app), ask(&other), rotate);
        assert!(asked.load(Ordering::Relaxed) >= 40);
        // The old key goes when the last token it signed has run out.
        app.advance(899);
        assert_eq!(kids(&other).await.len(), 2);
        app.advance(1);
        assert!(!kids(&other).await.contains(&old));
    }

    async fn a_key_of_a_moment_ago_is_met_at_once_by_every_node(app: TestApp) {
        let other = app.beside(|config| config.follow_every = Duration::from_hours(1)).await;
        let (store, editor) = (app.store(), app.member("editor"));
        other.get("/sections").bearer(&editor.token).await.expect(200);
        auth::revoke_all(&store, &members::secret(), app.now()).unwrap();
        let next = members::token(&store, &editor.user, editor.session, app.now());
        // This node follows nothing, and yet it refuses none of those who come at once.
        let many = join_all((0..30).map(|_| async { other.get("/sections").bearer(&next).await.status }));
        assert!(many.await.iter().all(|status| *status == 200));
        is_refused(&other.get("/sections").bearer(&editor.token).await, "signed by the old key");
        assert_eq!(kids(&other).await, [kid_of(&next)]);
    }

    async fn unknown_keys_are_looked_for_a_few_times_a_second_at_most(app: TestApp) {
        let forge = Forge::new(app);
        let before = app.statements();
        let began = std::time::Instant::now();
        let tries = (0..200).map(|number| {
            let kid = format!("{number:A>43}");
            let token = forge.head(&with(&forge.head, "kid", kid.into()));
            async move { is_refused(&app.get("/sections").bearer(&token).await, "unknown kid") }
        });
        join_all(tries).await;
        let looks = began.elapsed().as_millis() / 100 + 2;
        let spent = u128::from(app.statements() - before);
        // Four statements a look, and what the follower asks meanwhile.
        assert!(spent <= looks * 4 + looks * 3 + 10, "{spent} statements for {looks} looks");
    }

    async fn revoking_all_keys_ends_every_token_within_seconds(app: TestApp) {
        let other = app.beside(|_| {}).await;
        let (store, member) = (app.store(), app.member("admin"));
        auth::revoke_all(&store, &members::secret(), app.now()).unwrap();
        for node in [app, &other] {
            let ended = async { while node.get("/manage/articles").bearer(&member.token).await.status != 401 {} };
            tokio::time::timeout(Duration::from_secs(5), ended).await.expect("refused within five seconds");
            is_refused(&node.get("/sections").bearer(&member.token).await, "signed by a key that is gone");
            lists(node, 1).await;
        }
        let next = members::token(&store, &member.user, member.session, app.now());
        for node in [app, &other] {
            node.get("/manage/articles").bearer(&next).await.expect(200);
        }
        assert_eq!(app.count("SELECT COUNT(*) FROM sessions WHERE ended_at IS NULL"), 1);
        let log = app.lines("SELECT kind || ' ' || data AS line FROM changes WHERE entity = 'signing_key' ORDER BY seq");
        assert_eq!(log.len(), 2, "{log:?}");
        assert!(log.iter().all(|line| line.starts_with("created {\"kid\":")), "{log:?}");
    }

    async fn private_keys_lie_sealed(app: TestApp) {
        let stored = app.lines("SELECT kid || ' ' || public || ' ' || sealed AS line FROM signing_keys");
        let key = app.store().read_blocking(storage::signing_keys::list).unwrap().remove(0);
        let private = auth::private_key(&key, &members::secret()).unwrap();
        let forms = [data_encoding::BASE64URL_NOPAD.encode(&private), data_encoding::BASE64.encode(&private[16..]),
                     data_encoding::HEXLOWER.encode(&private[16..])];
        assert!(forms.iter().all(|form| !stored[0].contains(form.trim_end_matches('='))), "{stored:?}");
        let other = api::secret::Secret::from_root(b"another-root-secret-of-fair-length");
        assert!(auth::private_key(&key, &other).is_none());
    }
}

/// A server as a process of its own, whose clock shows the time as it is, like the command's.
struct Real {
    server: Process,
    http: reqwest::Client,
}

impl Real {
    fn serve(database: &Database) -> Self {
        let settings = [
            ("BROADSHEET_LOG", "json"),
            ("BROADSHEET_RATE_LIMITS", "off"),
        ];
        Self {
            server: Process::serve(database.url(), &[], &settings),
            http: reqwest::Client::builder().no_proxy().build().unwrap(),
        }
    }

    fn now() -> Timestamp {
        api::clock::Clock::now(&api::clock::SystemClock)
    }

    async fn manage(&self, token: &str) -> u16 {
        let url = format!("http://{}/api/v1/manage/articles", self.server.address);
        let sent = self.http.get(url).bearer_auth(token).send().await;
        sent.unwrap().status().as_u16()
    }

    async fn refresh(&self, token: &str) -> u16 {
        let url = format!("http://{}/api/v1/auth/refresh", self.server.address);
        let body = serde_json::json!({ "refresh_token": token });
        let sent = self.http.post(url).json(&body).send().await;
        sent.unwrap().status().as_u16()
    }
}

/// What `broadsheet keys …` says when it has worked.
async fn keys(app: &TestApp, arguments: &[&str]) -> String {
    let outcome = command(app, &[&["keys"], arguments].concat()).await;
    assert!(outcome.success, "{}", outcome.text);
    outcome.stdout
}

async fn commands(database: Database) {
    let app = TestApp::start_on(&database).await;
    let real = Real::serve(&database);
    // The key there is was made by the clock of the first server, which may be ahead.
    let made = keys(&app, &["revoke-all"]).await;
    assert!(made.contains("within a second"), "{made}");
    let listed = keys(&app, &["list"]).await;
    assert!(listed.contains("  signs  "), "{listed}");
    let admin = members::sign_in(&app.store(), Role::Admin, Real::now());
    let reader = members::sign_in(&app.store(), Role::Reader, Real::now());
    assert_eq!(real.manage(&admin.token).await, 200);
    assert_eq!(real.manage(&reader.token).await, 403);

    let rotated = keys(&app, &["rotate"]).await;
    assert!(rotated.contains("in 90 seconds"), "{rotated}");
    let listed = keys(&app, &["list"]).await;
    let both = listed.contains("  signs  ") && listed.contains("  waits  ");
    assert!(both, "{listed}");
    assert_eq!(real.manage(&admin.token).await, 200);

    let ended = keys(&app, &["revoke-all", "--sessions"]).await;
    assert!(ended.contains("Ended 2 sessions"), "{ended}");
    let refused = async { while real.manage(&admin.token).await != 401 {} };
    let refused = tokio::time::timeout(Duration::from_secs(5), refused);
    refused.await.expect("refused within seconds");
    assert_eq!(keys(&app, &["list"]).await.lines().count(), 2);
    assert_eq!(real.refresh(&admin.refresh).await, 401);
    assert_eq!(app.count("SELECT COUNT(*) FROM sessions"), 0);
    shows_who_was_refused(&real.server.terminate().1, &admin, &reader);
}

fn shows_who_was_refused(log: &str, admin: &Member, reader: &Member) {
    let events = |name: &str| {
        let event = format!("\"event\":\"{name}\"");
        log.lines().filter(|line| line.contains(&event)).count()
    };
    assert!(events("credentials_refused") >= 1, "{log}");
    assert_eq!(events("access_denied"), 1, "{log}");
    let denied = format!("\"actor\":\"user:{}\"", reader.user.id);
    assert!(log.contains(&denied), "{log}");
    for secret in [&admin.token, &reader.token, &admin.refresh] {
        assert!(!log.contains(secret.as_str()), "{log}");
    }
}

#[test]
fn the_commands_work_on_sqlite() {
    tests::on_sqlite_database(commands);
}

#[test]
fn the_commands_work_on_postgres() {
    tests::on_postgres_database(commands);
}
