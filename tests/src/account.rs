//! People with accounts.

use domain::user::{Email, UserStatus};
use serde_json::{Value, json};
use storage::users::{self, User};

use crate::{Call, Mailbox, TestApp};

/// What everybody's password is.
pub const PASSWORD: &str = "kettle wolf seventeen oranges";

impl TestApp {
    /// Asks for an account.
    pub fn registering(&self, email: &str) -> Call<'_> {
        let body = json!({ "email": email, "password": PASSWORD, "name": "Ines Halloran" });
        self.post("/auth/register").json(&body)
    }

    /// Asks to sign in.
    pub fn signing_in(&self, email: &str, password: &str) -> Call<'_> {
        let body = json!({ "email": email, "password": password });
        self.post("/auth/login").json(&body)
    }

    /// Makes an account on a server without mail, and signs in: the tokens.
    pub async fn newcomer(&self, email: &str) -> Value {
        self.registering(email).await.expect(202);
        self.signing_in(email, PASSWORD).await.expect(200).json()
    }

    /// Makes an account, whose address is confirmed with the mail.
    pub async fn confirmed(&self, mailbox: &Mailbox, email: &str) {
        self.registering(email).await.expect(202);
        let token = mailbox.next_for(email).await.token();
        let body = json!({ "token": token });
        self.post("/auth/verify").json(&body).await.expect(204);
    }

    /// Suspends an account behind the server's back.
    pub fn suspend(&self, email: &str) {
        self.change_account(email, |user| user.status = UserStatus::Suspended);
    }

    /// Changes an account behind the server's back.
    pub fn change_account(&self, email: &str, change: impl FnOnce(&mut User) + Send + 'static) {
        let email = Email::parse(email).expect("an address");
        let store = self.store();
        crate::members::write(&store, self.now(), move |tx| {
            let seen = users::by_email(tx, &email)?.expect("an account");
            let mut wanted = seen.clone();
            change(&mut wanted);
            users::save(tx, &seen, &wanted, "changed")
        });
        store.close();
    }
}
