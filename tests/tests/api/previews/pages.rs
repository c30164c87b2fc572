//! What a preview shows: what readers see once that is published.

use serde_json::{Value, json};
use tests::{TestApp, both, text};

use super::{QUERIES, link, path_of, preview_of, rich, shown, surroundings};

async fn pages(app: &TestApp, path: &str) -> Vec<String> {
    let mut pages = Vec::new();
    for query in QUERIES {
        let reply = app.get(&format!("{path}{query}")).await.expect(200);
        pages.push(reply.text());
    }
    pages
}

async fn public_pages(app: &TestApp, article: &Value) -> Vec<String> {
    pages(app, &format!("/articles/{}", text(&article["id"]))).await
}

/// Looks at what a link shows, publishes the article, and looks at what readers see.
async fn becomes_what_was_shown(app: &TestApp, article: &Value, body: Value) -> Value {
    let link = link(app, article, body).await;
    let before = pages(app, &preview_of(&link)).await;
    let published = app.publish(article).await;
    assert_eq!(before, public_pages(app, article).await, "{published}");
    published
}

async fn correct(app: &TestApp, article: &Value, version: i64) -> Value {
    let path = format!("/manage/articles/{}", text(&article["id"]));
    let correction = app.post(&format!("{path}/corrections")).as_role("editor");
    let body = json!({ "text": "It was Tuesday." });
    correction.if_match(version).json(&body).await.expect(201);
    app.get(&path).as_role("editor").await.expect(200).json()
}

both! {
    async fn a_draft_becomes_what_its_preview_showed(app: TestApp) {
        surroundings(app).await;
        let draft = app.draft(rich()).await;
        let draft = correct(app, &draft, 1).await;
        let swedish = json!({ "title": "Farjan", "section": "science", "language": "sv", "translation_of": draft["id"] });
        app.article(swedish).await;
        app.advance(60);
        app.article(json!({ "title": "Newer", "section": "europe", "tags": ["ada"] })).await;
        app.advance(60);
        let link = link(app, &draft, json!({})).await;
        let page = app.get(&format!("{}?include=neighbors,related,comments", preview_of(&link))).await.expect(200).json();
        for part in ["corrections", "translations", "further_sections", "related", "authors", "tags"] {
            assert_ne!(page[part], json!([]), "{part}: {page}");
        }
        assert_eq!(page["neighbors"]["previous"]["slug"], "newer");
        app.get("/articles/ferry").await.problem(404, "not_found");
        becomes_what_was_shown(app, &draft, json!({ "revision": 1 })).await;
        let dated = json!({ "title": "Dated back", "section": "europe", "published_at": "2020-01-01T00:00:00Z" });
        let dated = app.draft(dated).await;
        becomes_what_was_shown(app, &dated, json!({})).await;
    }

    async fn a_changed_article_becomes_what_its_preview_showed(app: TestApp) {
        surroundings(app).await;
        let article = app.article(rich()).await;
        let root = app.comment(&app.article(json!({ "title": "Open", "section": "world" })).await, "elsewhere", None).await;
        assert_eq!(root["depth"], 0);
        let open = app.patch_article(&article, &json!({ "comments": "open" })).await;
        let article = app.publish(&open).await;
        let root = text(&app.comment(&article, "root", None).await["id"]);
        app.comment(&article, "reply", Some(&root)).await;
        storage::testing::execute(app.database_url(), "UPDATE article_stats SET views = 283").unwrap();
        app.advance(60);
        let changed = app.patch_article(&article, &json!({ "title": "Ferry at last", "slug": "ferry-at-last", "section": "science",
            "further_sections": [], "tags": ["ada"], "seo": null, "language": "de" })).await;
        let changed = correct(app, &changed, changed["version"].as_i64().unwrap()).await;
        app.advance(60);
        let live = public_pages(app, &article).await;
        let published = becomes_what_was_shown(app, &changed, json!({ "revision": null, "expires_in": 600 })).await;
        assert_ne!(live, public_pages(app, &article).await);
        // A minor change is one that readers are not told of.
        app.advance(60);
        let minor = app.patch_article(&published, &json!({ "title": "Ferry, at last", "minor": true })).await;
        let told = app.get("/articles/ferry-at-last").await.json()["updated_at"].clone();
        let published = becomes_what_was_shown(app, &minor, json!({})).await;
        assert_eq!(app.get("/articles/ferry-at-last").await.json()["updated_at"], told);
        // And so is none.
        app.advance(60);
        becomes_what_was_shown(app, &published, json!({})).await;
    }

    async fn a_window_is_in_the_preview_as_it_will_be(app: TestApp) {
        surroundings(app).await;
        let draft = app.draft(rich()).await;
        let window = json!({ "visible_until": app.in_seconds(600) });
        let article = app.publish_with(&draft, &window).await;
        let changed = app.patch_article(&article, &json!({ "title": "Ferry?" })).await;
        let kept = becomes_what_was_shown(app, &changed, json!({})).await;
        assert_ne!(kept["visible_until"], Value::Null);
        // When it is over, it is not kept.
        app.advance(601);
        let over = becomes_what_was_shown(app, &kept, json!({})).await;
        assert_eq!(over["visible_until"], Value::Null);
        let taken = app.post(&path_of(&over).replace("preview-links", "unpublish")).as_role("editor");
        let taken = taken.if_match(over["version"].as_i64().unwrap()).await.expect(200).json();
        app.advance(60);
        becomes_what_was_shown(app, &taken, json!({})).await;
        // One that is still ahead is.
        let draft = app.draft(json!({ "title": "Later", "section": "europe" })).await;
        let later = app.publish_with(&draft, &json!({ "visible_from": app.in_seconds(300) })).await;
        let changed = app.patch_article(&later, &json!({ "title": "Later, changed" })).await;
        let link = link(app, &changed, json!({})).await;
        let before = pages(app, &preview_of(&link)).await;
        app.publish(&changed).await;
        app.get("/articles/later").await.problem(404, "not_found");
        app.advance(300);
        assert_eq!(before, public_pages(app, &changed).await);
    }

    async fn what_is_dated_ahead_is_shown_as_on_its_day(app: TestApp) {
        app.section("World", None).await;
        let day = app.in_seconds(3600);
        let draft = app.draft(json!({ "title": "Ahead", "section": "world", "published_at": day })).await;
        let shown = shown(app, &link(app, &draft, json!({})).await).await.expect(200).json();
        assert_eq!((&shown["published_at"], &shown["version"]), (&json!(day), &json!(2)));
    }

    async fn an_older_revision_is_shown_as_after_it_was_restored(app: TestApp) {
        surroundings(app).await;
        let first = app.draft(rich()).await;
        let second = app.patch_article(&first, &json!({ "title": "Boats", "slug": "boats", "section": "world",
            "further_sections": [], "authors": [], "tags": [] })).await;
        let published = app.publish(&second).await;
        app.advance(60);
        let link_to_first = link(app, &published, json!({ "revision": 1 })).await;
        assert_eq!(link_to_first["revision"], 1);
        let before = pages(app, &preview_of(&link_to_first)).await;
        let restore = format!("/manage/articles/{}/revisions/1/restore", text(&first["id"]));
        let restored = app.post(&restore).as_role("editor").if_match(3).await.expect(200).json();
        let published = app.publish(&restored).await;
        assert_eq!(before, public_pages(app, &first).await);
        // It shows the same, whatever is published since.
        let later = app.patch_article(&published, &json!({ "title": "Ships", "section": "world" })).await;
        app.publish(&later).await;
        let again = shown(app, &link_to_first).await.expect(200).json();
        assert_eq!(again["title"], "Ferry");
        assert_eq!(again["section"]["slug"], "europe");
    }

    async fn a_section_that_is_gone_is_where_the_article_is_now(app: TestApp) {
        surroundings(app).await;
        let gone = app.section("Gone", None).await;
        let draft = app.draft(json!({ "title": "Ferry", "section": "gone" })).await;
        let to_first = link(app, &draft, json!({ "revision": 1 })).await;
        let moved = app.patch_article(&draft, &json!({ "section": "europe" })).await;
        let merge = format!("/manage/sections/{}/merge", text(&gone["id"]));
        app.post(&merge).as_role("admin").if_match(1).json(&json!({ "into": "science" })).await.expect(200);
        let shown = shown(app, &to_first).await.expect(200).json();
        assert_eq!(shown["path"], "/world/europe/ferry", "{moved}");
        let merge = format!("/manage/sections/{}/merge", "europe");
        app.post(&merge).as_role("admin").if_match(1).json(&json!({ "into": "world" })).await.expect(200);
        let current = app.get(&path_of(&moved).replace("/preview-links", "")).as_role("editor").await.expect(200).json();
        becomes_what_was_shown(app, &current, json!({})).await;
    }

    async fn what_was_merged_since_is_shown_by_the_name_in_force(app: TestApp) {
        surroundings(app).await;
        let draft = app.draft(rich()).await;
        let before = link(app, &draft, json!({})).await;
        for (noun, into) in [("tags", app.tag("Coast").await), ("authors", app.author("Zoe").await)] {
            let path = format!("/manage/{noun}/{}/merge", text(&draft[noun][0]));
            let body = json!({ "into": into["id"] });
            app.post(&path).as_role("editor").if_match(1).json(&body).await.expect(200);
        }
        let page = shown(app, &before).await.expect(200).json();
        assert_eq!((&page["tags"][0]["slug"], &page["authors"][0]["slug"]), (&json!("coast"), &json!("zoe")));
        let current = app.get(&path_of(&draft).replace("/preview-links", "")).as_role("editor").await.expect(200).json();
        becomes_what_was_shown(app, &current, json!({})).await;
    }
}
