//! Editors who change one article at once.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use tests::{TestApp, both, text};

fn path_of(article: &Value) -> String {
    format!("/manage/articles/{}", text(&article["id"]))
}

both! {
    async fn a_hundred_editors_lose_no_update(app: TestApp) {
        app.section("World", None).await;
        let draft = app.draft(json!({ "section": "world" })).await;
        let path = &path_of(&draft);
        let mut all: Vec<(i64, String)> = Vec::new();
        // Each round, a hundred build on what they have just read.
        for round in 0..3 {
            let version = app.get(path).as_role("editor").await.version();
            let editors = (0..100).map(|editor| async move {
                let title = format!("Round {round}, editor {editor}");
                let call = app.patch(path).as_role("editor").if_match(version);
                let reply = call.json(&json!({ "title": title })).await;
                if reply.status == 200 {
                    return Some((reply.version(), title));
                }
                let problem = reply.problem(412, "precondition_failed");
                assert!(problem["current_version"].as_i64().unwrap() > version, "{problem}");
                assert_eq!(problem["conflicts"], json!(["title"]));
                None
            });
            let succeeded: Vec<_> = tests::join_all(editors).await.into_iter().flatten().collect();
            assert_eq!(succeeded.len(), 1, "{succeeded:?}");
            all.extend(succeeded);
        }
        let versions: BTreeSet<i64> = all.iter().map(|(version, _)| *version).collect();
        assert_eq!(versions.into_iter().collect::<Vec<_>>(), [2, 3, 4]);
        for (version, title) in all {
            let path = format!("{path}/revisions/{version}");
            assert_eq!(app.get(&path).as_role("editor").await.expect(200).json()["title"], json!(title));
        }
    }

    async fn a_late_change_is_told_what_both_sides_changed(app: TestApp) {
        app.section("World", None).await;
        app.tag("Shipping").await;
        let mut article = app.article(json!({ "section": "world", "summary": "One." })).await;
        let path = &path_of(&article);
        article = app.patch_article(&article, &json!({ "title": "Theirs", "tags": ["shipping"] })).await;
        app.patch_article(&article, &json!({ "summary": null })).await;
        let conflicts = async |seen: i64, change: Value| {
            let reply = app.patch(path).as_role("editor").if_match(seen).json(&change).await;
            let problem = reply.problem(412, "precondition_failed");
            assert_eq!(problem["current_version"], 4);
            problem["conflicts"].clone()
        };
        // What was published as 2 was saved as 1.
        for seen in [1, 2] {
            assert_eq!(conflicts(seen, json!({ "title": "Mine", "language": "sv" })).await, json!(["title"]));
            let all = json!({ "summary": "Mine.", "tags": [], "title": "Mine", "slug": "mine" });
            assert_eq!(conflicts(seen, all).await, json!(["title", "summary"]));
            assert_eq!(conflicts(seen, json!({ "language": "sv" })).await, json!([]));
            assert_eq!(conflicts(seen, json!({ "tags": ["nothing"] })).await, json!([]));
        }
        assert_eq!(conflicts(3, json!({ "title": "Mine", "summary": "Mine." })).await, json!(["summary"]));
        assert_eq!(conflicts(9, json!({ "title": "Mine" })).await, Value::Null, "there was no such version");
    }

    async fn what_an_overwritten_autosave_said_is_not_made_up(app: TestApp) {
        app.section("World", None).await;
        let draft = app.draft(json!({ "section": "world" })).await;
        let path = &path_of(&draft);
        for version in 1..=3 {
            app.patch(&format!("{path}?autosave=true")).as_role("editor").if_match(version)
                .json(&json!({ "title": format!("T{version}") })).await.expect(200);
        }
        for (seen, conflicts) in [(1, json!(["title"])), (2, Value::Null), (3, Value::Null)] {
            let reply = app.patch(path).as_role("editor").if_match(seen).json(&json!({ "title": "Mine" })).await;
            assert_eq!(reply.problem(412, "precondition_failed")["conflicts"], conflicts, "{seen}");
        }
    }
}
