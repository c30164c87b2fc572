//! Members vote on comments: once each, and every vote counts once.

use std::collections::BTreeMap;

use domain::{
    Timestamp,
    comment::{Keys, Votes},
    id::CommentId,
};
use serde_json::{Value, json};
use tests::{PASSWORD, Reply, TestApp, both, ids, join_all, text};

async fn article(app: &TestApp) -> Value {
    app.section("World", None).await;
    app.article(json!({ "title": "Ferry", "section": "world" }))
        .await
}

async fn comment(app: &TestApp, article: &Value, words: &str) -> String {
    text(&app.comment(article, words, None).await["id"])
}

/// Votes, or takes the vote back.
async fn vote(app: &TestApp, comment: &str, by: &str, value: Option<i64>) -> Reply {
    let path = format!("/comments/{comment}/vote");
    match value {
        Some(value) => {
            app.put(&path)
                .bearer(by)
                .json(&json!({ "value": value }))
                .await
        }
        None => app.delete(&path).bearer(by).await,
    }
}

fn voted(app: &TestApp) -> i64 {
    app.count("SELECT count(*) FROM changes WHERE kind = 'voted'")
}

/// Every comment's sums are what the votes are, and its keys what the domain makes of them.
fn assert_exact(app: &TestApp) {
    let rows = app.lines(
        "SELECT c.id || ' ' || c.up || ' ' || c.down || ' ' || c.created_at || ' ' || c.ordinal || ' ' || \
         c.best || ' ' || c.controversial || ' ' || c.hot || ' ' || CASE WHEN c.pinned THEN 1 ELSE 0 END || ' ' || \
         (SELECT count(*) FROM comment_votes v WHERE v.comment_id = c.id AND v.value = 1) || ' ' || \
         (SELECT count(*) FROM comment_votes v WHERE v.comment_id = c.id AND v.value = -1) AS line \
         FROM comments c",
    );
    for row in rows {
        let numbers: Vec<i64> = row.split(' ').map(|part| part.parse().unwrap()).collect();
        let [
            id,
            up,
            down,
            created_at,
            ordinal,
            best,
            controversial,
            hot,
            pinned,
            for_it,
            against,
        ] = numbers[..]
        else {
            panic!("{row}");
        };
        assert_eq!((up, down), (for_it, against), "the votes on {id}");
        let keys = Keys::of(
            Votes { up, down },
            Timestamp::from_millis(created_at),
            ordinal,
        )
        .pinned(pinned == 1);
        let stored = Keys {
            best,
            controversial,
            hot,
        };
        assert_eq!(stored, keys, "the keys of {id}");
    }
}

both! {
    async fn a_vote_is_given_changed_and_taken_back(app: TestApp) {
        let id = &comment(app, &article(app).await, "one").await;
        let [ines, bo] = &app.crowd(2).await[..] else { panic!() };
        let mut changes = 0;
        for (by, value, up, down, changed) in [
            (ines, None, 0, 0, false),
            (ines, Some(1), 1, 0, true),
            (ines, Some(1), 1, 0, false),
            (bo, Some(-1), 1, 1, true),
            (ines, Some(-1), 0, 2, true),
            (bo, Some(1), 1, 1, true),
            (ines, None, 1, 0, true),
            (ines, None, 1, 0, false),
            (ines, Some(1), 2, 0, true),
        ] {
            let reply = vote(app, id, &by.token, value).await.expect(200);
            let votes = json!({ "up": up, "down": down, "score": up - down });
            assert_eq!(reply.json(), json!({ "comment_id": id, "value": value, "votes": votes }));
            assert_eq!(reply.header("cache-control"), "private, no-store");
            assert_eq!(app.get(&format!("/comments/{id}")).await.json()["votes"], votes);
            changes += i64::from(changed);
            assert_eq!(voted(app), changes, "what is so already is no change");
            assert_exact(app);
        }
        let path = format!("/manage/changes?entity_id={id}");
        let log = app.get(&path).as_user("admin").await.expect(200).json();
        let last = &log["items"][0];
        assert_eq!((&last["kind"], &last["actor"]), (&json!("voted"), &json!(format!("user:{}", ines.user.id))));
    }

    async fn who_may_not_vote_is_told_why(app: TestApp) {
        let article = article(app).await;
        let id = &comment(app, &article, "one").await;
        let path = &format!("/comments/{id}/vote");
        let body = &json!({ "value": 1 });
        app.put(path).json(body).await.problem(401, "unauthorized");
        app.delete(path).await.problem(401, "unauthorized");
        app.put(path).as_role("admin").json(body).await.problem(403, "forbidden");
        let member = app.member("reader");
        for bad in [json!({ "value": 0 }), json!({ "value": 2 }), json!({ "value": "1" }), json!({ "value": null }),
            json!({ "value": 1.5 }), json!({}), json!([1])] {
            let reply = app.put(path).bearer(&member.token).json(&bad).await;
            reply.problem(422, "validation_failed");
        }
        let more = json!({ "value": 1, "weight": 100 });
        app.put(path).bearer(&member.token).json(&more).await.problem(422, "unknown_field");

        let own = json!({ "body": "mine" });
        let own = app.post("/articles/ferry/comments").bearer(&member.token).json(&own).await.expect(201).json();
        let own = &text(&own["id"]);
        for value in [1, -1] {
            vote(app, own, &member.token, Some(value)).await.problem(409, "own_comment");
        }
        let none = vote(app, own, &member.token, None).await.expect(200).json();
        assert_eq!((&none["value"], &none["votes"]["up"]), (&json!(null), &json!(0)));
        vote(app, own, &app.member("reader").token, Some(1)).await.expect(200);
        vote(app, id, &app.member("moderator").token, Some(-1)).await.expect(200);
        assert_eq!(voted(app), 2, "nothing refused was counted");
        assert_exact(app);
    }

    async fn nobody_votes_on_what_cannot_be_read(app: TestApp) {
        let article = article(app).await;
        let member = &app.member("reader");
        let asked = async |id: &str| {
            for value in [Some(1), None] {
                vote(app, id, &member.token, value).await.problem(404, "not_found");
            }
        };
        asked("cmt_0000000000000").await;
        for (status, visible) in [("held", "1 = 0"), ("spam", "1 = 0"), ("rejected", "1 = 0"), ("deleted", "1 = 1"), ("published", "1 = 0")] {
            let id = comment(app, &article, status).await;
            let raw = CommentId::parse(&id).unwrap().raw();
            let sql = format!("UPDATE comments SET status = '{status}', visible = ({visible}) WHERE id = {raw}");
            storage::testing::execute(app.database_url(), &sql).unwrap();
            asked(&id).await;
        }
        let id = comment(app, &article, "under an article that goes").await;
        vote(app, &id, &member.token, Some(1)).await.expect(200);
        let unpublish = format!("/manage/articles/{}/unpublish", text(&article["id"]));
        app.post(&unpublish).as_role("editor").if_match(2).await.expect(200);
        asked(&id).await;
        assert_eq!(app.count("SELECT up FROM comments WHERE up > 0"), 1, "what was given stays");
        let ending = app.draft(json!({ "title": "Short", "section": "world" })).await;
        let ending = app.publish_with(&ending, &json!({ "visible_until": app.in_seconds(60) })).await;
        let id = comment(app, &ending, "while it lasts").await;
        app.advance(61);
        let token = &app.issue(member);
        vote(app, &id, token, Some(1)).await.problem(404, "not_found");
        assert_eq!(voted(app), 1);
    }

    async fn whose_account_is_closed_does_not_vote(app: TestApp) {
        let id = &comment(app, &article(app).await, "one").await;
        let member = app.member("reader");
        let sql = format!("UPDATE users SET status = 'suspended' WHERE id = {}", member.user.id.raw());
        storage::testing::execute(app.database_url(), &sql).unwrap();
        vote(app, id, &member.token, Some(1)).await.problem(401, "unauthorized");
        assert_eq!(voted(app), 0);
    }

    async fn what_is_liked_rises(app: TestApp) {
        let article = article(app).await;
        let mut made = Vec::new();
        for words in ["one", "two", "three"] {
            made.push(comment(app, &article, words).await);
        }
        let crowd = &app.crowd(3).await;
        let listed = async |sort: &str| {
            let page = app.get(&format!("/articles/ferry/comments?sort={sort}")).await.expect(200).json();
            ids(&page).iter().map(|id| made.iter().position(|one| one == id).unwrap()).collect::<Vec<_>>()
        };
        assert_eq!(listed("best").await, [2, 1, 0]);
        for member in crowd {
            vote(app, &made[0], &member.token, Some(1)).await.expect(200);
        }
        vote(app, &made[1], &crowd[0].token, Some(1)).await.expect(200);
        vote(app, &made[1], &crowd[1].token, Some(-1)).await.expect(200);
        assert_eq!(listed("best").await, [0, 1, 2]);
        assert_eq!(listed("hot").await[0], 0);
        assert_eq!(listed("controversial").await[0], 1);
        for member in crowd {
            vote(app, &made[0], &member.token, Some(-1)).await.expect(200);
        }
        assert_eq!(listed("best").await, [1, 2, 0]);
        assert_eq!(listed("hot").await[2], 0);
        for member in crowd {
            vote(app, &made[0], &member.token, None).await.expect(200);
        }
        assert_eq!(listed("best").await, [1, 2, 0], "equals stand newest first again");

        let path = format!("/manage/comments/{}/decisions", made[0]);
        let version = app.get(&format!("/manage/comments/{}", made[0])).as_role("moderator").await.version();
        let pin = app.post(&path).as_role("moderator").if_match(version).json(&json!({ "decision": "pin" })).await;
        let version = pin.expect(200).version();
        vote(app, &made[0], &crowd[0].token, Some(-1)).await.expect(200);
        assert_eq!(listed("best").await[0], 0, "what is pinned stays on top however it is voted on");
        assert_eq!(listed("hot").await[0], 0);
        assert_exact(app);
        app.post(&path).as_role("moderator").if_match(version).json(&json!({ "decision": "unpin" })).await.expect(200);
        assert_eq!(listed("hot").await[2], 0);
        assert_exact(app);
    }

    async fn of_a_thousand_votes_at_once_each_counts_once(app: TestApp) {
        let article = article(app).await;
        let (hot, other) = (&comment(app, &article, "hot").await, &comment(app, &article, "other").await);
        let crowd = &app.crowd(50).await;
        let all = (0..1000).map(|number| async move {
            let member = &crowd[number % 50];
            let value = [Some(1), Some(-1), None][(number * 7 + number / 50 * 5) % 3];
            let on = if number % 20 == 19 { other } else { hot };
            loop {
                let reply = vote(app, on, &member.token, value).await;
                // A full queue is no answer about the vote: a client asks again.
                if reply.status != 503 {
                    break (number % 50, reply.expect(200).json());
                }
            }
        });
        let mut last = BTreeMap::new();
        for (member, reply) in join_all(all).await {
            let votes = &reply["votes"];
            assert!(votes["up"].as_i64().unwrap() + votes["down"].as_i64().unwrap() <= 50, "{votes}");
            last.insert(member, reply);
        }
        assert_eq!(last.len(), 50);
        assert_exact(app);
        assert!(app.count("SELECT count(*) FROM comment_votes") > 0);
        // One of a member's requests at once wins, and everybody sees which.
        let member = &crowd[0].token;
        let page = app.get("/me/votes?article=ferry").bearer(member).await.expect(200).json();
        let mine = page["items"].as_array().unwrap().iter().find(|one| one["comment_id"] == *hot);
        let before = vote(app, hot, member, Some(1)).await.json();
        vote(app, hot, member, mine.map(|one| one["value"].as_i64().unwrap())).await.expect(200);
        assert_eq!(before["value"], 1);
        assert_exact(app);
    }

    async fn ones_own_votes_are_laid_over_the_thread(app: TestApp) {
        let article = article(app).await;
        let other = app.article(json!({ "title": "Other", "section": "world" })).await;
        let [ines, bo] = &app.crowd(2).await[..] else { panic!() };
        let mut expected = Vec::new();
        for number in 0..23_i64 {
            let id = comment(app, &article, &format!("voice {number}")).await;
            let value = if number % 3 == 0 { -1 } else { 1 };
            vote(app, &id, &bo.token, Some(-value)).await.expect(200);
            if number % 2 == 0 {
                vote(app, &id, &ines.token, Some(value)).await.expect(200);
                expected.push(json!({ "comment_id": id, "value": value }));
            }
        }
        let elsewhere = comment(app, &other, "elsewhere").await;
        vote(app, &elsewhere, &ines.token, Some(1)).await.expect(200);
        let (mut found, mut cursor) = (Vec::new(), String::new());
        loop {
            let path = format!("/me/votes?article={}&limit=5{cursor}", text(&article["id"]));
            let reply = app.get(&path).bearer(&ines.token).await.expect(200);
            assert_eq!(reply.header("cache-control"), "private, no-store");
            let page = reply.json();
            found.extend(page["items"].as_array().unwrap().clone());
            match page["next_cursor"].as_str() {
                Some(next) => cursor = format!("&cursor={next}"),
                None => break,
            }
        }
        assert_eq!(found, expected);
        let whole = app.get("/me/votes?article=ferry&limit=100").bearer(&ines.token).await.expect(200).json();
        assert_eq!(whole, json!({ "items": expected, "next_cursor": null }));
        let page = app.get("/me/votes?article=ferry&limit=1").bearer(&ines.token).await.json();
        let cursor = text(&page["next_cursor"]);
        for (by, article) in [(&bo.token, "ferry"), (&ines.token, "other")] {
            let path = format!("/me/votes?article={article}&cursor={cursor}");
            app.get(&path).bearer(by).await.problem(400, "bad_cursor");
        }
        app.get("/me/votes?article=ferry").await.problem(401, "unauthorized");
        app.get("/me/votes?article=ferry").as_role("admin").await.problem(403, "forbidden");
        for query in ["", "?article=nothing", "?article=art_0000000000000", "?article=No", "?article=ferry&sort=best"] {
            assert_eq!(app.get(&format!("/me/votes{query}")).bearer(&ines.token).await.status, 400, "{query}");
        }
        let draft = app.draft(json!({ "title": "Draft", "section": "world" })).await;
        let path = format!("/me/votes?article={}", text(&draft["id"]));
        app.get(&path).bearer(&ines.token).await.problem(400, "invalid_parameter");
    }

    async fn a_vote_takes_a_fixed_number_of_statements(app: TestApp) {
        let article = article(app).await;
        let id = &comment(app, &article, "one").await;
        for member in app.crowd(20).await {
            vote(app, id, &member.token, Some(1)).await.expect(200);
        }
        let member = &app.member("reader").token;
        let spent = async |value| {
            let before = app.statements();
            vote(app, id, member, value).await.expect(200);
            app.statements() - before
        };
        vote(app, id, member, Some(1)).await.expect(200);
        let mut fewest = [u64::MAX; 3];
        for _ in 0..3 {
            for (place, value) in [Some(-1), Some(-1), None].into_iter().enumerate() {
                fewest[place] = fewest[place].min(spent(value).await);
            }
        }
        // The account, the comment and the vote are read; the vote, the sums and the log are written.
        // Around them stands what every transaction takes.
        let idle = fewest[1] - 3;
        assert_eq!(fewest, [6 + idle, 3 + idle, 6 + idle]);
        let read = async || app.get("/me/votes?article=ferry").bearer(member).await.expect(200);
        let (_, statements) = app.fewest(read).await;
        assert!(statements <= 2, "{statements}");
    }

    async fn an_account_that_is_erased_takes_its_votes_along(app: TestApp) {
        let article = article(app).await;
        let ines = app.account("Ines", "reader").await;
        let bo = app.account("Bo", "reader").await;
        let first = comment(app, &article, "first").await;
        let article_id = "(SELECT id FROM published_articles WHERE slug = 'ferry')";
        let user = app.user(&ines.email).id.raw();
        // More than one slice of votes, some of them on what nobody sees any more.
        let sql = format!(
            "INSERT INTO comments (id, article_id, root_id, depth, author_kind, author_name, body_source, body_html, \
             body_text, status, visible, up, down, reply_count, pinned, created_at, below, ordinal) \
             WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 250) \
             SELECT i, {article_id}, i, 0, 'guest', 'Cy', 'a', 'a', 'a', CASE WHEN i % 9 = 0 THEN 'held' ELSE 'published' END, \
             i % 9 <> 0, CASE WHEN i % 2 = 0 THEN 1 ELSE 0 END, i % 2, 0, 1 = 0, 1795428000000, -{article_id}, i + 100 FROM n; \
             INSERT INTO comment_votes (comment_id, user_id, article_id, value, created_at) \
             SELECT id, {user}, article_id, CASE WHEN id % 2 = 0 THEN 1 ELSE -1 END, 7 FROM comments WHERE id <= 250"
        );
        storage::testing::execute(app.database_url(), &sql).unwrap();
        vote(app, &first, &ines.access, Some(-1)).await.expect(200);
        vote(app, &first, &bo.access, Some(-1)).await.expect(200);
        vote(app, &CommentId::from_raw(10).to_string(), &bo.access, Some(1)).await.expect(200);

        let export = app.get("/me/export").by(&ines).await.expect(200).json();
        let votes = export["votes"].as_array().unwrap();
        assert_eq!(votes.len(), 251);
        assert_eq!(votes[0], json!({ "comment_id": CommentId::from_raw(1).to_string(), "article_id": article["id"],
            "value": -1, "voted_at": "1970-01-01T00:00:00.007Z" }));
        assert_eq!((&votes[250]["comment_id"], &votes[250]["value"]), (&json!(first), &json!(-1)));

        let before = voted(app);
        app.delete("/me").by(&ines).json(&json!({ "current_password": PASSWORD })).await.expect(204);
        assert_eq!(app.count("SELECT count(*) FROM comment_votes"), 2, "those of Bo");
        assert_eq!(voted(app) - before, 251);
        assert_exact(app);
        let sums = "SELECT sum(up) * 10 + sum(down) FROM comments";
        assert_eq!(app.count(sums), 11);
        let each = app.lines("SELECT CAST(count(*) AS TEXT) AS line FROM changes WHERE kind = 'voted' GROUP BY xid");
        // SQLite does not number its transactions.
        let slices = each.iter().filter(|number| *number == "100").count();
        assert!(app.database_url().starts_with("sqlite") || slices == 2, "{each:?}");
        assert_eq!(app.get("/me/export").by(&bo).await.expect(200).json()["votes"].as_array().map(Vec::len), Some(2));
    }
}
