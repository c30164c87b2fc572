//! `broadsheet import page`: a page of a news site goes in with one command, and comes out right.

use std::path::PathBuf;

use api::clock::{Clock as _, SystemClock};
use serde_json::{Value, json};
use tests::{TestApp, both, command, text};

/// The page that `BROADSHEET_TEST_NEWS_PAGE` names, or one of our own of the same shape; what it is to be
/// found by, and its subheads.
fn page() -> (PathBuf, Vec<&'static str>, Vec<&'static str>) {
    match std::env::var("BROADSHEET_TEST_NEWS_PAGE") {
        Ok(path) if !path.is_empty() => (
            path.into(),
            vec!["收购股份", "數據標註", "\"Scale AI\"", "扎克伯格", "meta"],
            vec!["一封震惊硅谷的全员信"],
        ),
        _ => (
            concat!(
                env!("CARGO_MANIFEST_DIR"),
                "/tests/fixtures/read-page.zh.txt"
            )
            .into(),
            vec!["停航", "輪渡 公交", "\"博物馆的码头\"", "陈阿水", "km"],
            vec!["一条河与两个集市", "桥通之后", "下一站是博物馆"],
        ),
    }
}

/// What stands in round brackets in a text, if it is letters of pinyin alone.
fn bracketed_pinyin(text: &str) -> Vec<String> {
    let parts = text.split(['(', '（']).skip(1);
    let inside = parts.filter_map(|part| part.split([')', '）']).next());
    let pinyin = inside.filter(|inside| {
        !inside.is_empty()
            && inside
                .chars()
                .any(|c| "āáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜ".contains(c))
            && inside
                .chars()
                .all(|c| c.is_alphabetic() && u32::from(c) < 0x2e80)
    });
    pinyin.map(str::to_owned).collect()
}

fn readings(blocks: &Value) -> Vec<(String, String)> {
    let spans = blocks
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|block| block["spans"].as_array());
    let read = spans.flatten().filter(|span| span["reading"].is_string());
    read.map(|span| (text(&span["text"]), text(&span["reading"])))
        .collect()
}

/// What is marked in a text, by the ranges beside it.
fn marked(snippet: &Value) -> Vec<String> {
    let characters: Vec<char> = text(&snippet["text"]).chars().collect();
    let place = |value: &Value| usize::try_from(value.as_u64().unwrap()).unwrap();
    let ranges = snippet["ranges"].as_array().unwrap().iter();
    ranges
        .map(|range| {
            characters[place(&range[0])..place(&range[1])]
                .iter()
                .collect()
        })
        .collect()
}

/// The server again, at a time when readers see what the command, which has a clock of its own, has
/// published.
async fn as_late_as_the_command(app: &TestApp) -> TestApp {
    let now = SystemClock.now().as_millis();
    app.advance((now - app.now().as_millis()).max(0) / 1000 + 60);
    app.restarted().await
}

both! {
    async fn a_page_with_readings_comes_out_right(app: TestApp) {
        let (file, queries, subheads) = page();
        let file = file.to_string_lossy();
        let source = std::fs::read_to_string(&*file).unwrap();
        let lines: Vec<&str> = source.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
        let title = lines[1];
        let counters: Vec<&str> = lines[2].split_whitespace().collect();

        let dry = command(app, &["import", "page", &file, "--dry-run"]).await;
        assert!(dry.success && dry.text.contains(title), "{}", dry.text);
        assert_eq!(app.count("SELECT count(*) FROM articles"), 0);
        let first = command(app, &["import", "page", &file]).await;
        assert!(first.success && first.text.contains("1 new"), "{}", first.text);
        let second = command(app, &["import", "page", &file]).await;
        assert!(second.success && second.text.contains("1 unchanged"), "{}", second.text);

        let app = as_late_as_the_command(app).await;
        let card = app.get("/articles").await.expect(200).json()["items"][0].clone();
        assert_eq!(card["title"], title);
        assert_eq!(card["section"]["name"], counters[0].trim_end_matches("正文"));
        let numbers: Vec<i64> = counters[1..].iter().map(|number| number.parse().unwrap()).collect();
        assert_eq!(card["stats"], json!({ "views": numbers[0], "comments": numbers[1] }));
        assert_eq!(card["language"], "zh");

        let path = format!("/articles/{}", text(&card["slug"]));
        let plain = text(&app.get(&format!("{path}?body=text")).await.expect(200).json()["body"]["content"]);
        assert_eq!(bracketed_pinyin(&plain), Vec::<String>::new());
        assert!(!plain.contains(title) && !plain.contains("评论"), "{plain}");
        assert!(!bracketed_pinyin(&source).is_empty());

        let html = app.get(&format!("{path}?include=breadcrumbs")).await.expect(200).json();
        let trail: Vec<String> = html["breadcrumbs"].as_array().unwrap().iter().map(|crumb| text(&crumb["name"])).collect();
        let shown: Vec<&str> = lines[0].split_whitespace().collect();
        assert_eq!(trail, [shown[1], counters[0].trim_end_matches("正文")]);
        let content = text(&html["body"]["content"]);
        let blocks = app.get(&format!("{path}?body=blocks")).await.expect(200).json()["body"]["content"].clone();
        let readings = readings(&blocks);
        assert!(readings.len() > 3, "{readings:?}");
        assert_eq!(content.matches("<ruby>").count(), readings.len());
        for (base, reading) in &readings {
            assert!(content.contains(&format!("<ruby>{base}<rt>{reading}</rt></ruby>")), "{base} {reading}");
            assert!(source.contains(&format!("{base}({reading})")), "{base} {reading}");
        }
        let headings: Vec<String> = html["outline"]["headings"].as_array().unwrap().iter().map(|one| text(&one["text"])).collect();
        assert_eq!(headings, subheads);

        for query in queries {
            let target = format!("/search?q={}", tests::encoded(query));
            let found = app.get(&target).await.expect(200).json();
            let hits = found["items"].as_array().unwrap();
            assert_eq!(hits.len(), 1, "{query}: {found}");
            assert_eq!(hits[0]["article"]["id"], card["id"], "{query}");
            let snippets = hits[0]["snippets"].as_array().unwrap();
            let marks: Vec<String> = snippets.iter().flat_map(marked).collect();
            assert!(!marks.is_empty(), "{query}");
            if query == "收购股份" {
                assert!(marks.contains(&"收购股份".to_owned()), "{marks:?}");
            }
            if query == "數據標註" {
                assert!(marks.contains(&"数据标注".to_owned()), "{marks:?}");
            }
        }
    }

    async fn a_folder_of_pages_goes_into_one_section(app: TestApp) {
        let directory = tempfile::tempdir().unwrap();
        let (file, ..) = page();
        std::fs::copy(file, directory.path().join("a.txt")).unwrap();
        std::fs::write(directory.path().join("b.txt"), "A headline\n\nA text that says enough, and says it well.\n").unwrap();
        std::fs::write(directory.path().join("c.html"), "<p>").unwrap();
        let folder = directory.path().to_string_lossy();
        let done = command(app, &["import", "page", &folder, "--section", "Local news", "--readings", "strip"]).await;
        assert!(done.success, "{}", done.text);
        assert!(done.text.contains("3 pages") && done.text.contains("1 left out, 2 new"), "{}", done.text);
        let app = as_late_as_the_command(app).await;
        let page = app.get("/articles?section=local-news").await.expect(200).json();
        assert_eq!(page["items"].as_array().unwrap().len(), 2);
        assert_eq!(app.count("SELECT count(*) FROM published_bodies WHERE content LIKE '%<ruby>%'"), 0);
        let missing = command(&app, &["import", "page", "no-such-page.txt"]).await;
        assert!(!missing.success && missing.text.contains("cannot be read"), "{}", missing.text);
        let wrong = command(&app, &["import", "page", &folder, "--readings", "both"]).await;
        assert!(!wrong.success);
    }
}
