//! Access tokens: what opens, what does not, and what ends them.

mod forge;
mod forged;
mod keys;
mod revoked;

use reqwest::Method;
use serde_json::json;
use tests::{Reply, TestApp, both};

/// What is refused as a token on a public route and on one of the newsroom.
#[track_caller]
fn is_refused(reply: &Reply, what: &str) {
    assert_eq!(reply.status, 401, "{what}: {}", reply.text());
    reply.problem(401, "unauthorized");
    let challenge = reply.header("www-authenticate");
    assert!(
        challenge.starts_with("Bearer ") && challenge.contains("error=\"invalid_token\""),
        "{what}: {challenge}"
    );
}

both! {
    async fn a_token_opens_what_its_role_may_do(app: TestApp) {
        app.section("World", None).await;
        let plain = app.get("/sections").await.expect(200);
        for (role, status) in [("reader", 403), ("author", 200), ("editor", 200), ("moderator", 200), ("admin", 200)] {
            let member = app.member(role);
            let known = app.get("/sections").bearer(&member.token).await.expect(200);
            assert_eq!(known.body, plain.body);
            assert_eq!(known.header("cache-control"), "private, no-store");
            let reply = app.get("/manage/articles").bearer(&member.token).await.expect(status);
            assert_eq!(reply.header("cache-control"), "private, no-store");
            if status == 403 {
                let challenge = reply.header("www-authenticate");
                assert!(challenge.contains("error=\"insufficient_scope\""), "{challenge}");
            }
        }
        let editor = app.member("editor");
        for form in [format!("bearer {}", editor.token), format!("BEARER  {}", editor.token)] {
            app.get("/manage/articles").header("authorization", &form).await.expect(200);
        }
        let made = app.post("/manage/tags").bearer(&editor.token).json(&json!({ "name": "Ferries" })).await;
        made.expect(201);
        let actors = app.lines("SELECT actor AS line FROM changes WHERE entity = 'tag'");
        assert_eq!(actors, [format!("user:{}", editor.user.id)]);
    }

    async fn a_token_outlives_a_restart_and_ends_after_ten_minutes(app: TestApp) {
        let editor = app.member("editor");
        let again = app.restarted().await;
        again.get("/manage/articles").bearer(&editor.token).await.expect(200);
        again.advance(599);
        again.get("/manage/articles").bearer(&editor.token).await.expect(200);
        again.advance(1);
        for path in ["/sections", "/manage/articles"] {
            let reply = again.get(path).bearer(&editor.token).await;
            is_refused(&reply, "expired");
            assert!(reply.json()["detail"].as_str().unwrap().contains("/auth/refresh"));
        }
        let next = tests::members::token(&again.store(), &editor.user, editor.session, again.now());
        again.get("/manage/articles").bearer(&next).await.expect(200);
    }

    async fn a_token_costs_no_statement(app: TestApp) {
        app.section("World", None).await;
        app.article(json!({ "title": "Ferry", "section": "world" })).await;
        let editor = app.member("editor");
        let fewest = async |path: &str, token: &str| {
            let mut fewest = u64::MAX;
            for _ in 0..4 {
                let before = app.statements();
                app.get(path).bearer(token).await.expect(200);
                fewest = fewest.min(app.statements() - before);
            }
            fewest
        };
        for path in ["/articles/ferry", "/articles", "/sections"] {
            let plain = app.fewest_statements(path).await;
            assert!(fewest(path, &editor.token).await <= plain, "{path}");
        }
        for path in ["/manage/articles", "/manage/sections"] {
            let with_key = fewest(path, &tests::key_of("editor")).await;
            assert!(fewest(path, &editor.token).await <= with_key, "{path}");
        }
    }

    async fn what_signs_in_does_not_mind_credentials_that_are_over(app: TestApp) {
        let forge = forge::Forge::new(app);
        let member = &forge.member;
        let unknown = forge.head(&forge::with(&forge.head, "kid", "A".repeat(43).into()));
        let bent = format!("{}A", member.token);
        let over = member.token.clone();
        app.advance(700);
        let mut shown = member.refresh.clone();
        for (what, token) in [("over", over.as_str()), ("of an unknown key", &unknown), ("bent", &bent),
                              ("an unknown key", "bsk_unknown"), ("an API key", &tests::key_of("reader"))] {
            let call = app.post("/auth/refresh").bearer(token);
            let reply = call.json(&json!({ "refresh_token": shown })).await;
            assert_eq!(reply.status, 200, "{what}: {}", reply.text());
            assert_eq!(reply.header("cache-control"), "private, no-store");
            assert_eq!(reply.header("cross-origin-resource-policy"), "same-site");
            shown = tests::text(&reply.json()["refresh_token"]);
        }
        let body = json!({ "refresh_token": shown });
        for header in ["Basic eDp5", "Bearer", "Bearer ", "Bearer x", "Bearer a.b", "bsk_x", &format!("Bearer {shown}")] {
            let reply = app.post("/auth/refresh").header("authorization", header).json(&body).await;
            is_refused(&reply, header);
        }
        is_refused(&app.post("/auth/refresh").bearer(&over).bearer(&over).json(&body).await, "twice");
        // Nor does what opens other doors carry a session on.
        for token in [&over, &tests::key_of("admin"), &bent] {
            let body = json!({ "refresh_token": token });
            assert_eq!(app.post("/auth/refresh").json(&body).await.status, 401, "{token}");
        }
        let next = app.post("/auth/refresh").json(&body).await.expect(200).json();
        let token = tests::text(&next["access_token"]);
        app.get("/manage/articles").bearer(&token).await.expect(200);
    }

    async fn pages_of_our_own_origins_alone_may_sign_in(app: TestApp) {
        let asked = async |origin: &str, path: &str| {
            let call = app.call(Method::OPTIONS, path).header("origin", origin);
            let reply = call.header("access-control-request-method", "POST").await.expect(204);
            reply.header("access-control-allow-origin").to_owned()
        };
        for path in ["/api/v1/auth/login", "/api/v1/auth/refresh", "/api/v1/auth/logout"] {
            assert_eq!(asked(tests::ORIGIN, path).await, tests::ORIGIN, "{path}");
            assert_eq!(asked("https://evil.example", path).await, "", "{path}");
        }
        let body = json!({ "refresh_token": "bsr_x" });
        let post = |origin: &str| app.post("/auth/refresh").header("origin", origin).json(&body);
        let evil = post("https://evil.example").await;
        assert_eq!((evil.status, evil.header("access-control-allow-origin")), (401, ""));
        assert_eq!(post(tests::ORIGIN).await.header("access-control-allow-origin"), tests::ORIGIN);
    }

    async fn private_places_say_nothing_to_strangers_and_other_sites(app: TestApp) {
        for path in ["/api/v1/manage", "/api/v1/manage/nothing", "/api/v1/me/nothing", "/api/v1/auth/nothing", "/api/v1/auth"] {
            let reply = app.call(Method::GET, path).header("origin", "https://evil.example").await;
            assert_eq!(reply.header("cache-control"), "private, no-store", "{path}");
            assert_eq!(reply.header("cross-origin-resource-policy"), "same-site", "{path}");
            assert_eq!(reply.header("access-control-allow-origin"), "", "{path}");
            let ours = app.call(Method::GET, path).header("origin", tests::ORIGIN).await;
            assert_eq!(ours.header("access-control-allow-origin"), tests::ORIGIN, "{path}");
        }
        for path in ["/api/v1/managed", "/api/v1/mean", "/api/v1/authors-of-old"] {
            let reply = app.call(Method::GET, path).await.expect(404);
            assert_eq!(reply.header("cache-control"), "max-age=0, s-maxage=1", "{path}");
            assert_eq!(reply.header("access-control-allow-origin"), "*", "{path}");
        }
    }
}
