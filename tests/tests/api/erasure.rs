//! Erasing an account: what goes, what stays, and what an interruption leaves.

use std::time::Duration;

use domain::{Actor, SystemActor};
use serde_json::{Value, json};
use storage::{comments, users};
use tests::{Account, PASSWORD, TestApp, both, text, until};

const WORDS: &str = "what I have to say";

async fn article(app: &TestApp) -> Value {
    app.section("World", None).await;
    app.article(json!({ "title": "Ferry", "section": "world" }))
        .await
}

async fn comment(app: &TestApp, by: &Account, parent: Option<&str>, key: &str) -> String {
    let body = json!({ "body": WORDS, "parent_id": parent });
    let call = app
        .post("/articles/ferry/comments")
        .by(by)
        .header("idempotency-key", key);
    text(&call.json(&body).await.expect(201).json()["id"])
}

fn password() -> Value {
    json!({ "current_password": PASSWORD })
}

/// Puts in so many comments of an account, without asking the API for each.
fn fill(app: &TestApp, by: &Account, number: i64) {
    let user = app.user(&by.email).id.raw();
    let article = "(SELECT id FROM published_articles WHERE slug = 'ferry')";
    let sql = format!(
        "INSERT INTO comments (id, article_id, root_id, depth, author_kind, author_name, body_source, body_html, \
         body_text, status, visible, up, down, reply_count, pinned, created_at, user_id, below) \
         WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {number}) \
         SELECT i, {article}, i, 0, 'member', 'Ines', 'a', 'a', 'a', 'published', {visible}, 0, 0, 0, {pinned}, 0, {user}, -{article} \
         FROM n",
        visible = "1 = 1",
        pinned = "1 = 0",
    );
    storage::testing::execute(app.database_url(), &sql).expect("the comments are put in");
}

/// The rows of a table, without those columns that are meant to change.
fn rows(app: &TestApp, table: &str, with: &str) -> Vec<String> {
    let dump = app.dump();
    let begin = format!("{table}: ");
    let mut rows: Vec<String> = dump
        .into_iter()
        .filter(|line| line.starts_with(&begin) && line.contains(with))
        .collect();
    rows.sort();
    rows
}

both! {
    async fn an_account_is_gone_and_its_comments_are_nobodys(app: TestApp) {
        let node = app.beside(|_| {}).await;
        let story = article(app).await;
        let ines = app.account("Inessa", "author").await;
        let bo = app.account("Bo", "reader").await;
        let agent = json!({ "email": ines.email, "password": PASSWORD });
        app.post("/auth/login").header("user-agent", "Inessas-Phone/1").json(&agent).await.expect(200);
        let guest = text(&app.comment(&story, "a guest's words", None).await["id"]);
        let root = comment(app, &ines, None, "key-1").await;
        let answer = comment(app, &bo, Some(&root), "key-2").await;
        let reply = comment(app, &ines, Some(&guest), "key-3").await;
        let change = json!({ "email": "inessa@other.example", "current_password": PASSWORD });
        app.patch("/me").by(&ines).json(&change).await.expect(200);
        let before = (rows(app, "comments", "a guest's words"), rows(app, "users", "bo@people"),
            rows(app, "sessions", &app.user(&bo.email).id.raw().to_string()));
        let hash = app.user("inessa@other.example").password_hash.expect("a password");

        let wrong = json!({ "current_password": "not this one, surely" });
        app.delete("/me").by(&ines).json(&wrong).await.problem(422, "validation_failed");
        app.delete("/me").by(&ines).json(&json!({})).await.problem(422, "validation_failed");
        app.delete("/me").by(&ines).json(&password()).await.expect(204);

        app.get("/me").by(&ines).await.problem(401, "unauthorized");
        until("the other node refuses it too", async || node.get("/me").by(&ines).await.status == 401).await;
        assert_eq!(app.refreshed(&ines.refresh).await.0, 401);
        let login = json!({ "email": "inessa@other.example", "password": PASSWORD });
        app.post("/auth/login").json(&login).await.problem(401, "invalid_credentials");
        for id in [&root, &reply] {
            let comment = app.get(&format!("/comments/{id}")).await.expect(200).json();
            assert_eq!(comment["author"], json!({ "kind": "deleted", "name": null, "user_id": null }), "{comment}");
            assert_eq!((&comment["status"], &comment["body"]["text"]), (&json!("published"), &json!(WORDS)));
        }
        let answer = app.get(&format!("/comments/{answer}")).await.expect(200).json();
        assert_eq!((&answer["author"]["name"], &answer["parent_id"]), (&json!("Bo"), &json!(root)));
        assert_eq!(app.get("/articles/ferry").await.json()["stats"]["comments"], 4);
        let after = (rows(app, "comments", "a guest's words"), rows(app, "users", "bo@people"),
            rows(app, "sessions", &app.user(&bo.email).id.raw().to_string()));
        assert_eq!(after, before, "nothing of others is touched");
        assert_eq!(app.count("SELECT count(*) FROM idempotency WHERE user_id IS NOT NULL"), 1, "but that of Bo");
        for line in app.dump() {
            let low = line.to_lowercase();
            for trace in ["inessa", "phone/1", hash.as_str()] {
                assert!(!low.contains(&trace.to_lowercase()), "{trace} in {line}");
            }
        }
        assert!(app.get("/me/export").by(&bo).await.expect(200).text().contains(WORDS));
        app.account("Inessa", "reader").await;
    }

    async fn the_last_administrator_stays(app: TestApp) {
        let ada = app.account("Ada", "admin").await;
        app.delete("/me").by(&ada).json(&password()).await.problem(409, "conflict");
        app.get("/me").by(&ada).await.expect(200);
        let bo = app.account("Bo", "admin").await;
        let id = &bo.id;
        app.patch(&format!("/manage/users/{id}")).by(&ada).if_match(2).json(&json!({ "status": "suspended" })).await.expect(200);
        app.delete("/me").by(&ada).json(&password()).await.problem(409, "conflict");
        app.patch(&format!("/manage/users/{id}")).by(&ada).if_match(3).json(&json!({ "status": "active" })).await.expect(200);
        app.delete("/me").by(&ada).json(&password()).await.expect(204);
        let bo = app.login(&bo.email, PASSWORD).await;
        app.delete("/me").bearer(&text(&bo["access_token"])).json(&password()).await.problem(409, "conflict");
    }

    async fn thousands_of_comments_are_let_go_in_slices(app: TestApp) {
        article(app).await;
        let ines = app.account("Ines", "reader").await;
        fill(app, &ines, 2500);
        let own = "SELECT count(*) FROM comments WHERE author_kind = 'deleted'";
        // Others write meanwhile, and none of them waits for all of it.
        let erased = async { app.delete("/me").by(&ines).json(&password()).await.expect(204) };
        let others = async {
            let mut seen = Vec::new();
            while app.count("SELECT count(*) FROM users") > 0 {
                app.post("/articles/ferry/views").await.expect(202);
                seen.push(app.count(own));
            }
            seen
        };
        let (_, seen) = futures(erased, others).await;
        assert!(seen.iter().all(|gone| gone % 500 == 0), "{seen:?}");
        assert_eq!(app.count(own), 2500);
        assert_eq!(app.count("SELECT count(*) FROM comments WHERE user_id IS NOT NULL OR author_name <> ''"), 0);
        assert_eq!(app.count("SELECT count(*) FROM changes WHERE kind = 'disowned'"), 2500);
        let most = app.lines("SELECT CAST(count(*) AS TEXT) AS line FROM changes WHERE kind = 'disowned' GROUP BY xid");
        assert!(most == ["2500"] || most == ["500", "500", "500", "500", "500"], "{most:?}");
    }

    async fn what_was_cut_off_is_finished_after_the_next_start(app: TestApp) {
        article(app).await;
        let ines = app.account("Ines", "reader").await;
        fill(app, &ines, 1200);
        let user = app.user(&ines.email);
        let store = app.store();
        let begun = store.write_blocking(Actor::System(SystemActor::Command), app.now(), move |tx| {
            let user = users::begin_erasure(tx, &user)?;
            comments::disown(tx, user.id, 500)
        });
        assert_eq!(begun, Ok(500));
        store.close();
        app.stop();
        let app = &app.beside(|config| config.sweep_after = Duration::from_millis(1)).await;
        app.get("/me").by(&ines).await.problem(401, "unauthorized");
        until("the account is gone", async || app.count("SELECT count(*) FROM users") == 0).await;
        assert_eq!(app.count("SELECT count(*) FROM comments WHERE author_kind = 'deleted'"), 1200);
    }
}

/// Both at once.
async fn futures<A, B>(one: impl Future<Output = A>, other: impl Future<Output = B>) -> (A, B) {
    tokio::join!(one, other)
}
