//! What is found by its words, where it stands among what was found, and what never is.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use tests::{TestApp, both, encoded, text};

async fn search(app: &TestApp, query: &str) -> Value {
    let path = format!("/search?q={}", encoded(query));
    app.get(&path).await.expect(200).json()
}

/// The slugs of what is found, in their order.
async fn found(app: &TestApp, query: &str) -> Vec<String> {
    let page = search(app, query).await;
    let items = page["items"].as_array().unwrap().iter();
    items.map(|hit| text(&hit["article"]["slug"])).collect()
}

async fn story(app: &TestApp, title: &str, summary: Option<&str>, body: &str, day: u32) -> Value {
    let at = format!("2026-01-{day:02}T08:00:00Z");
    app.article(
        json!({ "title": title, "summary": summary, "section": "world", "published_at": at,
        "body": { "format": "markdown", "source": body } }),
    )
    .await
}

both! {
    async fn the_title_counts_most_and_then_the_newest(app: TestApp) {
        app.section("World", None).await;
        story(app, "Old bridge", None, "It stands over the ferry pier.", 1).await;
        story(app, "Ferry and bridge", None, "No.", 2).await;
        story(app, "Council", Some("Ferry or bridge?"), "No.", 3).await;
        story(app, "New bridge", Some("No ferry."), "No.", 4).await;
        story(app, "Bridge, ferry", None, "No.", 5).await;
        story(app, "Weather", None, "Rain on bridge and ferry.", 6).await;
        let page = search(app, "ferry bridge").await;
        let scores: Vec<(String, f64)> = page["items"].as_array().unwrap().iter()
            .map(|hit| (text(&hit["article"]["slug"]), hit["score"].as_f64().unwrap())).collect();
        let expected = [("bridge-ferry", 3.0), ("ferry-and-bridge", 3.0), ("new-bridge", 2.0), ("council", 2.0),
            ("weather", 1.0), ("old-bridge", 1.0)];
        assert_eq!(scores, expected.map(|(slug, score)| (slug.to_owned(), score)));

        // A walk in pages of two meets each once, in the same order.
        let mut walked = Vec::new();
        let mut next = Some(String::new());
        while let Some(cursor) = next {
            let page = app.get(&format!("/search?q=ferry+bridge&limit=2{cursor}")).await.expect(200).json();
            walked.extend(page["items"].as_array().unwrap().iter().map(|hit| text(&hit["article"]["slug"])));
            next = page["next_cursor"].as_str().map(|cursor| format!("&cursor={cursor}"));
        }
        assert_eq!(walked, expected.map(|(slug, _)| slug));
        let cursor = text(&app.get("/search?q=ferry+bridge&limit=2").await.json()["next_cursor"]);
        app.get(&format!("/search?q=ferry&cursor={cursor}")).await.problem(400, "bad_cursor");
    }

    async fn words_are_found_as_they_are_meant(app: TestApp) {
        app.section("World", None).await;
        story(app, "L’Été à Halden", None, "Scale AI, the firm. Free Wi-Fi.", 1).await;
        story(app, "华为手机", None, "以數據標註業務為核心。收购了公司的股份。", 2).await;
        story(app, "Straße", None, "AI at scale; the old town hall is old.", 3).await;
        for (query, slugs) in [
            ("ete", vec!["lete-a-halden"]),
            ("ÉTÉ", vec!["lete-a-halden"]),
            ("strasse", vec!["strasse"]),
            ("\"scale ai\"", vec!["lete-a-halden"]),
            ("scale ai ", vec!["strasse", "lete-a-halden"]),
            ("wi-fi", vec!["lete-a-halden"]),
            ("scale -firm", vec!["strasse"]),
            ("scale -\"town hall\"", vec!["lete-a-halden"]),
            ("sca", vec!["strasse", "lete-a-halden"]),
            ("sca ", vec![]),
            ("\"old hall\"", vec![]),
            ("\"old town hall is old\"", vec!["strasse"]),
            ("\"town hall is old town\"", vec![]),
            ("数据标注", vec!["hua-wei-shou-ji"]),
            ("收购股份", vec!["hua-wei-shou-ji"]),
            ("\"收购股份\"", vec![]),
            ("華為", vec!["hua-wei-shou-ji"]),
        ] {
            assert_eq!(found(app, query).await, slugs, "{query}");
        }
        let page = search(app, "公司 股份").await;
        assert_eq!(page["items"][0]["snippets"], json!([{
            "field": "body",
            "text": "以數據標註業務為核心。收购了公司的股份。",
            "html": "以數據標註業務為核心。收购了<mark>公司</mark>的<mark>股份</mark>。",
            "ranges": [[14, 16], [17, 19]],
        }]));
    }

    async fn only_what_readers_may_read_is_found_and_suggested(app: TestApp) {
        app.section("World", None).await;
        let open = story(app, "Zeppelin one", None, "A zeppelin.", 1).await;
        let taken = story(app, "Zeppelin two", None, "A zeppelin.", 2).await;
        let back = story(app, "Zeppelin three", None, "A zeppelin.", 3).await;
        app.draft(json!({ "title": "Zeppelin four", "section": "world" })).await;
        let later = app.draft(json!({ "title": "Zeppelin five", "section": "world" })).await;
        app.publish_with(&later, &json!({ "visible_from": app.in_seconds(600) })).await;
        let ends = app.draft(json!({ "title": "Zeppelin six", "section": "world" })).await;
        app.publish_with(&ends, &json!({ "visible_until": app.in_seconds(300) })).await;
        let path = |article: &Value| format!("/manage/articles/{}", text(&article["id"]));
        let version = |article: &Value| article["version"].as_i64().unwrap();
        app.post(&format!("{}/takedown", path(&taken))).as_role("editor").if_match(version(&taken))
            .json(&json!({ "reason": "no" })).await.expect(200);
        app.post(&format!("{}/unpublish", path(&back))).as_role("editor").if_match(version(&back))
            .json(&json!({})).await.expect(200);
        // Words of a working copy are not found before it is published.
        let changed = app.patch_article(&open, &json!({ "title": "Airship one" })).await;
        let suggested = async |app: &TestApp, q: &str| -> Vec<String> {
            let page = app.get(&format!("/suggest?q={q}")).await.expect(200).json();
            page["items"].as_array().unwrap().iter().map(|item| text(&item["slug"])).collect()
        };
        let now = ["zeppelin-six", "zeppelin-one"];
        assert_eq!(found(app, "zeppelin ").await, now);
        assert_eq!(suggested(app, "zepp").await, now);
        assert!(found(app, "airship").await.is_empty() && suggested(app, "airs").await.is_empty());
        app.publish(&changed).await;
        assert_eq!(found(app, "airship").await, ["zeppelin-one"]);
        assert_eq!(suggested(app, "airs").await, ["zeppelin-one"]);
        app.advance(700);
        assert_eq!(found(app, "\"zeppelin five\"").await, ["zeppelin-five"]);
        assert!(found(app, "\"zeppelin six\"").await.is_empty());
        assert_eq!(suggested(app, "zeppelin").await, ["zeppelin-five"]);
    }

    async fn filters_facets_and_totals_agree(app: TestApp) {
        app.section("World", None).await;
        app.section("Europe", Some("world")).await;
        app.section("City", None).await;
        app.author("Ada").await;
        app.tag("Harbour").await;
        for (n, (section, language)) in [("europe", "en"), ("europe", "fr"), ("world", "en"), ("city", "en")].into_iter().enumerate() {
            app.article(json!({ "title": format!("Ferry {n}"), "section": section, "language": language,
                "authors": if n == 0 { json!(["ada"]) } else { json!([]) }, "tags": if n < 2 { json!(["harbour"]) } else { json!([]) } })).await;
        }
        let count = async |filter: &str| {
            let page = app.get(&format!("/search?q=ferry&total=true{filter}")).await.expect(200).json();
            assert_eq!(page["total"], page["items"].as_array().unwrap().len(), "{filter}");
            assert!(page.get("facets").is_none());
            page["total"].as_i64().unwrap()
        };
        for (filter, number) in [("", 4), ("&section=world", 3), ("&section=europe", 2), ("&language=fr", 1), ("&tag=harbour", 2),
            ("&author=ada", 1), ("&section=city&tag=harbour", 0), ("&published_after=2030-01-01T00:00:00Z", 0)] {
            assert_eq!(count(filter).await, number, "{filter}");
        }
        let page = app.get("/search?q=ferry&facets=true").await.expect(200).json();
        let facets = |name: &str, key: fn(&Value) -> String| -> Vec<(String, i64)> {
            let list = page["facets"][name].as_array().unwrap().iter();
            list.map(|facet| (key(facet), facet["count"].as_i64().unwrap())).collect()
        };
        let own = |pairs: &[(&str, i64)]| -> Vec<(String, i64)> { pairs.iter().map(|(name, n)| ((*name).to_owned(), *n)).collect() };
        assert_eq!(facets("sections", |facet| text(&facet["section"]["slug"])), own(&[("world", 3), ("europe", 2), ("city", 1)]));
        assert_eq!(facets("languages", |facet| text(&facet["language"])), own(&[("en", 3), ("fr", 1)]));
        app.get("/search?q=ferry&tag=nothing").await.problem(400, "invalid_parameter");
        for (path, statements) in [("/search?q=ferry&limit=3", 4), ("/search?q=ferry&facets=true&total=true&limit=2", 5),
            ("/search?q=nothing&facets=true", 3), ("/suggest?q=fer", 3)] {
            let taken = app.fewest_statements(path).await;
            assert!(taken <= statements, "{path} took {taken}");
        }
    }

    async fn what_cannot_be_looked_for_is_refused(app: TestApp) {
        for (path, code) in [
            ("/search", "required"), ("/search?q=", "required"), ("/search?q=-x", "required"), ("/search?q=%22%22", "required"),
            ("/suggest?q=%E2%80%94", "required"),
        ] {
            let problem = app.get(path).await.expect(400).json();
            let refused = problem["errors"][0]["code"].as_str().unwrap();
            assert!(refused == code || path == "/search" || path == "/search?q=", "{path}: {problem}");
        }
        let long = "a".repeat(201);
        let many = (0..17).map(|n| format!("w{n}")).collect::<Vec<_>>().join("+");
        for path in [format!("/search?q={long}"), format!("/search?q={many}"), "/search?q=a&limit=51".into(), "/search?q=a&limit=0".into(),
            "/search?q=a&cursor=x".into(), "/search?q=a&sort=popular".into()] {
            app.get(&path).await.expect(400);
        }
        // What means something to one index or the other means nothing here.
        for query in ["a' | !b & c:*", "title : x", "NEAR(a b)", "a AND b OR NOT c", "*", "^a", "a\u{0}b", "{a}", "\\", "%", "'"] {
            let reply = app.get(&format!("/search?q={}", encoded(query))).await;
            assert!(matches!(reply.status, 200 | 400), "{query}: {}", reply.text());
        }
    }

    async fn tags_complete_what_is_typed(app: TestApp) {
        let harbour = app.tag("Harbour traffic").await;
        app.tag("渡口").await;
        let slugs = async |q: &str| -> Vec<String> {
            let page = app.get(&format!("/suggest?q={}", encoded(q))).await.expect(200).json();
            page["items"].as_array().unwrap().iter().map(|item| text(&item["slug"])).collect()
        };
        assert_eq!(slugs("traf").await, ["harbour-traffic"]);
        assert_eq!(slugs("HARBOUR tr").await, ["harbour-traffic"]);
        assert_eq!(slugs("渡口").await, ["du-kou"]);
        assert!(slugs("arbour").await.is_empty());
        let path = format!("/manage/tags/{}", text(&harbour["id"]));
        app.patch(&path).as_role("editor").if_match(1).json(&json!({ "name": "Port" })).await.expect(200);
        assert!(slugs("traf").await.is_empty());
        assert_eq!(slugs("port").await, ["harbour-traffic"]);
        app.call(reqwest::Method::DELETE, &format!("/api/v1{path}")).as_role("editor").if_match(2).await.expect(204);
        assert!(slugs("port").await.is_empty());
    }

    async fn moderators_find_comments_by_their_words(app: TestApp) {
        app.section("World", None).await;
        let article = app.article(json!({ "title": "Ferry", "section": "world" })).await;
        let first = app.comment(&article, "The old ferry was late.", None).await;
        let second = app.comment(&article, "收购股份的事,我不懂。", None).await;
        let ids = async |query: &str| -> Vec<String> {
            let path = format!("/manage/comments?q={}", encoded(query));
            let page = app.get(&path).as_role("moderator").await.expect(200).json();
            page["items"].as_array().unwrap().iter().map(|item| text(&item["id"])).collect()
        };
        app.settle_index();
        assert_eq!(ids("ferry -bridge").await, [text(&first["id"])]);
        assert_eq!(ids("收购").await, [text(&second["id"])]);
        let path = format!("/comments/{}", text(&first["id"]));
        app.patch(&path).header("x-edit-token", &text(&first["edit_token"])).json(&json!({ "body": "The new bridge." })).await.expect(200);
        app.settle_index();
        assert!(ids("ferry").await.is_empty());
        assert_eq!(ids("\"new bridge\"").await, [text(&first["id"])]);
        app.get("/manage/comments?q=-").as_role("moderator").await.problem(400, "invalid_parameter");
    }

    async fn everything_can_be_made_anew(app: TestApp) {
        app.section("World", None).await;
        let article = story(app, "收购(shōugòu)", Some("Sum"), "A zeppelin over 股份(gǔfèn).", 1).await;
        let comment = app.comment(&article, "A zeppelin!", None).await;
        app.settle_index();
        let path = format!("/articles/{}", text(&article["slug"]));
        let whole = async |app: &TestApp| {
            let mut all = BTreeMap::new();
            for form in ["html", "text", "blocks"] {
                all.insert(form.to_owned(), app.get(&format!("{path}?body={form}")).await.expect(200).json());
            }
            all.insert("found".to_owned(), search(app, "zeppelin").await);
            let path = "/manage/comments?q=zeppelin";
            all.insert("comments".to_owned(), app.get(path).as_role("moderator").await.expect(200).json());
            all
        };
        let before = whole(app).await;
        assert_eq!(before["comments"]["items"][0]["id"], comment["id"]);
        let break_all = || {
            for sql in ["DELETE FROM article_search", "DELETE FROM comment_search", "DELETE FROM published_bodies",
                "UPDATE published_articles SET excerpt = NULL, word_count = 0"] {
                storage::testing::execute(app.database_url(), sql).unwrap();
            }
        };
        break_all();
        let outcome = tests::command(app, &["reindex"]).await;
        assert!(outcome.success && outcome.text.contains("1 articles and 1 comments"), "{}", outcome.text);
        let app = app.restarted().await;
        assert_eq!(whole(&app).await, before);
        // What an earlier program has made is made anew by the server itself.
        for sql in ["DELETE FROM article_search", "DELETE FROM published_bodies", "UPDATE published_articles SET renderer = 0"] {
            storage::testing::execute(app.database_url(), sql).unwrap();
        }
        app.settle_index();
        let app = app.restarted().await;
        assert_eq!(whole(&app).await, before);
    }
}
