//! Threads: order, first replies, depth, counters.

use std::collections::HashSet;

use serde_json::{Value, json};
use tests::{TestApp, both, ids, text};

async fn article(app: &TestApp) -> Value {
    app.section("World", None).await;
    app.article(json!({ "title": "Ferry", "section": "world" }))
        .await
}

both! {
    async fn roots_come_with_their_first_replies(app: TestApp) {
        let article = article(app).await;
        let mut roots = Vec::new();
        for index in 0..3 {
            roots.push(text(&app.comment(&article, &format!("root {index}"), None).await["id"]));
        }
        let mut replies = Vec::new();
        for index in 0..5 {
            replies.push(text(&app.comment(&article, &format!("reply {index}"), Some(&roots[1])).await["id"]));
        }
        let page = app.get("/articles/ferry/comments?sort=oldest").await.expect(200).json();
        assert_eq!(ids(&page), roots);
        let second = &page["items"][1];
        assert_eq!(second["reply_count"], 5);
        assert_eq!(ids(&second["replies"]), replies[..3]);
        assert!(second["replies"]["next_cursor"].is_string());
        assert_eq!(page["items"][0]["replies"], json!({ "items": [], "next_cursor": null }));

        let cursor = text(&second["replies"]["next_cursor"]);
        let rest = app.get(&format!("/comments/{}/replies?cursor={cursor}", roots[1])).await.expect(200).json();
        assert_eq!(ids(&rest), replies[3..]);

        let newest = app.get("/articles/ferry/comments?sort=newest&replies=10").await.expect(200).json();
        let mut reversed = roots.clone();
        reversed.reverse();
        assert_eq!(ids(&newest), reversed);
        assert_eq!(ids(&newest["items"][1]["replies"]), replies);
        assert_eq!(newest["items"][1]["replies"]["next_cursor"], Value::Null);
        let none = app.get("/articles/ferry/comments?sort=oldest&replies=0").await.expect(200).json();
        assert_eq!(none["items"][1]["replies"]["items"], json!([]));
        for replies in ["-1", "11", "x"] {
            app.get(&format!("/articles/ferry/comments?replies={replies}")).await.problem(400, "invalid_parameter");
        }
    }

    async fn walks_meet_every_comment_once(app: TestApp) {
        let article = article(app).await;
        let root = text(&app.comment(&article, "root", None).await["id"]);
        for index in 0..12 {
            app.comment(&article, &format!("more {index}"), None).await;
            app.comment(&article, &format!("reply {index}"), Some(&root)).await;
        }
        for (path, total) in [
            ("/articles/ferry/comments?sort=newest&limit=5".to_owned(), 13),
            ("/articles/ferry/comments?sort=oldest&limit=4".to_owned(), 13),
            (format!("/comments/{root}/replies?limit=5"), 12),
            (format!("/comments/{root}/replies?limit=5&sort=newest"), 12),
            ("/comments?limit=7".to_owned(), 25),
        ] {
            let ids = app.walk(&path).await;
            assert_eq!(ids.len(), total, "{path}");
            assert_eq!(ids.iter().collect::<HashSet<_>>().len(), total, "{path}");
        }
    }

    async fn a_thread_grows_ten_levels_deep_and_no_deeper(app: TestApp) {
        let article = article(app).await;
        let mut parent: Option<String> = None;
        let mut chain: Vec<Value> = Vec::new();
        for level in 0..13 {
            let comment = app.comment(&article, &format!("level {level}"), parent.as_deref()).await;
            assert_eq!(comment["depth"], level.min(9), "{comment}");
            assert_eq!(comment["root_id"], chain.first().map_or(&comment["id"], |root| &root["id"]).clone());
            if level > 9 {
                assert_eq!(comment["in_reply_to_id"], chain[level - 1]["id"], "{comment}");
                assert_eq!(comment["parent_id"], chain[8]["id"], "{comment}");
            } else {
                assert_eq!(comment["in_reply_to_id"], Value::Null, "{comment}");
            }
            parent = Some(text(&comment["id"]));
            chain.push(comment);
        }
        let ninth = app.get(&format!("/comments/{}", text(&chain[8]["id"]))).await.expect(200).json();
        assert_eq!(ninth["reply_count"], 4);
        assert_eq!(app.get("/articles/ferry").await.json()["stats"]["comments"], 13);
    }

    async fn counters_survive_a_crowd(app: TestApp) {
        let article = article(app).await;
        let root = text(&app.comment(&article, "root", None).await["id"]);
        let crowd = (0..40).map(|index| {
            let parent = (index % 2 == 0).then_some(root.as_str());
            let body = json!({ "body": format!("voice {index}"), "author_name": "Bo", "parent_id": parent });
            async move { app.post("/articles/ferry/comments").json(&body).await }
        });
        for reply in tests::join_all(crowd).await {
            assert_eq!(reply.status, 201, "{}", reply.text());
        }
        assert_eq!(app.get("/articles/ferry").await.json()["stats"]["comments"], 41);
        assert_eq!(app.get(&format!("/comments/{root}")).await.json()["reply_count"], 20);
        assert_eq!(app.count("SELECT count(*) FROM comments"), 41);
        assert_eq!(app.count("SELECT comments FROM article_stats"), 41);
    }
}
