//! Accounts as administrators handle them.

use serde_json::{Value, json};
use tests::{Account, Mailbox, PASSWORD, TestApp, both, ids, join_all, text, until};

fn invitation(name: &str, role: &str) -> Value {
    let email = format!("{}@invited.example", name.to_lowercase());
    json!({ "email": email, "name": name, "role": role })
}

async fn invite(app: &TestApp, by: &Account, name: &str, role: &str) -> Value {
    let call = app.post("/manage/users").by(by);
    call.json(&invitation(name, role)).await.expect(201).json()
}

fn path(account: &Account) -> String {
    format!("/manage/users/{}", account.id)
}

/// Whether somebody's access token opens what only administrators may see.
async fn governs(app: &TestApp, account: &Account) -> u16 {
    app.get("/manage/users?limit=1").by(account).await.status
}

both! {
    async fn whoever_is_invited_sets_the_password_with_a_code(app: TestApp) {
        let ada = app.account("Ada", "admin").await;
        let reply = app.post("/manage/users").by(&ada).json(&invitation("Ines", "editor")).await.expect(201);
        let user = reply.json();
        let id = text(&user["id"]);
        assert_eq!(reply.header("location"), format!("/api/v1/manage/users/{id}"));
        assert_eq!(reply.header("etag"), "\"1\"");
        assert_eq!((&user["role"], &user["status"], &user["has_password"]), (&json!("editor"), &json!("active"), &json!(false)));
        let token = text(&user["invitation"]["token"]);
        assert!(!app.dump().join("\n").contains(&token), "only its hash is stored");
        let item = app.get(&format!("/manage/users/{id}")).by(&ada).await.expect(200);
        assert!(!item.text().contains(&token) && !item.text().contains("invitation"), "it is shown this once");
        let login = json!({ "email": "ines@invited.example", "password": PASSWORD });
        app.post("/auth/login").json(&login).await.problem(401, "invalid_credentials");
        let weak = json!({ "token": token, "password": "short" });
        app.post("/auth/reset").json(&weak).await.problem(422, "validation_failed");
        let set = json!({ "token": token, "password": PASSWORD });
        let tries = join_all((0..4).map(|_| async { app.post("/auth/reset").json(&set).await.status })).await;
        assert_eq!(tries.iter().filter(|status| **status == 204).count(), 1, "{tries:?}");
        app.post("/auth/reset").json(&set).await.problem(422, "validation_failed");
        app.login("ines@invited.example", PASSWORD).await;
        let item = app.get(&format!("/manage/users/{id}")).by(&ada).await.json();
        assert!(item["email_verified_at"].is_string() && item["has_password"] == true, "{item}");
        let late = invite(app, &ada, "Late", "reader").await;
        app.advance(3600);
        let set = json!({ "token": late["invitation"]["token"], "password": PASSWORD });
        app.post("/auth/reset").json(&set).await.problem(422, "validation_failed");
    }

    async fn with_mail_the_code_goes_to_the_address_and_nowhere_else(app: TestApp) {
        let ada = app.account("Ada", "admin").await;
        let mailbox = Mailbox::open();
        let app = &app.beside(mailbox.configure()).await;
        let user = invite(app, &ada, "Ines", "author").await;
        assert_eq!(user["invitation"], json!(null));
        let mail = mailbox.next_for("ines@invited.example").await;
        let set = json!({ "token": mail.token(), "password": PASSWORD });
        app.post("/auth/reset").json(&set).await.expect(204);
        app.login("ines@invited.example", PASSWORD).await;
    }

    async fn an_invitation_names_what_is_wrong(app: TestApp) {
        let ada = app.account("Ada", "admin").await;
        let taken = json!({ "email": "ADA@people.example", "name": "Ada", "role": "reader" });
        let problem = app.post("/manage/users").by(&ada).json(&taken).await.problem(409, "conflict");
        assert_eq!((&problem["conflicting_id"], &problem["errors"][0]["pointer"]), (&json!(ada.id), &json!("/email")));
        for (field, value) in [
            ("email", json!("nobody")), ("email", json!("a@b.example\r\nBcc: c@d.example")), ("name", json!("")),
            ("name", json!("x".repeat(61))), ("role", json!("king")), ("role", json!(["admin"])),
            ("id", json!("usr_0000000000001")), ("status", json!("active")), ("password_hash", json!("x")),
            ("email_verified_at", json!(null)), ("epoch", json!(7)), ("invitation", json!({})),
        ] {
            let mut body = invitation("Ines", "reader");
            body[field] = value;
            let problem = app.post("/manage/users").by(&ada).json(&body).await.expect(422).json();
            let place = problem["errors"][0]["pointer"].as_str().unwrap_or_default();
            assert!(place.starts_with(&format!("/{field}")), "{field}: {problem}");
        }
        assert_eq!(app.count("SELECT count(*) FROM users"), 1);
    }

    async fn accounts_are_listed_page_by_page(app: TestApp) {
        let ada = app.account("Ada", "admin").await;
        let mut made = vec![ada.id.clone()];
        for (name, role) in [("One", "reader"), ("Two", "editor"), ("Three", "reader"), ("Four", "author")] {
            made.push(text(&invite(app, &ada, name, role).await["id"]));
        }
        made.reverse();
        let get = async |query: &str| app.get(&format!("/manage/users{query}")).by(&ada).await;
        let mut walked = Vec::new();
        let mut query = "?limit=2".to_owned();
        loop {
            let page = get(&query).await.expect(200).json();
            walked.extend(ids(&page));
            match page["next_cursor"].as_str() {
                Some(cursor) => query = format!("?limit=2&cursor={cursor}"),
                None => break,
            }
        }
        assert_eq!(walked, made);
        assert_eq!(ids(&get("?role=reader").await.json()), [made[1].clone(), made[3].clone()]);
        assert_eq!(ids(&get("?role=admin&status=active").await.json()), std::slice::from_ref(&ada.id));
        assert_eq!(ids(&get("?status=suspended").await.json()), Vec::<String>::new());
        assert_eq!(ids(&get("?email=TWO@invited.example").await.json()), [made[2].clone()]);
        assert_eq!(ids(&get("?email=two@invited.example&role=reader").await.json()), Vec::<String>::new());
        assert_eq!(ids(&get("?email=nobody@invited.example").await.json()), Vec::<String>::new());
        let cursor = text(&get("?limit=2").await.json()["next_cursor"]);
        get(&format!("?role=reader&cursor={cursor}")).await.problem(400, "bad_cursor");
        for wrong in ["?role=king", "?status=gone", "?email=nobody", "?limit=0", "?name=x", "?sort=name"] {
            assert_eq!(get(wrong).await.status, 400, "{wrong}");
        }
        assert!(!get("").await.text().contains("argon2"));
    }

    async fn only_people_who_administer_get_there(app: TestApp) {
        let ada = app.account("Ada", "admin").await;
        let ines = app.account("Ines", "reader").await;
        for role in ["reader", "author", "editor", "moderator", "admin"] {
            app.get("/manage/users").as_role(role).await.problem(403, "forbidden");
            app.post("/manage/users").as_role(role).json(&invitation("X", "admin")).await.problem(403, "forbidden");
            app.patch(&path(&ines)).as_role(role).if_match(1).json(&json!({ "role": "admin" })).await.problem(403, "forbidden");
            app.delete(&path(&ada)).as_role(role).if_match(1).await.problem(403, "forbidden");
        }
        for role in ["reader", "author", "editor", "moderator"] {
            let one = app.account(&format!("The{role}"), role).await;
            app.get("/manage/users").by(&one).await.problem(403, "forbidden");
            app.patch(&path(&one)).by(&one).if_match(1).json(&json!({ "role": "admin" })).await.problem(403, "forbidden");
        }
        for id in ["usr_0000000000000", "1", "usr_1", "ses_0000000000000", "me", "usr_0000000000000%20"] {
            app.get(&format!("/manage/users/{id}")).by(&ada).await.problem(404, "not_found");
        }
        let body = json!({ "id": ada.id, "name": "X" });
        app.patch(&path(&ines)).by(&ada).if_match(1).json(&body).await.problem(422, "unknown_field");
    }

    async fn another_role_holds_everywhere_within_seconds(app: TestApp) {
        let node = app.beside(|_| {}).await;
        let ada = app.account("Ada", "admin").await;
        let bo = app.account("Bo", "admin").await;
        assert_eq!((governs(app, &bo).await, governs(&node, &bo).await), (200, 200));
        let body = json!({ "role": "author", "name": "Bo B." });
        app.patch(&path(&bo)).by(&ada).json(&body).await.problem(428, "precondition_required");
        let stale = app.patch(&path(&bo)).by(&ada).if_match(7).json(&body).await.problem(412, "precondition_failed");
        let version = stale["current_version"].as_i64().unwrap();
        let reply = app.patch(&path(&bo)).by(&ada).if_match(version).json(&body).await.expect(200);
        assert_eq!((reply.version(), reply.header("etag")), (version + 1, format!("\"{}\"", version + 1).as_str()));
        assert_eq!(governs(app, &bo).await, 401);
        until("the other node refuses it too", async || governs(&node, &bo).await == 401).await;
        let (status, tokens) = node.refreshed(&bo.refresh).await;
        assert_eq!(status, 200, "the session goes on, with the new role");
        let now = Account { access: text(&tokens["access_token"]), ..bo.clone() };
        assert_eq!((governs(app, &now).await, governs(&node, &now).await), (403, 403));
        let me = app.get("/me").by(&now).await.expect(200).json();
        assert_eq!((&me["role"], &me["name"]), (&json!("author"), &json!("Bo B.")));
        assert_eq!(governs(app, &ada).await, 200);
        for body in [json!({ "status": "erasing" }), json!({ "role": null }), json!({ "email": "x@y.example" }), json!({ "password": PASSWORD })] {
            app.patch(&path(&bo)).by(&ada).if_match(version + 1).json(&body).await.expect(422);
        }
        let log = app.lines("SELECT kind || ' ' || COALESCE(data, '') AS line FROM changes WHERE entity = 'user' ORDER BY seq DESC LIMIT 1");
        assert_eq!(log, ["changed {\"role\":\"author\",\"status\":\"active\"}"]);
    }

    async fn a_suspended_account_is_shut_everywhere(app: TestApp) {
        let node = app.beside(|_| {}).await;
        let ada = app.account("Ada", "admin").await;
        let bo = app.account("Bo", "editor").await;
        let version = app.get(&path(&bo)).by(&ada).await.expect(200).version();
        let suspend = json!({ "status": "suspended" });
        app.patch(&path(&bo)).by(&ada).if_match(version).json(&suspend).await.expect(200);
        app.get("/me").by(&bo).await.problem(401, "unauthorized");
        until("the other node refuses it too", async || node.get("/manage/articles").by(&bo).await.status == 401).await;
        assert_eq!(node.refreshed(&bo.refresh).await.0, 401);
        let login = json!({ "email": bo.email, "password": PASSWORD });
        app.post("/auth/login").json(&login).await.problem(401, "invalid_credentials");
        app.patch(&path(&bo)).by(&ada).if_match(version + 1).json(&json!({ "status": "active" })).await.expect(200);
        assert_eq!(app.refreshed(&bo.refresh).await.0, 401, "what has ended stays so");
        app.get("/me").by(&bo).await.problem(401, "unauthorized");
        app.login(&bo.email, PASSWORD).await;
    }

    async fn sessions_are_ended_without_a_change_of_the_account(app: TestApp) {
        let ada = app.account("Ada", "admin").await;
        let bo = app.account("Bo", "reader").await;
        let sessions = format!("{}/sessions", path(&bo));
        app.delete(&sessions).by(&ada).await.problem(428, "precondition_required");
        app.delete(&sessions).by(&ada).if_match(9).await.problem(412, "precondition_failed");
        app.delete(&sessions).by(&ada).if_match(1).await.expect(204);
        app.get("/me").by(&bo).await.problem(401, "unauthorized");
        assert_eq!(app.refreshed(&bo.refresh).await.0, 401);
        assert_eq!(app.get(&path(&bo)).by(&ada).await.expect(200).version(), 1);
        app.get("/me").by(&ada).await.expect(200);
        app.login(&bo.email, PASSWORD).await;
        app.delete("/manage/users/usr_0000000000000/sessions").by(&ada).if_match(1).await.problem(404, "not_found");
    }

    async fn an_administrator_erases_an_account(app: TestApp) {
        let ada = app.account("Ada", "admin").await;
        let bo = app.account("Bo", "reader").await;
        app.delete(&path(&bo)).by(&ada).await.problem(428, "precondition_required");
        app.delete(&path(&bo)).by(&ada).if_match(9).await.problem(412, "precondition_failed");
        app.delete(&path(&bo)).by(&ada).if_match(1).await.expect(204);
        app.get(&path(&bo)).by(&ada).await.problem(404, "not_found");
        app.delete(&path(&bo)).by(&ada).if_match(1).await.problem(404, "not_found");
        app.get("/me").by(&bo).await.problem(401, "unauthorized");
        app.account("Bo", "reader").await;
    }

    async fn the_last_administrator_cannot_be_taken_away(app: TestApp) {
        let ada = app.account("Ada", "admin").await;
        let version = app.get(&path(&ada)).by(&ada).await.expect(200).version();
        for body in [json!({ "role": "editor" }), json!({ "status": "suspended" })] {
            app.patch(&path(&ada)).by(&ada).if_match(version).json(&body).await.problem(409, "conflict");
        }
        app.delete(&path(&ada)).by(&ada).if_match(version).await.problem(409, "conflict");
        // Nobody can sign in to these.
        invite(app, &ada, "Invited", "admin").await;
        app.patch(&path(&ada)).by(&ada).if_match(version).json(&json!({ "role": "editor" })).await.problem(409, "conflict");
        let idle = app.account("Idle", "admin").await;
        let idle_version = app.get(&path(&idle)).by(&ada).await.version();
        app.patch(&path(&idle)).by(&ada).if_match(idle_version).json(&json!({ "status": "suspended" })).await.expect(200);
        app.patch(&path(&ada)).by(&ada).if_match(version).json(&json!({ "role": "editor" })).await.problem(409, "conflict");
        app.patch(&path(&ada)).by(&ada).if_match(version).json(&json!({ "name": "Ada A.", "role": "admin" })).await.expect(200);
        assert_eq!(governs(app, &ada).await, 200);
    }

    async fn where_mail_is_sent_an_unconfirmed_administrator_does_not_count(app: TestApp) {
        let ada = app.account("Ada", "admin").await;
        let bo = app.account("Bo", "admin").await;
        let mailbox = Mailbox::open();
        let mailing = &app.beside(mailbox.configure()).await;
        let step_down = json!({ "role": "editor" });
        mailing.patch(&path(&ada)).by(&ada).if_match(2).json(&step_down).await.problem(409, "conflict");
        let confirm = "UPDATE users SET email_verified_at = 1 WHERE email = 'bo@people.example'";
        storage::testing::execute(app.database_url(), confirm).unwrap();
        mailing.patch(&path(&ada)).by(&ada).if_match(2).json(&step_down).await.expect(200);
        app.get("/me").by(&bo).await.expect(200);
    }

    async fn a_change_that_changes_nothing_leaves_no_trace(app: TestApp) {
        let ada = app.account("Ada", "admin").await;
        let ines = app.account("Ines", "reader").await;
        let before = app.count("SELECT count(*) FROM changes");
        for body in [json!({}), json!({ "name": "Ines", "role": "reader", "status": "active" })] {
            let same = app.patch(&path(&ines)).by(&ada).if_match(1).json(&body).await.expect(200);
            assert_eq!((same.version(), same.header("etag")), (1, "\"1\""));
        }
        assert_eq!(app.count("SELECT count(*) FROM changes"), before);
        app.get("/me").by(&ines).await.expect(200);
    }

    async fn of_two_who_take_each_other_away_at_once_one_stays(app: TestApp) {
        let node = app.beside(|_| {}).await;
        for (round, change) in [
            json!({ "role": "reader" }), json!({ "status": "suspended" }), json!({ "role": "reader" }), json!(null),
        ].into_iter().enumerate() {
            let one = app.account(&format!("One{round}"), "admin").await;
            let two = app.account(&format!("Two{round}"), "admin").await;
            let take = async |app: &TestApp, by: &Account, whom: &Account| {
                let call = match &change {
                    Value::Null => app.delete(&path(whom)).by(by).if_match(2),
                    body => app.patch(&path(whom)).by(by).if_match(2).json(body),
                };
                call.await.status
            };
            let (first, second) = tokio::join!(take(app, &one, &two), take(&node, &two, &one));
            let done = [first, second].iter().filter(|status| [200, 204].contains(*status)).count();
            assert_eq!(done, 1, "{change}: {first} {second}");
            let left = "SELECT count(*) FROM users WHERE role = 'admin' AND status = 'active'";
            assert_eq!(app.count(left), 1, "{change}");
            storage::testing::execute(app.database_url(), "UPDATE users SET role = 'reader'").unwrap();
        }
    }
}
