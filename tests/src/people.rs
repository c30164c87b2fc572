//! People who have an account and are signed in, and what is known of them.

use domain::{Role, user::Email};
use serde_json::{Value, json};
use storage::users::{self, User};

use crate::{Call, PASSWORD, TestApp, text};

/// Somebody with an account and a session.
#[derive(Debug, Clone)]
pub struct Account {
    pub id: String,
    pub email: String,
    pub access: String,
    pub refresh: String,
}

impl TestApp {
    /// Registers somebody, makes them what `role` says, and signs them in.
    pub async fn account(&self, name: &str, role: &str) -> Account {
        let email = format!("{}@people.example", name.to_lowercase());
        let body = json!({ "email": email, "password": PASSWORD, "name": name });
        self.post("/auth/register").json(&body).await.expect(202);
        let role = Role::parse(role).expect("a role");
        if role != Role::Reader {
            self.change_account(&email, move |user| user.role = role);
        }
        let id = self.user(&email).id.to_string();
        let tokens = self.login(&email, PASSWORD).await;
        Account {
            id,
            access: text(&tokens["access_token"]),
            refresh: text(&tokens["refresh_token"]),
            email,
        }
    }

    /// Signs in once more: the answer with the tokens.
    pub async fn login(&self, email: &str, password: &str) -> Value {
        let reply = self.signing_in(email, password).await;
        reply.expect(200).json()
    }

    /// What the database holds of an account.
    pub fn user(&self, email: &str) -> User {
        let email = Email::parse(email).expect("an address");
        let found = self
            .store()
            .read_blocking(move |conn| users::by_email(conn, &email));
        found
            .expect("it can be read")
            .expect("the account is there")
    }

    /// Shows a refresh token: the status, and the tokens if there are any.
    pub async fn refreshed(&self, token: &str) -> (u16, Value) {
        let body = json!({ "refresh_token": token });
        let reply = self.post("/auth/refresh").json(&body).await;
        (reply.status, reply.json())
    }

    /// The names of all tables.
    pub fn tables(&self) -> Vec<String> {
        self.lines(if self.database_url().starts_with("sqlite") {
            "SELECT name AS line FROM sqlite_master WHERE type = 'table'"
        } else {
            "SELECT table_name::text AS line FROM information_schema.tables \
             WHERE table_schema = 'public'"
        })
    }

    /// Everything the database holds, a line for each row, with its table before it.
    pub fn dump(&self) -> Vec<String> {
        let sqlite = self.database_url().starts_with("sqlite");
        let mut dump = Vec::new();
        for table in self.tables() {
            let row = if sqlite {
                let columns = self.lines(&format!(
                    "SELECT 'quote(\"' || name || '\")' AS line FROM pragma_table_info('{table}')"
                ));
                columns.join(" || ' ' || ")
            } else {
                format!("CAST(\"{table}\" AS TEXT)")
            };
            let rows = self.lines(&format!("SELECT {row} AS line FROM \"{table}\""));
            dump.extend(rows.into_iter().map(|row| format!("{table}: {row}")));
        }
        dump
    }

    /// `DELETE`, under `/api/v1`.
    pub fn delete(&self, path: &str) -> Call<'_> {
        self.call(reqwest::Method::DELETE, &format!("/api/v1{path}"))
    }
}

impl Call<'_> {
    /// Calls with the access token of somebody.
    #[must_use]
    pub fn by(self, account: &Account) -> Self {
        self.bearer(&account.access)
    }
}

/// Waits until `question` is answered with yes: for what another node meets by itself.
pub async fn until(what: &str, mut question: impl AsyncFnMut() -> bool) {
    let asked = async {
        while !question().await {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(std::time::Duration::from_mins(1), asked)
        .await
        .unwrap_or_else(|_| panic!("never: {what}"));
}
