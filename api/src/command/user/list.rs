//! `broadsheet user list`.

use domain::Limit;
use domain::id::UserId;
use storage::users::{self, User, UserFilter};

use super::{Desk, List};
use crate::command::failure::Failure;
use crate::command::output::{say, tell};

/// Prints the accounts, page by page: there may be many.
pub(super) fn run(desk: &Desk<'_>, asked: &List) -> Result<(), Failure> {
    let filter = UserFilter {
        role: asked.role.map(Into::into),
        status: asked.status.map(Into::into),
    };
    let limit = Limit::new(i64::from(Limit::MAX)).unwrap_or_default();
    let mut before: Option<UserId> = None;
    loop {
        let page = desk.read(move |conn| users::list(conn, &filter, before, limit))?;
        if before.is_none() {
            if page.items.is_empty() {
                tell!("There is no such account. `broadsheet user create` makes one.");
                return Ok(());
            }
            say!(
                "{:<17}  {:<9}  {:<9}  {:<8}  {:<24}  ADDRESS, NAME",
                "ID",
                "ROLE",
                "STATUS",
                "PASSWORD",
                "MADE"
            );
        }
        page.items.iter().for_each(line);
        before = page.items.last().map(|user| user.id);
        if !page.more {
            return Ok(());
        }
    }
}

fn line(user: &User) {
    say!(
        "{:<17}  {:<9}  {:<9}  {:<8}  {:<24}  {}, {}",
        user.id.to_string(),
        user.role.as_str(),
        user.status.as_str(),
        if user.password_hash.is_some() {
            "set"
        } else {
            "none"
        },
        user.created_at.to_string(),
        user.email,
        user.name,
    );
}
