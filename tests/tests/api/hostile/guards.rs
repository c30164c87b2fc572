//! Checks that must not be passed by leaving something out, by sending it twice, or by writing an
//! address in another way.

use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};
use tests::{TestApp, both, join_all, key_of, raw, spec::Operation, text};

use super::{access, changes, is_closed, real, things};
use crate::{conventions::filled, rights::asks_for_version};

/// The example of an operation's body; nothing that fits when there is none.
fn example(operation: &Operation) -> Value {
    let content = &operation.value["requestBody"]["content"]["application/json"];
    content.get("example").cloned().unwrap_or(json!({}))
}

/// Whether an operation takes this header.
/// The address of what an operation changes: that of the thing whose version it asks for.
fn thing_of(path: &str) -> String {
    // `/api/v1/manage/articles/{article}`, and nothing below it.
    let parts: Vec<&str> = path.split('/').take(6).collect();
    parts.join("/")
}

fn takes(operation: &Operation, header: &str) -> bool {
    operation.value["parameters"].to_string().contains(header)
}

/// Ways to write a path that are not that path.
fn forms(path: &str) -> Vec<String> {
    let rest = path.strip_prefix("/api/v1/").expect("under the version");
    let (head, last) = path.rsplit_once('/').expect("a segment");
    let mut forms = vec![
        format!("{path}/"),
        format!("/{path}"),
        format!("//x.example{path}"),
        format!("/api//v1/{rest}"),
        format!("{head}//{last}"),
        format!("/API/v1/{rest}"),
        format!("{head}/{}", last.to_uppercase()),
        format!("/api/v1/%2e/{rest}"),
        format!("/api/v1/./{rest}"),
        format!("/api/v1/articles/../{rest}"),
        format!("/api/v1/articles/%2e%2e/{rest}"),
        format!("/api/v1/{}", rest.replacen('m', "%6d", 1)),
        format!("{head}%2f{last}"),
        format!("{path}%2f"),
        format!("{path}%00"),
        format!("{path}%20"),
        format!("{path};x"),
        format!("{path};.json"),
        format!("{path}.json"),
        format!("/api/v1;x/{rest}"),
        format!("\\{path}"),
    ];
    // A number has no upper case.
    forms.retain(|form| form != path);
    forms
}

/// The statuses of a request by hand, one for each way to write a path.
async fn statuses(app: &TestApp, method: &Method, path: &str, headers: &str) -> Vec<(String, u16)> {
    let asked = forms(path).into_iter().map(|form| async {
        let request =
            format!("{method} {form} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n{headers}\r\n");
        let reply = raw::exchange(app.address(), request.as_bytes(), Duration::from_secs(20)).await;
        (form, reply.status)
    });
    join_all(asked).await
}

both! {
    async fn nothing_is_said_where_nobody_may_speak(app: TestApp) {
        app.section("World", None).await;
        let open = app.article(json!({ "title": "Open", "section": "world" })).await;
        let elsewhere = text(&app.comment(&open, "here", None).await["id"]);
        let other = app.article(json!({ "title": "Other", "section": "world" })).await;
        // It was open for a while.
        let closed = app.article(json!({ "title": "Closed", "section": "world" })).await;
        let within = text(&app.comment(&closed, "before", None).await["id"]);
        let closed = app.patch_article(&closed, &json!({ "comments": "closed" })).await;
        app.publish(&closed).await;
        let ended = app.draft(json!({ "title": "Ended", "section": "world" })).await;
        let ended = app.publish_with(&ended, &json!({ "visible_until": app.in_seconds(60) })).await;
        let under = text(&app.comment(&ended, "while it lasts", None).await["id"]);
        app.advance(61);
        let draft = app.draft(json!({ "title": "Draft", "section": "world" })).await;
        let later = app.draft(json!({ "title": "Later", "section": "world" })).await;
        let later = app.publish_with(&later, &json!({ "visible_from": app.in_seconds(3600) })).await;
        let none = Value::Null;
        let places = [
            (&draft, &none), (&later, &none), (&ended, &none), (&closed, &none), (&ended, &json!(under)), (&closed, &json!(within)),
            (&draft, &json!(elsewhere)), (&later, &json!(elsewhere)), (&ended, &json!(elsewhere)), (&closed, &json!(elsewhere)),
            (&other, &json!(elsewhere)), (&other, &json!(under)), (&other, &json!(within)), (&other, &json!("cmt_0000000000000")),
        ].map(|(article, parent)| (text(&article["id"]), parent.clone()));
        let tell = |text: &str| format!("SELECT count(*) FROM {text}");
        let state = || ["changes", "comments", "idempotency"].map(|table| app.count(&tell(table)));
        let counted = || app.count("SELECT sum(comments) FROM article_stats");
        app.token_of("reader");
        let before = (state(), counted());
        for (number, (article, parent)) in places.iter().enumerate() {
            for who in ["a guest", "a reader", "a reader's key", "an administrator"] {
                let call = app.post(&format!("/articles/{article}/comments")).header("idempotency-key", &format!("k{number}"));
                let guest = json!({ "body": "hello", "author_name": "Ines", "parent_id": parent });
                let reply = match who {
                    "a guest" => call.json(&guest).await,
                    "a reader's key" => call.as_role("reader").json(&guest).await,
                    "an administrator" => call.as_role("admin").json(&guest).await,
                    _ => call.as_user("reader").json(&json!({ "body": "hello", "parent_id": parent })).await,
                };
                assert!([403, 404, 409, 422].contains(&reply.status), "{who} at {article}: {} {}", reply.status, reply.text());
                assert!(reply.status != 422 || !parent.is_null(), "{who} at {article}: {}", reply.text());
            }
        }
        assert_eq!((state(), counted()), before, "nothing is stored, counted or logged");
        app.post("/articles/other/comments").as_user("reader").json(&json!({ "body": "hello" })).await.expect(201);
    }

    async fn credentials_left_out_empty_or_twice_are_none(app: TestApp) {
        let (person, key) = (app.member("admin").token, key_of("admin"));
        let before = changes(app);
        for operation in app.spec().operations().iter().filter(|operation| is_closed(operation)) {
            let path = filled(&operation.path);
            let ask = |values: &[&str]| {
                let call = app.call(operation.method.clone(), &path).if_match(1).json(&example(operation));
                values.iter().fold(call, |call, value| call.header("authorization", value))
            };
            for token in [&person, &key] {
                let good = format!("Bearer {token}");
                let wrong: &[&[&str]] = &[
                    &[], &[""], &["Bearer"], &["Bearer "], &[token.as_str()], &[good.as_str(), &good], &[&good, ""], &["", &good],
                    &[&good, "Bearer x"], &["Basic eDp5", &good], &[&format!("{good}, {good}")], &[&format!("{good},")],
                    &[&format!("Bearer Bearer {token}")], &[&format!("Basic {token}")], &[&format!("{good} x")], &[&format!("Bearer\t{token}")],
                ];
                for values in wrong {
                    let reply = ask(values).await;
                    reply.problem(401, "unauthorized");
                }
            }
            let cookie = app.call(operation.method.clone(), &path).header("cookie", &format!("access_token={person}"))
                .header("x-api-key", &key).header("proxy-authorization", &format!("Bearer {key}"));
            cookie.await.problem(401, "unauthorized");
        }
        assert_eq!(changes(app), before);
        app.get("/me").bearer(&person).await.expect(200);
    }

    async fn a_version_left_out_empty_or_twice_is_none(app: TestApp) {
        let things = things(app).await;
        let admin = app.member("admin").token;
        let before = changes(app);
        for operation in app.spec().operations().iter().filter(|operation| asks_for_version(operation)) {
            let path = real(&operation.path, &things);
            let whose = thing_of(&path);
            let now = app.call(Method::GET, &whose).bearer(&admin).await.expect(200).header("etag").to_owned();
            assert!(now.starts_with('"') && now.len() > 2, "{path}: {now}");
            let ask = |values: &[&str]| {
                let call = app.call(operation.method.clone(), &path).bearer(&admin).json(&example(operation));
                values.iter().fold(call, |call, value| call.header("if-match", value))
            };
            ask(&[]).await.problem(428, "precondition_required");
            let wrong: &[&[&str]] = &[
                &[""], &["*"], &[now.trim_matches('"')], &[now.as_str(), &now], &[&now, "\"99\""], &["\"99\"", &now],
                &[&now, ""], &["*", &now], &[&format!("{now}, {now}")], &[&format!("{now}, *")], &[&format!("{now},")],
            ];
            for values in wrong {
                ask(values).await.problem(400, "invalid_header");
            }
            for stale in ["\"\"".to_owned(), "\"0\"".to_owned(), "\"*\"".to_owned(), format!("W/{now}"), now.replacen('"', "\"0", 1)] {
                ask(&[&stale]).await.problem(412, "precondition_failed");
            }
        }
        assert_eq!(changes(app), before);
    }

    async fn a_retry_key_that_is_empty_or_there_twice_is_refused(app: TestApp) {
        let things = things(app).await;
        let person = app.member("admin").token;
        let before = changes(app);
        let taking = app.spec().operations();
        for operation in taking.iter().filter(|operation| takes(operation, "Idempotency-Key")) {
            let path = real(&operation.path, &things);
            let known = is_closed(operation);
            let wrong: &[&[&str]] = &[
                &[""], &["\"\""], &[" "], &["k", "k"], &["\"k\"", "\"k\""], &["k", ""], &["", "k"], &["\"k\", \"k\""], &["a b"],
            ];
            for values in wrong {
                let call = app.call(operation.method.clone(), &path).json(&example(operation));
                let call = match access(operation) {
                    "account" => call.bearer(&person),
                    _ if known => call.as_role("admin"),
                    _ => call,
                };
                let call = if asks_for_version(operation) { call.if_match(2) } else { call };
                let reply = values.iter().fold(call, |call, value| call.header("idempotency-key", value)).await;
                let problem = reply.problem(400, "invalid_header");
                assert_eq!(problem["errors"][0]["header"], "Idempotency-Key", "{path}: {values:?}");
            }
        }
        assert_eq!(changes(app), before);
        assert_eq!(app.count("SELECT count(*) FROM idempotency"), 0);
    }

    async fn no_way_to_write_a_path_leads_past_the_rights(app: TestApp) {
        let things = things(app).await;
        let (person, before) = (app.member("admin").token, changes(app));
        for operation in app.spec().operations().iter().filter(|operation| is_closed(operation)) {
            let path = filled(&real(&operation.path, &things));
            for (form, status) in statuses(app, &operation.method, &path, "").await {
                assert!([400, 401, 404, 405].contains(&status), "{} {form}: {status}", operation.method);
            }
            let known = format!("Authorization: Bearer {person}\r\nIf-Match: \"1\"\r\n");
            for (form, status) in statuses(app, &operation.method, &path, &known).await {
                assert!([400, 404, 405].contains(&status), "{} {form} by an administrator: {status}", operation.method);
            }
        }
        assert_eq!(changes(app), before);
    }
}
