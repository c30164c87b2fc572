//! What is taken down is gone from every answer at once, and says so at its addresses.

use serde_json::{Value, json};
use tests::{TestApp, both, text};

use crate::transitions::{nowhere, reads, story, tags_of, turn};

const NOTICE: &str = "It was removed by order of a court.";

fn order() -> Value {
    json!({ "reason": "The order of the regional court", "public_notice": NOTICE })
}

both! {
    async fn what_is_taken_down_says_so_at_every_address_it_had(app: TestApp) {
        let (article, root) = story(app).await;
        let id = text(&article["id"]);
        let paths = reads(&id, &["canary", "canary-sings"], &root);
        let tags = tags_of(app, &paths).await;
        let reply = turn(app, &article, "takedown", &order(), "editor").await.expect(200);
        let down = reply.json();
        assert_eq!((&down["status"], &down["version"]), (&json!("taken_down"), &json!(5)));
        assert_eq!(down["takedown"]["reason"], "The order of the regional court");
        assert_eq!(down["takedown"]["public_notice"], NOTICE);
        assert_eq!(down["takedown"]["taken_down_at"], app.in_seconds(0));
        assert_eq!(article["takedown"], Value::Null);
        nowhere(app, &paths, &tags, &id).await;
        let comment = json!({ "body": "Why?", "author_name": "Ines" });
        for name in ["canary", "canary-sings", id.as_str()] {
            for (below, post) in [("", false), ("/comments", false), ("/comments", true), ("/views", true)] {
                let path = format!("/articles/{name}{below}");
                let reply = if post { app.post(&path).json(&comment).await } else { app.get(&path).await };
                assert_eq!(reply.problem(410, "gone")["notice"], NOTICE, "{path}");
                if !post {
                    assert_eq!(reply.header("cache-control"), "max-age=0, s-maxage=1", "{path}");
                    let known = app.get(&path).as_user("reader").await;
                    assert_eq!(known.problem(410, "gone")["notice"], NOTICE);
                    assert_eq!(known.header("cache-control"), "private, no-store");
                }
            }
        }
        for path in [format!("/comments/{root}"), format!("/comments/{root}/replies")] {
            app.get(&path).await.problem(404, "not_found");
        }
        let before = app.get("/articles/before?include=neighbors").await.expect(200).json();
        assert_eq!(before["neighbors"]["next"]["slug"], "after");
        let spent = app.fewest(|| async { app.get("/articles/canary").await }).await.1;
        assert!(spent <= 2, "{spent} statements");
    }

    async fn a_takedown_is_in_the_log_and_can_be_undone(app: TestApp) {
        let (article, _) = story(app).await;
        let id = text(&article["id"]);
        let silent = json!({ "reason": "Somebody else's text", "public_notice": null });
        let down = turn(app, &article, "takedown", &silent, "editor").await.expect(200).json();
        let told = app.get("/articles/canary-sings").await.problem(410, "gone");
        assert_eq!(told.get("notice"), None);
        // Its working copy can be put right; nothing of it goes out.
        let fixed = app.patch_article(&down, &json!({ "title": "Canary, put right" })).await;
        assert_eq!(fixed["takedown"]["reason"], "Somebody else's text");
        turn(app, &fixed, "publish", &json!({}), "admin").await.problem(409, "wrong_state");
        turn(app, &fixed, "unpublish", &json!({}), "admin").await.problem(409, "wrong_state");
        turn(app, &fixed, "takedown", &silent, "admin").await.problem(409, "wrong_state");
        turn(app, &fixed, "restore", &json!({}), "editor").await.problem(403, "forbidden");
        let log = app.get(&format!("/manage/changes?entity_id={id}")).as_user("admin").await.expect(200).json();
        assert_eq!(log["items"][1]["kind"], "taken_down");
        assert_eq!(log["items"][1]["data"], json!({ "reason": "Somebody else's text" }));
        let back = turn(app, &fixed, "restore", &json!({}), "admin").await.expect(200).json();
        assert_eq!((&back["status"], &back["takedown"]), (&json!("unpublished"), &Value::Null));
        for name in ["canary", "canary-sings", id.as_str()] {
            app.get(&format!("/articles/{name}")).await.problem(404, "not_found");
        }
        let again = app.publish(&back).await;
        assert_eq!(again["published_at"], article["published_at"]);
        app.get("/articles/canary").await.expect(301);
        let live = app.get("/articles/canary-sings").await.expect(200).json();
        assert_eq!((&live["title"], &live["stats"]["comments"]), (&json!("Canary, put right"), &json!(2)));
        let unpublished = turn(app, &again, "unpublish", &json!({}), "editor").await.expect(200).json();
        turn(app, &unpublished, "takedown", &silent, "editor").await.expect(200);
        app.get("/articles/canary").await.problem(410, "gone");
    }

    async fn what_nobody_could_read_does_not_show_that_it_was_there(app: TestApp) {
        app.section("World", None).await;
        let draft = app.draft(json!({ "title": "Merger", "section": "world" })).await;
        turn(app, &draft, "takedown", &order(), "editor").await.problem(409, "wrong_state");
        let soon = app.publish_with(&draft, &json!({ "visible_from": app.in_seconds(60) })).await;
        let down = turn(app, &soon, "takedown", &order(), "editor").await.expect(200).json();
        for name in ["merger".to_owned(), text(&draft["id"])] {
            app.get(&format!("/articles/{name}")).await.problem(404, "not_found");
        }
        app.advance(120);
        app.get("/articles/merger").await.problem(404, "not_found");
        // A new name that was only scheduled is given up; the one that was public is not.
        let back = turn(app, &down, "restore", &json!({}), "admin").await.expect(200).json();
        let live = app.publish(&back).await;
        let renamed = app.patch_article(&live, &json!({ "slug": "fusion" })).await;
        let soon = app.publish_with(&renamed, &json!({ "visible_from": app.in_seconds(60) })).await;
        turn(app, &soon, "takedown", &order(), "editor").await.expect(200);
        app.get("/articles/merger").await.problem(410, "gone");
        app.get("/articles/fusion").await.problem(404, "not_found");
    }

    async fn a_takedown_says_why(app: TestApp) {
        let (article, _) = story(app).await;
        for (body, place) in [
            (json!({}), "/reason"), (json!({ "reason": " " }), "/reason"),
            (json!({ "reason": "x".repeat(1001) }), "/reason"),
            (json!({ "reason": "It is wrong.", "public_notice": "" }), "/public_notice"),
        ] {
            let told = turn(app, &article, "takedown", &body, "editor").await.problem(422, "validation_failed");
            assert_eq!(told["errors"][0]["pointer"], place, "{told}");
        }
        turn(app, &article, "takedown", &order(), "author").await.problem(403, "forbidden");
        turn(app, &article, "takedown", &order(), "moderator").await.problem(403, "forbidden");
        app.get("/articles/canary-sings").await.expect(200);
    }
}
