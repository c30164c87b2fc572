//! API keys: made and revoked by administrators, shown once, ended in time.

use api::clock::{Clock as _, SystemClock};
use reqwest::Method;
use serde_json::{Value, json};
use tests::{
    Database, Process, TestApp, both, command, key_of, members, on_postgres_database,
    on_sqlite_database, text, until,
};

/// A key that an administrator who has signed in makes; the whole answer.
async fn make(app: &TestApp, body: &Value) -> Value {
    let call = app
        .post("/manage/api-keys")
        .bearer(&app.member("admin").token);
    call.json(body).await.expect(201).json()
}

/// Where a key is managed.
fn path_of(made: &Value) -> String {
    format!("/manage/api-keys/{}", text(&made["id"]))
}

/// The status of an answer to somebody with this key.
async fn opens(app: &TestApp, key: &str) -> u16 {
    app.get("/manage/articles").bearer(key).await.status
}

/// What the audit log holds of making and revoking a key, and of trying to without the right.
async fn key_events_are_logged_without_the_key(database: Database) {
    let process = Process::serve(database.url(), &[], &[("BROADSHEET_LOG", "json")]);
    let store =
        storage::Store::open(storage::Settings::new(database.url())).expect("the store opens");
    let admin = members::sign_in(&store, domain::Role::Admin, SystemClock.now());
    let client = reqwest::Client::new();
    let url = format!("http://{}/api/v1/manage/api-keys", process.address);
    let body = json!({ "name": "desk", "role": "editor" });
    let denied = client.post(&url).bearer_auth(key_of("admin")).json(&body);
    assert_eq!(denied.send().await.expect("an answer").status(), 403);
    let made = client.post(&url).bearer_auth(&admin.token).json(&body);
    let made: Value = made
        .send()
        .await
        .expect("an answer")
        .json()
        .await
        .expect("JSON");
    let (id, key) = (text(&made["id"]), text(&made["key"]));
    let revoke = client
        .delete(format!("{url}/{id}"))
        .bearer_auth(&admin.token)
        .header("if-match", "\"1\"");
    assert_eq!(revoke.send().await.expect("an answer").status(), 204);
    let (_, log) = process.terminate();
    for event in ["key_created", "key_revoked"] {
        let line = log
            .lines()
            .find(|line| line.contains(&format!("\"event\":\"{event}\"")));
        let line = line.unwrap_or_else(|| panic!("{event} in {log}"));
        for named in [
            id.clone(),
            format!("user:{}", admin.user.id),
            "127.0.0.1".to_owned(),
            "req_".to_owned(),
        ] {
            assert!(line.contains(&named), "{named} in {line}");
        }
    }
    assert!(log.contains("\"event\":\"access_denied\""), "{log}");
    for secret in [key.split_at(8).1, &admin.token, &key_of("admin")] {
        assert!(!log.contains(secret), "a secret in {log}");
    }
    store.close();
}

#[test]
fn key_events_are_logged_on_sqlite() {
    on_sqlite_database(key_events_are_logged_without_the_key);
}

#[test]
fn key_events_are_logged_on_postgres() {
    on_postgres_database(key_events_are_logged_without_the_key);
}

both! {
    async fn a_key_is_shown_once_and_opens_at_once(app: TestApp) {
        let admin = app.member("admin");
        let world = app.section("World", None).await;
        let body = json!({ "name": "  city desk ", "role": "editor", "scopes": ["publish", "articles:read"],
            "sections": ["world"], "requests_per_minute": 90, "expires_at": app.in_seconds(3600) });
        let reply = app.post("/manage/api-keys").bearer(&admin.token).json(&body).await.expect(201);
        let made = reply.json();
        let key = text(&made["key"]);
        assert!(key.starts_with("bsk_") && key.len() == 47, "{made}");
        assert_eq!(reply.header("etag"), "\"1\"");
        assert_eq!(reply.header("location"), format!("/api/v1{}", path_of(&made)));
        assert_eq!(reply.header("cache-control"), "private, no-store");
        assert_eq!(opens(app, &key).await, 403, "it is limited, and asked for no section");
        app.get("/manage/articles?section=world").bearer(&key).await.expect(200);

        let shown = app.get(&path_of(&made)).bearer(&admin.token).await.expect(200);
        assert_eq!(shown.header("etag"), "\"1\"");
        let mut expected = made.clone();
        expected.as_object_mut().unwrap().remove("key");
        let mut without_use = shown.json();
        without_use["last_used_at"] = Value::Null;
        assert_eq!(without_use, expected);
        let (hint, secret) = key.split_at(8);
        assert_eq!(made["hint"], hint);
        assert_eq!(made["name"], "city desk");
        assert_eq!(made["status"], "valid");
        assert_eq!(made["scopes"], json!(["articles:read", "publish"]));
        assert_eq!(made["sections"], json!([world["id"]]));
        assert_eq!(made["requests_per_minute"], 90);
        assert_eq!(made["created_by"], format!("user:{}", admin.user.id));

        let listed = app.get("/manage/api-keys").bearer(&admin.token).await.expect(200);
        let log = app.get("/manage/changes").bearer(&admin.token).await.expect(200);
        let stored = app.lines("SELECT name || hash || hint || COALESCE(scopes, '') || created_by AS line FROM api_keys");
        let changes = app.lines("SELECT actor || kind || COALESCE(data, '') AS line FROM changes");
        let kept = app.lines("SELECT COALESCE(body, '') AS line FROM idempotency");
        for text in [shown.text(), listed.text(), log.text(), stored.concat(), changes.concat(), kept.concat()] {
            assert!(!text.contains(secret), "{text}");
        }
    }

    async fn without_limits_it_is_all_that_its_role_is(app: TestApp) {
        for (name, more) in [("a", json!({})), ("b", json!({ "scopes": null, "sections": [], "expires_at": null,
            "requests_per_minute": null })), ("c", json!({ "sections": null }))] {
            let mut body = json!({ "name": name, "role": "editor" });
            body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            let made = make(app, &body).await;
            for field in ["scopes", "expires_at", "revoked_at", "last_used_at", "requests_per_minute"] {
                assert_eq!(made[field], Value::Null, "{field}");
            }
            assert_eq!(made["sections"], json!([]));
            let key = text(&made["key"]);
            assert_eq!(opens(app, &key).await, 200);
            app.post("/manage/tags").bearer(&key).json(&json!({ "name": name })).await.expect(201);
            app.get("/manage/changes").bearer(&key).await.problem(403, "forbidden");
        }
    }

    async fn nobody_but_an_administrator_in_person_comes_near(app: TestApp) {
        let made = make(app, &json!({ "name": "all", "role": "admin", "scopes": ["articles:read", "articles:write",
            "publish", "sections:write", "tags:write", "authors:write", "comments:moderate", "changes:read"] })).await;
        let user = app.member("reader").user.id.to_string();
        let body = json!({ "name": "more", "role": "admin" });
        let mut callers: Vec<String> = ["reader", "author", "editor", "moderator", "admin"].map(key_of).into();
        callers.push(text(&made["key"]));
        callers.extend(["reader", "author", "editor", "moderator"].map(|role| app.member(role).token));
        let mut asked = 0;
        for operation in app.spec().operations() {
            let rule = operation.value["x-access"].as_str().unwrap_or_default();
            let account = rule == "account";
            if !["manage_api_keys", "manage_users"].contains(&rule) && !account {
                continue;
            }
            let path = operation.path.replace("{key}", &text(&made["id"])).replace("{user}", &user);
            let call = || app.call(operation.method.clone(), &path).if_match(1).json(&body);
            call().await.problem(401, "unauthorized");
            for caller in &callers {
                // Everybody has an account of their own, but no key has one.
                if !account || caller.starts_with("bsk_") {
                    call().bearer(caller).await.problem(403, "forbidden");
                }
            }
            asked += 1;
        }
        assert!(asked >= 4, "{asked}");
        assert_eq!(app.count("SELECT count(*) FROM api_keys"), 8);
        assert_eq!(opens(app, &text(&made["key"])).await, 200);
    }

    async fn what_is_wrong_is_named_and_nothing_is_made(app: TestApp) {
        app.section("World", None).await;
        let admin = app.member("admin").token;
        for (field, value, pointer) in [
            ("name", json!(""), "/name"), ("name", json!("x".repeat(61)), "/name"), ("name", json!("a\nb"), "/name"),
            ("name", Value::Null, "/name"), ("role", json!("king"), "/role"), ("role", Value::Null, "/role"),
            ("scopes", json!([]), "/scopes"), ("scopes", json!(["publish", "publish"]), "/scopes"),
            ("scopes", json!(["publsih"]), "/scopes/0"), ("scopes", json!(["users:write"]), "/scopes/0"),
            ("scopes", json!("publish"), "/scopes"), ("scopes", json!(["publish", "changes:read"]), "/scopes/1"),
            ("sections", json!(["nowhere"]), "/sections/0"), ("sections", json!(["world", "wrld"]), "/sections/1"),
            ("sections", json!(["world", "world"]), "/sections/1"), ("sections", json!(["Not A Slug"]), "/sections/0"),
            ("sections", json!(["art_0000000000001"]), "/sections/0"), ("sections", json!("world"), "/sections"),
            ("sections", json!(vec!["world"; 51]), "/sections"),
            ("requests_per_minute", json!(0), "/requests_per_minute"),
            ("requests_per_minute", json!(-1), "/requests_per_minute"),
            ("requests_per_minute", json!(100_001), "/requests_per_minute"),
            ("requests_per_minute", json!(1.5), "/requests_per_minute"),
            ("expires_at", json!(app.in_seconds(0)), "/expires_at"), ("expires_at", json!("soon"), "/expires_at"),
            ("expires_at", json!(app.in_seconds(3651 * 86_400)), "/expires_at"),
            ("id", json!("key_0000000000001"), "/id"), ("hash", json!("x"), "/hash"), ("key", json!("bsk_x"), "/key"),
            ("created_by", json!("system:command"), "/created_by"), ("revoked_at", Value::Null, "/revoked_at"),
        ] {
            let mut body = json!({ "name": "new", "role": "editor" });
            body[field] = value;
            let reply = app.post("/manage/api-keys").bearer(&admin).json(&body).await;
            assert_eq!(reply.status, 422, "{body}: {}", reply.text());
            assert_eq!(reply.json()["errors"][0]["pointer"], pointer, "{body}: {}", reply.text());
        }
        let typo = app.post("/manage/api-keys").bearer(&admin)
            .json(&json!({ "name": "new", "role": "editor", "scopes": ["publsih"] })).await.json();
        assert_eq!(typo["errors"][0]["suggestion"], "publish");
        let limited = json!({ "name": "new", "role": "admin", "scopes": ["articles:read", "tags:write"], "sections": ["world"] });
        let limited = app.post("/manage/api-keys").bearer(&admin).json(&limited).await;
        assert_eq!(limited.problem(422, "validation_failed")["errors"][0]["pointer"], "/scopes/1");
        assert_eq!(app.count("SELECT count(*) FROM api_keys"), 7);
    }

    async fn a_name_is_taken_for_good(app: TestApp) {
        let admin = app.member("admin").token;
        for name in ["editor", "revoked"] {
            let body = json!({ "name": name, "role": "author" });
            let taken = app.post("/manage/api-keys").bearer(&admin).json(&body).await;
            assert_eq!(taken.problem(409, "conflict")["errors"][0]["pointer"], "/name");
        }
    }

    async fn the_list_has_every_key_the_latest_first(app: TestApp) {
        let admin = app.member("admin").token;
        for name in ["first", "second", "third"] {
            make(app, &json!({ "name": name, "role": "author" })).await;
        }
        let listed = app.get("/manage/api-keys?limit=100").bearer(&admin).await.expect(200).json();
        let of = |item: &Value| format!("{} {}", text(&item["name"]), text(&item["status"]));
        let all: Vec<String> = listed["items"].as_array().unwrap().iter().map(of).collect();
        assert_eq!(all, ["third valid", "second valid", "first valid", "expired expired", "revoked revoked",
            "admin valid", "moderator valid", "editor valid", "author valid", "reader valid"]);
        assert_eq!(listed["next_cursor"], Value::Null);
        let (mut walked, mut path) = (Vec::new(), "/manage/api-keys?limit=3".to_owned());
        loop {
            let page = app.get(&path).bearer(&admin).await.expect(200).json();
            walked.extend(page["items"].as_array().unwrap().iter().map(of));
            match page["next_cursor"].as_str() {
                Some(next) => path = format!("/manage/api-keys?limit=3&cursor={next}"),
                None => break,
            }
        }
        assert_eq!(walked, all);
        for bad in ["limit=0", "limit=101", "cursor=AAAA", "status=valid", "role=admin"] {
            let reply = app.get(&format!("/manage/api-keys?{bad}")).bearer(&admin).await;
            assert_eq!(reply.status, 400, "{bad}: {}", reply.text());
        }
        let strange = app.get("/manage/articles?limit=1").bearer(&admin).await.json();
        assert_eq!(strange["next_cursor"], Value::Null);
    }

    async fn it_ends_by_itself(app: TestApp) {
        let made = make(app, &json!({ "name": "brief", "role": "editor", "expires_at": app.in_seconds(60) })).await;
        let key = text(&made["key"]);
        assert_eq!(opens(app, &key).await, 200);
        app.advance(59);
        assert_eq!(opens(app, &key).await, 200);
        app.advance(1);
        assert_eq!(opens(app, &key).await, 401);
        let ended = app.get(&path_of(&made)).bearer(&app.member("admin").token).await.expect(200).json();
        assert_eq!((&ended["status"], &ended["version"]), (&json!("expired"), &json!(1)));
        assert_eq!(ended["expires_at"], made["expires_at"]);
    }

    async fn it_is_revoked_here_at_once_and_soon_elsewhere(app: TestApp) {
        let other = app.beside(|_| {}).await;
        let admin = app.member("admin").token;
        let made = make(app, &json!({ "name": "desk", "role": "editor" })).await;
        let (key, path) = (text(&made["key"]), path_of(&made));
        until("the other node knows it", async || opens(&other, &key).await == 200).await;
        let delete = || app.call(Method::DELETE, &format!("/api/v1{path}")).bearer(&admin);
        delete().await.problem(428, "precondition_required");
        assert_eq!(delete().if_match(2).await.problem(412, "precondition_failed")["current_version"], 1);
        assert_eq!(opens(app, &key).await, 200);
        let gone = delete().if_match(1).await.expect(204);
        assert!(gone.body.is_empty());
        assert_eq!(opens(app, &key).await, 401);
        until("the other node refuses it", async || opens(&other, &key).await == 401).await;
        let shown = app.get(&path).bearer(&admin).await.expect(200).json();
        assert_eq!((&shown["status"], &shown["version"]), (&json!("revoked"), &json!(2)));
        assert_eq!(shown["revoked_at"], app.in_seconds(0));
        delete().if_match(1).await.problem(412, "precondition_failed");
        delete().if_match(2).await.expect(204);
        assert_eq!(app.get(&path).bearer(&admin).await.version(), 2, "it was over already");
        let nobody = app.call(Method::DELETE, "/api/v1/manage/api-keys/key_0000000000000").bearer(&admin);
        nobody.if_match(1).await.problem(404, "not_found");

        let log = app.get(&format!("/manage/changes?entity_id={}", text(&made["id"]))).bearer(&admin).await.json();
        let kinds: Vec<&str> = log["items"].as_array().unwrap().iter().filter_map(|item| item["kind"].as_str()).collect();
        assert_eq!(kinds, ["revoked", "created"]);
    }

    async fn two_who_revoke_it_at_once_do_it_once(app: TestApp) {
        let admin = &app.member("admin").token;
        let made = make(app, &json!({ "name": "desk", "role": "editor" })).await;
        let path = &format!("/api/v1{}", path_of(&made));
        let race = (0..8).map(|_| async move {
            app.call(Method::DELETE, path).bearer(admin).if_match(1).await.status
        });
        let statuses = tests::join_all(race).await;
        assert!(statuses.contains(&204) && statuses.iter().all(|status| [204, 412].contains(status)), "{statuses:?}");
        assert_eq!(app.count("SELECT count(*) FROM changes WHERE kind = 'revoked' AND actor LIKE 'user:%'"), 1);
        assert_eq!(app.count("SELECT version FROM api_keys WHERE name = 'desk'"), 2);
    }

    async fn its_last_use_is_shown(app: TestApp) {
        let admin = app.member("admin").token;
        let made = make(app, &json!({ "name": "desk", "role": "editor" })).await;
        assert_eq!(opens(app, &text(&made["key"])).await, 200);
        until("the use is written", async || {
            let shown = app.get(&path_of(&made)).bearer(&admin).await.json();
            shown["last_used_at"] == app.in_seconds(0)
        }).await;
    }

    async fn the_command_makes_limited_keys_too(app: TestApp) {
        app.section("World", None).await;
        app.section("Europe", Some("world")).await;
        let create = ["api-key", "create", "--name", "desk", "--role", "editor", "--scopes", "articles:read,publish",
            "--sections", "europe", "--requests-per-minute", "90"];
        let made = command(app, &create).await;
        assert!(made.success, "{}", made.text);
        let key = made.stdout.trim();
        until("the key opens", async || {
            app.get("/manage/articles?section=europe").bearer(key).await.status == 200
        }).await;
        app.get("/manage/articles?section=world").bearer(key).await.problem(403, "forbidden");
        app.post("/manage/tags").bearer(key).json(&json!({ "name": "T" })).await.problem(403, "forbidden");
        let listed = command(app, &["api-key", "list"]).await;
        for shown in ["desk", "articles:read publish /world/europe", " 90 "] {
            assert!(listed.text.contains(shown), "{shown}: {}", listed.text);
        }
        for (wrong, told) in [
            (["--scopes", "articles:raed"], "articles:read"), (["--scopes", "changes:read"], "opens nothing"),
            (["--scopes", "publish,publish"], "twice"), (["--sections", "euorpe"], "did you mean `europe`?"),
            (["--sections", "europe,europe"], "already"), (["--requests-per-minute", "0"], "100000"),
        ] {
            let mut arguments = vec!["api-key", "create", "--name", "other", "--role", "editor"];
            arguments.extend(wrong);
            let refused = command(app, &arguments).await;
            assert!(!refused.success && refused.stdout.is_empty(), "{wrong:?}: {}", refused.text);
            assert!(refused.text.contains(told), "{wrong:?}: {}", refused.text);
        }
        assert_eq!(app.count("SELECT count(*) FROM api_keys"), 8);
    }
}
