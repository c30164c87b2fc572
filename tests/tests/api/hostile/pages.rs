//! What browsers and caches are told: who may read an answer, and who may keep it.

use reqwest::Method;
use serde_json::json;
use tests::{Call, PASSWORD, Reply, TestApp, both, key_of, text};

use super::{access, is_closed};
use crate::{caching::public_paths, conventions::filled};

/// Origins that are not the one that may write, however much like it they look.
const STRANGERS: [&str; 11] = [
    "null",
    "*",
    "https://evil.example",
    "https://front.example.evil.example",
    "https://evilfront.example",
    "https://a.front.example",
    "https://front.example:8443",
    "https://front.example.",
    "https://front.example/",
    "http://front.example",
    "https://front.example https://evil.example",
];

/// The places where every answer is for one caller.
fn is_private(path: &str) -> bool {
    ["auth", "me", "manage"]
        .iter()
        .any(|place| path.split('/').nth(3) == Some(place))
}

#[track_caller]
fn is_for_one_alone(reply: &Reply, what: &str) {
    assert_eq!(
        reply.header("cache-control"),
        "private, no-store",
        "{what}: {}",
        reply.status
    );
    for tags in ["surrogate-key", "cache-tag", "cache-groups"] {
        assert_eq!(reply.header(tags), "", "{what}");
    }
}

#[track_caller]
fn nobody_may_read(reply: &Reply, what: &str) {
    for name in [
        "access-control-allow-origin",
        "access-control-allow-credentials",
        "access-control-allow-methods",
        "access-control-expose-headers",
    ] {
        assert_eq!(reply.header(name), "", "{what}: {}", reply.status);
    }
}

both! {
    async fn pages_of_strangers_read_nothing_that_is_private(app: TestApp) {
        let admin = app.member("admin").token;
        for operation in app.spec().operations() {
            let (method, path) = (&operation.method, filled(&operation.path));
            let read = *method == Method::GET;
            let preflight = |origin: &'static str| {
                app.call(Method::OPTIONS, &path).header("origin", origin)
                    .header("access-control-request-method", method.as_str())
                    .header("access-control-request-headers", "authorization")
            };
            let ask = |origin: &'static str| {
                let call = app.call(method.clone(), &path).header("origin", origin);
                let call = if read { call.bearer(&admin) } else { call.json(&json!({})) };
                call.header("cookie", "session=1")
            };
            let open = read && !is_closed(&operation) && !path.starts_with("/api/v1/me/");
            for origin in STRANGERS {
                let what = format!("{method} {path} from {origin}");
                for reply in [preflight(origin).await, ask(origin).await] {
                    if open {
                        // Everybody's, and never with what the browser adds by itself.
                        assert_eq!(reply.header("access-control-allow-origin"), "*", "{what}");
                        assert_eq!(reply.header("access-control-allow-credentials"), "", "{what}");
                    } else {
                        nobody_may_read(&reply, &what);
                        assert!(reply.headers.get_all("vary").iter().any(|vary| vary.to_str().unwrap().contains("Origin")), "{what}");
                    }
                }
            }
            for reply in [preflight(tests::ORIGIN).await, ask(tests::ORIGIN).await] {
                let allowed = if open { "*" } else { tests::ORIGIN };
                assert_eq!(reply.header("access-control-allow-origin"), allowed, "{method} {path}");
                assert_eq!(reply.header("access-control-allow-credentials"), "", "{method} {path}");
            }
        }
    }

    async fn nothing_private_may_be_kept_by_a_cache(app: TestApp) {
        let admin = app.member("admin").token;
        for operation in app.spec().operations().iter().filter(|operation| is_private(&operation.path)) {
            let path = filled(&operation.path);
            assert!(["auth", "comment"].contains(&access(operation)) || is_closed(operation), "{path}");
            let ask = |target: &str| app.call(operation.method.clone(), target).if_match(1).json(&json!({}));
            let mut calls: Vec<Call<'_>> = vec![
                ask(&path), ask(&path).bearer("bsk_unknown"), ask(&path).as_role("reader"), ask(&path).header("accept", "text/html"),
                ask(&format!("{path}?x=1")), ask(&format!("{path}/")), ask(&format!("{path}/nowhere")),
                app.call(Method::PUT, &path).bearer(&admin), app.call(Method::OPTIONS, &path),
            ];
            if operation.method == Method::GET {
                let get = |target: &str| app.call(Method::GET, target).bearer(&admin);
                calls.extend([get(&path), get(&format!("{path}?x=1")), get(&path).header("if-none-match", "*")]);
                calls.push(app.call(Method::HEAD, &path).bearer(&admin));
            }
            for call in calls {
                let reply = call.await;
                is_for_one_alone(&reply, &format!("{} {path}", operation.method));
            }
        }
        let tokens = app.newcomer("ines@harbourpost.example").await;
        let refresh = json!({ "refresh_token": tokens["refresh_token"] });
        let login = json!({ "email": "ines@harbourpost.example", "password": PASSWORD });
        let leaving = text(&app.newcomer("bo@harbourpost.example").await["access_token"]);
        let erasing = json!({ "current_password": PASSWORD });
        for (what, call, status) in [
            ("login", app.post("/auth/login").json(&login), 200),
            ("refresh", app.post("/auth/refresh").json(&refresh), 200),
            ("logout", app.post("/auth/logout").json(&refresh), 204),
            ("export", app.get("/me/export").bearer(&admin), 200),
            ("rename", app.patch("/me").bearer(&admin).json(&json!({ "name": "Another" })), 200),
            ("a tag", app.post("/manage/tags").bearer(&admin).json(&json!({ "name": "Shipping" })), 201),
            ("a key", app.post("/manage/api-keys").bearer(&admin).json(&json!({ "name": "one", "role": "reader" })), 201),
            ("erasure", app.delete("/me").bearer(&leaving).json(&erasing), 204),
        ] {
            is_for_one_alone(&call.await.expect(status), what);
        }
    }

    async fn credentials_make_every_answer_private(app: TestApp) {
        let mut paths = public_paths(app).await;
        paths.extend(["/articles/none", "/articles?limit=0", "/nowhere", "/openapi.json"].map(str::to_owned));
        let member = app.member("reader").token;
        for path in &paths {
            let plain = app.get(path).await;
            for token in [&member, &key_of("reader"), &key_of("revoked"), "eyJhbGciOiJub25lIn0.e30.", ""] {
                let reply = app.get(path).bearer(token).await;
                is_for_one_alone(&reply, path);
                let again = app.get(path).bearer(token).header("if-none-match", plain.header("etag")).await;
                is_for_one_alone(&again, path);
                let head = app.call(Method::HEAD, &format!("/api/v1{path}")).bearer(token).await;
                is_for_one_alone(&head, path);
            }
            // The next stranger is answered as before: nothing of the caller has stuck.
            let after = app.get(path).await;
            assert_eq!(after.header("cache-control"), plain.header("cache-control"), "{path}");
        }
    }
}
