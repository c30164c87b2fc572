//! A WordPress export comes in through the command, twice, and is served.

use std::path::PathBuf;

use serde_json::{Value, json};
use tests::{TestApp, both, command, text};

/// The export that `BROADSHEET_TEST_WXR` names, or a small one of our own.
fn export() -> (PathBuf, bool) {
    match std::env::var("BROADSHEET_TEST_WXR") {
        Ok(path) if !path.is_empty() => (path.into(), false),
        _ => (own(), true),
    }
}

fn own() -> PathBuf {
    PathBuf::from(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/tests/fixtures/small.wxr.xml"
    ))
}

/// Everything public, as one value that can be compared.
async fn everything(app: &TestApp) -> Value {
    let mut articles = Vec::new();
    for id in app.walk("/articles?limit=100").await {
        let page = app
            .get(&format!("/articles/{id}?include=breadcrumbs,comments"))
            .await
            .expect(200)
            .json();
        articles.push(page);
    }
    let comments = app.walk("/comments?limit=100").await;
    json!({ "sections": app.get("/sections").await.json(), "articles": articles, "comments": comments })
}

both! {
    async fn a_second_import_changes_nothing(app: TestApp) {
        let (file, _) = export();
        let first = command(app, &["import", "wxr", &file.to_string_lossy()]).await;
        assert!(first.success, "{}", first.text);
        let app = app.restarted().await;
        let served = everything(&app).await;
        assert!(!served["articles"].as_array().unwrap().is_empty());
        let changes = app.count("SELECT count(*) FROM changes WHERE entity <> 'api_key'");
        let second = command(&app, &["import", "wxr", &file.to_string_lossy()]).await;
        assert!(second.success, "{}", second.text);
        assert_eq!(app.count("SELECT count(*) FROM changes WHERE entity <> 'api_key'"), changes, "{}", second.text);
        assert_eq!(everything(&app).await, served);
    }

    async fn a_dry_run_stores_nothing(app: TestApp) {
        let (file, _) = export();
        let outcome = command(app, &["import", "wxr", &file.to_string_lossy(), "--dry-run"]).await;
        assert!(outcome.success, "{}", outcome.text);
        assert_eq!(app.count("SELECT count(*) FROM articles"), 0);
        assert_eq!(app.count("SELECT count(*) FROM sections"), 0);
    }

    async fn posts_sections_and_threads_are_served_and_nothing_else(app: TestApp) {
        let outcome = command(app, &["import", "wxr", &own().to_string_lossy()]).await;
        assert!(outcome.success, "{}", outcome.text);
        let app = &app.restarted().await;
        let tree = app.get("/sections").await.expect(200).json();
        assert_eq!(tree["items"][0]["slug"], "world");
        assert_eq!(tree["items"][0]["children"][0]["slug"], "europe");
        let page = app.get("/articles/the-last-ferry?include=breadcrumbs,comments").await.expect(200).json();
        assert_eq!(page["path"], "/world/europe/the-last-ferry", "a post goes to its deepest category");
        assert_eq!(page["published_at"], "2024-05-06T07:08:09.000Z");
        assert_eq!(page["authors"][0]["name"], "Ada Lindqvist");
        assert_eq!(page["tags"][0]["slug"], "shipping");
        let html = text(&page["body"]["content"]);
        assert!(html.contains("The quay is dark.") && !html.contains("<script"), "{html}");
        assert!(html.contains("odd") && html.contains("end"), "a stray end of CDATA is tolerated: {html}");
        assert_eq!(page["stats"]["comments"], 12, "held comments and pings are not counted");
        let roots = page["comments"]["items"].as_array().unwrap();
        assert_eq!(roots.len(), 2, "{roots:?}");
        let deepest = app.lines("SELECT CAST(max(depth) AS TEXT) AS line FROM comments");
        assert_eq!(deepest, ["9"]);
        assert!(!page.to_string().contains("Held for now") && !page.to_string().contains("ada@example.org"));
        let uncategorised = app.get("/articles/no-category-here").await.expect(200).json();
        assert_eq!(uncategorised["section"]["slug"], "uncategorized");
        let titleless = app.get("/articles?section=uncategorized").await.json();
        assert!(titleless.to_string().contains("These words stand without a title"), "{titleless}");
        for hidden in ["a-draft", "behind-a-password", "about-us", "quay-photo"] {
            app.get(&format!("/articles/{hidden}")).await.problem(404, "not_found");
        }
        let drafts = app.get("/manage/articles?status=draft").as_role("editor").await.expect(200).json();
        assert_eq!(drafts["items"].as_array().map(Vec::len), Some(2), "{drafts}");
        for word in ["attachment", "page"] {
            assert!(outcome.text.contains(word), "the report names what was left out: {}", outcome.text);
        }
    }

    async fn what_an_editor_changed_is_not_overwritten(app: TestApp) {
        command(app, &["import", "wxr", &own().to_string_lossy()]).await;
        let app = &app.restarted().await;
        let managed = app.get("/manage/articles/the-last-ferry").as_role("editor").await.expect(200).json();
        let patched = app.patch_article(&managed, &json!({ "title": "Edited here" })).await;
        app.publish(&patched).await;
        let again = command(app, &["import", "wxr", &own().to_string_lossy()]).await;
        assert!(again.success, "{}", again.text);
        assert_eq!(app.get("/articles/the-last-ferry").await.json()["title"], "Edited here");
    }

    async fn a_cut_or_broken_file_names_the_line_and_keeps_what_was_done(app: TestApp) {
        let whole = std::fs::read_to_string(own()).unwrap();
        let dir = tempfile::tempdir().unwrap();
        let end = whole.rfind("<item>").unwrap();
        for (name, broken) in [
            ("cut.xml", whole.get(..end + 30).unwrap().to_owned()),
            ("tags.xml", whole.replacen("</channel>", "</chanel>", 1)),
        ] {
            let path = dir.path().join(name);
            std::fs::write(&path, broken).unwrap();
            let outcome = command(app, &["import", "wxr", &path.to_string_lossy()]).await;
            assert!(!outcome.success, "{name}: {}", outcome.text);
            assert!(outcome.text.contains("line "), "{name}: {}", outcome.text);
        }
        assert!(app.count("SELECT count(*) FROM articles") > 0);
        let missing = command(app, &["import", "wxr", "/no/such/file.xml"]).await;
        assert!(!missing.success && missing.text.contains("/no/such/file.xml"), "{}", missing.text);
    }

    async fn both_spellings_of_the_namespaces_are_read(app: TestApp) {
        let secure = std::fs::read_to_string(own()).unwrap().replace("http://wordpress.org/export", "https://wordpress.org/export")
            .replace("http://purl.org/", "https://purl.org/");
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("https.xml");
        std::fs::write(&path, secure).unwrap();
        let outcome = command(app, &["import", "wxr", &path.to_string_lossy()]).await;
        assert!(outcome.success, "{}", outcome.text);
        let app = app.restarted().await;
        app.get("/articles/the-last-ferry").await.expect(200);
    }
}
