//! What a command changes about an account that is there.

use domain::session::Ending;
use domain::user::UserStatus;
use domain::{Actor, Role, SystemActor};
use storage::users::{self, User};
use storage::{Error, Tx, sessions, user_tokens};

use super::password::{Entry, give};
use super::{Desk, Whose};
use crate::command::failure::Failure;
use crate::command::output::{say, tell};
use crate::erasure;

pub(super) fn set_role(desk: &Desk<'_>, whose: &Whose, role: Role) -> Result<(), Failure> {
    let user = desk.find(whose)?;
    if user.role == role {
        say!("The account {} has the role {role} already.", user.email);
        return Ok(());
    }
    let seen = user.clone();
    desk.write(move |tx| {
        let next = User {
            role,
            ..seen.clone()
        };
        users::save(tx, &seen, &next, "changed")
    })
    .map_err(|error| told(error, &user))?;
    say!(
        "The account {} has the role {role} now. Running servers follow within a second.",
        user.email
    );
    desk.tell_without_admin(&user)
}

pub(super) fn suspend(desk: &Desk<'_>, whose: &Whose) -> Result<(), Failure> {
    let user = desk.find(whose)?;
    set_status(desk, &user, UserStatus::Suspended)?;
    say!(
        "Suspended the account {}: all its sessions ended, and nobody signs in to it. Running \
         servers follow within a second. `broadsheet user restore` opens it again.",
        user.email
    );
    desk.tell_without_admin(&user)
}

pub(super) fn restore(desk: &Desk<'_>, whose: &Whose) -> Result<(), Failure> {
    let user = desk.find(whose)?;
    set_status(desk, &user, UserStatus::Active)?;
    let email = &user.email;
    if user.password_hash.is_none() {
        say!(
            "The account {email} is open, but has no password: `broadsheet user reset-password` \
             makes a code to set one with."
        );
    } else if desk.config.mail.is_some() && user.email_verified_at.is_none() {
        say!(
            "The account {email} is open, but nobody has confirmed its address: its owner asks for \
             a mail with `POST /api/v1/auth/resend`, and signs in after that."
        );
    } else {
        say!("The account {email} is open: its owner can sign in with the password it had.");
    }
    Ok(())
}

fn set_status(desk: &Desk<'_>, user: &User, status: UserStatus) -> Result<(), Failure> {
    let seen = user.clone();
    desk.write(move |tx| {
        if status != UserStatus::Active {
            sessions::end_all(tx, seen.id, None, Ending::AccountClosed)?;
        }
        if seen.status == status {
            return Ok(());
        }
        let next = User {
            status,
            ..seen.clone()
        };
        users::save(tx, &seen, &next, "changed").map(drop)
    })
    .map_err(|error| told(error, user))
}

pub(super) fn reset(desk: &Desk<'_>, whose: &Whose, entry: Entry) -> Result<(), Failure> {
    let user = desk.find(whose)?;
    let key = give(desk, entry, &user.name, &user.email)?;
    let (seen, stored) = (user.clone(), key.clone());
    desk.write(move |tx| {
        // The account is held first, as everywhere: two who hold one thing each would wait for one
        // another.
        users::lock(tx, seen.id)?.ok_or(Error::NotFound)?;
        user_tokens::forget_all(tx, seen.id)?;
        sessions::end_all(tx, seen.id, None, Ending::PasswordChanged)?;
        let user = set_password(tx, &seen, stored.hash())?;
        stored.store(tx, &user)
    })
    .map_err(|error| told(error, &user))?;
    tell!(
        "All sessions of the account {} ended, and its old password is worth nothing.",
        user.email
    );
    if user.status == UserStatus::Suspended {
        tell!("It is suspended: `broadsheet user restore` lets its owner sign in.");
    }
    key.tell(desk, &user.email)
}

fn set_password(tx: &mut Tx<'_>, seen: &User, hash: Option<String>) -> Result<User, Error> {
    let verified = seen.email_verified_at;
    let next = User {
        // Whoever sets a password here answers for the address too; a code shows whose it is.
        email_verified_at: verified.or(hash.as_ref().map(|_| tx.now())),
        password_hash: hash,
        ..seen.clone()
    };
    users::save(tx, seen, &next, "changed")
}

pub(super) fn erase(desk: &Desk<'_>, whose: &Whose) -> Result<(), Failure> {
    let user = desk.find_any(whose)?;
    // One that was cut off is gone on with.
    if user.status != UserStatus::Erasing {
        let seen = user.clone();
        desk.write(move |tx| users::begin_erasure(tx, &seen))
            .map_err(|error| told(error, &user))?;
    }
    let actor = Actor::System(SystemActor::Command);
    erasure::finish_blocking(desk.store, &actor, desk.clock, user.id)?;
    say!(
        "Erased the account {}. Its comments stay, without a name, and the address is free.",
        user.email
    );
    desk.tell_without_admin(&user)
}

/// A change that was overtaken by another one.
fn told(error: Error, user: &User) -> Failure {
    match error {
        Error::Stale { .. } | Error::NotFound => Failure::new(
            format!("The account {} was changed at this very moment", user.email),
            "Nothing was changed here; try again",
        ),
        other => Failure::from(other),
    }
}
