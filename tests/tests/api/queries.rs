//! How many statements a read takes. The number is fixed, however much there is to read.

use serde_json::json;
use tests::{TestApp, both, text};

/// Articles with authors, tags, neighbours and threads.
async fn fill(app: &TestApp, articles: usize) -> String {
    app.section("World", None).await;
    app.section("Europe", Some("world")).await;
    for name in ["Ada", "Bo", "Cy"] {
        app.author(name).await;
        app.tag(name).await;
    }
    let mut root = String::new();
    for index in 0..articles {
        let article = app
            .article(
                json!({ "title": format!("Story {index}"), "section": "europe",
            "authors": ["ada", "bo"], "tags": ["cy", "bo"] }),
            )
            .await;
        app.view(&text(&article["slug"]), index).await;
        root = text(&app.comment(&article, "root", None).await["id"]);
        app.comment(&article, "reply", Some(&root)).await;
    }
    app.rank();
    root
}

both! {
    async fn reads_take_a_fixed_number_of_statements(app: TestApp) {
        let root = fill(app, 6).await;
        let last = text(&app.get("/articles?limit=1").await.json()["items"][0]["id"]);
        for (path, most) in [
            ("/articles/story-3".to_owned(), 2),
            (format!("/articles/{last}?body=none"), 2),
            ("/articles/story-3?include=breadcrumbs".into(), 2),
            ("/articles/story-3?include=related".into(), 3),
            ("/articles/story-3?include=breadcrumbs,neighbors,related,comments".into(), 4),
            ("/articles".into(), 2),
            ("/articles?section=world&limit=5".into(), 2),
            ("/articles?section=world&tag=cy&author=ada&language=en&limit=3".into(), 4),
            ("/articles?sort=popular".into(), 2),
            ("/articles?sort=popular&section=world&limit=5".into(), 2),
            ("/articles?sort=popular&window=7d&section=world&tag=cy&author=ada&language=en&limit=3".into(), 2),
            ("/articles?sort=popular&total=true".into(), 3),
            (format!("/articles?ids={last}"), 2),
            ("/articles/story-3/comments".into(), 2),
            (format!("/comments/{root}"), 2),
            (format!("/comments/{root}/replies"), 2),
            (format!("/comments/{root}/context"), 2),
            ("/articles/story-3/comments?sort=hot".into(), 2),
            ("/comments".into(), 2),
            (format!("/comment-counts?articles={last}"), 2),
            ("/authors".into(), 2),
            ("/tags".into(), 2),
            ("/authors/ada".into(), 2),
        ] {
            // Once before: the first of its kind may fill something that lasts.
            app.get(&path).await.expect(200);
            let spent = app.fewest_statements(&path).await;
            assert!(spent <= most, "{path}: {spent} statements, at most {most}");
        }
    }

    async fn the_number_does_not_grow_with_the_page(app: TestApp) {
        fill(app, 8).await;
        for path in ["/articles?limit=", "/articles?sort=popular&limit=", "/comments?limit=", "/articles/story-1/comments?limit="] {
            let few = app.fewest_statements(&format!("{path}1")).await;
            let many = app.fewest_statements(&format!("{path}8")).await;
            assert_eq!(few, many, "{path}");
        }
    }
}
