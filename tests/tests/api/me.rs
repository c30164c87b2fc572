//! One's own account.

use serde_json::{Value, json};
use tests::{Account, Mailbox, PASSWORD, TestApp, both, text, until};

const NEW_PASSWORD: &str = "nine slow boats to the northern pier";

async fn article(app: &TestApp) -> Value {
    app.section("World", None).await;
    app.article(json!({ "title": "Ferry", "section": "world" }))
        .await
}

async fn comment(app: &TestApp, by: &Account, body: &str, parent: Option<&str>) -> String {
    let body = json!({ "body": body, "parent_id": parent });
    let call = app.post("/articles/ferry/comments").by(by).json(&body);
    text(&call.await.expect(201).json()["id"])
}

/// Whether an access token is taken.
async fn opens(app: &TestApp, access: &str) -> bool {
    match app.get("/me").bearer(access).await.status {
        200 => true,
        401 => false,
        other => panic!("{other}"),
    }
}

both! {
    async fn an_account_is_read_by_its_owner_alone(app: TestApp) {
        let ines = app.account("Ines", "author").await;
        let reply = app.get("/me").by(&ines).await.expect(200);
        let me = reply.json();
        assert_eq!(reply.header("cache-control"), "private, no-store");
        assert_eq!((&me["id"], &me["email"]), (&json!(ines.id), &json!("ines@people.example")));
        assert_eq!((&me["name"], &me["role"], &me["pending_email"]), (&json!("Ines"), &json!("author"), &json!(null)));
        assert!(!reply.text().contains("argon2") && !reply.text().contains("password"), "{me}");
        for path in ["/me", "/me/sessions", "/me/export"] {
            app.get(path).await.problem(401, "unauthorized");
            app.get(path).as_role("admin").await.problem(403, "forbidden");
        }
        let erase = json!({ "current_password": PASSWORD });
        app.delete("/me").as_role("admin").json(&erase).await.problem(403, "forbidden");
        app.delete("/me/sessions").as_role("admin").await.problem(403, "forbidden");
    }

    async fn only_what_is_documented_can_be_changed(app: TestApp) {
        let ines = app.account("Ines", "reader").await;
        let before = app.user(&ines.email);
        for field in [
            "id", "role", "status", "epoch", "version", "email_verified_at", "password_hash", "created_at", "updated_at",
            "pending_email", "user_id", "sessions", "is_admin",
        ] {
            for value in [json!("admin"), json!(1), json!({ "role": "admin" }), json!(null)] {
                let reply = app.patch("/me").by(&ines).json(&json!({ "name": "New", field: value })).await;
                let problem = reply.problem(422, "unknown_field");
                assert_eq!(problem["errors"][0]["pointer"], format!("/{field}"), "{problem}");
            }
        }
        for (body, pointer) in [
            (json!({ "name": { "role": "admin" } }), "/name"),
            (json!({ "name": null }), "/name"),
            (json!({ "name": "" }), "/name"),
            (json!({ "name": "x".repeat(61) }), "/name"),
            (json!({ "email": "nobody", "current_password": PASSWORD }), "/email"),
            (json!({ "email": "new@people.example" }), "/current_password"),
            (json!({ "password": NEW_PASSWORD }), "/current_password"),
            (json!({ "password": NEW_PASSWORD, "current_password": "" }), "/current_password"),
            (json!({ "password": "short", "current_password": PASSWORD }), "/password"),
            (json!({ "password": "passwordpassword", "current_password": PASSWORD }), "/password"),
        ] {
            let reply = app.patch("/me").by(&ines).json(&body).await;
            let problem = reply.problem(422, "validation_failed");
            assert_eq!(problem["errors"][0]["pointer"], pointer, "{body}: {problem}");
            assert!(!reply.text().contains(NEW_PASSWORD) && !reply.text().contains(PASSWORD), "{problem}");
        }
        assert_eq!(app.user(&ines.email), before, "nothing refused was stored");
        let me = app.patch("/me").by(&ines).json(&json!({ "name": "  Ines H. " })).await.expect(200).json();
        assert_eq!(me["name"], "Ines H.");
        app.patch("/me").by(&ines).json(&json!({})).await.expect(200);
    }

    async fn a_new_password_ends_every_other_session_at_once(app: TestApp) {
        let node = app.beside(|_| {}).await;
        let here = app.account("Ines", "reader").await;
        let others = [app.login(&here.email, PASSWORD).await, app.login(&here.email, PASSWORD).await];
        let wrong = json!({ "password": NEW_PASSWORD, "current_password": "kettle wolf sixteen oranges" });
        let problem = app.patch("/me").by(&here).json(&wrong).await.problem(422, "validation_failed");
        assert_eq!(problem["errors"][0]["code"], "wrong_password", "{problem}");
        assert!(opens(app, &text(&others[0]["access_token"])).await);
        let body = json!({ "password": NEW_PASSWORD, "current_password": PASSWORD });
        app.patch("/me").by(&here).json(&body).await.expect(200);
        for other in &others {
            let access = text(&other["access_token"]);
            assert!(!opens(app, &access).await);
            until("the other node refuses it too", async || !opens(&node, &access).await).await;
            assert_eq!(app.refreshed(&text(&other["refresh_token"])).await.0, 401);
        }
        assert!(opens(app, &here.access).await && opens(&node, &here.access).await, "this one stays");
        assert_eq!(app.refreshed(&here.refresh).await.0, 200);
        let old = json!({ "email": here.email, "password": PASSWORD });
        app.post("/auth/login").json(&old).await.problem(401, "invalid_credentials");
        app.login(&here.email, NEW_PASSWORD).await;
    }

    async fn the_sessions_are_ones_own(app: TestApp) {
        let node = app.beside(|_| {}).await;
        let ines = app.account("Ines", "reader").await;
        let bo = app.account("Bo", "admin").await;
        let phone = app.post("/auth/login").header("user-agent", "Phone/1.0")
            .json(&json!({ "email": ines.email, "password": PASSWORD })).await.expect(200).json();
        let list = app.get("/me/sessions").by(&ines).await.expect(200).json();
        let items = list["items"].as_array().unwrap();
        assert_eq!(items.len(), 2, "{list}");
        let (here, there): (Vec<&Value>, Vec<&Value>) = items.iter().partition(|item| item["current"] == true);
        assert_eq!((here.len(), there.len()), (1, 1), "{list}");
        assert_eq!(there[0]["user_agent"], "Phone/1.0");
        let (here, there) = (text(&here[0]["id"]), text(&there[0]["id"]));
        for id in [&here, &there] {
            app.delete(&format!("/me/sessions/{id}")).by(&bo).await.problem(404, "not_found");
        }
        for id in ["ses_0000000000000", "ses_1", "usr_0000000000000", "1", "me"] {
            app.delete(&format!("/me/sessions/{id}")).by(&ines).await.problem(404, "not_found");
        }
        app.delete(&format!("/me/sessions/{there}")).by(&ines).await.expect(204);
        app.delete(&format!("/me/sessions/{there}")).by(&ines).await.problem(404, "not_found");
        let access = text(&phone["access_token"]);
        assert!(!opens(app, &access).await && opens(app, &ines.access).await);
        until("the other node refuses it too", async || !opens(&node, &access).await).await;
        assert_eq!(app.refreshed(&text(&phone["refresh_token"])).await.0, 401);
        app.login(&ines.email, PASSWORD).await;
        app.delete("/me/sessions").by(&ines).await.expect(204);
        assert!(!opens(app, &ines.access).await && opens(app, &bo.access).await);
        assert_eq!(app.refreshed(&ines.refresh).await.0, 401);
        assert_eq!(app.count("SELECT count(*) FROM sessions WHERE ended_at IS NULL"), 1);
    }

    async fn without_mail_an_address_changes_at_once(app: TestApp) {
        let ines = app.account("Ines", "reader").await;
        let bo = app.account("Bo", "reader").await;
        let taken = json!({ "email": "BO@people.example", "current_password": PASSWORD });
        let problem = app.patch("/me").by(&ines).json(&taken).await.problem(409, "conflict");
        assert_eq!(problem["errors"][0]["pointer"], "/email", "{problem}");
        let body = json!({ "email": " Ines@Other.Example", "current_password": PASSWORD });
        let me = app.patch("/me").by(&ines).json(&body).await.expect(200).json();
        assert_eq!((&me["email"], &me["pending_email"]), (&json!("ines@other.example"), &json!(null)));
        let old = json!({ "email": ines.email, "password": PASSWORD });
        app.post("/auth/login").json(&old).await.problem(401, "invalid_credentials");
        app.login("ines@other.example", PASSWORD).await;
        assert!(opens(app, &ines.access).await && opens(app, &bo.access).await);
    }

    async fn with_mail_an_address_changes_when_its_owner_has_answered(app: TestApp) {
        // Accounts come to be without mail here, so their addresses count as they are.
        let ines = app.account("Ines", "reader").await;
        app.account("Bo", "reader").await;
        let mailbox = Mailbox::open();
        let app = &app.beside(mailbox.configure()).await;
        let ask = async |email: &str| {
            let body = json!({ "email": email, "current_password": PASSWORD });
            app.patch("/me").by(&ines).json(&body).await.expect(200).json()
        };
        let pending = ask("bo@people.example").await;
        assert_eq!((&pending["email"], &pending["pending_email"]), (&json!(ines.email), &json!("bo@people.example")));
        let told = mailbox.next_for("bo@people.example").await;
        assert!(!told.text().contains("bst_"), "who has the address already gets no code: {told:?}");
        mailbox.next_for(&ines.email).await;
        let other = ask("ines@other.example").await;
        let same = |value: &Value| value.to_string().replace("bo@people.example", "ines@other.example");
        assert_eq!(same(&pending), same(&other), "nothing is said of who has an address");
        let token = mailbox.next_for("ines@other.example").await.token();
        let warning = mailbox.next_for(&ines.email).await;
        assert!(!warning.text().contains("bst_") && !warning.text().contains("other.example"), "{warning:?}");
        let dump = app.dump().join("\n");
        assert!(!dump.contains(&token), "only its hash is stored");
        let body = json!({ "token": token });
        app.post("/auth/verify").json(&body).await.expect(204);
        mailbox.next_for(&ines.email).await;
        app.post("/auth/verify").json(&body).await.problem(422, "validation_failed");
        let me = app.get("/me").by(&ines).await.json();
        assert_eq!((&me["email"], &me["pending_email"]), (&json!("ines@other.example"), &json!(null)));
        assert!(me["email_verified_at"].is_string(), "{me}");
        // Asking for the present address takes a change back.
        ask("third@people.example").await;
        let token = mailbox.next_for("third@people.example").await.token();
        mailbox.next_for("ines@other.example").await;
        assert_eq!(ask("ines@other.example").await["pending_email"], json!(null));
        app.post("/auth/verify").json(&json!({ "token": token })).await.problem(422, "validation_failed");
        let body = json!({ "password": NEW_PASSWORD, "current_password": PASSWORD });
        app.patch("/me").by(&ines).json(&body).await.expect(200);
        let told = mailbox.next_for("ines@other.example").await;
        assert!(told.text().contains("password") && !told.text().contains("bst_"), "{told:?}");
    }

    async fn an_export_holds_everything_of_mine_and_nothing_of_others(app: TestApp) {
        let story = article(app).await;
        let ines = app.account("Ines", "author").await;
        let bo = app.account("Bo", "author").await;
        let guest = text(&app.comment(&story, "a guest's words", None).await["id"]);
        let mut own = Vec::new();
        for number in 0..205 {
            own.push(comment(app, &ines, &format!("my *words* {number}"), Some(&guest)).await);
        }
        comment(app, &bo, "words of Bo", Some(&own[0])).await;
        let held = "UPDATE comments SET status = 'held' WHERE body_source = 'my *words* 7'";
        storage::testing::execute(app.database_url(), held).unwrap();
        let draft = json!({ "title": "My draft", "section": "world", "body": { "format": "markdown", "source": "x" } });
        let draft = app.post("/manage/articles").by(&ines).json(&draft).await.expect(201).json();
        let foreign = json!({ "title": "Draft of Bo", "section": "world", "body": { "format": "markdown", "source": "x" } });
        app.post("/manage/articles").by(&bo).json(&foreign).await.expect(201);
        let reply = app.get("/me/export").by(&ines).await.expect(200);
        assert!(reply.header("content-disposition").starts_with("attachment"), "{:?}", reply.headers);
        assert_eq!(reply.header("cache-control"), "private, no-store");
        let export = reply.json();
        let ids: Vec<String> = export["comments"].as_array().unwrap().iter().map(|one| text(&one["id"])).collect();
        assert_eq!(ids, own);
        assert_eq!(export["comments"][7]["status"], "held");
        assert_eq!(export["comments"][7]["source"], "my *words* 7");
        assert_eq!(export["account"]["email"], "ines@people.example");
        assert_eq!(export["sessions"].as_array().map(Vec::len), Some(1));
        assert_eq!(export["known_networks"].as_array().map(Vec::len), Some(1));
        assert_eq!(export["articles"], json!([{ "id": draft["id"], "title": "My draft" }]));
        let changes = export["changes"].as_array().unwrap();
        assert!(changes.len() >= 206, "every comment and the draft: {}", changes.len());
        assert!(changes.iter().any(|one| one["entity_id"] == draft["id"] && one["kind"] == "created"));
        let words = reply.text();
        for foreign in ["a guest's words", "words of Bo", "Draft of Bo", "bo@people", &bo.id, "argon2", "token_hash"] {
            assert!(!words.contains(foreign), "{foreign}");
        }
        let other = app.get("/me/export").by(&bo).await.expect(200);
        assert!(!other.text().contains("my *words*") && !other.text().contains(&ines.id));
    }
}
