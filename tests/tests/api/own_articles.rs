//! What authors find and change under manage: their own.

use serde_json::{Value, json};
use tests::{TestApp, both, text};

both! {
    async fn an_author_changes_only_their_own(app: TestApp) {
        app.section("World", None).await;
        let of_editor = app.draft(json!({ "section": "world" })).await;
        let body = json!({ "title": "Mine", "section": "world", "body": { "format": "markdown", "source": "x" } });
        let own = app.post("/manage/articles").as_role("author").json(&body).await.expect(201).json();
        let change = json!({ "title": "Changed" });
        app.patch(&format!("/manage/articles/{}", text(&own["id"]))).as_role("author").if_match(1).json(&change).await.expect(200);
        app.patch(&format!("/manage/articles/{}", text(&of_editor["id"]))).as_role("author").if_match(1).json(&change)
            .await.problem(404, "not_found");
        app.post(&format!("/manage/articles/{}/publish", text(&own["id"]))).as_role("author").if_match(2).json(&json!({}))
            .await.problem(403, "forbidden");
    }

    async fn an_author_finds_only_their_own(app: TestApp) {
        app.section("World", None).await;
        app.section("Sport", None).await;
        let later = app.draft(json!({ "title": "Embargoed", "section": "world" })).await;
        app.publish_with(&later, &json!({ "visible_from": app.in_seconds(60) })).await;
        app.article(json!({ "title": "Out", "section": "sport" })).await;
        let (ada, eve) = (app.member("author").token, app.member("author").token);
        let write = async |token: &str, title: &str, section: &str| {
            let body = json!({ "title": title, "section": section, "body": { "format": "markdown", "source": "x" } });
            app.post("/manage/articles").bearer(token).json(&body).await.expect(201).json()
        };
        let first = write(&ada, "First", "world").await;
        write(&eve, "Of another", "world").await;
        write(&ada, "Second", "sport").await;
        let third = write(&ada, "Third", "world").await;
        app.publish(&third).await;
        let listed = async |token: &str, query: &str| {
            app.get(&format!("/manage/articles{query}")).bearer(token).await.expect(200).json()
        };
        for (query, own) in [
            ("", vec!["third", "second", "first"]), ("?section=world", vec!["third", "first"]),
            ("?section=sport", vec!["second"]), ("?status=draft", vec!["second", "first"]),
            ("?status=published", vec!["third"]), ("?status=scheduled", vec![]),
            ("?status=draft&section=world", vec!["first"]), ("?status=published&section=sport", vec![]),
        ] {
            assert_eq!(tests::slugs(&listed(&ada, query).await), own, "{query}");
        }
        assert_eq!(tests::slugs(&listed(&eve, "").await), ["of-another"]);
        let page = listed(&ada, "?limit=2").await;
        assert_eq!(tests::slugs(&page), ["third", "second"]);
        let rest = listed(&ada, &format!("?limit=2&cursor={}", text(&page["next_cursor"]))).await;
        assert_eq!((tests::slugs(&rest), &rest["next_cursor"]), (vec!["first".to_owned()], &Value::Null));
        // Theirs by id and by slug; another's by neither, not even when readers can read it.
        for address in [text(&first["id"]), "first".to_owned()] {
            app.get(&format!("/manage/articles/{address}")).bearer(&ada).await.expect(200);
            app.get(&format!("/manage/articles/{address}")).bearer(&eve).await.problem(404, "not_found");
        }
        for address in [text(&later["id"]).as_str(), "embargoed", "out", "of-another"] {
            app.get(&format!("/manage/articles/{address}")).bearer(&ada).await.problem(404, "not_found");
        }
        assert_eq!(tests::slugs(&app.get("/manage/articles").as_role("author").await.expect(200).json()), [""; 0]);
        assert_eq!(tests::slugs(&app.get("/manage/articles").as_role("moderator").await.json()).len(), 6);
    }

    async fn an_author_is_not_told_whose_a_taken_slug_is(app: TestApp) {
        app.section("World", None).await;
        let foreign = app.draft(json!({ "title": "Embargoed", "section": "world" })).await;
        let mut body = json!({ "title": "Own", "section": "world", "body": { "format": "markdown", "source": "x" } });
        let own = app.post("/manage/articles").as_role("author").json(&body).await.expect(201).json();
        body["slug"] = json!("embargoed");
        let created = app.post("/manage/articles").as_role("author").json(&body).await;
        let changed = app.patch(&format!("/manage/articles/{}", text(&own["id"]))).as_role("author").if_match(1)
            .json(&json!({ "slug": "embargoed" })).await;
        for refused in [created, changed] {
            let problem = refused.problem(409, "slug_taken");
            assert_eq!(problem["suggestion"], "embargoed-2");
            assert!(!refused.text().contains(&text(&foreign["id"])), "{problem}");
        }
    }
}
