//! Links that show one revision of an article, as readers would see it, to whoever has them.

mod closed;
mod links;
mod log;
mod pages;

use serde_json::{Value, json};
use tests::{Reply, TestApp, text};

/// Everything that can be asked of a page.
const QUERIES: [&str; 5] = [
    "",
    "?body=text",
    "?body=none",
    "?include=breadcrumbs",
    "?include=breadcrumbs,neighbors,related,comments",
];

fn path_of(article: &Value) -> String {
    format!("/manage/articles/{}/preview-links", text(&article["id"]))
}

async fn link(app: &TestApp, article: &Value, body: Value) -> Value {
    let call = app.post(&path_of(article)).as_role("editor").json(&body);
    call.await.expect(201).json()
}

/// The path of the preview that a link opens.
fn preview_of(link: &Value) -> String {
    let url = text(&link["url"]);
    let (origin, path) = url.split_once("/api/v1").expect("an address of ours");
    assert!(origin.starts_with("http://127.0.0.1:"), "{url}");
    path.to_owned()
}

async fn shown(app: &TestApp, link: &Value) -> Reply {
    app.get(&preview_of(link)).await
}

/// Sections, names, and articles on all sides.
async fn surroundings(app: &TestApp) {
    app.section("World", None).await;
    app.section("Europe", Some("world")).await;
    app.section("Science", None).await;
    for name in ["Ada", "Bo"] {
        app.author(name).await;
        app.tag(name).await;
    }
    for (title, section) in [("Older", "europe"), ("Elsewhere", "science")] {
        let fields =
            json!({ "title": title, "section": section, "authors": ["bo"], "tags": ["bo"] });
        app.article(fields).await;
        app.advance(60);
    }
}

/// An article with all that one can have.
fn rich() -> Value {
    json!({
        "title": "Ferry", "section": "europe", "summary": "It runs again.", "language": "en",
        "authors": ["ada", "bo"], "tags": ["bo", "ada"], "further_sections": ["science"],
        "lead_image": { "url": "https://images.example/ferry.jpg", "alt": "A ferry", "caption": null,
            "width": 1200, "height": 800, "credit": "Ada", "focal_point": { "x": 0.5, "y": 0.25 } },
        "seo": { "title": "Ferry!", "robots": ["noarchive"] }, "comments": "members",
        "body": { "format": "html", "source": "<p>It <b>runs</b>.</p><script>no()</script>渡轮" },
    })
}
