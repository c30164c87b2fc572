//! What an editor sees first: what is waiting, what was touched last, what comes next.

use serde_json::{Value, json};
use tests::{TestApp, both, slugs, text};

async fn listed(app: &TestApp, query: &str) -> Value {
    let path = format!("/manage/articles?{query}");
    app.get(&path).as_role("editor").await.expect(200).json()
}

async fn counted(app: &TestApp, query: &str, role: &'static str) -> Value {
    let path = format!("/manage/article-counts{query}");
    app.get(&path).as_role(role).await.expect(200).json()
}

both! {
    async fn what_was_changed_last_comes_first(app: TestApp) {
        app.section("World", None).await;
        let mut drafts = Vec::new();
        for title in ["One", "Two", "Three"] {
            drafts.push(app.draft(json!({ "title": title, "section": "world" })).await);
            app.advance(1);
        }
        let half = app.in_seconds(0);
        for index in [1, 0] {
            let path = format!("/manage/articles/{}", text(&drafts[index]["id"]));
            let change = json!({ "summary": "Touched" });
            app.patch(&path).as_role("editor").if_match(1).json(&change).await.expect(200);
            app.advance(1);
        }
        assert_eq!(slugs(&listed(app, "").await), ["three", "two", "one"]);
        assert_eq!(slugs(&listed(app, "sort=-updated_at").await), ["one", "two", "three"]);
        // The same when several changed in one moment, a page at a time.
        let mut walked = Vec::new();
        let mut cursor = String::new();
        loop {
            let page = listed(app, &format!("sort=-updated_at&limit=1{cursor}")).await;
            walked.extend(slugs(&page));
            if page["next_cursor"].is_null() {
                break;
            }
            cursor = format!("&cursor={}", text(&page["next_cursor"]));
        }
        assert_eq!(walked, ["one", "two", "three"]);
        assert_eq!(slugs(&listed(app, &format!("updated_after={half}")).await), ["two", "one"]);
        assert_eq!(slugs(&listed(app, &format!("updated_before={half}")).await), ["three"]);
        app.get("/manage/articles?updated_after=yesterday").as_role("editor").await.problem(400, "invalid_parameter");
    }

    async fn what_comes_next_is_listed_by_its_time(app: TestApp) {
        app.section("World", None).await;
        for (title, seconds) in [("Late", 300), ("Soon", 100), ("Later", 200), ("Also soon", 100)] {
            let draft = app.draft(json!({ "title": title, "section": "world" })).await;
            app.publish_with(&draft, &json!({ "visible_from": app.in_seconds(seconds) })).await;
        }
        let next = "status=scheduled&sort=visible_from";
        assert_eq!(slugs(&listed(app, next).await), ["soon", "also-soon", "later", "late"]);
        let first = listed(app, &format!("{next}&limit=1")).await;
        assert_eq!(slugs(&first), ["soon"]);
        let rest = listed(app, &format!("{next}&cursor={}", text(&first["next_cursor"]))).await;
        assert_eq!(slugs(&rest), ["also-soon", "later", "late"]);
        app.advance(150);
        assert_eq!(slugs(&listed(app, next).await), ["later", "late"]);
        app.get("/manage/articles?sort=visible_from").as_role("editor").await.problem(400, "invalid_parameter");
    }

    async fn ones_own_are_found_among_all(app: TestApp) {
        app.section("World", None).await;
        app.draft(json!({ "title": "Of another", "section": "world" })).await;
        let (ada, bo) = (app.member("editor").token, app.member("editor").token);
        let body = json!({ "title": "Mine", "section": "world", "body": { "format": "markdown", "source": "x" } });
        app.post("/manage/articles").bearer(&ada).json(&body).await.expect(201);
        for sort in ["-created_at", "-updated_at"] {
            for (token, own) in [(&ada, vec!["mine"]), (&bo, vec![])] {
                let path = format!("/manage/articles?mine=true&sort={sort}");
                assert_eq!(slugs(&app.get(&path).bearer(token).await.expect(200).json()), own, "{sort}");
            }
        }
        assert_eq!(slugs(&app.get("/manage/articles?mine=false").bearer(&bo).await.expect(200).json()), ["mine", "of-another"]);
        let counts = app.get("/manage/article-counts?mine=true").bearer(&ada).await.expect(200).json();
        assert_eq!(counts["draft"], 1);
    }

    async fn articles_are_counted_by_status(app: TestApp) {
        app.section("World", None).await;
        app.section("Sport", None).await;
        app.draft(json!({ "section": "world" })).await;
        app.article(json!({ "section": "world" })).await;
        app.article(json!({ "section": "sport" })).await;
        let later = app.draft(json!({ "section": "world" })).await;
        app.publish_with(&later, &json!({ "visible_from": app.in_seconds(60) })).await;
        let counts = |draft: i64, scheduled: i64, published: i64| {
            json!({ "draft": draft, "scheduled": scheduled, "published": published, "unpublished": 0, "taken_down": 0 })
        };
        assert_eq!(counted(app, "", "editor").await, counts(1, 1, 2));
        assert_eq!(counted(app, "?section=world", "editor").await, counts(1, 1, 1));
        assert_eq!(counted(app, "", "author").await, counts(0, 0, 0));
        app.advance(60);
        assert_eq!(counted(app, "", "editor").await, counts(1, 0, 3));
    }
}
