//! Working copies by their authors and tags.

use serde_json::{Value, json};
use tests::{TestApp, both, slugs, text};

const LISTED: &str = "SELECT scope || ' ' || CAST(scope_id AS TEXT) || ' ' || CAST(article_id AS TEXT) AS line \
     FROM working_listings ORDER BY 1";

async fn listed(app: &TestApp, query: &str) -> Vec<String> {
    let path = format!("/manage/articles?{query}");
    slugs(&app.get(&path).as_role("editor").await.expect(200).json())
}

async fn furnish(app: &TestApp) {
    app.section("World", None).await;
    app.section("Sport", None).await;
    for name in ["Ada", "Bo"] {
        app.author(name).await;
        app.tag(name).await;
    }
}

/// Changes the working copy, and answers it.
async fn patch(app: &TestApp, article: &Value, query: &str, change: Value) -> Value {
    let path = format!("/manage/articles/{}{query}", text(&article["id"]));
    let version = article["version"].as_i64().unwrap();
    let call = app.patch(&path).as_role("editor").if_match(version);
    call.json(&change).await.expect(200).json()
}

both! {
    async fn an_article_is_found_by_those_of_its_working_copy(app: TestApp) {
        furnish(app).await;
        let made = app.article(json!({ "title": "One", "section": "world", "authors": ["ada", "bo"], "tags": ["ada"] })).await;
        app.draft(json!({ "title": "Two", "section": "sport", "authors": ["bo"], "tags": ["ada", "bo"] })).await;
        app.draft(json!({ "title": "Three", "section": "world" })).await;
        assert_eq!(listed(app, "author=bo").await, ["two", "one"]);
        assert_eq!(listed(app, "author=ada").await, ["one"]);
        assert_eq!(listed(app, "tag=ada&author=bo").await, ["two", "one"]);
        assert_eq!(listed(app, "tag=bo&author=bo").await, ["two"]);
        for sort in ["-created_at", "-updated_at"] {
            assert_eq!(listed(app, &format!("tag=ada&sort={sort}&section=world")).await, ["one"]);
            assert_eq!(listed(app, &format!("tag=ada&sort={sort}&status=draft")).await, ["two"]);
            assert_eq!(listed(app, &format!("tag=ada&sort={sort}&mine=true&author=ada")).await, ["one"]);
            let first = app.get(&format!("/manage/articles?tag=ada&limit=1&sort={sort}")).as_role("editor").await.expect(200).json();
            let rest = format!("tag=ada&limit=1&sort={sort}&cursor={}", text(&first["next_cursor"]));
            assert_eq!((slugs(&first), listed(app, &rest).await), (vec!["two".to_owned()], vec!["one".to_owned()]));
        }
        // What is public stays as it was; an autosave counts at once, and so does going back.
        let changed = patch(app, &made, "?autosave=true", json!({ "authors": ["ada"], "tags": [] })).await;
        assert_eq!(listed(app, "author=bo").await, ["two"]);
        assert_eq!(listed(app, "tag=ada").await, ["two"]);
        assert_eq!(slugs(&app.get("/articles?author=bo").await.expect(200).json()), ["one"]);
        let back = format!("/manage/articles/{}/revisions/1/restore", text(&made["id"]));
        app.post(&back).as_role("editor").if_match(changed["version"].as_i64().unwrap()).await.expect(200);
        assert_eq!(listed(app, "author=bo").await, ["two", "one"]);
        app.delete("/manage/articles/two").as_role("editor").if_match(1).await.expect(204);
        assert_eq!(listed(app, "author=bo").await, ["one"]);
        assert_eq!(app.lines(LISTED).len(), 3);
    }

    async fn names_are_slugs_present_and_past_or_ids(app: TestApp) {
        furnish(app).await;
        app.draft(json!({ "title": "One", "section": "world", "authors": ["ada"], "tags": ["ada"] })).await;
        for (noun, filter) in [("authors", "author"), ("tags", "tag")] {
            let item = format!("/manage/{noun}/ada");
            let id = text(&app.get(&item).as_role("editor").await.expect(200).json()["id"]);
            app.patch(&item).as_role("editor").if_match(1).json(&json!({ "slug": "renamed" })).await.expect(200);
            for name in ["ada", "renamed", id.as_str()] {
                assert_eq!(listed(app, &format!("{filter}={name}")).await, ["one"]);
                let path = format!("/manage/article-counts?{filter}={name}");
                assert_eq!(app.get(&path).as_role("editor").await.expect(200).json()["draft"], 1, "{path}");
            }
            let path = format!("/manage/articles?{filter}=renamed");
            let (_, spent) = app.fewest(|| async { app.get(&path).as_role("editor").await.expect(200) }).await;
            assert!(spent <= 3, "{filter}: {spent} statements");
            let (kind, _) = id.split_once('_').unwrap();
            for unknown in ["nobody".to_owned(), format!("{kind}_0000000000000")] {
                for list in ["articles", "article-counts"] {
                    let path = format!("/manage/{list}?{filter}={unknown}");
                    let refused = app.get(&path).as_role("editor").await.problem(400, "invalid_parameter");
                    assert_eq!(refused["errors"][0]["code"], "unknown_reference");
                }
            }
            let path = format!("/manage/articles?{filter}=ada,bo");
            app.get(&path).as_role("editor").await.problem(400, "invalid_parameter");
        }
    }

    async fn authors_find_no_article_of_others_by_them(app: TestApp) {
        furnish(app).await;
        let body = |title: &str| json!({ "title": title, "section": "world", "authors": ["ada"], "tags": ["bo"],
            "body": { "format": "markdown", "source": "x" } });
        let writer = app.member("author").token;
        app.post("/manage/articles").bearer(&writer).json(&body("Own")).await.expect(201);
        app.post("/manage/articles").as_role("editor").json(&body("Foreign")).await.expect(201);
        for filter in ["author=ada", "tag=bo", "author=ada&tag=bo&sort=-updated_at"] {
            let page = app.get(&format!("/manage/articles?{filter}")).bearer(&writer).await.expect(200).json();
            assert_eq!(slugs(&page), ["own"], "{filter}");
        }
        for (query, drafts) in [("author=ada", 1), ("tag=bo&author=ada&section=world", 1), ("author=bo", 0)] {
            let path = format!("/manage/article-counts?{query}");
            assert_eq!(app.get(&path).bearer(&writer).await.expect(200).json()["draft"], drafts, "{path}");
        }
        let all = app.get("/manage/article-counts?author=ada").as_role("editor").await.expect(200).json();
        assert_eq!(all["draft"], 2);
    }

    async fn the_upgrade_lists_what_is_there(app: TestApp) {
        furnish(app).await;
        let made = app.article(json!({ "title": "One", "section": "world", "authors": ["ada", "bo"], "tags": ["ada"] })).await;
        patch(app, &made, "", json!({ "authors": ["bo"], "tags": ["bo", "ada"] })).await;
        app.draft(json!({ "title": "Two", "section": "world" })).await;
        let written = app.lines(LISTED);
        assert_eq!(written.len(), 3);
        let tree = if app.database_url().starts_with("sqlite") { "sqlite" } else { "postgres" };
        let script = |way: &str| {
            let place = format!("../storage/migrations/{tree}/2026-11-23-000020_working_listings/{way}.sql");
            std::fs::read_to_string(place).unwrap()
        };
        for way in ["down", "up"] {
            storage::testing::execute(app.database_url(), &script(way)).unwrap();
        }
        assert_eq!(app.lines(LISTED), written);
    }
}
