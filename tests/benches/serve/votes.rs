//! Votes by many members at once: all on one comment, whose row each of them waits for, beside each
//! on one of its own.

use api::auth::Identity;
use api::secret::Secret;
use domain::comment::Vote;
use domain::id::{CommentId, SessionId, UserId};
use domain::user::Email;
use domain::{Actor, Role, SystemActor, Timestamp};
use storage::sessions::{self, NewSession};
use storage::users::{self, NewUser};
use storage::{Error, Settings, Store, signing_keys};

use crate::rows::{SECRET, Site, row};
use crate::{fill, load, seconds};

const ARTICLES: i64 = 1_000;
const MEMBERS: u16 = 64;

pub(crate) fn votes(site: &Site) {
    fill::fill(site.url(), ARTICLES);
    let server = site.serve();
    let tokens = members(site.url());
    let comments = comments(site.url());
    // Each vote is another one than the one before: none is answered without a change.
    let requests = |comment: &str, token: &str| -> Vec<Vec<u8>> {
        [Vote::Up, Vote::Down]
            .map(|vote| put(comment, token, vote))
            .to_vec()
    };
    let on_one: Vec<_> = tokens
        .iter()
        .map(|token| requests(&comments[0], token))
        .collect();
    let on_many: Vec<_> = tokens
        .iter()
        .zip(&comments)
        .map(|(token, comment)| requests(comment, token))
        .collect();
    let (many, one) = load::side_by_side(
        |turn| load::write_each(server.address, &on_many, turn),
        |turn| load::write_each(server.address, &on_one, turn),
        seconds(),
    );
    row(
        &format!("votes of {MEMBERS} members, each on one comment"),
        many,
        None,
    );
    let ratio = one.per_second / many.per_second;
    row(
        "the same, all on one comment",
        one,
        Some((ratio, "of that")),
    );
}

fn put(comment: &str, token: &str, vote: Vote) -> Vec<u8> {
    let body = format!("{{\"value\":{}}}", vote.number());
    format!(
        "PUT /api/v1/comments/{comment}/vote HTTP/1.1\r\nHost: bench\r\nAuthorization: Bearer {token}\r\n\
         Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    )
    .into_bytes()
}

/// As many published comments as there are members.
fn comments(url: &str) -> Vec<String> {
    let sql = format!(
        "SELECT CAST(id AS TEXT) AS line FROM comments WHERE visible ORDER BY id LIMIT {MEMBERS}"
    );
    let lines = storage::testing::lines(url, &sql).expect("the comments can be read");
    assert_eq!(lines.len(), usize::from(MEMBERS));
    let id = |line: &String| CommentId::from_raw(line.parse().expect("a number")).to_string();
    lines.iter().map(id).collect()
}

/// The access tokens of members who have just signed in.
fn members(url: &str) -> Vec<String> {
    let store = Store::open(Settings::new(url)).expect("the store opens");
    let identity = Identity::new(None, &Secret::from_root(SECRET.as_bytes()));
    let keys = store.read_blocking(signing_keys::list);
    identity.learn_keys(1, keys.expect("the server has made its keys"));
    let clock = api::clock::SystemClock;
    let now = api::clock::Clock::now(&clock);
    let tokens = (1..=i64::from(MEMBERS)).map(|number| sign_in(&store, &identity, number, now));
    let tokens = tokens.collect();
    store.close();
    tokens
}

fn sign_in(store: &Store, identity: &Identity, number: i64, now: Timestamp) -> String {
    let user = NewUser {
        id: UserId::from_raw(number),
        email: Email::parse(&format!("member-{number}@bench.example")).expect("an address"),
        email_verified: true,
        name: format!("Member {number}"),
        password_hash: None,
        role: Role::Reader,
    };
    let session = SessionId::from_raw(number);
    let made = store.write_blocking(Actor::System(SystemActor::Command), now, move |tx| {
        let user = users::create(tx, &user)?;
        let new = NewSession {
            id: session,
            token_hash: format!("none-{number}"),
            user_agent: None,
            expires_at: now.plus_seconds(86_400),
        };
        sessions::create(tx, &new, &user)?;
        Ok::<_, Error>(user)
    });
    let user = made.expect("an account");
    let token = identity.issue(&user, session, number, now);
    token.expect("a token")
}
