//! Authors and tags as readers see them.

use std::collections::HashSet;

use serde_json::json;
use tests::{TestApp, both, redacted, text};

both! {
    async fn authors_are_listed_and_read_one_by_one(app: TestApp) {
        let body = json!({ "name": "Ada Lindqvist", "bio": "Covers rivers." });
        let made = app.post("/manage/authors").as_role("admin").json(&body).await.expect(201).json();
        let author = app.get("/authors/ada-lindqvist").await.expect(200).json();
        insta::assert_json_snapshot!("author", redacted(&author));
        let by_id = app.get(&format!("/authors/{}", text(&made["id"]))).await.expect(200).json();
        assert_eq!(by_id, author);
        app.get("/authors/nobody").await.problem(404, "not_found");
    }

    async fn a_walk_over_authors_and_tags_meets_each_once(app: TestApp) {
        for index in 0..7 {
            app.author(&format!("Author {index}")).await;
            app.tag(&format!("Tag {index}")).await;
        }
        for path in ["/authors?limit=3", "/tags?limit=3"] {
            let ids = app.walk(path).await;
            assert_eq!(ids.iter().collect::<HashSet<_>>().len(), 7, "{path}");
            assert_eq!(ids.len(), 7, "{path}");
        }
    }

    async fn a_new_name_shows_on_articles_that_are_already_out(app: TestApp) {
        app.section("World", None).await;
        let author = app.author("Ada").await;
        app.article(json!({ "title": "By Ada", "section": "world", "authors": ["ada"] })).await;
        let path = format!("/manage/authors/{}", text(&author["id"]));
        app.patch(&path).as_role("editor").if_match(1).json(&json!({ "name": "Ada Lindqvist" })).await.expect(200);
        let page = app.get("/articles/by-ada").await.expect(200).json();
        assert_eq!(page["authors"][0]["name"], "Ada Lindqvist");
    }
}
