//! Whoever follows an article's comments, or the desk, is told everything once and in order.

use std::collections::BTreeMap;
use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};
use tests::{EventStream, StreamEvent, TestApp, both, join_all, text};

const STREAM: &str = "/articles/ferry/comments/stream";
const DESK: &str = "/manage/comment-stream";

async fn ferry(app: &TestApp) -> Value {
    app.section("World", None).await;
    app.article(json!({ "title": "Ferry", "section": "world" }))
        .await
}

async fn post(app: &TestApp, words: &str) -> Value {
    app.post("/articles/ferry/comments")
        .json(&json!({ "body": words, "author_name": "Max" }))
        .await
        .json()
}

async fn decide(app: &TestApp, comment: &str, decision: &str) {
    let path = format!("/manage/comments/{comment}");
    let known = app.get(&path).as_role("moderator").await.expect(200);
    app.post(&format!("{path}/decisions"))
        .as_role("moderator")
        .if_match(known.version())
        .json(&json!({ "decision": decision }))
        .await
        .expect(200);
}

async fn premoderate(app: &TestApp, on: bool) {
    let path = "/manage/settings";
    let version = app.get(path).as_user("admin").await.version();
    let premoderation = if on { "all" } else { "none" };
    app.patch(path)
        .as_user("admin")
        .if_match(version)
        .json(&json!({ "comment_options": { "premoderation": premoderation } }))
        .await
        .expect(200);
}

fn told(event: &StreamEvent) -> (&str, &str) {
    (&event.name, event.data["id"].as_str().unwrap_or_default())
}

/// The comments that were told of as new, in order.
fn news(events: &[StreamEvent]) -> Vec<String> {
    let news = events.iter().filter(|event| event.name == "new");
    news.map(|event| text(&event.data["id"])).collect()
}

/// Reads on until so many new comments were told of.
async fn until_new(stream: &mut EventStream, number: usize) -> Vec<StreamEvent> {
    let mut events = Vec::new();
    while news(&events).len() < number {
        events.push(stream.next().await.expect("the stream goes on"));
    }
    events
}

both! {
    async fn what_happens_to_comments_is_told_as_it_is_then(app: TestApp) {
        ferry(app).await;
        let ines = &app.crowd(1).await[0];
        let mut stream = app.follow(STREAM, None).await;
        let one = post(app, "one").await;
        let id = &text(&one["id"]);
        let new = stream.next().await.unwrap();
        assert_eq!(new.name, "new");
        let mut read = app.get(&format!("/comments/{id}")).await.json();
        read.as_object_mut().unwrap().remove("replies");
        assert_eq!(new.data, read);
        app.patch(&format!("/comments/{id}"))
            .header("X-Edit-Token", &text(&one["edit_token"]))
            .json(&json!({ "body": "two" }))
            .await
            .expect(200);
        let edited = stream.next().await.unwrap();
        assert_eq!((told(&edited), &edited.data["body"]["text"]), (("edited", id.as_str()), &json!("two")));
        app.put(&format!("/comments/{id}/vote")).bearer(&ines.token).json(&json!({ "value": 1 })).await.expect(200);
        let votes = stream.next().await.unwrap();
        let sums = json!({ "up": 1, "down": 0, "score": 1 });
        assert_eq!((told(&votes), &votes.data["votes"]), (("votes", id.as_str()), &sums));
        let reply = app.comment(&json!({ "id": one["article_id"] }), "three", Some(id)).await;
        let answer = stream.next().await.unwrap();
        assert_eq!((told(&answer), &answer.data["parent_id"]), (("new", text(&reply["id"]).as_str()), &json!(id)));
        for (decision, name, answered) in [("reject", "removed", json!(true)), ("approve", "new", Value::Null), ("pin", "edited", Value::Null)] {
            decide(app, id, decision).await;
            let event = stream.next().await.unwrap();
            assert_eq!((told(&event), &event.data["answered"]), ((name, id.as_str()), &answered), "{decision}");
        }
        decide(app, &text(&reply["id"]), "spam").await;
        let gone = stream.next().await.unwrap();
        assert_eq!(gone.data, json!({ "id": reply["id"], "article_id": one["article_id"], "answered": false }));
    }

    async fn what_waits_is_told_to_nobody_until_it_is_approved(app: TestApp) {
        ferry(app).await;
        premoderate(app, true).await;
        let mut stream = app.follow(STREAM, None).await;
        let mut ids = Vec::new();
        for words in ["one", "two", "three"] {
            ids.push(text(&post(app, words).await["id"]));
        }
        decide(app, &ids[0], "reject").await;
        decide(app, &ids[1], "spam").await;
        decide(app, &ids[2], "approve").await;
        assert_eq!(told(&stream.next().await.unwrap()), ("new", ids[2].as_str()));
        decide(app, &ids[1], "approve").await;
        assert_eq!(told(&stream.next().await.unwrap()), ("new", ids[1].as_str()));
    }

    async fn a_client_that_comes_back_misses_nothing_and_hears_nothing_twice(app: TestApp) {
        ferry(app).await;
        app.article(json!({ "title": "Other", "section": "world" })).await;
        let mut stream = app.follow(STREAM, None).await;
        let mut posted = Vec::new();
        for n in 0..5 {
            posted.push(text(&post(app, &format!("before {n}")).await["id"]));
        }
        let events = stream.take(5).await;
        assert_eq!(news(&events), posted);
        drop(stream);
        for n in 0..50 {
            posted.push(text(&post(app, &format!("meanwhile {n}")).await["id"]));
            if n % 7 == 0 {
                app.post("/articles/other/comments").json(&json!({ "body": "elsewhere", "author_name": "Max" })).await.expect(201);
            }
        }
        let other = app.beside(|_| {}).await;
        for (node, from) in [(app, 2), (&other, 4), (app, 4)] {
            let mut stream = node.follow(STREAM, Some(&events[from].id)).await;
            let rest = stream.take(posted.len() - from - 1).await;
            assert_eq!(news(&rest), posted[from + 1..]);
            let ids: Vec<&str> = rest.iter().map(|event| event.id.as_str()).collect();
            // And from the middle of that.
            let mut again = other.follow(STREAM, Some(ids[20])).await;
            assert_eq!(news(&again.take(ids.len() - 21).await), posted[from + 22..]);
            let fresh = text(&post(app, "fresh").await["id"]);
            posted.push(fresh.clone());
            for stream in [&mut stream, &mut again] {
                assert_eq!(told(&stream.next().await.unwrap()), ("new", fresh.as_str()));
            }
        }
    }

    async fn nothing_is_lost_or_told_twice_while_many_post_and_clients_come_and_go(app: TestApp) {
        ferry(app).await;
        let other = app.beside(|_| {}).await;
        let (writers, each) = (8, 12);
        let all = writers * each;
        // The streams begin before anything is posted, so that all of them hear all of it.
        let mut whole = app.follow(STREAM, None).await;
        let begun = whole_position(app).await;
        let write = async |writer: usize| {
            let node = if writer.is_multiple_of(2) { app } else { &other };
            let mut ids = Vec::new();
            for n in 0..each {
                ids.push(text(&post(node, &format!("{writer} says {n}")).await["id"]));
            }
            ids
        };
        let resumed = async |node: &TestApp, at_a_time: usize| {
            let mut events: Vec<StreamEvent> = Vec::new();
            let mut last = begun.clone();
            while events.len() < all {
                let mut stream = node.follow(STREAM, Some(&last)).await;
                let number = at_a_time.min(all - events.len());
                events.extend(stream.take(number).await);
                last.clone_from(&events.last().unwrap().id);
            }
            news(&events)
        };
        let (posted, heard, few, more) = tokio::join!(
            join_all((0..writers).map(write)),
            until_new(&mut whole, all),
            resumed(app, 3),
            resumed(&other, 17),
        );
        let mut posted: Vec<String> = posted.into_iter().flatten().collect();
        let heard = news(&heard);
        assert_eq!(few, heard, "three at a time");
        assert_eq!(more, heard, "seventeen at a time, from another node");
        let mut sorted = heard.clone();
        sorted.sort();
        posted.sort();
        assert_eq!(sorted, posted);
    }

    async fn votes_within_a_moment_are_one_event_and_end_in_the_true_sum(app: TestApp) {
        let article = ferry(app).await;
        let app = &app.beside(|config| config.live_every = Duration::from_millis(400)).await;
        let id = text(&app.comment(&article, "one", None).await["id"]);
        let mut stream = app.follow(STREAM, None).await;
        let crowd = app.crowd(30).await;
        join_all(crowd.iter().map(async |member| {
            app.put(&format!("/comments/{id}/vote")).bearer(&member.token).json(&json!({ "value": 1 })).await.expect(200);
        })).await;
        let mut events = 0;
        loop {
            let event = stream.next().await.unwrap();
            // On PostgreSQL the log may end a moment before what was posted last.
            if event.name == "new" {
                continue;
            }
            assert_eq!(told(&event), ("votes", id.as_str()));
            events += 1;
            if event.data["votes"]["up"] == 30 {
                break;
            }
        }
        assert!(events < 15, "{events} events for 30 votes");
    }

    async fn a_client_that_falls_behind_is_told_everything_all_the_same(app: TestApp) {
        ferry(app).await;
        premoderate(app, true).await;
        // One look finds far more than is kept for slow clients.
        let app = &app.beside(|config| config.live_every = Duration::from_secs(3)).await;
        let mut ids = Vec::new();
        for n in 0..150 {
            ids.push(text(&post(app, &format!("number {n}")).await["id"]));
        }
        let mut stream = app.follow(STREAM, None).await;
        let items: Vec<Value> = ids.iter().map(|id| json!({ "comment": id, "version": 1 })).collect();
        app.post("/manage/bulk/comments").as_role("moderator").json(&json!({ "decision": "approve", "items": items })).await.expect(200);
        let mut heard = news(&stream.take(150).await);
        // They were approved side by side.
        heard.sort();
        assert_eq!(heard, ids);
    }

    async fn only_ids_of_this_stream_are_taken(app: TestApp) {
        ferry(app).await;
        app.article(json!({ "title": "Other", "section": "world" })).await;
        let (_, ready) = app.follow_as(STREAM, None, None).await;
        let (_, elsewhere) = app.follow_as("/articles/other/comments/stream", None, None).await;
        let moderator = tests::key_of("moderator");
        let (_, desk) = app.follow_as(DESK, None, Some(&moderator)).await;
        for foreign in [&elsewhere.id, &desk.id, "0", "x", &format!("{}x", ready.id), &"A".repeat(2_000)] {
            let call = app.get(STREAM).header("last-event-id", foreign);
            call.await.problem(400, "invalid_header");
        }
        app.get(STREAM).header("last-event-id", &ready.id).await.expect(200);
        // Browsers send it empty when there was none.
        app.get(STREAM).header("last-event-id", "").await.expect(200);
    }

    async fn a_stream_is_asked_for_as_one(app: TestApp) {
        ferry(app).await;
        let reply = app.get(STREAM).header("accept", "text/event-stream").await.expect(200);
        assert_eq!(reply.header("cache-control"), "no-store");
        assert_eq!(reply.header("content-encoding"), "");
        assert!(reply.text().starts_with("retry: "), "{}", reply.text());
        app.get(STREAM).header("accept", "application/json").await.problem(406, "not_acceptable");
        app.get("/articles/ferry/comments").header("accept", "text/event-stream").await.problem(406, "not_acceptable");
        app.get("/articles/nowhere/comments/stream").await.problem(404, "not_found");
        let head = app.call(Method::HEAD, &format!("/api/v1{STREAM}")).await.expect(200);
        assert_eq!((head.header("content-type"), head.body.len()), ("text/event-stream", 0));
        app.get(&format!("{STREAM}?sort=best")).await.problem(400, "unknown_parameter");
    }

    async fn pages_of_other_origins_may_come_back_where_they_were(app: TestApp) {
        let asked = app.call(Method::OPTIONS, &format!("/api/v1{STREAM}"))
            .header("origin", tests::ORIGIN)
            .header("access-control-request-method", "GET")
            .header("access-control-request-headers", "last-event-id");
        let allowed = asked.unchecked().await;
        assert!(allowed.header("access-control-allow-headers").contains("Last-Event-ID"), "{allowed:?}");
    }

    async fn a_stream_ends_with_its_article_and_with_the_server(app: TestApp) {
        let article = ferry(app).await;
        let mut stream = app.follow(STREAM, None).await;
        let path = format!("/manage/articles/{}/unpublish", text(&article["id"]));
        app.post(&path).as_role("editor").if_match(2).await.expect(200);
        app.advance(6);
        assert_eq!(stream.next().await, None);
        app.get(STREAM).await.problem(404, "not_found");
        app.article(json!({ "title": "Other", "section": "world" })).await;
        let other = app.beside(|_| {}).await;
        let mut stream = other.follow("/articles/other/comments/stream", None).await;
        other.stop();
        assert_eq!(stream.next().await, None);
    }

    async fn there_are_only_so_many_streams(app: TestApp) {
        ferry(app).await;
        let app = &app.beside(|config| config.streams = 2).await;
        let one = app.follow(STREAM, None).await;
        let _two = app.follow(STREAM, None).await;
        let refused = app.get(STREAM).await;
        refused.problem(503, "overloaded");
        assert_eq!(refused.header("retry-after"), "5");
        drop(one);
        tests::until("there is room again", async || app.get(STREAM).await.status == 200).await;
    }

    async fn moderators_follow_what_waits_for_them(app: TestApp) {
        ferry(app).await;
        app.get(DESK).await.problem(401, "unauthorized");
        app.get(DESK).as_user("editor").await.problem(403, "forbidden");
        let moderator = app.account("Mo", "moderator").await;
        let (mut stream, first) = app.follow_as(DESK, None, Some(&moderator.access)).await;
        post(app, "at once").await;
        premoderate(app, true).await;
        let id = text(&post(app, "waits").await["id"]);
        let waiting = stream.next().await.unwrap();
        assert_eq!(told(&waiting), ("waiting", id.as_str()));
        let path = format!("/manage/comments/{id}");
        assert_eq!(waiting.data, app.get(&path).as_role("moderator").await.json());
        decide(app, &id, "approve").await;
        assert_eq!(told(&stream.next().await.unwrap()), ("settled", id.as_str()));
        // Where it stands in the end is all that is told later.
        let (mut later, _) = app.follow_as(DESK, Some(&first.id), Some(&moderator.access)).await;
        assert_eq!(told(&later.next().await.unwrap()), ("settled", id.as_str()));
        app.suspend(&moderator.email);
        assert_eq!(stream.next().await, None, "a suspended moderator listens no more");
    }

    async fn nobody_listens_and_nothing_is_asked(app: TestApp) {
        let article = ferry(app).await;
        let path = format!("/articles/{}/comments/stream", text(&article["id"]));
        let mut opening = BTreeMap::new();
        for _ in 0..8 {
            let before = app.statements();
            app.get(&path).await.expect(200);
            *opening.entry(app.statements() - before).or_insert(0) += 1;
        }
        // The article, where the log ends, and what has happened since; others may look meanwhile.
        assert!(*opening.first_key_value().unwrap().0 <= 3, "{opening:?}");
    }
}

/// The id of where the stream of the article stands.
async fn whole_position(app: &TestApp) -> String {
    app.follow_as(STREAM, None, None).await.1.id
}
