//! One transition of many articles: each decided by itself, and none done twice.

use std::cell::Cell;
use std::time::Duration;

use serde_json::{Value, json};
use tests::{Call, Reply, TestApp, both, join_all, key_of, text};

const PATH: &str = "/manage/bulk/articles";

/// An article and the version it is meant at, as a request names them.
fn item(article: &Value) -> Value {
    json!({ "article": article["slug"], "version": article["version"] })
}

fn items(articles: &[Value]) -> Vec<Value> {
    articles.iter().map(item).collect()
}

async fn drafts(app: &TestApp, number: usize) -> Vec<Value> {
    let mut made = Vec::new();
    for n in 0..number {
        let fields = json!({ "title": format!("Story {n}"), "section": "world" });
        made.push(app.draft(fields).await);
    }
    made
}

fn bulk<'a>(app: &'a TestApp, body: &Value) -> Call<'a> {
    app.post(PATH).as_role("editor").json(body)
}

fn statuses(answer: &Reply) -> Vec<u64> {
    let answer = answer.json();
    let items = answer["items"].as_array().expect("items").iter();
    items.map(|item| item["status"].as_u64().unwrap()).collect()
}

/// How often each article was published, by the change log.
fn published(app: &TestApp) -> Vec<String> {
    app.lines(
        "SELECT CAST(COUNT(*) AS TEXT) AS line FROM changes \
         WHERE kind = 'published' GROUP BY entity_id",
    )
}

/// The problem of an operation, as an item of many carries it.
fn problem(reply: &Reply) -> (u16, Value) {
    let mut told = reply.json();
    told["instance"] = Value::Null;
    (reply.status, told)
}

both! {
    async fn many_are_published_and_taken_back_in_one_request(app: TestApp) {
        app.section("World", None).await;
        let drafts = drafts(app, 20).await;
        let answer = bulk(app, &json!({ "action": "publish", "items": items(&drafts) })).await.expect(200);
        assert_eq!(answer.header("idempotency-replayed"), "");
        let done = answer.json();
        assert_eq!(done["failed"], 0);
        for (draft, item) in drafts.iter().zip(done["items"].as_array().unwrap()) {
            assert_eq!((&item["article"], &item["status"], &item["problem"]), (&draft["slug"], &json!(200), &Value::Null));
            let now = app.get(&format!("/manage/articles/{}", text(&draft["id"]))).as_role("editor").await.expect(200).json();
            assert_eq!((&now["status"], &now["version"]), (&json!("published"), &json!(2)));
            for (field, value) in item["result"].as_object().unwrap() {
                assert_eq!(value, &now[field], "{field}");
            }
            assert_eq!(item["result"]["body"], Value::Null, "the text stays where it is");
        }
        assert_eq!(app.get("/articles?limit=100").await.json()["items"].as_array().map(Vec::len), Some(20));
        // By their ids, and seen by readers at once.
        let live: Vec<Value> = drafts.iter().map(|draft| json!({ "article": draft["id"], "version": 2 })).collect();
        let back = bulk(app, &json!({ "action": "unpublish", "items": live })).await.expect(200).json();
        assert_eq!((&back["failed"], &back["items"][19]["result"]["status"]), (&json!(0), &json!("unpublished")));
        assert_eq!(app.get("/articles").await.json()["items"], json!([]));
        app.get("/articles/story-3").await.problem(404, "not_found");
    }

    async fn a_window_counts_for_all_of_them(app: TestApp) {
        app.section("World", None).await;
        let drafts = drafts(app, 2).await;
        let body = json!({ "action": "publish", "items": items(&drafts), "visible_from": app.in_seconds(60), "visible_until": app.in_seconds(120) });
        let done = bulk(app, &body).await.expect(200).json();
        assert_eq!(done["items"][1]["result"]["visible_until"], app.in_seconds(120));
        assert_eq!(app.get("/articles").await.json()["items"], json!([]));
        app.advance(61);
        assert_eq!(app.get("/articles").await.json()["items"].as_array().map(Vec::len), Some(2));
        // The same places as for one: here each of them says no.
        let late = json!({ "action": "publish", "items": [{ "article": "story-0", "version": 2 }], "visible_until": app.in_seconds(-5) });
        let told = bulk(app, &late).await.expect(200).json();
        let one = app.post("/manage/articles/story-0/publish").as_role("editor").if_match(2).json(&json!({ "visible_until": app.in_seconds(-5) })).await;
        assert_eq!(told["items"][0]["problem"]["errors"], one.problem(422, "validation_failed")["errors"]);
    }

    async fn each_has_the_problem_that_it_has_alone(app: TestApp) {
        app.section("World", None).await;
        let drafts = drafts(app, 3).await;
        let gone = app.publish(&drafts[2]).await;
        let takedown = json!({ "action": "takedown", "items": [item(&gone)], "reason": "Not ours.", "public_notice": "It was not ours." });
        let down = bulk(app, &takedown).await.expect(200).json();
        assert_eq!(down["items"][0]["result"]["status"], "taken_down");
        assert_eq!(app.get("/articles/story-2").await.problem(410, "gone")["notice"], "It was not ours.");
        let asked = [("story-0", 1), ("story-1", 7), ("story-2", 3), ("nowhere", 1), ("No Slug", 1), ("art_1", 1)];
        let named: Vec<Value> = asked.iter().map(|(article, version)| json!({ "article": article, "version": version })).collect();
        let reply = bulk(app, &json!({ "action": "publish", "items": named })).await.expect(200);
        assert_eq!(statuses(&reply), [200, 412, 409, 404, 404, 404]);
        let told = reply.json();
        assert_eq!(told["failed"], 5);
        for (place, (article, version)) in asked.iter().enumerate().skip(1).take(3) {
            let one = app.post(&format!("/manage/articles/{article}/publish")).as_role("editor").if_match(*version).await;
            let item = &told["items"][place];
            assert_eq!(item["problem"]["instance"], reply.header("x-request-id"));
            let mut same = item["problem"].clone();
            same["instance"] = Value::Null;
            assert_eq!((u16::try_from(item["status"].as_u64().unwrap()).unwrap(), same), problem(&one));
            assert_eq!(item["result"], Value::Null);
        }
        assert_eq!(told["items"][1]["problem"]["current_version"], 1);
        // By its slug and by its id it is one article, whose version the first has used.
        let twice = json!([{ "article": "story-1", "version": 1 }, { "article": drafts[1]["id"], "version": 1 }]);
        let reply = bulk(app, &json!({ "action": "publish", "items": twice })).await.expect(200);
        let mut both = statuses(&reply);
        both.sort_unstable();
        assert_eq!(both, [200, 412]);
    }

    async fn what_cannot_be_meant_is_refused_as_a_whole(app: TestApp) {
        app.section("World", None).await;
        let drafts = drafts(app, 1).await;
        let one = || json!([item(&drafts[0])]);
        let many: Vec<Value> = (0..101).map(|n| json!({ "article": format!("story-{n}"), "version": 1 })).collect();
        for (body, pointer, code) in [
            (json!({ "action": "publish", "items": [] }), "/items", "required"),
            (json!({ "action": "publish", "items": many }), "/items", "too_many"),
            (json!({ "action": "publish", "items": [item(&drafts[0]), item(&drafts[0])] }), "/items/1/article", "duplicate"),
            (json!({ "action": "publish", "items": [{ "article": "", "version": 1 }] }), "/items/0/article", "required"),
            (json!({ "action": "publish", "items": [{ "article": "a".repeat(97), "version": 1 }] }), "/items/0/article", "too_long"),
            (json!({ "action": "publish", "items": [{ "article": "story-0", "version": 0 }] }), "/items/0/version", "out_of_range"),
            (json!({ "action": "publish", "items": [{ "article": "story-0" }] }), "/items/0/version", "required"),
            (json!({ "action": "publish", "items": one(), "visible_from": "soon" }), "/visible_from", "bad_format"),
            (json!({ "action": "publish", "items": one(), "reason": "Why" }), "/reason", "bad_format"),
            (json!({ "action": "unpublish", "items": one(), "visible_from": null }), "/visible_from", "bad_format"),
            (json!({ "action": "unpublish", "items": one(), "minor": true }), "/minor", "bad_format"),
            (json!({ "action": "unpublish", "items": one(), "public_notice": null }), "/public_notice", "bad_format"),
            (json!({ "action": "takedown", "items": one() }), "/reason", "required"),
            (json!({ "action": "delete", "items": one() }), "/action", "unknown_value"),
            (json!({ "items": one() }), "/action", "required"),
        ] {
            let told = bulk(app, &body).await.problem(422, "validation_failed");
            assert_eq!((&told["errors"][0]["pointer"], &told["errors"][0]["code"]), (&json!(pointer), &json!(code)), "{told}");
        }
        bulk(app, &json!({ "action": "publish", "items": one(), "why": 1 })).await.problem(422, "unknown_field");
        let restore = json!({ "action": "restore", "items": one() });
        bulk(app, &restore).await.problem(403, "forbidden");
        assert!(published(app).is_empty());
    }

    async fn an_administrator_restores_and_a_limited_key_reaches_its_own(app: TestApp) {
        app.section("World", None).await;
        app.section("Sport", None).await;
        let drafts = drafts(app, 2).await;
        let match_day = app.draft(json!({ "title": "Match day", "section": "sport" })).await;
        let body = json!({ "name": "desk", "role": "editor", "sections": ["sport"] });
        let key = text(&app.post("/manage/api-keys").as_user("admin").json(&body).await.expect(201).json()["key"]);
        let all = json!({ "action": "publish", "items": [item(&drafts[0]), item(&match_day), { "article": "nowhere", "version": 1 }] });
        let reply = app.post(PATH).bearer(&key).json(&all).await.expect(200);
        assert_eq!(statuses(&reply), [404, 200, 404]);
        let told = reply.json();
        assert_eq!(told["items"][0]["problem"], told["items"][2]["problem"], "what is not theirs is not there");
        let down = json!({ "action": "takedown", "items": [{ "article": "match-day", "version": 2 }], "reason": "Not ours." });
        bulk(app, &down).await.expect(200);
        let back = json!({ "action": "restore", "items": [{ "article": "match-day", "version": 3 }] });
        let restored = app.post(PATH).as_user("admin").json(&back).await.expect(200).json();
        assert_eq!(restored["items"][0]["result"]["status"], "unpublished");
    }

    async fn a_retry_does_the_rest_and_nothing_twice(app: TestApp) {
        app.section("World", None).await;
        let drafts = drafts(app, 3).await;
        // Somebody is still saving the second: its version is to come.
        let asked = json!([item(&drafts[0]), { "article": "story-1", "version": 2 }, item(&drafts[2])]);
        let body = json!({ "action": "publish", "items": asked });
        let send = || bulk(app, &body).header("idempotency-key", "evening-edition");
        let first = send().await.expect(200);
        assert_eq!(statuses(&first), [200, 412, 200]);
        app.patch_article(&drafts[1], &json!({ "summary": "Saved." })).await;
        let second = send().await.expect(200);
        assert_eq!(statuses(&second), [200, 200, 200]);
        assert_eq!(second.header("idempotency-replayed"), "", "one of them was done only now");
        assert_eq!(second.json()["items"][0], first.json()["items"][0]);
        // Whatever has become of them since, a retry is told what was done.
        bulk(app, &json!({ "action": "unpublish", "items": [{ "article": "story-0", "version": 2 }] })).await.expect(200);
        let third = send().await.expect(200);
        assert_eq!(third.header("idempotency-replayed"), "true");
        assert_eq!(third.body, second.body);
        assert_eq!(published(app), ["1", "1", "1"]);
        // Another body is another request, even where nothing of it was done.
        let other = json!({ "action": "publish", "items": [{ "article": "story-0", "version": 3 }] });
        bulk(app, &other).header("idempotency-key", "evening-edition").await.problem(422, "idempotency_key_reused");
        assert_eq!(published(app), ["1", "1", "1"]);
        bulk(app, &other).header("idempotency-key", "late-edition").await.expect(200);
        // A refused request leaves the key free.
        bulk(app, &json!({ "action": "publish", "items": [] })).header("idempotency-key", "free").await.expect(422);
        let unpublish = json!({ "action": "unpublish", "items": [{ "article": "story-0", "version": 4 }] });
        bulk(app, &unpublish).header("idempotency-key", "free").await.expect(200);
    }

    async fn what_was_not_begun_in_time_is_begun_by_a_retry(app: TestApp) {
        app.section("World", None).await;
        let drafts = drafts(app, 3).await;
        let body = json!({ "action": "publish", "items": items(&drafts) });
        // As if the time of the request were over from the first.
        let slow = app.beside(|config| config.bulk_time = Duration::ZERO).await;
        let late = bulk(&slow, &body).header("idempotency-key", "k").await.expect(200);
        assert_eq!(statuses(&late), [503, 503, 503]);
        assert_eq!(late.json()["items"][2]["problem"]["code"], "overloaded");
        assert!(published(app).is_empty());
        let done = bulk(app, &body).header("idempotency-key", "k").await.expect(200);
        assert_eq!((statuses(&done), done.header("idempotency-replayed")), (vec![200; 3], ""));
        // It was answered, and the answer never came: the answers of the articles are there.
        let again = bulk(&slow, &body).header("idempotency-key", "k").await.expect(200);
        assert_eq!(statuses(&again), [503, 503, 503], "asked in time they are given again");
        let again = bulk(app, &body).header("idempotency-key", "k").await.expect(200);
        assert_eq!((again.header("idempotency-replayed"), &again.body), ("true", &done.body));
    }

    async fn a_server_that_died_in_the_middle_goes_on_where_it_was(app: TestApp) {
        app.section("World", None).await;
        let drafts = drafts(app, 4).await;
        let body = json!({ "action": "publish", "items": items(&drafts) });
        let done = bulk(app, &body).header("idempotency-key", "k").await.expect(200);
        // Two of the four as they were before their transactions, which are all that a crash undoes.
        let ids: Vec<i64> = drafts.iter().take(2).map(|draft| domain::id::ArticleId::parse(&text(&draft["id"])).unwrap().raw()).collect();
        for id in &ids {
            for sql in [
                format!("DELETE FROM idempotency WHERE body LIKE '%{}%'", domain::id::ArticleId::from_raw(*id)),
                format!("UPDATE articles SET version = 1, state = 'draft' WHERE id = {id}"),
            ] {
                storage::testing::execute(app.database_url(), &sql).unwrap();
            }
        }
        let again = bulk(app, &body).header("idempotency-key", "k").await.expect(200);
        assert_eq!((statuses(&again), again.header("idempotency-replayed")), (vec![200; 4], ""));
        let (first, second) = (done.json(), again.json());
        assert_eq!((&first["items"][2], &first["items"][3]), (&second["items"][2], &second["items"][3]));
        assert_eq!(app.count("SELECT max(version) FROM articles"), 2);
        assert_eq!(app.count("SELECT min(version) FROM articles"), 2);
    }

    async fn parallel_retries_do_each_article_once(app: TestApp) {
        app.section("World", None).await;
        let drafts = drafts(app, 12).await;
        let body = json!({ "action": "publish", "items": items(&drafts) });
        let tries = (0..6).map(|_| async { bulk(app, &body).header("idempotency-key", "storm").await });
        for reply in join_all(tries).await {
            assert_eq!(statuses(&reply), vec![200; 12], "{}", reply.text());
        }
        assert_eq!(published(app), vec!["1"; 12]);
    }

    async fn a_hundred_are_done_side_by_side_and_answered_in_order(app: TestApp) {
        app.section("World", None).await;
        let drafts = drafts(app, 100).await;
        let reply = bulk(app, &json!({ "action": "publish", "items": items(&drafts) })).await.expect(200);
        assert_eq!(reply.json()["failed"], 0, "{}", reply.text());
        let told = reply.json();
        let named: Vec<&Value> = told["items"].as_array().unwrap().iter().map(|item| &item["article"]).collect();
        assert_eq!(named, drafts.iter().map(|draft| &draft["slug"]).collect::<Vec<_>>());
    }

    async fn many_cost_as_many_statements_as_each_alone(app: TestApp) {
        app.section("World", None).await;
        // What others do is looked for in the background, which would be counted too.
        let app = &app.beside(|config| config.follow_every = Duration::from_hours(1)).await;
        let drafts = drafts(app, 3).await;
        let version = Cell::new(0);
        let next = || { version.set(version.get() + 1); version.get() };
        let alone = || async {
            let at = next();
            for draft in &drafts {
                app.post(&format!("/manage/articles/{}/publish", text(&draft["slug"]))).as_role("editor").if_match(at).await.expect(200);
            }
            app.get("/manage/tags").as_role("editor").await
        };
        // Once before: what was never published has nothing that it replaces.
        alone().await;
        let (_, alone) = app.fewest(alone).await;
        let (_, reading) = app.fewest(|| async { app.get("/manage/tags").as_role("editor").await }).await;
        let together = |key: bool| {
            let at = next();
            let items: Vec<Value> = drafts.iter().map(|draft| json!({ "article": draft["slug"], "version": at })).collect();
            let call = app.post(PATH).bearer(&key_of("editor")).json(&json!({ "action": "publish", "items": items }));
            async move { if key { call.header("idempotency-key", &format!("k{at}")).await } else { call.await }.expect(200) }
        };
        let (reply, plain) = app.fewest(|| together(false)).await;
        assert_eq!(reply.json()["failed"], 0);
        assert_eq!(plain, alone - reading);
        // A key of the request and one of each article, claimed and kept.
        let (_, keyed) = app.fewest(|| together(true)).await;
        assert_eq!(keyed, plain + 2 * 4);
    }
}
