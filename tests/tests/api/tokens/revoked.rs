//! What ends a token before its time, on every node.

use std::time::Duration;

use domain::{Role, session::Ending, user::UserStatus};
use storage::{sessions, users};
use tests::{Member, TestApp, both, members};

use super::is_refused;

/// Asks again and again until the token is refused; that takes less than five seconds.
async fn ends(app: &TestApp, token: &str) {
    let refused = async {
        while app.get("/manage/articles").bearer(token).await.status != 401 {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(5), refused)
        .await
        .expect("the token is refused within five seconds");
    is_refused(&app.get("/sections").bearer(token).await, "ended");
}

/// Changes the account, as its administrator does.
fn change(app: &TestApp, member: &Member, change: impl FnOnce(&mut users::User) + Send + 'static) {
    let id = member.user.id;
    members::write(&app.store(), app.now(), move |tx| {
        let seen = users::get(tx, id)?.expect("an account");
        let mut wanted = seen.clone();
        change(&mut wanted);
        users::save(tx, &seen, &wanted, "changed").map(drop)
    });
}

both! {
    async fn an_ended_session_takes_its_token_with_it_everywhere(app: TestApp) {
        let other = app.beside(|_| {}).await;
        let (leaver, stayer) = (app.member("editor"), app.member("editor"));
        for node in [app, &other] {
            node.get("/manage/articles").bearer(&leaver.token).await.expect(200);
        }
        let (user, session) = (leaver.user.id, leaver.session);
        members::write(&app.store(), app.now(), move |tx| {
            sessions::end(tx, user, session, Ending::SignedOut).map(drop)
        });
        for node in [app, &other] {
            ends(node, &leaver.token).await;
            node.get("/manage/articles").bearer(&stayer.token).await.expect(200);
        }
        // A node that starts later knows it too, for as long as the token would hold.
        app.advance(590);
        let late = app.beside(|_| {}).await;
        is_refused(&late.get("/sections").bearer(&leaver.token).await, "on a new node");
        late.get("/manage/articles").bearer(&stayer.token).await.expect(200);
    }

    async fn a_change_of_role_or_status_ends_the_tokens_of_before(app: TestApp) {
        let other = app.beside(|_| {}).await;
        let member = app.member("admin");
        other.get("/manage/articles").bearer(&member.token).await.expect(200);
        change(app, &member, |user| user.role = Role::Reader);
        for node in [app, &other] {
            ends(node, &member.token).await;
        }
        let store = app.store();
        let id = member.user.id;
        let demoted = store.read_blocking(move |conn| users::get(conn, id)).unwrap().unwrap();
        let next = members::token(&store, &demoted, member.session, app.now());
        for node in [app, &other] {
            node.get("/sections").bearer(&next).await.expect(200);
            node.get("/manage/articles").bearer(&next).await.problem(403, "forbidden");
        }
        change(app, &member, |user| user.status = UserStatus::Suspended);
        for node in [app, &other] {
            let gone = async { while node.get("/sections").bearer(&next).await.status != 401 {} };
            tokio::time::timeout(Duration::from_secs(5), gone).await.expect("refused within five seconds");
        }
    }

    async fn a_change_of_the_name_ends_nothing(app: TestApp) {
        let member = app.member("editor");
        change(app, &member, |user| user.name = "Ada".to_owned());
        let changes = || app.count("SELECT COUNT(*) FROM changes WHERE entity = 'user'");
        assert_eq!(changes(), 2);
        // The follower has looked by the time it shows an end that came later.
        let last = app.member("editor");
        let (user, session) = (last.user.id, last.session);
        members::write(&app.store(), app.now(), move |tx| {
            sessions::end(tx, user, session, Ending::SignedOut).map(drop)
        });
        ends(app, &last.token).await;
        app.get("/manage/articles").bearer(&member.token).await.expect(200);
    }
}
