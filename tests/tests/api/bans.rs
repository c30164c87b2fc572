//! Whoever is banned comments no more, and what they posted goes, and nothing of anybody else.

use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};
use tests::{Account, Call, TestApp, both, text};

const DAY: i64 = 24 * 60 * 60;

async fn ferry(app: &TestApp) {
    app.section("World", None).await;
    app.article(json!({ "title": "Ferry", "section": "world" }))
        .await;
}

/// A guest's comment that comes from an address.
fn from<'a>(app: &'a TestApp, address: &str, email: Option<&str>) -> Call<'a> {
    let body = json!({ "body": "Hello.", "author_name": "Max", "author_email": email });
    app.post("/articles/ferry/comments")
        .header("x-forwarded-for", address)
        .json(&body)
}

fn by<'a>(app: &'a TestApp, account: &Account) -> Call<'a> {
    let call = app
        .post("/articles/ferry/comments")
        .header("x-forwarded-for", "198.51.100.77");
    call.by(account).json(&json!({ "body": "Hello." }))
}

async fn id(call: Call<'_>) -> String {
    text(&call.await.expect(201).json()["id"])
}

async fn ban(app: &TestApp, what: Value) -> Value {
    app.post("/manage/bans")
        .as_role("moderator")
        .json(&what)
        .await
        .expect(201)
        .json()
}

async fn lift(app: &TestApp, ban: &Value) {
    let path = format!("/api/v1/manage/bans/{}", text(&ban["id"]));
    app.call(Method::DELETE, &path)
        .as_role("moderator")
        .if_match(1)
        .await
        .expect(204);
}

/// A node behind a proxy that it trusts.
async fn behind_a_proxy(app: &TestApp) -> TestApp {
    app.beside(|config| config.trusted_proxies = vec!["127.0.0.0/8".parse().unwrap()])
        .await
}

both! {
    async fn a_banned_account_comments_votes_and_reports_no_more(app: TestApp) {
        ferry(app).await;
        let (max, ines) = (app.account("Max", "reader").await, app.account("Ines", "reader").await);
        let hers = id(by(app, &ines)).await;
        let his = id(by(app, &max)).await;
        let made = ban(app, json!({ "kind": "account", "comment": his, "note": "Sells watches." })).await;
        assert_eq!((&made["user_id"], &made["removed"]), (&json!(max.id), &json!(0)));
        assert!(made.get("subject").is_none());
        by(app, &max).await.problem(403, "banned");
        let edit = app.patch(&format!("/comments/{his}")).by(&max).json(&json!({ "body": "x" }));
        edit.await.problem(403, "banned");
        let vote = app.call(Method::PUT, &format!("/api/v1/comments/{hers}/vote")).by(&max);
        vote.json(&json!({ "value": 1 })).await.problem(403, "banned");
        let report = app.post(&format!("/comments/{hers}/reports")).by(&max);
        report.json(&json!({ "reason": "spam" })).await.problem(403, "banned");
        by(app, &ines).await.expect(201);
        app.get(&format!("/comments/{his}")).await.expect(200);
        let list = app.get("/manage/bans").as_role("moderator").await.expect(200).json();
        assert_eq!(list["items"], json!([made]));
        lift(app, &made).await;
        by(app, &max).await.expect(201);
        let path = format!("/manage/bans/{}", text(&made["id"]));
        app.get(&path).as_role("moderator").await.problem(404, "not_found");
    }

    async fn a_ban_ends_when_it_says(app: TestApp) {
        ferry(app).await;
        let max = app.account("Max", "reader").await;
        let until = app.in_seconds(300);
        ban(app, json!({ "kind": "account", "user": max.id, "expires_at": until })).await;
        by(app, &max).await.problem(403, "banned");
        app.advance(299);
        by(app, &max).await.problem(403, "banned");
        app.advance(1);
        by(app, &max).await.expect(201);
    }

    async fn a_banned_address_is_known_by_every_key_and_written_nowhere(app: TestApp) {
        ferry(app).await;
        let proxied = behind_a_proxy(app).await;
        let bad = id(from(&proxied, "203.0.113.9", None)).await;
        let other = id(from(&proxied, "203.0.113.10", None)).await;
        let traces = app.lines("SELECT address AS line FROM comment_traces ORDER BY comment_id");
        assert_eq!(traces.len(), 2);
        assert!(traces[0] != traces[1] && traces.iter().all(|hash| hash.len() == 64 && !hash.contains("203")));
        let made = ban(app, json!({ "kind": "address", "comment": bad })).await;
        assert_eq!(made["expires_at"], json!(app.in_seconds(730 * DAY)));
        // As a guest under whatever name, and as a new account.
        from(&proxied, "203.0.113.9", Some("x@y.example")).await.problem(403, "banned");
        let max = app.account("Max", "reader").await;
        let call = proxied.post("/articles/ferry/comments").header("x-forwarded-for", "203.0.113.9").by(&max);
        call.json(&json!({ "body": "Hello." })).await.problem(403, "banned");
        let mo = app.account("Mo", "moderator").await;
        let call = proxied.post("/articles/ferry/comments").header("x-forwarded-for", "203.0.113.9").by(&mo);
        call.json(&json!({ "body": "Hello." })).await.expect(201);
        from(&proxied, "203.0.113.10", None).await.expect(201);
        app.get(&format!("/comments/{other}")).await.expect(200);
        for days in [31, 200, 498] {
            app.advance(days * DAY);
            from(&proxied, "203.0.113.9", None).await.problem(403, "banned");
        }
        app.advance(DAY);
        from(&proxied, "203.0.113.9", None).await.expect(201);
        // The same address has another hash by now.
        let traces = app.lines("SELECT address AS line FROM comment_traces ORDER BY comment_id");
        assert_ne!(traces.first(), traces.last());
    }

    async fn an_email_address_is_banned_however_it_is_written(app: TestApp) {
        ferry(app).await;
        let proxied = behind_a_proxy(app).await;
        let bad = id(from(&proxied, "203.0.113.9", Some("max@people.example"))).await;
        ban(app, json!({ "kind": "email", "comment": bad })).await;
        from(&proxied, "203.0.113.50", Some("MAX@People.example")).await.problem(403, "banned");
        let max = app.account("Max", "reader").await;
        by(&proxied, &max).await.problem(403, "banned");
        from(&proxied, "203.0.113.9", Some("ines@people.example")).await.expect(201);
        let nothing = id(from(&proxied, "203.0.113.9", None)).await;
        let call = app.post("/manage/bans").as_role("moderator").json(&json!({ "kind": "email", "comment": nothing }));
        call.await.problem(422, "validation_failed");
    }

    async fn what_somebody_posted_goes_and_nothing_of_others(app: TestApp) {
        ferry(app).await;
        let (max, ines) = (app.account("Max", "reader").await, app.account("Ines", "reader").await);
        let root = id(by(app, &max)).await;
        let reply = |parent: &str, who: &Account| {
            let call = app.post("/articles/ferry/comments").by(who);
            call.json(&json!({ "body": "And?", "parent_id": parent }))
        };
        let hers = id(reply(&root, &ines)).await;
        for _ in 0..120 {
            reply(&hers, &max).await.expect(201);
        }
        let made = ban(app, json!({ "kind": "account", "comment": root, "remove_comments": true })).await;
        let path = format!("/manage/bans/{}", text(&made["id"]));
        let now = app.get(&path).as_role("moderator").await.expect(200).json();
        assert_eq!((&now["removing"], &now["removed"]), (&json!(false), &json!(121)));
        app.counters_are_right();
        assert_eq!(app.get("/articles/ferry").await.json()["stats"]["comments"], 1);
        let stone = app.get(&format!("/comments/{root}")).await.expect(200).json();
        assert_eq!((&stone["status"], &stone["reply_count"]), (&json!("deleted"), &json!(1)));
        let left = app.get(&format!("/comments/{hers}")).await.expect(200).json();
        assert_eq!((&left["status"], &left["reply_count"]), (&json!("published"), &json!(0)));
        let log = "SELECT count(*) FROM changes WHERE entity = 'ban' AND kind = 'comments_removed'";
        assert_eq!(app.count(log), 1);
        let log = "SELECT count(*) FROM changes WHERE entity = 'comment' AND kind = 'deleted' AND actor LIKE 'api_key:%'";
        assert_eq!(app.count(log), 121);
    }

    async fn a_removal_that_was_cut_off_goes_on(app: TestApp) {
        ferry(app).await;
        let max = app.account("Max", "reader").await;
        for _ in 0..5 {
            by(app, &max).await.expect(201);
        }
        ban(app, json!({ "kind": "account", "user": max.id })).await;
        storage::testing::execute(app.database_url(), "UPDATE comment_bans SET removal_after = 0").unwrap();
        let next = app.beside(|config| config.sweep_after = Duration::from_millis(1)).await;
        let left = || next.count("SELECT count(*) FROM comment_bans WHERE removal_after IS NOT NULL");
        while left() > 0 {
            tokio::task::yield_now().await;
        }
        assert_eq!(app.get("/articles/ferry").await.json()["stats"]["comments"], 0);
        app.counters_are_right();
    }

    async fn what_cannot_be_banned_is_said(app: TestApp) {
        ferry(app).await;
        let ed = app.account("Ed", "editor").await;
        let max = app.account("Max", "reader").await;
        let staff = id(by(app, &ed)).await;
        let guests = id(from(app, "203.0.113.9", None)).await;
        let call = |what: Value| app.post("/manage/bans").as_role("moderator").json(&what).unchecked();
        call(json!({ "kind": "account", "comment": staff })).await.problem(409, "wrong_state");
        call(json!({ "kind": "account", "user": ed.id })).await.problem(409, "wrong_state");
        for wrong in [
            json!({ "kind": "account" }), json!({ "kind": "account", "comment": guests }),
            json!({ "kind": "account", "comment": "cmt_0000000000001" }), json!({ "kind": "account", "user": "usr_0000000000001" }),
            json!({ "kind": "email", "user": max.id }), json!({ "kind": "account", "user": max.id, "comment": guests }),
            json!({ "kind": "account", "user": max.id, "expires_at": app.in_seconds(0) }),
            json!({ "kind": "address", "comment": guests, "expires_at": app.in_seconds(731 * DAY) }),
            json!({ "kind": "account", "user": max.id, "note": "" }), json!({ "kind": "nothing", "user": max.id }),
        ] {
            let reply = call(wrong.clone()).await;
            assert_eq!(reply.status, 422, "{wrong}: {}", reply.text());
        }
        assert_eq!(app.count("SELECT count(*) FROM comment_bans"), 0);
    }

    async fn the_history_of_a_guest_is_what_came_from_the_same_place(app: TestApp) {
        let app = &behind_a_proxy(app).await;
        ferry(app).await;
        let ines = app.account("Ines", "reader").await;
        let mut ids = Vec::new();
        for (address, email) in [
            ("203.0.113.1", None), ("203.0.113.2", Some("max@mail.example")), ("203.0.113.1", Some("MAX@mail.example ")),
            ("203.0.113.3", None), ("203.0.113.3", Some("max@mail.example")),
        ] {
            ids.push(id(from(app, address, email)).await);
        }
        let hers = id(by(app, &ines)).await;
        let history = async |of: &str, query: &str| {
            let path = format!("/manage/comments?same_author_as={of}{query}");
            let page = app.get(&path).as_role("moderator").await.expect(200).json();
            (tests::ids(&page), page["next_cursor"].as_str().map(str::to_owned))
        };
        let pick = |places: &[usize]| places.iter().map(|place| ids[*place].clone()).collect::<Vec<_>>();
        assert_eq!(history(&ids[0], "").await.0, pick(&[2, 0]));
        assert_eq!(history(&ids[2], "").await.0, pick(&[4, 2, 1, 0]));
        assert_eq!(history(&ids[3], "").await.0, pick(&[4, 3]));
        assert_eq!(history(&hers, "").await.0, [hers.as_str()]);
        let (first, next) = history(&ids[2], "&limit=3").await;
        let (rest, end) = history(&ids[2], &format!("&limit=3&cursor={}", next.unwrap())).await;
        assert_eq!(([first, rest].concat(), end), (pick(&[4, 2, 1, 0]), None));
        for wrong in ["same_author_as=x", "same_author_as=cmt_0000000000001", &format!("same_author_as={hers}&status=held")] {
            let path = format!("/manage/comments?{wrong}");
            assert_eq!(app.get(&path).as_role("moderator").await.status, 400, "{wrong}");
        }
    }

    async fn where_a_comment_came_from_is_forgotten_after_ninety_days(app: TestApp) {
        let app = &behind_a_proxy(app).await;
        ferry(app).await;
        let old = id(from(app, "203.0.113.1", Some("max@mail.example"))).await;
        app.advance(60 * DAY);
        let new = id(from(app, "203.0.113.1", None)).await;
        app.advance(31 * DAY);
        let next = app.beside(|config| config.sweep_after = Duration::from_millis(1)).await;
        let traces = || app.count("SELECT count(*) FROM comment_traces");
        tests::until("the sweep", async || traces() == 1).await;
        // What is left of it is the comment.
        for (comment, alike) in [(&old, &old), (&new, &new)] {
            let path = format!("/manage/comments?same_author_as={comment}");
            let page = next.get(&path).as_role("moderator").await.expect(200).json();
            assert_eq!(tests::ids(&page), [alike.as_str()]);
        }
    }
}
