//! Nobody finds out who has an account.

use std::collections::BTreeMap;

use domain::{Role, id::UserId, user::Email};
use serde_json::{Value, json};
use storage::users::{self, NewUser};
use tests::{Mailbox, Reply, TestApp, both, members};

/// The kinds of addresses, as the first half of one.
const KINDS: [&str; 5] = ["known", "unknown", "suspended", "unverified", "invited"];

fn address(kind: &str, n: usize) -> String {
    format!("{kind}{n}@harbourpost.example")
}

/// A server with mail, and three accounts of each kind that has any.
async fn populated(app: &TestApp, mailbox: &Mailbox) -> TestApp {
    let app = app.beside(mailbox.configure()).await;
    for n in 0..3 {
        app.confirmed(mailbox, &address("known", n)).await;
        app.confirmed(mailbox, &address("suspended", n)).await;
        app.suspend(&address("suspended", n));
        app.registering(&address("unverified", n)).await.expect(202);
        mailbox.next().await;
        invite(&app, &address("invited", n));
    }
    app
}

/// An account that has no password yet.
fn invite(app: &TestApp, email: &str) {
    let user = NewUser {
        id: UserId::from_raw(members::new_id(app.now())),
        email: Email::parse(email).unwrap(),
        email_verified: false,
        name: "Ines".to_owned(),
        password_hash: None,
        role: Role::Author,
    };
    let store = app.store();
    members::write(&store, app.now(), move |tx| users::create(tx, &user));
    store.close();
}

/// Everything of an answer that is not another one for each request.
fn told(reply: &Reply) -> (u16, BTreeMap<String, String>, Value) {
    let headers = reply
        .headers
        .iter()
        .filter(|(name, _)| !["date", "x-request-id"].contains(&name.as_str()))
        .map(|(name, value)| {
            (
                name.to_string(),
                String::from_utf8_lossy(value.as_bytes()).into_owned(),
            )
        })
        .collect();
    let mut body = reply.json();
    if body.get("instance").is_some() {
        body["instance"] = "a request".into();
    }
    (reply.status, headers, body)
}

/// Asks the same of these kinds of addresses; neither the answers nor the statements they took may
/// differ. The statements are the fewest of three, as something may run beside them.
async fn alike(app: &TestApp, path: &str, kinds: &[&str], body: impl Fn(&str) -> Value) -> Reply {
    let (mut replies, mut statements) = (Vec::new(), Vec::new());
    for kind in kinds {
        let mut fewest = u64::MAX;
        for n in 0..3 {
            let before = app.statements();
            replies.push(app.post(path).json(&body(&address(kind, n))).await);
            fewest = fewest.min(app.statements() - before);
        }
        statements.push(fewest);
    }
    for (n, reply) in replies.iter().enumerate() {
        assert_eq!(told(reply), told(&replies[0]), "{path} of {}", kinds[n / 3]);
    }
    let same = statements.iter().all(|number| *number == statements[0]);
    assert!(same, "{path}: {statements:?} statements for {kinds:?}");
    replies.swap_remove(0)
}

fn with_password(password: &'static str) -> impl Fn(&str) -> Value {
    move |email| json!({ "email": email, "password": password })
}

fn address_alone(email: &str) -> Value {
    json!({ "email": email })
}

/// How many mails a server had still to send, after it has stopped.
async fn mails(app: &TestApp, mailbox: &Mailbox) -> usize {
    app.stop();
    mailbox.left().await
}

both! {
    async fn a_wrong_password_is_as_wrong_anywhere(app: TestApp) {
        let mailbox = Mailbox::open();
        let app = &populated(app, &mailbox).await;
        let wrong = alike(app, "/auth/login", &KINDS, with_password("not the password")).await;
        wrong.problem(401, "invalid_credentials");
        // The right one of an account that is closed is no better.
        let closed = ["unknown", "suspended", "unverified", "invited"];
        let right = alike(app, "/auth/login", &closed, with_password(tests::PASSWORD)).await;
        assert_eq!(told(&right).2, told(&wrong).2);
        let empty = alike(app, "/auth/login", &KINDS, with_password("")).await;
        assert_eq!(told(&empty).2, told(&wrong).2);
        assert_eq!(app.count("SELECT count(*) FROM sessions"), 0);
    }

    async fn registering_tells_nothing(app: TestApp) {
        let mailbox = Mailbox::open();
        let app = &populated(app, &mailbox).await;
        let body = |email: &str| json!({ "email": email, "password": tests::PASSWORD, "name": "Eve" });
        alike(app, "/auth/register", &KINDS, body).await.expect(202);
        // Each gets a mail that tells its owner.
        assert_eq!(mails(app, &mailbox).await, 15);
    }

    async fn registering_tells_nothing_without_mail_either(app: TestApp) {
        for n in 0..3 {
            app.registering(&address("known", n)).await.expect(202);
            app.registering(&address("suspended", n)).await.expect(202);
            app.suspend(&address("suspended", n));
        }
        let body = |email: &str| json!({ "email": email, "password": tests::PASSWORD, "name": "Eve" });
        alike(app, "/auth/register", &["known", "unknown", "suspended"], body).await.expect(202);
        let wrong = ["known", "nobody", "suspended"];
        alike(app, "/auth/login", &wrong, with_password("not the password")).await
            .problem(401, "invalid_credentials");
    }

    async fn asking_for_a_new_password_tells_nothing(app: TestApp) {
        let mailbox = Mailbox::open();
        let app = &populated(app, &mailbox).await;
        alike(app, "/auth/forgot", &KINDS, address_alone).await.expect(202);
        // To the known, the unverified and the invited.
        assert_eq!(mails(app, &mailbox).await, 9);
    }

    async fn asking_for_another_mail_tells_nothing(app: TestApp) {
        let mailbox = Mailbox::open();
        let app = &populated(app, &mailbox).await;
        alike(app, "/auth/resend", &KINDS, address_alone).await.expect(202);
        // To the unverified and the invited.
        assert_eq!(mails(app, &mailbox).await, 6);
    }
}
