//! Writing, changing and publishing articles.

use serde_json::{Value, json};
use tests::{TestApp, both, redacted, text};

both! {
    async fn a_draft_is_created_with_everything(app: TestApp) {
        app.section("World", None).await;
        app.author("Ada Lindqvist").await;
        app.tag("Shipping").await;
        let body = json!({
            "title": "The last ferry to Halden", "section": "world", "slug": null, "summary": null,
            "language": "en", "authors": ["ada-lindqvist"], "tags": ["shipping"],
            "lead_image": { "url": "https://images.example.org/f.jpg", "alt": "A ferry", "caption": null,
                            "width": 1200, "height": 800 },
            "body": { "format": "markdown", "source": "At six.", "readings": "ruby" }, "published_at": null,
        });
        let reply = app.post("/manage/articles").as_role("editor").json(&body).await.expect(201);
        let article = reply.json();
        assert_eq!(reply.header("etag"), "\"1\"");
        assert_eq!(reply.header("location"), format!("/api/v1/manage/articles/{}", text(&article["id"])));
        assert_eq!(reply.header("cache-control"), "private, no-store");
        insta::assert_json_snapshot!("managed_article", redacted(&article));
        let read = app.get(&format!("/manage/articles/{}", text(&article["id"]))).as_role("editor").await.expect(200);
        assert_eq!(read.json(), article);
        assert_eq!(read.header("etag"), "\"1\"");
    }

    async fn what_was_read_can_be_sent_back(app: TestApp) {
        app.section("World", None).await;
        app.section("Sport", None).await;
        app.author("Ada").await;
        app.author("Björn").await;
        app.tag("Shipping").await;
        let sent = json!({
            "title": "Ferry", "slug": "boat", "summary": "Short.", "language": "sv", "section": "world",
            "authors": ["bjorn", "ada"], "tags": ["shipping"], "comments": "members",
            "lead_image": { "url": "https://example.org/a.jpg", "alt": "A", "caption": null, "width": 2, "height": 1,
                "credit": "C", "focal_point": { "x": 0.5, "y": 0.25 } },
            "further_sections": ["sport"],
            "seo": { "title": "S", "description": null, "canonical_url": "https://example.org/a", "robots": ["nofollow"] },
            "body": { "format": "markdown", "source": "At six.", "readings": "ruby" }, "published_at": "2020-01-01T00:00:00.000Z",
        });
        let path = format!("/manage/articles/{}", text(&app.draft(sent.clone()).await["id"]));
        let read = app.get(&path).as_role("editor").await.expect(200).json();
        let mut again = json!({});
        for field in sent.as_object().unwrap().keys() {
            again[field] = read[field].clone();
        }
        assert_eq!(again, sent, "the same names and types");
        again["title"] = json!("Edited");
        let patched = app.patch(&path).as_role("editor").if_match(1).json(&again).await.expect(200).json();
        assert_eq!(patched["title"], "Edited");
        assert_eq!(patched["authors"], read["authors"]);
        let listed = app.get("/manage/articles").as_role("editor").await.expect(200).json();
        for field in ["section", "authors", "tags"] {
            assert_eq!(listed["items"][0][field], read[field]);
        }
        again["slug"] = json!("another");
        let copy = app.post("/manage/articles").as_role("editor").json(&again).await.expect(201).json();
        assert_eq!(copy["tags"], read["tags"]);
        app.publish(&patched).await;
        let live = app.get("/articles/boat").await.expect(200).json();
        assert_eq!(live["authors"][0]["slug"], "bjorn");
    }

    async fn a_draft_shows_on_no_public_route(app: TestApp) {
        app.section("World", None).await;
        app.author("Ada").await;
        app.tag("Shipping").await;
        let draft = app.draft(json!({ "title": "Secret canary", "section": "world", "authors": ["ada"],
            "tags": ["shipping"] })).await;
        let id = text(&draft["id"]);
        for path in [
            "/articles".to_owned(), "/articles?section=world".into(), "/articles?tag=shipping".into(),
            "/articles?author=ada".into(), "/articles?language=en".into(), "/articles?total=true".into(),
            format!("/articles?ids={id}"), format!("/articles/{id}"), "/articles/secret-canary".into(),
            format!("/articles/{id}/comments"), "/comments".into(), format!("/comment-counts?articles={id}"),
            "/sections".into(), "/sections/world".into(), "/authors".into(), "/authors/ada".into(), "/tags".into(),
        ] {
            let reply = app.get(&path).await;
            assert!([200, 404].contains(&reply.status), "{path}");
            let body = reply.text().to_lowercase();
            assert!(!body.contains("canary\"") && !body.contains("secret canary"), "{path}: {body}");
            if reply.status == 200 {
                assert!(!body.contains(&format!("\"id\":\"{id}\"")), "{path}: {body}");
            }
        }
        assert_eq!(app.get("/articles?total=true").await.json()["total"], 0);
        assert_eq!(app.get("/sections/world").await.json()["article_count"], 0);
        assert_eq!(app.post(&format!("/articles/{id}/views")).await.status, 404);
        let unknown = app.get("/articles/art_0000000000000").await;
        let hidden = app.get(&format!("/articles/{id}")).await;
        for field in ["type", "title", "status", "code", "detail"] {
            assert_eq!(
                unknown.json()[field].to_string().replace("art_0000000000000", "X"),
                hidden.json()[field].to_string().replace(&id, "X"),
            );
        }
    }

    async fn a_patch_is_a_merge_patch(app: TestApp) {
        app.section("World", None).await;
        app.tag("Shipping").await;
        let draft = app.draft(json!({ "section": "world", "summary": "Short.", "tags": ["shipping"],
            "lead_image": { "url": "https://example.org/a.jpg", "alt": "A", "caption": "C", "width": 2, "height": 1 } })).await;
        let path = format!("/manage/articles/{}", text(&draft["id"]));
        let change = json!({ "title": "Another title", "summary": null, "lead_image": { "caption": null } });
        let reply = app.patch(&path).as_role("editor").if_match(1)
            .bytes("application/merge-patch+json", change.to_string()).await.expect(200);
        let patched = reply.json();
        assert_eq!(reply.header("etag"), "\"2\"");
        assert_eq!(patched["version"], 2);
        assert_eq!(patched["title"], "Another title");
        assert_eq!(patched["summary"], Value::Null);
        assert_eq!(patched["slug"], draft["slug"], "a slug does not follow the title by itself");
        assert_eq!(patched["tags"], draft["tags"]);
        assert_eq!(patched["body"], draft["body"]);
        assert_eq!(patched["lead_image"]["alt"], "A");
        assert_eq!(patched["lead_image"]["caption"], Value::Null);
        let cleared = app.patch(&path).as_role("editor").if_match(2)
            .json(&json!({ "tags": [], "lead_image": null })).await.expect(200).json();
        assert_eq!(cleared["tags"], json!([]));
        assert_eq!(cleared["lead_image"], Value::Null);
        assert_eq!(app.patch(&path).as_role("editor").if_match(3).json(&json!({ "title": null })).await.status, 422);
        assert_eq!(app.get(&path).as_role("editor").await.version(), 3);
    }

    async fn a_change_needs_the_version_it_builds_on(app: TestApp) {
        app.section("World", None).await;
        let draft = app.draft(json!({ "section": "world" })).await;
        let path = format!("/manage/articles/{}", text(&draft["id"]));
        let change = json!({ "title": "New" });
        app.patch(&path).as_role("editor").json(&change).await.problem(428, "precondition_required");
        app.post(&format!("{path}/publish")).as_role("editor").json(&json!({})).await
            .problem(428, "precondition_required");
        app.patch(&path).as_role("editor").if_match(1).json(&change).await.expect(200);
        let stale = app.patch(&path).as_role("editor").if_match(1).json(&change).await;
        assert_eq!(stale.problem(412, "precondition_failed")["current_version"], 2);
        let stale = app.post(&format!("{path}/publish")).as_role("editor").if_match(7).json(&json!({})).await;
        assert_eq!(stale.problem(412, "precondition_failed")["current_version"], 2);
        let weak = app.patch(&path).as_role("editor").header("if-match", "W/\"2\"").json(&change).await;
        assert_eq!(weak.status, 412, "{}", weak.text());
        let junk = app.patch(&path).as_role("editor").header("if-match", "2").json(&change).await;
        assert!([400, 412].contains(&junk.status), "{}", junk.text());
        assert_eq!(app.get(&path).as_role("editor").await.version(), 2);
    }

    async fn of_a_race_with_one_version_one_wins(app: TestApp) {
        app.section("World", None).await;
        let draft = app.draft(json!({ "section": "world" })).await;
        let path = &format!("/manage/articles/{}", text(&draft["id"]));
        let race = (0..12).map(|index| async move {
            app.patch(path).as_role("editor").if_match(1).json(&json!({ "title": format!("T{index}") })).await.status
        });
        let statuses = tests::join_all(race).await;
        assert_eq!(statuses.iter().filter(|status| **status == 200).count(), 1, "{statuses:?}");
        assert_eq!(statuses.iter().filter(|status| **status == 412).count(), 11, "{statuses:?}");
        assert_eq!(app.get(path).as_role("editor").await.version(), 2);
    }

    async fn nothing_goes_live_before_it_is_published_again(app: TestApp) {
        app.section("World", None).await;
        app.section("Sport", None).await;
        app.author("Ada").await;
        let article = app.article(json!({ "title": "Original", "section": "world", "summary": "One." })).await;
        assert_eq!(article["status"], "published");
        let before = app.get("/articles/original?include=breadcrumbs").await.expect(200);
        let patched = app.patch_article(&article, &json!({ "title": "Changed", "summary": "Two.", "section": "sport",
            "authors": ["ada"], "slug": "changed", "language": "sv", "comments": "closed",
            "body": { "format": "html", "source": "<p>New</p>" } })).await;
        let after = app.get("/articles/original?include=breadcrumbs").await.expect(200);
        assert_eq!(before.json(), after.json());
        assert_eq!(before.header("etag"), after.header("etag"));
        app.get("/articles/changed").await.problem(404, "not_found");
        assert_eq!(app.get("/articles?section=sport").await.json()["items"], json!([]));
        app.advance(60);
        app.publish(&patched).await;
        let live = app.get("/articles/changed").await.expect(200).json();
        assert_eq!(live["title"], "Changed");
        assert_eq!(live["section"]["slug"], "sport");
        assert_eq!(live["authors"][0]["slug"], "ada");
        assert_eq!(live["published_at"], before.json()["published_at"], "it never moves");
        assert_ne!(live["updated_at"], before.json()["updated_at"]);
    }

    async fn a_taken_slug_is_refused_with_a_free_one(app: TestApp) {
        app.section("World", None).await;
        let first = app.article(json!({ "title": "Ferry", "section": "world" })).await;
        let made = app.draft(json!({ "title": "Ferry", "section": "world" })).await;
        assert_eq!(made["slug"], "ferry-2", "a made slug steps aside");
        let body = json!({ "title": "X", "section": "world", "slug": "ferry",
            "body": { "format": "markdown", "source": "x" } });
        let refused = app.post("/manage/articles").as_role("editor").json(&body).await;
        let problem = refused.problem(409, "slug_taken");
        assert_eq!(problem["conflicting_id"], first["id"]);
        assert_eq!(problem["suggestion"], "ferry-3");
        // An address that was once public stays reserved.
        let moved = app.patch_article(&first, &json!({ "slug": "boat" })).await;
        app.publish(&moved).await;
        app.post("/manage/articles").as_role("editor").json(&body).await.problem(409, "slug_taken");
        let path = format!("/manage/articles/{}", text(&made["id"]));
        app.patch(&path).as_role("editor").if_match(1).json(&json!({ "slug": "boat" })).await.problem(409, "slug_taken");
    }

    async fn a_slug_that_became_anothers_address_is_not_published(app: TestApp) {
        app.section("World", None).await;
        let other = app.article(json!({ "title": "Boat", "section": "world" })).await;
        let draft = app.draft(json!({ "title": "Ferry", "section": "world" })).await;
        // What two transactions at once may leave behind, and nothing else.
        app.lines("INSERT INTO addresses (slug, article_id, created_at) \
            SELECT 'ferry', id, created_at FROM articles WHERE slug = 'boat' RETURNING slug AS line");
        let path = format!("/manage/articles/{}", text(&draft["id"]));
        let refused = app.post(&format!("{path}/publish")).as_role("editor").if_match(1).json(&json!({})).await;
        let problem = refused.problem(409, "slug_taken");
        assert_eq!(problem["conflicting_id"], other["id"]);
        assert_eq!(problem["suggestion"], "ferry-2");
        assert_eq!(app.get(&path).as_role("editor").await.version(), 1, "nothing was stored");
        let renamed = app.patch_article(&draft, &json!({ "slug": problem["suggestion"] })).await;
        app.publish(&renamed).await;
        app.get("/articles/ferry-2").await.expect(200);
    }

    async fn a_write_names_every_wrong_field(app: TestApp) {
        app.section("World", None).await;
        let good = json!({ "title": "T", "section": "world", "body": { "format": "markdown", "source": "x" } });
        for (field, value, pointer) in [
            ("title", json!(""), "/title"), ("title", json!("x".repeat(301)), "/title"),
            ("title", json!("a\nb"), "/title"), ("title", json!(5), "/title"), ("title", Value::Null, "/title"),
            ("section", json!("nowhere"), "/section"), ("section", json!("sec_0000000000000"), "/section"),
            ("tags", json!(["nothing"]), "/tags/0"), ("authors", json!(["nobody"]), "/authors/0"),
            ("tags", json!("x"), "/tags"), ("slug", json!("Not A Slug"), "/slug"), ("slug", json!("a_b"), "/slug"),
            ("language", json!("!!"), "/language"), ("published_at", json!("yesterday"), "/published_at"),
            ("body", json!({ "format": "pdf", "source": "x" }), "/body/format"),
            ("body", json!({ "format": "html" }), "/body/source"),
            ("lead_image", json!({ "url": "javascript:alert(1)" }), "/lead_image/url"),
            ("lead_image", json!({ "url": "https://x.example/a", "width": -1 }), "/lead_image/width"),
            ("comments", json!("maybe"), "/comments"), ("status", json!("published"), "/status"),
            ("tittle", json!("x"), "/tittle"), ("version", json!(9), "/version"),
        ] {
            let mut body = good.clone();
            body[field] = value;
            let reply = app.post("/manage/articles").as_role("editor").json(&body).await;
            assert_eq!(reply.status, 422, "{body}: {}", reply.text());
            let errors = reply.json()["errors"].clone();
            let pointers: Vec<&str> =
                errors.as_array().unwrap().iter().filter_map(|error| error["pointer"].as_str()).collect();
            assert!(pointers.iter().any(|given| given.starts_with(pointer) || pointer.starts_with(given)),
                "{pointer} of {pointers:?}");
        }
        let typo = app.post("/manage/articles").as_role("editor").json(&json!({ "tittle": "x" })).await;
        assert!(typo.text().contains("title"), "a typo is met with a suggestion: {}", typo.text());
        assert_eq!(app.count("SELECT count(*) FROM articles"), 0);
        assert_eq!(app.count("SELECT count(*) FROM revisions"), 0);
    }

    async fn the_list_shows_every_status(app: TestApp) {
        app.section("World", None).await;
        app.section("Sport", None).await;
        app.draft(json!({ "title": "Draft", "section": "world" })).await;
        app.article(json!({ "title": "Out", "section": "sport" })).await;
        let later = app.draft(json!({ "title": "Later", "section": "world" })).await;
        app.publish_with(&later, &json!({ "visible_from": app.in_seconds(60) })).await;
        for (query, expected) in [
            ("", vec!["later", "out", "draft"]), ("?status=draft", vec!["draft"]),
            ("?status=published", vec!["out"]), ("?status=scheduled", vec!["later"]),
            ("?status=unpublished", vec![]), ("?section=world", vec!["later", "draft"]),
        ] {
            let page = app.get(&format!("/manage/articles{query}")).as_role("moderator").await.expect(200).json();
            assert_eq!(tests::slugs(&page), expected, "{query}");
        }
        app.advance(61);
        let page = app.get("/manage/articles?status=published").as_role("editor").await.json();
        assert_eq!(tests::slugs(&page), ["later", "out"]);
        app.get("/manage/articles?status=gone").as_role("editor").await.problem(400, "invalid_parameter");
        let first = app.get("/manage/articles?limit=1").as_role("editor").await.json();
        let next = format!("/manage/articles?limit=5&cursor={}", text(&first["next_cursor"]));
        assert_eq!(tests::slugs(&app.get(&next).as_role("editor").await.json()), ["out", "draft"]);
    }

    async fn a_correction_keeps_the_window(app: TestApp) {
        app.section("World", None).await;
        let draft = app.draft(json!({ "title": "Embargoed", "section": "world" })).await;
        let (from, until) = (app.in_seconds(60), app.in_seconds(120));
        let window = json!({ "visible_from": from, "visible_until": until });
        let scheduled = app.publish_with(&draft, &window).await;
        assert_eq!(scheduled["status"], "scheduled");
        let corrected = app.publish(&scheduled).await;
        assert_eq!(corrected["status"], "scheduled");
        assert_eq!(corrected["visible_from"], json!(from));
        assert_eq!(corrected["visible_until"], json!(until));
        app.get("/articles/embargoed").await.expect(404);

        let endless = app.publish_with(&corrected, &json!({ "visible_until": null })).await;
        assert_eq!(endless["visible_from"], json!(from));
        assert_eq!(endless["visible_until"], Value::Null);
        let now = app.publish_with(&endless, &json!({ "visible_from": null })).await;
        assert_eq!(now["status"], "published");
        app.get("/articles/embargoed").await.expect(200);

        let ends = app.publish_with(&now, &json!({ "visible_until": until })).await;
        let again = app.publish(&ends).await;
        assert_eq!(again["visible_until"], json!(until));
        app.advance(180);
        // What has ended begins anew.
        let anew = app.publish(&again).await;
        assert_eq!(anew["status"], "published");
        assert_eq!(anew["visible_until"], Value::Null);
        app.get("/articles/embargoed").await.expect(200);
    }

    async fn the_same_key_for_another_version_is_another_request(app: TestApp) {
        app.section("World", None).await;
        let draft = app.draft(json!({ "title": "Once", "section": "world" })).await;
        let publish = |version: i64| {
            app.post(&format!("/manage/articles/{}/publish", text(&draft["id"])))
                .as_role("editor")
                .if_match(version)
                .header("idempotency-key", "a-key-for-one-request")
        };
        let first = publish(1).await.expect(200);
        let again = publish(1).await.expect(200);
        assert_eq!(first.body, again.body);
        publish(2).await.expect(422);
    }

    async fn a_schedule_must_make_sense(app: TestApp) {
        app.section("World", None).await;
        let draft = app.draft(json!({ "section": "world" })).await;
        let path = format!("/manage/articles/{}/publish", text(&draft["id"]));
        for schedule in [
            json!({ "visible_from": app.in_seconds(60), "visible_until": app.in_seconds(60) }),
            json!({ "visible_from": app.in_seconds(60), "visible_until": app.in_seconds(30) }),
            json!({ "visible_from": "soon" }), json!({ "visible_until": 5 }), json!({ "at": "now" }),
        ] {
            let reply = app.post(&path).as_role("editor").if_match(1).json(&schedule).await;
            assert_eq!(reply.status, 422, "{schedule}: {}", reply.text());
        }
        for body in ["", "{}"] {
            let draft = app.draft(json!({ "section": "world" })).await;
            let path = format!("/manage/articles/{}/publish", text(&draft["id"]));
            let call = app.post(&path).as_role("editor").if_match(1);
            let call = if body.is_empty() { call } else { call.bytes("application/json", body) };
            call.await.expect(200);
        }
    }
}
