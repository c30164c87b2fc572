//! Staying signed in, and signing out.

use serde_json::{Value, json};
use tests::{Reply, TestApp, both, join_all, text};

const EMAIL: &str = "ines@harbourpost.example";
const DAY: i64 = 24 * 60 * 60;

async fn refresh(app: &TestApp, token: &str) -> Reply {
    let body = json!({ "refresh_token": token });
    app.post("/auth/refresh").json(&body).await
}

/// The refresh token of an answer.
fn token(tokens: &Value) -> String {
    text(&tokens["refresh_token"])
}

async fn next(app: &TestApp, old: &str) -> String {
    token(&refresh(app, old).await.expect(200).json())
}

async fn signed_in(app: &TestApp) -> String {
    token(&app.newcomer(EMAIL).await)
}

/// Why the sessions of this database have ended, one word each.
fn endings(app: &TestApp) -> Vec<String> {
    app.lines("SELECT ended_by AS line FROM sessions WHERE ended_by IS NOT NULL ORDER BY id")
}

#[track_caller]
fn has_ended(reply: &Reply) {
    let problem = reply.problem(401, "session_ended");
    assert_eq!(problem["errors"], json!([]));
}

both! {
    async fn each_refresh_gives_the_next_pair(app: TestApp) {
        let tokens = app.newcomer(EMAIL).await;
        let first = refresh(app, &token(&tokens)).await.expect(200);
        assert_eq!(first.header("cache-control"), "private, no-store");
        let first = first.json();
        assert_ne!(first["access_token"], tokens["access_token"]);
        assert_ne!(first["refresh_token"], tokens["refresh_token"]);
        let access = text(&first["access_token"]);
        app.get("/articles").bearer(&access).await.expect(200);
        next(app, &next(app, &token(&first)).await).await;
        assert_eq!(app.count("SELECT count(*) FROM sessions"), 1);
    }

    async fn a_lost_answer_is_given_once_more_within_ten_seconds(app: TestApp) {
        let first = signed_in(app).await;
        let second = next(app, &first).await;
        app.advance(10);
        assert_eq!(next(app, &first).await, second);
        assert_eq!(next(app, &first).await, second);
        let third = next(app, &second).await;
        // Its successor has been used now, so whoever sends it has a copy.
        has_ended(&refresh(app, &first).await);
        has_ended(&refresh(app, &third).await);
        assert_eq!(endings(app), ["reuse"]);
    }

    async fn a_token_that_comes_back_after_the_grace_ends_the_session(app: TestApp) {
        let first = signed_in(app).await;
        let second = next(app, &first).await;
        let other = token(&app.signing_in(EMAIL, tests::PASSWORD).await.expect(200).json());
        app.advance(11);
        has_ended(&refresh(app, &first).await);
        has_ended(&refresh(app, &second).await);
        // Another sign-in is another family.
        next(app, &other).await;
        assert_eq!(endings(app), ["reuse"]);
    }

    async fn of_many_at_once_all_get_the_same_successor(app: TestApp) {
        let first = signed_in(app).await;
        let twenty = || join_all((0..20).map(|_| refresh(app, &first)));
        let successors: Vec<String> = twenty()
            .await
            .into_iter()
            .map(|reply| token(&reply.expect(200).json()))
            .collect();
        assert!(successors.iter().all(|token| *token == successors[0]));
        assert_eq!(endings(app).len(), 0);
        let third = next(app, &successors[0]).await;
        twenty().await.iter().for_each(has_ended);
        has_ended(&refresh(app, &third).await);
        assert_eq!(endings(app), ["reuse"]);
    }

    async fn what_was_never_given_ends_nothing(app: TestApp) {
        let tokens = app.newcomer(EMAIL).await;
        let (first, access) = (token(&tokens), text(&tokens["access_token"]));
        let bent = |place: usize| {
            let letter = if first.as_bytes()[place] == b'A' { "B" } else { "A" };
            let mut bent = first.clone();
            bent.replace_range(place..=place, letter);
            bent
        };
        for place in 4..first.len() - 1 {
            has_ended(&refresh(app, &bent(place)).await);
        }
        let key = tests::key_of("admin");
        for odd in ["", "bsr_", "x", &first.replace("bsr_", ""), &format!("{first}A"), &access, &key] {
            has_ended(&refresh(app, odd).await);
        }
        next(app, &first).await;
        // A refresh token opens nothing else.
        app.get("/articles").bearer(&first).await.problem(401, "unauthorized");
    }

    async fn a_session_ends_unused_and_in_any_case_after_its_time(app: TestApp) {
        let idle = signed_in(app).await;
        let mut used = token(&app.signing_in(EMAIL, tests::PASSWORD).await.expect(200).json());
        for _ in 0..6 {
            app.advance(14 * DAY - 1);
            used = next(app, &used).await;
        }
        has_ended(&refresh(app, &idle).await);
        app.advance(6 * DAY + 5);
        used = next(app, &used).await;
        app.advance(1);
        has_ended(&refresh(app, &used).await);
    }

    async fn a_closed_account_is_not_carried_on(app: TestApp) {
        let first = signed_in(app).await;
        app.suspend(EMAIL);
        has_ended(&refresh(app, &first).await);
        app.signing_in(EMAIL, tests::PASSWORD).await.problem(401, "invalid_credentials");
    }

    async fn signing_out_ends_the_session_of_either_token(app: TestApp) {
        let first = app.newcomer(EMAIL).await;
        let second = app.signing_in(EMAIL, tests::PASSWORD).await.expect(200).json();
        let third = app.signing_in(EMAIL, tests::PASSWORD).await.expect(200).json();
        let access = |tokens: &Value| text(&tokens["access_token"]);
        app.get("/articles").bearer(&access(&first)).await.expect(200);
        let body = json!({ "refresh_token": first["refresh_token"] });
        let reply = app.post("/auth/logout").json(&body).await.expect(204);
        assert_eq!(reply.header("cache-control"), "private, no-store");
        app.get("/articles").bearer(&access(&first)).await.problem(401, "unauthorized");
        has_ended(&refresh(app, &token(&first)).await);
        // Whoever tries again, or has signed out already, is answered alike.
        app.post("/auth/logout").json(&body).await.expect(204);

        app.post("/auth/logout").bearer(&access(&second)).await.expect(204);
        has_ended(&refresh(app, &token(&second)).await);
        app.get("/articles").bearer(&access(&second)).await.problem(401, "unauthorized");

        // An older token names the session as well, and an expired access token does not matter.
        let old = token(&third);
        let newest = next(app, &old).await;
        app.advance(601);
        let body = json!({ "refresh_token": old });
        app.post("/auth/logout").bearer(&access(&third)).json(&body).await.expect(204);
        has_ended(&refresh(app, &newest).await);
        assert_eq!(endings(app), ["signed_out"; 3]);
    }

    async fn whoever_is_not_signed_in_cannot_sign_out(app: TestApp) {
        let first = signed_in(app).await;
        app.post("/auth/logout").await.problem(401, "unauthorized");
        app.post("/auth/logout").json(&json!({})).await.problem(401, "unauthorized");
        app.post("/auth/logout").as_role("admin").await.problem(403, "forbidden");
        let body = json!({ "refresh_token": "bsr_unknown" });
        app.post("/auth/logout").json(&body).await.expect(204);
        next(app, &first).await;
        assert_eq!(endings(app).len(), 0);
    }

    async fn the_fifty_first_session_ends_the_one_least_used(app: TestApp) {
        let first = signed_in(app).await;
        app.advance(1);
        let second = token(&app.signing_in(EMAIL, tests::PASSWORD).await.expect(200).json());
        for _ in 0..48 {
            app.advance(1);
            app.signing_in(EMAIL, tests::PASSWORD).await.expect(200);
        }
        app.advance(1);
        let first = next(app, &first).await;
        app.signing_in(EMAIL, tests::PASSWORD).await.expect(200);
        has_ended(&refresh(app, &second).await);
        next(app, &first).await;
        assert_eq!(endings(app), ["replaced"]);
    }
}
