//! The statements of accounts, sessions, keys and the change log.

use domain::Role;
use domain::id::{ApiKeyId, CommentId, SessionId, UserId};
use domain::session::Ending;
use domain::user::{Email, TokenPurpose, UserStatus};

use super::explain::explain;
use super::{check, check_rare, limit};
use crate::connection::AnyConnection;
use crate::sessions::{NewSession, Rotation, Shown};
use crate::user_tokens::NewToken;
use crate::users::{NewUser, User, UserFilter};
use crate::{
    Conn, Tx, api_keys, articles, attempts, comments, idempotency, known_addresses, sessions,
    user_tokens, users,
};
use domain::time::Timestamp;

const OWNER: UserId = UserId::from_raw(77);

fn at(millis: i64) -> Timestamp {
    Timestamp::from_millis(millis)
}

fn email(text: &str) -> Email {
    Email::parse(text).unwrap()
}

pub(super) fn reads(conn: &mut Conn<'_>) {
    people(conn);
    check(conn, "account by address", 1, |conn| {
        let found = users::by_email(conn, &email("u77@example.org")).unwrap();
        assert_eq!(found.map(|user| user.id), Some(OWNER));
    });
    check(conn, "what is revoked", 2, |conn| {
        let revoked = sessions::revoked(conn, at(19_900)).unwrap();
        assert_eq!((revoked.sessions.len(), revoked.users.len()), (6, 101));
    });
    check(conn, "sessions of an account", 1, |conn| {
        let found = sessions::of_user(conn, OWNER, at(20_000), 1_000).unwrap();
        assert_eq!(found.len(), 4);
    });
    check(conn, "window", 1, |conn| {
        assert!(attempts::window(conn, "b7", at(7), 60).unwrap().is_some());
    });
    check(conn, "known address", 1, |conn| {
        assert!(known_addresses::is_known(conn, OWNER, "a", at(77)).unwrap());
    });
    check(conn, "known addresses", 1, |conn| {
        assert_eq!(known_addresses::times(conn, OWNER).unwrap().len(), 1);
    });
    check(conn, "pending address", 1, |conn| {
        user_tokens::pending_email(conn, OWNER, at(0)).unwrap();
    });
    check(conn, "own comments", 1, |conn| {
        let after = Some(CommentId::from_raw(9_000));
        assert!(
            !comments::by_user(conn, OWNER, after, 100)
                .unwrap()
                .is_empty()
        );
    });
    check(conn, "own articles", 1, |conn| {
        articles::created_by(conn, "x", Some(domain::id::ArticleId::from_raw(7)), 100).unwrap();
    });
    check(conn, "a key", 1, |conn| {
        assert!(
            api_keys::get(conn, ApiKeyId::from_raw(7))
                .unwrap()
                .is_some()
        );
    });
    for before in [None, Some(ApiKeyId::from_raw(900))] {
        check(conn, "keys", 1, |conn| {
            assert!(api_keys::page(conn, before, limit()).unwrap().more);
        });
    }
}

fn people(conn: &mut Conn<'_>) {
    check(conn, "account", 1, |conn| {
        assert!(users::get(conn, OWNER).unwrap().is_some());
    });
    let roles = [None, Some(Role::Reader), Some(Role::Editor)];
    let statuses = [None, Some(UserStatus::Active), Some(UserStatus::Suspended)];
    for role in roles {
        for status in statuses {
            for before in [None, Some(UserId::from_raw(9_000))] {
                let filter = UserFilter { role, status };
                let name = format!("accounts {filter:?}");
                let statements = check(conn, &name, 1, |conn| {
                    users::list(conn, &filter, before, limit()).unwrap();
                });
                // What is rare is found, not met by walking everybody.
                let rare = role == Some(Role::Editor) || status == Some(UserStatus::Suspended);
                let plan = explain(conn.0, &statements[0]).join("\n");
                assert!(
                    !rare
                        || plan.contains("INDEX users_")
                        || plan.contains("using users_role")
                        || plan.contains("using users_status"),
                    "{name}: {plan}"
                );
            }
        }
    }
    check(conn, "accounts to be erased", 1, |conn| {
        users::erasing(conn, 10).unwrap();
    });
}

fn user(tx: &mut Tx<'_>, id: UserId) -> User {
    users::get(tx, id).unwrap().unwrap()
}

/// What changes accounts; each waits for a password to be hashed, or for an administrator.
pub(super) fn writes(tx: &mut Tx<'_>) {
    signing_in(tx);
    ending(tx);
    sweeps(tx);
    let new = NewUser {
        id: UserId::from_raw(900_000),
        email: email("new@example.org"),
        email_verified: false,
        name: "n".to_owned(),
        password_hash: None,
        role: Role::Reader,
    };
    check_rare(tx, "a new account", 3, |tx| {
        users::create(tx, &new).unwrap();
    });
    let seen = user(tx, OWNER);
    let mut wanted = seen.clone();
    wanted.role = Role::Author;
    check_rare(tx, "a changed account", 4, |tx| {
        users::save(tx, &seen, &wanted, "changed").unwrap();
    });
    check_rare(tx, "another hash", 1, |tx| {
        users::rehash(tx, OWNER, "h", "other").unwrap();
    });
    check_rare(tx, "an account in hand", 1, |tx| {
        users::lock(tx, OWNER).unwrap().unwrap();
    });
    let turn = usize::from(matches!(tx.0, AnyConnection::Postgres(_)));
    check_rare(tx, "the last administrator", 1 + turn, |tx| {
        assert!(!users::has_other_admin(tx, OWNER, true).unwrap());
    });
    check_rare(tx, "a revoked key", 4, |tx| {
        api_keys::revoke(tx, "key7").unwrap();
    });
    check_rare(tx, "a used key", 1, |tx| {
        api_keys::touch(tx, ApiKeyId::from_raw(7), at(99_999)).unwrap();
    });
}

fn signing_in(tx: &mut Tx<'_>) {
    let shown = Shown {
        session: SessionId::from_raw(311),
        step: 3,
        hash: "h".to_owned(),
        successor: "s".to_owned(),
    };
    check_rare(tx, "a rotation", 3, |tx| {
        let rotation = sessions::rotate(tx, &shown, 1_000).unwrap();
        assert!(matches!(rotation, Rotation::Carried(_)));
    });
    let session = NewSession {
        id: SessionId::from_raw(900_000),
        token_hash: "t".to_owned(),
        user_agent: None,
        expires_at: at(9_000_000),
    };
    let proven = user(tx, OWNER);
    check_rare(tx, "a sign-in", 4, |tx| {
        sessions::create(tx, &session, &proven).unwrap();
    });
    check(tx, "an attempt", 1, |conn| {
        let mut tx = Tx::new(conn.0, super::ME, at(20_000));
        assert_eq!(attempts::add(&mut tx, "b7", 60).unwrap(), 2);
    });
    check_rare(tx, "attempts forgotten", 1, |tx| {
        attempts::clear(tx, "b7").unwrap();
    });
    for address in ["a", "b"] {
        check_rare(
            tx,
            "a sign-in from there",
            if address == "a" { 2 } else { 3 },
            |tx| {
                known_addresses::note(tx, OWNER, address).unwrap();
            },
        );
    }
    let token = NewToken {
        hash: "t900000".to_owned(),
        user: OWNER,
        purpose: TokenPurpose::SetPassword,
        email: email("a@example.org"),
        expires_at: at(9_000_000),
    };
    check_rare(tx, "a token", 3, |tx| {
        user_tokens::create(tx, &token).unwrap();
    });
    check_rare(tx, "a token shown", 1, |tx| {
        let opened = user_tokens::take(tx, "t900000", TokenPurpose::SetPassword).unwrap();
        assert_eq!(opened.map(|(user, _)| user), Some(OWNER));
    });
}

fn ending(tx: &mut Tx<'_>) {
    check_rare(tx, "the end of a session", 2, |tx| {
        assert!(sessions::end(tx, OWNER, SessionId::from_raw(309), Ending::SignedOut).unwrap());
    });
    check_rare(tx, "the end of an account's sessions", 8, |tx| {
        let ended = sessions::end_all(
            tx,
            OWNER,
            Some(SessionId::from_raw(311)),
            Ending::EndedByOwner,
        );
        assert_eq!(ended.unwrap(), 3);
    });
    check_rare(tx, "the end of everybody's sessions", 3, |tx| {
        assert_eq!(
            sessions::end_everybodys(tx, Ending::EndedByAdmin).unwrap(),
            1_000
        );
    });
    check_rare(tx, "comments let go of", 4, |tx| {
        assert_eq!(comments::disown(tx, UserId::from_raw(78), 100).unwrap(), 60);
    });
    let seen = user(tx, UserId::from_raw(78));
    check_rare(tx, "an erasure begun", 10, |tx| {
        users::begin_erasure(tx, &seen).unwrap();
    });
    check_rare(tx, "an erasure", 8, |tx| {
        users::erase(tx, seen.id).unwrap();
    });
}

fn sweeps(tx: &mut Tx<'_>) {
    let before = at(5_000);
    check_rare(tx, "sweeping sessions", 3, |tx| {
        assert!(sessions::sweep(tx, before).unwrap() > 0);
    });
    check_rare(tx, "sweeping tokens", 2, |tx| {
        assert_eq!(user_tokens::sweep(tx, before).unwrap(), 1_000);
    });
    check_rare(tx, "sweeping windows", 2, |tx| {
        assert_eq!(attempts::sweep(tx, before).unwrap(), 1_000);
    });
    check_rare(tx, "sweeping answers", 2, |tx| {
        assert_eq!(idempotency::sweep(tx, before).unwrap(), 1_000);
    });
}
