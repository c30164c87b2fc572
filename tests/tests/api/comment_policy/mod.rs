//! What holds for comments under an article: said by the site, its sections and itself, told in its
//! answer, and kept when somebody comments.

mod foreseen;

use serde_json::{Value, json};
use tests::{Reply, TestApp, both, text, until};

/// An article in `/world/europe`.
async fn article(app: &TestApp) -> Value {
    app.section("World", None).await;
    app.section("Europe", Some("world")).await;
    app.article(json!({ "title": "Ferry", "section": "europe" }))
        .await
}

/// Changes the settings of the site, whatever their version is.
async fn settings(app: &TestApp, body: Value) -> Value {
    let version = app.get("/manage/settings").as_role("moderator").await;
    let version = version.expect(200).version();
    let call = app.patch("/manage/settings").as_user("admin");
    call.if_match(version).json(&body).await.expect(200).json()
}

/// Changes a section, whatever its version is.
async fn section(app: &TestApp, slug: &str, body: Value) -> Value {
    let path = format!("/manage/sections/{slug}");
    let version = app.get(&path).as_role("editor").await.expect(200).version();
    let call = app.patch(&path).as_role("editor").if_match(version);
    call.json(&body).await.expect(200).json()
}

async fn policy(app: &TestApp) -> Value {
    let page = app.get("/articles/ferry").await.expect(200).json();
    page["comment_policy"].clone()
}

async fn post(app: &TestApp, source: &str) -> Reply {
    let body = json!({ "body": source, "author_name": "Ines" });
    app.post("/articles/ferry/comments").json(&body).await
}

async fn post_as(app: &TestApp, role: &str, source: &str) -> Reply {
    let call = app.post("/articles/ferry/comments").as_user(role);
    call.json(&json!({ "body": source })).await
}

/// The codes of the places that were found wrong, each of which is the body.
fn codes(reply: &Reply) -> Vec<String> {
    let problem = reply.problem(422, "validation_failed");
    let errors = problem["errors"].as_array().unwrap().iter();
    errors
        .map(|error| {
            assert_eq!(error["pointer"], "/body", "{problem}");
            text(&error["code"])
        })
        .collect()
}

/// How long a shared cache may keep an answer, stale windows included.
fn kept(reply: &Reply) -> i64 {
    let control = reply.header("cache-control").to_owned();
    let part = |name: &str| {
        let found = control.split(", ").find_map(|part| part.strip_prefix(name));
        found
            .and_then(|seconds| seconds.parse::<i64>().ok())
            .unwrap()
    };
    part("s-maxage=") + part("stale-while-revalidate=").max(part("stale-if-error="))
}

both! {
    async fn each_option_comes_from_the_nearest_level_that_says_something(app: TestApp) {
        let article = article(app).await;
        let new = policy(app).await;
        assert_eq!(new, json!({
            "state": "open", "premoderated": false, "premoderation": "none", "closes_at": null,
            "max_length": 5000, "min_words": null, "max_words": null, "max_links": null, "edit_seconds": 900,
        }));
        settings(app, json!({ "comments": "members", "comment_options": {
            "premoderation": "all", "min_words": 2, "max_words": 200, "max_links": 3 } })).await;
        let site = policy(app).await;
        assert_eq!((&site["state"], &site["premoderated"]), (&json!("members"), &json!(true)));
        assert_eq!((&site["min_words"], &site["max_words"], &site["max_links"]), (&json!(2), &json!(200), &json!(3)));
        section(app, "world", json!({ "comments": "open",
            "comment_options": { "premoderation": "guests", "max_links": 0 } })).await;
        section(app, "europe", json!({ "comment_options": { "min_words": 0 } })).await;
        let both = policy(app).await;
        assert_eq!((&both["state"], &both["premoderation"]), (&json!("open"), &json!("guests")));
        assert_eq!((&both["min_words"], &both["max_words"], &both["max_links"]), (&Value::Null, &json!(200), &json!(0)));
        let own = json!({ "comments": "members", "comment_options": { "max_words": 50 } });
        let changed = app.patch_article(&article, &own).await;
        assert_eq!(policy(app).await, both, "a working copy is not public");
        let published = app.publish(&changed).await;
        let nearest = policy(app).await;
        assert_eq!((&nearest["state"], &nearest["max_words"]), (&json!("members"), &json!(50)));
        assert_eq!(nearest["max_links"], 0);
        // Of two that contradict each other the nearer one counts.
        section(app, "world", json!({ "comment_options": { "min_words": 60 } })).await;
        section(app, "europe", json!({ "comment_options": null })).await;
        let contradicted = policy(app).await;
        assert_eq!((&contradicted["min_words"], &contradicted["max_words"]), (&json!(2), &json!(50)));
        // And nothing is left where nobody says anything any more.
        let silent = json!({ "comments": "inherit", "comment_options": null });
        let silent = app.patch_article(&published, &silent).await;
        app.publish(&silent).await;
        section(app, "world", json!({ "comments": "inherit", "comment_options": null })).await;
        settings(app, json!({ "comments": "open", "comment_options": null })).await;
        assert_eq!(policy(app).await, new);
    }

    async fn settings_are_changed_by_administrators_on_top_of_what_they_have_seen(app: TestApp) {
        let first = app.get("/manage/settings").as_user("author").await.expect(200);
        assert_eq!(first.header("etag"), "\"1\"");
        assert_eq!(first.json(), json!({ "comments": "open", "version": 1, "updated_at": null, "comment_options": {
            "premoderation": null, "closes_after_days": null, "min_words": null, "max_words": null, "max_links": null } }));
        app.get("/manage/settings").await.problem(401, "unauthorized");
        app.get("/manage/settings").as_user("reader").await.problem(403, "forbidden");
        let change = json!({ "comment_options": { "max_links": 1 } });
        let send = |version: i64| app.patch("/manage/settings").if_match(version).json(&change);
        for call in [send(1).as_user("editor"), send(1).as_user("moderator"), send(1).as_role("admin")] {
            call.await.problem(403, "forbidden");
        }
        let unseen = app.patch("/manage/settings").as_user("admin").json(&change).await;
        unseen.problem(428, "precondition_required");
        let changed = send(1).as_user("admin").await.expect(200);
        assert_eq!((changed.header("etag"), changed.version()), ("\"2\"", 2));
        assert_eq!(changed.json()["updated_at"], app.in_seconds(0));
        assert_eq!(changed.json(), app.get("/manage/settings").as_role("editor").await.json());
        let stale = send(1).as_user("admin").await;
        assert_eq!(stale.problem(412, "precondition_failed")["current_version"], 2);
        for (body, pointer) in [
            (json!({ "comments": "inherit" }), "/comments"),
            (json!({ "comments": null }), "/comments"),
            (json!({ "comment_options": { "premoderation": "some" } }), "/comment_options/premoderation"),
            (json!({ "comment_options": { "closes_after_days": 3651 } }), "/comment_options/closes_after_days"),
            (json!({ "comment_options": { "min_words": -1 } }), "/comment_options/min_words"),
            (json!({ "comment_options": { "max_words": 0 } }), "/comment_options/max_words"),
            (json!({ "comment_options": { "min_words": 5, "max_words": 4 } }), "/comment_options/max_words"),
            (json!({ "comment_options": { "max_links": 101 } }), "/comment_options/max_links"),
            (json!({ "comment_options": { "max_link": 1 } }), "/comment_options/max_link"),
        ] {
            let reply = app.patch("/manage/settings").as_user("admin").if_match(2).json(&body).await;
            assert_eq!(reply.status, 422, "{body}: {}", reply.text());
            assert_eq!(reply.json()["errors"][0]["pointer"], pointer, "{body}");
        }
        let log = app.get("/manage/changes?entity=settings").as_role("admin").await.expect(200).json();
        let entries: Vec<_> = log["items"].as_array().unwrap().iter()
            .map(|entry| (text(&entry["kind"]), text(&entry["entity_id"]))).collect();
        assert_eq!(entries, [("changed".to_owned(), "settings".to_owned())]);
        let one = app.get("/manage/changes?entity_id=settings").as_role("admin").await.expect(200).json();
        assert_eq!(one["items"].as_array().unwrap().len(), 1);
    }

    async fn what_an_article_says_is_a_part_of_its_revisions(app: TestApp) {
        app.section("World", None).await;
        let options = json!({ "premoderation": "first_timers", "closes_after_days": 30,
            "min_words": null, "max_words": null, "max_links": 2 });
        let draft = app.draft(json!({ "title": "Ferry", "section": "world",
            "comment_options": { "premoderation": "first_timers", "closes_after_days": 30, "max_links": 2 } })).await;
        assert_eq!(draft["comment_options"], options);
        let path = format!("/manage/articles/{}", text(&draft["id"]));
        let patched = app.patch_article(&draft, &json!({ "comment_options": { "max_links": null, "min_words": 3 } })).await;
        assert_eq!(patched["comment_options"]["premoderation"], "first_timers");
        assert_eq!(patched["comment_options"]["max_links"], Value::Null);
        let diff = app.get(&format!("{path}/revisions/2/diff")).as_role("editor").await.expect(200).json();
        assert_eq!(diff["changes"].as_array().unwrap().len(), 1, "{diff}");
        assert_eq!(diff["changes"][0]["field"], "comment_options");
        assert_eq!(diff["changes"][0]["from"], options);
        let stale = app.patch(&path).as_role("editor").if_match(1)
            .json(&json!({ "comment_options": { "min_words": 4 } })).await;
        assert_eq!(stale.problem(412, "precondition_failed")["conflicts"], json!(["comment_options"]));
        let sent_back = app.patch_article(&patched, &json!({ "comment_options": patched["comment_options"] })).await;
        assert_eq!(sent_back["comment_options"], patched["comment_options"]);
        let version = sent_back["version"].as_i64().unwrap();
        let link = app.post(&format!("{path}/preview-links")).as_role("editor").json(&json!({ "revision": 1 })).await;
        let link = text(&link.expect(201).json()["url"]);
        let link = link.split("/api/v1").nth(1).unwrap().to_owned();
        assert_eq!(app.get(&link).await.expect(200).json()["comment_policy"]["max_links"], 2);
        let restored = app.post(&format!("{path}/revisions/1/restore")).as_role("editor").if_match(version).await;
        let restored = restored.expect(200).json();
        assert_eq!(restored["comment_options"], options);
        app.publish(&restored).await;
        assert_eq!(policy(app).await["max_links"], 2);
        let refused = app.post("/manage/articles").as_role("editor").json(&json!({ "title": "A", "section": "world",
            "body": { "format": "markdown", "source": "A" }, "comment_options": { "max_links": 101 } })).await;
        assert_eq!(refused.expect(422).json()["errors"][0]["pointer"], "/comment_options/max_links");
        let refused = app.post("/manage/sections").as_role("editor")
            .json(&json!({ "name": "A", "comment_options": { "min_words": 1001 } })).await;
        assert_eq!(refused.expect(422).json()["errors"][0]["pointer"], "/comment_options/min_words");
    }

    async fn comments_close_by_themselves(app: TestApp) {
        article(app).await;
        let day = 24 * 60 * 60;
        let end = app.in_seconds(2 * day);
        section(app, "europe", json!({ "comment_options": { "closes_after_days": 2 } })).await;
        let before = policy(app).await;
        assert_eq!((&before["state"], &before["closes_at"]), (&json!("open"), &json!(end)));
        app.advance(2 * day - 10);
        let last = app.get("/articles/ferry").await.expect(200);
        assert_eq!(kept(&last), 10, "no cache keeps it longer than it holds");
        let tag = last.header("etag").to_owned();
        let same = app.get("/articles/ferry").header("if-none-match", &tag).await;
        same.expect(304);
        post(app, "The last one").await.expect(201);
        app.advance(10);
        let after = app.get("/articles/ferry").header("if-none-match", &tag).await.expect(200);
        assert!(kept(&after) > 10);
        assert!(after.header("cache-tag").split(',').any(|tag| tag == "settings"));
        let policy_after = &after.json()["comment_policy"];
        assert_eq!((&policy_after["state"], &policy_after["closes_at"]), (&json!("closed"), &json!(end)));
        post(app, "Too late").await.problem(409, "comments_closed");
        post_as(app, "admin", "Too late").await.problem(409, "comments_closed");
        assert_eq!(app.count("SELECT count(*) FROM comments"), 1);
        // An article that is dated back is closed from the start.
        app.article(json!({ "title": "Old", "section": "europe", "published_at": "2020-01-01T00:00:00Z" })).await;
        let old = app.get("/articles/old").await.expect(200).json();
        assert_eq!(old["comment_policy"]["closes_at"], "2020-01-03T00:00:00.000Z");
        assert_eq!(old["comment_policy"]["state"], "closed");
        section(app, "europe", json!({ "comment_options": { "closes_after_days": 0 } })).await;
        assert_eq!(policy(app).await["closes_at"], Value::Null);
        post(app, "Open again").await.expect(201);
    }

    async fn words_and_links_are_counted_in_what_is_shown(app: TestApp) {
        article(app).await;
        settings(app, json!({ "comment_options": { "min_words": 2, "max_words": 4, "max_links": 1 } })).await;
        for (source, wrong) in [
            ("one", vec!["too_short"]),
            ("— one!", vec!["too_short"]),
            ("渡", vec!["too_short"]),
            ("one two three four five", vec!["too_long"]),
            ("首班渡船来了", vec!["too_long"]),
            ("[one](https://a.example) https://b.example", vec!["too_many_links"]),
            ("<https://a.example/one/two> and [this](https://b.example) and [that](https://c.example)",
                vec!["too_long", "too_many_links"]),
        ] {
            assert_eq!(codes(&post(app, source).await), wrong, "{source}");
            assert_eq!(codes(&post_as(app, "admin", source).await), wrong, "{source}");
        }
        let told = post(app, "one").await.json();
        assert!(text(&told["errors"][0]["detail"]).contains("at least 2 words"), "{told}");
        assert_eq!(app.count("SELECT count(*) FROM comments"), 0, "nothing refused was stored");
        for source in ["one two", "首班渡船", "**one** [two](https://a.example/three/four/five/six)"] {
            post(app, source).await.expect(201);
        }
    }

    async fn whose_comments_wait_is_said_by_the_policy(app: TestApp) {
        article(app).await;
        let waits = async |reply: Reply, reason: &str| {
            let held = reply.expect(202).json();
            assert_eq!((&held["status"], &held["reason"]), (&json!("held"), &json!(reason)));
        };
        settings(app, json!({ "comment_options": { "premoderation": "guests" } })).await;
        assert_eq!(policy(app).await["premoderated"], false);
        waits(post(app, "A guest").await, "guest").await;
        post_as(app, "reader", "A member").await.expect(201);
        settings(app, json!({ "comment_options": { "premoderation": "first_timers" } })).await;
        assert_eq!(policy(app).await["premoderated"], false);
        waits(post(app, "A guest").await, "first_comment").await;
        waits(post_as(app, "reader", "A moment ago is no time").await, "first_comment").await;
        app.advance(24 * 60 * 60);
        post_as(app, "reader", "A day is").await.expect(201);
        waits(post(app, "A guest").await, "first_comment").await;
        // Somebody else is known as soon as a moderator says so, and stays known when they mend it.
        let mei = app.account("Mei", "reader").await;
        let say = |source: &str| app.post("/articles/ferry/comments").by(&mei).json(&json!({ "body": source }));
        let first = say("Hello").await.expect(202).json();
        let path = format!("/manage/comments/{}/decisions", text(&first["id"]));
        app.post(&path).as_role("moderator").if_match(1).json(&json!({ "decision": "approve" })).await.expect(200);
        let mended = app.patch(&format!("/comments/{}", text(&first["id"]))).by(&mei);
        assert_eq!(mended.json(&json!({ "body": "Hello!" })).await.expect(200).json()["status"], "published");
        say("Hello again").await.expect(201);
        settings(app, json!({ "comment_options": { "premoderation": "all" } })).await;
        assert_eq!(policy(app).await["premoderated"], true);
        waits(post(app, "A guest").await, "premoderation").await;
        waits(post_as(app, "reader", "A member").await, "premoderation").await;
        for role in ["editor", "moderator", "admin"] {
            post_as(app, role, "Staff").await.expect(201);
        }
        let page = app.get("/articles/ferry").await.expect(200).json();
        assert_eq!(page["stats"]["comments"], 7, "what waits is not counted");
        section(app, "world", json!({ "comment_options": { "premoderation": "none" } })).await;
        post(app, "Here nobody waits").await.expect(201);
    }

    async fn a_text_that_is_changed_is_asked_the_same_again(app: TestApp) {
        article(app).await;
        settings(app, json!({ "comment_options": { "max_words": 3, "max_links": 0 } })).await;
        let comment = post(app, "Three words here").await.expect(201).json();
        let path = format!("/comments/{}", text(&comment["id"]));
        let change = |source: &str| {
            let call = app.patch(&path).header("x-edit-token", comment["edit_token"].as_str().unwrap());
            call.json(&json!({ "body": source }))
        };
        assert_eq!(codes(&change("Now there are four").await), ["too_long"]);
        assert_eq!(codes(&change("www.a.example").await), ["too_many_links"]);
        assert_eq!(app.get(&path).await.expect(200).json()["body"], comment["body"]);
        assert_eq!(change("Still three words").await.expect(200).json()["status"], "published");
        settings(app, json!({ "comment_options": { "premoderation": "guests" } })).await;
        let held = change("Other three words").await.expect(200).json();
        assert_eq!((&held["status"], &held["reason"]), (&json!("held"), &json!("guest")));
        app.get(&path).await.expect(404);
        settings(app, json!({ "comments": "closed" })).await;
        change("Too late now").await.problem(409, "comments_closed");
    }

    async fn another_node_keeps_to_a_change_within_a_second(app: TestApp) {
        article(app).await;
        let other = app.beside(|_| {}).await;
        assert_eq!(policy(&other).await["max_links"], Value::Null);
        settings(app, json!({ "comments": "members", "comment_options": { "max_links": 0 } })).await;
        assert_eq!(policy(app).await["max_links"], 0, "the node itself shows it at once");
        until("the other node shows it", async || policy(&other).await["max_links"] == 0).await;
        post(&other, "A guest").await.problem(403, "members_only");
        let linked = "See https://a.example";
        assert_eq!(codes(&post_as(&other, "admin", linked).await), ["too_many_links"]);
    }
}
