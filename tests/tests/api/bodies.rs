//! A body in every form it is written in, and in every form it is shown in.

use serde_json::{Value, json};
use tests::{TestApp, both, text};

async fn shown(app: &TestApp, article: &Value, form: &str) -> Value {
    let path = format!("/articles/{}?body={form}", text(&article["slug"]));
    app.get(&path).await.expect(200).json()
}

fn span(text: &str) -> Value {
    json!({ "text": text, "marks": [], "href": null, "reading": null })
}

both! {
    async fn every_form_comes_from_one_source(app: TestApp) {
        app.section("World", None).await;
        let source = "## 收购(shōugòu)股份\n\nThe *vote*[^1] at https://halden.example/a.\n\n![Quay](/quay.jpg)\n\n[^1]: By hand.\n";
        let article = app.article(json!({ "title": "重庆(chóngqìng)投票", "section": "world", "summary": "是(shì)的",
            "body": { "format": "markdown", "source": source } })).await;
        assert_eq!(article["title"], "重庆投票");
        assert_eq!(article["summary"], "是的");
        assert_eq!(article["slug"], "zhong-qing-tou-piao");
        assert_eq!(article["body"], json!({ "format": "markdown", "source": source.trim_end(), "readings": "ruby" }));
        let html = shown(app, &article, "html").await;
        assert_eq!(html["body"]["format"], "html");
        let content = text(&html["body"]["content"]);
        assert!(content.starts_with("<h2 id=\"h-shou-gou-gu-fen\"><ruby>收购<rt>shōugòu</rt></ruby>股份</h2>"), "{content}");
        assert!(content.contains("<sup id=\"fnref-1\">") && content.contains("<li id=\"fn-1\">"), "{content}");
        assert!(content.contains("<img src=\"/quay.jpg\" alt=\"Quay\" loading=\"lazy\">"), "{content}");
        assert_eq!(html["outline"], json!({
            "headings": [{ "level": 2, "id": "h-shou-gou-gu-fen", "text": "收购股份" }],
            "images": [{ "url": "/quay.jpg", "alt": "Quay", "width": null, "height": null }],
            "links": ["https://halden.example/a"],
        }));
        assert_eq!(html["excerpt"], "The vote at https://halden.example/a.");
        let plain = shown(app, &article, "text").await;
        assert_eq!(plain["body"]["content"], "收购股份\n\nThe vote at https://halden.example/a.\n\nBy hand.");
        assert_eq!(plain["outline"], html["outline"]);
        let blocks = shown(app, &article, "blocks").await;
        let read = json!({ "text": "收购", "marks": [], "href": null, "reading": "shōugòu" });
        assert_eq!(blocks["body"]["content"][0], json!({ "type": "heading", "level": 2, "id": "h-shou-gou-gu-fen",
            "spans": [read, span("股份")] }));
        assert_eq!(blocks["body"]["content"][2]["type"], "image");
        let bare = shown(app, &article, "none").await;
        assert!(bare.get("body").is_none() && bare.get("outline").is_none());
    }

    async fn readings_are_kept_or_stripped_when_asked(app: TestApp) {
        app.section("World", None).await;
        let body = |readings: &str| json!({ "format": "markdown", "source": "收购(shōugòu)股份", "readings": readings });
        let kept = app.article(json!({ "title": "收购(shōugòu)", "section": "world", "body": body("keep") })).await;
        assert_eq!(kept["title"], "收购(shōugòu)");
        assert_eq!(shown(app, &kept, "html").await["body"]["content"], "<p>收购(shōugòu)股份</p>");
        let stripped = app.article(json!({ "title": "收购(shōugòu)", "section": "world", "body": body("strip") })).await;
        assert_eq!(stripped["title"], "收购");
        assert_eq!(shown(app, &stripped, "html").await["body"]["content"], "<p>收购股份</p>");
        let again = app.patch_article(&stripped, &json!({ "body": { "readings": "ruby" }, "title": "股份(gǔfèn)" })).await;
        assert_eq!(again["body"]["readings"], "ruby");
        assert_eq!(again["title"], "股份");
        let again = app.publish(&again).await;
        assert!(text(&shown(app, &again, "html").await["body"]["content"]).contains("<rt>shōugòu</rt>"));
    }

    async fn blocks_may_be_the_source(app: TestApp) {
        app.section("World", None).await;
        let blocks = json!([
            { "type": "heading", "level": 2, "spans": [{ "text": "The vote" }] },
            { "type": "paragraph", "spans": [{ "text": "It ", "marks": [] }, { "text": "passed", "marks": ["strong"], "href": "https://halden.example/" }] },
            { "type": "list", "ordered": true, "items": [[{ "type": "paragraph", "spans": [{ "text": "one" }] }]] },
            { "type": "embed", "url": "https://video.example/1" },
            { "type": "code", "text": "let x = 1;", "language": "rust" },
            { "type": "divider" },
        ]);
        let draft = app.draft(json!({ "title": "A vote", "section": "world", "body": { "format": "blocks", "blocks": blocks } })).await;
        let kept = &draft["body"];
        assert_eq!((&kept["format"], kept.get("source")), (&json!("blocks"), None));
        assert_eq!(kept["blocks"][2]["start"], 1);
        assert_eq!(kept["blocks"][4], json!({ "type": "code", "text": "let x = 1;", "language": "rust" }));
        let article = app.publish(&draft).await;
        let html = shown(app, &article, "html").await;
        assert_eq!(html["body"]["content"], "<h2 id=\"h-the-vote\">The vote</h2>\n\
            <p>It <a href=\"https://halden.example/\" rel=\"noopener\"><strong>passed</strong></a></p>\n\
            <ol><li>one</li></ol>\n<figure><a href=\"https://video.example/1\" rel=\"noopener\">https://video.example/1</a></figure>\n\
            <pre><code class=\"language-rust\">let x = 1;</code></pre>\n<hr>");
        // What is shown as blocks can be written as blocks, and changes nothing.
        let blocks = shown(app, &article, "blocks").await["body"]["content"].clone();
        let again = app.patch_article(&article, &json!({ "body": { "blocks": blocks } })).await;
        let again = app.publish(&again).await;
        assert_eq!(shown(app, &again, "blocks").await["body"]["content"], blocks);
        // Into another format it goes with a text of that format alone.
        let path = format!("/manage/articles/{}", text(&again["id"]));
        let version = again["version"].as_i64().unwrap();
        let only = json!({ "body": { "format": "markdown" } });
        let refused = app.patch(&path).as_role("editor").if_match(version).json(&only).await.expect(422).json();
        assert_eq!(refused["errors"][0]["pointer"], "/body/source");
        let markdown = app.patch_article(&again, &json!({ "body": { "format": "markdown", "source": "It *passed*." } })).await;
        assert_eq!(markdown["body"], json!({ "format": "markdown", "source": "It *passed*.", "readings": "ruby" }));
    }

    async fn what_does_not_go_together_is_refused(app: TestApp) {
        app.section("World", None).await;
        let paragraph = json!([{ "type": "paragraph", "spans": [{ "text": "a" }] }]);
        let refused = async |body: Value, pointer: &str| {
            let new = json!({ "title": "A", "section": "world", "body": body });
            let reply = app.post("/manage/articles").as_role("editor").json(&new).await.expect(422);
            assert_eq!(reply.json()["errors"][0]["pointer"], pointer, "{}", reply.text());
        };
        refused(json!({ "format": "markdown" }), "/body/source").await;
        refused(json!({ "format": "blocks" }), "/body/blocks").await;
        refused(json!({ "format": "blocks", "source": "a" }), "/body/source").await;
        refused(json!({ "format": "html", "source": "a", "blocks": paragraph }), "/body/blocks").await;
        refused(json!({ "format": "blocks", "blocks": [] }), "/body/blocks").await;
        for stray in [json!([{ "type": "paragraf", "spans": [] }]), json!([{ "type": "divider", "level": 2 }]),
            json!([{ "type": "paragraph", "spans": [{ "text": "a", "mark": "strong" }] }]), json!([{ "type": "paragraph" }]), json!({})] {
            let new = json!({ "title": "A", "section": "world", "body": { "format": "blocks", "blocks": stray } });
            let reply = app.post("/manage/articles").as_role("editor").json(&new).await.expect(422);
            let pointer = text(&reply.json()["errors"][0]["pointer"]);
            assert!(pointer.starts_with("/body/blocks"), "{}", reply.text());
        }
        let control = json!([{ "type": "paragraph", "spans": [{ "text": "a\u{1}b" }] }]);
        refused(json!({ "format": "blocks", "blocks": control }), "/body/blocks").await;
        let level = json!([{ "type": "heading", "level": 7, "spans": [] }]);
        refused(json!({ "format": "blocks", "blocks": level }), "/body/blocks").await;
    }
}
