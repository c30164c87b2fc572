//! How often somebody may try a password.
//!
//! Tries are counted before they are made, so that many at once are not more than one after
//! another. They count for an account, or for an address that has none, and whatever is known of
//! the address, the same is done. An account has one count for all strangers together, and one for
//! each network that its owner has signed in from: strangers can use up their own, and the owner
//! still gets in. Resetting a password by mail and what is signed in already are beside all this.

use domain::{
    Actor,
    id::UserId,
    time::Timestamp,
    user::{Email, UserStatus},
};
use openapi::problem::Code;
use storage::{Conn, Error, Tx, attempts, known_addresses, users, users::User};

use crate::{
    audit::{Event, record},
    error::ApiError,
    extract::Origin,
    limits,
    secret::{Secret, Use},
    state::App,
};

/// How long tries count together, in seconds.
const WINDOW: i64 = 15 * 60;
/// So many may be made at one account by strangers, or from one network known to it.
const AT_ACCOUNT: i64 = 10;
/// So many may fail from one network, whatever the accounts, before it may try none but those that
/// were signed in to from it.
const FROM_NETWORK: i64 = 50;

/// The network that a request comes from, as text.
pub(crate) fn network_of(origin: &Origin) -> String {
    let network = origin.address.map(limits::network);
    network.map_or_else(String::new, |network| network.to_string())
}

/// What the database holds of a network that an account was used from. It says nothing without
/// the secret, and two accounts have nothing in common.
pub(crate) fn place(secret: &Secret, user: UserId, network: &str) -> String {
    let parts: [&[u8]; 2] = [&user.raw().to_be_bytes(), network.as_bytes()];
    secret.keyed_hash(Use::KnownAddress, &parts)
}

/// A try that was counted and may be made.
#[derive(Clone)]
pub(crate) struct Try {
    /// Whose the address is, if it is anybody's.
    pub(crate) user: Option<User>,
    /// What it was counted in.
    bucket: String,
    /// What it counts in as well if it fails.
    network_bucket: String,
    network: String,
}

/// How a try was counted.
enum Counted {
    In(Box<Option<User>>, String),
    /// There were too many; after so many seconds there may be more.
    Over(i64),
}

impl Try {
    /// Counts a try at an address.
    pub(crate) async fn begin(app: &App, origin: &Origin, email: Email) -> Result<Self, ApiError> {
        let network = network_of(origin);
        let network_bucket = bucket(&app.secret, &[b"failed from", network.as_bytes()]);
        let count = Count {
            secret: app.secret.clone(),
            email,
            network: network.clone(),
            network_bucket: network_bucket.clone(),
            limited: app.config.rate_limits,
        };
        let counted = app
            .store
            .write(Actor::Anonymous, app.now(), move |tx| count.run(tx))
            .await;
        match counted.map_err(|error: Error| ApiError::from(error))? {
            Counted::In(user, bucket) => Ok(Self {
                user: *user,
                bucket,
                network_bucket,
                network,
            }),
            Counted::Over(seconds) => {
                record(Event::SignInHeld, origin, &Actor::Anonymous, "");
                Err(held(seconds))
            }
        }
    }

    /// Reads the account once more, if it still has the address that was tried.
    pub(crate) async fn look_again(&mut self, app: &App) -> Result<(), ApiError> {
        let Some(seen) = self.user.take() else {
            return Ok(());
        };
        let found = app.store.read(move |conn| users::get(conn, seen.id)).await;
        let found = found.map_err(|error: Error| ApiError::from(error))?;
        self.user = found.filter(|user| user.email == seen.email);
        Ok(())
    }

    /// The try was right: what was counted for it is forgotten, and the network is known now.
    pub(crate) fn succeeded(
        &self,
        tx: &mut Tx<'_>,
        secret: &Secret,
        user: UserId,
    ) -> Result<(), Error> {
        attempts::clear(tx, &self.bucket)?;
        known_addresses::note(tx, user, &place(secret, user, &self.network))
    }

    /// The try was wrong, for whatever reason: there is one answer.
    pub(crate) async fn failed(&self, app: &App, origin: &Origin) -> ApiError {
        let about = self.user.as_ref().map(|user| user.id.to_string());
        record(
            Event::SignInRefused,
            origin,
            &Actor::Anonymous,
            &about.unwrap_or_default(),
        );
        let bucket = self.network_bucket.clone();
        let counted = app
            .store
            .write(Actor::Anonymous, app.now(), move |tx| {
                attempts::add(tx, &bucket, WINDOW).map(|_| ())
            })
            .await;
        match counted {
            Ok(()) => ApiError::new(
                Code::InvalidCredentials,
                "Nobody signs in with this address and password.",
            ),
            // What is not counted is not answered.
            Err(error) => Error::into(error),
        }
    }
}

/// Counting a try.
struct Count {
    secret: Secret,
    email: Email,
    network: String,
    network_bucket: String,
    limited: bool,
}

impl Count {
    fn run(self, tx: &mut Tx<'_>) -> Result<Counted, Error> {
        let now = tx.now();
        let user = users::by_email(tx, &self.email)?;
        // Nobody has this id, and looking for it takes as long.
        let id = user.as_ref().map_or(UserId::from_raw(0), |user| user.id);
        let place = place(&self.secret, id, &self.network);
        let known = known_addresses::is_known(tx, id, &place, now)?;
        let whose = if known { place.as_str() } else { "strangers" };
        let parts: [&[u8]; 3] = [b"sign in", self.email.as_str().as_bytes(), whose.as_bytes()];
        let bucket = bucket(&self.secret, &parts);
        // An owner shares a network with others, who must not keep them out of it.
        if let Some(seconds) = over(tx, &self.network_bucket, FROM_NETWORK, now)?
            && self.limited
            && !known
        {
            return Ok(Counted::Over(seconds));
        }
        let tries = attempts::add(tx, &bucket, WINDOW)?;
        if tries > AT_ACCOUNT && self.limited {
            let seconds = over(tx, &bucket, AT_ACCOUNT, now)?;
            return Ok(Counted::Over(seconds.unwrap_or(WINDOW)));
        }
        Ok(Counted::In(Box::new(user), bucket))
    }
}

/// Checks the present password of somebody who is signed in, before what only they may do. The
/// tries have a count of their own: strangers at the door do not hold up who is inside.
pub(crate) async fn confirm(
    app: &App,
    origin: &Origin,
    user: &User,
    password: &str,
) -> Result<(), ApiError> {
    app.passwords.admit()?;
    let bucket = bucket(&app.secret, &[b"confirm", &user.id.raw().to_be_bytes()]);
    let (counting, now) = (bucket.clone(), app.now());
    let most = if app.config.rate_limits {
        AT_ACCOUNT
    } else {
        i64::MAX
    };
    let over: Option<i64> = app
        .store
        .write(Actor::Anonymous, now, move |tx| {
            attempts::add(tx, &counting, WINDOW)?;
            over(tx, &counting, most.saturating_add(1), now)
        })
        .await
        .map_err(|error: Error| ApiError::from(error))?;
    let about = user.id.to_string();
    if let Some(seconds) = over {
        record(Event::SignInHeld, origin, &Actor::Anonymous, &about);
        return Err(held(seconds));
    }
    let verified = app
        .passwords
        .verify(password, user.password_hash.as_deref())
        .await?;
    if !verified.right {
        record(Event::SignInRefused, origin, &Actor::Anonymous, &about);
        let detail = "This is not the password of the account.";
        return Err(ApiError::validation().pointer("/current_password", "wrong_password", detail));
    }
    app.store
        .write(Actor::Anonymous, app.now(), move |tx| {
            attempts::clear(tx, &bucket)
        })
        .await
        .map_err(|error: Error| ApiError::from(error))
}

/// Whether this account can be signed in to. Where mail can be sent, only with an address that
/// was shown to be its owner's.
pub(crate) fn is_open(user: &User, app: &App) -> bool {
    let known = user.email_verified_at.is_some() || !app.mailer.is_configured();
    user.status == UserStatus::Active && known
}

fn bucket(secret: &Secret, parts: &[&[u8]]) -> String {
    secret.keyed_hash(Use::Attempts, parts)
}

/// After how many seconds there may be another try, if there were `most` already.
fn over(
    conn: &mut Conn<'_>,
    bucket: &str,
    most: i64,
    now: Timestamp,
) -> Result<Option<i64>, Error> {
    let window = attempts::window(conn, bucket, now, WINDOW)?;
    Ok(window.filter(|window| window.count >= most).map(|window| {
        let passed = now.as_millis().saturating_sub(window.began_at.as_millis()) / 1000;
        WINDOW.saturating_sub(passed).max(1)
    }))
}

fn held(seconds: i64) -> ApiError {
    ApiError::new(
        Code::TooManyRequests,
        "Too many sign-ins have failed. This one was not tried; wait, or set a new password by \
         mail.",
    )
    .retry_after(seconds.try_into().unwrap_or(u32::MAX))
}
