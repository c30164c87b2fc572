//! Ways in that others have left open: each test is a hole that a newspaper's software once had.

mod answers;
mod guards;
mod pages;
mod start;

use serde_json::{Value, json};
use tests::{TestApp, spec::Operation, text};

fn access(operation: &Operation) -> &str {
    operation.value["x-access"]
        .as_str()
        .expect("an access rule")
}

/// Whether only who is known may call it.
fn is_closed(operation: &Operation) -> bool {
    !["public", "comment", "auth"].contains(&access(operation))
}

fn changes(app: &TestApp) -> i64 {
    app.count("SELECT count(*) FROM changes")
}

/// A path with the ids of things that are there.
fn real(path: &str, things: &[(&str, String)]) -> String {
    let things = things.iter();
    things.fold(path.to_owned(), |path, (name, id)| path.replace(name, id))
}

/// One of each that can be changed, and its id.
async fn things(app: &TestApp) -> Vec<(&'static str, String)> {
    let section = app.section("World", None).await;
    let author = app.author("Ada").await;
    let tag = app.tag("Shipping").await;
    let article = app
        .article(json!({ "title": "Ferry", "section": "world" }))
        .await;
    let correction = app
        .post(&format!(
            "/manage/articles/{}/corrections",
            text(&article["id"])
        ))
        .as_role("editor")
        .if_match(2)
        .json(&json!({ "text": "It left at six." }))
        .await
        .expect(201)
        .json();
    let link = app
        .post(&format!(
            "/manage/articles/{}/preview-links",
            text(&article["id"])
        ))
        .as_role("editor")
        .await
        .expect(201)
        .json();
    let url = text(&link["url"]);
    let token = url.rsplit('/').next().expect("a token").to_owned();
    let keys = app
        .get("/manage/api-keys")
        .as_user("admin")
        .await
        .expect(200)
        .json();
    let mut things = vec![
        ("{article}", text(&article["id"])),
        ("{section}", text(&section["id"])),
        ("{author}", text(&author["id"])),
        ("{tag}", text(&tag["id"])),
        ("{user}", app.member("reader").user.id.to_string()),
        ("{revision}", "1".to_owned()),
        ("{correction}", text(&correction["id"])),
        ("{link}", text(&link["id"])),
        ("{token}", token),
        ("{address}", "ferry".to_owned()),
        ("{key}", text(&keys["items"][0]["id"])),
    ];
    things.extend(moderated(app, &article).await);
    things
}

/// What moderators have to do with.
async fn moderated(app: &TestApp, article: &Value) -> Vec<(&'static str, String)> {
    let comment = app.comment(article, "Hello.", None).await;
    let rule = json!({ "kind": "word", "pattern": "casino", "match": "word", "action": "hold" });
    let rule = app
        .post("/manage/comment-rules")
        .as_role("moderator")
        .json(&rule)
        .await
        .expect(201)
        .json();
    let ban = json!({ "kind": "account", "user": app.member("reader").user.id.to_string() });
    let ban = app
        .post("/manage/bans")
        .as_role("moderator")
        .json(&ban)
        .await
        .expect(201)
        .json();
    vec![
        ("{comment}", text(&comment["id"])),
        ("{rule}", text(&rule["id"])),
        ("{ban}", text(&ban["id"])),
    ]
}
