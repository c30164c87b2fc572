//! The links themselves: made, listed, revoked, thrown away.

use serde_json::{Value, json};
use tests::{TestApp, both, text};

use super::{QUERIES, link, path_of, preview_of, rich, shown, surroundings};

both! {
    async fn a_link_goes_on_showing_what_was_an_autosave(app: TestApp) {
        app.section("World", None).await;
        let draft = app.draft(json!({ "title": "Ferry", "section": "world" })).await;
        let path = format!("/manage/articles/{}", text(&draft["id"]));
        let save = async |version: i64, title: &str| {
            let call = app.patch(&format!("{path}?autosave=true")).as_role("editor").if_match(version);
            call.json(&json!({ "title": title })).await.expect(200).json()
        };
        let saved = save(1, "Ferries").await;
        let link = link(app, &saved, json!({})).await;
        assert_eq!(link["revision"], 2);
        save(2, "Ships").await;
        let revisions = app.get(&format!("{path}/revisions")).as_role("editor").await.expect(200).json();
        assert_eq!(revisions["items"].as_array().unwrap().len(), 3, "{revisions}");
        assert_eq!(shown(app, &link).await.expect(200).json()["title"], "Ferries");
    }

    async fn links_are_listed_read_and_revoked(app: TestApp) {
        app.section("World", None).await;
        let draft = app.draft(json!({ "title": "Ferry", "section": "world" })).await;
        let path = path_of(&draft);
        let made = app.post(&path.replace(&text(&draft["id"]), "ferry")).as_role("editor").await.expect(201);
        assert_eq!((made.header("etag"), made.header("cache-control")), ("\"1\"", "private, no-store"));
        let first = made.json();
        let one = format!("{path}/{}", text(&first["id"]));
        assert_eq!(made.header("location"), format!("/api/v1{one}"));
        assert_eq!((&first["article_id"], &first["revision"]), (&draft["id"], &json!(1)));
        assert_eq!((&first["expires_at"], &first["version"]), (&json!(app.in_seconds(86_400)), &json!(1)));
        assert!(text(&first["actor"]).starts_with("api_key:key_"), "{first}");
        let second = link(app, &draft, json!({ "expires_in": 60 })).await;
        let listed = app.get(&path).as_role("editor").await.expect(200).json();
        assert_eq!(listed, json!({ "items": [second, first], "next_cursor": null }));
        let read = app.get(&one).as_role("editor").await.expect(200);
        assert_eq!((read.header("etag"), read.json()), ("\"1\"", first.clone()));
        // Who may read the article and not change it sees that the links are there.
        let seen = app.get(&path).as_role("moderator").await.expect(200).json();
        let blind = |link: &Value| link["url"].is_null() && link["id"].is_string();
        assert!(seen["items"].as_array().unwrap().iter().all(blind), "{seen}");
        assert!(blind(&app.get(&one).as_role("moderator").await.expect(200).json()));
        app.delete(&one).as_role("editor").await.problem(428, "precondition_required");
        app.delete(&one).as_role("editor").if_match(2).await.problem(412, "precondition_failed");
        shown(app, &first).await.expect(200);
        app.delete(&one).as_role("editor").if_match(1).await.expect(204);
        shown(app, &first).await.problem(404, "not_found");
        shown(app, &second).await.expect(200);
        app.delete(&one).as_role("editor").if_match(1).await.problem(404, "not_found");
        app.get(&one).as_role("editor").await.problem(404, "not_found");
        // Another article's is not there.
        let other = app.draft(json!({ "title": "Other", "section": "world" })).await;
        let foreign = format!("{}/{}", path_of(&other), text(&second["id"]));
        app.get(&foreign).as_role("editor").await.problem(404, "not_found");
        app.delete(&foreign).as_role("editor").if_match(1).await.problem(404, "not_found");
        app.advance(60);
        shown(app, &second).await.problem(404, "not_found");
        assert_eq!(app.get(&path).as_role("editor").await.json()["items"], json!([]));
        app.get(&format!("{path}/{}", text(&second["id"]))).as_role("editor").await.problem(404, "not_found");
        let log = app.get("/manage/changes?entity=preview_link").as_role("admin").await.expect(200).json();
        let told = |one: &Value| (text(&one["kind"]), one["entity_id"].clone(), one["data"].clone());
        let data = json!({ "article_id": draft["id"] });
        let told: Vec<_> = log["items"].as_array().unwrap().iter().map(told).collect();
        let expected = [("revoked", &first), ("created", &second), ("created", &first)]
            .map(|(kind, link)| (kind.to_owned(), link["id"].clone(), data.clone()));
        assert_eq!(told, expected);
    }

    async fn what_is_no_link_is_refused(app: TestApp) {
        app.section("World", None).await;
        let draft = app.draft(json!({ "title": "Ferry", "section": "world" })).await;
        let path = path_of(&draft);
        for (body, pointer, code) in [
            (json!({ "expires_in": 59 }), "/expires_in", "out_of_range"),
            (json!({ "expires_in": 2_592_001 }), "/expires_in", "out_of_range"),
            (json!({ "revision": 2 }), "/revision", "unknown_reference"),
            (json!({ "revision": 0 }), "/revision", "unknown_reference"),
            (json!({ "revision": i64::MIN }), "/revision", "unknown_reference"),
        ] {
            let problem = app.post(&path).as_role("editor").json(&body).await.expect(422).json();
            assert_eq!((&problem["errors"][0]["pointer"], &problem["errors"][0]["code"]), (&json!(pointer), &json!(code)), "{body}");
        }
        for body in [json!({ "revision": "1" }), json!({ "expires_in": 1.5 }), json!({ "note": "x" }), json!([])] {
            app.post(&path).as_role("editor").json(&body).await.expect(422);
        }
        app.post("/manage/articles/none/preview-links").as_role("editor").await.problem(404, "not_found");
        assert_eq!(app.count("SELECT count(*) FROM preview_links"), 0);
        for _ in 0..25 {
            link(app, &draft, json!({ "expires_in": 60 })).await;
            link(app, &draft, json!({ "expires_in": 2_592_000 })).await;
        }
        app.post(&path).as_role("editor").await.problem(409, "conflict");
        // What is over is not in the way, and goes when it is met.
        app.advance(60);
        link(app, &draft, json!({})).await;
        assert_eq!(app.count("SELECT count(*) FROM preview_links"), 26);
    }

    async fn of_links_that_are_made_at_once_as_many_hold_as_fit(app: TestApp) {
        app.section("World", None).await;
        let draft = app.draft(json!({ "title": "Ferry", "section": "world" })).await;
        let path = path_of(&draft);
        for _ in 0..46 {
            link(app, &draft, json!({})).await;
        }
        let made = tests::join_all((0..8).map(|_| async { app.post(&path).as_role("editor").await.status })).await;
        let of = |status| made.iter().filter(|one| **one == status).count();
        assert_eq!((of(201), of(409)), (4, 4), "{made:?}");
        assert_eq!(app.count("SELECT count(*) FROM preview_links"), 50);
    }

    async fn a_preview_takes_a_fixed_number_of_statements(app: TestApp) {
        surroundings(app).await;
        let article = app.article(rich()).await;
        let changed = app.patch_article(&article, &json!({ "comments": "open" })).await;
        let article = app.publish(&changed).await;
        app.comment(&article, "root", None).await;
        let made = link(app, &article, json!({})).await;
        let path = preview_of(&made);
        for (query, expected) in QUERIES.into_iter().zip([4, 4, 4, 4, 6]) {
            assert_eq!(app.fewest_statements(&format!("{path}{query}")).await, expected, "{query}");
        }
        let made_up = || async { app.get("/previews/bsp_made-up").await };
        assert_eq!(app.fewest(made_up).await.1, 0, "what is not ours is found out without the database");
        let all = path_of(&article);
        let one = format!("{all}/{}", text(&made["id"]));
        for path in [&all, &one] {
            let read = || async { app.get(path).as_role("editor").await.expect(200) };
            assert_eq!(app.fewest(read).await.1, 3, "{path}");
        }
        let make = || async { app.post(&all).as_role("editor").await.expect(201) };
        assert_eq!(app.fewest(make).await.1, 9);
    }

    async fn links_that_are_over_are_swept(app: TestApp) {
        app.section("World", None).await;
        let draft = app.draft(json!({ "title": "Ferry", "section": "world" })).await;
        link(app, &draft, json!({ "expires_in": 60 })).await;
        let kept = link(app, &draft, json!({ "expires_in": 600 })).await;
        app.advance(61);
        let sweeping = app.beside(|config| config.sweep_after = std::time::Duration::from_millis(1)).await;
        tests::until("it is swept", async || app.count("SELECT count(*) FROM preview_links") == 1).await;
        shown(&sweeping, &kept).await.expect(200);
    }
}
