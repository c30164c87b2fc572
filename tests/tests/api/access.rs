//! Credentials: where they are checked, and what they do not change.

use serde_json::json;
use tests::{TestApp, both, key_of};

const ROLES: [&str; 5] = ["reader", "author", "editor", "moderator", "admin"];

both! {
    async fn credentials_are_checked_even_where_none_are_needed(app: TestApp) {
        app.section("World", None).await;
        let good = key_of("reader");
        app.get("/sections").bearer(&good).await.expect(200);
        let mut bent = good.clone();
        bent.pop();
        for token in ["bsk_unknown", "", "x", bent.as_str(), &key_of("revoked"), &key_of("expired"), "eyJhbGciOiJub25lIn0.e30."] {
            let reply = app.get("/sections").bearer(token).await;
            reply.problem(401, "unauthorized");
            assert!(reply.header("www-authenticate").starts_with("Bearer"), "{token}");
            app.get("/manage/articles").bearer(token).await.problem(401, "unauthorized");
        }
        for scheme in ["Basic dXNlcjpwYXNz", "Bearer", "bsk_x"] {
            app.get("/sections").header("authorization", scheme).await.problem(401, "unauthorized");
        }
        app.get("/sections").header("authorization", &format!("bearer {good}")).await.expect(200);
        let twice = app.get("/sections").bearer(&good).bearer(&good).unchecked().await;
        assert!([400, 401].contains(&twice.status));
    }

    async fn a_key_in_the_query_is_refused(app: TestApp) {
        for name in ["access_token", "token", "api_key"] {
            let path = format!("/sections?{name}={}", key_of("admin"));
            let reply = app.get(&path).await;
            reply.problem(400, "unknown_parameter");
            assert!(!reply.text().contains(&key_of("admin")), "{}", reply.text());
        }
    }

    async fn a_public_answer_is_the_same_with_credentials_but_private(app: TestApp) {
        app.section("World", None).await;
        app.article(json!({ "title": "Ferry", "section": "world" })).await;
        for path in ["/articles", "/articles/ferry", "/sections", "/articles/ferry/comments"] {
            let plain = app.get(path).await.expect(200);
            for role in ROLES {
                let known = app.get(path).as_role(role).await.expect(200);
                assert_eq!(known.body, plain.body, "{path} as {role}");
                assert_eq!(known.header("cache-control"), "private, no-store");
            }
        }
    }

    async fn keys_are_stored_hashed(app: TestApp) {
        let dump = app.lines("SELECT name || ' ' || hash || ' ' || hint AS line FROM api_keys ORDER BY name");
        assert_eq!(dump.len(), 7);
        for role in ROLES {
            let key = key_of(role);
            assert!(dump.iter().all(|line| !line.contains(&key)));
        }
    }

    async fn every_write_is_in_the_change_log_with_its_actor(app: TestApp) {
        app.section("World", None).await;
        let article = app.article(json!({ "title": "Ferry", "section": "world" })).await;
        app.comment(&article, "hello", None).await;
        let log = app.lines(
            "SELECT entity || ' ' || kind || ' ' || CASE WHEN actor LIKE 'api_key:%' THEN 'key' ELSE actor END AS line \
             FROM changes WHERE entity NOT IN ('api_key', 'signing_key') ORDER BY seq");
        assert!(log.len() >= 4, "{log:?}");
        assert!(log[0].starts_with("section ") && log[0].ends_with(" key"), "{log:?}");
        assert!(log.last().is_some_and(|line| line.starts_with("comment ") && line.ends_with(" guest")), "{log:?}");
    }
}
