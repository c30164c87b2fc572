//! A whole news page goes in through the manage API and comes out in one request.

use serde_json::{Value, json};
use tests::{TestApp, both, text};

/// A page of our own making, of the same shape as the one that
/// `BROADSHEET_TEST_NEWS_PAGE` names: a trail, a title, a line with section and
/// counters, the title again, paragraphs with subheads among them, and the end.
const OWN_PAGE: &str = include_str!("../fixtures/news-page.zh.txt");

/// What the page shows.
struct Page {
    trail: Vec<String>,
    title: String,
    section: String,
    views: u64,
    comments: u64,
    blocks: Vec<String>,
    neighbour: String,
}

fn read_page() -> Page {
    let page = match std::env::var("BROADSHEET_TEST_NEWS_PAGE") {
        Ok(path) if !path.is_empty() => {
            std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"))
        }
        _ => OWN_PAGE.to_owned(),
    };
    let lines: Vec<&str> = page
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty())
        .collect();
    let trail: Vec<String> = lines[0].split_whitespace().map(str::to_owned).collect();
    let title = lines[1].to_owned();
    let mut label = lines[2].split_whitespace();
    let section = label.next().unwrap().trim_end_matches("正文").to_owned();
    let views = label.next().unwrap().parse().unwrap();
    let comments = label.next().unwrap().parse().unwrap();
    let end = lines
        .iter()
        .position(|line| line.contains("发表评论"))
        .expect("the end of the page");
    let mut body: Vec<String> = lines[3..end]
        .iter()
        .map(|line| (*line).to_owned())
        .collect();
    // The line before the comment form is the link to the neighbour; the title
    // is repeated above the text.
    let neighbour = body.pop().expect("a neighbour");
    let blocks: Vec<String> = body.into_iter().skip_while(|line| *line == title).collect();
    Page {
        trail,
        title,
        section,
        views,
        comments,
        blocks,
        neighbour,
    }
}

/// A short line without an end of a sentence is a subhead.
fn is_subhead(block: &str) -> bool {
    block.chars().count() < 30 && !block.ends_with(['。', '”', '!', '?', '：', '！', '？'])
}

both! {
    async fn one_request_returns_everything_the_page_shows(app: TestApp) {
        let page = read_page();
        assert!(page.blocks.len() >= 5, "the page has a text");
        // The trail is: home, the root section, and the word for "article".
        let root = json!({ "name": page.trail[1], "slug": "news" });
        app.post("/manage/sections").as_role("admin").json(&root).await.expect(201);
        let own = json!({ "name": page.section, "slug": "own", "parent": "news" });
        app.post("/manage/sections").as_role("admin").json(&own).await.expect(201);

        app.article(json!({ "title": page.neighbour, "section": "own", "language": "zh", "slug": "older",
            "published_at": "2025-06-13T08:00:00Z" })).await;
        let source: String = page.blocks.iter()
            .map(|block| if is_subhead(block) { format!("<h2>{block}</h2>") } else { format!("<p>{block}</p>") })
            .collect();
        let article = app.article(json!({ "title": page.title, "section": "own", "language": "zh",
            "published_at": "2025-06-14T08:00:00Z", "body": { "format": "html", "source": source, "readings": "keep" } })).await;
        let slug = text(&article["slug"]);
        for reader in 0..page.views {
            app.view(&slug, usize::try_from(reader).unwrap()).await;
        }
        let app = app.restarted().await;

        let served = app.get(&format!("/articles/{slug}?include=breadcrumbs,neighbors,comments")).await.expect(200).json();
        assert_eq!(served["title"], page.title.as_str());
        assert_eq!(served["section"]["name"], page.section.as_str());
        let trail: Vec<&str> = served["breadcrumbs"].as_array().unwrap().iter().filter_map(|crumb| crumb["name"].as_str()).collect();
        assert_eq!(trail, [page.trail[1].as_str(), page.section.as_str()]);
        assert_eq!(served["stats"], json!({ "views": page.views, "comments": page.comments }));
        let html = text(&served["body"]["content"]);
        for block in &page.blocks {
            let tag = if is_subhead(block) { "h2" } else { "p" };
            let escaped = block.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
            assert!(html.contains(&format!(">{escaped}</{tag}>")), "{tag}: {block}");
        }
        assert_eq!(served["neighbors"]["previous"]["title"], page.neighbour.as_str());
        assert_eq!(served["neighbors"]["next"], Value::Null);
        assert_eq!(served["comment_policy"]["state"], "open");
        assert_eq!(served["comments"], json!({ "items": [], "next_cursor": null }));
        assert!(served["word_count"].as_i64().is_some_and(|words| words > 100), "Chinese is counted");
        assert!(served["reading_seconds"].as_i64().is_some_and(|seconds| seconds > 10));
        let plain = app.get(&format!("/articles/{slug}?body=text")).await.expect(200).json();
        let plain = text(&plain["body"]["content"]);
        assert!(page.blocks.iter().all(|block| plain.contains(block.as_str())));
    }
}
