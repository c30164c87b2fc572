//! Sections, authors and tags as editors handle them.

use serde_json::{Value, json};
use tests::{TestApp, both, redacted, text};

const NOUNS: [&str; 3] = ["sections", "authors", "tags"];

both! {
    async fn each_is_created_read_and_changed(app: TestApp) {
        for noun in NOUNS {
            let list = format!("/manage/{noun}");
            let reply = app.post(&list).as_role("editor").json(&json!({ "name": "Север и Юг" })).await.expect(201);
            let made = reply.json();
            assert_eq!(reply.header("etag"), "\"1\"");
            assert_eq!(made["slug"], "sever-i-iug", "{noun}");
            let path = format!("{list}/{}", text(&made["id"]));
            assert_eq!(reply.header("location"), format!("/api/v1{path}"));
            insta::assert_json_snapshot!(format!("managed_{noun}"), redacted(&made));
            assert_eq!(app.get(&path).as_role("editor").await.expect(200).json(), made);

            app.patch(&path).as_role("editor").json(&json!({ "name": "N" })).await.problem(428, "precondition_required");
            let changed = app.patch(&path).as_role("editor").if_match(1).json(&json!({ "name": "North" })).await.expect(200);
            assert_eq!(changed.version(), 2);
            assert_eq!(changed.json()["slug"], made["slug"]);
            let stale = app.patch(&path).as_role("editor").if_match(1).json(&json!({ "name": "N" })).await;
            assert_eq!(stale.problem(412, "precondition_failed")["current_version"], 2);
            assert_eq!(app.get(&path).as_role("editor").await.json()["name"], "North");
            let listed = app.get(&list).as_role("moderator").await.expect(200).json();
            assert_eq!(listed["items"].as_array().map(Vec::len), Some(1));
        }
    }

    async fn a_taken_slug_is_named(app: TestApp) {
        for noun in NOUNS {
            let list = format!("/manage/{noun}");
            let first = app.post(&list).as_role("editor").json(&json!({ "name": "North" })).await.expect(201).json();
            let made = app.post(&list).as_role("editor").json(&json!({ "name": "North" })).await.expect(201).json();
            assert_eq!(made["slug"], "north-2", "{noun}");
            let refused = app.post(&list).as_role("editor").json(&json!({ "name": "N", "slug": "north" })).await;
            let problem = refused.problem(409, "slug_taken");
            assert_eq!(problem["conflicting_id"], first["id"], "{noun}");
            assert_eq!(problem["suggestion"], "north-3", "{noun}");
        }
    }

    async fn wrong_fields_are_named(app: TestApp) {
        for noun in NOUNS {
            let list = format!("/manage/{noun}");
            for (body, pointer) in [
                (json!({}), "/name"), (json!({ "name": "" }), "/name"), (json!({ "name": 1 }), "/name"),
                (json!({ "name": "x".repeat(500) }), "/name"), (json!({ "name": "a\u{0}" }), "/name"),
                (json!({ "name": "N", "slug": "A B" }), "/slug"), (json!({ "name": "N", "id": "x" }), "/id"),
                (json!({ "name": "N", "version": 7 }), "/version"),
            ] {
                let reply = app.post(&list).as_role("editor").json(&body).await;
                assert_eq!(reply.status, 422, "{noun} {body}: {}", reply.text());
                assert!(reply.text().contains(pointer) || pointer == "/name", "{noun} {body}: {}", reply.text());
            }
            let listed = app.get(&list).as_role("editor").await.json();
            assert_eq!(listed["items"], json!([]), "{noun}");
        }
        let reply = app.post("/manage/sections").as_role("editor").json(&json!({ "name": "N", "parent": "nowhere" })).await;
        assert_eq!(reply.status, 422, "{}", reply.text());
        assert!(reply.text().contains("/parent"), "{}", reply.text());
    }

    async fn sections_nest_eight_deep_and_no_deeper(app: TestApp) {
        let mut parent: Option<String> = None;
        for level in 1..=8 {
            let section = app.section(&format!("Level {level}"), parent.as_deref()).await;
            parent = Some(text(&section["slug"]));
        }
        let body = json!({ "name": "Too deep", "parent": parent });
        let reply = app.post("/manage/sections").as_role("editor").json(&body).await;
        assert_eq!(reply.status, 422, "{}", reply.text());
        let deepest = app.get("/sections/level-8").await.expect(200).json();
        assert_eq!(deepest["breadcrumbs"].as_array().map(Vec::len), Some(8));
    }

    async fn a_change_is_seen_by_the_next_request(app: TestApp) {
        let section = app.section("World", None).await;
        app.article(json!({ "title": "Ferry", "section": "world" })).await;
        let path = format!("/manage/sections/{}", text(&section["id"]));
        for (version, name) in (1..).zip(["Globe", "Earth", "Planet"]) {
            app.patch(&path).as_role("editor").if_match(version).json(&json!({ "name": name })).await.expect(200);
            assert_eq!(app.get("/sections/world").await.json()["name"], name);
            assert_eq!(app.get("/articles/ferry").await.json()["section"]["name"], name);
        }
        assert_eq!(app.get("/sections").await.json()["items"][0]["description"], Value::Null);
    }
}
