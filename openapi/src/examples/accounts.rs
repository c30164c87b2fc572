//! Examples of signing in.

use serde_json::Value;

use super::value;
use crate::auth::{
    Accepted, Address, Login, Logout, MailedToken, NextStep, PasswordReset, Refresh, Registration,
    Tokens,
};

const EMAIL: &str = "ines@harbourpost.example";
const PASSWORD: &str = "kettle wolf seventeen oranges";
const ACCESS: &str =
    "eyJhbGciOiJFZERTQSIsInR5cCI6ImF0K2p3dCIsImtpZCI6Ii4uLiJ9.eyJzdWIiOiJ1c3JfLi4uIn0.c2lnbmF0dXJl";
const REFRESH: &str =
    "bsr_BkY2V9EAQ3oAAAAAbm90LWEtcmVhbC1yZWZyZXNoLXRva2VuLWp1c3QtYW4tZXhhbXBsZS1vZi1vbmUtLS0t";
const MAILED: &str = "bst_anVzdC1hbi1leGFtcGxlLW5vdC1hLXJlYWwtdG9rZW4";

pub(super) fn of(schema: &str) -> Option<Value> {
    Some(match schema {
        "Registration" => value(Registration {
            email: EMAIL.to_owned(),
            password: PASSWORD.to_owned(),
            name: "Ines Halloran".to_owned(),
        }),
        "Login" => value(Login {
            email: EMAIL.to_owned(),
            password: PASSWORD.to_owned(),
        }),
        "Tokens" => value(Tokens {
            access_token: ACCESS.to_owned(),
            token_type: "Bearer".to_owned(),
            expires_in: 600,
            refresh_token: REFRESH.to_owned(),
        }),
        "Refresh" => value(Refresh {
            refresh_token: REFRESH.to_owned(),
        }),
        "Logout" => value(Logout {
            refresh_token: Some(REFRESH.to_owned()),
        }),
        "MailedToken" => value(MailedToken {
            token: MAILED.to_owned(),
        }),
        "MailRequest" => value(Address {
            email: EMAIL.to_owned(),
        }),
        "PasswordReset" => value(PasswordReset {
            token: MAILED.to_owned(),
            password: "nine slow boats to Halden".to_owned(),
        }),
        "Accepted" => value(Accepted {
            next: NextStep::CheckMail,
        }),
        _ => return None,
    })
}
