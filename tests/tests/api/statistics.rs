//! What readers sent and moderators did, in numbers.

use serde_json::{Value, json};
use tests::{TestApp, both, text};

async fn ferry(app: &TestApp) {
    app.section("World", None).await;
    app.article(json!({ "title": "Ferry", "section": "world" }))
        .await;
}

async fn rule(app: &TestApp, word: &str, action: &str) -> String {
    let body = json!({ "kind": "word", "pattern": word, "match": "word", "action": action });
    let made = app
        .post("/manage/comment-rules")
        .as_role("moderator")
        .json(&body)
        .await;
    text(&made.expect(201).json()["id"])
}

async fn post(app: &TestApp, words: &str) -> Value {
    let body = json!({ "body": words, "author_name": "Max" });
    app.post("/articles/ferry/comments")
        .json(&body)
        .await
        .json()
}

async fn decide(app: &TestApp, role: &str, comment: &Value, decision: &str) {
    let path = format!("/manage/comments/{}", text(&comment["id"]));
    let version = app.get(&path).as_user(role).await.version();
    app.post(&format!("{path}/decisions"))
        .as_user(role)
        .if_match(version)
        .json(&json!({ "decision": decision }))
        .await
        .expect(200);
}

async fn statistics(app: &TestApp, query: &str) -> Value {
    let path = format!("/manage/comment-statistics{query}");
    app.get(&path).as_role("moderator").await.expect(200).json()
}

both! {
    async fn days_rules_and_moderators_are_counted(app: TestApp) {
        ferry(app).await;
        let (held, spam, refused) = (rule(app, "fog", "hold").await, rule(app, "pills", "spam").await, rule(app, "storm", "reject").await);
        let app = &app.beside(|_| {}).await;
        let (today, date) = (app.in_seconds(0), |at: &str| at.chars().take(10).collect::<String>());
        let mut comments = Vec::new();
        for words in ["one", "two", "fog", "fog again", "pills", "storm", "storm", "storm"] {
            comments.push(post(app, words).await);
        }
        decide(app, "moderator", &comments[2], "approve").await;
        decide(app, "moderator", &comments[0], "reject").await;
        decide(app, "admin", &comments[1], "pin").await;
        app.advance(24 * 60 * 60);
        post(app, "three").await;
        decide(app, "admin", &comments[3], "delete").await;
        let tomorrow = app.in_seconds(0);
        app.settle_tallies();
        let found = statistics(app, "").await;
        assert_eq!((&found["until"], found["days"].as_array().unwrap().len()), (&json!(date(&tomorrow)), 7));
        let none = json!({ "approved": 0, "rejected": 0, "spam": 0, "deleted": 0, "restored": 0, "other": 0 });
        let with = |changes: &[(&str, i64)]| {
            let mut counts = none.clone();
            for (what, number) in changes {
                counts[what] = json!(number);
            }
            counts
        };
        assert_eq!(found["days"][5], json!({ "date": date(&today), "published": 2, "held": 2, "spam": 1, "refused": 3, "reports": 0,
            "decisions": with(&[("approved", 1), ("rejected", 1), ("other", 1)]) }));
        assert_eq!(found["days"][6], json!({ "date": date(&tomorrow), "published": 1, "held": 0, "spam": 0, "refused": 0, "reports": 0,
            "decisions": with(&[("deleted", 1)]) }));
        assert_eq!(found["rules"], json!([
            { "rule_id": refused, "held": 0, "spam": 0, "refused": 3 },
            { "rule_id": held, "held": 2, "spam": 0, "refused": 0 },
            { "rule_id": spam, "held": 0, "spam": 1, "refused": 0 },
        ]));
        let moderators = found["moderators"].as_array().unwrap();
        let counts: Vec<&Value> = moderators.iter().map(|one| &one["decisions"]).collect();
        assert_eq!(counts.len(), 2);
        assert!(counts.contains(&&with(&[("approved", 1), ("rejected", 1)])) && counts.contains(&&with(&[("deleted", 1), ("other", 1)])), "{counts:?}");
        assert!(moderators.iter().all(|one| text(&one["by"]).starts_with("user:usr_")) && moderators[0]["by"] != moderators[1]["by"]);
        let one = statistics(app, &format!("?from={0}&until={0}", date(&today))).await;
        assert_eq!(one["days"], json!([found["days"][5]]));
    }

    async fn a_time_that_is_none_is_refused(app: TestApp) {
        for query in ["?from=2026-11-31", "?until=tomorrow", "?from=2026-11-02&until=2026-11-01", "?from=2026-01-01&until=2026-06-01", "?from=0000-00-00", "?day=1"] {
            let path = format!("/manage/comment-statistics{query}");
            assert_eq!(app.get(&path).as_role("moderator").await.status, 400, "{query}");
        }
        let found = statistics(app, "?from=9999-12-31&until=9999-12-31").await;
        assert_eq!(found["days"][0]["date"], "9999-12-31");
        statistics(app, "?from=0001-01-01&until=0001-01-02").await;
    }
}
