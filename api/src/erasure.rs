//! Erasing an account, a slice at a time.
//!
//! The first transaction closes the account for good and ends its sessions
//! ([`users::begin_erasure`]). Then its comments are made nobody's, so many in each transaction that
//! other writes need not wait long, and the last one takes the account itself. Whatever cuts that
//! off, the background goes on with it.

use actix_web::{rt, web::Data};
use domain::{Actor, SystemActor, Timestamp, id::UserId};
use storage::{
    Error, Store, Tx, comments,
    users::{self, User},
};

use crate::{error::ApiError, state::App};

/// So many comments are let go of in one transaction.
const SLICE: usize = 500;
/// So many accounts are asked for at a time.
const ACCOUNTS: i64 = 20;

/// Begins an erasure with `begin`, a transaction of `actor` that may refuse it, and finishes it. It
/// goes on though the client hangs up meanwhile. What has begun will be done in any case, so
/// whoever asked for it is not told when the database goes away in between.
pub(crate) async fn run(
    app: &Data<App>,
    actor: Actor,
    begin: impl FnOnce(&mut Tx<'_>) -> Result<User, ApiError> + Send + 'static,
) -> Result<(), ApiError> {
    let app = app.clone();
    let work = async move {
        let user = app.store.write(actor.clone(), app.now(), begin).await?.id;
        app.show_own_revocations().await;
        if let Err(error) = finish(&app.store, &actor, app.now(), user).await {
            tracing::warn!(%error, account = %user, "an erasure was cut off, and goes on later");
        }
        Ok(())
    };
    rt::spawn(work).await.map_err(ApiError::internal)?
}

/// Finishes an erasure that has begun.
async fn finish(store: &Store, actor: &Actor, now: Timestamp, user: UserId) -> Result<(), Error> {
    while !store
        .write(actor.clone(), now, move |tx| step(tx, user))
        .await?
    {}
    Ok(())
}

/// [`finish`] for commands.
pub(crate) fn finish_blocking(
    store: &Store,
    actor: &Actor,
    now: Timestamp,
    user: UserId,
) -> Result<(), Error> {
    while !store.write_blocking(actor.clone(), now, move |tx| step(tx, user))? {}
    Ok(())
}

/// Goes on with every erasure that was begun and not finished, for as long as `go_on` agrees.
pub(crate) fn sweep(store: &Store, now: Timestamp, go_on: impl Fn() -> bool) -> Result<(), Error> {
    loop {
        let left = store.read_blocking(|conn| users::erasing(conn, ACCOUNTS))?;
        if left.is_empty() {
            return Ok(());
        }
        for user in left {
            let actor = || Actor::System(SystemActor::Background);
            while !store.write_blocking(actor(), now, move |tx| step(tx, user))? {
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
    let most = i64::try_from(SLICE).unwrap_or(i64::MAX);
    if comments::disown(tx, user, most)? == SLICE {
        return Ok(false);
    }
    users::erase(tx, user).map(|()| true)
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::{Role, user::Email};
    use std::cell::Cell;
    use storage::{Settings, users::NewUser};

    #[test]
    fn a_sweep_finishes_what_was_begun_for_as_long_as_it_may() {
        let directory = tempfile::tempdir().unwrap();
        let url = format!("sqlite://{}", directory.path().join("news.db").display());
        let store = Store::open(Settings::new(url)).unwrap();
        store.migrate().unwrap();
        let now = Timestamp::EPOCH;
        let actor = Actor::System(SystemActor::Command);
        let begun = store.write_blocking(actor, now, |tx| {
            for number in 1..=25 {
                let new = NewUser {
                    id: UserId::from_raw(number),
                    email: Email::parse(&format!("{number}@people.example")).unwrap(),
                    email_verified: true,
                    name: "Ines".to_owned(),
                    password_hash: None,
                    role: Role::Reader,
                };
                let user = users::create(tx, &new)?;
                if number > 1 {
                    users::begin_erasure(tx, &user)?;
                }
            }
            Ok::<_, Error>(())
        });
        begun.unwrap();
        let left = || {
            let all = storage::users::UserFilter::default();
            let most = domain::Limit::new(100).unwrap();
            let found = store.read_blocking(move |conn| users::list(conn, &all, None, most));
            found.unwrap().items.len()
        };
        let asked = Cell::new(0);
        let once = || {
            asked.set(asked.get() + 1);
            false
        };
        sweep(&store, now, once).unwrap();
        assert_eq!(
            (asked.get(), left()),
            (1, 5),
            "a page of accounts, and no more"
        );
        sweep(&store, now, || true).unwrap();
        assert_eq!(left(), 1, "nobody else is touched");
        sweep(&store, now, || panic!("there is nothing to do")).unwrap();
    }
}
