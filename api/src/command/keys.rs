//! `broadsheet keys`: what access tokens are signed with.

use clap::Subcommand;
use domain::{Actor, SystemActor, Timestamp, session::Ending};
use storage::{
    Error, Store, sessions,
    signing_keys::{self, SigningKey},
};

use super::failure::Failure;
use super::output::say;
use crate::auth::{self, ROTATION_LEAD_SECONDS};
use crate::clock::Clock;
use crate::config::Config;
use crate::secret::Secret;

/// What to do with signing keys.
#[derive(Debug, Subcommand)]
pub(super) enum KeysCommand {
    /// List the keys: names and times, never the keys themselves
    List,
    /// Sign with a new key from now on. No request fails, nobody has to sign in again
    ///
    /// Running servers learn of the new key within a second, and begin to sign with it 90 seconds
    /// later. What the keys before it have signed is good until it runs out: they are verified
    /// with for another 15 minutes, and removed by the rotation after that.
    Rotate,
    /// End every access token within seconds, for when a signing key may be known to others
    ///
    /// A new key signs from now on, and all others are removed. Clients notice that their access
    /// token is refused and get another with their refresh token, so people stay signed in.
    #[command(
        after_help = "Example, for when the database or a backup of it may have been read together \
                      with the root secret:\n  broadsheet keys revoke-all --sessions"
    )]
    RevokeAll {
        /// End every session too: everybody has to sign in again
        #[arg(long)]
        sessions: bool,
    },
}

/// Does what was asked.
pub(super) fn run(
    store: &Store,
    command: &KeysCommand,
    config: &Config,
    clock: &dyn Clock,
) -> Result<(), Failure> {
    let secret = Secret::resolve(config).map_err(|error| Failure::told(error.to_string()))?;
    match command {
        KeysCommand::List => list(store, &secret, clock.now()),
        KeysCommand::Rotate => rotate(store, &secret, clock.now()),
        KeysCommand::RevokeAll { sessions } => revoke_all(store, &secret, *sessions, clock),
    }
}

fn list(store: &Store, secret: &Secret, now: Timestamp) -> Result<(), Failure> {
    let keys = store.read_blocking(signing_keys::list)?;
    if keys.is_empty() {
        say!("There is no key yet. The first start of `broadsheet serve` makes one.");
        return Ok(());
    }
    say!(
        "{:<43}  {:<9}  {:<24}  {:<24}  VERIFIES UNTIL",
        "ID",
        "STATE",
        "MADE",
        "SIGNS FROM"
    );
    // They come newest first, and the newest whose time has come signs.
    let (mut signs, mut foreign) = (true, false);
    for key in &keys {
        let state = state(key, secret, now, signs);
        signs &= state != "signs";
        foreign |= state == "foreign";
        say!(
            "{:<43}  {state:<9}  {:<24}  {:<24}  {}",
            key.kid,
            key.created_at.to_string(),
            key.signs_from.to_string(),
            key.verifies_until
                .map_or_else(|| "-".to_owned(), |at| at.to_string()),
        );
    }
    if foreign {
        say!(
            "A foreign key was sealed with another root secret and is not used. If the secret has \
             changed, `broadsheet keys revoke-all` starts afresh."
        );
    }
    Ok(())
}

fn state(key: &SigningKey, secret: &Secret, now: Timestamp, signs: bool) -> &'static str {
    if auth::private_key(key, secret).is_none() {
        "foreign"
    } else if key.verifies_until.is_some_and(|until| until <= now) {
        "over"
    } else if key.signs_from > now {
        "waits"
    } else if signs {
        "signs"
    } else {
        "verifies"
    }
}

fn rotate(store: &Store, secret: &Secret, now: Timestamp) -> Result<(), Failure> {
    let key = auth::rotate(store, secret, now)?;
    say!(
        "Made the key {}. Running servers sign with it in {ROTATION_LEAD_SECONDS} seconds, and \
         tokens signed before that are good until they run out.",
        key.kid
    );
    Ok(())
}

fn revoke_all(
    store: &Store,
    secret: &Secret,
    with_sessions: bool,
    clock: &dyn Clock,
) -> Result<(), Failure> {
    // Sessions first: one that was carried on in between would have a token of the new key.
    let ended = if with_sessions {
        let ended = end_sessions(store, clock).map_err(|error| {
            Failure::new(
                format!("Not every session has ended, and no key was changed: {error}"),
                "Run it again",
            )
        })?;
        Some(ended)
    } else {
        None
    };
    let key = auth::revoke_all(store, secret, clock.now())?;
    say!(
        "Made the key {} and removed every other: running servers refuse all access tokens signed \
         before within a second.",
        key.kid
    );
    match ended {
        None => {
            say!(
                "Clients get new ones with their refresh tokens. Add --sessions to end these too."
            );
        }
        Some(ended) => {
            say!("Ended {ended} sessions: everybody has to sign in again.");
        }
    }
    Ok(())
}

/// Ends every session, in slices: others have their turn in between.
fn end_sessions(store: &Store, clock: &dyn Clock) -> Result<usize, Error> {
    let mut all = 0;
    loop {
        let actor = Actor::System(SystemActor::Command);
        let ended = store.write_blocking(actor, clock.now(), |tx| {
            sessions::end_everybodys(tx, Ending::EndedByAdmin)
        })?;
        if ended == 0 {
            return Ok(all);
        }
        all += ended;
    }
}
