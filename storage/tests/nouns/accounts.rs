//! Accounts and API keys: who has one, and how they change.

use domain::id::{ApiKeyId, SectionId, UserId};
use domain::user::UserStatus;
use domain::{Limit, Role, Scope, Scopes};
use storage::api_keys::{self, NewApiKey};
use storage::changes::{self, ChangeFilter};
use storage::users::{self, User, UserFilter};
use storage::{Error, sessions};

use crate::news::{News, account, at, email, on_both};

const READER: UserId = UserId::from_raw(10);

pub(crate) fn create(news: &News, id: i64, role: Role) -> User {
    news.write(move |tx| users::create(tx, &account(id, role)))
}

pub(crate) fn get(news: &News, id: i64) -> Option<User> {
    news.read(move |conn| users::get(conn, UserId::from_raw(id)))
}

/// Changes the account as it is now.
pub(crate) fn change(
    news: &News,
    id: i64,
    change: impl FnOnce(&mut User) + Send + 'static,
) -> User {
    let seen = get(news, id).unwrap();
    let mut wanted = seen.clone();
    change(&mut wanted);
    news.write_at(2_000_000, move |tx| {
        users::save(tx, &seen, &wanted, "changed")
    })
}

#[test]
fn an_account_is_found_by_its_id_and_its_address() {
    on_both(|news| {
        let made = create(news, 10, Role::Author);
        assert_eq!((made.version, made.epoch), (1, 0));
        assert_eq!(made.status, UserStatus::Active);
        assert_eq!(made.email_verified_at, Some(at(1_000_000)));
        assert_eq!(get(news, 10), Some(made.clone()));
        let found = news.read(|conn| users::by_email(conn, &email("User10@Example.org")));
        assert_eq!(found, Some(made));
        assert_eq!(get(news, 11), None);
        let unverified = news.write(|tx| {
            let new = users::NewUser {
                email_verified: false,
                password_hash: None,
                ..account(11, Role::Reader)
            };
            users::create(tx, &new)
        });
        assert_eq!(unverified.email_verified_at, None);
        assert_eq!(unverified.password_hash, None);
        let twice = news.try_write(|tx| {
            let same = users::NewUser {
                email: email("user10@example.org"),
                ..account(12, Role::Reader)
            };
            users::create(tx, &same)
        });
        assert_eq!(twice.unwrap_err(), Error::Conflict { field: "email" });
        let same_id = news.try_write(|tx| {
            let same = users::NewUser {
                email: email("else@example.org"),
                ..account(10, Role::Reader)
            };
            users::create(tx, &same)
        });
        assert_eq!(same_id.unwrap_err(), Error::IdTaken);
        let shown = format!("{:?}", get(news, 10).unwrap());
        assert!(
            !shown.contains("hash") && !shown.contains("example"),
            "{shown}"
        );
    });
}

#[test]
fn accounts_are_listed_newest_first_by_role_and_status() {
    on_both(|news| {
        for id in 1..=6 {
            let role = if id % 3 == 0 {
                Role::Editor
            } else {
                Role::Reader
            };
            create(news, id, role);
        }
        change(news, 2, |user| user.status = UserStatus::Suspended);
        change(news, 6, |user| user.status = UserStatus::Suspended);
        let ids = |filter: UserFilter, before: Option<i64>, limit: i64| {
            let limit = Limit::new(limit).unwrap();
            let before = before.map(UserId::from_raw);
            let page = news.read(move |conn| users::list(conn, &filter, before, limit));
            let ids: Vec<i64> = page.items.iter().map(|user| user.id.raw()).collect();
            (ids, page.more)
        };
        let any = UserFilter::default();
        let editors = UserFilter {
            role: Some(Role::Editor),
            ..any
        };
        let suspended = UserFilter {
            status: Some(UserStatus::Suspended),
            ..any
        };
        let both = UserFilter {
            role: Some(Role::Editor),
            ..suspended
        };
        assert_eq!(ids(any, None, 4), (vec![6, 5, 4, 3], true));
        assert_eq!(ids(any, Some(3), 4), (vec![2, 1], false));
        assert_eq!(ids(editors, None, 1), (vec![6], true));
        assert_eq!(ids(editors, Some(6), 9), (vec![3], false));
        assert_eq!(ids(suspended, None, 9), (vec![6, 2], false));
        assert_eq!(ids(both, None, 9), (vec![6], false));
    });
}

#[test]
fn a_change_needs_the_version_it_was_made_from() {
    on_both(|news| {
        let first = create(news, 10, Role::Reader);
        let renamed = change(news, 10, |user| user.name = "Another".to_owned());
        assert_eq!((renamed.version, renamed.epoch), (2, 0));
        assert_eq!(renamed.updated_at, at(2_000_000));
        let wanted = first.clone();
        let stale = news.try_write(move |tx| users::save(tx, &first, &wanted, "changed"));
        assert_eq!(stale.unwrap_err(), Error::Stale { current: 2 });
        create(news, 11, Role::Reader);
        let mut taken = renamed.clone();
        taken.email = email("user11@example.org");
        let seen = renamed.clone();
        let refused = news.try_write(move |tx| users::save(tx, &seen, &taken, "changed"));
        assert_eq!(refused.unwrap_err(), Error::Conflict { field: "email" });
        let mut nobody = renamed;
        nobody.id = UserId::from_raw(99);
        let refused = news.try_write(move |tx| users::save(tx, &nobody, &nobody, "changed"));
        assert_eq!(refused.unwrap_err(), Error::NotFound);
    });
}

#[test]
fn access_tokens_end_with_the_role_or_the_status_and_with_nothing_else() {
    on_both(|news| {
        create(news, 10, Role::Reader);
        let revoked = || {
            news.read(|conn| sessions::revoked(conn, at(2_000_000)))
                .users
        };
        change(news, 10, |user| {
            user.name = "Another".to_owned();
            user.email = email("new@example.org");
            user.password_hash = Some("other".to_owned());
        });
        assert_eq!(revoked(), []);
        change(news, 10, |user| user.role = Role::Author);
        assert_eq!(revoked(), [(READER, 1, at(2_000_000))]);
        let suspended = change(news, 10, |user| user.status = UserStatus::Suspended);
        assert_eq!(suspended.epoch, 2);
        assert_eq!(revoked(), [(READER, 2, at(2_000_000))]);
        let later = news.read(|conn| sessions::revoked(conn, at(2_000_001)));
        assert_eq!(later, sessions::Revoked::default());
        let told = news.read(|conn| {
            let about = ChangeFilter {
                entity_id: Some(10),
                ..ChangeFilter::default()
            };
            changes::list(conn, &about, None, Limit::default())
        });
        let data: Vec<_> = told.items.into_iter().map(|row| row.data).collect();
        assert_eq!(
            data[0].as_deref(),
            Some("{\"role\":\"author\",\"status\":\"suspended\"}")
        );
        assert_eq!(data[2], None);
    });
}

#[test]
fn a_hash_is_replaced_only_while_it_is_there() {
    on_both(|news| {
        let made = create(news, 10, Role::Reader);
        news.write(|tx| users::rehash(tx, READER, "hash 10", "stronger"));
        let now = get(news, 10).unwrap();
        assert_eq!(now.password_hash.as_deref(), Some("stronger"));
        assert_eq!(now.version, made.version);
        news.write(|tx| users::rehash(tx, READER, "hash 10", "late"));
        assert_eq!(
            get(news, 10).unwrap().password_hash.as_deref(),
            Some("stronger")
        );
    });
}

/// Takes a role away, provided that somebody is left who has it.
fn demote(news: &News, id: i64) -> bool {
    news.write(move |tx| {
        let id = UserId::from_raw(id);
        if !users::has_other_admin(tx, id, false)? {
            return Ok(false);
        }
        let seen = users::get(tx, id)?.ok_or(Error::NotFound)?;
        let wanted = User {
            role: Role::Reader,
            ..seen.clone()
        };
        users::save(tx, &seen, &wanted, "changed").map(|_| true)
    })
}

#[test]
fn one_administrator_stays_though_all_are_removed_at_once() {
    on_both(|news| {
        for round in 0..10 {
            let ids: Vec<i64> = (1..=4).map(|n| round * 10 + n).collect();
            for id in &ids {
                create(news, *id, Role::Admin);
            }
            let gone: usize = std::thread::scope(|scope| {
                let all: Vec<_> = ids
                    .iter()
                    .map(|id| scope.spawn(move || usize::from(demote(news, *id))))
                    .collect();
                all.into_iter().map(|one| one.join().unwrap()).sum()
            });
            // One of an earlier round is left and may let all of these go.
            let left = ids
                .iter()
                .filter(|id| get(news, **id).unwrap().role == Role::Admin)
                .count();
            assert_eq!(left + gone, 4);
            let last = news.read(|conn| {
                let admins = UserFilter {
                    role: Some(Role::Admin),
                    status: Some(UserStatus::Active),
                };
                users::list(conn, &admins, None, Limit::default())
            });
            assert_eq!(last.items.len(), 1);
        }
        let last = news.read(|conn| {
            users::list(
                conn,
                &UserFilter {
                    role: Some(Role::Admin),
                    status: None,
                },
                None,
                Limit::default(),
            )
        });
        let id = last.items[0].id.raw();
        create(news, 900, Role::Admin);
        change(news, 900, |user| user.status = UserStatus::Suspended);
        assert!(!demote(news, id), "who cannot sign in does not count");
    });
}

#[test]
fn an_api_key_keeps_its_limits_and_is_revoked_once() {
    on_both(|news| {
        let new = NewApiKey {
            id: ApiKeyId::from_raw(1),
            name: "desk".to_owned(),
            role: Role::Editor,
            scopes: Some(Scopes::new(&[Scope::Publish, Scope::ArticlesRead]).unwrap()),
            sections: vec![SectionId::from_raw(5), SectionId::from_raw(6)],
            requests_per_minute: Some(120),
            hash: "h1".to_owned(),
            hint: "bsk_desk".to_owned(),
            expires_at: Some(at(5_000_000)),
        };
        let plain = NewApiKey {
            id: ApiKeyId::from_raw(2),
            name: "plain".to_owned(),
            scopes: None,
            sections: vec![],
            requests_per_minute: None,
            hash: "h2".to_owned(),
            expires_at: None,
            ..new.clone()
        };
        for key in [&new, &plain] {
            let key = key.clone();
            let made = news.write(move |tx| api_keys::create(tx, &key));
            assert_eq!(made.created_by, "system:command");
            let id = made.id;
            assert_eq!(news.read(move |conn| api_keys::get(conn, id)), Some(made));
        }
        let one = Limit::new(1).unwrap();
        let page = news.read(move |conn| api_keys::page(conn, None, one));
        assert_eq!((page.items[0].name.as_str(), page.more), ("plain", true));
        let before = Some(page.items[0].id);
        let page = news.read(move |conn| api_keys::page(conn, before, one));
        assert_eq!((page.items[0].name.as_str(), page.more), ("desk", false));
        assert!(page.items[0].is_valid(at(4_999_999)) && !page.items[0].is_valid(at(5_000_000)));
        let head = news.read(changes::head);
        std::thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| {
                    let key = news.write(|tx| api_keys::revoke(tx, "desk"));
                    assert_eq!((key.version, key.revoked_at), (2, Some(at(1_000_000))));
                });
            }
        });
        assert_eq!(news.read(changes::head), head + 1);
    });
}
