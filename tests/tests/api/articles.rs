//! Reading one article.

use serde_json::{Value, json};
use tests::{TestApp, both, redacted, text};

/// An article with everything an article can have, in `world/europe`.
async fn rich(app: &TestApp) -> Value {
    app.section("World", None).await;
    app.section("Europe", Some("world")).await;
    app.author("Ada Lindqvist").await;
    app.tag("Shipping").await;
    app.article(json!({
        "title": "The last ferry to Halden",
        "section": "europe",
        "summary": "A crossing ends.",
        "authors": ["ada-lindqvist"],
        "tags": ["shipping"],
        "lead_image": { "url": "https://images.example.org/ferry.jpg", "alt": "A ferry",
                        "caption": null, "width": 1200, "height": 800 },
        "published_at": "2026-01-02T03:04:05Z",
        "body": { "format": "markdown",
                  "source": "At six the quay is *dark*.\n\n## The crew\n\n<script>alert(1)</script>Three people." },
    }))
    .await
}

both! {
    async fn it_is_found_by_slug_and_by_id(app: TestApp) {
        let article = rich(app).await;
        let by_slug = app.get("/articles/the-last-ferry-to-halden").await.expect(200).json();
        let by_id = app.get(&format!("/articles/{}", text(&article["id"]))).await.expect(200).json();
        assert_eq!(by_slug, by_id);
        insta::assert_json_snapshot!("article", redacted(&by_slug));
    }

    async fn includes_are_absent_unless_asked_for(app: TestApp) {
        rich(app).await;
        let path = "/articles/the-last-ferry-to-halden";
        let plain = app.get(path).await.expect(200).json();
        for part in ["breadcrumbs", "neighbors", "related", "comments"] {
            assert!(plain.get(part).is_none(), "{part} was not asked for");
        }
        let full = app
            .get(&format!("{path}?include=breadcrumbs,neighbors,comments"))
            .await
            .expect(200)
            .json();
        insta::assert_json_snapshot!("article_with_includes", redacted(&full));
        let one = app.get(&format!("{path}?include=breadcrumbs")).await.expect(200).json();
        assert!(one.get("breadcrumbs").is_some() && one.get("comments").is_none());
    }

    async fn the_body_comes_as_html_as_text_or_not_at_all(app: TestApp) {
        rich(app).await;
        let path = "/articles/the-last-ferry-to-halden";
        let html = app.get(&format!("{path}?body=html")).await.expect(200).json();
        assert_eq!(html["body"]["format"], "html");
        let content = text(&html["body"]["content"]);
        assert!(content.contains("<h2 id=\"h-the-crew\">The crew</h2>") && content.contains("<em>dark</em>"));
        assert!(!content.contains("script") || !content.contains("<script"), "{content}");
        let plain = app.get(&format!("{path}?body=text")).await.expect(200).json();
        assert_eq!(plain["body"]["format"], "text");
        let content = text(&plain["body"]["content"]);
        assert!(content.contains("The crew") && !content.contains('<'), "{content}");
        let none = app.get(&format!("{path}?body=none")).await.expect(200).json();
        assert!(none.get("body").is_none());
        app.get(&format!("{path}?body=pdf")).await.problem(400, "invalid_parameter");
    }

    async fn neighbours_are_the_older_and_the_newer_of_the_section(app: TestApp) {
        app.section("World", None).await;
        app.section("Sport", None).await;
        for (title, section, day) in [
            ("One", "world", 1), ("Two", "world", 2), ("Aside", "sport", 2), ("Three", "world", 3),
        ] {
            app.article(json!({ "title": title, "section": section,
                "published_at": format!("2026-02-0{day}T00:00:00Z") })).await;
        }
        let two = app.get("/articles/two?include=neighbors").await.expect(200).json();
        assert_eq!(two["neighbors"]["previous"]["slug"], "one");
        assert_eq!(two["neighbors"]["next"]["slug"], "three");
        let one = app.get("/articles/one?include=neighbors").await.expect(200).json();
        assert_eq!(one["neighbors"]["previous"], Value::Null);
        assert_eq!(one["neighbors"]["next"]["slug"], "two");
    }

    async fn neighbours_of_one_instant_are_told_apart(app: TestApp) {
        app.section("World", None).await;
        for title in ["One", "Two", "Three"] {
            app.article(json!({ "title": title, "section": "world",
                "published_at": "2026-02-01T00:00:00Z" })).await;
        }
        let two = app.get("/articles/two?include=neighbors").await.expect(200).json();
        assert_eq!(two["neighbors"]["previous"]["slug"], "one");
        assert_eq!(two["neighbors"]["next"]["slug"], "three");
    }

    async fn an_old_slug_leads_to_the_new_one_in_one_step(app: TestApp) {
        app.section("World", None).await;
        let first = app.article(json!({ "title": "First", "section": "world" })).await;
        let patched = app.patch_article(&first, &json!({ "slug": "second" })).await;
        let still = app.get("/articles/first").await.expect(200).json();
        assert_eq!(still["slug"], "first");
        let second = app.publish(&patched).await;
        let third = app.patch_article(&second, &json!({ "slug": "third" })).await;
        app.publish(&third).await;
        for old in ["first", "second"] {
            let moved = app.get(&format!("/articles/{old}?body=text")).await.expect(301);
            assert_eq!(moved.header("location"), "/api/v1/articles/third?body=text");
            assert!(moved.header("cache-control").contains("s-maxage"));
        }
        app.get("/articles/third").await.expect(200);
    }

    async fn what_is_not_there_is_404_and_says_so(app: TestApp) {
        for path in ["/articles/no-such-thing", "/articles/art_0000000000000"] {
            let reply = app.get(path).await;
            let problem = reply.problem(404, "not_found");
            assert!(problem["instance"].as_str().is_some_and(|id| !id.is_empty()));
            assert!(reply.header("cache-control").contains("s-maxage=1"));
        }
    }

    async fn a_bent_id_is_not_another_way_to_write_it(app: TestApp) {
        let article = rich(app).await;
        let id = text(&article["id"]);
        let upper = id.to_uppercase();
        let half = format!("art_{}", id.trim_start_matches("art_").to_uppercase());
        for bent in [upper.as_str(), half.as_str(), id.get(..id.len() - 1).unwrap(), &format!("{id}0"),
                     "1", "1.0", "%20", "cmt_0000000000001", "art_", "art_zzzzzzzzzzzzz"] {
            let reply = app.get(&format!("/articles/{bent}")).await;
            assert!([400, 404].contains(&reply.status), "{bent}: {}", reply.status);
        }
    }

    async fn a_schedule_opens_and_closes_by_the_clock(app: TestApp) {
        app.section("World", None).await;
        let draft = app.draft(json!({ "title": "Later", "section": "world" })).await;
        let from = app.in_seconds(3600);
        let until = app.in_seconds(7200);
        let published = app
            .publish_with(&draft, &json!({ "visible_from": from, "visible_until": until }))
            .await;
        assert_eq!(published["status"], "scheduled");
        app.get("/articles/later").await.problem(404, "not_found");
        assert_eq!(app.get("/articles").await.json()["items"], json!([]));
        app.advance(3600);
        let open = app.get("/articles/later").await.expect(200).json();
        assert_eq!(open["visible_until"], until);
        assert_eq!(open["published_at"], from);
        assert_eq!(app.get("/articles").await.json()["items"][0]["slug"], "later");
        app.advance(3600);
        app.get("/articles/later").await.problem(404, "not_found");
        assert_eq!(app.get("/articles").await.json()["items"], json!([]));
    }

    async fn chinese_is_counted_as_chinese(app: TestApp) {
        app.section("World", None).await;
        app.article(json!({ "title": "河上的渡轮", "section": "world", "language": "zh",
            "body": { "format": "markdown", "source": "渡".repeat(1000) } })).await;
        let item = app.get("/articles").await.expect(200).json()["items"][0].clone();
        assert_eq!(item["language"], "zh");
        assert_eq!(item["slug"], "he-shang-de-du-lun");
        assert_eq!(item["word_count"], 1000);
        assert_eq!(item["reading_seconds"], 120);
    }

    async fn hostile_html_is_cleaned_on_the_way_in(app: TestApp) {
        app.section("World", None).await;
        let sources = [
            "<p onclick=alert(1)>a</p><img src=x onerror=alert(1)>",
            "<svg><script>alert(1)</script></svg>",
            "<a href=\"javascript:alert(1)\">x</a>",
            "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>",
            "<iframe src=https://evil.example></iframe><form action=x><input></form>",
        ];
        for (index, source) in sources.into_iter().enumerate() {
            for format in ["html", "markdown"] {
                let title = format!("Hostile {index} {format}");
                app.article(json!({ "title": title, "section": "world",
                    "body": { "format": format, "source": source } })).await;
                let page = app.get(&format!("/articles/hostile-{index}-{format}")).await.json();
                let html = text(&page["body"]["content"]).to_lowercase();
                for never in ["<script", "onclick", "onerror", "javascript:", "<svg", "<math",
                              "<iframe", "<form", "<style"] {
                    assert!(!html.contains(never), "{never} in {html}");
                }
            }
        }
    }
}
