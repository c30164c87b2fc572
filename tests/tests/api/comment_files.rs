//! Comments leave in a file and come back from it, and come in from Disqus.

use std::fmt::Write as _;
use std::path::Path;

use serde_json::{Value, json};
use tests::{Database, Outcome, TestApp, both, command, text};

const DISQUS: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/tests/fixtures/small.disqus.xml"
);

async fn ferry(app: &TestApp) -> Value {
    app.section("World", None).await;
    app.article(json!({ "title": "Ferry", "section": "world" }))
        .await
}

async fn import(app: &TestApp, arguments: &[&str]) -> Outcome {
    let arguments: Vec<&str> = ["import"].iter().chain(arguments).copied().collect();
    command(app, &arguments).await
}

async fn export(app: &TestApp, file: &Path) {
    let arguments = ["export", "comments", &file.to_string_lossy()];
    let outcome = command(app, &arguments).await;
    assert!(outcome.success, "{}", outcome.text);
}

/// Everything that anybody is told of comments under these articles.
async fn answers(app: &TestApp, articles: &[&str]) -> Value {
    let mut all = Vec::new();
    for article in articles {
        for sort in ["best", "newest", "oldest", "controversial", "hot"] {
            let mut cursor = String::new();
            loop {
                let path =
                    format!("/articles/{article}/comments?sort={sort}&limit=4&replies=2{cursor}");
                let page = app.get(&path).await.expect(200).json();
                let next = page["next_cursor"].as_str().map(str::to_owned);
                all.push(page["items"].clone());
                let Some(next) = next else { break };
                cursor = format!("&cursor={next}");
            }
        }
        all.push(
            app.get(&format!("/articles/{article}")).await.json()["stats"]["comments"].clone(),
        );
    }
    for id in app.walk("/comments?limit=50").await {
        all.push(
            app.get(&format!("/comments/{id}/context"))
                .await
                .expect(200)
                .json(),
        );
        all.push(
            app.get(&format!("/comments/{id}/replies?limit=50"))
                .await
                .expect(200)
                .json(),
        );
    }
    for status in ["held", "spam", "rejected", "deleted", "published"] {
        let path = format!("/manage/comments?limit=100&status={status}");
        let mut page = app.get(&path).as_role("moderator").await.expect(200).json();
        for item in page["items"].as_array_mut().unwrap() {
            // Versions begin anew.
            item.as_object_mut().unwrap().remove("version");
        }
        all.push(page);
    }
    Value::Array(all)
}

/// Decides something about some of them.
async fn moderate(app: &TestApp, ids: &[String]) {
    for (place, decision) in [
        (0, "pin"),
        (2, "feature"),
        (1, "reject"),
        (5, "spam"),
        (6, "delete"),
        (9, "approve"),
    ] {
        let path = format!("/manage/comments/{}", ids[place]);
        let version = app.get(&path).as_role("moderator").await.version();
        let body = json!({ "decision": decision });
        app.post(&format!("{path}/decisions"))
            .as_role("moderator")
            .if_match(version)
            .json(&body)
            .await
            .expect(200);
    }
    let path = format!("/manage/comments/{}", ids[3]);
    let version = app.get(&path).as_role("moderator").await.version();
    app.patch(&path)
        .as_role("moderator")
        .if_match(version)
        .json(&json!({ "body": "Reworded." }))
        .await
        .expect(200);
}

/// Comments of every kind, under one article.
async fn a_full_house(app: &TestApp, article: &Value) {
    let crowd = app.crowd(6).await;
    let mut ids: Vec<String> = Vec::new();
    for n in 0..14_usize {
        app.advance(7);
        let parent = (n % 3 != 0).then(|| ids[n / 2].clone());
        let comment = app
            .comment(
                article,
                &format!("*Number* {n} of https://a.example/"),
                parent.as_deref(),
            )
            .await;
        ids.push(text(&comment["id"]));
        for (place, member) in crowd.iter().enumerate().take(n % 7) {
            let value = if place % 3 == 0 { -1 } else { 1 };
            let path = format!("/comments/{}/vote", ids[n]);
            app.put(&path)
                .bearer(&member.token)
                .json(&json!({ "value": value }))
                .await
                .expect(200);
        }
    }
    // Deeper than a thread may be.
    let mut last = ids[13].clone();
    for _ in 0..12 {
        last = text(&app.comment(article, "deeper", Some(&last)).await["id"]);
    }
    moderate(app, &ids).await;
    let member = app.account("Mei", "reader").await;
    app.post("/articles/ferry/comments")
        .by(&member)
        .json(&json!({ "body": "As a member." }))
        .await
        .expect(201);
}

fn run(app: &TestApp, sql: &str) {
    storage::testing::execute(app.database_url(), sql).unwrap();
}

fn without_comments(app: &TestApp) {
    for table in [
        "notifications",
        "comment_traces",
        "comment_handlings",
        "comment_reports",
        "comment_votes",
        "comment_cases",
        "comments",
    ] {
        run(app, &format!("DELETE FROM {table}"));
    }
    run(app, "UPDATE article_stats SET comments = 0, ordinals = 0");
}

both! {
    async fn what_was_exported_comes_back_as_it_was(app: TestApp) {
        let article = ferry(app).await;
        a_full_house(app, &article).await;
        app.article(json!({ "title": "Quay", "section": "world" })).await;
        app.post("/articles/quay/comments").json(&json!({ "body": "One.", "author_name": "Max", "author_email": "max@mail.example" })).await.expect(201);
        let before = answers(app, &["ferry", "quay"]).await;
        let folder = tempfile::tempdir().unwrap();
        let (first, second) = (folder.path().join("first.jsonl"), folder.path().join("second.jsonl"));
        export(app, &first).await;
        let file = first.to_string_lossy().into_owned();
        let written = std::fs::read_to_string(&first).unwrap();
        assert!(!written.contains("max@mail.example"), "addresses are taken along only if that is asked for");
        let again = import(app, &["comments", &file]).await;
        assert!(again.success && again.text.contains("Nothing to change"), "{}", again.text);
        without_comments(app);
        let dry = import(app, &["comments", &file, "--dry-run"]).await;
        assert!(dry.success, "{}", dry.text);
        assert_eq!(app.count("SELECT count(*) FROM comments"), 0);
        let done = import(app, &["comments", &file]).await;
        assert!(done.success, "{}", done.text);
        assert_eq!(dry.stdout.lines().find(|line| line.starts_with("comments")), done.stdout.lines().find(|line| line.starts_with("comments")));
        let app = &app.restarted().await;
        assert_eq!(answers(app, &["ferry", "quay"]).await, before);
        app.counters_are_right();
        export(app, &second).await;
        let lines = |file: &Path| std::fs::read_to_string(file).unwrap().lines().skip(1).map(str::to_owned).collect::<Vec<_>>();
        assert_eq!(lines(&second), lines(&first));
        app.advance(24 * 60 * 60);
        // Whoever comes afterwards stands behind what came back.
        app.comment(&article, "afterwards", None).await;
        let newest = app.get("/articles/ferry/comments?sort=newest&limit=1").await.json();
        assert_eq!(newest["items"][0]["body"]["text"], "afterwards");
        assert_eq!(app.count("SELECT count(*) - count(DISTINCT ordinal) FROM comments WHERE article_id = (SELECT id FROM articles WHERE slug = 'ferry')"), 0);
    }

    async fn another_newspaper_takes_them_by_the_slugs_of_its_articles(app: TestApp) {
        let article = ferry(app).await;
        a_full_house(app, &article).await;
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("comments.jsonl");
        export(app, &file).await;
        let other = TestApp::start(Database::sqlite()).await;
        other.section("Sport", None).await;
        let theirs = other.article(json!({ "title": "Ferry", "section": "sport" })).await;
        assert_ne!(theirs["id"], article["id"]);
        let outcome = import(&other, &["comments", &file.to_string_lossy()]).await;
        assert!(outcome.success, "{}", outcome.text);
        let other = other.restarted().await;
        other.counters_are_right();
        let page = async |app: &TestApp| app.get("/articles/ferry/comments?limit=100&replies=10&sort=best").await.json();
        let (ours, mut there) = (page(app).await, page(&other).await.to_string());
        there = there.replace(&text(&theirs["id"]), &text(&article["id"]));
        let mut ours = ours.to_string();
        for word in [&mut ours, &mut there] {
            // Accounts stay where they are, and so do the cursors.
            *word = regex(r#""user_id":"[^"]*""#, word, r#""user_id":null"#);
            *word = regex(r#""next_cursor":"[^"]*""#, word, r#""next_cursor":"…""#);
        }
        assert_eq!(there, ours);
    }

    async fn a_file_that_is_none_changes_nothing_and_says_where(app: TestApp) {
        let article = ferry(app).await;
        app.comment(&article, "one", None).await;
        let folder = tempfile::tempdir().unwrap();
        let good = folder.path().join("good.jsonl");
        export(app, &good).await;
        let good = std::fs::read_to_string(&good).unwrap();
        without_comments(app);
        let comment = good.lines().nth(1).unwrap();
        let cases = [
            ("", "line 1"),
            ("{}", "line 1"),
            ("not json", "line 1"),
            (r#"{"format":"other","version":1,"exported_at":"x"}"#, "not an export"),
            (r#"{"format":"broadsheet-comments","version":2,"exported_at":"x"}"#, "version 2"),
            (&format!("{good}{comment}\n{{\"id\":1}}"), "line 4"),
            (&good.replace("\"published\"", "\"seen\""), "line 2: status"),
            (&good.replace("\"cmt_", "\"CMT_"), "line 2: id"),
            (&good.replace("\"ordinal\":1", "\"ordinal\":0"), "line 2: ordinal"),
            (&good.replace("\"ordinal\":1", "\"ordinal\":9223372036854775807"), "line 2: ordinal"),
        ];
        for (number, (bad, said)) in cases.into_iter().enumerate() {
            let path = folder.path().join(format!("{number}.jsonl"));
            std::fs::write(&path, bad).unwrap();
            let outcome = import(app, &["comments", &path.to_string_lossy()]).await;
            assert!(!outcome.success && outcome.text.contains(said), "{bad}: {}", outcome.text);
            assert_eq!(app.count("SELECT count(*) FROM comments"), 0, "{bad}");
        }
        let strange = good.replace("one", "o\\u0000ne").replace("\"Max\"", "\"\\u202eMax\"");
        let path = folder.path().join("strange.jsonl");
        std::fs::write(&path, strange).unwrap();
        let outcome = import(app, &["comments", &path.to_string_lossy()]).await;
        assert!(outcome.success, "{}", outcome.text);
        let missing = import(app, &["comments", "nowhere.jsonl"]).await;
        assert!(!missing.success && missing.text.contains("nowhere.jsonl"), "{}", missing.text);
    }

    async fn an_export_of_disqus_comes_in_with_its_threads_times_and_states(app: TestApp) {
        ferry(app).await;
        app.article(json!({ "title": "The long quay", "section": "world" })).await;
        let folder = tempfile::tempdir().unwrap();
        let pages = folder.path().join("pages.txt");
        std::fs::write(&pages, "# what the addresses do not tell\nhttps://harbour.example/?p=13 the-long-quay\n").unwrap();
        let pages = pages.to_string_lossy().into_owned();
        let dry = import(app, &["disqus", DISQUS, "--pages", &pages, "--dry-run"]).await;
        assert!(dry.success, "{}", dry.text);
        assert_eq!(app.count("SELECT count(*) FROM comments"), 0);
        let done = import(app, &["disqus", DISQUS, "--pages", &pages]).await;
        assert!(done.success, "{}", done.text);
        for said in ["8 ", "1  comment in a deleted thread", "1  comment without text", "it now begins a thread", "6 published, 1 deleted, 1 spam"] {
            let found = said.split(", ").all(|part| done.stdout.contains(part));
            assert!(found && (said == "8 " || dry.stdout.contains(said.split(", ").next().unwrap())), "{said}: {}\n{}", done.stdout, dry.stdout);
        }
        let app = &app.restarted().await;
        app.counters_are_right();
        let page = app.get("/articles/ferry/comments?sort=oldest&replies=10").await.expect(200).json();
        let roots: Vec<(&str, &str)> = page["items"].as_array().unwrap().iter()
            .map(|root| (root["author"]["name"].as_str().unwrap_or("-"), root["created_at"].as_str().unwrap())).collect();
        assert_eq!(roots, [
            ("Ines Ortiz", "2011-05-02T09:00:00.000Z"), ("-", "2011-05-02T10:00:00.000Z"),
            ("Anonymous", "2011-05-02T12:00:00.000Z"), ("Oliver", "2011-05-02T13:00:00.000Z"),
        ]);
        let first = &page["items"][0];
        let html = "<p>I took it <em>every</em> summer. <a>Here</a> and <a href=\"https://ferry.example/\" rel=\"nofollow ugc noopener\">there</a>.</p>";
        let shown = text(&first["body"]["html"]);
        assert!(!shown.contains("alert") && shown.contains("https://ferry.example/") && shown.contains("nofollow ugc"), "{shown} for {html}");
        assert_eq!(first["replies"]["items"][0]["author"]["name"], "Bo");
        let tombstone = &page["items"][1];
        assert_eq!((&tombstone["status"], &tombstone["body"]["html"], &tombstone["reply_count"]), (&json!("deleted"), &Value::Null, &json!(1)));
        assert_eq!(tombstone["replies"]["items"][0]["author"]["name"], "quiet");
        let spam = app.get("/manage/comments?status=spam").as_role("moderator").await.json();
        assert_eq!(spam["items"][0]["body"]["text"], "Cheap pills.");
        assert_eq!(app.get("/articles/the-long-quay").await.json()["stats"]["comments"], 1);
        let changes = app.count("SELECT count(*) FROM changes");
        let again = import(app, &["disqus", DISQUS, "--pages", &pages]).await;
        assert!(again.success && again.text.contains("Nothing to change"), "{}", again.text);
        assert_eq!(app.count("SELECT count(*) FROM changes"), changes);
        let without = import(app, &["disqus", DISQUS]).await;
        assert!(without.text.contains("not here: https://harbour.example/?p=13"), "{}", without.text);
        let wxr = import(app, &["disqus", concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/small.wxr.xml")]).await;
        assert!(!wxr.success && wxr.text.contains("not an export of Disqus"), "{}", wxr.text);
    }

    async fn a_long_thread_whose_replies_come_first_comes_in_whole(app: TestApp) {
        ferry(app).await;
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("reversed.xml");
        let mut posts = String::new();
        for n in (0..600).rev() {
            let parent = if n % 20 == 0 { String::new() } else { format!("<parent dsq:id=\"{}\"/>", n - 1) };
            let at = format!("2012-01-01T00:{:02}:{:02}Z", n / 60, n % 60);
            write!(posts, "<post dsq:id=\"{n}\"><message>Number {n}</message><createdAt>{at}</createdAt>").unwrap();
            write!(posts, "<author><name>Max</name></author><thread dsq:id=\"t\"/>{parent}</post>").unwrap();
        }
        std::fs::write(&file, format!("<disqus xmlns=\"http://disqus.com\" xmlns:dsq=\"http://disqus.com/disqus-internals\">\
            <thread dsq:id=\"t\"><id>ferry</id></thread>{posts}</disqus>")).unwrap();
        let done = import(app, &["disqus", &file.to_string_lossy()]).await;
        assert!(done.success, "{}", done.text);
        let app = &app.restarted().await;
        app.counters_are_right();
        assert_eq!(app.get("/articles/ferry").await.json()["stats"]["comments"], 600);
        assert_eq!(app.count("SELECT count(*) FROM comments WHERE parent_id IS NULL"), 30);
        std::fs::write(&file, "<disqus><post dsq:id=\"1\"><message>cut").unwrap();
        let cut = import(app, &["disqus", &file.to_string_lossy()]).await;
        assert!(!cut.success && cut.text.contains("line 1"), "{}", cut.text);
    }
}

fn regex(pattern: &str, text: &str, with: &str) -> String {
    regex::Regex::new(pattern)
        .unwrap()
        .replace_all(text, with)
        .into_owned()
}
