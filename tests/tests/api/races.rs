//! Changes and transitions of one article at once: nobody's work is lost, and everybody knows
//! whose counted.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use domain::SystemActor;

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

    async fn publishing_and_making_anew_do_not_meet(app: TestApp) {
        app.section("World", None).await;
        let mut article = app.article(json!({ "section": "world", "slug": "race" })).await;
        let (store, stop) = (app.store(), Arc::new(AtomicBool::new(false)));
        let (now, stopping) = (app.now(), Arc::clone(&stop));
        let remaking = std::thread::spawn(move || {
            while !stopping.load(Ordering::Relaxed) {
                api::index::rebuild(&store, now, |_, _| {}).expect("everything is made anew");
            }
        });
        for round in 0..60 {
            let source = json!({ "body": { "source": format!("Round number{round}.") } });
            article = app.patch_article(&article, &source).await;
            article = app.publish(&article).await;
        }
        stop.store(true, Ordering::Relaxed);
        remaking.join().expect("it ends");
        let shown = app.get("/articles/race?body=text").await.expect(200).json();
        assert_eq!(shown["body"]["content"], "Round number59.");
        let found = async |word: &str| app.get(&format!("/search?q={word}+")).await.expect(200).json()["items"].clone();
        assert_eq!(found("number59").await[0]["article"]["slug"], "race");
        assert_eq!(found("number58").await, json!([]));
    }

    async fn a_comment_is_found_by_what_it_says_in_the_end(app: TestApp) {
        app.section("World", None).await;
        let article = app.article(json!({ "section": "world" })).await;
        let stop = Arc::new(AtomicBool::new(false));
        let (store, now, stopping) = (app.store(), app.now(), Arc::clone(&stop));
        let indexing = std::thread::spawn(move || {
            while !stopping.load(Ordering::Relaxed) {
                api::index::index_comments(&store, SystemActor::Command, now).expect("they are indexed");
            }
        });
        let all = join_all((0..40).map(async |number| {
            let comment = app.comment(&article, &format!("First before{number}."), None).await;
            let path = format!("/comments/{}", text(&comment["id"]));
            let changed = json!({ "body": format!("Then after{number}.") });
            app.patch(&path).header("x-edit-token", &text(&comment["edit_token"])).json(&changed).await.expect(200);
            text(&comment["id"])
        })).await;
        stop.store(true, Ordering::Relaxed);
        indexing.join().expect("it ends");
        app.settle_index();
        for (number, id) in all.iter().enumerate() {
            let path = format!("/manage/comments?q=after{number}+");
            let page = app.get(&path).as_role("moderator").await.expect(200).json();
            assert_eq!(page["items"][0]["id"], id.as_str(), "after{number}");
        }
    }
}
