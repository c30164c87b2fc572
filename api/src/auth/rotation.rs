//! How signing keys take each other's place.

use std::io;

use domain::{Actor, SystemActor, Timestamp, session::ACCESS_SECONDS};
use storage::{
    Error, Store,
    signing_keys::{self, SigningKey},
};

use super::fresh_signing_key;
use crate::secret::Secret;

/// For so long a new key waits before it signs. Nodes meet it within the second, and others who
/// verify our tokens when the set of keys that they keep for a minute is fetched again.
pub const ROTATION_LEAD_SECONDS: i64 = 90;
/// For so long after it has signed its last token a key verifies: the token's whole time, and
/// some for clocks that are not quite right.
const OVERLAP_SECONDS: i64 = ACCESS_SECONDS + 300;

/// Adds a key that soon signs instead of the present one, whose tokens are taken as long as they
/// last: no request fails.
pub fn rotate(store: &Store, secret: &Secret, now: Timestamp) -> Result<SigningKey, Error> {
    let signs_from = now.plus_seconds(ROTATION_LEAD_SECONDS);
    let others_until = signs_from.plus_seconds(OVERLAP_SECONDS);
    add(store, secret, now, signs_from, others_until)
}

/// Puts a key in the place of all others at once. No access token there is counts any more.
pub fn revoke_all(store: &Store, secret: &Secret, now: Timestamp) -> Result<SigningKey, Error> {
    add(store, secret, now, now, now)
}

fn add(
    store: &Store,
    secret: &Secret,
    now: Timestamp,
    signs_from: Timestamp,
    others_until: Timestamp,
) -> Result<SigningKey, Error> {
    let failed = |cause: io::Error| Error::Internal(cause.to_string());
    let key = fresh_signing_key(secret, now, signs_from).map_err(failed)?;
    let added = key.clone();
    let actor = Actor::System(SystemActor::Command);
    store.write_blocking(actor, now, move |tx| {
        signing_keys::add(tx, &added, others_until)
    })?;
    Ok(key)
}
