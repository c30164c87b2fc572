//! Members are told who answered them, and what became of a comment that waited.

use serde_json::{Value, json};
use tests::{Account, TestApp, both, text};

async fn ferry(app: &TestApp) -> Value {
    app.section("World", None).await;
    app.article(json!({ "title": "Ferry", "section": "world" }))
        .await
}

async fn say(app: &TestApp, by: Option<&Account>, parent: Option<&str>) -> Value {
    let call = app.post("/articles/ferry/comments");
    let (call, body) = match by {
        Some(account) => (
            call.by(account),
            json!({ "body": "Hello.", "parent_id": parent }),
        ),
        None => (
            call,
            json!({ "body": "Hello.", "parent_id": parent, "author_name": "Max" }),
        ),
    };
    call.json(&body).await.json()
}

async fn told(app: &TestApp, account: &Account) -> Vec<(String, String)> {
    let page = app
        .get("/me/notifications")
        .by(account)
        .await
        .expect(200)
        .json();
    let items = page["items"].as_array().unwrap().iter();
    items
        .map(|item| (text(&item["kind"]), text(&item["comment"]["id"])))
        .collect()
}

async fn decide(app: &TestApp, comment: &str, decision: &str) {
    let path = format!("/manage/comments/{comment}");
    let version = app.get(&path).as_role("moderator").await.version();
    app.post(&format!("{path}/decisions"))
        .as_role("moderator")
        .if_match(version)
        .json(&json!({ "decision": decision }))
        .await
        .expect(200);
}

async fn premoderate(app: &TestApp) {
    let version = app.get("/manage/settings").as_user("admin").await.version();
    app.patch("/manage/settings")
        .as_user("admin")
        .if_match(version)
        .json(&json!({ "comment_options": { "premoderation": "all" } }))
        .await
        .expect(200);
}

fn pair(kind: &str, comment: &str) -> (String, String) {
    (kind.to_owned(), comment.to_owned())
}

both! {
    async fn a_reply_is_told_to_whoever_was_answered_and_to_nobody_else(app: TestApp) {
        ferry(app).await;
        let (ines, bo) = (app.account("Ines", "reader").await, app.account("Bo", "reader").await);
        let root = text(&say(app, Some(&ines), None).await["id"]);
        say(app, Some(&ines), Some(&root)).await;
        assert_eq!(told(app, &ines).await, [], "one's own reply is no news");
        app.advance(1);
        let by_guest = text(&say(app, None, Some(&root)).await["id"]);
        app.advance(1);
        let by_bo = text(&say(app, Some(&bo), Some(&root)).await["id"]);
        app.advance(1);
        let below = text(&say(app, Some(&ines), Some(&by_bo)).await["id"]);
        assert_eq!(told(app, &ines).await, [pair("reply", &by_bo), pair("reply", &by_guest)]);
        assert_eq!(told(app, &bo).await, [pair("reply", &below)]);
        let page = app.get("/me/notifications").by(&ines).await.json();
        let mut comment = app.get(&format!("/comments/{by_bo}")).await.json();
        comment.as_object_mut().unwrap().remove("replies");
        assert_eq!(page["items"][0]["comment"], comment);
        assert_eq!(page["items"][0]["at"], app.in_seconds(-1));
        // What is gone is not told of, and comes back with the comment.
        decide(app, &by_bo, "reject").await;
        assert_eq!(told(app, &ines).await, [pair("reply", &by_guest)]);
        decide(app, &by_bo, "approve").await;
        assert_eq!(told(app, &ines).await, [pair("reply", &by_bo), pair("reply", &by_guest)]);
    }

    async fn a_reply_at_the_last_level_is_told_to_whoever_it_answers(app: TestApp) {
        ferry(app).await;
        let ines = app.account("Ines", "reader").await;
        let mut last = text(&say(app, None, None).await["id"]);
        for _ in 0..8 {
            last = text(&say(app, None, Some(&last)).await["id"]);
        }
        let deepest = say(app, Some(&ines), Some(&last)).await;
        assert_eq!(deepest["depth"], 9);
        let answer = say(app, None, Some(&text(&deepest["id"]))).await;
        assert_eq!((&answer["in_reply_to_id"], &answer["parent_id"]), (&deepest["id"], &deepest["parent_id"]));
        assert_eq!(told(app, &ines).await, [pair("reply", &text(&answer["id"]))]);
    }

    async fn what_moderators_decide_about_what_waits_is_told_to_its_author(app: TestApp) {
        ferry(app).await;
        let (ines, bo) = (app.account("Ines", "reader").await, app.account("Bo", "reader").await);
        let root = text(&say(app, Some(&bo), None).await["id"]);
        premoderate(app).await;
        let mut waiting = Vec::new();
        for _ in 0..4 {
            waiting.push(text(&say(app, Some(&ines), Some(&root)).await["id"]));
        }
        assert_eq!(told(app, &bo).await, [], "a reply that waits is told to nobody");
        for (comment, decision) in waiting.iter().zip(["approve", "reject", "spam", "delete"]) {
            app.advance(1);
            decide(app, comment, decision).await;
        }
        let [approved, rejected, _, deleted] = &waiting[..] else { panic!() };
        let expected = [pair("rejected", deleted), pair("rejected", rejected), pair("approved", approved)];
        assert_eq!(told(app, &ines).await, expected, "spam still seems to wait");
        assert_eq!(told(app, &bo).await, [pair("reply", approved)]);
        // What is decided about what everybody saw is told to nobody.
        decide(app, &root, "reject").await;
        assert_eq!(told(app, &bo).await, [pair("reply", approved)]);
    }

    async fn they_are_paged_private_and_gone_with_the_account(app: TestApp) {
        let article = ferry(app).await;
        let ines = app.account("Ines", "reader").await;
        let root = text(&say(app, Some(&ines), None).await["id"]);
        let mut replies = Vec::new();
        for n in 0..25 {
            if n % 3 == 0 {
                app.advance(1);
            }
            replies.push(text(&say(app, None, Some(&root)).await["id"]));
        }
        replies.reverse();
        let (mut met, mut cursor) = (Vec::new(), String::new());
        loop {
            let reply = app.get(&format!("/me/notifications?limit=7{cursor}")).by(&ines).await.expect(200);
            assert_eq!(reply.header("cache-control"), "private, no-store");
            let page = reply.json();
            met.extend(page["items"].as_array().unwrap().iter().map(|item| text(&item["comment"]["id"])));
            let Some(next) = page["next_cursor"].as_str() else { break };
            cursor = format!("&cursor={next}");
        }
        assert_eq!(met, replies);
        app.get("/me/notifications").await.problem(401, "unauthorized");
        app.get("/me/notifications").as_role("admin").await.problem(403, "forbidden");
        let bo = app.account("Bo", "reader").await;
        app.get(&format!("/me/notifications?limit=7{cursor}")).by(&bo).await.problem(400, "bad_cursor");
        let export = app.get("/me/export").by(&ines).await.expect(200).json();
        assert_eq!(export["notifications"].as_array().unwrap().len(), 25);
        // An article that is not public takes the replies with it.
        let path = format!("/manage/articles/{}/unpublish", text(&article["id"]));
        app.post(&path).as_role("editor").if_match(2).await.expect(200);
        assert_eq!(told(app, &ines).await, []);
        app.delete("/me").by(&ines).json(&json!({ "current_password": tests::PASSWORD })).await.expect(204);
        assert_eq!(app.count("SELECT count(*) FROM notifications"), 0);
    }
}
