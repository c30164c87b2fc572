//! A client that retries changes nothing twice.

use serde_json::{Value, json};
use tests::{TestApp, both, text};

async fn article(app: &TestApp) -> Value {
    app.section("World", None).await;
    app.article(json!({ "title": "Ferry", "section": "world" }))
        .await
}

const PATH: &str = "/articles/ferry/comments";

both! {
    async fn the_first_answer_is_replayed(app: TestApp) {
        article(app).await;
        let body = json!({ "body": "once", "author_name": "Ines" });
        let first = app.post(PATH).header("idempotency-key", "\"k-1\"").json(&body).await.expect(201);
        assert_eq!(first.header("idempotency-replayed"), "");
        let again = app.post(PATH).header("idempotency-key", "\"k-1\"").json(&body).await.expect(201);
        assert_eq!(again.header("idempotency-replayed"), "true");
        assert_eq!(again.json(), first.json());
        assert_eq!(again.header("location"), first.header("location"));
        assert_eq!(app.count("SELECT count(*) FROM comments"), 1);
        assert_eq!(app.get("/articles/ferry").await.json()["stats"]["comments"], 1);
        let other = app.post(PATH).header("idempotency-key", "\"k-2\"").json(&body).await.expect(201);
        assert_ne!(other.json()["id"], first.json()["id"]);
    }

    async fn the_same_key_with_another_body_is_refused(app: TestApp) {
        article(app).await;
        let body = json!({ "body": "once", "author_name": "Ines" });
        app.post(PATH).header("idempotency-key", "\"k-1\"").json(&body).await.expect(201);
        let other = json!({ "body": "twice", "author_name": "Ines" });
        app.post(PATH).header("idempotency-key", "\"k-1\"").json(&other).await.problem(422, "idempotency_key_reused");
        assert_eq!(app.count("SELECT count(*) FROM comments"), 1);
    }

    async fn a_refused_request_is_not_remembered(app: TestApp) {
        article(app).await;
        let bad = json!({ "body": "", "author_name": "Ines" });
        app.post(PATH).header("idempotency-key", "\"k-1\"").json(&bad).await.expect(422);
        let good = json!({ "body": "now", "author_name": "Ines" });
        app.post(PATH).header("idempotency-key", "\"k-1\"").json(&good).await.expect(201);
    }

    async fn parallel_retries_make_one_comment(app: TestApp) {
        article(app).await;
        let body = json!({ "body": "once", "author_name": "Ines" });
        let tries = (0..16).map(|_| {
            let body = body.clone();
            async move { app.post(PATH).header("idempotency-key", "\"storm\"").json(&body).await }
        });
        let replies = tests::join_all(tries).await;
        let mut id = None;
        for reply in &replies {
            assert_eq!(reply.status, 201, "{}", reply.text());
            let this = text(&reply.json()["id"]);
            assert_eq!(id.get_or_insert_with(|| this.clone()), &this);
        }
        let fresh = replies.iter().filter(|reply| reply.header("idempotency-replayed").is_empty());
        assert_eq!(fresh.count(), 1);
        assert_eq!(app.count("SELECT count(*) FROM comments"), 1);
    }

    async fn a_key_belongs_to_its_caller_and_path(app: TestApp) {
        article(app).await;
        app.article(json!({ "title": "Other", "section": "world" })).await;
        let body = json!({ "body": "once", "author_name": "Ines" });
        let first = app.post(PATH).header("idempotency-key", "\"k\"").json(&body).await.expect(201);
        let other = app.post("/articles/other/comments").header("idempotency-key", "\"k\"").json(&body).await.expect(201);
        assert_ne!(first.json()["id"], other.json()["id"]);
        let section = json!({ "name": "Sport" });
        for role in ["editor", "admin"] {
            let reply = app.post("/manage/sections").as_role(role).header("idempotency-key", "\"k\"").json(&section).await;
            match role {
                "editor" => assert_eq!(reply.status, 201),
                _ => assert_eq!(reply.header("idempotency-replayed"), ""),
            }
        }
    }

    async fn creating_and_publishing_are_replayed_too(app: TestApp) {
        app.section("World", None).await;
        let body = json!({ "title": "Ferry", "section": "world", "body": { "format": "markdown", "source": "x" } });
        let mut ids = Vec::new();
        for _ in 0..2 {
            let reply = app.post("/manage/articles").as_role("editor").header("idempotency-key", "\"a\"").json(&body).await.expect(201);
            assert_eq!(reply.header("etag"), "\"1\"");
            assert!(reply.header("location").starts_with("/api/v1/manage/articles/"));
            ids.push(text(&reply.json()["id"]));
        }
        assert_eq!(ids[0], ids[1]);
        assert_eq!(app.count("SELECT count(*) FROM articles"), 1);
        let mut versions = Vec::new();
        for _ in 0..2 {
            let reply = app.post(&format!("/manage/articles/{}/publish", ids[0])).as_role("editor")
                .if_match(1).header("idempotency-key", "\"p\"").json(&json!({})).await.expect(200);
            versions.push(reply.version());
        }
        assert_eq!(versions[0], versions[1]);
    }

    async fn a_key_that_is_none_is_refused(app: TestApp) {
        article(app).await;
        let body = json!({ "body": "once", "author_name": "Ines" });
        for key in ["", "\"\"", &"k".repeat(300)] {
            let reply = app.post(PATH).header("idempotency-key", key).json(&body).await;
            assert_eq!(reply.status, 400, "{key}: {}", reply.text());
        }
        assert_eq!(app.count("SELECT count(*) FROM comments"), 0);
        let plain = app.post(PATH).header("idempotency-key", "unquoted-is-fine").json(&body).await;
        plain.expect(201);
    }
}
