//! Comments of those who have an account.

use std::time::Duration;

use domain::{Role, id::UserId, user::Email};
use serde_json::{Value, json};
use storage::users::{self, NewUser};
use tests::{Account, PASSWORD, TestApp, both, members, text};

async fn articles(app: &TestApp) {
    app.section("World", None).await;
    app.article(json!({ "title": "Ferry", "section": "world" }))
        .await;
    app.article(json!({ "title": "Members", "section": "world", "comments": "members" }))
        .await;
    app.article(json!({ "title": "Closed", "section": "world", "comments": "closed" }))
        .await;
}

async fn post(app: &TestApp, by: &Account, article: &str) -> Value {
    let call = app.post(&format!("/articles/{article}/comments")).by(by);
    call.json(&json!({ "body": "hello" }))
        .await
        .expect(201)
        .json()
}

both! {
    async fn a_member_comments_under_the_name_of_the_account(app: TestApp) {
        articles(app).await;
        for (name, role, kind) in [
            ("Ines", "reader", "member"), ("Ada", "author", "staff"), ("Ed", "editor", "staff"),
            ("Mo", "moderator", "staff"), ("Adi", "admin", "staff"),
        ] {
            let account = app.account(name, role).await;
            let comment = post(app, &account, "ferry").await;
            let author = json!({ "kind": kind, "name": name, "user_id": account.id });
            assert_eq!(comment["author"], author, "{role}");
            assert!(comment.get("edit_token").is_none(), "{comment}");
            let read = app.get(&format!("/comments/{}", text(&comment["id"]))).await.expect(200);
            assert_eq!(read.json()["author"], author);
            assert!(!read.text().contains("people.example"), "{}", read.text());
        }
        assert_eq!(app.get("/articles/ferry").await.json()["stats"]["comments"], 5);
    }

    async fn a_member_cannot_sign_as_somebody_else(app: TestApp) {
        articles(app).await;
        let ines = app.account("Ines", "reader").await;
        for (body, pointers) in [
            (json!({ "body": "x", "author_name": "Ada" }), vec!["/author_name"]),
            (json!({ "body": "x", "author_email": "ada@people.example" }), vec!["/author_email"]),
            (json!({ "body": "x", "author_name": "Ines", "author_email": "i@p.example" }), vec!["/author_name", "/author_email"]),
            (json!({ "body": "x", "user_id": "usr_0000000000001" }), vec!["/user_id"]),
            (json!({ "body": "x", "author": { "kind": "staff" } }), vec!["/author"]),
            (json!({ "body": "x", "author_kind": "staff" }), vec!["/author_kind"]),
        ] {
            let reply = app.post("/articles/ferry/comments").by(&ines).json(&body).await.expect(422).json();
            let errors = reply["errors"].as_array().unwrap();
            let named: Vec<&str> = errors.iter().filter_map(|error| error["pointer"].as_str()).collect();
            assert_eq!(named, pointers, "{reply}");
        }
        let nulls = json!({ "body": "x", "author_name": null, "author_email": null });
        app.post("/articles/ferry/comments").by(&ines).json(&nulls).await.expect(201);
        assert_eq!(app.count("SELECT count(*) FROM comments"), 1);
    }

    async fn members_only_means_members(app: TestApp) {
        articles(app).await;
        let ines = app.account("Ines", "reader").await;
        post(app, &ines, "members").await;
        let guest = json!({ "body": "hello", "author_name": "Guest" });
        app.post("/articles/members/comments").json(&guest).await.problem(403, "members_only");
        app.post("/articles/members/comments").as_role("admin").json(&guest).await.problem(403, "members_only");
        let body = json!({ "body": "hello" });
        app.post("/articles/closed/comments").by(&ines).json(&body).await.problem(409, "comments_closed");
        app.post("/articles/nowhere/comments").by(&ines).json(&body).await.problem(404, "not_found");
        // A key posts as a guest where guests may, with the proof of having written it.
        let key = app.post("/articles/ferry/comments").as_role("admin").json(&guest).await.expect(201).json();
        assert_eq!((&key["author"]["kind"], &key["author"]["user_id"]), (&json!("guest"), &json!(null)));
        assert!(key["edit_token"].is_string(), "{key}");
    }

    async fn a_retry_of_a_member_gets_the_first_answer(app: TestApp) {
        articles(app).await;
        let (ines, bo) = (app.account("Ines", "reader").await, app.account("Bo", "reader").await);
        let body = json!({ "body": "hello" });
        let send = async |by: &Account| {
            let call = app.post("/articles/ferry/comments").by(by).header("idempotency-key", "one");
            call.json(&body).await.expect(201)
        };
        let first = send(&ines).await;
        let again = send(&ines).await;
        assert_eq!(again.body, first.body);
        assert_eq!(again.header("idempotency-replayed"), "true");
        let other = send(&bo).await;
        assert_ne!(other.json()["id"], first.json()["id"], "a key is its caller's");
        assert_eq!(app.count("SELECT count(*) FROM comments"), 2);
    }

    async fn a_new_name_is_for_new_comments(app: TestApp) {
        articles(app).await;
        let ines = app.account("Ines", "reader").await;
        let old = post(app, &ines, "ferry").await;
        app.patch("/me").by(&ines).json(&json!({ "name": "Ines H." })).await.expect(200);
        assert_eq!(post(app, &ines, "ferry").await["author"]["name"], "Ines H.");
        let read = app.get(&format!("/comments/{}", text(&old["id"]))).await.expect(200).json();
        assert_eq!(read["author"]["name"], "Ines");
    }

    async fn a_node_that_has_not_heard_yet_lets_nobody_sign_with_a_closed_account(app: TestApp) {
        articles(app).await;
        let ada = app.account("Ada", "admin").await;
        let (ines, bo) = (app.account("Ines", "reader").await, app.account("Bo", "reader").await);
        let deaf = app.beside(|config| config.follow_every = Duration::from_hours(1)).await;
        let id = &ines.id;
        app.patch(&format!("/manage/users/{id}")).by(&ada).if_match(1).json(&json!({ "status": "suspended" })).await.expect(200);
        app.delete("/me").by(&bo).json(&json!({ "current_password": PASSWORD })).await.expect(204);
        for account in [&ines, &bo] {
            let reply = deaf.post("/articles/ferry/comments").by(account).json(&json!({ "body": "hello" })).await;
            reply.problem(401, "unauthorized");
            deaf.get("/me").by(account).await.problem(401, "unauthorized");
        }
        assert_eq!(app.count("SELECT count(*) FROM comments"), 0);
    }

    async fn a_key_and_an_account_of_one_number_have_nothing_in_common(app: TestApp) {
        articles(app).await;
        // The key of the authors has the number 2.
        let draft = json!({ "title": "Of the key", "section": "world", "body": { "format": "markdown", "source": "x" } });
        let draft = app.post("/manage/articles").as_role("author").json(&draft).await.expect(201).json();
        let new = NewUser {
            id: UserId::from_raw(2),
            email: Email::parse("two@people.example").unwrap(),
            email_verified: true,
            name: "Two".to_owned(),
            password_hash: app.user(&app.account("Ines", "reader").await.email).password_hash,
            role: Role::Author,
        };
        members::write(&app.store(), app.now(), move |tx| users::create(tx, &new));
        let two = text(&app.login("two@people.example", PASSWORD).await["access_token"]);
        let path = format!("/manage/articles/{}", text(&draft["id"]));
        let change = json!({ "title": "Mine now" });
        app.patch(&path).bearer(&two).if_match(1).json(&change).await.problem(404, "not_found");
        app.patch(&path).as_role("author").if_match(1).json(&change).await.expect(200);
        let body = json!({ "title": "Once", "section": "world", "body": { "format": "markdown", "source": "x" } });
        let send = |token: String| app.post("/manage/articles").bearer(&token).header("idempotency-key", "k").json(&body);
        let mine = send(two.clone()).await.expect(201).json();
        let keys = send(tests::key_of("author")).await.expect(201);
        assert_ne!(keys.json()["id"], mine["id"]);
        let export = app.get("/me/export").bearer(&two).await.expect(200).json();
        assert_eq!(export["articles"], json!([{ "id": mine["id"], "title": "Once" }]));
    }

    async fn posting_as_a_member_takes_one_statement_more(app: TestApp) {
        articles(app).await;
        let ines = app.account("Ines", "reader").await;
        let mut fewest = [u64::MAX; 2];
        for _ in 0..3 {
            let guest = json!({ "body": "hello", "author_name": "Guest" });
            let before = app.statements();
            app.post("/articles/ferry/comments").json(&guest).await.expect(201);
            let between = app.statements();
            post(app, &ines, "ferry").await;
            let spent = [between - before, app.statements() - between];
            fewest = [fewest[0].min(spent[0]), fewest[1].min(spent[1])];
        }
        assert_eq!(fewest[1], fewest[0] + 1);
    }
}
