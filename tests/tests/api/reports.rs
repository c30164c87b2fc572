//! Members report comments: once each, weighed by what came of their earlier reports.

use domain::id::CommentId;
use serde_json::{Value, json};
use tests::{PASSWORD, Reply, TestApp, both, ids, join_all, text};

const HIDDEN: &str = "she lives at Quay 7";

async fn article(app: &TestApp) -> Value {
    app.section("World", None).await;
    app.article(json!({ "title": "Ferry", "section": "world" }))
        .await
}

async fn comment(app: &TestApp, article: &Value, words: &str) -> String {
    text(&app.comment(article, words, None).await["id"])
}

async fn report(app: &TestApp, comment: &str, by: &str) -> Reply {
    let path = format!("/comments/{comment}/reports");
    app.post(&path)
        .bearer(by)
        .json(&json!({ "reason": "abuse" }))
        .await
}

/// What a moderator decides.
async fn decide(app: &TestApp, comment: &str, decision: &str) {
    let path = format!("/manage/comments/{comment}");
    let seen = app.get(&path).as_role("moderator").await.expect(200);
    let decided = app
        .post(&format!("{path}/decisions"))
        .as_role("moderator")
        .if_match(seen.version())
        .json(&json!({ "decision": decision }))
        .await
        .expect(200)
        .json();
    assert_eq!(decided["moderation"]["reports"], 0, "{decided}");
}

/// Where a comment waits, why, its open reports and what they weigh.
fn case(app: &TestApp, comment: &str) -> String {
    let id = CommentId::parse(comment).expect("an id").raw();
    let sql = format!(
        "SELECT COALESCE(desk, '-') || ' ' || COALESCE(reason, '-') || ' ' || reports || ' ' || weight AS line \
         FROM comment_cases WHERE comment_id = {id}"
    );
    app.lines(&sql).join("; ")
}

/// What the cases say of open reports is what the reports are.
fn assert_exact(app: &TestApp) {
    let wrong = app.lines(
        "SELECT CAST(k.comment_id AS TEXT) AS line FROM comment_cases k WHERE k.reports <> \
         (SELECT count(*) FROM comment_reports r WHERE r.comment_id = k.comment_id AND r.outcome IS NULL) \
         OR k.weight <> (SELECT COALESCE(sum(r.weight), 0) FROM comment_reports r \
         WHERE r.comment_id = k.comment_id AND r.outcome IS NULL)",
    );
    assert_eq!(wrong, Vec::<String>::new());
}

fn reported(app: &TestApp) -> i64 {
    app.count("SELECT count(*) FROM changes WHERE kind = 'reported'")
}

both! {
    async fn a_report_is_for_moderators_alone(app: TestApp) {
        let id = &comment(app, &article(app).await, "one").await;
        let member = app.member("reader");
        let path = &format!("/comments/{id}/reports");
        let body = json!({ "reason": "personal_data", "note": HIDDEN });
        let reply = app.post(path).bearer(&member.token).json(&body).await.expect(201);
        let answer = reply.json();
        assert!(text(&answer["id"]).starts_with("rep_"));
        assert_eq!((&answer["comment_id"], &answer["reason"]), (&json!(id), &json!("personal_data")));
        assert!(!reply.headers.contains_key("location"), "it is nowhere to be read by its author");
        assert_eq!(case(app, id), "reported - 1 100");
        let shown = app.get(&format!("/comments/{id}")).await.expect(200);
        assert_eq!(shown.json()["status"], "published");
        assert_eq!(reported(app), 1);
        let waiting = app.get("/manage/comments?status=reported").as_user("moderator").await.expect(200).json();
        assert_eq!((ids(&waiting), &waiting["items"][0]["moderation"]["report_weight"]), (vec![id.clone()], &json!(100)));

        let list = &format!("/manage/comments/{id}/reports");
        let page = app.get(list).as_user("moderator").await.expect(200).json();
        assert_eq!(page, json!({ "items": [{
            "id": answer["id"], "comment_id": id, "user_id": member.user.id.to_string(), "reason": "personal_data",
            "note": HIDDEN, "weight": 100, "created_at": answer["created_at"], "outcome": null, "resolved_at": null,
        }], "next_cursor": null }));
        app.get(list).await.problem(401, "unauthorized");
        for role in ["reader", "author", "editor"] {
            app.get(list).as_user(role).await.problem(403, "forbidden");
        }
        app.get("/manage/comments/cmt_0000000000000/reports").as_user("moderator").await.problem(404, "not_found");
        let log = app.get("/manage/changes?entity=comment").as_user("admin").await.expect(200).text();
        assert!(log.contains("reported") && !log.contains(HIDDEN));
        assert_exact(app);
    }

    async fn enough_reports_take_a_comment_off_the_page_until_a_moderator_has_seen_it(app: TestApp) {
        let article = article(app).await;
        let root = comment(app, &article, "root").await;
        let id = &text(&app.comment(&article, "bad", Some(&root)).await["id"]);
        let crowd = &app.crowd(5).await;
        for (number, member) in crowd[..2].iter().enumerate() {
            report(app, id, &member.token).await.expect(201);
            assert_eq!(case(app, id), format!("reported - {} {}", number + 1, (number + 1) * 100));
        }
        app.get(&format!("/comments/{id}")).await.expect(200);
        let third = report(app, id, &crowd[2].token).await.expect(201).json();
        assert_eq!(case(app, id), "held reported 3 300");
        app.get(&format!("/comments/{id}")).await.problem(404, "not_found");
        assert_eq!(app.get(&format!("/comments/{root}")).await.json()["reply_count"], 0);
        assert_eq!(app.get("/articles/ferry").await.json()["stats"]["comments"], 1);
        let log = app.lines("SELECT kind AS line FROM changes ORDER BY seq DESC LIMIT 2");
        assert_eq!(log, ["held", "reported"]);

        // Whoever lost the answer gets it, and whoever comes too late finds nothing.
        assert_eq!(report(app, id, &crowd[2].token).await.expect(200).json(), third);
        report(app, id, &crowd[3].token).await.problem(404, "not_found");

        decide(app, id, "approve").await;
        app.get(&format!("/comments/{id}")).await.expect(200);
        assert_eq!(app.get(&format!("/comments/{root}")).await.json()["reply_count"], 1);
        for member in &crowd[3..] {
            report(app, id, &member.token).await.expect(201);
        }
        assert_eq!(case(app, id), "- reported 2 0", "it was approved as it is");
        assert_exact(app);
    }

    async fn a_hundred_fresh_accounts_cannot_hold_what_was_approved(app: TestApp) {
        let id = &comment(app, &article(app).await, "unpopular").await;
        decide(app, id, "approve").await;
        let crowd = app.crowd(100).await;
        let all = crowd.iter().map(|member| async {
            loop {
                let reply = report(app, id, &member.token).await;
                if reply.status != 503 {
                    break reply.expect(201);
                }
            }
        });
        join_all(all).await;
        assert_eq!(case(app, id), "- - 100 0");
        app.get(&format!("/comments/{id}")).await.expect(200);
        assert_eq!(app.count("SELECT count(*) FROM comment_reports"), 100);
        assert_eq!(app.count("SELECT count(*) FROM changes WHERE kind = 'held'"), 0);
        assert_exact(app);
    }

    async fn another_text_can_be_reported_again(app: TestApp) {
        article(app).await;
        let author = app.member("reader");
        let mine = app.post("/articles/ferry/comments").bearer(&author.token).json(&json!({ "body": "harmless" })).await;
        let id = &text(&mine.expect(201).json()["id"]);
        decide(app, id, "approve").await;
        let crowd = app.crowd(8).await;
        for member in &crowd[..5] {
            report(app, id, &member.token).await.expect(201);
        }
        let path = format!("/comments/{id}");
        app.patch(&path).bearer(&author.token).json(&json!({ "body": "anything but" })).await.expect(200);
        for (number, member) in crowd[5..].iter().enumerate() {
            app.get(&path).await.expect(200);
            report(app, id, &member.token).await.expect(201);
            let waits = if number == 2 { "held reported" } else { "reported -" };
            assert_eq!(case(app, id), format!("{waits} {} {}", number + 6, (number + 1) * 100));
        }
        app.get(&path).await.problem(404, "not_found");
        assert_exact(app);
    }

    async fn who_was_mostly_wrong_weighs_little_and_who_was_right_more(app: TestApp) {
        let article = article(app).await;
        let (wrong, right) = (app.crowd(5).await, app.crowd(2).await);
        for number in 0..5 {
            let fine = &comment(app, &article, &format!("fine {number}")).await;
            for member in &wrong {
                // One after another, so that none of these is held before all have reported it.
                report(app, fine, &member.token).await.expect(201);
                decide(app, fine, "approve").await;
            }
            let bad = &comment(app, &article, &format!("bad {number}")).await;
            for member in &right {
                report(app, bad, &member.token).await.expect(201);
            }
            decide(app, bad, "reject").await;
        }
        let target = &comment(app, &article, "the next one").await;
        for member in &wrong {
            report(app, target, &member.token).await.expect(201);
        }
        let page = app.get(&format!("/manage/comments/{target}/reports")).as_user("moderator").await.json();
        let weights: Vec<i64> =
            page["items"].as_array().unwrap().iter().map(|item| item["weight"].as_i64().unwrap()).collect();
        assert!(weights.iter().all(|weight| *weight < 60), "{weights:?}");
        app.get(&format!("/comments/{target}")).await.expect(200);
        let other = &comment(app, &article, "another one").await;
        for member in &right {
            report(app, other, &member.token).await.expect(201);
        }
        app.get(&format!("/comments/{other}")).await.problem(404, "not_found");
        assert_exact(app);
    }

    async fn a_member_reports_a_comment_once(app: TestApp) {
        let id = &comment(app, &article(app).await, "one").await;
        let member = &app.member("reader");
        let path = &format!("/comments/{id}/reports");
        let body = json!({ "reason": "spam" });
        let keyed = async || app.post(path).bearer(&member.token).header("idempotency-key", "report-1").json(&body).await;
        let first = keyed().await.expect(201);
        let replay = keyed().await.expect(201);
        assert_eq!((replay.text(), replay.header("idempotency-replayed")), (first.text(), "true"));
        let other = json!({ "reason": "hate", "note": "and worse" });
        let again = app.post(path).bearer(&member.token).json(&other).await.expect(200);
        assert_eq!(again.json(), first.json(), "the first report counts");
        let crowd = app.crowd(1).await;
        let all = (0..30).map(|_| report(app, id, &crowd[0].token));
        let mut statuses: Vec<u16> = join_all(all).await.iter().map(|reply| reply.status).collect();
        statuses.sort_unstable();
        assert_eq!(statuses[29], 201);
        assert!(statuses[..29].iter().all(|status| *status == 200), "{statuses:?}");
        assert_eq!(case(app, id), "reported - 2 200");
        assert_eq!(reported(app), 2);
        assert_exact(app);
    }

    async fn of_many_at_once_each_counts_once_and_the_comment_is_held_once(app: TestApp) {
        let article = article(app).await;
        let (id, calm) = (&comment(app, &article, "bad").await, &comment(app, &article, "calm").await);
        let crowd = &app.crowd(60).await;
        let all = (0..120).map(|number| async move {
            let on = if number % 30 == 0 { calm } else { id };
            let reply = report(app, on, &crowd[number % 60].token).await;
            (on == id, reply.status)
        });
        let answers = join_all(all).await;
        let made = answers.iter().filter(|answer| **answer == (true, 201)).count();
        assert_eq!(made, 3, "the third one held it");
        assert!(answers.iter().all(|(_, status)| [200, 201, 404].contains(status)), "{answers:?}");
        assert_eq!(case(app, id), "held reported 3 300");
        assert_eq!(case(app, calm), "reported - 2 200");
        assert_eq!(app.count("SELECT count(*) FROM changes WHERE kind = 'held'"), 1);
        assert_eq!(app.get("/articles/ferry").await.json()["stats"]["comments"], 1);
        assert_exact(app);
    }

    async fn what_cannot_be_reported_is_refused(app: TestApp) {
        let article = article(app).await;
        let id = &comment(app, &article, "one").await;
        let path = &format!("/comments/{id}/reports");
        let good = json!({ "reason": "other" });
        app.post(path).json(&good).await.problem(401, "unauthorized");
        app.post(path).as_role("moderator").json(&good).await.problem(403, "forbidden");
        let member = &app.member("reader");
        for (body, code) in [
            (json!({}), "validation_failed"),
            (json!({ "reason": "dislike" }), "validation_failed"),
            (json!({ "reason": null }), "validation_failed"),
            (json!({ "reason": "spam", "note": "" }), "validation_failed"),
            (json!({ "reason": "spam", "note": "x".repeat(501) }), "validation_failed"),
            (json!({ "reason": "spam", "note": "a\u{0}b" }), "validation_failed"),
            (json!({ "reason": "spam", "weight": 100 }), "unknown_field"),
        ] {
            app.post(path).bearer(&member.token).json(&body).await.problem(422, code);
        }
        let own = app.post("/articles/ferry/comments").bearer(&member.token).json(&json!({ "body": "mine" })).await;
        let own = text(&own.expect(201).json()["id"]);
        report(app, &own, &member.token).await.problem(409, "own_comment");
        report(app, "cmt_0000000000000", &member.token).await.problem(404, "not_found");
        let rejected = comment(app, &article, "rejected").await;
        decide(app, &rejected, "reject").await;
        report(app, &rejected, &member.token).await.problem(404, "not_found");
        let unpublish = format!("/manage/articles/{}/unpublish", text(&article["id"]));
        app.post(&unpublish).as_role("editor").if_match(2).await.expect(200);
        report(app, id, &member.token).await.problem(404, "not_found");
        assert_eq!((app.count("SELECT count(*) FROM comment_reports"), reported(app)), (0, 0));
    }

    async fn the_list_of_reports_is_paged(app: TestApp) {
        let article = article(app).await;
        let (id, other) = (&comment(app, &article, "one").await, &comment(app, &article, "two").await);
        decide(app, id, "approve").await;
        let mut made = Vec::new();
        for member in app.crowd(7).await {
            made.push(text(&report(app, id, &member.token).await.expect(201).json()["id"]));
        }
        made.reverse();
        let read = async |path: String| app.get(&path).as_role("moderator").await;
        let first = read(format!("/manage/comments/{id}/reports?limit=4")).await.expect(200).json();
        let cursor = text(&first["next_cursor"]);
        let second = read(format!("/manage/comments/{id}/reports?limit=2&cursor={cursor}")).await.expect(200).json();
        assert_eq!([ids(&first), ids(&second)].concat(), made[..6]);
        read(format!("/manage/comments/{other}/reports?cursor={cursor}")).await.problem(400, "bad_cursor");
        let none = read(format!("/manage/comments/{other}/reports")).await.expect(200).json();
        assert_eq!(none, json!({ "items": [], "next_cursor": null }));
    }

    async fn an_erased_account_leaves_open_reports_without_its_name(app: TestApp) {
        let article = article(app).await;
        let ines = app.account("Ines", "reader").await;
        let bo = app.account("Bo", "reader").await;
        let (open, decided) = (&comment(app, &article, "open").await, &comment(app, &article, "decided").await);
        for (id, by) in [(open, &ines), (open, &bo), (decided, &ines), (decided, &bo)] {
            let body = json!({ "reason": "abuse", "note": format!("{HIDDEN}, says {}", by.id) });
            app.post(&format!("/comments/{id}/reports")).by(by).json(&body).await.expect(201);
        }
        decide(app, decided, "reject").await;
        let export = app.get("/me/export").by(&ines).await.expect(200).json();
        let told: Vec<Value> = export["reports"].as_array().unwrap().iter()
            .map(|one| json!([one["comment_id"], one["reason"], one["note"], one["outcome"]])).collect();
        let note = format!("{HIDDEN}, says {}", ines.id);
        assert_eq!(told, [json!([open, "abuse", note, null]), json!([decided, "abuse", note, "upheld"])]);
        app.delete("/me").by(&ines).json(&json!({ "current_password": PASSWORD })).await.expect(204);

        assert_eq!(case(app, open), "reported - 2 200", "the report goes on counting");
        let read = async |id: &str| {
            let page = app.get(&format!("/manage/comments/{id}/reports")).as_user("moderator").await.expect(200).json();
            page["items"].as_array().unwrap().iter().map(|one| json!([one["user_id"], one["note"].is_null()])).collect::<Vec<_>>()
        };
        assert_eq!(read(open).await, [json!([bo.id, false]), json!([null, true])]);
        assert_eq!(read(decided).await, [json!([bo.id, false])]);
        for line in app.dump() {
            assert!(!line.contains("ines@"), "{line}");
        }
        assert_exact(app);
    }
}
