//! Everybody who may call.

use std::sync::Arc;

use domain::{
    Actor, Role, Scope, Scopes,
    id::{ApiKeyId, SectionId},
    session::Ending,
    user::UserStatus,
};
use storage::{
    Store,
    api_keys::{self, NewApiKey},
    sessions,
    users::{self, User},
};
use tests::{Call, Member, TestApp, key_of, members};

/// The roles, from the least to the most.
const ROLES: [&str; 5] = ["reader", "author", "editor", "moderator", "admin"];

/// Keys of an administrator that are limited to these scopes.
const SCOPED: [&[&str]; 6] = [
    &["articles:read"],
    &["articles:write"],
    &["publish"],
    &["articles:read", "articles:write", "publish"],
    &["sections:write", "tags:write", "authors:write"],
    &["comments:moderate", "changes:read"],
];

/// What a caller is known as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Nobody,
    Person,
    Key,
    /// Whoever shows credentials that are no good.
    Dead,
}

/// Who calls.
pub(super) struct Caller {
    pub(super) name: String,
    pub(super) kind: Kind,
    /// Empty for nobody.
    pub(super) role: &'static str,
    pub(super) scopes: Option<&'static [&'static str]>,
    /// The one section a key is limited to.
    pub(super) section: Option<&'static str>,
    /// What makes an article theirs.
    pub(super) actor: Actor,
    /// The account of a person.
    pub(super) member: Option<Member>,
    token: Option<String>,
}

impl Caller {
    fn new(name: impl Into<String>, kind: Kind, role: &'static str) -> Self {
        Self {
            name: name.into(),
            kind,
            role,
            scopes: None,
            section: None,
            actor: Actor::Anonymous,
            member: None,
            token: None,
        }
    }

    /// Somebody new with this role, who has signed in.
    pub(super) fn person(app: &TestApp, store: &Store, role: &'static str) -> Self {
        let known = Role::parse(role).expect("a role");
        let member = members::sign_in(store, known, app.now());
        Self {
            actor: Actor::User {
                id: member.user.id,
                role: known,
                session: member.session,
            },
            token: Some(app.issue(&member)),
            member: Some(member),
            ..Self::new(format!("a person, {role}"), Kind::Person, role)
        }
    }

    /// Puts the credentials on.
    pub(super) fn dress<'a>(&self, call: Call<'a>) -> Call<'a> {
        match &self.token {
            Some(token) => call.bearer(token),
            None => call,
        }
    }
}

/// All of them. `sections` are those that keys are limited to, by name.
pub(super) async fn everybody(
    app: &TestApp,
    store: &Store,
    sections: &[(&'static str, SectionId)],
) -> Vec<Caller> {
    let mut all = vec![Caller::new("nobody", Kind::Nobody, "")];
    for role in ROLES {
        all.push(Caller::person(app, store, role));
    }
    for (number, role) in (1..).zip(ROLES) {
        all.push(Caller {
            actor: key_actor(number),
            token: Some(key_of(role)),
            ..Caller::new(format!("a key, {role}"), Kind::Key, role)
        });
    }
    for (number, scopes) in (501..).zip(SCOPED) {
        all.push(limited(app, store, number, Some(scopes), None));
    }
    for (number, section) in (601..).zip(sections) {
        all.push(limited(app, store, number, None, Some(*section)));
    }
    all.extend(dead(app, store));
    for caller in all.iter().filter(|caller| caller.kind != Kind::Nobody) {
        // What was put in beside the server is met by it within the second.
        let met = if caller.kind == Kind::Dead { 401 } else { 200 };
        tests::until(&caller.name, async || {
            caller.dress(app.get("/sections")).await.status == met
        })
        .await;
    }
    all
}

fn key_actor(number: i64) -> Actor {
    Actor::ApiKey {
        id: ApiKeyId::from_raw(number),
        role: Role::Admin,
        scopes: None,
        sections: Arc::default(),
    }
}

fn limited(
    app: &TestApp,
    store: &Store,
    number: i64,
    scopes: Option<&'static [&'static str]>,
    section: Option<(&'static str, SectionId)>,
) -> Caller {
    let name = format!("limited{number}");
    let set = scopes.map(|scopes| {
        let scopes: Vec<Scope> = scopes
            .iter()
            .map(|scope| Scope::parse(scope).expect("a scope"))
            .collect();
        Scopes::new(&scopes).expect("scopes")
    });
    let key = NewApiKey {
        id: ApiKeyId::from_raw(number),
        name: name.clone(),
        role: Role::Admin,
        scopes: set,
        sections: section.into_iter().map(|(_, id)| id).collect(),
        requests_per_minute: None,
        hash: api::secret::api_key_hash(&key_of(&name)),
        hint: "bsk_limi".to_owned(),
        expires_at: None,
    };
    members::write(store, app.now(), move |tx| api_keys::create(tx, &key));
    let limits = scopes.map(|scopes| scopes.join(" "));
    let limits = limits.or(section.map(|(name, _)| format!("in {name}")));
    Caller {
        scopes,
        section: section.map(|(name, _)| name),
        actor: key_actor(number),
        token: Some(key_of(&name)),
        ..Caller::new(
            format!("a key, admin, {}", limits.unwrap_or_default()),
            Kind::Key,
            "admin",
        )
    }
}

/// Administrators all of them, until a while ago; and one who never was.
fn dead(app: &TestApp, store: &Store) -> Vec<Caller> {
    let gone = |name: &str, token: String| Caller {
        token: Some(token),
        ..Caller::new(name, Kind::Dead, "admin")
    };
    let suspended = Caller::person(app, store, "admin");
    let signed_out = Caller::person(app, store, "admin");
    let user = suspended
        .member
        .map(|member| member.user)
        .expect("an account");
    let ended = signed_out.member.expect("an account");
    members::write(store, app.now(), move |tx| {
        let closed = User {
            status: UserStatus::Suspended,
            ..user.clone()
        };
        users::save(tx, &user, &closed, "suspended")?;
        sessions::end_all(tx, user.id, None, Ending::AccountClosed)?;
        sessions::end(tx, ended.user.id, ended.session, Ending::SignedOut)
    });
    vec![
        gone(
            "a suspended administrator",
            suspended.token.expect("a token"),
        ),
        gone("whoever has signed out", signed_out.token.expect("a token")),
        gone("a revoked key", key_of("revoked")),
        gone("an expired key", key_of("expired")),
        gone(
            "a forger",
            format!("eyJhbGciOiJub25lIn0.e30.{}", "A".repeat(4)),
        ),
    ]
}
