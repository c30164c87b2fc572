//! Addresses stay with their article until an administrator gives one up.

use serde_json::{Value, json};
use tests::{TestApp, both, text};

use crate::transitions::turn;

/// An article with three names, the last of them in force.
async fn thrice_named(app: &TestApp) -> Value {
    app.section("World", None).await;
    let mut article = app
        .article(json!({ "title": "Ferry", "section": "world" }))
        .await;
    for slug in ["boat", "ship"] {
        app.advance(60);
        let renamed = app.patch_article(&article, &json!({ "slug": slug })).await;
        article = app.publish(&renamed).await;
    }
    article
}

async fn read(app: &TestApp, slug: &str) -> Value {
    let path = format!("/manage/addresses/{slug}");
    app.get(&path).as_role("editor").await.expect(200).json()
}

both! {
    async fn every_address_of_an_article_is_listed(app: TestApp) {
        let article = thrice_named(app).await;
        let id = text(&article["id"]);
        for name in [id.as_str(), "ship"] {
            let path = format!("/manage/addresses?article={name}");
            let page = app.get(&path).as_role("editor").await.expect(200).json();
            let seen: Vec<_> = page["items"].as_array().unwrap().iter()
                .map(|one| (text(&one["slug"]), one["in_force"].clone())).collect();
            let expected = [("boat", false), ("ferry", false), ("ship", true)];
            assert_eq!(seen, expected.map(|(slug, force)| (slug.to_owned(), json!(force))));
            assert_eq!(page["items"][0]["article_id"], article["id"]);
        }
        let first = app.get("/manage/addresses?article=ship&limit=2").as_role("editor").await.expect(200).json();
        let next = format!("/manage/addresses?article=ship&limit=2&cursor={}", text(&first["next_cursor"]));
        let second = app.get(&next).as_role("editor").await.expect(200).json();
        assert_eq!((&second["items"][0]["slug"], &second["next_cursor"]), (&json!("ship"), &Value::Null));
        let one = app.get("/manage/addresses/ferry").as_role("moderator").await.expect(200);
        assert_eq!(one.header("etag"), format!("\"{}\"", one.version()));
        assert_eq!(one.json()["public_from"], article["published_at"]);
        for path in ["/manage/addresses", "/manage/addresses?article=", "/manage/addresses?article=nothing"] {
            app.get(path).as_role("editor").await.problem(400, "invalid_parameter");
        }
        app.get("/manage/addresses?article=ship").as_role("author").await.problem(400, "invalid_parameter");
        app.get("/manage/addresses/ferry").as_role("author").await.problem(404, "not_found");
        app.get("/manage/addresses/nothing").as_role("admin").await.problem(404, "not_found");
    }

    async fn an_administrator_gives_an_address_up(app: TestApp) {
        let article = thrice_named(app).await;
        let old = read(app, "ferry").await;
        let version = old["version"].as_i64().unwrap();
        let path = "/manage/addresses/ferry";
        app.delete(path).as_role("admin").await.problem(428, "precondition_required");
        app.delete(path).as_role("admin").if_match(1).await.problem(412, "precondition_failed");
        app.delete(path).as_role("editor").if_match(version).await.problem(403, "forbidden");
        app.get("/articles/ferry").await.expect(301);
        app.delete(path).as_role("admin").if_match(version).await.expect(204);
        app.get("/articles/ferry").await.problem(404, "not_found");
        app.get("/articles/boat").await.expect(301);
        app.delete(path).as_role("admin").if_match(version).await.problem(404, "not_found");
        let id = text(&article["id"]);
        let log = app.get(&format!("/manage/changes?entity_id={id}")).as_user("admin").await.expect(200).json();
        assert_eq!((&log["items"][0]["kind"], &log["items"][0]["data"]),
            (&json!("address_released"), &json!({ "slug": "ferry" })));
        app.advance(60);
        let other = app.article(json!({ "title": "Another", "slug": "ferry", "section": "world" })).await;
        assert_eq!(app.get("/articles/ferry").await.expect(200).json()["id"], other["id"]);
        assert_ne!(read(app, "ferry").await["version"], old["version"]);
    }

    async fn an_address_in_force_is_kept(app: TestApp) {
        let article = thrice_named(app).await;
        let refuse = async |slug: &str| {
            let version = read(app, slug).await["version"].as_i64().unwrap();
            let path = format!("/manage/addresses/{slug}");
            app.delete(&path).as_role("admin").if_match(version).await.problem(409, "wrong_state");
        };
        refuse("ship").await;
        // The working copy goes back to an old one.
        let article = app.patch_article(&article, &json!({ "slug": "boat" })).await;
        refuse("boat").await;
        refuse("ship").await;
        let down = turn(app, &article, "takedown", &json!({ "reason": "The order of a court" }), "editor").await;
        down.expect(200);
        refuse("ship").await;
        app.get("/articles/ship").await.problem(410, "gone");
    }
}
