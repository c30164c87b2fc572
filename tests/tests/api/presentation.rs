//! How an article is announced: its picture, what search engines are told, where it is listed.

use serde_json::{Value, json};
use tests::{TestApp, both, slugs};

async fn sections(app: &TestApp) {
    app.section("World", None).await;
    app.section("Europe", Some("world")).await;
    app.section("Science", None).await;
    app.section("Climate", Some("science")).await;
}

async fn listed(app: &TestApp, section: &str) -> Vec<String> {
    let page = app.get(&format!("/articles?section={section}")).await;
    slugs(&page.expect(200).json())
}

async fn read(app: &TestApp, article: &str) -> Value {
    app.get(&format!("/articles/{article}"))
        .await
        .expect(200)
        .json()
}

both! {
    async fn what_search_engines_are_told_goes_live_at_publication(app: TestApp) {
        sections(app).await;
        let seo = json!({ "title": "Ferry!", "description": "Of a ferry.",
            "canonical_url": "https://other.example/ferry", "robots": ["noindex", "noarchive"] });
        let plain = app.article(json!({ "title": "Plain", "section": "world", "seo": {} })).await;
        assert_eq!(plain["seo"], Value::Null, "nothing at all is null");
        assert_eq!(read(app, "plain").await["seo"], Value::Null);
        let article = app.article(json!({ "title": "Ferry", "section": "world", "seo": seo })).await;
        assert_eq!(article["seo"], seo);
        assert_eq!(read(app, "ferry").await["seo"], seo);
        let card = &app.get("/articles").await.json()["items"][0];
        assert!(card.get("seo").is_none() && card.get("further_sections").is_none(), "{card}");
        let patched = app.patch_article(&article, &json!({ "seo": { "title": null, "robots": [] } })).await;
        assert_eq!(patched["seo"]["title"], Value::Null);
        assert_eq!(patched["seo"]["description"], "Of a ferry.");
        assert_eq!(read(app, "ferry").await["seo"], seo, "a working copy is not public");
        let published = app.publish(&patched).await;
        assert_eq!(read(app, "ferry").await["seo"]["robots"], json!([]));
        assert_eq!(app.patch_article(&published, &json!({ "seo": null })).await["seo"], Value::Null);
    }

    async fn what_search_engines_are_told_is_checked(app: TestApp) {
        sections(app).await;
        for (seo, pointer) in [
            (json!({ "title": "a".repeat(121) }), "/seo/title"),
            (json!({ "description": "a".repeat(321) }), "/seo/description"),
            (json!({ "canonical_url": "/ferry" }), "/seo/canonical_url"),
            (json!({ "canonical_url": "javascript:alert(1)" }), "/seo/canonical_url"),
            (json!({ "robots": ["noindex", "noindex"] }), "/seo/robots/1"),
            (json!({ "robots": ["none"] }), "/seo/robots/0"),
            (json!({ "keywords": "a" }), "/seo/keywords"),
        ] {
            let body = json!({ "title": "A", "section": "world", "seo": seo,
                "body": { "format": "markdown", "source": "A" } });
            let reply = app.post("/manage/articles").as_role("editor").json(&body).await;
            assert!([400, 422].contains(&reply.status), "{seo}: {}", reply.status);
            assert_eq!(reply.json()["errors"][0]["pointer"], pointer, "{seo}");
        }
    }

    async fn a_picture_has_a_credit_and_a_focal_point(app: TestApp) {
        sections(app).await;
        let image = json!({ "url": "https://images.example/f.jpg", "alt": "A ferry", "credit": "Jonas",
            "focal_point": { "x": 0.25, "y": 1 } });
        let article = app.article(json!({ "title": "Ferry", "section": "world", "lead_image": image })).await;
        let shown = &read(app, "ferry").await["lead_image"];
        assert_eq!((&shown["credit"], &shown["focal_point"]), (&json!("Jonas"), &json!({ "x": 0.25, "y": 1.0 })));
        assert_eq!(&app.get("/articles").await.json()["items"][0]["lead_image"], shown);
        let patched = app.patch_article(&article, &json!({ "lead_image": { "credit": null } })).await;
        assert_eq!(patched["lead_image"]["credit"], Value::Null);
        assert_eq!(patched["lead_image"]["focal_point"]["x"], 0.25);
        for (image, pointer) in [
            (json!({ "credit": "a".repeat(301) }), "/lead_image/credit"),
            (json!({ "focal_point": { "x": 1.01, "y": 0 } }), "/lead_image/focal_point/x"),
            (json!({ "focal_point": { "x": 0, "y": -1 } }), "/lead_image/focal_point/y"),
        ] {
            let path = format!("/manage/articles/{}", patched["id"].as_str().unwrap());
            let body = json!({ "lead_image": image });
            let reply = app.patch(&path).as_role("editor").if_match(3).json(&body).await.expect(422);
            assert_eq!(reply.json()["errors"][0]["pointer"], pointer, "{image}");
        }
    }

    async fn an_article_is_listed_in_its_further_sections_and_those_above(app: TestApp) {
        sections(app).await;
        let article = app.article(json!({ "title": "Ferry", "section": "europe",
            "further_sections": ["climate"] })).await;
        assert_eq!(article["further_sections"], json!(["climate"]));
        for section in ["world", "europe", "science", "climate"] {
            assert_eq!(listed(app, section).await, ["ferry"], "{section}");
        }
        let page = read(app, "ferry").await;
        assert_eq!(page["path"], "/world/europe/ferry");
        let names: Vec<_> = page["further_sections"].as_array().unwrap().iter()
            .map(|section| section["name"].as_str().unwrap()).collect();
        assert_eq!(names, ["Climate"]);
        let patched = app.patch_article(&article, &json!({ "further_sections": ["world"] })).await;
        assert_eq!(listed(app, "climate").await, ["ferry"], "a working copy is not public");
        let published = app.publish(&patched).await;
        assert_eq!(listed(app, "climate").await, Vec::<String>::new());
        assert_eq!(listed(app, "world").await, ["ferry"]);
        assert_eq!(app.get("/articles?section=world&total=true").await.json()["total"], 1);
        let climate = app.get("/sections/climate").await.json();
        let by_id = json!({ "further_sections": [climate["id"], "science"] });
        let patched = app.patch_article(&published, &by_id).await;
        assert_eq!(patched["further_sections"], json!(["climate", "science"]));
        let published = app.publish(&patched).await;
        let id = published["id"].as_str().unwrap();
        app.post(&format!("/manage/articles/{id}/unpublish"))
            .as_role("editor").if_match(published["version"].as_i64().unwrap()).await;
    }

    async fn further_sections_are_others_and_few(app: TestApp) {
        sections(app).await;
        let article = app.draft(json!({ "title": "Ferry", "section": "europe", "further_sections": ["climate"] })).await;
        let path = format!("/manage/articles/{}", article["id"].as_str().unwrap());
        for (body, pointer) in [
            (json!({ "further_sections": ["climate", "climate"] }), "/further_sections/1"),
            (json!({ "further_sections": ["world", "europe"] }), "/further_sections/1"),
            (json!({ "section": "climate" }), "/further_sections/0"),
            (json!({ "further_sections": ["nowhere"] }), "/further_sections/0"),
            (json!({ "further_sections": ["a", "b", "c", "d", "e", "f"] }), "/further_sections"),
        ] {
            let reply = app.patch(&path).as_role("editor").if_match(1).json(&body).await.expect(422);
            assert_eq!(reply.json()["errors"][0]["pointer"], pointer, "{body}");
        }
        let swapped = json!({ "section": "climate", "further_sections": ["europe"] });
        app.patch(&path).as_role("editor").if_match(1).json(&swapped).await.expect(200);
    }
}
