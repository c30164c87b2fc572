//! Accounts: making one, confirming its address, setting its password.

use serde_json::{Value, json};
use tests::{Mailbox, PASSWORD, Reply, TestApp, both, join_all, text};

const EMAIL: &str = "ines@harbourpost.example";
const OTHER: &str = "nine slow boats to Halden";
const MINUTE: i64 = 60;
const DAY: i64 = 24 * 60 * MINUTE;

async fn verify(app: &TestApp, token: &str) -> Reply {
    let body = json!({ "token": token });
    app.post("/auth/verify").json(&body).await
}

async fn reset(app: &TestApp, token: &str) -> Reply {
    let body = json!({ "token": token, "password": OTHER });
    app.post("/auth/reset").json(&body).await
}

async fn ask(app: &TestApp, what: &str, email: &str) -> Reply {
    let body = json!({ "email": email });
    app.post(&format!("/auth/{what}")).json(&body).await
}

#[track_caller]
fn is_bad_token(reply: &Reply) {
    let problem = reply.problem(422, "validation_failed");
    assert_eq!(problem["errors"][0]["pointer"], "/token");
    assert_eq!(problem["errors"][0]["code"], "invalid_token");
}

both! {
    async fn from_registration_to_signing_out(app: TestApp) {
        let mailbox = Mailbox::open();
        let app = &app.beside(mailbox.configure()).await;
        let reply = app.registering(" Ines@HarbourPost.example ").await.expect(202);
        assert_eq!(reply.json(), json!({ "next": "check_mail" }));
        assert_eq!(reply.header("cache-control"), "private, no-store");
        app.signing_in(EMAIL, PASSWORD).await.problem(401, "invalid_credentials");

        let mail = mailbox.next_for(EMAIL).await;
        let link = format!("https://front.example/account/verify#token={}", mail.token());
        assert!(mail.body.contains(&link), "{mail:?}");
        verify(app, &mail.token()).await.expect(204);
        is_bad_token(&verify(app, &mail.token()).await);

        let reply = app.signing_in("INES@harbourpost.example", PASSWORD).await.expect(200);
        assert_eq!(reply.header("cache-control"), "private, no-store");
        let tokens = reply.json();
        assert_eq!(tokens["token_type"], "Bearer");
        assert_eq!(tokens["expires_in"], 600);
        let body = json!({ "refresh_token": tokens["refresh_token"] });
        let next = app.post("/auth/refresh").json(&body).await.expect(200).json();
        let body = json!({ "refresh_token": next["refresh_token"] });
        app.post("/auth/logout").json(&body).await.expect(204);
        app.post("/auth/refresh").json(&body).await.problem(401, "session_ended");
    }

    async fn without_mail_an_account_can_sign_in_at_once(app: TestApp) {
        let reply = app.registering(EMAIL).await.expect(202);
        assert_eq!(reply.json(), json!({ "next": "sign_in" }));
        app.signing_in(EMAIL, PASSWORD).await.expect(200);
        for what in ["forgot", "resend"] {
            ask(app, what, EMAIL).await.problem(501, "mail_not_configured");
        }
        // Whoever comes second changes nothing, and is not told that they are.
        let body = json!({ "email": EMAIL, "password": OTHER, "name": "Somebody" });
        let again = app.post("/auth/register").json(&body).await.expect(202);
        assert_eq!(again.json(), reply.json());
        app.signing_in(EMAIL, OTHER).await.problem(401, "invalid_credentials");
        app.signing_in(EMAIL, PASSWORD).await.expect(200);
        assert_eq!(app.count("SELECT count(*) FROM users"), 1);
    }

    async fn a_closed_site_takes_nobody_in(app: TestApp) {
        let app = &app.beside(|config| config.registration = false).await;
        app.registering(EMAIL).await.problem(403, "registration_closed");
        assert_eq!(app.count("SELECT count(*) FROM users"), 0);
    }

    async fn a_password_is_reset_by_mail_and_every_session_ends(app: TestApp) {
        let mailbox = Mailbox::open();
        let app = &app.beside(mailbox.configure()).await;
        app.confirmed(&mailbox, EMAIL).await;
        let tokens = app.signing_in(EMAIL, PASSWORD).await.expect(200).json();
        ask(app, "forgot", EMAIL).await.expect(202);
        let mail = mailbox.next_for(EMAIL).await;
        let link = format!("https://front.example/account/reset#token={}", mail.token());
        assert!(mail.body.contains(&link), "{mail:?}");
        // A token for one thing is none for another.
        is_bad_token(&verify(app, &mail.token()).await);

        reset(app, &mail.token()).await.expect(204);
        assert!(mailbox.next_for(EMAIL).await.field("subject").ends_with("Your password was changed"));
        app.signing_in(EMAIL, PASSWORD).await.problem(401, "invalid_credentials");
        app.signing_in(EMAIL, OTHER).await.expect(200);
        let body = json!({ "refresh_token": tokens["refresh_token"] });
        app.post("/auth/refresh").json(&body).await.problem(401, "session_ended");
        let access = tokens["access_token"].as_str().unwrap();
        app.get("/articles").bearer(access).await.problem(401, "unauthorized");
        is_bad_token(&reset(app, &mail.token()).await);
    }

    async fn a_reset_token_opens_once_and_not_for_long(app: TestApp) {
        let mailbox = Mailbox::open();
        let app = &app.beside(mailbox.configure()).await;
        app.confirmed(&mailbox, EMAIL).await;
        let token = async || {
            ask(app, "forgot", EMAIL).await.expect(202);
            mailbox.next_for(EMAIL).await.token()
        };
        // The later one ends the earlier one.
        let (first, second) = (token().await, token().await);
        is_bad_token(&reset(app, &first).await);
        // A password that is refused does not use it up.
        let body = json!({ "token": second, "password": "ines halloran" });
        app.post("/auth/reset").json(&body).await.problem(422, "validation_failed");
        let tries = join_all((0..8).map(|_| reset(app, &second))).await;
        let done = tries.iter().filter(|reply| reply.status == 204).count();
        assert_eq!(done, 1);
        tries.iter().filter(|reply| reply.status != 204).for_each(is_bad_token);
        mailbox.next_for(EMAIL).await;

        let third = token().await;
        app.advance(30 * MINUTE);
        is_bad_token(&reset(app, &third).await);
        let fourth = token().await;
        app.suspend(EMAIL);
        is_bad_token(&reset(app, &fourth).await);
        is_bad_token(&reset(app, "bst_").await);
        is_bad_token(&reset(app, "").await);
    }

    async fn a_new_password_ends_every_code_that_was_sent_before(app: TestApp) {
        let mailbox = Mailbox::open();
        let app = &app.beside(mailbox.configure()).await;
        app.confirmed(&mailbox, EMAIL).await;
        // Somebody with the password wants to take the account along to another address.
        let taken = "eve@harbourpost.example";
        let change = async |password: &str| {
            let tokens = app.signing_in(EMAIL, password).await.expect(200).json();
            let access = text(&tokens["access_token"]);
            let body = json!({ "email": taken, "current_password": password });
            app.patch("/me").bearer(&access).json(&body).await.expect(200);
            let code = mailbox.next_for(taken).await.token();
            mailbox.next_for(EMAIL).await;
            (access, code)
        };
        let (access, first) = change(PASSWORD).await;
        ask(app, "forgot", EMAIL).await.expect(202);
        let forgotten = mailbox.next_for(EMAIL).await.token();
        let body = json!({ "password": OTHER, "current_password": PASSWORD });
        app.patch("/me").bearer(&access).json(&body).await.expect(200);
        mailbox.next_for(EMAIL).await;
        is_bad_token(&verify(app, &first).await);
        is_bad_token(&reset(app, &forgotten).await);

        let (_, second) = change(OTHER).await;
        ask(app, "forgot", EMAIL).await.expect(202);
        reset(app, &mailbox.next_for(EMAIL).await.token()).await.expect(204);
        is_bad_token(&verify(app, &second).await);
    }

    async fn a_code_to_confirm_lasts_a_day_and_another_can_be_had(app: TestApp) {
        let mailbox = Mailbox::open();
        let app = &app.beside(mailbox.configure()).await;
        app.registering(EMAIL).await.expect(202);
        let first = mailbox.next_for(EMAIL).await.token();
        app.advance(DAY);
        is_bad_token(&verify(app, &first).await);
        ask(app, "resend", EMAIL).await.expect(202);
        let second = mailbox.next_for(EMAIL).await.token();
        ask(app, "resend", EMAIL).await.expect(202);
        let third = mailbox.next_for(EMAIL).await.token();
        is_bad_token(&verify(app, &second).await);
        verify(app, &format!(" {third}\n")).await.expect(204);
        app.signing_in(EMAIL, PASSWORD).await.expect(200);
        // Nothing is left to be confirmed.
        ask(app, "resend", EMAIL).await.expect(202);
        app.stop();
        assert_eq!(mailbox.left().await, 0);
    }

    async fn who_registers_first_with_anothers_address_gains_nothing(app: TestApp) {
        let mailbox = Mailbox::open();
        let app = &app.beside(mailbox.configure()).await;
        let body = json!({ "email": EMAIL, "password": "the password of somebody else", "name": "Eve" });
        app.post("/auth/register").json(&body).await.expect(202);
        let first = mailbox.next_for(EMAIL).await.token();
        // The owner comes second, and is asked to choose the password anew.
        app.registering(EMAIL).await.expect(202);
        let mail = mailbox.next_for(EMAIL).await;
        is_bad_token(&verify(app, &first).await);
        ask(app, "resend", EMAIL).await.expect(202);
        let again = mailbox.next_for(EMAIL).await;
        is_bad_token(&reset(app, &mail.token()).await);
        reset(app, &again.token()).await.expect(204);
        for password in ["the password of somebody else", PASSWORD] {
            app.signing_in(EMAIL, password).await.problem(401, "invalid_credentials");
        }
        app.signing_in(EMAIL, OTHER).await.expect(200);
    }

    async fn an_account_that_is_there_stays_as_it_is(app: TestApp) {
        let mailbox = Mailbox::open();
        let app = &app.beside(mailbox.configure()).await;
        app.confirmed(&mailbox, EMAIL).await;
        let before = app.lines("SELECT email || name || version || password_hash AS line FROM users");
        let body = json!({ "email": EMAIL, "password": OTHER, "name": "Eve" });
        app.post("/auth/register").json(&body).await.expect(202);
        let mail = mailbox.next_for(EMAIL).await;
        assert!(mail.field("subject").ends_with("You have an account already"));
        assert!(!mail.text().contains("bst_") && !mail.text().contains("Eve"), "{mail:?}");
        assert_eq!(app.lines("SELECT email || name || version || password_hash AS line FROM users"), before);
    }

    async fn of_many_who_register_at_once_one_account_is_made(app: TestApp) {
        let replies = join_all((0..10).map(|_| async { app.registering(EMAIL).await })).await;
        for reply in replies {
            assert_eq!(reply.expect(202).json(), json!({ "next": "sign_in" }));
        }
        assert_eq!(app.count("SELECT count(*) FROM users"), 1);
    }

    async fn what_is_no_account_is_refused_with_every_place(app: TestApp) {
        let good = json!({ "email": EMAIL, "password": PASSWORD, "name": "Ines Halloran" });
        let with = |field: &str, value: Value| {
            let mut body = good.clone();
            body[field] = value;
            body
        };
        for (field, value, code) in [
            // Latin letters with one that only looks like them, and a full-width one.
            ("email", json!("in\u{435}s@harbourpost.example"), "bad_format"),
            ("email", json!("ines@\u{ff48}arbourpost.example"), "bad_format"),
            ("email", json!("ines@harbourpost.example\r\nBcc: eve@example.org"), "bad_format"),
            ("email", json!("ines@harbourpost.example,eve@example.org"), "bad_format"),
            ("email", json!(""), "required"),
            ("name", json!(""), "required"),
            ("name", json!("a\nb"), "control_character"),
            ("name", json!("x".repeat(61)), "too_long"),
            ("password", json!("too short"), "too_short"),
            ("password", json!("passwordpassword"), "too_common"),
            ("password", json!("Ines HalloranInes Halloran"), "too_common"),
            ("password", json!("x".repeat(257)), "too_long"),
        ] {
            let reply = app.post("/auth/register").json(&with(field, value.clone())).await;
            let problem = reply.problem(422, "validation_failed");
            assert_eq!(problem["errors"][0]["pointer"], format!("/{field}"), "{value}");
            assert_eq!(problem["errors"][0]["code"], code, "{value}: {problem}");
        }
        let body = json!({ "email": "x", "password": PASSWORD, "name": "" });
        let problem = app.post("/auth/register").json(&body).await.problem(422, "validation_failed");
        assert_eq!(problem["errors"].as_array().unwrap().len(), 2);
        assert_eq!(app.count("SELECT count(*) FROM users"), 0);
    }

    async fn nobody_makes_more_of_themselves_than_a_reader(app: TestApp) {
        for (field, value) in [
            ("role", json!("admin")),
            ("status", json!("active")),
            ("email_verified", json!(true)),
            ("email_verified_at", json!("2026-11-23T10:00:00.000Z")),
            ("id", json!("usr_0000000000001")),
            ("password_hash", json!("$argon2id$")),
            ("user", json!({ "role": "admin" })),
            ("Name", json!("Ines")),
        ] {
            let mut body = json!({ "email": EMAIL, "password": PASSWORD, "name": "Ines" });
            body[field] = value;
            let problem = app.post("/auth/register").json(&body).await.problem(422, "unknown_field");
            assert_eq!(problem["errors"][0]["pointer"], format!("/{field}"));
        }
        let mut bodies = vec![
            ("login", json!({ "email": EMAIL, "password": PASSWORD })),
            ("refresh", json!({ "refresh_token": "x" })),
            ("logout", json!({ "refresh_token": "x" })),
            ("verify", json!({ "token": "x" })),
            ("resend", json!({ "email": EMAIL })),
            ("forgot", json!({ "email": EMAIL })),
            ("reset", json!({ "token": "x", "password": OTHER })),
        ];
        for (what, body) in &mut bodies {
            body["url"] = json!("https://eve.example");
            let reply = app.post(&format!("/auth/{what}")).json(body).await;
            reply.problem(422, "unknown_field");
        }
        let long = json!({ "email": EMAIL, "password": "x".repeat(9000), "name": "Ines" });
        app.post("/auth/register").json(&long).await.problem(413, "payload_too_large");
        assert_eq!(app.count("SELECT count(*) FROM users"), 0);
    }
}
