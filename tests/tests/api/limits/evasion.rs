//! Ways around a limit that lead nowhere.

use std::time::Duration;

use api::config::Config;
use reqwest::Method;
use serde_json::json;
use tests::{TestApp, both, raw};

use super::{GUEST, PLENTY, limited, passed, policy, six};

/// The same behind a proxy.
fn six_behind_a_proxy(config: &mut Config) {
    six(config);
    config.trusted_proxies = vec!["127.0.0.1/32".parse().unwrap()];
}

both! {
    async fn a_network_is_one_caller_behind_a_trusted_proxy(app: TestApp) {
        let app = limited(app, six_behind_a_proxy).await;
        let from = |address: String| app.get("/articles").header("x-forwarded-for", &address);
        let inside = |number: usize| from(format!("2001:db8:1:2:{number:x}::{number:x}"));
        assert_eq!(passed(60, inside).await, 6);
        assert_eq!(passed(20, |number| from(format!("2001:db8:1:{number:x}00::1"))).await, 20);
        assert_eq!(passed(60, |_| from("203.0.113.9".to_owned())).await, 6);
        assert_eq!(passed(9, |_| from("::ffff:203.0.113.9".to_owned())).await, 0);
        assert_eq!(passed(20, |number| from(format!("203.0.113.{}", 20 + number))).await, 20);
        // What a client writes itself stands before what the proxy adds, and is not read.
        assert_eq!(passed(60, |number| from(format!("198.51.100.{number}, 192.0.2.4"))).await, 6);
        let lines = |number: usize| from(format!("198.51.100.{number}")).header("x-forwarded-for", "192.0.2.5");
        assert_eq!(passed(60, lines).await, 6);
    }

    async fn nobody_talks_themselves_into_another_address(app: TestApp) {
        let app = limited(app, six).await;
        let made_up = |number: usize| {
            let call = app.get("/articles");
            let (four, six) = (format!("203.0.113.{number}"), format!("2001:db8:{number:x}::1"));
            match number % 6 {
                0 => call.header("x-forwarded-for", &four),
                1 => call.header("forwarded", &format!("for={four}")),
                2 => call.header("x-real-ip", &four),
                3 => call.header("cf-connecting-ip", &four).header("true-client-ip", &four),
                4 => call.header("x-forwarded-for", &six).header("forwarded", &format!("for=\"[{six}]\"")),
                _ => call.header("x-client-ip", &four).header("x-forwarded-host", &six).header("via", &four),
            }
        };
        assert_eq!(passed(60, made_up).await, 6);
    }

    async fn guessing_keys_and_addresses_is_counted(app: TestApp) {
        let app = limited(app, six).await;
        let guess = |number: usize| {
            let call = app.get("/manage/articles");
            match number % 4 {
                0 => call.bearer(&format!("bsk_{number:043}")),
                1 => call.bearer(&format!("eyJhbGciOiJFZERTQSJ9.e30.{number}")),
                2 => call.header("authorization", "Basic dXNlcjpwYXNz"),
                _ => call.as_role("revoked"),
            }
        };
        assert_eq!(passed(60, guess).await, 6);
        // It was a read of the network's, so nothing public can be read either; a good key can.
        app.get("/articles").await.problem(429, "too_many_requests");
        app.get("/manage/articles").as_role("editor").await.expect(200);
        app.advance(60);
        let nowhere = |number: usize| match number % 4 {
            0 => app.get(&format!("/nowhere/{number}")),
            1 => app.call(Method::DELETE, "/api/v1/articles"),
            2 => app.root(&format!("/.env{number}")),
            _ => app.call(Method::OPTIONS, "/api/v1/articles"),
        };
        assert_eq!(passed(60, nowhere).await, 6);
    }

    async fn signing_in_is_counted_however_it_is_written(app: TestApp) {
        let app = limited(app, six).await;
        let guess = |number: usize| {
            let email = match number % 4 {
                0 => "ines@harbourpost.example".to_owned(),
                1 => "Ines@HarbourPost.example".to_owned(),
                2 => format!("ines+{number}@harbourpost.example"),
                _ => format!("reader{number}@harbourpost.example"),
            };
            let call = app.post("/auth/login").header("x-forwarded-for", &format!("203.0.113.{number}"));
            // A token that is no good does not count there, and makes nobody of a guesser.
            let call = if number.is_multiple_of(2) { call.bearer(&format!("e30.e30.{number:040}")) } else { call };
            call.json(&json!({ "email": email, "password": "seven grey herrings" }))
        };
        assert_eq!(passed(60, guess).await, 6);
        let refused = guess(0).await;
        refused.problem(429, "too_many_requests");
        assert_eq!(policy(&refused), ("sign_ins".to_owned(), 6, 60));
        // Every way in is the same class, and an account or a key is not one more.
        let member = app.member("reader");
        for path in ["register", "verify", "resend", "forgot", "reset"] {
            let call = || app.post(&format!("/auth/{path}")).json(&json!({}));
            call().await.problem(429, "too_many_requests");
            call().bearer(&member.token).await.problem(429, "too_many_requests");
            call().as_role("admin").await.problem(429, "too_many_requests");
        }
        // Who is in already goes on, beside all that, and signs out.
        let refreshed = app.post("/auth/refresh").json(&json!({ "refresh_token": member.refresh })).await.expect(200);
        assert_eq!(policy(&refreshed).0, "reads");
        let body = json!({ "refresh_token": refreshed.json()["refresh_token"] });
        app.post("/auth/logout").json(&body).await.expect(204);
        // Whoever is in stays in.
        let member = app.member("reader");
        app.get("/me").bearer(&member.token).await.expect(200);
    }

    async fn no_way_to_write_a_path_leads_past_the_limits(app: TestApp) {
        let app = limited(app, |config| {
            six(config);
            config.limits.writes.address = 3;
        }).await;
        let forms = [
            "/api/v1/articles/none/comments/", "/api/v1/articles/none//comments", "//api/v1/articles/none/comments",
            "/API/v1/articles/none/comments", "/api/v1/Articles/none/comments", "/api/v1/articles/none/COMMENTS",
            "/api/v1/articles/none/%63omments", "/api/v1/%2e/articles/none/comments", "/api/v1/articles/none/comments;x",
            "/api/v1/articles/none/comments%2f", "/api/v1/articles/none/comments%00", "/api/v1/articles;a/none/comments",
            "/api/v1/x/../articles/none/comments", "/api/v1/./articles/none/comments",
            "/api/v1/articles/none/comments", "/api/v1/articles/none/comments?x=1", "/api/v1/articles/none/comments?",
        ];
        let mut statuses = Vec::new();
        for form in forms.iter().cycle().take(10 * forms.len()) {
            let request = format!("POST {form} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: application/json\r\n\
                Content-Length: {}\r\n\r\n{GUEST}", GUEST.len());
            let reply = raw::exchange(app.address(), request.as_bytes(), Duration::from_secs(20)).await;
            let policy = reply.text.lines().find_map(|line| line.strip_prefix("ratelimit-policy: "));
            // Either nothing is there, which counts as a read, or it is the route itself.
            let policy = policy.unwrap_or_else(|| panic!("{form}: {}", reply.text));
            let one = form.starts_with("/api/v1/articles/none/comments?") || *form == "/api/v1/articles/none/comments";
            let class = if one { "\"writes\";q=3;w=60" } else { "\"reads\";q=6;w=60" };
            assert_eq!(policy, class, "{form}");
            statuses.push(reply.status);
        }
        let through = statuses.iter().filter(|status| **status != 429).count();
        assert_eq!(through, 9, "{statuses:?}");
    }

    async fn no_way_to_write_a_path_gives_a_guesser_more_tries(app: TestApp) {
        let app = limited(app, |config| {
            six(config);
            config.limits.reads.address = PLENTY;
        }).await;
        app.registering("ines@harbourpost.example").await.expect(202);
        let send = |form: &str, password: &str| {
            let body = json!({ "email": "ines@harbourpost.example", "password": password }).to_string();
            let request = format!("POST {form} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: application/json\r\n\
                Content-Length: {}\r\n\r\n{body}", body.len());
            let address = app.address();
            async move { raw::exchange(address, request.as_bytes(), Duration::from_secs(20)).await }
        };
        let elsewhere = [
            "/api/v1/auth/login/", "/api/v1/auth//login", "//api/v1/auth/login", "/api//v1/auth/login", "/API/v1/auth/login",
            "/api/v1/AUTH/login", "/api/v1/auth/Login", "/api/v1/auth/%6cogin", "/api/v1/auth%2flogin", "/api/v1/auth/login%2f",
            "/api/v1/%2e/auth/login", "/api/v1/./auth/login", "/api/v1/me/../auth/login", "/api/v1/auth/login;x",
            "/api/v1/auth;x/login", "/api/v1/auth/login%00", "/api/v1/auth/login%20", "/api/v1/auth/login.json",
        ];
        for form in elsewhere {
            // The right password opens nothing there, and nobody has tried anything.
            let reply = send(form, tests::PASSWORD).await;
            assert!([400, 404].contains(&reply.status), "{form}: {}", reply.text);
            assert!(!reply.text.contains("sign_ins") && !reply.text.contains("access_token"), "{form}: {}", reply.text);
        }
        // What is the same address counts as the same; one try was the registration.
        let mut statuses = Vec::new();
        for form in ["/api/v1/auth/login", "/api/v1/auth/login?", "/api/v1/auth/login?x=1", "/api/v1/auth/login?&"].iter().cycle().take(20) {
            let reply = send(form, "seven grey herrings").await;
            assert!(reply.text.contains("ratelimit-policy: \"sign_ins\";q=6;w=60"), "{form}: {}", reply.text);
            statuses.push(reply.status);
        }
        let through = statuses.iter().filter(|status| **status != 429).count();
        assert_eq!(through, 5, "{statuses:?}");
        for form in elsewhere {
            assert!([400, 404].contains(&send(form, tests::PASSWORD).await.status), "{form}");
        }
        assert_eq!(app.count("SELECT count(*) FROM sessions"), 0);
    }
}
