//! Anything malformed gets a problem; nothing is half-stored; the server lives.

use std::time::Duration;

use proptest::{
    prelude::*,
    strategy::ValueTree,
    test_runner::{Config, TestRunner},
};
use reqwest::Method;
use serde_json::{Value, json};
use tests::{TestApp, both, raw};

/// A runner that tries the same cases on every run: a failure can be met again.
fn runner(cases: u32) -> TestRunner {
    TestRunner::new_with_rng(
        Config {
            cases,
            failure_persistence: None,
            ..Config::default()
        },
        proptest::test_runner::TestRng::deterministic_rng(
            proptest::test_runner::RngAlgorithm::ChaCha,
        ),
    )
}

/// Cases drawn from a strategy.
fn cases<T: std::fmt::Debug>(count: u32, strategy: &impl Strategy<Value = T>) -> Vec<T> {
    let mut runner = runner(count);
    (0..count)
        .filter_map(|_| Some(strategy.new_tree(&mut runner).ok()?.current()))
        .collect()
}

fn json_value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        ".{0,20}".prop_map(Value::from),
        Just(json!("\u{0}")),
        Just(json!(1e308)),
        Just(json!(u64::MAX)),
    ];
    leaf.prop_recursive(3, 12, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::vec(("[a-z_]{1,12}", inner), 0..4)
                .prop_map(|fields| Value::Object(fields.into_iter().collect())),
        ]
    })
}

/// Every writing operation with a body, its parameters filled, and how to be let in.
fn writes(app: &TestApp) -> Vec<(Method, String)> {
    app.spec()
        .operations()
        .into_iter()
        .filter(|operation| operation.value.get("requestBody").is_some())
        .map(|operation| {
            let path = operation
                .path
                .replace("{article}", "ferry")
                .replace("{section}", "world")
                .replace("{author}", "ada")
                .replace("{tag}", "shipping")
                .replace("{comment}", "cmt_0000000000000")
                .replace("{rule}", "rul_0000000000000")
                .replace("{ban}", "ban_0000000000000")
                .replace("{user}", "usr_0000000000000")
                .replace("{session}", "ses_0000000000000")
                .replace("{key}", "key_0000000000000")
                .replace("{revision}", "1")
                .replace("{correction}", "cor_0000000000000")
                .replace("{link}", "prv_0000000000000")
                .replace("{address}", "ferry");
            (operation.method, path)
        })
        .collect()
}

/// Every byte escaped.
fn percent(bytes: &[u8]) -> String {
    bytes
        .iter()
        .map(|byte| format!("%{byte:02x}"))
        .collect::<Vec<_>>()
        .concat()
}

/// A small newspaper; the access token of its administrator.
async fn seeded(app: &TestApp) -> String {
    app.section("World", None).await;
    app.author("Ada").await;
    app.tag("Shipping").await;
    app.article(json!({ "title": "Ferry", "section": "world" }))
        .await;
    app.member("admin").token
}

/// Whether an operation is for callers who are known.
fn needs_credentials(path: &str) -> bool {
    let for_members = ["/vote", "/reports"];
    path.contains("/manage/")
        || path.starts_with("/api/v1/me")
        || for_members.iter().any(|end| path.ends_with(end))
}

async fn send(
    app: &TestApp,
    admin: &str,
    (method, path): (&Method, &str),
    body: impl Into<Vec<u8>>,
) -> u16 {
    let call = app.call(method.clone(), path);
    let call = if needs_credentials(path) {
        call.bearer(admin)
    } else {
        call
    };
    // A stale version: what happens to be valid changes nothing.
    let reply = call.if_match(99_999).bytes("application/json", body).await;
    assert!(
        !reply.is_server_error(),
        "{method} {path}: {}",
        reply.text()
    );
    reply.status
}

both! {
    async fn random_bytes_are_never_a_server_error(app: TestApp) {
        let admin = seeded(app).await;
        let bodies = cases(40, &prop::collection::vec(any::<u8>(), 0..200));
        for (method, path) in writes(app) {
            for body in &bodies {
                let status = send(app, &admin, (&method, &path), body.clone()).await;
                assert!((400..500).contains(&status), "{method} {path}: {status} for {body:?}");
            }
        }
        assert_eq!(app.count("SELECT count(*) FROM comments"), 0);
    }

    async fn json_of_any_shape_is_never_a_server_error(app: TestApp) {
        let admin = seeded(app).await;
        let values = cases(60, &json_value());
        let fields = cases(40, &json_value());
        for (method, path) in writes(app) {
            for value in &values {
                send(app, &admin, (&method, &path), value.to_string()).await;
            }
            let schema = app.spec().template(&path).map(str::to_owned);
            let names = schema.map(|template| app.body_fields(&template, &method)).unwrap_or_default();
            for (index, value) in fields.iter().enumerate() {
                if let Some(name) = names.get(index % names.len().max(1)) {
                    send(app, &admin, (&method, &path), json!({ name.as_str(): value }).to_string()).await;
                }
            }
        }
    }

    async fn known_traps_are_never_a_server_error(app: TestApp) {
        let admin = seeded(app).await;
        let deep_array = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
        let deep_object = format!("{}1{}", "{\"a\":".repeat(50_000), "}".repeat(50_000));
        let deep_field = format!("{{\"name\":{}1{}}}", "[".repeat(5_000), "]".repeat(5_000));
        let digits = "9".repeat(5_000);
        let traps = [
            deep_array, deep_object, deep_field,
            format!("{{\"name\":{digits}}}"), format!("{{\"name\":-{digits}.{digits}e{digits}}}"),
            r#"{"name":1e999999999}"#.into(), r#"{"name":"\ud800"}"#.into(), r#"{"name":"\udfff\ud800"}"#.into(),
            r#"{"name":"\u0000"}"#.into(), r#"{"body":"\u0000","author_name":"\ud83d"}"#.into(),
            r#"{"name":"a","name":"b"}"#.into(), r#"{"__proto__":{"name":"x"}}"#.into(),
            format!("{{\"name\":\"{}\"}}", "\u{202e}\u{200b}\u{feff}"),
            format!("{{\"name\":\"{}\"}}", "a\u{301}".repeat(100_000)),
            format!("{{\"tags\":[{}\"x\"]}}", "\"x\",".repeat(100_000)),
            format!("{{{}\"z\":1}}", (0..20_000).map(|index| format!("\"k{index}\":1,")).collect::<Vec<_>>().concat()),
        ];
        for (method, path) in writes(app) {
            for trap in &traps {
                let status = send(app, &admin, (&method, &path), trap.clone()).await;
                assert!((400..500).contains(&status), "{method} {path}: {status} for {}", trap.chars().take(80).collect::<String>());
            }
        }
        app.get("/articles/ferry").await.expect(200);
    }

    async fn ten_megabytes_are_refused_everywhere(app: TestApp) {
        let admin = seeded(app).await;
        let big = vec![b' '; 10 * 1024 * 1024];
        for (method, path) in writes(app) {
            let status = send(app, &admin, (&method, &path), big.clone()).await;
            assert_eq!(status, 413, "{method} {path}");
        }
    }

    async fn query_strings_of_any_shape_are_never_a_server_error(app: TestApp) {
        let admin = seeded(app).await;
        let names = ["limit", "cursor", "section", "tag", "author", "language", "ids", "sort", "total", "entity", "entity_id",
                     "actor", "from", "until", "published_after", "published_before", "include", "body", "replies", "articles", "x"];
        let texts = cases(60, &"[ -~é渡\u{0}]{0,24}");
        let paths: Vec<String> = app.spec().operations().into_iter()
            .filter(|operation| operation.method == Method::GET && !operation.path.ends_with("openapi.json"))
            .map(|operation| operation.path.replace("{article}", "ferry").replace("{section}", "world")
                .replace("{author}", "ada").replace("{tag}", "shipping").replace("{comment}", "cmt_0000000000001")
                .replace("{user}", "usr_0000000000000").replace("{session}", "ses_0000000000000")
                .replace("{key}", "key_0000000000000").replace("{revision}", "1")
                .replace("{correction}", "cor_0000000000000").replace("{address}", "ferry")
                .replace("{link}", "prv_0000000000000").replace("{token}", "ferry"))
            .collect();
        for path in &paths {
            for (index, text) in texts.iter().enumerate() {
                let name = names[index % names.len()];
                let encoded = percent(text.as_bytes());
                let call = app.call(Method::GET, &format!("{path}?{name}={encoded}"));
                let call = if needs_credentials(path) { call.bearer(&admin) } else { call };
                let reply = call.await;
                assert!(!reply.is_server_error(), "{path}?{name}={encoded}: {}", reply.text());
            }
        }
        for query in ["%", "%zz", "%ff%fe", "&&&", "=", "a=b=c", "limit", "?", "limit=%F0%28%8C%28", "limit=1;sort=x"] {
            let reply = app.get(&format!("/articles?{query}")).await;
            assert!(!reply.is_server_error() && reply.status != 101, "{query}: {}", reply.text());
        }
    }

    async fn path_segments_of_any_shape_are_never_a_server_error(app: TestApp) {
        seeded(app).await;
        let segments = cases(60, &prop::collection::vec(any::<u8>(), 1..40));
        for segment in segments {
            let encoded = percent(&segment);
            for path in ["/articles/", "/sections/", "/authors/", "/comments/"] {
                let reply = app.get(&format!("{path}{encoded}")).await;
                assert!([400, 404].contains(&reply.status), "{path}{encoded}: {}", reply.status);
            }
        }
        let slugs = cases(60, &"[a-z0-9_-]{1,120}");
        for slug in slugs {
            let reply = app.get(&format!("/articles/{slug}")).await;
            assert!([400, 404].contains(&reply.status), "{slug}: {}", reply.status);
        }
    }

    async fn http_that_is_none_is_refused(app: TestApp) {
        let long = format!("GET /{} HTTP/1.1\r\nHost: x\r\n\r\n", "a".repeat(300_000));
        let headers = (0..500).map(|index| format!("x-{index}: y\r\n")).collect::<Vec<_>>().concat();
        let many = format!("GET /livez HTTP/1.1\r\nHost: x\r\n{headers}\r\n");
        for request in [
            "\0\0\0\0\r\n\r\n", "GET\r\n\r\n", "GET / HTTP/9.9\r\n\r\n", "hello\r\n\r\n", long.as_str(), many.as_str(),
            "GET /livez HTTP/1.1\r\n\r\n",
            "GET /livez HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
            "POST /api/v1/manage/tags HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            "POST /api/v1/manage/tags HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello",
            "POST /api/v1/manage/tags HTTP/1.1\r\nHost: x\r\nContent-Length: -5\r\n\r\nhello",
            "GET /livez HTTP/1.1\r\nHost: x\r\nbad header\r\n\r\n",
        ] {
            let reply = raw::exchange(app.address(), request.as_bytes(), Duration::from_secs(10)).await;
            assert!((400..500).contains(&reply.status) || reply.status == 0,
                "{:?}: {}", request.chars().take(60).collect::<String>(), reply.text);
        }
        app.root("/livez").await.expect(200);
    }
}
