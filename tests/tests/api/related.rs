//! What a page shows of articles that have something in common with it.

use serde_json::{Value, json};
use tests::{TestApp, both, text};

async fn related(app: &TestApp) -> Vec<String> {
    let page = app
        .get("/articles/ferry?include=related")
        .await
        .expect(200)
        .json();
    page["related"]
        .as_array()
        .unwrap()
        .iter()
        .map(|card| text(&card["slug"]))
        .collect()
}

async fn newspaper(app: &TestApp) {
    app.section("World", None).await;
    app.section("Sport", None).await;
    app.tag("Ships").await;
    app.tag("Harbour").await;
    app.article(json!({ "title": "Ferry", "section": "world", "tags": ["ships", "harbour"] }))
        .await;
}

fn of(title: &str, section: &str, tags: &[&str]) -> Value {
    json!({ "title": title, "section": section, "tags": tags })
}

both! {
    async fn what_has_most_in_common_comes_first(app: TestApp) {
        newspaper(app).await;
        for (title, section, tags) in [
            ("Section", "world", vec![]),
            ("One tag", "sport", vec!["ships"]),
            ("Two tags", "sport", vec!["harbour", "ships"]),
            ("Nothing", "sport", vec![]),
            ("All", "world", vec!["harbour", "ships"]),
            ("Tag and section", "world", vec!["ships"]),
        ] {
            app.article(of(title, section, &tags)).await;
        }
        assert_eq!(related(app).await, ["all", "two-tags", "tag-and-section", "one-tag", "section"]);
        assert!(app.get("/articles/ferry").await.json().get("related").is_none(), "unless asked for");
        let page = app.get("/articles/ferry?include=related,neighbors").await.expect(200).json();
        assert_eq!(page["related"].as_array().unwrap().len(), 5);
        assert_eq!(page["neighbors"]["next"]["slug"], "section");
    }

    async fn only_what_is_visible_is_related(app: TestApp) {
        newspaper(app).await;
        let both = ["ships", "harbour"];
        app.draft(of("Draft", "world", &both)).await;
        let draft = app.draft(of("Later", "world", &both)).await;
        let window = json!({ "visible_from": app.in_seconds(60), "visible_until": app.in_seconds(120) });
        app.publish_with(&draft, &window).await;
        let gone = app.article(of("Gone", "world", &both)).await;
        assert_eq!(related(app).await, ["gone"]);
        let path = format!("/manage/articles/{}/unpublish", text(&gone["id"]));
        app.post(&path).as_role("editor").if_match(2).json(&json!({})).await.expect(200);
        assert_eq!(related(app).await, Vec::<String>::new());
        app.advance(61);
        assert_eq!(related(app).await, ["later"]);
        app.advance(60);
        assert_eq!(related(app).await, Vec::<String>::new());
    }
}
