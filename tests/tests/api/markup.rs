//! Hostile markup in every string of a comment, on every way in: what comes out is what a comment may
//! hold, and nothing else. `.ci/browser/comments.mjs` shows the same markup to a browser.

use std::fmt::Write as _;
use std::sync::LazyLock;

use domain::id::CommentId;
use regex::Regex;
use reqwest::Method;
use serde_json::{Value, json};
use tests::{TestApp, both, command, text};

const MARKUP: &str = include_str!("../fixtures/markup.json");

/// Every vector in every surrounding.
fn payloads() -> Vec<String> {
    let markup: Value = serde_json::from_str(MARKUP).unwrap();
    let texts = |name: &str| -> Vec<String> {
        let all = markup[name].as_array().unwrap().iter();
        all.map(text).collect()
    };
    let vectors = texts("vectors");
    let payloads: Vec<String> = texts("around")
        .iter()
        .flat_map(|around| vectors.iter().map(|vector| around.replace("{}", vector)))
        .collect();
    assert!(payloads.len() >= 500, "{}", payloads.len());
    payloads
}

static TAG: LazyLock<Regex> = LazyLock::new(|| Regex::new("<[^>]*>?").unwrap());
static ALLOWED: LazyLock<Regex> = LazyLock::new(|| {
    let plain = "</?(?:blockquote|code|del|em|li|ol|p|pre|strong|ul)>|<br>|</a>";
    let link = r#"<a(?: href="(?:https?|mailto):[^"<>\s]*")? rel="nofollow ugc">"#;
    Regex::new(&format!(r#"^(?:{plain}|{link}|<ol start="\d+">)$"#)).unwrap()
});

/// Fails unless this HTML is written in the form of the list alone.
fn assert_allowed(html: &Value, payload: &str) {
    let html = html.as_str().unwrap_or_default();
    for tag in TAG.find_iter(html) {
        assert!(
            ALLOWED.is_match(tag.as_str()),
            "{} in {html}\nof {payload}",
            tag.as_str()
        );
    }
    assert!(!html.contains('\0'), "{html}");
}

async fn ferry(app: &TestApp) -> Value {
    app.section("World", None).await;
    app.article(json!({ "title": "Ferry", "section": "world" }))
        .await
}

async fn post(app: &TestApp, body: &str, name: &str) -> Value {
    let body = json!({ "body": body, "author_name": name });
    let reply = app.post("/articles/ferry/comments").json(&body).await;
    assert!(
        reply.status == 201 || reply.status == 422,
        "{}",
        reply.text()
    );
    reply.json()
}

/// Everything that is served of comments, through every door.
async fn assert_all_allowed(app: &TestApp) -> usize {
    let mut met = 0;
    for id in app.walk("/comments?limit=100").await {
        let comment = app.get(&format!("/comments/{id}")).await.expect(200).json();
        let managed = app
            .get(&format!("/manage/comments/{id}"))
            .as_role("moderator")
            .await
            .expect(200)
            .json();
        assert_allowed(&comment["body"]["html"], &text(&managed["source"]));
        assert_eq!(managed["body"], comment["body"]);
        met += 1;
    }
    met
}

both! {
    async fn what_is_posted_comes_out_as_what_a_comment_may_hold(app: TestApp) {
        ferry(app).await;
        let mut stored = 0;
        for payload in payloads() {
            let made = post(app, &payload, "Max").await;
            assert_allowed(&made["body"]["html"], &payload);
            stored += usize::from(made["id"].is_string());
        }
        assert_eq!(assert_all_allowed(app).await, stored);
        // A name is a line of text, whatever is in it.
        for vector in payloads().iter().filter(|payload| payload.chars().count() <= 60) {
            let made = post(app, "Hello.", vector).await;
            if made["id"].is_string() {
                assert_eq!(made["author"]["name"], vector.trim());
            }
        }
    }

    async fn what_is_edited_comes_out_so_too(app: TestApp) {
        ferry(app).await;
        let guest = post(app, "Hello.", "Max").await;
        let (id, token) = (text(&guest["id"]), text(&guest["edit_token"]));
        let mut version = 1;
        for payload in payloads() {
            let body = json!({ "body": payload });
            let edited = app.patch(&format!("/comments/{id}")).header("X-Edit-Token", &token).json(&body).await;
            assert!(matches!(edited.status, 200 | 422), "{}", edited.text());
            assert_allowed(&edited.json()["body"]["html"], &payload);
            version += i64::from(edited.status == 200);
            let path = format!("/api/v1/manage/comments/{id}");
            let edited = app.call(Method::PATCH, &path).as_role("moderator").if_match(version).json(&body).await;
            assert!(matches!(edited.status, 200 | 422), "{}", edited.text());
            assert_allowed(&edited.json()["body"]["html"], &payload);
            version += i64::from(edited.status == 200);
        }
    }

    async fn what_is_imported_comes_out_so_too(app: TestApp) {
        let article = ferry(app).await;
        app.comment(&article, "one", None).await;
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("own.jsonl");
        let exported = command(app, &["export", "comments"]).await;
        let mut lines = exported.stdout.lines();
        let header = lines.next().unwrap();
        let line: Value = serde_json::from_str(lines.next().unwrap()).unwrap();
        let (mut own, mut disqus) = (format!("{header}\n"), String::new());
        let all = payloads();
        for (number, payload) in (1_i64..).zip(&all) {
            let mut line = line.clone();
            line["id"] = json!(CommentId::from_raw(number << 30).to_string());
            line["ordinal"] = json!(number);
            line["author"]["name"] = json!(payload);
            for field in ["html", "source"] {
                line[field] = json!(payload);
            }
            writeln!(own, "{line}").unwrap();
            let cdata = payload.replace("]]>", "]]]]><![CDATA[>");
            write!(disqus, "<post dsq:id=\"{number}\"><message><![CDATA[{cdata}]]></message><createdAt>2012-01-01T00:00:00Z</createdAt>\
                            <author><name><![CDATA[{cdata}]]></name></author><thread dsq:id=\"t\"/></post>").unwrap();
        }
        std::fs::write(&file, own).unwrap();
        let done = command(app, &["import", "comments", &file.to_string_lossy()]).await;
        assert!(done.success, "{}", done.text);
        let file = folder.path().join("disqus.xml");
        std::fs::write(&file, format!("<disqus xmlns:dsq=\"http://disqus.com/disqus-internals\"><thread dsq:id=\"t\"><id>ferry</id></thread>{disqus}</disqus>")).unwrap();
        let done = command(app, &["import", "disqus", &file.to_string_lossy()]).await;
        assert!(done.success, "{}", done.text);
        let app = &app.restarted().await;
        let met = assert_all_allowed(app).await;
        // Of those from elsewhere, what would show nothing is left out.
        assert!(met > all.len() * 3 / 2, "{met}");
    }
}
