//! Moderators see what waits, and decide about it.

use domain::id::CommentId;
use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use reqwest::Method;
use serde_json::{Value, json};
use tests::{Call, Reply, TestApp, both, text};

async fn ferry(app: &TestApp) -> Value {
    app.section("World", None).await;
    app.article(json!({ "title": "Ferry", "section": "world" }))
        .await
}

async fn posted(app: &TestApp, parent: Option<&str>) -> String {
    let body = json!({ "body": "Hello.", "author_name": "Ines", "parent_id": parent });
    let call = app.post("/articles/ferry/comments").json(&body);
    text(&call.await.expect(201).json()["id"])
}

/// Makes a comment one that waits since `at`, as a rule would.
fn hold(app: &TestApp, id: &str, status: &str, at: i64) {
    let raw = CommentId::parse(id).unwrap().raw();
    let need = domain::comment::need(0, domain::Timestamp::from_millis(at));
    let sql = format!(
        "UPDATE comments SET status = '{status}', visible = FALSE WHERE id = {raw}; \
         UPDATE article_stats SET comments = comments - 1; \
         INSERT INTO comment_cases (comment_id, desk, need, opened_at, reason, rule_id, spans, reports, weight, shielded) \
         VALUES ({raw}, '{status}', {need}, {at}, 'word', 77, '[[0,5]]', 0, 0, FALSE)"
    );
    storage::testing::execute(app.database_url(), &sql).unwrap();
}

fn decide<'a>(app: &'a TestApp, id: &str, version: i64, decision: &str) -> Call<'a> {
    let call = app.post(&format!("/manage/comments/{id}/decisions"));
    call.as_role("moderator")
        .if_match(version)
        .json(&json!({ "decision": decision }))
}

async fn decided(app: &TestApp, id: &str, decision: &str) -> Value {
    let now = managed(app, id).await;
    decide(app, id, now["version"].as_i64().unwrap(), decision)
        .await
        .expect(200)
        .json()
}

async fn managed(app: &TestApp, id: &str) -> Value {
    app.get(&format!("/manage/comments/{id}"))
        .as_role("moderator")
        .await
        .expect(200)
        .json()
}

async fn queue(app: &TestApp, status: &str) -> Vec<String> {
    let list = app
        .get(&format!("/manage/comments?status={status}"))
        .as_role("moderator")
        .await
        .expect(200);
    ids(&list.json())
}

fn ids(list: &Value) -> Vec<String> {
    list["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|item| text(&item["id"]))
        .collect()
}

async fn read(app: &TestApp, id: &str) -> Reply {
    app.get(&format!("/comments/{id}")).await
}

both! {
    async fn what_waits_longest_comes_first_and_leaves_when_it_is_decided(app: TestApp) {
        ferry(app).await;
        let (a, b, c) = (posted(app, None).await, posted(app, None).await, posted(app, None).await);
        hold(app, &a, "held", 3_000);
        hold(app, &b, "held", 1_000);
        hold(app, &c, "spam", 2_000);
        assert_eq!(queue(app, "held").await, [b.clone(), a.clone()]);
        assert_eq!(queue(app, "spam").await, std::slice::from_ref(&c));
        assert!(queue(app, "reported").await.is_empty());
        let first = managed(app, &b).await;
        let moderation = &first["moderation"];
        assert_eq!((&moderation["desk"], &moderation["reason"]), (&json!("held"), &json!("word")));
        assert_eq!((&moderation["spans"], &first["source"]), (&json!([[0, 5]]), &json!("Hello.")));
        assert_eq!(moderation["rule_id"], json!(domain::id::RuleId::from_raw(77).to_string()));
        assert_eq!(first["status"], "held");
        read(app, &b).await.problem(404, "not_found");

        let approved = decide(app, &b, 1, "approve").await.expect(200);
        assert_eq!(approved.header("etag"), "\"2\"");
        let approved = approved.json();
        assert_eq!((&approved["status"], &approved["moderation"]["desk"]), (&json!("published"), &Value::Null));
        assert_eq!(approved["moderation"]["shielded"], true);
        assert!(text(&approved["moderation"]["decided_by"]).starts_with("api_key:key_"));
        assert_eq!(read(app, &b).await.expect(200).json()["status"], "published");
        assert_eq!(queue(app, "held").await, std::slice::from_ref(&a));
        decide(app, &a, 1, "reject").await.expect(200);
        decide(app, &c, 1, "approve").await.expect(200);
        assert!(queue(app, "held").await.is_empty() && queue(app, "spam").await.is_empty());
        assert_eq!(queue(app, "rejected").await, std::slice::from_ref(&a));
        assert_eq!(queue(app, "published").await, [c, b]);
        app.counters_are_right();
    }

    async fn a_desk_is_walked_once_while_it_is_worked_off(app: TestApp) {
        ferry(app).await;
        let mut all = Vec::new();
        for number in 0..7_i64 {
            let id = posted(app, None).await;
            // Some have waited equally long.
            hold(app, &id, "held", 1_000 + number / 3);
            all.push(id);
        }
        let mut walked = Vec::new();
        let mut next = "/manage/comments?status=held&limit=2".to_owned();
        loop {
            let page = app.get(&next).as_role("moderator").await.expect(200).json();
            for id in ids(&page) {
                decided(app, &id, "approve").await;
                walked.push(id);
            }
            let Some(cursor) = page["next_cursor"].as_str() else { break };
            next = format!("/manage/comments?status=held&limit=2&cursor={cursor}");
        }
        walked.sort();
        all.sort();
        assert_eq!(walked, all);
        app.get(&next.replace("held", "spam")).as_role("moderator").await.problem(400, "bad_cursor");
        app.get("/manage/comments?status=held&user=usr_0000000000001").as_role("moderator").unchecked().await.problem(400, "invalid_parameter");
        app.get("/manage/comments?status=nonsense").as_role("moderator").unchecked().await.problem(400, "invalid_parameter");
    }

    async fn nothing_is_decided_about_what_was_not_read(app: TestApp) {
        ferry(app).await;
        let body = json!({ "body": "Kind words.", "author_name": "Ines" });
        let comment = app.post("/articles/ferry/comments").json(&body).await.expect(201).json();
        let (id, token) = (text(&comment["id"]), text(&comment["edit_token"]));
        let edit = app.patch(&format!("/comments/{id}")).header("X-Edit-Token", &token);
        edit.json(&json!({ "body": "Something else." })).await.expect(200);
        let stale = decide(app, &id, 1, "approve").await.problem(412, "precondition_failed");
        assert_eq!(stale["current_version"], 2);
        let call = app.post(&format!("/manage/comments/{id}/decisions")).as_role("moderator");
        call.json(&json!({ "decision": "approve" })).unchecked().await.problem(428, "precondition_required");
        decide(app, &id, 2, "approve").await.expect(200);
        // An edit takes the moderator's word off it.
        let edit = app.patch(&format!("/comments/{id}")).header("X-Edit-Token", &token);
        edit.json(&json!({ "body": "Worse." })).await.expect(200);
        assert_eq!(managed(app, &id).await["moderation"]["shielded"], false);
    }

    async fn what_is_removed_keeps_the_place_of_its_replies_and_can_come_back(app: TestApp) {
        ferry(app).await;
        let root = posted(app, None).await;
        let reply = posted(app, Some(&root)).await;
        for (decision, status) in [("reject", "rejected"), ("spam", "spam"), ("delete", "deleted")] {
            let out = decided(app, &root, decision).await;
            assert_eq!((&out["status"], &out["body"]["text"]), (&json!(status), &json!("Hello.")), "{decision}");
            let stone = read(app, &root).await.expect(200).json();
            assert_eq!((&stone["status"], &stone["body"]["html"], &stone["author"]["name"]), (&json!("deleted"), &Value::Null, &Value::Null));
            assert_eq!(read(app, &reply).await.expect(200).json()["parent_id"], json!(root));
            app.counters_are_right();
        }
        let back = decided(app, &root, "restore").await;
        assert_eq!(back["status"], "spam");
        decide(app, &root, back["version"].as_i64().unwrap(), "restore").await.problem(409, "wrong_state");
        assert_eq!(queue(app, "spam").await, std::slice::from_ref(&root));
        decided(app, &root, "approve").await;
        assert_eq!(read(app, &root).await.expect(200).json()["status"], "published");
        app.counters_are_right();
    }

    async fn nobody_brings_back_what_its_author_took_back(app: TestApp) {
        ferry(app).await;
        let body = json!({ "body": "Kind words.", "author_name": "Ines" });
        let comment = app.post("/articles/ferry/comments").json(&body).await.expect(201).json();
        let id = text(&comment["id"]);
        let call = app.call(Method::DELETE, &format!("/api/v1/comments/{id}"));
        call.header("X-Edit-Token", &text(&comment["edit_token"])).await.expect(204);
        let gone = managed(app, &id).await;
        assert_eq!((&gone["status"], &gone["moderation"]["reason"]), (&json!("deleted"), &json!("author")));
        let version = gone["version"].as_i64().unwrap();
        for decision in ["approve", "reject", "spam", "delete", "restore", "pin", "feature", "unpin", "unfeature"] {
            decide(app, &id, version, decision).await.problem(409, "wrong_state");
        }
        let edit = app.patch(&format!("/manage/comments/{id}")).as_role("moderator").if_match(version);
        edit.json(&json!({ "body": "x" })).await.problem(409, "wrong_state");
    }

    async fn what_is_pinned_comes_first_by_rank_and_not_by_time(app: TestApp) {
        ferry(app).await;
        let (a, b, c) = (posted(app, None).await, posted(app, None).await, posted(app, None).await);
        let reply = posted(app, Some(&a)).await;
        let order = async |sort: &str| ids(&app.get(&format!("/articles/ferry/comments?sort={sort}")).await.json());
        let pinned = decided(app, &a, "pin").await;
        assert_eq!(pinned["pinned"], true);
        for sort in ["best", "hot", "controversial"] {
            assert_eq!(order(sort).await, [a.clone(), c.clone(), b.clone()], "{sort}");
        }
        assert_eq!(order("newest").await, [c.clone(), b.clone(), a.clone()]);
        assert_eq!(decided(app, &a, "pin").await["pinned"], true);
        assert_eq!(decided(app, &a, "unpin").await["pinned"], false);
        assert_eq!(order("best").await, [c.clone(), b.clone(), a.clone()]);
        decide(app, &reply, 1, "pin").await.problem(409, "wrong_state");
        decided(app, &b, "pin").await;
        assert_eq!(decided(app, &b, "feature").await["featured"], true);
        assert_eq!(read(app, &b).await.json()["featured"], true);
        // What is removed is not on top when it comes back.
        decided(app, &b, "delete").await;
        let back = decided(app, &b, "restore").await;
        assert_eq!((&back["pinned"], &back["featured"]), (&json!(false), &json!(false)));
        assert_eq!(order("best").await, [c, b, a]);
    }

    async fn a_moderator_changes_a_text_and_notes_why(app: TestApp) {
        ferry(app).await;
        let id = posted(app, None).await;
        let evil = json!({ "body": "Call <script>alert(1)</script> [me](javascript:x)." });
        let edit = app.patch(&format!("/manage/comments/{id}")).as_role("moderator").if_match(1);
        let edited = edit.json(&evil).await.expect(200).json();
        assert_eq!((&edited["version"], &edited["status"]), (&json!(2), &json!("published")));
        let html = text(&edited["body"]["html"]);
        assert!(!html.contains("<script") && !html.contains("href"), "{html}");
        assert_eq!(read(app, &id).await.json()["body"], edited["body"]);
        let call = app.post(&format!("/manage/comments/{id}/notes")).as_role("moderator").header("Idempotency-Key", "n1");
        let note = call.json(&json!({ "text": "The third one." })).await.expect(201).json();
        let call = app.post(&format!("/manage/comments/{id}/notes")).as_role("moderator").header("Idempotency-Key", "n1");
        assert_eq!(call.json(&json!({ "text": "The third one." })).await.expect(201).json(), note);
        let call = app.post(&format!("/manage/comments/{id}/decisions")).as_role("moderator").if_match(2);
        call.json(&json!({ "decision": "reject", "note": "Enough." })).await.expect(200);
        let history = app.get(&format!("/manage/comments/{id}/history?limit=2")).as_role("moderator").await.expect(200).json();
        let cursor = text(&history["next_cursor"]);
        let rest = app.get(&format!("/manage/comments/{id}/history?limit=2&cursor={cursor}")).as_role("moderator").await.expect(200).json();
        let all: Vec<(String, Value)> = [&history, &rest].iter().flat_map(|page| page["items"].as_array().unwrap())
            .map(|entry| (text(&entry["what"]), entry["note"].clone())).collect();
        let expected = [("edit", Value::Null), ("note", json!("The third one.")), ("reject", json!("Enough."))];
        assert_eq!(all, expected.map(|(what, note)| (what.to_owned(), note)));
        for bad in [json!({ "text": "" }), json!({ "text": "x".repeat(1001) }), json!({})] {
            let call = app.post(&format!("/manage/comments/{id}/notes")).as_role("moderator").json(&bad);
            assert_eq!(call.unchecked().await.status, 422, "{bad}");
        }
    }

    async fn an_account_has_a_history(app: TestApp) {
        ferry(app).await;
        let ines = app.account("Ines", "reader").await;
        let mut hers = Vec::new();
        for _ in 0..3 {
            let call = app.post("/articles/ferry/comments").by(&ines).json(&json!({ "body": "Hello." }));
            hers.push(text(&call.await.expect(201).json()["id"]));
        }
        posted(app, None).await;
        decided(app, &hers[1], "reject").await;
        let list = async |more: &str| {
            let path = format!("/manage/comments?user={}{more}", ines.id);
            ids(&app.get(&path).as_role("moderator").await.expect(200).json())
        };
        assert_eq!(list("").await, [hers[2].clone(), hers[1].clone(), hers[0].clone()]);
        assert_eq!(list("&status=rejected").await, [hers[1].clone()]);
    }

    async fn many_are_decided_at_once_each_by_itself(app: TestApp) {
        ferry(app).await;
        let mut all = Vec::new();
        for _ in 0..20 {
            let id = posted(app, None).await;
            hold(app, &id, "held", 1_000);
            all.push(id);
        }
        decided(app, &all[3], "delete").await;
        let items: Vec<Value> = all.iter().map(|id| json!({ "comment": id, "version": 1 })).collect();
        let mut asked = items.clone();
        asked.push(json!({ "comment": "cmt_0000000000001", "version": 1 }));
        let bulk = |items: &[Value]| {
            let call = app.post("/manage/bulk/comments").as_role("moderator").header("Idempotency-Key", "b1");
            call.json(&json!({ "decision": "approve", "items": items }))
        };
        let answer = bulk(&asked).await.expect(200).json();
        assert_eq!(answer["failed"], 2);
        for (place, item) in answer["items"].as_array().unwrap().iter().enumerate() {
            let (status, code) = match place {
                3 => (412, json!("precondition_failed")),
                20 => (404, json!("not_found")),
                _ => (200, Value::Null),
            };
            assert_eq!((&item["status"], &item["problem"]["code"]), (&json!(status), &code), "{place}");
            assert_eq!(item["result"].is_null(), status != 200);
        }
        let again = bulk(&asked).await.expect(200);
        assert_eq!(again.json(), { let mut same = answer.clone(); for place in [3, 20] { same["items"][place]["problem"]["instance"] = again.json()["items"][place]["problem"]["instance"].clone(); } same });
        bulk(&items).await.problem(422, "idempotency_key_reused");
        assert_eq!(app.get("/articles/ferry").await.json()["stats"]["comments"], 19);
        app.counters_are_right();
        let call = |items: Value| app.post("/manage/bulk/comments").as_role("moderator").json(&json!({ "decision": "approve", "items": items })).unchecked();
        let one = json!({ "comment": all[0], "version": 1 });
        for bad in [json!([]), json!([one, one]), json!(vec![one.clone(); 201]), json!([{ "comment": "x", "version": 1 }]), json!([{ "comment": all[0], "version": 0 }])] {
            call(bad).await.problem(422, "validation_failed");
        }
    }

    async fn whatever_is_decided_in_whatever_order_every_counter_is_right(app: TestApp) {
        ferry(app).await;
        let mut all = vec![posted(app, None).await];
        for parent in [0, 0, 1, 2, 3, 3, 5] {
            let parent: String = all[parent].clone();
            all.push(posted(app, Some(&parent)).await);
        }
        let decisions = ["approve", "reject", "spam", "delete", "restore", "pin", "unpin", "feature", "unfeature"];
        let mut runner = TestRunner::new_with_rng(Config::default(), TestRng::deterministic_rng(RngAlgorithm::ChaCha));
        let steps = proptest::collection::vec((0..all.len(), 0..decisions.len()), 60);
        let steps = steps.new_tree(&mut runner).unwrap().current();
        for (comment, decision) in steps {
            let id = &all[comment];
            let version = managed(app, id).await["version"].as_i64().unwrap();
            let reply = decide(app, id, version, decisions[decision]).await;
            assert!([200, 409].contains(&reply.status), "{}", reply.text());
            app.counters_are_right();
        }
    }

    async fn moderators_who_decide_at_once_leave_the_counters_right(app: TestApp) {
        ferry(app).await;
        let root = posted(app, None).await;
        let mut replies = Vec::new();
        for _ in 0..6 {
            replies.push(posted(app, Some(&root)).await);
        }
        let turns = replies.iter().enumerate().map(|(place, id)| async move {
            for decision in ["reject", "approve", "delete", "restore", "spam"].iter().cycle().skip(place).take(8) {
                let version = managed(app, id).await["version"].as_i64().unwrap();
                let reply = decide(app, id, version, decision).await;
                assert!([200, 409].contains(&reply.status), "{}", reply.text());
            }
        });
        let roots = async {
            for decision in ["reject", "approve", "delete", "restore", "spam", "approve"] {
                decided(app, &root, decision).await;
            }
        };
        futures_util::future::join(futures_util::future::join_all(turns), roots).await;
        app.counters_are_right();
    }
}
