//! Everybody who calls.

use domain::{Role, Scopes, id::ApiKeyId, id::SectionId, user::UserStatus};
use storage::api_keys::{self, NewApiKey};
use tests::{TestApp, key_of, members};

pub(super) const ROLES: [&str; 5] = ["reader", "author", "editor", "moderator", "admin"];

/// What somebody shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Kind {
    /// Nothing.
    Nobody,
    /// An access token.
    Person,
    /// An API key; the scope it is limited to, and whether it is limited to a section where none
    /// of the objects is.
    Key(Option<&'static str>, bool),
    /// Credentials that counted once.
    Outcast,
}

/// Somebody who calls.
#[derive(Debug, Clone)]
pub(super) struct Caller {
    pub(super) name: String,
    pub(super) role: &'static str,
    pub(super) kind: Kind,
    pub(super) token: Option<String>,
    /// What the change log calls them.
    pub(super) label: String,
    /// Their account and session, or what is nobody's.
    pub(super) user: String,
    pub(super) session: String,
}

/// Nobody has these.
const NO_USER: &str = "usr_000000000000z";
const NO_SESSION: &str = "ses_000000000000z";

impl Caller {
    fn of(name: String, role: &'static str, kind: Kind, token: Option<String>) -> Self {
        Self {
            label: format!("nobody:{name}"),
            name,
            role,
            kind,
            token,
            user: NO_USER.to_owned(),
            session: NO_SESSION.to_owned(),
        }
    }

    /// Somebody with this role who has just signed in.
    pub(super) fn person(app: &TestApp, role: &'static str) -> Self {
        let member = app.member(role);
        Self {
            label: format!("user:{}", member.user.id),
            user: member.user.id.to_string(),
            session: member.session.to_string(),
            ..Self::of(
                format!("a signed-in {role}"),
                role,
                Kind::Person,
                Some(member.token),
            )
        }
    }

    fn key(app: &TestApp, role: &'static str) -> Self {
        let named = format!("SELECT CAST(id AS TEXT) AS line FROM api_keys WHERE name = '{role}'");
        let id = app.lines(&named)[0].parse().expect("a number");
        Self {
            label: format!("api_key:{}", ApiKeyId::from_raw(id)),
            ..Self::of(
                format!("a key of the role {role}"),
                role,
                Kind::Key(None, false),
                Some(key_of(role)),
            )
        }
    }
}

/// Everybody, each with something of their own.
pub(super) async fn all(app: &TestApp) -> Vec<Caller> {
    let mut all = vec![Caller::of("nobody".to_owned(), "", Kind::Nobody, None)];
    for role in ROLES {
        all.push(Caller::person(app, role));
        all.push(Caller::key(app, role));
    }
    for scope in ["articles:read", "articles:write", "publish"] {
        all.push(limited(app, Some(scope), &[]));
    }
    let elsewhere = app.section("Elsewhere", None).await;
    let elsewhere = SectionId::parse(&tests::text(&elsewhere["id"])).expect("an id");
    all.push(limited(app, None, &[elsewhere]));
    for outcast in outcasts(app) {
        let token = outcast.token.clone().expect("credentials");
        // The server hears of a suspension within half a second.
        tests::until("the outcast is refused", async || {
            app.get("/sections").bearer(&token).await.status == 401
        })
        .await;
        all.push(outcast);
    }
    all
}

/// An administrator's key that was made for less.
fn limited(app: &TestApp, scope: Option<&'static str>, sections: &[SectionId]) -> Caller {
    let name = format!("a key for {}", scope.unwrap_or("a section"));
    let text = format!(
        "bsk_limited{:k<36}",
        scope.unwrap_or("section").replace(':', "-")
    );
    let key = NewApiKey {
        id: ApiKeyId::from_raw(members::new_id(app.now())),
        name: name.clone(),
        role: Role::Admin,
        scopes: scope.map(|scope| Scopes::parse(scope).expect("a scope")),
        sections: sections.to_vec(),
        requests_per_minute: None,
        hash: api::secret::api_key_hash(&text),
        hint: "bsk_lim".to_owned(),
        expires_at: None,
    };
    let id = key.id;
    let store = app.store();
    members::write(&store, app.now(), move |tx| api_keys::create(tx, &key));
    store.close();
    Caller {
        label: format!("api_key:{id}"),
        ..Caller::of(
            name,
            "admin",
            Kind::Key(scope, !sections.is_empty()),
            Some(text),
        )
    }
}

fn outcasts(app: &TestApp) -> Vec<Caller> {
    let outcast = |name: &str, token: String| {
        Caller::of(name.to_owned(), "admin", Kind::Outcast, Some(token))
    };
    let suspended = app.member("admin");
    let store = app.store();
    let (user, now) = (suspended.user.clone(), app.now());
    members::write(&store, now, move |tx| {
        let wanted = storage::users::User {
            status: UserStatus::Suspended,
            ..user.clone()
        };
        storage::users::save(tx, &user, &wanted, "suspended")
    });
    store.close();
    vec![
        outcast("a suspended admin", suspended.token),
        outcast("a revoked key", key_of("revoked")),
        outcast("an expired key", key_of("expired")),
        outcast(
            "a forged token",
            "eyJhbGciOiJub25lIn0.e30.".to_owned() + "AAAA",
        ),
    ]
}
