//! Articles that say the same in different languages.

use serde_json::{Value, json};
use tests::{Reply, TestApp, both, text};

/// A draft of a translation.
async fn translation(app: &TestApp, language: &str, of: &str) -> Value {
    let fields = json!({ "title": format!("Ferry {language}"), "section": "world", "language": language,
        "translation_of": of });
    app.draft(fields).await
}

/// An original that is public.
async fn original(app: &TestApp) -> Value {
    app.section("World", None).await;
    app.article(json!({ "title": "Ferry", "section": "world", "language": "en" }))
        .await
}

/// The languages and slugs that a public article lists.
async fn listed(app: &TestApp, article: &str) -> Vec<String> {
    let page = app
        .get(&format!("/articles/{article}"))
        .await
        .expect(200)
        .json();
    page["translations"]
        .as_array()
        .unwrap()
        .iter()
        .map(|other| format!("{} {}", text(&other["language"]), text(&other["path"])))
        .collect()
}

async fn tie(app: &TestApp, article: &Value, of: Value) -> Reply {
    app.patch(&format!("/manage/articles/{}", text(&article["id"])))
        .as_role("editor")
        .if_match(article["version"].as_i64().unwrap())
        .json(&json!({ "translation_of": of }))
        .await
}

both! {
    async fn translations_list_each_other_once_they_are_public(app: TestApp) {
        let ferry = original(app).await;
        assert_eq!(ferry["translation_of"], Value::Null);
        assert_eq!(listed(app, "ferry").await, Vec::<String>::new());
        let swedish = translation(app, "sv", "ferry").await;
        assert_eq!(swedish["translation_of"], ferry["id"]);
        assert_eq!(listed(app, "ferry").await, Vec::<String>::new(), "a draft is not listed");
        app.publish(&swedish).await;
        assert_eq!(listed(app, "ferry").await, ["sv /world/ferry-sv"]);
        // The translation of a translation is one of its original.
        let chinese = translation(app, "zh", "ferry-sv").await;
        assert_eq!(chinese["translation_of"], ferry["id"]);
        let chinese = app.publish(&chinese).await;
        assert_eq!(listed(app, "ferry").await, ["sv /world/ferry-sv", "zh /world/ferry-zh"]);
        assert_eq!(listed(app, "ferry-sv").await, ["en /world/ferry", "zh /world/ferry-zh"]);
        assert_eq!(listed(app, "ferry-zh").await, ["en /world/ferry", "sv /world/ferry-sv"]);
        let page = app.get("/articles/ferry-sv").await.expect(200);
        for other in [&ferry, &chinese] {
            let tag = format!("article:{}", text(&other["id"]));
            assert!(page.header("surrogate-key").contains(&tag), "{tag}");
        }
        for language in ["sv", "zh"] {
            let list = app.get(&format!("/articles?section=world&language={language}")).await.json();
            assert_eq!(list["items"].as_array().unwrap().len(), 1);
        }
        let untied = tie(app, &chinese, Value::Null).await.expect(200).json();
        assert_eq!(listed(app, "ferry").await.len(), 2, "a working copy is not public");
        app.publish(&untied).await;
        assert_eq!(listed(app, "ferry").await, ["sv /world/ferry-sv"]);
        let told = "SELECT count(*) FROM changes WHERE kind = 'translated'";
        assert_eq!(app.count(told), 3, "twice tied, once untied");
        assert!(app.fewest_statements("/articles/ferry").await <= 2);
    }

    async fn only_what_is_visible_is_listed(app: TestApp) {
        original(app).await;
        let from = json!({ "visible_from": app.in_seconds(60), "visible_until": app.in_seconds(120) });
        let swedish = app.publish_with(&translation(app, "sv", "ferry").await, &from).await;
        let page = app.get("/articles/ferry").await.expect(200);
        assert_eq!(page.json()["translations"], json!([]));
        app.advance(50);
        let page = app.get("/articles/ferry").await.expect(200);
        assert!(page.header("cache-control").contains("s-maxage=10"), "{}", page.header("cache-control"));
        app.advance(20);
        assert_eq!(listed(app, "ferry").await.len(), 1);
        app.advance(60);
        assert_eq!(listed(app, "ferry").await, Vec::<String>::new());
        let always = app.publish_with(&swedish, &json!({ "visible_from": null, "visible_until": null })).await;
        assert_eq!(listed(app, "ferry").await.len(), 1);
        let path = format!("/manage/articles/{}/unpublish", text(&always["id"]));
        if app.post(&path).as_role("editor").if_match(always["version"].as_i64().unwrap()).await.status == 200 {
            assert_eq!(listed(app, "ferry").await, Vec::<String>::new());
        }
    }

    async fn a_group_has_one_article_in_a_language(app: TestApp) {
        let ferry = original(app).await;
        let swedish = translation(app, "sv", "ferry").await;
        let other = app.draft(json!({ "title": "Other", "section": "world", "language": "sv" })).await;
        for of in ["ferry", &text(&swedish["id"])] {
            let refused = tie(app, &other, json!(of)).await.expect(422).json();
            assert_eq!(refused["errors"][0]["pointer"], "/translation_of");
            assert_eq!(refused["errors"][0]["code"], "duplicate");
        }
        tie(app, &swedish, json!("ferry-sv")).await.expect(422);
        tie(app, &ferry, json!("ferry-sv")).await.expect(422);
        tie(app, &ferry, json!("other")).await.expect(422);
        tie(app, &other, json!("nowhere")).await.expect(422);
        let path = format!("/manage/articles/{}", text(&swedish["id"]));
        let refused = app.patch(&path).as_role("editor").if_match(1).json(&json!({ "language": "en" })).await;
        assert_eq!(refused.expect(422).json()["errors"][0]["pointer"], "/language");
        let path = format!("/manage/articles/{}", text(&ferry["id"]));
        let refused = app.patch(&path).as_role("editor").if_match(2).json(&json!({ "language": "sv" })).await;
        assert_eq!(refused.expect(422).json()["errors"][0]["pointer"], "/language");
        // What was read can be sent back.
        let same = swedish["translation_of"].clone();
        tie(app, &swedish, same).await.expect(200);
    }

    async fn what_is_public_has_one_article_in_a_language_too(app: TestApp) {
        original(app).await;
        let swedish = app.publish(&translation(app, "sv", "ferry").await).await;
        let renamed = app.patch_article(&swedish, &json!({ "language": "no" })).await;
        // Its working copy says Norwegian, and readers still have it in Swedish.
        let body = json!({ "title": "Again", "section": "world", "language": "sv", "translation_of": "ferry",
            "body": { "format": "markdown", "source": "A" } });
        app.post("/manage/articles").as_role("editor").json(&body).await.expect(422);
        app.publish(&renamed).await;
        app.post("/manage/articles").as_role("editor").json(&body).await.expect(201);
    }

    async fn an_author_names_what_is_public_and_nothing_else_of_others(app: TestApp) {
        original(app).await;
        app.draft(json!({ "title": "Hidden", "section": "world", "language": "en" })).await;
        let body = |of: &str| json!({ "title": "Min", "section": "world", "language": "sv", "translation_of": of,
            "body": { "format": "markdown", "source": "A" } });
        let unknown = app.post("/manage/articles").as_role("author").json(&body("nowhere")).await.expect(422).json();
        let hidden = app.post("/manage/articles").as_role("author").json(&body("hidden")).await.expect(422).json();
        assert_eq!(unknown["errors"], hidden["errors"]);
        app.post("/manage/articles").as_role("author").json(&body("ferry")).await.expect(201);
    }
}
