//! Accounts: getting one, signing in, staying signed in.

use serde_json::{Value, json};
use tests::{Mailbox, TestApp, both};

const EMAIL: &str = "ines@harbourpost.example";
const PASSWORD: &str = "kettle wolf seventeen oranges";

fn registration(email: &str) -> Value {
    json!({ "email": email, "password": PASSWORD, "name": "Ines Halloran" })
}

async fn register(app: &TestApp, email: &str) {
    let reply = app.post("/auth/register").json(&registration(email)).await;
    reply.expect(202);
}

both! {
    async fn from_registration_to_signing_out(app: TestApp) {
        let mailbox = Mailbox::open();
        let app = &app.beside(mailbox.configure()).await;
        register(app, EMAIL).await;
        let login = json!({ "email": EMAIL, "password": PASSWORD });
        app.post("/auth/login").json(&login).await.problem(401, "invalid_credentials");
        let token = mailbox.next_for(EMAIL).await.token();
        let body = json!({ "token": token });
        app.post("/auth/verify").json(&body).await.expect(204);
        let tokens = app.post("/auth/login").json(&login).await.expect(200).json();
        let body = json!({ "refresh_token": tokens["refresh_token"] });
        app.post("/auth/refresh").json(&body).await.expect(200);
        app.post("/auth/logout").json(&body).await.expect(204);
        app.post("/auth/refresh").json(&body).await.problem(401, "session_ended");
    }
}
