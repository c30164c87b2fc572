//! Posting comments and what is refused.

use serde_json::{Value, json};
use tests::{TestApp, both, redacted, text};

async fn article(app: &TestApp) -> Value {
    app.section("World", None).await;
    app.article(json!({ "title": "Ferry", "section": "world" }))
        .await
}

/// How many comments the database really holds.
fn stored(app: &TestApp) -> i64 {
    app.count("SELECT count(*) FROM comments")
}

both! {
    async fn a_guest_posts_and_everybody_reads(app: TestApp) {
        article(app).await;
        let body = json!({ "body": "I took it *every* summer.", "author_name": "Ines",
                           "author_email": "ines@example.org" });
        let reply = app.post("/articles/ferry/comments").json(&body).await.expect(201);
        let comment = reply.json();
        assert_eq!(reply.header("location"), format!("/api/v1/comments/{}", text(&comment["id"])));
        assert!(!reply.text().contains("ines@example.org"), "an address is never shown");
        insta::assert_json_snapshot!("comment", redacted(&comment));

        let read = app.get(&format!("/comments/{}", text(&comment["id"]))).await.expect(200);
        assert_eq!(read.json()["body"], comment["body"]);
        assert!(!read.text().contains("edit_token") && !read.text().contains("example.org"));
        let page = app.get("/articles/ferry/comments").await.expect(200);
        assert_eq!(page.json()["items"][0]["id"], comment["id"]);
        assert!(!page.text().contains("edit_token") && !page.text().contains("example.org"));
        let site = app.get("/comments").await.expect(200).json();
        assert_eq!(site["items"][0]["id"], comment["id"]);
        assert_eq!(app.get("/articles/ferry").await.json()["stats"]["comments"], 1);
    }

    async fn a_comment_is_markdown_without_images_or_html(app: TestApp) {
        let article = article(app).await;
        let source = "**bold** <b onclick=x>raw</b> ![alt](https://evil.example/x.png) \
                      [link](https://example.org) [bad](javascript:alert(1))";
        let comment = app.comment(&article, source, None).await;
        let html = text(&comment["body"]["html"]);
        assert!(html.contains("<strong>bold</strong>"), "{html}");
        assert!(html.contains("nofollow") && html.contains("ugc"), "{html}");
        for never in ["<img", "<b ", "href=\"javascript"] {
            assert!(!html.contains(never), "{html}");
        }
    }

    async fn fields_that_do_not_fit_are_named(app: TestApp) {
        article(app).await;
        let long = "x".repeat(5001);
        for (body, pointer) in [
            (json!({ "author_name": "Ines" }), "/body"),
            (json!({ "body": "", "author_name": "Ines" }), "/body"),
            (json!({ "body": "   \n ", "author_name": "Ines" }), "/body"),
            (json!({ "body": long, "author_name": "Ines" }), "/body"),
            (json!({ "body": "a\u{0}b", "author_name": "Ines" }), "/body"),
            (json!({ "body": "hello" }), "/author_name"),
            (json!({ "body": "hello", "author_name": "" }), "/author_name"),
            (json!({ "body": "hello", "author_name": "x".repeat(61) }), "/author_name"),
            (json!({ "body": "hello", "author_name": "I\u{7}" }), "/author_name"),
            (json!({ "body": "hello", "author_name": "Ines", "author_email": "nope" }), "/author_email"),
            (json!({ "body": 5, "author_name": "Ines" }), "/body"),
            (json!({ "body": "hello", "author_name": "Ines", "parent_id": "cmt_1" }), "/parent_id"),
            (json!({ "body": "hello", "author_name": "Ines", "status": "published" }), "/status"),
            (json!({ "body": "hello", "author_name": "Ines", "created_at": "2020-01-01T00:00:00Z" }), "/created_at"),
        ] {
            let reply = app.post("/articles/ferry/comments").json(&body).await;
            let problem = reply.json();
            assert_eq!(reply.status, 422, "{problem}");
            let pointers: Vec<&str> =
                problem["errors"].as_array().unwrap().iter().filter_map(|e| e["pointer"].as_str()).collect();
            assert!(pointers.contains(&pointer), "{pointer} in {problem}");
        }
        let emoji = json!({ "body": "👩‍👩‍👧‍👦".repeat(700), "author_name": "Ines" });
        app.post("/articles/ferry/comments").json(&emoji).await.expect(201);
        assert_eq!(stored(app), 1, "nothing refused was stored");
    }

    async fn a_reply_needs_a_parent_under_the_same_article(app: TestApp) {
        let ferry = article(app).await;
        let other = app.article(json!({ "title": "Other", "section": "world" })).await;
        let comment = app.comment(&ferry, "first", None).await;
        let id = text(&comment["id"]);
        for (path, parent) in [("other", id.as_str()), ("ferry", "cmt_0000000000000")] {
            let body = json!({ "body": "reply", "author_name": "Bo", "parent_id": parent });
            let reply = app.post(&format!("/articles/{path}/comments")).json(&body).await;
            assert!([404, 409, 422].contains(&reply.status), "{}", reply.text());
        }
        assert_eq!(stored(app), 1);
        let count = app.get("/articles/other").await.json()["stats"]["comments"].clone();
        assert_eq!(count, 0);
        app.comment(&other, "own", None).await;
    }

    async fn nothing_is_stored_where_comments_are_closed_or_nothing_is_public(app: TestApp) {
        app.section("World", None).await;
        app.article(json!({ "title": "Closed", "section": "world", "comments": "closed" })).await;
        app.article(json!({ "title": "Members", "section": "world", "comments": "members" })).await;
        let draft = app.draft(json!({ "title": "Draft", "section": "world" })).await;
        let later = app.draft(json!({ "title": "Later", "section": "world" })).await;
        app.publish_with(&later, &json!({ "visible_from": app.in_seconds(3600) })).await;
        let gone = app.draft(json!({ "title": "Gone", "section": "world" })).await;
        app.publish_with(&gone, &json!({ "visible_until": app.in_seconds(60) })).await;
        app.advance(61);
        let body = json!({ "body": "hello", "author_name": "Ines" });
        let draft_id = text(&draft["id"]);
        for (article, statuses) in [
            ("closed", vec![409]), ("members", vec![401, 403, 409]), ("draft", vec![404]), (draft_id.as_str(), vec![404]),
            ("later", vec![404]), ("gone", vec![404]), ("unknown", vec![404]), ("art_0000000000000", vec![404]),
        ] {
            let reply = app.post(&format!("/articles/{article}/comments")).json(&body).await;
            assert!(statuses.contains(&reply.status), "{article}: {}", reply.text());
        }
        assert_eq!(stored(app), 0);
        let policy = app.get("/articles/closed").await.json()["comment_policy"]["state"].clone();
        assert_eq!(policy, "closed");
    }

    async fn a_section_decides_for_the_articles_that_inherit(app: TestApp) {
        let section = app.section("World", None).await;
        app.section("Europe", Some("world")).await;
        app.article(json!({ "title": "Inherits", "section": "europe" })).await;
        app.article(json!({ "title": "Open", "section": "europe", "comments": "open" })).await;
        let path = format!("/manage/sections/{}", text(&section["id"]));
        app.patch(&path).as_role("editor").if_match(1).json(&json!({ "comments": "closed" })).await.expect(200);
        let body = json!({ "body": "hello", "author_name": "Ines" });
        app.post("/articles/inherits/comments").json(&body).await.problem(409, "comments_closed");
        app.post("/articles/open/comments").json(&body).await.expect(201);
        let state = app.get("/articles/inherits").await.json()["comment_policy"]["state"].clone();
        assert_eq!(state, "closed");
    }

    async fn counts_are_told_for_many_articles_at_once(app: TestApp) {
        let ferry = article(app).await;
        let quiet = app.article(json!({ "title": "Quiet", "section": "world" })).await;
        let draft = app.draft(json!({ "title": "Draft", "section": "world" })).await;
        let root = app.comment(&ferry, "one", None).await;
        app.comment(&ferry, "two", Some(&text(&root["id"]))).await;
        let asked = [&quiet, &ferry].map(|article| text(&article["id"])).join(",");
        let page = app.get(&format!("/comment-counts?articles={asked}")).await.expect(200).json();
        let counts: Vec<i64> =
            page["items"].as_array().unwrap().iter().map(|item| item["comments"].as_i64().unwrap()).collect();
        assert_eq!(counts, [0, 2], "{page}");
        let hidden = app.get(&format!("/comment-counts?articles={}", text(&draft["id"]))).await.expect(200).json();
        let missing = app.get("/comment-counts?articles=art_0000000000000").await.expect(200).json();
        assert_eq!(hidden["items"].as_array().map(Vec::len), missing["items"].as_array().map(Vec::len));
        assert_eq!(app.get("/comment-counts").await.status, 400);
        let many = vec![text(&ferry["id"]); 101].join(",");
        assert_eq!(app.get(&format!("/comment-counts?articles={many}")).await.status, 400);
    }

    async fn comments_of_what_is_no_longer_public_are_gone_from_every_route(app: TestApp) {
        app.section("World", None).await;
        let draft = app.draft(json!({ "title": "Short", "section": "world" })).await;
        let article = app.publish_with(&draft, &json!({ "visible_until": app.in_seconds(60) })).await;
        let comment = app.comment(&article, "while it lasts", None).await;
        let id = text(&comment["id"]);
        app.get(&format!("/comments/{id}")).await.expect(200);
        app.advance(61);
        app.get(&format!("/comments/{id}")).await.problem(404, "not_found");
        app.get(&format!("/comments/{id}/replies")).await.problem(404, "not_found");
        app.get("/articles/short/comments").await.problem(404, "not_found");
        assert_eq!(app.get("/comments").await.expect(200).json()["items"], json!([]));
    }
}
