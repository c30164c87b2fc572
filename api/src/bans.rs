//! What a ban goes by, and the removal of what somebody posted, a slice at a time.
//!
//! An address is nowhere written down. What is kept of it is a keyed hash, with a key that changes
//! every thirty days, and for ninety days. So what came from one address can be told to be of one
//! only within that time, and by nobody without the secret.

use std::net::IpAddr;
use std::sync::atomic::{AtomicI64, Ordering};

use domain::comment::{CommentStatus, Decision, address_key, address_keys};
use domain::id::{BanId, HandlingId, UserId};
use domain::{Actor, SystemActor, Timestamp};
use storage::bans::{self, Traces};
use storage::{Error, Store, Tx, comments};

use crate::limits::network;
use crate::secret::{Secret, Use};
use crate::state::App;

/// So many comments are removed in one transaction.
const SLICE: usize = 100;
/// So many bans are asked for at a time.
const BANS: i64 = 20;

/// The subject of a ban of an account.
pub(crate) fn account(user: UserId) -> String {
    user.to_string()
}

/// The subject of a ban of an e-mail address, however it is written.
pub(crate) fn email(secret: &Secret, address: &str) -> String {
    let address = address.trim().to_lowercase();
    secret.keyed_hash(Use::CommentEmail, &[address.as_bytes()])
}

fn address(secret: &Secret, address: IpAddr, key: i64) -> String {
    let network = network(address).to_string();
    secret.keyed_hash(
        Use::CommentAddress,
        &[&key.to_le_bytes(), network.as_bytes()],
    )
}

/// What is kept of where a comment comes from.
pub(crate) fn traces(
    secret: &Secret,
    from: Option<IpAddr>,
    email_address: Option<&str>,
    now: Timestamp,
) -> Traces {
    Traces {
        address: from.map(|from| address(secret, from, address_key(now))),
        email: email_address.map(|text| email(secret, text)),
    }
}

/// When the oldest ban of a network address was made that still holds, as last looked up: fewer keys have
/// to be tried. Until it has been, any may be that old.
#[derive(Debug)]
pub(crate) struct OldestBan(AtomicI64);

impl Default for OldestBan {
    fn default() -> Self {
        Self(AtomicI64::new(Timestamp::MIN.as_millis()))
    }
}

impl OldestBan {
    fn get(&self) -> Timestamp {
        Timestamp::from_millis(self.0.load(Ordering::Relaxed))
    }

    fn look(&self, store: &Store, now: Timestamp) -> Result<(), Error> {
        let oldest = store.read_blocking(move |conn| bans::oldest_of_address(conn, now))?;
        let oldest = oldest.unwrap_or(Timestamp::MAX);
        self.0.store(oldest.as_millis(), Ordering::Relaxed);
        Ok(())
    }
}

/// Every subject by which somebody may be banned who comes from there.
pub(crate) fn addresses(app: &App, from: IpAddr, now: Timestamp) -> Vec<String> {
    let secret = &app.secret;
    address_keys(now, app.oldest_ban.get())
        .map(|key| address(secret, from, key))
        .collect()
}

/// Removes what a ban is to remove. What is cut off, the background goes on with.
pub(crate) async fn complete(app: &App, actor: &Actor, ban: BanId) {
    loop {
        let ids = handlings(app);
        let step = app
            .store
            .write(actor.clone(), app.now(), move |tx| step(tx, ban, ids));
        match step.await {
            Ok(true) => return,
            Ok(false) => {}
            Err(error) => {
                tracing::warn!(%error, %ban, "a removal was cut off, and is gone on with later");
                return;
            }
        }
    }
}

/// Looks up the oldest ban, and goes on with every removal that was begun and not finished, for as long
/// as `go_on` agrees.
pub(crate) fn sweep(app: &App, go_on: impl Fn() -> bool) -> Result<(), Error> {
    app.oldest_ban.look(&app.store, app.now())?;
    loop {
        let left = app.store.read_blocking(|conn| bans::removing(conn, BANS))?;
        if left.is_empty() {
            return Ok(());
        }
        for ban in left {
            loop {
                let (ids, actor) = (handlings(app), Actor::System(SystemActor::Background));
                let step = move |tx: &mut Tx<'_>| step(tx, ban, ids);
                if app.store.write_blocking(actor, app.now(), step)? {
                    break;
                }
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

/// As many new ids as a slice needs.
fn handlings(app: &App) -> Vec<HandlingId> {
    (0..SLICE)
        .map(|_| HandlingId::from_raw(app.new_id()))
        .collect()
}

/// One slice; whether it was the last.
fn step(tx: &mut Tx<'_>, ban: BanId, ids: Vec<HandlingId>) -> Result<bool, Error> {
    let most = i64::try_from(SLICE).unwrap_or(i64::MAX);
    let Some(found) = bans::next_to_remove(tx, ban, most)? else {
        return Ok(true);
    };
    let mut removed = 0_i64;
    // The latest first: a reply is held before what it answers, as everywhere.
    for (id, handling) in found.iter().rev().zip(ids) {
        let Some(comment) = comments::lock(tx, *id)? else {
            continue;
        };
        if comment.status == CommentStatus::Deleted {
            continue;
        }
        if comments::decide(tx, &comment, Decision::Delete, None, handling)? {
            removed = removed.saturating_add(1);
        }
    }
    let after = found.last().copied().filter(|_| found.len() == SLICE);
    bans::removed(tx, ban, after, removed)?;
    Ok(after.is_none())
}
