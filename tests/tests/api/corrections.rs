//! What the newspaper says in public about its own mistakes.

use serde_json::{Value, json};
use tests::{TestApp, both, text};

fn path_of(article: &Value) -> String {
    format!("/manage/articles/{}/corrections", text(&article["id"]))
}

async fn live(app: &TestApp, article: &Value) -> Value {
    let path = format!("/articles/{}", text(&article["id"]));
    app.get(&path).await.expect(200).json()
}

both! {
    async fn a_correction_is_public_at_once_and_until_it_is_taken_back(app: TestApp) {
        app.section("World", None).await;
        let article = app.article(json!({ "section": "world" })).await;
        let before = live(app, &article).await;
        assert_eq!(before["corrections"], json!([]));
        app.advance(60);
        let path = path_of(&article);
        let body = json!({ "text": "It was Tuesday.\r\nNot Monday. ", "date": null });
        let call = || app.post(&path).as_role("editor").if_match(2).header("idempotency-key", "k").json(&body);
        let made = call().await.expect(201);
        assert_eq!(made.header("etag"), "\"3\"");
        let correction = made.json();
        assert_eq!(made.header("location"), format!("/api/v1{path}/{}", text(&correction["id"])));
        let after = live(app, &article).await;
        let public = json!([{ "id": correction["id"], "text": "It was Tuesday.\nNot Monday.", "date": correction["date"] }]);
        assert_eq!(after["corrections"], public);
        assert_ne!(after["updated_at"], before["updated_at"]);
        assert_eq!((&after["title"], &after["published_at"]), (&before["title"], &before["published_at"]));
        assert_eq!(call().await.expect(201).header("idempotency-replayed"), "true");
        let earlier = json!({ "text": "Before that.", "date": "2020-01-01T00:00:00Z" });
        app.post(&path).as_role("editor").if_match(2).json(&earlier).await.problem(412, "precondition_failed");
        app.post(&path).as_role("editor").if_match(3).json(&earlier).await.expect(201);
        let texts = |all: &Value| all.as_array().unwrap().iter().map(|one| text(&one["text"])).collect::<Vec<_>>();
        let shown = texts(&live(app, &article).await["corrections"]);
        assert_eq!(shown, ["Before that.", "It was Tuesday.\nNot Monday."], "the newest last");
        let listed = app.get(&path).as_role("editor").await.expect(200).json();
        assert_eq!(texts(&listed["items"]), shown);
        let one = format!("{path}/{}", text(&correction["id"]));
        let read = app.get(&one).as_role("editor").await.expect(200);
        assert_eq!((read.header("etag"), read.json()), ("\"4\"", correction.clone()));
        assert_eq!(listed["items"][1], correction);
        // What is published anew keeps them, and a card does not carry them.
        let managed = app.get(&path.replace("/corrections", "")).as_role("editor").await.expect(200).json();
        app.publish(&managed).await;
        assert_eq!(texts(&live(app, &article).await["corrections"]), shown);
        assert!(app.get("/articles").await.json()["items"][0].get("corrections").is_none());
        app.delete(&one).as_role("editor").await.problem(428, "precondition_required");
        app.delete(&one).as_role("editor").if_match(5).await.expect(204);
        assert_eq!(texts(&live(app, &article).await["corrections"]), ["Before that."]);
        app.get(&one).as_role("editor").await.problem(404, "not_found");
        app.delete(&one).as_role("editor").if_match(6).await.problem(404, "not_found");
    }

    async fn a_correction_of_a_draft_waits_for_its_publication(app: TestApp) {
        app.section("World", None).await;
        let draft = app.draft(json!({ "section": "world" })).await;
        app.post(&path_of(&draft)).as_role("editor").if_match(1).json(&json!({ "text": "A slip." })).await.expect(201);
        let managed = app.get(&path_of(&draft).replace("/corrections", "")).as_role("editor").await.expect(200).json();
        let published = app.publish(&managed).await;
        assert_eq!(live(app, &published).await["corrections"][0]["text"], "A slip.");
        let other = app.draft(json!({ "title": "Other", "section": "world" })).await;
        let made = app.post(&path_of(&other)).as_role("editor").if_match(1).json(&json!({ "text": "B." })).await.json();
        let foreign = format!("{}/{}", path_of(&draft), text(&made["id"]));
        app.get(&foreign).as_role("editor").await.problem(404, "not_found");
        app.delete(&foreign).as_role("editor").if_match(3).await.problem(404, "not_found");
        app.delete(&path_of(&other).replace("/corrections", "")).as_role("editor").if_match(2).await.expect(204);
    }

    async fn what_is_no_correction_is_refused(app: TestApp) {
        app.section("World", None).await;
        let article = app.article(json!({ "section": "world" })).await;
        for (body, pointer) in [
            (json!({ "text": " " }), "/text"), (json!({ "text": "x".repeat(2001) }), "/text"), (json!({}), "/text"),
            (json!({ "text": "a\u{0}b" }), "/text"), (json!({ "text": "x", "date": "soon" }), "/date"),
            (json!({ "text": "x", "date": "2999-01-01T00:00:00Z" }), "/date"), (json!({ "text": "x", "by": "me" }), "/by"),
        ] {
            let refused = app.post(&path_of(&article)).as_role("editor").if_match(2).json(&body).await;
            assert_eq!(refused.expect(422).json()["errors"][0]["pointer"], pointer, "{body}");
        }
        let body = json!({ "text": "x" });
        app.post(&path_of(&article)).as_role("author").if_match(2).json(&body).await.problem(403, "forbidden");
        assert_eq!(live(app, &article).await["corrections"], json!([]));
    }
}
