//! Whose token this is.
//!
//! Checking a token takes no database: keys and revocations are in memory, read again by the
//! follower (`crate::site`), and a token whose signature was found right is remembered.

use std::{
    sync::{Arc, PoisonError, RwLock},
    time::Duration,
};

use domain::{Actor, Timestamp, id::SessionId, session::ACCESS_SECONDS};
use moka::sync::Cache;
use openapi::problem::Code;
use serde_json::Value;
use storage::{Error, Store, sessions, signing_keys::SigningKey, users::User};

use super::{
    caller::FORM,
    keyring::KeyRing,
    revocations::Revocations,
    token::{MAX_TOKEN, Parties, Said, Unfit},
};
use crate::{error::ApiError, secret::Secret};

/// So many tokens are remembered as genuine. One more is a signature to check, no more.
const REMEMBERED: u64 = 50_000;

/// What this node needs to know to issue access tokens and to check them.
pub struct Identity {
    secret: Secret,
    parties: Parties,
    ring: RwLock<Option<Kept>>,
    revocations: Revocations,
    /// Tokens that are genuine, by their hash.
    genuine: Cache<[u8; 32], Said>,
}

/// The keys, and the number of the look that found them.
struct Kept {
    turn: i64,
    ring: Arc<KeyRing>,
}

impl std::fmt::Debug for Identity {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Identity(hidden)")
    }
}

impl Identity {
    /// Without any key until [`learn_keys`](Self::learn_keys). Tokens are from and for
    /// `public_url`, the address that clients use.
    #[must_use]
    pub fn new(public_url: Option<&str>, secret: &Secret) -> Self {
        let lifetime = Duration::from_secs(ACCESS_SECONDS.unsigned_abs());
        Self {
            secret: secret.clone(),
            parties: Parties::new(public_url),
            ring: RwLock::default(),
            revocations: Revocations::default(),
            genuine: Cache::builder()
                .max_capacity(REMEMBERED)
                .time_to_live(lifetime)
                .build(),
        }
    }

    /// A new access token of a session.
    pub fn issue(
        &self,
        user: &User,
        session: SessionId,
        jti: i64,
        now: Timestamp,
    ) -> Result<String, ApiError> {
        let ring = self.ring().ok_or_else(ApiError::unavailable)?;
        let key = ring
            .signing(now)
            .ok_or_else(|| ApiError::internal("there is no signing key that can be opened"))?;
        let signed = self.parties.sign(key, user, session, jti, now);
        signed.map_err(ApiError::internal)
    }

    /// Takes in the keys that look number `turn` found, unless a later look has been kept.
    pub fn learn_keys(&self, turn: i64, rows: Vec<SigningKey>) {
        let before = self.ring().unwrap_or_default();
        let ring = Arc::new(before.renewed(rows, &self.secret));
        let mut kept = self.ring.write().unwrap_or_else(PoisonError::into_inner);
        if kept.as_ref().is_none_or(|kept| kept.turn < turn) {
            *kept = Some(Kept { turn, ring });
        }
    }

    /// Whose token this is, if it counts now, or why it does not.
    pub(super) fn judge(&self, token: &str, now: Timestamp) -> Result<Actor, Unfit> {
        let ring = self.ring().ok_or(Unfit::NotYetKnown)?;
        if token.len() > MAX_TOKEN {
            return Err(Unfit::Unreadable);
        }
        let hash = *blake3::hash(token.as_bytes()).as_bytes();
        let said = if let Some(said) = self.genuine.get(&hash) {
            said
        } else {
            let said = self.parties.read(token, &ring, now)?;
            self.genuine.insert(hash, said);
            said
        };
        if !said.holds(now) {
            return Err(Unfit::OutOfTime);
        }
        if ring.verifying(said.kid, now).is_none() {
            return Err(Unfit::UnknownKey);
        }
        if self.revocations.cover(&said) {
            return Err(Unfit::Ended);
        }
        Ok(said.actor())
    }

    /// Whether what ends tokens early was read a moment ago. While it was not, a token alone
    /// opens nothing that is not public.
    pub(crate) fn is_current(&self) -> bool {
        self.revocations.are_current()
    }

    /// Reads what has ended since the last look.
    pub(crate) async fn look(&self, store: &Store, now: Timestamp) -> Result<(), Error> {
        let look = self.revocations.due(now);
        let found = store.read(move |conn| sessions::revoked(conn, look.from));
        self.revocations.learn(look, found.await?);
        Ok(())
    }

    /// [`look`](Self::look) for threads.
    pub(crate) fn look_blocking(&self, store: &Store, now: Timestamp) -> Result<(), Error> {
        let look = self.revocations.due(now);
        let found = store.read_blocking(move |conn| sessions::revoked(conn, look.from))?;
        self.revocations.learn(look, found);
        Ok(())
    }

    /// The public keys, for whoever checks tokens elsewhere.
    pub(crate) fn jwks(&self, now: Timestamp) -> Value {
        self.ring().unwrap_or_default().jwks(now)
    }

    pub(crate) fn secret(&self) -> &Secret {
        &self.secret
    }

    fn ring(&self) -> Option<Arc<KeyRing>> {
        let kept = self.ring.read().unwrap_or_else(PoisonError::into_inner);
        kept.as_ref().map(|kept| Arc::clone(&kept.ring))
    }
}

impl From<Unfit> for ApiError {
    fn from(unfit: Unfit) -> Self {
        let detail = match unfit {
            Unfit::NotYetKnown => return Self::unavailable(),
            Unfit::Unreadable => FORM,
            Unfit::Forged | Unfit::UnknownKey => {
                "This is no access token of this server. `/auth/login` gives one."
            }
            Unfit::OutOfTime => "This access token is over. Get the next one from `/auth/refresh`.",
            Unfit::Ended => {
                "The session of this access token has ended, or the rights of its account have \
                 changed. Try `/auth/refresh`, else sign in again."
            }
        };
        Self::new(Code::Unauthorized, detail).bad_credentials()
    }
}

#[cfg(test)]
mod tests {
    use super::super::fresh_signing_key;
    use super::*;
    use domain::{Role, id::UserId, user::Email, user::UserStatus};
    use storage::sessions::Revoked;

    const SESSION: i64 = 5;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_millis(1_795_428_000_000).plus_seconds(seconds)
    }

    fn user(epoch: i64) -> User {
        User {
            id: UserId::from_raw(3),
            email: Email::parse("ada@example.org").unwrap(),
            email_verified_at: None,
            name: "Ada".to_owned(),
            password_hash: None,
            role: Role::Editor,
            status: UserStatus::Active,
            epoch,
            version: 1,
            created_at: at(0),
            updated_at: at(0),
        }
    }

    fn identity() -> (Identity, SigningKey) {
        let secret = Secret::from_root(b"0123456789abcdef0123456789abcdef");
        let identity = Identity::new(None, &secret);
        let key = fresh_signing_key(&secret, at(0), at(0)).unwrap();
        identity.learn_keys(1, vec![key.clone()]);
        (identity, key)
    }

    fn issue(identity: &Identity, epoch: i64) -> String {
        identity
            .issue(&user(epoch), SessionId::from_raw(SESSION), 9, at(0))
            .unwrap()
    }

    #[test]
    fn a_token_counts_for_ten_minutes() {
        let (identity, _) = identity();
        let token = issue(&identity, 0);
        let actor = Actor::User {
            id: UserId::from_raw(3),
            role: Role::Editor,
            session: SessionId::from_raw(SESSION),
        };
        for seconds in [-60, 0, 599] {
            assert_eq!(identity.judge(&token, at(seconds)), Ok(actor.clone()));
        }
        for seconds in [-61, 600, 601] {
            let judged = identity.judge(&token, at(seconds));
            assert_eq!(judged, Err(Unfit::OutOfTime), "{seconds}");
        }
        let refused = ApiError::from(Unfit::OutOfTime);
        assert!(refused.has_bad_credentials() && refused.code() == Code::Unauthorized);
    }

    #[test]
    fn no_token_outlives_its_key_even_when_it_is_remembered() {
        let (identity, key) = identity();
        let token = issue(&identity, 0);
        assert!(identity.judge(&token, at(0)).is_ok());
        let next = fresh_signing_key(&identity.secret, at(1), at(31)).unwrap();
        let ending = SigningKey {
            verifies_until: Some(at(300)),
            ..key
        };
        identity.learn_keys(2, vec![next.clone(), ending]);
        assert!(identity.judge(&token, at(299)).is_ok());
        assert_eq!(identity.judge(&token, at(300)), Err(Unfit::UnknownKey));
        identity.learn_keys(3, vec![next]);
        assert_eq!(identity.judge(&token, at(2)), Err(Unfit::UnknownKey));
        // Nobody need look for the key of a token whose time is over in any case.
        assert_eq!(identity.judge(&token, at(600)), Err(Unfit::OutOfTime));
        let stranger = Identity::new(None, &identity.secret);
        stranger.learn_keys(1, Vec::new());
        assert_eq!(stranger.judge(&token, at(599)), Err(Unfit::UnknownKey));
        assert_eq!(stranger.judge(&token, at(600)), Err(Unfit::OutOfTime));
        // A look that began earlier and ends later brings nothing back.
        identity.learn_keys(1, Vec::new());
        assert!(!issue(&identity, 0).is_empty());
    }

    #[test]
    fn what_has_ended_is_refused_at_once_and_forgotten_when_it_no_longer_matters() {
        let (identity, _) = identity();
        let (token, older) = (issue(&identity, 2), issue(&identity, 1));
        assert!(!identity.is_current());
        let learn = |revoked, now| {
            let look = identity.revocations.due(now);
            identity.revocations.learn(look, revoked);
        };
        learn(Revoked::default(), at(0));
        assert!(identity.is_current() && identity.judge(&older, at(0)).is_ok());
        let users = vec![(UserId::from_raw(3), 2, at(1))];
        let revoked = Revoked {
            users: users.clone(),
            ..Revoked::default()
        };
        learn(revoked, at(1));
        assert_eq!(identity.judge(&older, at(1)), Err(Unfit::Ended));
        assert!(identity.judge(&token, at(1)).is_ok());
        let sessions = vec![(SessionId::from_raw(SESSION), at(2))];
        learn(Revoked { sessions, users }, at(2));
        assert_eq!(identity.judge(&token, at(2)), Err(Unfit::Ended));
        let later = domain::session::REVOKED_SECONDS + 3;
        learn(Revoked::default(), at(later));
        assert_eq!(identity.judge(&token, at(2)), identity.judge(&older, at(2)));
        assert!(identity.judge(&token, at(2)).is_ok());
    }

    #[test]
    fn what_is_no_token_is_told_from_one_of_somebody_else() {
        let (identity, _) = identity();
        for text in [
            "",
            ".",
            "..",
            "a.b",
            "a.b.",
            "a.b.c.d",
            "a.b.c=",
            "a b.c.d",
            &"a".repeat(5000),
        ] {
            assert_eq!(
                identity.judge(text, at(0)),
                Err(Unfit::Unreadable),
                "{text}"
            );
        }
        for text in ["a.b.c", "e30.e30.AAAA", "eyJhbGciOiJub25lIn0.e30.x"] {
            assert_eq!(identity.judge(text, at(0)), Err(Unfit::Forged), "{text}");
        }
    }

    #[test]
    fn before_the_database_is_met_nothing_is_said_of_a_token() {
        let (known, _) = identity();
        let unmet = Identity::new(None, &known.secret);
        let judged = unmet.judge(&issue(&known, 0), at(0));
        assert_eq!(judged, Err(Unfit::NotYetKnown));
        let refused = unmet.issue(&user(0), SessionId::from_raw(1), 1, at(0));
        assert_eq!(refused.unwrap_err().code(), Code::Unavailable);
    }
}
