//! What becomes of an article after its publication: taken back, published again; and of a draft
//! that nobody wants.

use serde_json::{Value, json};
use tests::{Reply, TestApp, both, text};

/// A transition by a role.
pub(crate) async fn turn(
    app: &TestApp,
    article: &Value,
    verb: &str,
    body: &Value,
    role: &str,
) -> Reply {
    let path = format!("/manage/articles/{}/{verb}", text(&article["id"]));
    let version = article["version"].as_i64().expect("a version");
    app.post(&path)
        .as_role(role)
        .if_match(version)
        .json(body)
        .await
}

async fn delete(app: &TestApp, article: &Value, role: &str) -> Reply {
    let path = format!("/manage/articles/{}", text(&article["id"]));
    let version = article["version"].as_i64().expect("a version");
    app.delete(&path).as_role(role).if_match(version).await
}

/// Every public address at which something of an article could be read, under every name it had.
pub(crate) fn reads(id: &str, slugs: &[&str], comment: &str) -> Vec<String> {
    let mut paths: Vec<String> = vec![
        "/articles".into(),
        "/articles?section=world".into(),
        "/articles?section=europe".into(),
        "/articles?tag=ships".into(),
        "/articles?author=ada".into(),
        "/articles?language=en".into(),
        "/articles?sort=published_at&total=true".into(),
        format!("/articles?ids={id}"),
        "/articles/before?include=neighbors,breadcrumbs,comments".into(),
        "/comments".into(),
        format!("/comment-counts?articles={id}"),
        format!("/comments/{comment}"),
        format!("/comments/{comment}/replies"),
    ];
    for name in slugs.iter().copied().chain([id]) {
        paths.push(format!("/articles/{name}"));
        paths.push(format!("/articles/{name}/comments"));
    }
    paths
}

/// A published article that was renamed once, between two others, with a comment and its answer.
pub(crate) async fn story(app: &TestApp) -> (Value, String) {
    app.section("World", None).await;
    app.section("Europe", Some("world")).await;
    app.author("Ada").await;
    app.tag("Ships").await;
    let place = |title: &str| {
        json!({ "title": title, "section": "europe", "authors": ["ada"],
                "tags": ["ships"], "slug": title.to_lowercase() })
    };
    app.article(place("Before")).await;
    app.advance(60);
    let article = app.article(place("Canary")).await;
    let renamed = app
        .patch_article(&article, &json!({ "slug": "canary-sings" }))
        .await;
    let article = app.publish(&renamed).await;
    let root = text(&app.comment(&article, "the canary speaks", None).await["id"]);
    app.comment(&article, "the canary answers", Some(&root))
        .await;
    app.advance(60);
    app.article(place("After")).await;
    (article, root)
}

/// Reads everything, as nobody and as somebody, with the entity tags of before; nothing of it may
/// name the article.
pub(crate) async fn nowhere(app: &TestApp, paths: &[String], tags: &[String], id: &str) {
    for (path, tag) in paths.iter().zip(tags) {
        for role in [None, Some("reader"), Some("admin")] {
            let call = app.get(path).header("if-none-match", tag);
            let reply = match role {
                None => call.await,
                Some(role) => call.as_user(role).await,
            };
            assert_ne!(
                reply.status, 304,
                "{path}: the copy of before is not right any more"
            );
            let said = reply.text().to_lowercase();
            let about = said.replace(&format!("/comment-counts?articles={id}"), "");
            assert!(
                !about.contains("canary") && !about.contains(id),
                "{path}: {said}"
            );
        }
    }
}

pub(crate) async fn tags_of(app: &TestApp, paths: &[String]) -> Vec<String> {
    let mut tags = Vec::new();
    for path in paths {
        let reply = app.get(path).await;
        assert!(
            [200, 301].contains(&reply.status),
            "{path}: {}",
            reply.text()
        );
        tags.push(reply.header("etag").to_owned());
    }
    tags
}

both! {
    async fn what_is_unpublished_is_gone_at_once_and_returns(app: TestApp) {
        let (article, root) = story(app).await;
        let id = text(&article["id"]);
        let paths = reads(&id, &["canary", "canary-sings"], &root);
        let tags = tags_of(app, &paths).await;
        let reply = turn(app, &article, "unpublish", &json!({}), "editor").await.expect(200);
        let back = reply.json();
        assert_eq!((&back["status"], &back["version"]), (&json!("unpublished"), &json!(5)));
        assert_eq!(reply.header("etag"), "\"5\"");
        assert_eq!(back["published_at"], article["published_at"]);
        nowhere(app, &paths, &tags, &id).await;
        for name in ["canary", "canary-sings", id.as_str()] {
            for (path, post) in [("", false), ("/comments", false), ("/comments", true), ("/views", true)] {
                let path = format!("/articles/{name}{path}");
                let reply = if post {
                    app.post(&path).json(&json!({ "body": "Hello.", "author_name": "Ines" })).await
                } else {
                    app.get(&path).await
                };
                reply.problem(404, "not_found");
            }
        }
        let before = app.get("/articles/before?include=neighbors").await.expect(200).json();
        assert_eq!(before["neighbors"]["next"]["slug"], "after");
        // Its addresses stay its own.
        let other = app.draft(json!({ "section": "world" })).await;
        app.patch(&format!("/manage/articles/{}", text(&other["id"]))).as_role("editor").if_match(1)
            .json(&json!({ "slug": "canary" })).await.problem(409, "slug_taken");
        app.advance(600);
        let again = app.publish(&back).await;
        assert_eq!(again["published_at"], article["published_at"], "the date stays");
        let live = app.get("/articles/canary-sings?include=comments").await.expect(200).json();
        assert_eq!(live["stats"]["comments"], 2);
        assert_eq!(live["comments"]["items"][0]["replies"]["items"].as_array().map(Vec::len), Some(1));
        assert_eq!(app.get("/articles/canary").await.expect(301).header("location"),
            "/api/v1/articles/canary-sings");
    }

    async fn what_was_only_scheduled_does_not_appear(app: TestApp) {
        app.section("World", None).await;
        let draft = app.draft(json!({ "title": "Soon", "section": "world" })).await;
        let soon = app.publish_with(&draft, &json!({ "visible_from": app.in_seconds(60) })).await;
        assert_eq!(soon["status"], "scheduled");
        let back = turn(app, &soon, "unpublish", &json!({}), "editor").await.expect(200).json();
        assert_eq!(back["status"], "unpublished");
        app.advance(120);
        app.get("/articles/soon").await.expect(404);
        let list = app.get("/articles?total=true").await.expect(200);
        assert_eq!(list.json()["total"], 0);
        assert!(list.header("cache-control").contains("s-maxage=30"), "nothing is to come");
    }

    async fn a_transition_is_refused_where_it_means_nothing(app: TestApp) {
        app.section("World", None).await;
        let draft = app.draft(json!({ "section": "world" })).await;
        turn(app, &draft, "unpublish", &json!({}), "editor").await.problem(409, "wrong_state");
        let live = app.publish(&draft).await;
        let told = delete(app, &live, "admin").await.problem(409, "wrong_state");
        assert!(text(&told["detail"]).contains("unpublish"), "{told}");
        let path = format!("/manage/articles/{}/unpublish", text(&live["id"]));
        app.post(&path).as_role("editor").await.problem(428, "precondition_required");
        let stale = app.post(&path).as_role("editor").if_match(1).await;
        assert_eq!(stale.problem(412, "precondition_failed")["current_version"], 2);
        turn(app, &live, "unpublish", &json!({ "why": 1 }), "editor").await.problem(422, "unknown_field");
        turn(app, &live, "unpublish", &json!({}), "author").await.problem(403, "forbidden");
        let empty = app.post(&path).as_role("editor").if_match(2).header("idempotency-key", "back-1").await.expect(200);
        let replayed = app.post(&path).as_role("editor").if_match(2).header("idempotency-key", "back-1").await.expect(200);
        assert_eq!(replayed.header("idempotency-replayed"), "true");
        assert_eq!(replayed.body, empty.body);
        let back = empty.json();
        turn(app, &back, "unpublish", &json!({}), "editor").await.problem(409, "wrong_state");
        delete(app, &back, "admin").await.problem(409, "wrong_state");
    }

    async fn a_draft_is_deleted_with_everything(app: TestApp) {
        app.section("World", None).await;
        let draft = app.draft(json!({ "title": "Unwanted", "section": "world" })).await;
        let draft = app.patch_article(&draft, &json!({ "summary": "Not this." })).await;
        let id = text(&draft["id"]);
        let path = format!("/manage/articles/{id}");
        app.post(&format!("{path}/corrections")).as_role("editor").if_match(2)
            .json(&json!({ "text": "It was not so." })).await.expect(201);
        let draft = app.get(&path).as_role("editor").await.expect(200).json();
        let version = draft["version"].as_i64().unwrap();
        app.delete(&path).as_role("editor").await.problem(428, "precondition_required");
        let stale = app.delete(&path).as_role("editor").if_match(1).await;
        assert_eq!(stale.problem(412, "precondition_failed")["current_version"], version);
        delete(app, &draft, "author").await.problem(404, "not_found");
        let gone = delete(app, &draft, "editor").await.expect(204);
        assert!(gone.body.is_empty());
        app.get(&path).as_role("editor").await.problem(404, "not_found");
        delete(app, &draft, "editor").await.problem(404, "not_found");
        assert_eq!(app.get("/manage/articles").as_role("editor").await.json()["items"], json!([]));
        let raw = domain::id::ArticleId::parse(&id).unwrap().raw().to_string();
        for row in app.dump() {
            let table = row.split(':').next().unwrap_or_default();
            assert!(table == "changes" || !row.contains(&raw), "{row}");
        }
        let log = app.get(&format!("/manage/changes?entity_id={id}")).as_user("admin").await.expect(200).json();
        assert_eq!(log["items"][0]["kind"], "deleted");
        let again = app.draft(json!({ "title": "Unwanted", "section": "world" })).await;
        assert_eq!(again["slug"], "unwanted", "the slug is free");
    }

    async fn an_author_deletes_their_own_draft(app: TestApp) {
        app.section("World", None).await;
        let body = json!({ "title": "Mine", "section": "world", "body": { "format": "markdown", "source": "It." } });
        let mine = app.post("/manage/articles").as_user("author").json(&body).await.expect(201).json();
        let path = format!("/manage/articles/{}", text(&mine["id"]));
        app.delete(&path).as_role("author").if_match(1).await.problem(404, "not_found");
        app.delete(&path).as_user("moderator").if_match(1).await.problem(403, "forbidden");
        app.delete(&path).as_user("author").if_match(1).await.expect(204);
    }
}
