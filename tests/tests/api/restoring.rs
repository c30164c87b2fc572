//! Comparing revisions with one another, and restoring one.

use serde_json::{Value, json};
use tests::{TestApp, both, text};

fn path_of(article: &Value) -> String {
    format!("/manage/articles/{}", text(&article["id"]))
}

async fn diff(app: &TestApp, article: &Value, which: &str) -> Value {
    let path = format!("{}/revisions/{which}", path_of(article));
    app.get(&path).as_role("editor").await.expect(200).json()
}

/// The words of one side.
fn side(change: &Value, without: &str) -> String {
    let words = change["words"].as_array().unwrap().iter();
    let kept = words.filter(|word| word["op"] != without);
    kept.map(|word| text(&word["text"])).collect()
}

both! {
    async fn revisions_are_compared_field_by_field_and_word_by_word(app: TestApp) {
        app.section("World", None).await;
        app.section("Sport", None).await;
        app.author("Ada").await;
        app.tag("Shipping").await;
        let draft = app.draft(json!({ "title": "The last ferry", "section": "world", "tags": ["shipping"] })).await;
        let second = app.patch_article(&draft, &json!({ "title": "The first ferry", "summary": "Short.", "tags": [],
            "authors": ["ada"], "section": "sport", "comments": "closed" })).await;
        let source = "The ferry was early.\n\n## Later\n\nIt came.";
        let third = app.patch_article(&second, &json!({ "body": { "source": source } })).await;
        let found = diff(app, &third, "2/diff").await;
        assert_eq!((&found["revision"], &found["against"]), (&json!(2), &json!(1)));
        let changes = found["changes"].as_array().unwrap();
        let fields: Vec<String> = changes.iter().map(|change| text(&change["field"])).collect();
        assert_eq!(fields, ["title", "summary", "section", "authors", "tags", "comments"]);
        assert_eq!(changes[0]["words"], json!([
            { "op": "equal", "text": "The " }, { "op": "delete", "text": "last" }, { "op": "insert", "text": "first" },
            { "op": "equal", "text": " ferry" },
        ]));
        assert_eq!((&changes[1]["from"], &changes[1]["to"]), (&Value::Null, &json!("Short.")));
        assert_eq!((&changes[2]["from"], &changes[2]["to"]), (&json!("world"), &json!("sport")));
        assert_eq!((&changes[3]["from"], &changes[3]["to"]), (&json!([]), &json!(["ada"])));
        assert_eq!((&changes[4]["from"], &changes[4]["to"]), (&json!(["shipping"]), &json!([])));
        assert!(changes[3].get("words").is_none());
        let far = diff(app, &third, "3/diff?against=1").await;
        let body = far["changes"].as_array().unwrap().iter().find(|change| change["field"] == "body").unwrap().clone();
        assert_eq!(body["to"]["source"], source);
        assert_eq!((side(&body, "delete"), side(&body, "insert")), (source.to_owned(), text(&draft["body"]["source"])));
        let back = diff(app, &third, "1/diff?against=3").await;
        assert_eq!(back["changes"].as_array().unwrap().len(), 7);
        let same = diff(app, &third, "2/diff?against=2").await;
        assert_eq!(same["changes"], json!([]));
        let first = diff(app, &third, "1/diff").await;
        assert_eq!(first["against"], Value::Null);
        for change in first["changes"].as_array().unwrap() {
            assert_eq!(change["from"], Value::Null, "{change}");
        }
        assert_eq!(first["changes"][0]["words"], json!([{ "op": "insert", "text": "The last ferry" }]));
        for bad in ["9", "0", "x"] {
            let path = format!("{}/revisions/2/diff?against={bad}", path_of(&third));
            app.get(&path).as_role("editor").await.problem(400, "invalid_parameter");
        }
        app.get(&format!("{}/revisions/9/diff", path_of(&third))).as_role("editor").await.problem(404, "not_found");
    }

    async fn a_restored_revision_is_a_new_one(app: TestApp) {
        app.section("World", None).await;
        let article = app.article(json!({ "title": "Original", "section": "world", "summary": "One." })).await;
        let changed = app.patch_article(&article, &json!({ "title": "Changed", "summary": null, "slug": "other" })).await;
        let path = format!("{}/revisions/1/restore", path_of(&article));
        app.post(&path).as_role("editor").json(&json!({})).await.problem(428, "precondition_required");
        app.post(&path).as_role("editor").if_match(2).json(&json!({})).await.problem(412, "precondition_failed");
        let call = || app.post(&path).as_role("editor").if_match(3).header("idempotency-key", "once");
        let reply = call().await.expect(200);
        let restored = reply.json();
        assert_eq!((reply.header("etag"), restored["version"].as_i64()), ("\"4\"", Some(4)));
        for field in ["title", "summary", "slug", "body"] {
            assert_eq!(restored[field], article[field], "{field}");
        }
        assert_ne!(restored["title"], changed["title"]);
        assert_eq!(restored["has_unpublished_changes"], true, "it says the same, and is another");
        let again = call().await.expect(200);
        assert_eq!((again.header("idempotency-replayed"), again.json()), ("true", restored.clone()));
        let newest = diff(app, &article, "3").await;
        assert_eq!((&newest["note"], &newest["current"]), (&json!("Restores revision 1"), &json!(true)));
        app.post(&format!("{}/revisions/2/restore", path_of(&article))).as_role("editor").if_match(4)
            .json(&json!({ "note": "That was better." })).await.expect(200);
        assert_eq!(diff(app, &article, "4").await["note"], "That was better.");
        app.post(&format!("{}/revisions/9/restore", path_of(&article))).as_role("editor").if_match(5).json(&json!({}))
            .await.problem(404, "not_found");
        app.post(&path).as_role("author").if_match(5).json(&json!({})).await.problem(404, "not_found");
    }

    async fn a_revision_that_names_what_is_gone_is_not_restored(app: TestApp) {
        app.section("World", None).await;
        app.tag("Shipping").await;
        app.author("Ada").await;
        let article = app.draft(json!({ "section": "world", "slug": "first", "tags": ["shipping"], "authors": ["ada"] })).await;
        let article = app.patch_article(&article, &json!({ "slug": "second", "tags": [], "authors": [] })).await;
        app.draft(json!({ "title": "Another", "section": "world", "slug": "first" })).await;
        let path = format!("{}/revisions/1/restore", path_of(&article));
        let taken = app.post(&path).as_role("editor").if_match(2).json(&json!({})).await;
        assert_eq!(taken.problem(409, "slug_taken")["suggestion"], "first-2");
        // What merging and deleting leave behind.
        app.lines("DELETE FROM tags RETURNING slug AS line");
        app.lines("DELETE FROM authors RETURNING slug AS line");
        let gone = app.post(&path).as_role("editor").if_match(2).json(&json!({})).await;
        let errors = gone.problem(422, "validation_failed")["errors"].clone();
        assert_eq!((&errors[0]["pointer"], &errors[1]["pointer"]), (&json!("/authors/0"), &json!("/tags/0")));
        assert!(text(&errors[1]["detail"]).contains("tag_"), "{errors}");
        let read = diff(app, &article, "1").await;
        assert_eq!((&read["tags"], &read["authors"]), (&json!([]), &json!([])));
        assert_eq!(app.get(&path_of(&article)).as_role("editor").await.version(), 2);
    }

    async fn an_autosave_is_not_lost_by_restoring(app: TestApp) {
        app.section("World", None).await;
        let article = app.draft(json!({ "section": "world" })).await;
        app.patch(&format!("{}?autosave=true", path_of(&article))).as_role("editor").if_match(1)
            .json(&json!({ "title": "Half a" })).await.expect(200);
        app.post(&format!("{}/revisions/1/restore", path_of(&article))).as_role("editor").if_match(2).json(&json!({}))
            .await.expect(200);
        assert_eq!(diff(app, &article, "2").await["title"], "Half a");
        assert_eq!(diff(app, &article, "3").await["title"], article["title"]);
    }

    async fn a_minor_change_moves_no_date(app: TestApp) {
        app.section("World", None).await;
        let mut article = app.article(json!({ "section": "world" })).await;
        let id = text(&article["id"]);
        let mut told = text(&app.get(&format!("/articles/{id}")).await.expect(200).json()["updated_at"]);
        assert_eq!(article["has_unpublished_changes"], false);
        for (turn, (saves, publish, moves)) in [
            (vec![json!({ "minor": true })], json!({}), false),
            (vec![json!({})], json!({}), true),
            (vec![json!({ "minor": true }), json!({}), json!({ "minor": true })], json!({}), true),
            (vec![json!({})], json!({ "minor": true }), false),
            (vec![json!({ "minor": true })], json!({ "minor": false }), true),
            (vec![], json!({}), false),
            (vec![], json!({ "minor": false }), true),
        ].into_iter().enumerate() {
            app.advance(60);
            for (step, mut save) in saves.into_iter().enumerate() {
                save["title"] = json!(format!("Title {turn}.{step}"));
                article = app.patch_article(&article, &save).await;
                assert_eq!(article["has_unpublished_changes"], true);
            }
            article = app.publish_with(&article, &publish).await;
            assert_eq!(article["has_unpublished_changes"], false);
            let live = app.get(&format!("/articles/{id}")).await.expect(200).json();
            assert_eq!(live["title"], article["title"], "{turn}");
            assert_eq!(live["updated_at"] != json!(told), moves, "{turn}");
            told = text(&live["updated_at"]);
        }
    }
}
