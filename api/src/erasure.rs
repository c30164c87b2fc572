//! Erasing an account, a slice at a time.
//!
//! The first transaction closes the account for good and ends its sessions
//! ([`users::begin_erasure`]). Then its votes are taken back, its reports let go of, its comments made
//! nobody's and what it was told forgotten, so many in each transaction that other writes need not wait
//! long, and the last one takes the account itself. Whatever cuts that off, the background goes on with
//! it. Each slice is stamped with the moment of its own: its
//! entries in the change log would otherwise lie far behind others of the same time.

use domain::{Actor, SystemActor, id::UserId};
use storage::{Error, Store, Tx, comments, notifications, users};

use crate::clock::Clock;
use crate::state::App;

/// So many comments, or reports, are let go of in one transaction.
const SLICE: usize = 500;
/// So many votes are taken back in one transaction: each comment is ranked anew by itself.
const VOTES: usize = 100;
/// So many accounts are asked for at a time.
const ACCOUNTS: i64 = 20;

/// Finishes an erasure that has begun.
async fn finish(app: &App, actor: Actor, user: UserId) -> Result<(), Error> {
    while !app
        .store
        .write(actor.clone(), app.now(), move |tx| step(tx, user))
        .await?
    {}
    Ok(())
}

/// [`finish`] for handlers: what has begun will be done in any case, so whoever asked for it is
/// not told when the database goes away in between.
pub(crate) async fn complete(app: &App, actor: &Actor, user: UserId) {
    if let Err(error) = finish(app, actor.clone(), user).await {
        tracing::warn!(%error, account = %user, "an erasure was cut off, and is gone on with later");
    }
}

/// [`finish`] for commands.
pub(crate) fn finish_blocking(
    store: &Store,
    actor: &Actor,
    clock: &dyn Clock,
    user: UserId,
) -> Result<(), Error> {
    while !store.write_blocking(actor.clone(), clock.now(), move |tx| step(tx, user))? {}
    Ok(())
}

/// Goes on with every erasure that was begun and not finished, for as long as `go_on` agrees.
pub(crate) fn sweep(
    store: &Store,
    clock: &dyn Clock,
    go_on: impl Fn() -> bool,
) -> Result<(), Error> {
    loop {
        let left = store.read_blocking(|conn| users::erasing(conn, ACCOUNTS))?;
        if left.is_empty() {
            return Ok(());
        }
        for user in left {
            let actor = || Actor::System(SystemActor::Background);
            while !store.write_blocking(actor(), clock.now(), move |tx| step(tx, user))? {
                if !go_on() {
                    return Ok(());
                }
            }
        }
        if !go_on() {
            return Ok(());
        }
    }
}

/// One slice; whether it was the last. Of several who work at one account (a handler, and the
/// background of every node) one does at a time; the others find what it has left.
fn step(tx: &mut Tx<'_>, user: UserId) -> Result<bool, Error> {
    if users::lock(tx, user)?.is_none() {
        return Ok(true);
    }
    let most = |slice| i64::try_from(slice).unwrap_or(i64::MAX);
    if comments::unvote(tx, user, most(VOTES))? == VOTES
        || comments::reports::let_go(tx, user, most(SLICE))? == SLICE
        || comments::disown(tx, user, most(SLICE))? == SLICE
        || notifications::forget(tx, user, most(SLICE))? == SLICE
    {
        return Ok(false);
    }
    users::erase(tx, user).map(|()| true)
}
