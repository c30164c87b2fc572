//! How often a password may be tried, and by whom.

use api::config::{Config, Quota};
use serde_json::json;
use tests::{Call, Mailbox, PASSWORD, Reply, TestApp, both, join_all, text};

const EMAIL: &str = "ines@harbourpost.example";
const HOME: &str = "203.0.113.7";
const MINUTE: i64 = 60;

/// With the limits of sign-ins and without those of requests; who asks says where from.
fn limited(config: &mut Config) {
    const MANY: Quota = Quota {
        address: 1_000_000,
        member: 1_000_000,
        key: 1_000_000,
    };
    config.rate_limits = true;
    config.limits.sign_ins = MANY;
    config.limits.reads = MANY;
    config.trusted_proxies = vec!["127.0.0.0/8".parse().unwrap()];
}

fn from<'a>(call: Call<'a>, address: &str) -> Call<'a> {
    call.header("x-forwarded-for", address)
}

async fn try_at(app: &TestApp, email: &str, address: &str) -> Reply {
    from(app.signing_in(email, "not the password"), address).await
}

#[track_caller]
fn is_held(reply: &Reply) -> u32 {
    reply.problem(429, "too_many_requests");
    reply.header("retry-after").parse().expect("seconds")
}

/// Fails so often from elsewhere that strangers are held.
async fn besiege(app: &TestApp, email: &str) {
    for n in 0..10 {
        let reply = try_at(app, email, &format!("198.51.100.{n}")).await;
        reply.problem(401, "invalid_credentials");
    }
    is_held(&try_at(app, email, "198.51.100.99").await);
}

both! {
    async fn ten_tries_are_made_and_the_next_are_held(app: TestApp) {
        let app = &app.beside(limited).await;
        app.registering(EMAIL).await.expect(202);
        app.registering("other@harbourpost.example").await.expect(202);
        let both = [EMAIL, "nobody@harbourpost.example"];
        for email in both {
            besiege(app, email).await;
        }
        app.advance(5 * MINUTE);
        for email in both {
            let wait = is_held(&try_at(app, email, "198.51.100.99").await);
            assert_eq!(wait, 10 * 60);
            // The right one is not tried either.
            is_held(&from(app.signing_in(email, PASSWORD), "192.0.2.1").await);
        }
        from(app.signing_in("other@harbourpost.example", PASSWORD), "192.0.2.1").await.expect(200);
        app.advance(10 * MINUTE);
        from(app.signing_in(EMAIL, PASSWORD), "192.0.2.1").await.expect(200);
    }

    async fn of_tries_at_once_no_more_are_made(app: TestApp) {
        let app = &app.beside(limited).await;
        app.registering(EMAIL).await.expect(202);
        for email in [EMAIL, "nobody@harbourpost.example"] {
            let tries = join_all((0..30).map(|_| try_at(app, email, "192.0.2.1"))).await;
            let made = tries.iter().filter(|reply| reply.status == 401).count();
            assert_eq!(made, 10, "{email}");
            tries.iter().filter(|reply| reply.status != 401).for_each(|reply| {
                is_held(reply);
            });
        }
    }

    async fn an_owner_gets_in_where_they_were_before(app: TestApp) {
        let app = &app.beside(limited).await;
        app.registering(EMAIL).await.expect(202);
        let tokens = from(app.signing_in(EMAIL, PASSWORD), HOME).await.expect(200).json();
        besiege(app, EMAIL).await;
        is_held(&from(app.signing_in(EMAIL, PASSWORD), "192.0.2.1").await);
        from(app.signing_in(EMAIL, PASSWORD), HOME).await.expect(200);
        // What is signed in stays so, wherever it is.
        let body = json!({ "refresh_token": tokens["refresh_token"] });
        from(app.post("/auth/refresh").json(&body), "192.0.2.1").await.expect(200);
        // At home one can be wrong ten times as well.
        for _ in 0..10 {
            try_at(app, EMAIL, HOME).await.problem(401, "invalid_credentials");
        }
        is_held(&from(app.signing_in(EMAIL, PASSWORD), HOME).await);
    }

    async fn who_is_inside_is_not_held_up_by_those_at_the_door(app: TestApp) {
        let app = &app.beside(limited).await;
        app.registering(EMAIL).await.expect(202);
        let tokens = from(app.signing_in(EMAIL, PASSWORD), HOME).await.expect(200).json();
        let access = text(&tokens["access_token"]);
        besiege(app, EMAIL).await;
        let change = async |password: &str| {
            let body = json!({ "password": "nine slow boats to Halden", "current_password": password });
            from(app.patch("/me").bearer(&access).json(&body), "192.0.2.1").await
        };
        for _ in 0..10 {
            let problem = change("not the password").await.problem(422, "validation_failed");
            assert_eq!(problem["errors"][0]["code"], "wrong_password");
        }
        // Nor does whoever has got hold of an access token guess for ever.
        is_held(&change(PASSWORD).await);
        let body = json!({ "refresh_token": tokens["refresh_token"] });
        app.advance(9 * MINUTE);
        let tokens = app.post("/auth/refresh").json(&body).await.expect(200).json();
        app.advance(6 * MINUTE);
        let access = text(&tokens["access_token"]);
        let body = json!({ "password": "nine slow boats to Halden", "current_password": PASSWORD });
        app.patch("/me").bearer(&access).json(&body).await.expect(200);
    }

    async fn an_owner_gets_in_anywhere_with_a_mail(app: TestApp) {
        let mailbox = Mailbox::open();
        let configure = mailbox.configure();
        let app = &app.beside(move |config| { configure(config); limited(config); }).await;
        app.confirmed(&mailbox, EMAIL).await;
        besiege(app, EMAIL).await;
        let body = json!({ "email": EMAIL });
        from(app.post("/auth/forgot").json(&body), "192.0.2.1").await.expect(202);
        let token = mailbox.next_for(EMAIL).await.token();
        let password = "nine slow boats to Halden";
        let body = json!({ "token": token, "password": password });
        from(app.post("/auth/reset").json(&body), "192.0.2.1").await.expect(204);
        from(app.signing_in(EMAIL, password), "192.0.2.1").await.expect(200);
        is_held(&from(app.signing_in(EMAIL, password), "192.0.2.2").await);
    }

    async fn a_right_password_makes_up_for_wrong_ones(app: TestApp) {
        let app = &app.beside(limited).await;
        app.registering(EMAIL).await.expect(202);
        for _ in 0..3 {
            for _ in 0..9 {
                try_at(app, EMAIL, HOME).await.problem(401, "invalid_credentials");
            }
            from(app.signing_in(EMAIL, PASSWORD), HOME).await.expect(200);
        }
    }

    async fn the_same_address_in_other_letters_is_the_same(app: TestApp) {
        let app = &app.beside(limited).await;
        app.registering(EMAIL).await.expect(202);
        let variants = [EMAIL, "Ines@harbourpost.example", "INES@HARBOURPOST.EXAMPLE", " ines@harbourpost.example "];
        for n in 0..10 {
            try_at(app, variants[n % 4], "192.0.2.1").await.problem(401, "invalid_credentials");
        }
        for variant in variants {
            is_held(&try_at(app, variant, "192.0.2.1").await);
        }
    }

    async fn a_network_can_be_wrong_fifty_times(app: TestApp) {
        let app = &app.beside(limited).await;
        app.registering(EMAIL).await.expect(202);
        for n in 0..50 {
            // One household has all of these.
            let (email, address) = (format!("n{n}@harbourpost.example"), format!("2001:db8:0:1::{n:x}"));
            try_at(app, &email, &address).await.problem(401, "invalid_credentials");
        }
        is_held(&from(app.signing_in(EMAIL, PASSWORD), "2001:db8:0:1:ffff::1").await);
        from(app.signing_in(EMAIL, PASSWORD), "2001:db8:0:2::1").await.expect(200);
        // Who is not a proxy of ours cannot choose where they come from.
        app.advance(15 * MINUTE);
        from(app.signing_in(EMAIL, PASSWORD), "2001:db8:0:1::1").await.expect(200);
    }

    async fn a_household_that_is_wrong_does_not_keep_its_owner_out(app: TestApp) {
        let app = &app.beside(limited).await;
        app.registering(EMAIL).await.expect(202);
        from(app.signing_in(EMAIL, PASSWORD), HOME).await.expect(200);
        for n in 0..50 {
            try_at(app, &format!("n{n}@harbourpost.example"), HOME).await.problem(401, "invalid_credentials");
        }
        is_held(&try_at(app, "another@harbourpost.example", HOME).await);
        from(app.signing_in(EMAIL, PASSWORD), HOME).await.expect(200);
    }

    async fn nodes_count_together(app: TestApp) {
        let (one, other) = (app.beside(limited).await, app.beside(limited).await);
        one.registering(EMAIL).await.expect(202);
        for n in 0..10 {
            let node = if n % 2 == 0 { &one } else { &other };
            try_at(node, EMAIL, "192.0.2.1").await.problem(401, "invalid_credentials");
        }
        is_held(&try_at(&one, EMAIL, "192.0.2.1").await);
        is_held(&try_at(&other, EMAIL, "192.0.2.1").await);
    }
}
