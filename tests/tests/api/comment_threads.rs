//! Threads: order, first replies, depth, counters.

use std::collections::HashSet;

use domain::{
    Timestamp,
    comment::{Keys, Levels, Votes},
};
use serde_json::{Value, json};
use tests::{TestApp, both, ids, text};

async fn article(app: &TestApp) -> Value {
    app.section("World", None).await;
    app.article(json!({ "title": "Ferry", "section": "world" }))
        .await
}

const SORTS: [&str; 5] = ["best", "newest", "oldest", "controversial", "hot"];

/// Lets readers have voted, some comments alike: up and down go by the ordinal.
fn vote(app: &TestApp) {
    let rows = app.lines("SELECT id || ' ' || ordinal || ' ' || created_at AS line FROM comments");
    for row in rows {
        let numbers: Vec<i64> = row.split(' ').map(|part| part.parse().unwrap()).collect();
        let [id, ordinal, created_at] = numbers[..] else {
            panic!("{row}");
        };
        let votes = Votes {
            up: ordinal * 7 % 5,
            down: ordinal * 3 % 4,
        };
        let keys = Keys::of(votes, Timestamp::from_millis(created_at), ordinal);
        let sql = format!(
            "UPDATE comments SET up = {}, down = {}, best = {}, controversial = {}, hot = {} WHERE id = {id}",
            votes.up, votes.down, keys.best, keys.controversial, keys.hot
        );
        storage::testing::execute(app.database_url(), &sql).expect("it is voted on");
    }
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
        vote(app);
        let mut paths = vec![("/comments?limit=7".to_owned(), 25)];
        for sort in SORTS {
            paths.push((format!("/articles/ferry/comments?sort={sort}&limit=4"), 13));
            paths.push((format!("/comments/{root}/replies?sort={sort}&limit=5"), 12));
        }
        for (path, total) in paths {
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

    async fn the_best_comes_first_and_equals_newest_first(app: TestApp) {
        let article = article(app).await;
        let mut made = Vec::new();
        for index in 0..4 {
            made.push(text(&app.comment(&article, &format!("voice {index}"), None).await["id"]));
        }
        let listed = async |query: &str| {
            let path = format!("/articles/ferry/comments{query}");
            let shown = ids(&app.get(&path).await.expect(200).json());
            shown.iter().map(|id| made.iter().position(|one| one == id).unwrap()).collect::<Vec<_>>()
        };
        assert_eq!(listed("").await, [3, 2, 1, 0], "nobody has voted");
        // By ordinal, from 1: 2 : 3, 4 : 2, 1 : 1, 3 : 0.
        vote(app);
        assert_eq!(listed("").await, listed("?sort=best").await);
        assert_eq!(listed("?sort=best").await, [3, 1, 0, 2]);
        assert_eq!(listed("?sort=controversial").await, [0, 1, 2, 3]);
        assert_eq!(listed("?sort=hot").await, [3, 1, 2, 0]);
        let page = app.get("/articles/ferry?include=comments").await.expect(200).json();
        assert_eq!(page["comments"], app.get("/articles/ferry/comments").await.json());
        app.get("/articles/ferry/comments?sort=top").await.problem(400, "invalid_parameter");
    }

    async fn a_link_leads_to_a_comment_among_its_own(app: TestApp) {
        let article = article(app).await;
        let say = async |what: String, parent: Option<&str>| text(&app.comment(&article, &what, parent).await["id"]);
        let root = say("root".to_owned(), None).await;
        let reply = say("reply".to_owned(), Some(&root)).await;
        let mut beside = Vec::new();
        for index in 0..9 {
            beside.push(say(format!("beside {index}"), Some(&reply)).await);
        }
        let asked = beside[4].clone();
        let mut below = Vec::new();
        for index in 0..5 {
            below.push(say(format!("below {index}"), Some(&asked)).await);
        }
        let context = app.get(&format!("/comments/{asked}/context")).await.expect(200).json();
        let shown = |list: &Value| ids(&json!({ "items": list }));
        assert_eq!(shown(&context["ancestors"]), [root.clone(), reply.clone()]);
        assert_eq!((&context["comment"]["id"], &context["comment"]["reply_count"]), (&json!(asked), &json!(5)));
        assert_eq!(shown(&context["neighbors"]["previous"]), beside[1..4]);
        assert_eq!(shown(&context["neighbors"]["next"]), beside[5..8]);
        assert_eq!(ids(&context["comment"]["replies"]), below[..3]);
        let cursor = text(&context["comment"]["replies"]["next_cursor"]);
        let rest = app.get(&format!("/comments/{asked}/replies?cursor={cursor}")).await.expect(200).json();
        assert_eq!(ids(&rest), below[3..]);
        let alone = app.get(&format!("/comments/{root}/context")).await.expect(200).json();
        assert_eq!((&alone["ancestors"], &alone["neighbors"]), (&json!([]), &json!({ "previous": [], "next": [] })));
        let unpublish = format!("/manage/articles/{}/unpublish", text(&article["id"]));
        app.post(&unpublish).as_role("editor").if_match(2).await.expect(200);
        app.get(&format!("/comments/{asked}/context")).await.problem(404, "not_found");
        app.get("/comments/cmt_0000000000000/context").await.problem(404, "not_found");
    }

    async fn a_site_may_want_fewer_levels(app: TestApp) {
        let article = article(app).await;
        let deep = app.comment(&article, "level 0", None).await;
        let deep = app.comment(&article, "level 1", deep["id"].as_str()).await;
        let deep = app.comment(&article, "level 2", deep["id"].as_str()).await;
        let flat = app.beside(|config| config.comment_levels = Levels::new(2).unwrap()).await;
        let beside = flat.comment(&article, "beside level 2", deep["id"].as_str()).await;
        assert_eq!((&beside["depth"], &beside["parent_id"]), (&json!(2), &deep["parent_id"]));
        assert_eq!(beside["in_reply_to_id"], deep["id"]);
        let first = flat.comment(&article, "level 1", deep["root_id"].as_str()).await;
        let second = flat.comment(&article, "beside level 1", first["id"].as_str()).await;
        assert_eq!((&second["depth"], &second["parent_id"]), (&json!(1), &deep["root_id"]));
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
        assert_eq!(app.count("SELECT count(DISTINCT ordinal) FROM comments"), 41);
        assert_eq!(app.count("SELECT max(ordinal) FROM comments"), 41);
        assert_eq!(app.count("SELECT count(*) FROM comments WHERE best <> ordinal OR below = 0"), 0);
    }
}
