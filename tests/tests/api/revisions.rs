//! What was saved of an article: listed, read, overwritten by autosaves.

use serde_json::{Value, json};
use tests::{TestApp, both, text};

fn path_of(article: &Value) -> String {
    format!("/manage/articles/{}", text(&article["id"]))
}

async fn history(app: &TestApp, article: &Value) -> Vec<Value> {
    let path = format!("{}/revisions?limit=100", path_of(article));
    let page = app.get(&path).as_role("editor").await.expect(200).json();
    page["items"].as_array().unwrap().clone()
}

/// One field of every revision, the latest first.
async fn all(app: &TestApp, article: &Value, field: &str) -> Vec<Value> {
    let history = history(app, article).await;
    history
        .into_iter()
        .map(|item| item[field].clone())
        .collect()
}

/// Saves as a program does while somebody is writing; the manage answer.
async fn autosave(app: &TestApp, article: &Value, version: i64, token: &str, title: &str) -> Value {
    let path = format!("{}?autosave=true", path_of(article));
    let call = app.patch(&path).bearer(token).if_match(version);
    call.json(&json!({ "title": title }))
        .await
        .expect(200)
        .json()
}

both! {
    async fn each_save_is_a_revision_with_its_author_time_and_note(app: TestApp) {
        app.section("World", None).await;
        app.author("Ada").await;
        app.tag("Shipping").await;
        let image = json!({ "url": "https://e.example/a.jpg", "alt": "A", "caption": null, "width": 2, "height": 1,
            "credit": null, "focal_point": null });
        let article = app.article(json!({ "title": "Original", "section": "world", "authors": ["ada"],
            "tags": ["shipping"], "summary": "Short.", "lead_image": image })).await;
        let editor = app.member("editor");
        app.advance(60);
        let changed = app.patch(&path_of(&article)).bearer(&editor.token).if_match(2)
            .json(&json!({ "title": "Changed", "note": "A better word.", "minor": true, "tags": [] }))
            .await.expect(200).json();
        assert!(changed.get("note").is_none(), "a note belongs to the save: {changed}");
        let reply = app.get(&format!("{}/revisions", path_of(&article))).as_role("editor").await.expect(200);
        assert_eq!(reply.header("cache-control"), "private, no-store");
        let page = reply.json();
        let (newest, first) = (&page["items"][0], &page["items"][1]);
        assert_eq!(page["items"].as_array().unwrap().len(), 2);
        for (field, value) in [
            ("number", json!(2)), ("actor", json!(format!("user:{}", editor.user.id))), ("note", json!("A better word.")),
            ("minor", json!(true)), ("autosave", json!(false)), ("published", json!(false)), ("current", json!(true)),
            ("created_at", changed["updated_at"].clone()),
        ] {
            assert_eq!(newest[field], value, "{field}");
        }
        for (field, value) in [
            ("number", json!(1)), ("note", Value::Null), ("minor", json!(false)), ("published", json!(true)),
            ("current", json!(false)),
        ] {
            assert_eq!(first[field], value, "{field}");
        }
        let one = app.get(&format!("{}/revisions/1", path_of(&article))).as_role("editor").await.expect(200);
        assert_eq!(one.header("etag"), "\"3\"", "what a restoration builds on");
        let (one, card) = (one.json(), first.as_object().unwrap());
        for (field, value) in card {
            assert_eq!(&one[field], value, "{field}");
        }
        for field in ["title", "slug", "summary", "language", "section", "authors", "tags", "lead_image", "comments", "body",
            "further_sections", "seo", "translation_of"] {
            assert_eq!(one[field], article[field], "{field}");
        }
        let two = app.get(&format!("{}/revisions/2", path_of(&article))).as_role("editor").await.expect(200).json();
        assert_eq!((&two["title"], &two["tags"], &two["authors"]), (&json!("Changed"), &json!([]), &json!(["ada"])));
        for strange in ["3", "0", "01", "x", "-1"] {
            app.get(&format!("{}/revisions/{strange}", path_of(&article))).as_role("editor").await
                .problem(404, "not_found");
        }
        let unpublished = json!({ "note": "x".repeat(501) });
        let refused = app.patch(&path_of(&article)).as_role("editor").if_match(3).json(&unpublished).await;
        assert_eq!(refused.problem(422, "validation_failed")["errors"][0]["pointer"], "/note");
    }

    async fn the_history_goes_on_page_by_page(app: TestApp) {
        app.section("World", None).await;
        let mut article = app.draft(json!({ "section": "world" })).await;
        let other = app.draft(json!({ "title": "Other", "section": "world" })).await;
        for turn in 2..=5 {
            article = app.patch_article(&article, &json!({ "title": format!("T{turn}") })).await;
        }
        let path = format!("{}/revisions", path_of(&article));
        let mut numbers = Vec::new();
        let mut query = "?limit=2".to_owned();
        loop {
            let page = app.get(&format!("{path}{query}")).as_role("editor").await.expect(200).json();
            numbers.extend(page["items"].as_array().unwrap().iter().map(|item| item["number"].as_i64().unwrap()));
            let Some(next) = page["next_cursor"].as_str() else { break };
            query = format!("?limit=2&cursor={next}");
            app.get(&format!("{}/revisions{query}", path_of(&other))).as_role("editor").await.problem(400, "bad_cursor");
        }
        assert_eq!(numbers, [5, 4, 3, 2, 1]);
    }

    async fn authors_find_the_revisions_of_their_own_articles(app: TestApp) {
        app.section("World", None).await;
        let article = app.draft(json!({ "section": "world" })).await;
        for path in ["", "/1"] {
            let path = format!("{}/revisions{path}", path_of(&article));
            app.get(&path).as_role("author").await.problem(404, "not_found");
            app.get(&path).await.problem(401, "unauthorized");
        }
    }

    async fn fifty_autosaves_leave_one_revision(app: TestApp) {
        app.section("World", None).await;
        let article = app.draft(json!({ "section": "world" })).await;
        let editor = app.member("editor").token;
        for turn in 1..=50 {
            let saved = autosave(app, &article, turn, &editor, &format!("Title {turn}")).await;
            assert_eq!(saved["version"], turn + 1);
        }
        assert_eq!(all(app, &article, "number").await, [2, 1]);
        assert_eq!(all(app, &article, "autosave").await, [true, false]);
        let read = app.get(&format!("{}/revisions/2", path_of(&article))).as_role("editor").await.expect(200).json();
        assert_eq!(read["title"], "Title 50");
        // What is saved by hand replaces it and stays.
        app.patch(&path_of(&article)).bearer(&editor).if_match(51).json(&json!({ "title": "Done", "note": "Done." }))
            .await.expect(200);
        assert_eq!(all(app, &article, "autosave").await, [false, false]);
        assert_eq!(all(app, &article, "note").await, [json!("Done."), Value::Null]);
        autosave(app, &article, 52, &editor, "More").await;
        assert_eq!(all(app, &article, "number").await, [3, 2, 1]);
    }

    async fn an_autosave_overwrites_no_colleagues_and_nothing_public(app: TestApp) {
        app.section("World", None).await;
        let article = app.draft(json!({ "section": "world" })).await;
        let (ada, eve) = (app.member("editor").token, app.member("editor").token);
        autosave(app, &article, 1, &ada, "Of Ada").await;
        autosave(app, &article, 2, &eve, "Of Eve").await;
        app.patch(&path_of(&article)).bearer(&ada).if_match(3).json(&json!({ "title": "Of Ada again" })).await.expect(200);
        assert_eq!(all(app, &article, "number").await, [4, 3, 2, 1]);
        assert_eq!(all(app, &article, "autosave").await, [false, true, true, false]);
        let saved = autosave(app, &article, 4, &ada, "To go out").await;
        app.publish(&saved).await;
        assert_eq!(all(app, &article, "autosave").await, [false, false, true, true, false], "it counts now");
        autosave(app, &article, 6, &ada, "Later").await;
        assert_eq!(all(app, &article, "number").await, [6, 5, 4, 3, 2, 1]);
        assert_eq!(all(app, &article, "published").await, [false, true, false, false, false, false]);
        let id = text(&article["id"]);
        let live = app.get(&format!("/articles/{id}")).await.expect(200).json();
        assert_eq!(live["title"], "To go out");
    }

    async fn no_revision_shows_on_a_public_route(app: TestApp) {
        app.section("World", None).await;
        let article = app.article(json!({ "title": "Live", "section": "world" })).await;
        let secret = json!({ "title": "Secret", "slug": "secret-slug", "summary": "Secret", "note": "Secret",
            "body": { "format": "markdown", "source": "Secret" } });
        app.patch_article(&article, &secret).await;
        let id = text(&article["id"]);
        for path in [
            "/articles", "/articles/live", &format!("/articles/{id}?include=neighbors,comments"), "/sections",
            "/sections/world", "/comments", &format!("/articles/{id}/comments"),
        ] {
            let reply = app.get(path).await.expect(200);
            assert!(!reply.text().to_lowercase().contains("secret"), "{path}: {}", reply.text());
        }
        for path in ["/articles/secret-slug", &format!("/articles/{id}/revisions"), &format!("/articles/{id}/revisions/1")] {
            app.get(path).unchecked().await.problem(404, "not_found");
        }
    }
}
