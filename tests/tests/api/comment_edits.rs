//! Authors change their comments, take them back, and see those that nobody else does.

use reqwest::Method;
use serde_json::{Value, json};
use tests::{Account, Call, TestApp, both, text};

/// Fifteen minutes.
const WINDOW: i64 = 900;

async fn ferry(app: &TestApp) -> Value {
    app.section("World", None).await;
    app.article(json!({ "title": "Ferry", "section": "world" }))
        .await
}

/// A guest's comment: its id and its edit token.
async fn posted(app: &TestApp, parent: Option<&str>) -> (String, String) {
    let body = json!({ "body": "It *sailed*.", "author_name": "Ines", "parent_id": parent });
    let comment = app
        .post("/articles/ferry/comments")
        .json(&body)
        .await
        .expect(201)
        .json();
    (text(&comment["id"]), text(&comment["edit_token"]))
}

async fn by_member(app: &TestApp, account: &Account) -> String {
    let call = app.post("/articles/ferry/comments").by(account);
    let comment = call
        .json(&json!({ "body": "Hello." }))
        .await
        .expect(201)
        .json();
    text(&comment["id"])
}

fn edit<'a>(app: &'a TestApp, id: &str, body: &str) -> Call<'a> {
    app.patch(&format!("/comments/{id}"))
        .json(&json!({ "body": body }))
}

fn delete<'a>(app: &'a TestApp, id: &str) -> Call<'a> {
    app.call(Method::DELETE, &format!("/api/v1/comments/{id}"))
}

/// Makes a comment one that waits, as a rule or a moderator would.
fn hold(app: &TestApp, id: &str, status: &str) {
    let raw = domain::id::CommentId::parse(id).unwrap().raw();
    let sql = format!(
        "UPDATE comments SET status = '{status}', visible = FALSE WHERE id = {raw}; \
         INSERT INTO comment_cases (comment_id, desk, need, opened_at, reason, reports, weight, shielded) \
         VALUES ({raw}, '{status}', 0, 0, 'word', 0, 0, FALSE)"
    );
    storage::testing::execute(app.database_url(), &sql).unwrap();
}

both! {
    async fn a_guest_changes_a_comment_with_its_token(app: TestApp) {
        ferry(app).await;
        let (id, token) = posted(app, None).await;
        app.advance(60);
        let own = edit(app, &id, "It **sank**.").header("X-Edit-Token", &token).await.expect(200).json();
        assert_eq!(own["body"]["html"], "<p>It <strong>sank</strong>.</p>");
        assert_eq!((&own["source"], &own["status"]), (&json!("It **sank**."), &json!("published")));
        assert_eq!(own["reason"], Value::Null);
        assert_eq!(own["edited_at"], json!(app.now().to_string()));
        assert_eq!(own["editable_until"], json!(app.in_seconds(WINDOW - 60)));
        let read = app.get(&format!("/comments/{id}")).await.expect(200).json();
        assert_eq!((&read["body"], &read["edited_at"]), (&own["body"], &own["edited_at"]));
        assert!(read.get("source").is_none(), "{read}");
        let list = app.get("/articles/ferry/comments").await.json();
        assert_eq!(list["items"][0]["body"]["text"], "It sank.");
    }

    async fn nobody_changes_what_another_wrote(app: TestApp) {
        ferry(app).await;
        let (guests, token) = posted(app, None).await;
        let (other, others) = posted(app, None).await;
        let ines = app.account("Ines", "reader").await;
        let members = by_member(app, &ines).await;
        let admin = app.account("Adi", "admin").await;
        for (id, call) in [
            (&guests, edit(app, &guests, "x")),
            (&guests, edit(app, &guests, "x").header("X-Edit-Token", &others)),
            (&guests, edit(app, &guests, "x").header("X-Edit-Token", "nonsense")),
            (&guests, edit(app, &guests, "x").by(&ines)),
            (&members, edit(app, &members, "x")),
            (&members, edit(app, &members, "x").header("X-Edit-Token", &token)),
            (&members, edit(app, &members, "x").by(&admin)),
            (&guests, delete(app, &guests).header("X-Edit-Token", &others)),
            (&members, delete(app, &members)),
        ] {
            call.await.problem(403, "forbidden");
            let read = app.get(&format!("/comments/{id}")).await.expect(200).json();
            assert_eq!(read["edited_at"], Value::Null);
        }
        let twice = edit(app, &guests, "x").header("X-Edit-Token", &token).header("X-Edit-Token", &others);
        twice.unchecked().await.problem(403, "forbidden");
        hold(app, &other, "held");
        edit(app, &other, "x").header("X-Edit-Token", &token).await.problem(404, "not_found");
        edit(app, &other, "x").by(&admin).await.problem(404, "not_found");
        // A guest's token opens what it was given for, whoever holds it.
        edit(app, &guests, "still mine").by(&ines).header("X-Edit-Token", &token).await.expect(200);
        edit(app, &members, "mine").by(&ines).await.expect(200);
    }

    async fn after_a_while_a_comment_stays_as_it_is(app: TestApp) {
        ferry(app).await;
        let (id, token) = posted(app, None).await;
        app.advance(WINDOW - 1);
        edit(app, &id, "in time").header("X-Edit-Token", &token).await.expect(200);
        app.advance(1);
        edit(app, &id, "too late").header("X-Edit-Token", &token).await.problem(409, "edit_window_over");
        delete(app, &id).header("X-Edit-Token", &token).await.problem(409, "edit_window_over");
        let own = app.get(&format!("/me/comments/{id}")).header("X-Edit-Token", &token).await.expect(200).json();
        assert_eq!((&own["source"], &own["editable_until"]), (&json!("in time"), &Value::Null));
    }

    async fn a_changed_comment_is_checked_like_a_new_one(app: TestApp) {
        let ferry = ferry(app).await;
        let (id, token) = posted(app, None).await;
        let tries = ["", " \n ", &"a".repeat(5001), "![](x)"];
        for body in tries {
            edit(app, &id, body).header("X-Edit-Token", &token).unchecked().await.problem(422, "validation_failed");
        }
        for body in [json!({}), json!({ "body": null }), json!({ "body": "x", "status": "published" })] {
            let call = app.patch(&format!("/comments/{id}")).header("X-Edit-Token", &token).json(&body);
            assert_eq!(call.unchecked().await.status, 422, "{body}");
        }
        let evil = edit(app, &id, "<img src=x onerror=alert(1)> [x](javascript:alert(1))");
        let own = evil.header("X-Edit-Token", &token).await.expect(200).json();
        let html = text(&own["body"]["html"]);
        assert!(!html.contains("<img") && !html.contains("href"), "{html}");
        app.patch_article(&ferry, &json!({ "comments": "closed" })).await;
        let now = app.get("/manage/articles/ferry").as_role("editor").await.expect(200).json();
        app.publish(&now).await;
        edit(app, &id, "after the end").header("X-Edit-Token", &token).await.problem(409, "comments_closed");
        delete(app, &id).header("X-Edit-Token", &token).await.expect(204);
    }

    async fn what_was_answered_leaves_a_tombstone_that_goes_with_its_last_reply(app: TestApp) {
        ferry(app).await;
        let (root, root_token) = posted(app, None).await;
        let (reply, reply_token) = posted(app, Some(&root)).await;
        let (leaf, leaf_token) = posted(app, Some(&reply)).await;
        let count = async || app.get("/articles/ferry").await.json()["stats"]["comments"].clone();
        assert_eq!(count().await, 3);
        delete(app, &reply).header("X-Edit-Token", &reply_token).await.expect(204);
        delete(app, &reply).header("X-Edit-Token", &reply_token).await.expect(204);
        assert_eq!(count().await, 2);
        let stone = app.get(&format!("/comments/{reply}")).await.expect(200).json();
        assert_eq!((&stone["status"], &stone["author"]["kind"]), (&json!("deleted"), &json!("deleted")));
        assert_eq!((&stone["body"]["html"], &stone["author"]["name"]), (&Value::Null, &Value::Null));
        assert_eq!(stone["reply_count"], 1);
        let list = app.get("/articles/ferry/comments").await.json();
        assert_eq!(list["items"][0]["reply_count"], 1);
        assert_eq!(list["items"][0]["replies"]["items"][0]["id"], json!(reply));
        // Nobody can answer it, change it or find it among their own.
        let answer = json!({ "body": "x", "author_name": "Jon", "parent_id": reply });
        app.post("/articles/ferry/comments").json(&answer).await.problem(422, "validation_failed");
        edit(app, &reply, "x").header("X-Edit-Token", &reply_token).await.problem(404, "not_found");
        app.get(&format!("/me/comments/{reply}")).header("X-Edit-Token", &reply_token).await.problem(404, "not_found");
        delete(app, &root).header("X-Edit-Token", &root_token).await.expect(204);
        assert_eq!(app.get(&format!("/comments/{root}")).await.expect(200).json()["reply_count"], 1);
        delete(app, &leaf).header("X-Edit-Token", &leaf_token).await.expect(204);
        for gone in [&leaf, &reply, &root] {
            app.get(&format!("/comments/{gone}")).await.problem(404, "not_found");
        }
        assert_eq!(count().await, 0);
        assert_eq!(app.get("/articles/ferry/comments").await.json()["items"], json!([]));
    }

    async fn what_waits_is_seen_by_its_author_alone(app: TestApp) {
        ferry(app).await;
        let ines = app.account("Ines", "reader").await;
        let jon = app.account("Jon", "reader").await;
        let held = by_member(app, &ines).await;
        let spam = by_member(app, &ines).await;
        let (guests, token) = posted(app, None).await;
        hold(app, &held, "held");
        hold(app, &spam, "spam");
        hold(app, &guests, "held");
        let mine = app.get("/me/comments").by(&ines).await.expect(200).json();
        let seen: Vec<_> = mine["items"].as_array().unwrap().iter().map(|own| (text(&own["id"]), text(&own["status"]), text(&own["reason"]))).collect();
        let waits = |id: &str| (id.to_owned(), "held".to_owned(), "word".to_owned());
        assert_eq!(seen, [waits(&spam), waits(&held)]);
        for id in [&held, &spam] {
            let own = app.get(&format!("/me/comments/{id}")).by(&ines).await.expect(200).json();
            assert_eq!((&own["status"], &own["body"]["text"]), (&json!("held"), &json!("Hello.")));
            for call in [
                app.get(&format!("/comments/{id}")), app.get(&format!("/comments/{id}")).by(&ines),
                app.get(&format!("/me/comments/{id}")), app.get(&format!("/me/comments/{id}")).by(&jon),
                app.get(&format!("/me/comments/{id}")).header("X-Edit-Token", &token),
                app.get(&format!("/comments/{id}/replies")), app.get(&format!("/comments/{id}/context")),
            ] {
                call.await.problem(404, "not_found");
            }
        }
        let own = app.get(&format!("/me/comments/{guests}")).header("X-Edit-Token", &token).await.expect(200).json();
        assert_eq!((&own["status"], &own["reason"]), (&json!("held"), &json!("word")));
        assert_eq!(app.get("/me/comments").by(&jon).await.expect(200).json()["items"], json!([]));
        // An edit does not help.
        let own = edit(app, &held, "All is well.").by(&ines).await.expect(200).json();
        assert_eq!((&own["status"], &own["source"]), (&json!("held"), &json!("All is well.")));
        app.get(&format!("/comments/{held}")).await.problem(404, "not_found");
    }

    async fn ones_own_comments_are_paged_and_found_by_their_article(app: TestApp) {
        ferry(app).await;
        app.article(json!({ "title": "Harbour", "section": "world" })).await;
        let ines = app.account("Ines", "reader").await;
        let mut posted = Vec::new();
        for article in ["ferry", "harbour", "ferry", "ferry"] {
            let call = app.post(&format!("/articles/{article}/comments")).by(&ines);
            posted.push(text(&call.json(&json!({ "body": "Hello." })).await.expect(201).json()["id"]));
        }
        let mut walked = Vec::new();
        let mut next = "/me/comments?article=ferry&limit=2".to_owned();
        loop {
            let page = app.get(&next).by(&ines).await.expect(200).json();
            walked.extend(page["items"].as_array().unwrap().iter().map(|own| text(&own["id"])));
            let Some(cursor) = page["next_cursor"].as_str() else { break };
            next = format!("/me/comments?article=ferry&limit=2&cursor={cursor}");
        }
        assert_eq!(walked, [posted[3].clone(), posted[2].clone(), posted[0].clone()]);
        app.get(&next).await.problem(401, "unauthorized");
        let jon = app.account("Jon", "reader").await;
        app.get(&next).by(&jon).await.problem(400, "bad_cursor");
        app.get("/me/comments?article=nowhere").by(&ines).await.problem(404, "not_found");
        app.get("/me/comments?article=A").by(&ines).unchecked().await.problem(400, "invalid_parameter");
    }
}
