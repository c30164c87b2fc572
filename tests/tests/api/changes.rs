//! The change log, as administrators read it.

use serde_json::{Value, json};
use tests::{TestApp, both, key_of, text};

/// The entries of a page, as `actor kind entity`, and where the next one begins.
async fn page(app: &TestApp, token: &str, query: &str) -> (Vec<Value>, Option<String>) {
    let reply = app
        .get(&format!("/manage/changes{query}"))
        .bearer(token)
        .await
        .expect(200);
    let page = reply.json();
    let next = page["next_cursor"].as_str().map(str::to_owned);
    assert_eq!(reply.header("link").is_empty(), next.is_none());
    (page["items"].as_array().unwrap().clone(), next)
}

async fn kinds(app: &TestApp, token: &str, query: &str) -> Vec<String> {
    let (items, _) = page(app, token, query).await;
    items
        .iter()
        .map(|item| format!("{} {}", text(&item["entity"]), text(&item["kind"])))
        .collect()
}

both! {
    async fn what_was_done_is_told_with_who_and_when(app: TestApp) {
        let admin = app.member("admin");
        let world = app.section("World", None).await;
        app.advance(60);
        let article = app.article(json!({ "title": "Ferry", "section": "world" })).await;
        let comment = app.comment(&article, "hello", None).await;
        let (items, _) = page(app, &admin.token, "").await;
        assert!(items.is_sorted_by_key(|item| -item["seq"].as_i64().unwrap()));
        let newest = &items[0];
        assert_eq!(newest["entity"], "comment");
        assert_eq!(newest["kind"], "created");
        assert_eq!(newest["actor"], "guest");
        assert_eq!(newest["entity_id"], comment["id"]);
        assert_eq!(newest["data"], json!({ "article_id": article["id"], "to": "published" }));
        assert_eq!(newest["at"], app.in_seconds(0));
        let published = &items[1];
        assert_eq!((&published["kind"], &published["entity_id"]), (&json!("published"), &article["id"]));
        assert_eq!(published["actor"], "api_key:key_0000000000003");
        assert_eq!(published["data"], Value::Null);
        let section = items.iter().find(|item| item["entity"] == "section").unwrap();
        assert_eq!((&section["entity_id"], &section["at"]), (&world["id"], &json!(app.in_seconds(-60))));
        let user = items.iter().find(|item| item["entity"] == "user").unwrap();
        assert_eq!(user["entity_id"], admin.user.id.to_string());
        assert_eq!(user["data"], json!({ "role": "admin" }));
        let signing = items.iter().find(|item| item["entity"] == "signing_key").unwrap();
        assert_eq!(signing["entity_id"], signing["data"]["kid"]);
    }

    async fn filters_narrow_it_alone_and_together(app: TestApp) {
        let admin = app.member("admin").token;
        let start = app.in_seconds(0);
        app.advance(10);
        app.section("World", None).await;
        app.advance(10);
        let middle = app.in_seconds(0);
        let ferry = app.article(json!({ "title": "Ferry", "section": "world" })).await;
        app.advance(10);
        let boat = app.draft(json!({ "title": "Boat", "section": "world" })).await;
        app.comment(&ferry, "hello", None).await;
        let (ferry, boat) = (text(&ferry["id"]), text(&boat["id"]));
        let (editor, later) = ("api_key:key_0000000000003", app.in_seconds(1));
        let written = ["article created", "article published", "article created"];
        for (query, expected) in [
            ("?entity=article".to_owned(), written.to_vec()),
            (format!("?entity_id={ferry}"), vec!["article published", "article created"]),
            (format!("?entity=article&entity_id={boat}"), vec!["article created"]),
            (format!("?actor={editor}"), written.to_vec()),
            (format!("?actor={editor}&entity=section"), vec![]),
            (format!("?actor={editor}&entity_id={boat}&entity=article&from={middle}"), vec!["article created"]),
            (format!("?from={middle}"), vec!["comment created", "article created", "article published", "article created"]),
            (format!("?entity=article&until={middle}"), vec![]),
            (format!("?from={middle}&until={later}&entity=comment"), vec!["comment created"]),
            (format!("?entity=section&until={middle}"), vec!["section created"]),
            (format!("?entity=section&from={start}&until={middle}"), vec!["section created"]),
            ("?actor=user:usr_0000000000000".to_owned(), vec![]),
            ("?actor=system:import".to_owned(), vec![]),
            ("?entity_id=tag_0000000000000".to_owned(), vec![]),
            (format!("?from={later}"), vec![]),
        ] {
            assert_eq!(kinds(app, &admin, &query).await, expected, "{query}");
        }
        // The same number as another kind of thing names another thing.
        let section = ferry.replace("art_", "sec_");
        assert_eq!(kinds(app, &admin, &format!("?entity_id={section}")).await, [""; 0]);
    }

    async fn what_cannot_be_asked_is_refused_with_what_can(app: TestApp) {
        let admin = app.member("admin").token;
        for (query, parameter, hint) in [
            ("entity=articles", "entity", "article"), ("entity=Article", "entity", "article"),
            ("entity_id=ferry", "entity_id", "art_"), ("entity_id=rev_0000000000000", "entity_id", "usr_"),
            ("entity_id=art_000000000000O", "entity_id", "art_"), ("entity_id=7", "entity_id", "art_"),
            ("entity=tag&entity_id=art_0000000000000", "entity_id", "tag"),
            ("entity=signing_key&entity_id=key_0000000000000", "entity_id", "signing_key"),
            ("actor=guest", "actor", "`user:`"), ("actor=user:7", "actor", "`api_key:`"), ("actor=usr_0000000000000", "actor", "`user:`"),
            ("actor=system:root", "actor", "system:import"), ("actor=user:key_0000000000000", "actor", "`user:`"),
            ("actor=user:usr_0000000000000'--", "actor", "`user:`"), ("actor=%25", "actor", "`user:`"),
            ("from=yesterday", "from", "RFC 3339"), ("until=1", "until", "RFC 3339"),
            ("from=2026-11-02T00:00:00Z&until=2026-11-01T00:00:00Z", "until", "after"),
            ("limit=0", "limit", "100"), ("limit=101", "limit", "100"),
        ] {
            let reply = app.get(&format!("/manage/changes?{query}")).bearer(&admin).await;
            let problem = reply.problem(400, "invalid_parameter");
            assert_eq!(problem["errors"][0]["parameter"], parameter, "{query}: {problem}");
            assert!(problem["errors"].to_string().contains(hint), "{query}: {problem}");
        }
        for unknown in ["kind=created", "data=x", "entity.id=1", "order=asc", "since=1"] {
            app.get(&format!("/manage/changes?{unknown}")).bearer(&admin).await.problem(400, "unknown_parameter");
        }
    }

    async fn a_walk_meets_every_entry_once_though_more_are_written(app: TestApp) {
        let admin = app.member("admin").token;
        app.section("World", None).await;
        for index in 0..7 {
            app.tag(&format!("Tag {index}")).await;
        }
        for (query, least) in [("?limit=3", 15), ("?entity=tag&limit=2", 7)] {
            let (whole, none) = page(app, &admin, &query.replace("limit=3", "limit=100").replace("limit=2", "limit=100")).await;
            assert!(whole.len() >= least && none.is_none(), "{}", whole.len());
            let (mut walked, mut next) = page(app, &admin, query).await;
            while let Some(cursor) = next {
                app.tag(&tests::random_name("T")).await;
                let (more, following) = page(app, &admin, &format!("{query}&cursor={cursor}")).await;
                walked.extend(more);
                next = following;
            }
            assert_eq!(walked, whole, "{query}");
        }
        let (_, cursor) = page(app, &admin, "?entity=tag&limit=2").await;
        let cursor = cursor.expect("more");
        let mut bent = cursor.clone();
        bent.replace_range(..1, if cursor.starts_with('A') { "B" } else { "A" });
        for query in [format!("?entity=section&cursor={cursor}"), format!("?cursor={cursor}"), format!("?entity=tag&cursor={bent}"),
            format!("?entity=tag&actor=system:demo&cursor={cursor}")] {
            app.get(&format!("/manage/changes{query}")).bearer(&admin).await.problem(400, "bad_cursor");
        }
    }

    async fn it_is_for_administrators(app: TestApp) {
        app.get("/manage/changes").await.problem(401, "unauthorized");
        for role in ["reader", "author", "editor", "moderator"] {
            app.get("/manage/changes").as_role(role).await.problem(403, "forbidden");
            let token = app.member(role).token;
            app.get("/manage/changes").bearer(&token).await.problem(403, "forbidden");
        }
        app.get("/manage/changes").bearer(&app.member("admin").token).await.expect(200);
        app.get("/manage/changes").as_role("admin").await.expect(200);
    }

    async fn no_secret_and_nothing_private_is_in_it(app: TestApp) {
        let admin = app.member("admin");
        app.section("World", None).await;
        let article = app.article(json!({ "title": "Ferry", "section": "world", "summary": "canary-summary" })).await;
        let comment = json!({ "body": "canary-body", "author_name": "canary-name", "author_email": "canary@guests.example" });
        app.post(&format!("/articles/{}/comments", text(&article["id"]))).json(&comment).await.expect(201);
        let body = json!({ "name": "canary-key", "role": "author" });
        let made = app.post("/manage/api-keys").bearer(&admin.token).json(&body).await.expect(201).json();
        let log = app.get("/manage/changes?limit=100").bearer(&admin.token).await.expect(200).text();
        let key = text(&made["key"]);
        let mut secrets = vec![key.as_str(), &admin.token, &admin.refresh, "canary", "argon2", "members.example"];
        let hashes = app.lines("SELECT hash AS line FROM api_keys");
        secrets.extend(hashes.iter().map(String::as_str));
        let sealed = app.lines("SELECT sealed AS line FROM signing_keys");
        secrets.extend(sealed.iter().map(String::as_str));
        let role_key = key_of("admin");
        secrets.push(&role_key);
        for secret in secrets {
            assert!(!log.contains(secret), "{secret} in {log}");
        }
    }
}
