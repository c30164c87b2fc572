//! Quotas, overload, and what a caller learns of them.
//!
//! The clock of these servers stands still, so nothing comes back until a test moves it.

mod evasion;

use api::config::{Config, Quota};
use domain::{Actor, Role, SystemActor, id::ApiKeyId};
use serde_json::{Value, json};
use storage::api_keys::{self, NewApiKey};
use tests::{Call, Database, Reply, TestApp, both, join_all, key_of, postgres};

/// What nobody reaches.
const PLENTY: u32 = 1_000_000;

fn quota(address: u32, member: u32, key: u32) -> Quota {
    Quota {
        address,
        member,
        key,
    }
}

/// Limits on, and plenty of everything: a test narrows what it is about.
fn generous(config: &mut Config) {
    let plenty = quota(PLENTY, PLENTY, PLENTY);
    config.rate_limits = true;
    config.limits.reads = plenty;
    config.limits.writes = plenty;
    config.limits.sign_ins = plenty;
    config.limits.manage = plenty;
}

/// A server whose networks may send six of each a minute.
fn six(config: &mut Config) {
    generous(config);
    config.limits.reads.address = 6;
    config.limits.writes.address = 6;
    config.limits.sign_ins.address = 6;
    config.limits.manage.address = 6;
}

/// A database of the same kind as the app's, so that a test has both with servers of its own.
fn another(app: &TestApp) -> Database {
    if app.database_url().starts_with("sqlite") {
        Database::sqlite()
    } else {
        assert!(postgres::cluster().is_some());
        Database::postgres()
    }
}

async fn limited(app: &TestApp, adjust: impl Fn(&mut Config) + Send + Sync + 'static) -> TestApp {
    TestApp::start_with(another(app), adjust).await
}

/// How many of so many requests are not refused for their number.
async fn passed<'a>(tries: usize, mut call: impl FnMut(usize) -> Call<'a>) -> usize {
    let mut passed = 0;
    for number in 0..tries {
        let reply = call(number).await;
        assert!(reply.status < 500, "{}", reply.text());
        passed += usize::from(reply.status != 429);
    }
    passed
}

/// The parameters of a `RateLimit` or `RateLimit-Policy` of one item.
fn parameters(reply: &Reply, header: &str) -> (String, Vec<(String, u32)>) {
    let mut parts = reply.header(header).split(';');
    let name = parts
        .next()
        .unwrap_or_default()
        .trim_matches('"')
        .to_owned();
    let rest = parts.map(|part| {
        let (name, value) = part.split_once('=').expect("a parameter");
        (name.to_owned(), value.parse().expect("a number"))
    });
    (name, rest.collect())
}

fn standing(reply: &Reply) -> (String, u32, u32) {
    let (name, all) = parameters(reply, "ratelimit");
    match all.as_slice() {
        [(r, left), (t, seconds)] if r == "r" && t == "t" => (name, *left, *seconds),
        other => panic!("{other:?}"),
    }
}

fn policy(reply: &Reply) -> (String, u32, u32) {
    let (name, all) = parameters(reply, "ratelimit-policy");
    match all.as_slice() {
        [(q, quota), (w, window)] if q == "q" && w == "w" => (name, *quota, *window),
        other => panic!("{other:?}"),
    }
}

/// Makes an API key with a quota of its own, and answers it.
fn key_with_quota(app: &TestApp, letter: &str, quota: Option<u32>) -> String {
    let key = format!("bsk_{}", letter.repeat(43));
    let hash = api::secret::api_key_hash(&key);
    let stored = NewApiKey {
        id: ApiKeyId::from_raw(1_000 + i64::from(letter.as_bytes()[0])),
        name: format!("quota {letter}"),
        role: Role::Editor,
        scopes: None,
        sections: Vec::new(),
        requests_per_minute: quota,
        hash,
        hint: "bsk_".to_owned(),
        expires_at: None,
    };
    let actor = Actor::System(SystemActor::Command);
    let store = app.store();
    let made = store.write_blocking(actor, app.now(), move |tx| api_keys::create(tx, &stored));
    made.map(drop).expect("the key is made");
    store.close();
    key
}

const GUEST: &str = r#"{"body":"hello","author_name":"Ines"}"#;

both! {
    async fn a_quota_is_exact_one_after_another_and_side_by_side(app: TestApp) {
        let app = limited(app, six).await;
        let read = || app.get("/articles");
        assert_eq!(passed(60, |_| read()).await, 6);
        let write = || app.post("/articles/none/comments").bytes("application/json", GUEST);
        let side_by_side = join_all((0..60).map(|_| async { write().await })).await;
        assert_eq!(side_by_side.iter().filter(|reply| reply.status != 429).count(), 6);
        // What is under /manage is not known to a stranger, and counts all the same.
        assert_eq!(passed(60, |_| app.get("/manage/articles")).await, 6);
        // Each class has its own bucket, and comes back by itself.
        assert_eq!(passed(9, |_| read()).await, 0);
        app.advance(10);
        assert_eq!(passed(9, |_| read()).await, 1);
        app.advance(60);
        assert_eq!(passed(60, |_| read()).await, 6);
    }

    async fn a_refusal_says_when_to_come_back(app: TestApp) {
        let app = limited(app, six).await;
        assert_eq!(passed(6, |_| app.get("/articles")).await, 6);
        let refused = app.get("/articles").await;
        let problem = refused.problem(429, "too_many_requests");
        assert!(problem["detail"].as_str().unwrap().contains("6 reads a minute"), "{problem}");
        let (name, left, seconds) = standing(&refused);
        assert_eq!((name.as_str(), left, seconds), ("reads", 0, 10));
        assert_eq!(policy(&refused), ("reads".to_owned(), 6, 60));
        let retry: u32 = refused.header("retry-after").parse().expect("seconds");
        assert!(retry >= seconds, "{retry} < {seconds}");
        assert_eq!(refused.header("cache-control"), "no-store");
        app.advance(i64::from(retry));
        app.get("/articles").await.expect(200);
        // A page of another origin may read all that.
        let refused = app.get("/articles").header("origin", "https://elsewhere.example").await;
        let exposed = refused.header("access-control-expose-headers");
        assert!(refused.status == 429 && exposed.contains("RateLimit, RateLimit-Policy, Retry-After"), "{exposed}");
        assert_eq!(refused.header("access-control-allow-origin"), "*");
    }

    async fn keys_have_buckets_of_their_own(app: TestApp) {
        let app = limited(app, |config| {
            six(config);
            config.limits.manage.key = 9;
        }).await;
        let manage = |role: &'static str| app.get("/manage/articles").as_role(role);
        assert_eq!(passed(30, |_| manage("editor")).await, 9);
        assert_eq!(passed(30, |_| manage("author")).await, 9);
        // What a key does is not on its network's account, and the other way round.
        assert_eq!(passed(30, |_| app.get("/manage/articles")).await, 6);
        let (name, left, _) = standing(&app.get("/articles").as_role("editor").await.expect(200));
        assert_eq!((name.as_str(), left), ("reads", PLENTY - 1));
    }

    async fn a_key_may_have_a_quota_of_its_own(app: TestApp) {
        let app = limited(app, |config| {
            six(config);
            config.limits.reads.key = 3;
            config.limits.manage.key = 3;
        }).await;
        let (few, other) = (key_with_quota(&app, "a", Some(2)), key_with_quota(&app, "b", Some(2)));
        let (many, plain) = (key_with_quota(&app, "c", Some(11)), key_with_quota(&app, "d", None));
        for (key, quota) in [(&few, 2), (&other, 2), (&many, 11)] {
            let first = app.get("/articles").bearer(key).await.expect(200);
            assert_eq!(policy(&first), ("key".to_owned(), quota, 60));
            let paths = ["/articles", "/manage/articles", "/sections"];
            let rest = passed(60, |number| app.get(paths[number % 3]).bearer(key)).await;
            assert_eq!(rest + 1, usize::try_from(quota).unwrap());
        }
        assert_eq!(passed(30, |_| app.get("/articles").bearer(&plain)).await, 3);
        assert_eq!(passed(30, |_| app.get("/manage/articles").bearer(&plain)).await, 3);
    }

    async fn members_have_buckets_of_their_own(app: TestApp) {
        let app = limited(app, |config| {
            six(config);
            config.limits.reads.member = 4;
            config.limits.writes.member = 4;
            config.limits.manage.member = 4;
        }).await;
        let (ines, otto) = (app.member("reader"), app.member("reader"));
        for member in [&ines, &otto] {
            let first = app.get("/articles").bearer(&member.token).await.expect(200);
            assert_eq!(policy(&first), ("reads".to_owned(), 4, 60));
            assert_eq!(passed(30, |_| app.get("/articles").bearer(&member.token)).await, 3);
            let own = app.get("/me").bearer(&member.token).await.expect(200);
            assert_eq!((policy(&own), standing(&own)), (("manage".to_owned(), 4, 60), ("manage".to_owned(), 3, 15)));
            assert_eq!(passed(30, |_| app.get("/me").bearer(&member.token)).await, 3);
            let view = || app.post("/articles/none/views").bearer(&member.token);
            assert_eq!(passed(30, |_| view()).await, 4);
        }
        // None of it was on the network's account.
        assert_eq!(passed(30, |_| app.get("/articles")).await, 6);
    }

    async fn what_has_not_changed_is_free(app: TestApp) {
        let app = limited(app, six).await;
        let first = app.get("/articles").await.expect(200);
        let tag = first.header("etag").to_owned();
        let again = || app.get("/articles").header("if-none-match", &tag);
        for _ in 0..50 {
            again().await.expect(304);
        }
        let together = join_all((0..5).map(|_| async { again().await })).await;
        assert!(together.iter().all(|reply| reply.status == 304));
        assert_eq!(passed(60, |_| app.get("/articles")).await, 5);
        // Nothing is left to ask with, not even whether anything has changed.
        again().await.problem(429, "too_many_requests");
        app.advance(10);
        for _ in 0..20 {
            again().await.expect(304);
        }
        assert_eq!(passed(60, |_| app.get("/articles")).await, 1);
        let keyed = || app.get("/articles").as_role("editor").header("if-none-match", &tag);
        let kept: Vec<u32> = [keyed().await, keyed().await].iter().map(|reply| standing(reply).1).collect();
        assert_eq!(kept, [PLENTY - 1, PLENTY - 1]);
    }

    async fn what_is_left_is_told_where_no_cache_keeps_it(app: TestApp) {
        let app = limited(app, six).await;
        app.section("World", None).await;
        app.article(json!({ "title": "Ferry", "section": "world" })).await;
        for path in ["/articles", "/articles/ferry", "/sections", "/articles/none", "/openapi.json"] {
            let kept = app.get(path).await;
            assert_eq!((kept.header("ratelimit"), kept.header("ratelimit-policy")), ("", ""), "{path}");
            assert!(!kept.header("cache-control").contains("no-store"), "{path}");
            let own = app.get(path).as_role("editor").await;
            assert_eq!(policy(&own), ("reads".to_owned(), PLENTY, 60), "{path}");
        }
        // One more was left, and this is the second.
        let wrong = app.get("/articles?limit=0").await;
        wrong.problem(400, "invalid_parameter");
        assert_eq!((policy(&wrong), standing(&wrong)), (("reads".to_owned(), 6, 60), ("reads".to_owned(), 0, 10)));
        let comment = |number: u32| app.post("/articles/ferry/comments")
            .json(&json!({ "body": format!("comment {number}"), "author_name": "Ines" }));
        for number in 0..6 {
            let reply = comment(number).await.expect(201);
            assert_eq!(policy(&reply), ("writes".to_owned(), 6, 60));
            assert_eq!(standing(&reply), ("writes".to_owned(), 5 - number, 10));
        }
        comment(6).await.problem(429, "too_many_requests");
        let managed = app.get("/manage/articles").as_role("editor").await.expect(200);
        assert_eq!(policy(&managed), ("manage".to_owned(), PLENTY, 60));
        for path in ["/livez", "/readyz"] {
            assert_eq!(app.root(path).await.expect(200).header("ratelimit"), "", "{path}");
        }
    }

    async fn health_is_asked_without_end_and_costs_nothing(app: TestApp) {
        let app = limited(app, six).await;
        assert_eq!(passed(60, |_| app.get("/articles")).await, 6);
        let before = app.statements();
        let asked = std::time::Instant::now();
        for _ in 0..200 {
            app.root("/livez").await.expect(200);
            app.root("/readyz").await.expect(200);
        }
        let (statements, seconds) = (app.statements() - before, asked.elapsed().as_secs());
        // One a second for readiness, and what goes on in the background: each of the log's looks
        // and the counting take a few.
        assert!(statements <= 12 * (seconds + 2), "{statements} in {seconds} s");
    }

    async fn limits_that_are_off_are_off(app: TestApp) {
        assert_eq!(passed(900, |_| app.get("/nowhere")).await, 900);
        assert_eq!(app.get("/manage/articles").await.expect(401).header("ratelimit"), "");
    }
}

/// The lines of the log that are audit events of this name.
fn audited(log: &str, event: &str) -> Vec<Value> {
    let lines = log
        .lines()
        .filter_map(|line| serde_json::from_str::<Value>(line).ok());
    lines
        .filter(|line| line.to_string().contains(&format!("\"event\":\"{event}\"")))
        .collect()
}

#[test]
fn a_flood_is_logged_once_a_minute_and_off_is_said_loudly() {
    tests::on_sqlite_database(async |database: Database| {
        let settings = [
            ("BROADSHEET_LOG", "json"),
            ("BROADSHEET_RATE_LIMIT_MANAGE", "1,1,1"),
        ];
        let process = tests::Process::serve(database.url(), &[], &settings);
        assert!(
            !process.announced.contains("rate_limits"),
            "{}",
            process.announced
        );
        let client = reqwest::Client::new();
        let url = format!("http://{}/api/v1/manage/articles", process.address);
        let mut refused = 0;
        for _ in 0..40 {
            for key in ["", &key_of("editor")] {
                let mut request = client.get(&url);
                if !key.is_empty() {
                    request = request.bearer_auth(key);
                }
                let status = request.send().await.expect("an answer").status();
                refused += usize::from(status == 429);
            }
        }
        assert!(refused >= 70, "{refused}");
        let (_, log) = process.terminate();
        let events = audited(&log, "limited");
        assert_eq!(events.len(), 2, "{events:?}");
        assert!(!log.contains(&key_of("editor")), "a key in the log");

        let settings = [
            ("BROADSHEET_LOG", "json"),
            ("BROADSHEET_RATE_LIMITS", "off"),
        ];
        let process = tests::Process::serve(database.url(), &[], &settings);
        assert!(
            process.announced.contains("NO LIMITS"),
            "{}",
            process.announced
        );
        let (_, log) = process.terminate();
        assert!(
            log.lines()
                .any(|line| line.contains("WARN") && line.contains("rate limits are off")),
            "{log}"
        );
    });
}
