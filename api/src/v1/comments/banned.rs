//! Whether somebody is banned from commenting.

use std::net::IpAddr;

use openapi::Code;
use storage::users::User;
use storage::{Tx, bans as stored};

use crate::bans;
use crate::error::ApiError;
use crate::state::App;

/// What somebody may be banned by who comes from there and gives this e-mail address.
pub(super) fn subjects(app: &App, from: Option<IpAddr>, email: Option<&str>) -> Vec<String> {
    let now = app.now();
    let mut subjects = from.map_or_else(Vec::new, |from| bans::addresses(app, from, now));
    subjects.extend(email.map(|email| bans::email(&app.secret, email)));
    subjects
}

/// What the owner of an account may be banned by.
pub(super) fn of_account(app: &App, user: &User) -> [String; 2] {
    let email = bans::email(&app.secret, user.email.as_str());
    [bans::account(user.id), email]
}

/// 403 for whoever is banned by one of these. It does not tell by which.
pub(super) fn refuse_banned(tx: &mut Tx<'_>, subjects: &[String]) -> Result<(), ApiError> {
    let now = tx.now();
    if stored::is_banned(tx, subjects, now)? {
        let detail = "A moderator does not let you comment here.";
        return Err(ApiError::new(Code::Banned, detail));
    }
    Ok(())
}
