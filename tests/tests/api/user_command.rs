//! `broadsheet user`: where the first administrator comes from, and what helps when nobody else
//! can.

use domain::{Actor, SystemActor};
use serde_json::json;
use storage::users;
use tests::{
    Outcome, PASSWORD, Process, TestApp, both, command, command_given, on_sqlite_database, text,
    until,
};

const ADA: &str = "ada@news.example";

/// A command that is to succeed.
async fn done(app: &TestApp, arguments: &[&str]) -> Outcome {
    let outcome = command(app, arguments).await;
    assert!(outcome.success, "{arguments:?}: {}", outcome.text);
    outcome
}

/// Makes an administrator with the password of all.
async fn administrator(app: &TestApp) {
    let arguments = [
        "user",
        "create",
        "--email",
        ADA,
        "--name",
        "Ada",
        "--role",
        "admin",
        "--password-stdin",
    ];
    let made = command_given(app, &arguments, format!("{PASSWORD}\n").as_bytes(), &[]).await;
    assert!(made.success, "{}", made.text);
    assert!(
        !made.text.contains(PASSWORD) && !made.text.contains("bst_"),
        "{}",
        made.text
    );
}

both! {
    async fn the_first_administrator_comes_from_the_command_alone(app: TestApp) {
        assert_eq!(app.count("SELECT count(*) FROM users"), 0, "there is no default account");
        let create = ["user", "create", "--email", "Ada@News.example", "--name", "Ada", "--role", "admin"];
        let made = done(app, &create).await;
        let code = made.stdout.trim().to_owned();
        assert!(code.starts_with("bst_") && !code.contains(char::is_whitespace), "the code alone: {:?}", made.stdout);
        assert!(made.text.contains(ADA) && made.text.contains("/auth/reset"), "{}", made.text);
        assert!(!app.dump().join("\n").contains(&code), "only its hash is stored");
        let set = json!({ "token": code, "password": PASSWORD });
        app.post("/auth/reset").json(&set).await.expect(204);
        app.post("/auth/reset").json(&set).await.problem(422, "validation_failed");
        let ada = text(&app.login(ADA, PASSWORD).await["access_token"]);
        let list = app.get("/manage/users").bearer(&ada).await.expect(200).json();
        assert_eq!(list["items"][0]["email"], ADA);
        let again = command(app, &create).await;
        assert!(!again.success && again.stdout.is_empty() && again.text.contains("reset-password"), "{}", again.text);
        let late = done(app, &["user", "create", "--email", "late@news.example", "--name", "L", "--role", "reader"]).await;
        // The command goes by the clock of the machine, the server by that of the test.
        app.advance(400 * 24 * 3600);
        let set = json!({ "token": late.stdout.trim(), "password": PASSWORD });
        app.post("/auth/reset").json(&set).await.problem(422, "validation_failed");
    }

    async fn with_a_page_for_accounts_there_is_a_link(app: TestApp) {
        let create = ["user", "create", "--email", ADA, "--name", "Ada", "--role", "admin"];
        let settings = [("BROADSHEET_ACCOUNT_URL", "https://front.example/account")];
        let made = command_given(app, &create, b"", &settings).await;
        let link = format!("https://front.example/account/reset#token={}", made.stdout.trim());
        assert!(made.success && made.text.contains(&link), "{}", made.text);
    }

    async fn a_password_is_one_good_line(app: TestApp) {
        let create = ["user", "create", "--email", ADA, "--name", "Ada", "--role", "admin", "--password-stdin"];
        for (input, said) in [
            (&b""[..], "characters"),
            (b"short\n", "characters"),
            (b"passwordpassword\n", "guessed"),
            (b"ada@news.example\n", "guessed"),
            (b"kettle wolf seventeen oranges\nmore\n", "more than one line"),
            (b"kettle wolf \xff seventeen oranges\n", "cannot be read"),
        ] {
            let refused = command_given(app, &create, input, &[]).await;
            assert!(!refused.success && refused.text.contains(said), "{input:?}: {}", refused.text);
            assert!(!refused.text.contains("kettle"), "{}", refused.text);
        }
        let long = command_given(app, &create, "long words ".repeat(1000).as_bytes(), &[]).await;
        assert!(!long.success && long.text.contains("at most"), "{}", long.text);
        assert_eq!(app.count("SELECT count(*) FROM users"), 0);
        let crlf = format!("{PASSWORD}\r\n");
        assert!(command_given(app, &create, crlf.as_bytes(), &[]).await.success);
        app.login(ADA, PASSWORD).await;
        for wrong in [
            &["user", "create", "--email", "nobody", "--name", "X", "--role", "admin"][..],
            &["user", "create", "--email", "x@y.example", "--name", "", "--role", "admin"],
            &["user", "create", "--email", "x@y.example", "--name", "X", "--role", "king"],
            &["user", "suspend", "--email", "x@y.example"],
            &["user", "suspend", "--email", "x"],
        ] {
            let refused = command(app, wrong).await;
            assert!(!refused.success && refused.stdout.is_empty(), "{wrong:?}: {}", refused.text);
        }
    }

    async fn what_a_command_changes_holds_on_a_running_server(app: TestApp) {
        administrator(app).await;
        let ines = app.account("Ines", "reader").await;
        let listed = done(app, &["user", "list"]).await;
        assert!(listed.stdout.contains(ADA) && listed.stdout.contains("ines@people.example"), "{}", listed.text);
        assert!(!listed.text.contains("argon2"), "{}", listed.text);
        let admins = done(app, &["user", "list", "--role", "admin", "--status", "active"]).await;
        assert!(admins.stdout.contains(ADA) && !admins.stdout.contains("ines"), "{}", admins.text);

        done(app, &["user", "set-role", "--email", &ines.email, "--role", "editor"]).await;
        until("the old role is refused", async || app.get("/me").by(&ines).await.status == 401).await;
        let (_, tokens) = app.refreshed(&ines.refresh).await;
        let (access, refresh) = (text(&tokens["access_token"]), text(&tokens["refresh_token"]));
        assert_eq!(app.get("/me").bearer(&access).await.json()["role"], "editor");
        let same = done(app, &["user", "set-role", "--email", &ines.email, "--role", "editor"]).await;
        assert!(same.text.contains("already"), "{}", same.text);

        done(app, &["user", "suspend", "--email", &ines.email]).await;
        until("nobody gets in", async || app.get("/me").bearer(&access).await.status == 401).await;
        assert_eq!(app.refreshed(&refresh).await.0, 401);
        let login = json!({ "email": ines.email, "password": PASSWORD });
        app.post("/auth/login").json(&login).await.problem(401, "invalid_credentials");
        done(app, &["user", "restore", "--email", &ines.email]).await;
        app.login(&ines.email, PASSWORD).await;
        assert_eq!(app.refreshed(&refresh).await.0, 401);
    }

    async fn a_reset_ends_everything_and_lets_the_owner_in_again(app: TestApp) {
        let ines = app.account("Ines", "reader").await;
        let reset = done(app, &["user", "reset-password", "--email", &ines.email]).await;
        let code = reset.stdout.trim().to_owned();
        until("the session has ended", async || app.get("/me").by(&ines).await.status == 401).await;
        assert_eq!(app.refreshed(&ines.refresh).await.0, 401);
        let old = json!({ "email": ines.email, "password": PASSWORD });
        app.post("/auth/login").json(&old).await.problem(401, "invalid_credentials");
        let second = done(app, &["user", "reset-password", "--email", &ines.email]).await;
        let words = "nine slow boats to the northern pier";
        let set = |token: &str| json!({ "token": token, "password": words });
        app.post("/auth/reset").json(&set(&code)).await.problem(422, "validation_failed");
        app.post("/auth/reset").json(&set(second.stdout.trim())).await.expect(204);
        app.login(&ines.email, words).await;
        let arguments = ["user", "reset-password", "--email", &ines.email, "--password-stdin"];
        let outcome = command_given(app, &arguments, PASSWORD.as_bytes(), &[]).await;
        assert!(outcome.success && outcome.stdout.is_empty(), "{}", outcome.text);
        app.login(&ines.email, PASSWORD).await;
    }

    async fn whoever_opens_an_account_hears_what_is_missing(app: TestApp) {
        let ines = app.account("Ines", "reader").await;
        let restore = ["user", "restore", "--email", &ines.email];
        let open = done(app, &restore).await;
        assert!(open.text.contains("can sign in"), "{}", open.text);
        let mail = [("BROADSHEET_MAIL", "log"), ("BROADSHEET_MAIL_FROM", "news@front.example")];
        let unconfirmed = command_given(app, &restore, b"", &mail).await;
        assert!(unconfirmed.success && unconfirmed.text.contains("/auth/resend"), "{}", unconfirmed.text);
        done(app, &["user", "reset-password", "--email", &ines.email]).await;
        let without = done(app, &restore).await;
        assert!(without.text.contains("no password"), "{}", without.text);
    }

    async fn an_erasure_that_was_cut_off_is_gone_on_with(app: TestApp) {
        let ines = app.account("Ines", "reader").await;
        let user = app.user(&ines.email);
        let system = Actor::System(SystemActor::Command);
        let begun = app.store().write_blocking(system, app.now(), move |tx| users::begin_erasure(tx, &user));
        begun.unwrap();
        let refused = command(app, &["user", "restore", "--email", &ines.email]).await;
        assert!(!refused.success && refused.text.contains("user erase"), "{}", refused.text);
        done(app, &["user", "erase", "--email", &ines.email]).await;
        assert_eq!(app.count("SELECT count(*) FROM users"), 0);
    }

    async fn an_erased_account_is_gone(app: TestApp) {
        administrator(app).await;
        app.section("World", None).await;
        app.article(json!({ "title": "Ferry", "section": "world" })).await;
        let ines = app.account("Ines", "reader").await;
        let body = json!({ "body": "hello" });
        let comment = app.post("/articles/ferry/comments").by(&ines).json(&body).await.expect(201).json();
        done(app, &["user", "erase", "--email", &ines.email]).await;
        until("nobody gets in", async || app.get("/me").by(&ines).await.status == 401).await;
        let comment = app.get(&format!("/comments/{}", text(&comment["id"]))).await.expect(200).json();
        assert_eq!(comment["author"]["kind"], "deleted");
        assert!(!app.dump().join("\n").contains("ines@"), "nothing is left of the address");
        let last = done(app, &["user", "erase", "--email", ADA]).await;
        assert!(last.text.contains("No administrator is left"), "{}", last.text);
        app.account("Ines", "reader").await;
    }
}

#[test]
fn a_server_without_an_administrator_says_how_to_make_one() {
    on_sqlite_database(async |database| {
        let first = Process::serve(database.url(), &[], &[]);
        assert!(
            first.announced.contains("user create --email"),
            "{}",
            first.announced
        );
        first.terminate();
        let app = TestApp::start_on(&database).await;
        administrator(&app).await;
        app.stop();
        let second = Process::serve(database.url(), &[], &[]);
        assert!(
            !second.announced.contains("user create"),
            "{}",
            second.announced
        );
    });
}
