//! Changes and transitions of one article at once: nobody's work is lost, and everybody knows
//! whose counted.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use tests::{Reply, TestApp, both, join_all, text};

/// What one of them does with the version that they have read.
async fn act(app: &TestApp, path: &str, editor: usize, version: i64) -> Reply {
    let call = match editor % 5 {
        0 => app.post(&format!("{path}/publish")).json(&json!({})),
        1 => app.post(&format!("{path}/unpublish")),
        _ => app
            .patch(path)
            .json(&json!({ "summary": format!("By editor {editor} upon {version}.") })),
    };
    call.as_role("editor").if_match(version).await
}

/// The version of a success; none for a refusal, which names the version to build on.
fn outcome(reply: &Reply, from: i64) -> Option<i64> {
    match reply.status {
        200 => Some(reply.version()),
        // Whoever has the present version, and asks for what its state does not allow.
        409 => {
            reply.problem(409, "wrong_state");
            None
        }
        _ => {
            let told = reply.problem(412, "precondition_failed");
            assert!(told["current_version"].as_i64() > Some(from), "{told}");
            None
        }
    }
}

both! {
    async fn of_a_hundred_changes_and_transitions_one_counts(app: TestApp) {
        app.section("World", None).await;
        let article = app.article(json!({ "section": "world" })).await;
        let path = &format!("/manage/articles/{}", text(&article["id"]));
        let mut last = article["version"].as_i64().unwrap();
        let mut handed_out = BTreeSet::new();
        for _round in 0..3 {
            let all = join_all((0..100).map(|editor| act(app, path, editor, last))).await;
            let won: Vec<i64> = all.iter().filter_map(|reply| outcome(reply, last)).collect();
            assert_eq!(won, [last + 1], "one of a hundred builds on a version");
            last += 1;
            assert!(handed_out.insert(last));
        }
        let now = app.get(path).as_role("editor").await.expect(200).json();
        assert_eq!(now["version"], last);
    }

    async fn whoever_reads_again_is_heard_in_the_end(app: TestApp) {
        app.section("World", None).await;
        let article = app.draft(json!({ "section": "world" })).await;
        let path = &format!("/manage/articles/{}", text(&article["id"]));
        let tags: Vec<String> = (0..20).map(|editor| format!("Editor {editor}")).collect();
        for tag in &tags {
            app.tag(tag).await;
        }
        // Each adds a tag of their own to what is there.
        let insist = |editor: usize| async move {
            let own = json!(format!("editor-{editor}"));
            loop {
                let seen = app.get(path).as_role("editor").await.expect(200).json();
                let mut tags: Vec<Value> = seen["tags"].as_array().unwrap().clone();
                tags.push(own.clone());
                let version = seen["version"].as_i64().unwrap();
                let reply = app.patch(path).as_role("editor").if_match(version)
                    .json(&json!({ "tags": tags })).await;
                if let Some(version) = outcome(&reply, version) {
                    return version;
                }
            }
        };
        let versions: BTreeSet<i64> = join_all((0..20).map(insist)).await.into_iter().collect();
        assert_eq!(versions, (2..=21).collect(), "each success has a version of its own");
        let now = app.get(path).as_role("editor").await.expect(200).json();
        assert_eq!(now["tags"].as_array().map(Vec::len), Some(20), "no update is lost");
    }
}
