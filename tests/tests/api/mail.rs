//! Mails: where they go, what they say, and that there are not too many.

use api::config::{Config, Hidden, Quota};
use domain::user::Email;
use serde_json::json;
use tests::{Mailbox, PASSWORD, Process, TestApp, both, command};

const EMAIL: &str = "ines@harbourpost.example";
const HOUR: i64 = 60 * 60;

/// With the caps on mails, and without the limits of requests; who asks says where from.
fn capped(config: &mut Config) {
    config.rate_limits = true;
    config.limits.sign_ins = Quota {
        address: 1_000_000,
        member: 1_000_000,
        key: 1_000_000,
    };
    config.trusted_proxies = vec!["127.0.0.0/8".parse().unwrap()];
}

async fn with_caps(app: &TestApp, mailbox: &Mailbox) -> TestApp {
    let configure = mailbox.configure();
    app.beside(move |config| {
        configure(config);
        capped(config);
    })
    .await
}

async fn forgot(app: &TestApp, email: &str, address: &str) {
    let body = json!({ "email": email });
    let call = app.post("/auth/forgot").header("x-forwarded-for", address);
    let reply = call.json(&body).await.expect(202);
    assert_eq!(reply.json(), json!({ "next": "check_mail" }));
}

/// All text of these tables, row by row.
fn dump(app: &TestApp) -> String {
    let tables = [
        ("users", "email_verified_at name password_hash role status"),
        ("sessions", "token_hash user_agent ended_by"),
        ("user_tokens", "hash purpose"),
        ("known_addresses", "address"),
        ("attempts", "bucket"),
        ("changes", "actor kind data"),
        ("idempotency", "id request_hash body"),
    ];
    let mut all = String::new();
    for (table, columns) in tables {
        let columns: Vec<String> = columns
            .split(' ')
            .map(|column| format!("COALESCE(CAST({column} AS TEXT), '')"))
            .collect();
        let columns = columns.join(" || ' ' || ");
        all.push_str(
            &app.lines(&format!("SELECT {columns} AS line FROM {table}"))
                .join("\n"),
        );
    }
    all
}

both! {
    async fn a_mail_is_made_of_the_configuration_alone(app: TestApp) {
        let mailbox = Mailbox::open();
        let app = &app.beside(mailbox.configure()).await;
        let body = json!({ "email": EMAIL, "password": PASSWORD, "name": "Bcc: eve@evil.example https://evil.example" });
        let forged = |path: &str| {
            app.post(path)
                .header("host", "evil.example")
                .header("x-forwarded-host", "evil.example")
                .header("x-forwarded-for", "evil.example")
                .header("forwarded", "host=evil.example;proto=http")
                .header("x-original-url", "https://evil.example")
                .header("origin", "https://front.example")
                .header("referer", "https://evil.example")
                .header("user-agent", "evil.example")
        };
        forged("/auth/register").json(&body).await.expect(202);
        let first = mailbox.next_for(EMAIL).await;
        let token = json!({ "token": first.token() });
        app.post("/auth/verify").json(&token).await.expect(204);
        let body = json!({ "email": EMAIL });
        forged("/auth/forgot").json(&body).await.expect(202);
        let second = mailbox.next_for(EMAIL).await;
        let body = json!({ "token": second.token(), "password": "nine slow boats to Halden" });
        forged("/auth/reset").json(&body).await.expect(204);
        let third = mailbox.next_for(EMAIL).await;
        for mail in [first, second, third] {
            assert!(!mail.text().contains("evil"), "{mail:?}");
            assert_eq!(mail.from, "news@broadsheet.example");
            assert_eq!(mail.field("from"), "Broadsheet <news@broadsheet.example>");
            assert_eq!(mail.field("to"), EMAIL);
            assert_eq!(mail.field("content-type"), "text/plain; charset=utf-8");
            assert_eq!(mail.field("auto-submitted"), "auto-generated");
            let fields: Vec<&str> = mail.header.iter().filter_map(|line| line.split(':').next()).collect();
            let expected = ["From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted",
                "MIME-Version", "Content-Type", "Content-Transfer-Encoding"];
            assert_eq!(fields, expected);
        }
    }

    async fn a_mailbox_gets_three_in_an_hour(app: TestApp) {
        let mailbox = Mailbox::open();
        let app = &with_caps(app, &mailbox).await;
        // The plus is the owner's to choose, and all of these are one mailbox.
        app.confirmed(&mailbox, "ines+news@harbourpost.example").await;
        app.registering(EMAIL).await.expect(202);
        mailbox.next_for(EMAIL).await;
        for n in 0..5 {
            forgot(app, "ines+news@harbourpost.example", &format!("192.0.2.{n}")).await;
        }
        let last = mailbox.next_for("ines+news@harbourpost.example").await;
        // What is not sent takes nothing away from what was.
        let body = json!({ "token": last.token(), "password": "nine slow boats to Halden" });
        app.post("/auth/reset").json(&body).await.expect(204);
        mailbox.next_for("ines+news@harbourpost.example").await;
        app.advance(HOUR);
        forgot(app, EMAIL, "192.0.2.1").await;
        mailbox.next_for(EMAIL).await;
        app.stop();
        assert_eq!(mailbox.left().await, 0);
    }

    async fn a_network_asks_for_twenty_in_an_hour(app: TestApp) {
        let mailbox = Mailbox::open();
        let app = &with_caps(app, &mailbox).await;
        app.confirmed(&mailbox, EMAIL).await;
        // Whether there are such accounts does not matter, nor which of its networks a customer uses.
        for n in 0..20 {
            forgot(app, &format!("n{n}@harbourpost.example"), &format!("2001:db8:0:{n:x}::1")).await;
        }
        forgot(app, EMAIL, "2001:db8:0:1::ffff").await;
        let accounts = app.count("SELECT count(*) FROM users");
        let beyond = app.registering("late@harbourpost.example");
        beyond.header("x-forwarded-for", "2001:db8:0:1::1").await.expect(202);
        assert_eq!(app.count("SELECT count(*) FROM users"), accounts);
        forgot(app, EMAIL, "2001:db8:1:2::1").await;
        mailbox.next_for(EMAIL).await;
        app.stop();
        assert_eq!(mailbox.left().await, 0);
    }

    async fn a_folder_takes_mails_as_files(app: TestApp) {
        let folder = tempfile::tempdir().unwrap();
        let mails = folder.path().join("mails");
        let route = format!("file://{}", mails.display());
        let app = &app.beside(move |config| {
            config.mail = Some(Hidden::new(&route));
            config.mail_from = Some(Email::parse("news@broadsheet.example").unwrap());
            "晨报".clone_into(&mut config.site_name);
        }).await;
        app.registering(EMAIL).await.expect(202);
        // What waits is sent before the end.
        app.stop();
        let files: Vec<_> = std::fs::read_dir(&mails).unwrap().map(|file| file.unwrap().path()).collect();
        let [file] = files.as_slice() else { panic!("{files:?}") };
        let text = std::fs::read_to_string(file).unwrap();
        assert!(text.contains(&format!("\r\nTo: {EMAIL}\r\n")), "{text}");
        // Without a page to lead to there is a code and no link.
        assert!(text.contains("bst_") && !text.contains("http"), "{text}");
    }

    async fn no_password_and_no_token_is_stored(app: TestApp) {
        let mailbox = Mailbox::open();
        let app = &app.beside(mailbox.configure()).await;
        app.confirmed(&mailbox, EMAIL).await;
        let tokens = app.signing_in(EMAIL, PASSWORD).await.expect(200).json();
        let body = json!({ "refresh_token": tokens["refresh_token"] });
        let next = app.post("/auth/refresh").json(&body).await.expect(200).json();
        app.post("/auth/forgot").json(&json!({ "email": EMAIL })).await.expect(202);
        let mailed = mailbox.next_for(EMAIL).await.token();
        let all = dump(app);
        for prefix in ["bst_", "bsr_", "eyJ", "kettle", "127.0.0.1"] {
            assert!(!all.contains(prefix), "{prefix}: {all}");
        }
        for secret in [&tokens["refresh_token"], &tokens["access_token"], &next["refresh_token"], &json!(mailed)] {
            let secret = secret.as_str().unwrap();
            assert!(!all.contains(secret.get(4..20).unwrap()), "{all}");
        }
        assert!(all.contains("$argon2id$v=19$m=8192,t=1,p=1$"), "{all}");
    }

    async fn a_log_tells_what_happened_and_no_secret(app: TestApp) {
        let mailbox = Mailbox::open();
        let process = Process::serve(app.database_url(), &[], &[
            ("BROADSHEET_MAIL", &mailbox.url()),
            ("BROADSHEET_MAIL_FROM", "news@broadsheet.example"),
            ("BROADSHEET_ARGON2_MEMORY_KIB", "8192"),
            ("BROADSHEET_ARGON2_ITERATIONS", "1"),
            ("BROADSHEET_LOG", "json"),
        ]);
        assert!(process.announced.contains("from news@broadsheet.example over 127.0.0.1"), "{}", process.announced);
        let ask = async |path: &str, body: serde_json::Value| {
            let url = format!("http://{}/api/v1/auth/{path}", process.address);
            let call = app.http().post(url).header("content-type", "application/json");
            let reply = call.body(body.to_string()).send().await.unwrap();
            let status = reply.status().as_u16();
            let body = reply.bytes().await.unwrap();
            (status, serde_json::from_slice(&body).unwrap_or(json!(null)))
        };
        let body = json!({ "email": EMAIL, "password": PASSWORD, "name": "Ines Halloran" });
        assert_eq!(ask("register", body).await.0, 202);
        let verify = mailbox.next_for(EMAIL).await.token();
        assert_eq!(ask("verify", json!({ "token": verify })).await.0, 204);
        let wrong = json!({ "email": EMAIL, "password": "not the password" });
        assert_eq!(ask("login", wrong).await.0, 401);
        let right = json!({ "email": EMAIL, "password": PASSWORD });
        let (status, tokens) = ask("login", right).await;
        assert_eq!(status, 200);
        let refresh = json!({ "refresh_token": tokens["refresh_token"] });
        let (status, next) = ask("refresh", refresh).await;
        assert_eq!(status, 200);
        assert_eq!(ask("refresh", json!({ "refresh_token": "bsr_made_up" })).await.0, 401);
        assert_eq!(ask("logout", json!({ "refresh_token": next["refresh_token"] })).await.0, 204);
        assert_eq!(ask("forgot", json!({ "email": EMAIL })).await.0, 202);
        let token = mailbox.next_for(EMAIL).await.token();
        let body = json!({ "token": token, "password": "nine slow boats to Halden" });
        assert_eq!(ask("reset", body).await.0, 204);
        mailbox.next_for(EMAIL).await;
        let (ended, log) = process.terminate();
        assert!(ended.success(), "{log}");
        for event in ["registered", "email_verified", "sign_in_refused", "signed_in", "refreshed",
            "refresh_refused", "signed_out", "mail_asked", "password_changed"] {
            assert!(log.contains(&format!("\"event\":\"{event}\"")), "{event}: {log}");
        }
        for secret in [EMAIL, "ines", "Ines", "kettle", "not the password", "slow boats", "bst_", "bsr_", "eyJ", "argon2"] {
            assert!(!log.contains(secret), "{secret}: {log}");
        }
    }

    async fn in_development_mails_may_go_into_the_log(app: TestApp) {
        let process = Process::serve(app.database_url(), &[], &[
            ("BROADSHEET_MAIL", "log"),
            ("BROADSHEET_MAIL_FROM", "news@broadsheet.example"),
        ]);
        assert!(process.announced.contains("NOT SENT"), "{}", process.announced);
        let url = format!("http://{}/api/v1/auth/register", process.address);
        let body = json!({ "email": EMAIL, "password": PASSWORD, "name": "Ines" });
        let call = app.http().post(url).header("content-type", "application/json");
        let reply = call.body(body.to_string()).send().await.unwrap();
        assert_eq!(reply.status().as_u16(), 202);
        let (_, log) = process.terminate();
        assert!(log.contains("for development alone"), "{log}");
        assert!(log.contains(EMAIL) && log.contains("bst_"), "{log}");
    }

    async fn a_server_without_mail_says_so_and_one_without_a_sender_does_not_start(app: TestApp) {
        let process = Process::serve(app.database_url(), &[], &[]);
        assert!(process.announced.contains("mail       not configured"), "{}", process.announced);
        process.kill();
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("broadsheet.toml");
        std::fs::write(&file, "mail = \"smtp://mail.example\"\n").unwrap();
        let file = file.display().to_string();
        for what in ["serve", "check"] {
            let outcome = command(app, &[what, "--config", &file]).await;
            assert!(!outcome.success && outcome.text.contains("BROADSHEET_MAIL_FROM"), "{}", outcome.text);
        }
    }
}
