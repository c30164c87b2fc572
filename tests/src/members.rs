//! People with an account, put in beside the server, and what they call it with.

use std::sync::{
    PoisonError,
    atomic::{AtomicU32, Ordering},
};

use api::{
    auth::{Identity, RefreshToken},
    secret::Secret,
};
use domain::{
    Actor, Role, SystemActor, Timestamp,
    id::{SessionId, UserId, id_at},
    user::Email,
};
use storage::{
    Error, Store, Tx,
    sessions::{self, NewSession},
    signing_keys,
    users::{self, NewUser, User},
};

use crate::TestApp;

/// Somebody who has signed in.
#[derive(Debug, Clone)]
pub struct Member {
    pub user: User,
    pub session: SessionId,
    /// The current refresh token of the session.
    pub refresh: String,
    /// An access token that holds from now on.
    pub token: String,
}

/// The root secret of every test server.
pub fn secret() -> Secret {
    Secret::from_root(crate::app::SECRET.as_bytes())
}

/// What a server on this database issues access tokens with.
pub fn identity(store: &Store) -> Identity {
    let identity = Identity::new(None, &secret());
    let keys = store.read_blocking(signing_keys::list);
    identity.learn_keys(1, keys.expect("the keys can be read"));
    identity
}

/// An id that no other test of this process draws.
pub fn new_id(now: Timestamp) -> i64 {
    static DRAWN: AtomicU32 = AtomicU32::new(0);
    id_at(now, DRAWN.fetch_add(1, Ordering::Relaxed))
}

/// Signs somebody new in, straight into the database.
pub fn sign_in(store: &Store, role: Role, now: Timestamp) -> Member {
    let (user, session) = (new_id(now), SessionId::from_raw(new_id(now)));
    let new = NewUser {
        id: UserId::from_raw(user),
        email: Email::parse(&format!("member-{user}@members.example")).expect("an address"),
        email_verified: true,
        name: format!("A {role}"),
        password_hash: None,
        role,
    };
    let refresh = RefreshToken::first(session).expect("randomness");
    let token_hash = refresh.hash();
    let user = write(store, now, move |tx| {
        let user = users::create(tx, &new)?;
        let session = NewSession {
            id: session,
            token_hash,
            user_agent: None,
            expires_at: now.plus_seconds(30 * 24 * 60 * 60),
        };
        sessions::create(tx, &session, &user)
    });
    Member {
        token: token(store, &user, session, now),
        refresh: refresh.text(&secret()),
        session,
        user,
    }
}

/// A fresh access token.
pub fn token(store: &Store, user: &User, session: SessionId, now: Timestamp) -> String {
    let issued = identity(store).issue(user, session, new_id(now), now);
    issued.expect("a token")
}

/// Changes something as another process on this machine does.
pub fn write<T: Send + 'static>(
    store: &Store,
    now: Timestamp,
    job: impl FnOnce(&mut Tx<'_>) -> Result<T, Error> + Send + 'static,
) -> T {
    let actor = Actor::System(SystemActor::Command);
    store.write_blocking(actor, now, job).expect("it is stored")
}

impl TestApp {
    /// A fresh access token of the one person of this server who has this role.
    pub fn token_of(&self, role: &str) -> String {
        let mut people = self.people.lock().unwrap_or_else(PoisonError::into_inner);
        let known = people.entry(role.to_owned());
        let member = known.or_insert_with(|| self.member(role));
        self.issue(member)
    }

    /// A fresh access token of somebody, from this server.
    pub fn issue(&self, member: &Member) -> String {
        let (identity, now) = (&self.state().identity, self.now());
        let token = identity.issue(&member.user, member.session, new_id(now), now);
        token.expect("the server has a key that signs")
    }

    /// Somebody new with this role who has just signed in.
    pub fn member(&self, role: &str) -> Member {
        let role = Role::parse(role).expect("a role");
        sign_in(&self.store(), role, self.now())
    }

    /// So many people who have just signed in.
    pub async fn crowd(&self, number: usize) -> Vec<Member> {
        let (store, now) = (self.store(), self.now());
        let mut crowd = Vec::with_capacity(number);
        for _ in 0..number {
            crowd.push(sign_in(&store, Role::Reader, now));
            // A task of the runtime may wait only so often without letting others go on.
            tokio::task::yield_now().await;
        }
        store.close();
        crowd
    }
}
