//! Rules for comments: kept by moderators, and applied before anything is seen or counted.

use reqwest::Method;
use serde_json::{Value, json};
use tests::{Account, Call, Reply, TestApp, both, join_all, text, until};

async fn ferry(app: &TestApp) -> Value {
    app.section("World", None).await;
    app.article(json!({ "title": "Ferry", "section": "world" }))
        .await
}

async fn rule(app: &TestApp, rule: &Value) -> Value {
    let made = app.post("/manage/comment-rules").as_role("moderator");
    made.json(rule).await.expect(201).json()
}

fn word(pattern: &str, action: &str) -> Value {
    json!({ "kind": "word", "pattern": pattern, "action": action })
}

fn saying<'a>(app: &'a TestApp, body: &str) -> Call<'a> {
    let body = json!({ "body": body, "author_name": "Ines" });
    app.post("/articles/ferry/comments").json(&body)
}

/// What came of a comment: `published`, `held word`, `refused word`, `limited`.
fn outcome(reply: &Reply) -> String {
    let said = reply.json();
    match reply.status {
        201 => {
            assert_eq!(
                (&said["status"], &said["reason"]),
                (&json!("published"), &Value::Null)
            );
            "published".to_owned()
        }
        202 => format!("{} {}", text(&said["status"]), text(&said["reason"])),
        422 => {
            reply.problem(422, "comment_refused");
            assert_eq!(said["errors"][0]["pointer"], "/body");
            format!("refused {}", text(&said["errors"][0]["code"]))
        }
        429 => {
            reply.problem(429, "too_many_requests");
            format!("limited {}", reply.header("retry-after"))
        }
        status => panic!("{status}: {said}"),
    }
}

async fn says(app: &TestApp, body: &str) -> String {
    outcome(&saying(app, body).await)
}

async fn by(app: &TestApp, member: &Account, body: &str) -> Reply {
    let call = app.post("/articles/ferry/comments");
    call.json(&json!({ "body": body })).by(member).await
}

fn stored(app: &TestApp, condition: &str) -> i64 {
    app.count(&format!("SELECT count(*) FROM comments WHERE {condition}"))
}

both! {
    async fn a_new_site_has_no_rules(app: TestApp) {
        ferry(app).await;
        let list = app.get("/manage/comment-rules?total=true").as_role("moderator").await.expect(200).json();
        assert_eq!(list, json!({ "items": [], "next_cursor": null, "total": 0 }));
        assert_eq!(says(app, "viagra http://a.example http://b.example http://c.example").await, "published");
    }

    async fn rules_are_made_read_changed_and_deleted(app: TestApp) {
        let reply = app.post("/manage/comment-rules").as_role("moderator").header("idempotency-key", "one")
            .json(&json!({ "kind": "word", "pattern": " Ｖiagra ", "match": "substring", "action": "spam",
                           "note": "since June" })).await.expect(201);
        let made = reply.json();
        let path = format!("/manage/comment-rules/{}", text(&made["id"]));
        assert_eq!((reply.header("location"), reply.version()), (format!("/api/v1{path}").as_str(), 1));
        assert_eq!((&made["pattern"], &made["match"], &made["enabled"]), (&json!("Ｖiagra"), &json!("substring"), &json!(true)));
        assert_eq!((&made["more_than"], &made["per"]), (&Value::Null, &Value::Null));
        let again = app.post("/manage/comment-rules").as_role("moderator").header("idempotency-key", "one")
            .json(&json!({ "kind": "word", "pattern": " Ｖiagra ", "match": "substring", "action": "spam",
                           "note": "since June" })).await.expect(201);
        assert_eq!(again.json(), made);
        for other in [
            json!({ "kind": "links", "more_than": 0, "action": "hold" }),
            json!({ "kind": "repeat", "within_seconds": 60, "action": "reject" }),
            json!({ "kind": "new_account", "younger_than_seconds": 60, "action": "hold", "enabled": false }),
            json!({ "kind": "flood", "comments": 3, "seconds": 60, "per": "author" }),
        ] {
            let made = rule(app, &other).await;
            for (member, value) in other.as_object().unwrap() {
                assert_eq!(&made[member], value, "{made}");
            }
            let read = app.get(&format!("/manage/comment-rules/{}", text(&made["id"]))).as_role("admin").await;
            assert_eq!(read.expect(200).json(), made);
        }
        let page = |query: String| app.get(&format!("/manage/comment-rules?limit=4{query}")).as_role("moderator");
        let first = page(String::new()).await.expect(200).json();
        let last = page(format!("&cursor={}", text(&first["next_cursor"]))).await.expect(200).json();
        assert_eq!((&first["items"][0]["kind"], &first["items"][3]["kind"]), (&json!("flood"), &json!("links")));
        assert_eq!(last, json!({ "items": [made], "next_cursor": null }), "the latest comes first");

        let patch = |body: Value| app.patch(&path).as_role("moderator").json(&body);
        patch(json!({ "enabled": false })).await.problem(428, "precondition_required");
        let changed = patch(json!({ "action": "hold", "note": null, "enabled": false })).if_match(1).await;
        let changed = changed.expect(200);
        assert_eq!(changed.version(), 2);
        let changed = changed.json();
        assert_eq!((&changed["action"], &changed["note"], &changed["pattern"]), (&json!("hold"), &Value::Null, &json!("Ｖiagra")));
        patch(json!({ "enabled": true })).if_match(1).await.problem(412, "precondition_failed");
        let delete = || app.call(Method::DELETE, &format!("/api/v1{path}")).as_role("moderator");
        delete().if_match(1).await.problem(412, "precondition_failed");
        delete().if_match(2).await.expect(204);
        delete().if_match(2).await.problem(404, "not_found");
        app.get(&path).as_role("moderator").await.problem(404, "not_found");
        let log = app.lines("SELECT kind AS line FROM changes WHERE entity = 'comment_rule' ORDER BY seq");
        assert_eq!(log.len(), 7, "{log:?}");
    }

    async fn what_does_not_fit_is_named(app: TestApp) {
        for (body, pointer, code) in [
            (json!({ "kind": "word", "action": "hold" }), "/pattern", "required"),
            (json!({ "kind": "word", "pattern": "a" }), "/action", "required"),
            (word("", "hold"), "/pattern", "required"),
            (word("\u{200b}\u{feff}", "hold"), "/pattern", "required"),
            (word(&"x".repeat(101), "hold"), "/pattern", "too_long"),
            (word("a\nb", "hold"), "/pattern", "control_character"),
            (json!({ "kind": "word", "pattern": "a", "action": "hold", "more_than": 1 }), "/more_than", "wrong_state"),
            (json!({ "kind": "links", "more_than": 101, "action": "hold" }), "/more_than", "out_of_range"),
            (json!({ "kind": "links", "more_than": -1, "action": "hold" }), "/more_than", "out_of_range"),
            (json!({ "kind": "links", "action": "hold", "pattern": "a", "more_than": 1 }), "/pattern", "wrong_state"),
            (json!({ "kind": "repeat", "within_seconds": 0, "action": "hold" }), "/within_seconds", "out_of_range"),
            (json!({ "kind": "new_account", "action": "hold" }), "/younger_than_seconds", "required"),
            (json!({ "kind": "flood", "comments": 101, "seconds": 60, "per": "author" }), "/comments", "out_of_range"),
            (json!({ "kind": "flood", "comments": 1, "seconds": 60, "per": "author", "action": "hold" }), "/action", "wrong_state"),
            (json!({ "kind": "flood", "comments": 1, "per": "author" }), "/seconds", "required"),
        ] {
            for path in ["/manage/comment-rules", "/manage/comment-rules/dry-run"] {
                let problem = app.post(path).as_role("moderator").json(&body).await;
                let problem = problem.problem(422, "validation_failed");
                let errors = problem["errors"].as_array().unwrap();
                let found = errors.iter().any(|error| error["pointer"] == pointer && error["code"] == code);
                assert!(found, "{pointer} {code} in {problem}");
            }
        }
        let links = rule(app, &json!({ "kind": "links", "more_than": 1, "action": "hold" })).await;
        let path = format!("/manage/comment-rules/{}", text(&links["id"]));
        let patched = app.patch(&path).as_role("moderator").if_match(1).json(&json!({ "pattern": "a" })).await;
        assert_eq!(patched.problem(422, "validation_failed")["errors"][0]["pointer"], "/pattern");
        assert_eq!(app.count("SELECT count(*) FROM comment_rules"), 1);
    }

    async fn words_are_found_however_they_are_dressed_up(app: TestApp) {
        ferry(app).await;
        rule(app, &word("viagra", "hold")).await;
        rule(app, &word("ass", "spam")).await;
        rule(app, &word("法轮功", "reject")).await;
        for (body, came) in [
            ("Nothing at all", "published"),
            ("A classic class of assassins", "published"),
            ("Buy VIAGRA", "held word"),
            ("Buy ｖｉａｇｒａ", "held word"),
            ("Buy vi\u{200b}ag\u{ad}ra", "held word"),
            ("Buy viiiiagraaa", "held word"),
            ("Buy v.i-a g r a", "held word"),
            ("Buy víàgrä", "held word"),
            ("Buy v**i**agra", "held word"),
            ("Buy vіаgrа with other letters", "held word"),
            ("[here](https://viagra.example)", "held word"),
            // Whoever sends spam is not to learn of it.
            ("you a.s.s", "held word"),
            ("他们在学法轮功的书", "refused word"),
            ("他们在学法 轮 功的书", "refused word"),
            ("viagra 法轮功", "refused word"),
        ] {
            assert_eq!(says(app, body).await, came, "{body}");
        }
        let named = json!({ "body": "hello", "author_name": "Viagra" });
        assert_eq!(outcome(&app.post("/articles/ferry/comments").json(&named).await), "held word");
        assert_eq!(stored(app, "status = 'spam'"), 1);
        assert_eq!(stored(app, "status = 'published'"), 2);
        assert_eq!(app.get("/articles/ferry").await.json()["stats"]["comments"], 2);
        let thread = app.get("/articles/ferry/comments").await.json();
        assert_eq!(thread["items"].as_array().unwrap().len(), 2);
        let spans = app.lines("SELECT spans AS line FROM comment_cases k JOIN comments c ON c.id = k.comment_id \
                               WHERE c.body_text = 'Buy VIAGRA'");
        assert_eq!(spans, ["[[4,10]]"]);
    }

    async fn whoever_changes_a_comment_is_judged_again(app: TestApp) {
        ferry(app).await;
        rule(app, &word("viagra", "hold")).await;
        rule(app, &word("cialis", "reject")).await;
        rule(app, &json!({ "kind": "repeat", "within_seconds": 60, "action": "hold" })).await;
        let ines = app.account("Ines", "reader").await;
        let id = text(&by(app, &ines, "It sailed.").await.expect(201).json()["id"]);
        let edit = |body: &str| {
            let patch = app.patch(&format!("/comments/{id}")).by(&ines);
            patch.json(&json!({ "body": body }))
        };
        let count = async || app.get("/articles/ferry").await.json()["stats"]["comments"].clone();
        // A comment does not repeat itself.
        assert_eq!(edit("It *sailed*.").await.expect(200).json()["status"], "published");
        let refused = edit("It sailed. c.i.a.l.i.s").await.problem(422, "comment_refused");
        assert_eq!(refused["errors"][0]["code"], "word");
        assert_eq!((stored(app, "body_text = 'It sailed.'"), count().await), (1, json!(1)));
        let held = edit("It sailed. v i a g r a").await.expect(200).json();
        assert_eq!((&held["status"], &held["reason"]), (&json!("held"), &json!("word")));
        assert_eq!(count().await, 0);
        app.get(&format!("/comments/{id}")).await.problem(404, "not_found");
        assert_eq!(edit("It sailed after all.").await.expect(200).json()["status"], "held", "it goes on waiting");
    }

    async fn no_entry_of_a_list_breaks_anything(app: TestApp) {
        ferry(app).await;
        for pattern in ["(", "[a-", "a{99999}", "\\", "*", "%", "'; DROP TABLE comments; --", "\"", "$1", "\u{301}xyzzy", "👨‍👩‍👧", "ﷺ"] {
            rule(app, &word(pattern, "hold")).await;
        }
        assert_eq!(says(app, "a perfectly ordinary sentence").await, "published");
        assert_eq!(says(app, "what (ever").await, "held word");
        assert_eq!(says(app, "our 👨‍👩‍👧 here").await, "held word");
    }

    async fn links_are_counted_as_they_are_shown(app: TestApp) {
        ferry(app).await;
        rule(app, &json!({ "kind": "links", "more_than": 1, "action": "hold" })).await;
        for (body, came) in [
            ("[a](https://a.example)", "published"),
            ("[a](https://a.example) <https://b.example>", "held links"),
            ("http://a.example and www.b.example", "held links"),
            ("[a](javascript:a) [b](javascript:b)", "published"),
        ] {
            assert_eq!(says(app, body).await, came, "{body}");
        }
    }

    async fn repetition_counts_for_the_account_and_for_the_address(app: TestApp) {
        ferry(app).await;
        let ines = app.account("Ines", "reader").await;
        rule(app, &json!({ "kind": "repeat", "within_seconds": 60, "action": "hold" })).await;
        assert_eq!(says(app, "Sail with us!").await, "published");
        let other = json!({ "body": "sail, with US", "author_name": "Another" });
        assert_eq!(outcome(&app.post("/articles/ferry/comments").json(&other).await), "held repeat");
        assert_eq!(says(app, "Sail with them!").await, "published");
        assert_eq!(outcome(&by(app, &ines, "An account says so.").await), "published");
        // Another node, which has not seen it come, knows the account.
        let beside = app.beside(|_| {}).await;
        until("the rule is there", async || {
            outcome(&by(&beside, &ines, "an account says SO").await) == "held repeat"
        }).await;
        app.advance(61);
        assert_eq!(says(app, "Sail with us!").await, "published");
        assert_eq!(outcome(&by(app, &ines, "An account says so.").await), "published");
    }

    async fn young_accounts_wait(app: TestApp) {
        ferry(app).await;
        let ines = app.account("Ines", "reader").await;
        rule(app, &json!({ "kind": "new_account", "younger_than_seconds": 60, "action": "hold" })).await;
        let post = || app.post("/articles/ferry/comments").json(&json!({ "body": "hello" })).by(&ines);
        assert_eq!(outcome(&post().await), "held new_account");
        assert_eq!(says(app, "guests have no account").await, "published");
        app.advance(59);
        assert_eq!(outcome(&post().await), "held new_account");
        app.advance(1);
        assert_eq!(outcome(&post().await), "published");
    }

    async fn floods_are_limited_for_each_account(app: TestApp) {
        ferry(app).await;
        let (ines, bo) = (app.account("Ines", "reader").await, app.account("Bo", "reader").await);
        rule(app, &json!({ "kind": "flood", "comments": 2, "seconds": 60, "per": "author" })).await;
        let server = app.beside(|config| config.rate_limits = true).await;
        let post = |by| server.post("/articles/ferry/comments").json(&json!({ "body": "hello" })).by(by);
        assert_eq!(outcome(&post(&ines).await), "published");
        server.advance(20);
        assert_eq!(outcome(&post(&ines).await), "published");
        assert_eq!(outcome(&post(&ines).await), "limited 40");
        assert_eq!(outcome(&post(&bo).await), "published");
        server.advance(40);
        assert_eq!(outcome(&post(&ines).await), "published");
        assert_eq!(outcome(&post(&ines).await), "limited 20");
        // Without limits there are none of this kind either.
        let call = app.post("/articles/ferry/comments").json(&json!({ "body": "hello" })).by(&ines);
        assert_eq!(outcome(&call.await), "published");
    }

    async fn floods_are_limited_for_each_address(app: TestApp) {
        ferry(app).await;
        rule(app, &json!({ "kind": "flood", "comments": 3, "seconds": 60, "per": "address" })).await;
        let server = app.beside(|config| {
            config.rate_limits = true;
            config.trusted_proxies = vec!["127.0.0.1/32".parse().unwrap()];
        }).await;
        let from = |address: &str| saying(&server, "hello").header("x-forwarded-for", address);
        let at_once = join_all((0..8).map(|_| from("203.0.113.9").into_future())).await;
        let mut came: Vec<String> = at_once.iter().map(outcome).collect();
        came.sort();
        let expected: Vec<&str> = [vec!["limited 60"; 5], vec!["published"; 3]].concat();
        assert_eq!(came, expected);
        assert_eq!(outcome(&from("203.0.113.8").await), "published");
        server.advance(60);
        assert_eq!(outcome(&from("203.0.113.9").await), "published");
        // What is not stored does not count, and a retry is no other comment.
        rule(&server, &word("never", "reject")).await;
        let again = || from("203.0.113.9").header("idempotency-key", "retry");
        assert_eq!(outcome(&again().await), "published");
        assert_eq!(outcome(&again().await), "published");
        let body = json!({ "body": "never", "author_name": "Bo" });
        let refused = server.post("/articles/ferry/comments").json(&body).header("x-forwarded-for", "203.0.113.9");
        assert_eq!(outcome(&refused.await), "refused word");
        assert_eq!(outcome(&from("203.0.113.9").await), "published");
        assert_eq!(outcome(&from("203.0.113.9").await), "limited 60");
    }

    async fn rules_hold_here_at_once_and_soon_elsewhere(app: TestApp) {
        ferry(app).await;
        let other = app.beside(|_| {}).await;
        let made = rule(app, &word("viagra", "reject")).await;
        assert_eq!(says(app, "viagra").await, "refused word");
        until("the other node knows it", async || says(&other, "viagra").await == "refused word").await;
        let path = format!("/manage/comment-rules/{}", text(&made["id"]));
        app.patch(&path).as_role("moderator").if_match(1).json(&json!({ "pattern": "cialis" })).await.expect(200);
        assert_eq!(says(app, "viagra").await, "published");
        assert_eq!(says(app, "cialis").await, "refused word");
        until("the other node knows it", async || says(&other, "cialis").await == "refused word").await;
        app.patch(&path).as_role("moderator").if_match(2).json(&json!({ "enabled": false })).await.expect(200);
        assert_eq!(says(app, "cialis").await, "published");
        until("the other node knows it", async || says(&other, "cialis").await == "published").await;
    }

    async fn a_dry_run_says_what_would_have_been_hit(app: TestApp) {
        let ferry = ferry(app).await;
        for number in 0..3 {
            app.comment(&ferry, &format!("old viagra {number}"), None).await;
        }
        app.advance(7 * 86_400 + 1);
        for number in 0..210 {
            let body = if number % 70 == 0 { "buy v.i.a.g.r.a now" } else { "a word about ferries" };
            app.comment(&ferry, body, None).await;
        }
        let before = app.count("SELECT count(*) FROM changes");
        let run = |rule: Value| app.post("/manage/comment-rules/dry-run").as_role("moderator").json(&rule);
        let found = run(word("viagra", "hold")).await.expect(200).json();
        assert_eq!((&found["hits"], &found["scanned"], &found["complete"]), (&json!(3), &json!(210), &json!(true)));
        assert_eq!(found["items"][0]["spans"], json!([[4, 15]]));
        assert_eq!(found["items"][2]["comment"]["body"]["text"], "buy v.i.a.g.r.a now");
        let found = run(word("ferries", "hold")).await.expect(200).json();
        assert_eq!((&found["hits"], found["items"].as_array().unwrap().len()), (&json!(207), 50));
        let ids: Vec<String> = found["items"].as_array().unwrap().iter().map(|item| text(&item["comment"]["id"])).collect();
        assert!(ids.is_sorted_by(|a, b| a > b), "the latest come first");
        let found = run(json!({ "kind": "links", "more_than": 0, "action": "hold" })).await.expect(200).json();
        assert_eq!((&found["hits"], &found["items"]), (&json!(0), &json!([])));
        let by_address = json!({ "kind": "flood", "comments": 1, "seconds": 60, "per": "address" });
        let problem = run(by_address).await.problem(422, "validation_failed");
        assert_eq!(problem["errors"][0]["pointer"], "/per");
        assert_eq!(app.count("SELECT count(*) FROM changes"), before, "nothing is changed");
        assert_eq!(says(app, "viagra").await, "published");
    }

    async fn a_rule_takes_no_statement_but_what_it_asks_for(app: TestApp) {
        ferry(app).await;
        let ines = app.account("Ines", "reader").await;
        let post = || app.post("/articles/ferry/comments").json(&json!({ "body": "hello" })).by(&ines).into_future();
        let (_, without) = app.fewest(post).await;
        rule(app, &word("viagra", "hold")).await;
        rule(app, &json!({ "kind": "new_account", "younger_than_seconds": 60, "action": "spam" })).await;
        app.advance(60);
        assert_eq!(app.fewest(post).await.1, without);
        rule(app, &json!({ "kind": "repeat", "within_seconds": 1, "action": "spam" })).await;
        let (reply, with) = app.fewest(|| {
            app.advance(2);
            post()
        }).await;
        assert_eq!((outcome(&reply).as_str(), with), ("published", without + 1));
    }
}
