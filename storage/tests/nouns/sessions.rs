//! Sessions: how a refresh token is carried on, what ends it, and who is told.

use domain::Role;
use domain::id::{SessionId, UserId};
use domain::session::{Ending, GRACE_MILLIS};
use domain::user::UserStatus;
use storage::sessions::{self, NewSession, Rotation, Shown};
use storage::users::{self, User};
use storage::{Error, changes};

use crate::news::{News, account, at, on_both};

const OWNER: UserId = UserId::from_raw(10);
/// A session lasts so long without being carried on.
const IDLE_SECONDS: i64 = 1_000;
const END: i64 = 9_000_000;

fn new(id: i64) -> NewSession {
    NewSession {
        id: SessionId::from_raw(id),
        token_hash: hash(id, 0),
        user_agent: Some("App/1.0".to_owned()),
        expires_at: at(END),
    }
}

fn hash(session: i64, step: i64) -> String {
    format!("{session}/{step}")
}

fn shown(session: i64, step: i64) -> Shown {
    Shown {
        session: SessionId::from_raw(session),
        step,
        hash: hash(session, step),
        successor: hash(session, step + 1),
    }
}

fn owner(news: &News) -> User {
    news.write(|tx| users::create(tx, &account(10, Role::Reader)))
}

fn user(news: &News, id: i64) -> User {
    news.read(move |conn| users::get(conn, UserId::from_raw(id)))
        .unwrap()
}

/// A session of an account that is there, made at a time.
pub(crate) fn signed_in(news: &News, id: i64, owner: i64, millis: i64) {
    let proven = user(news, owner);
    news.write_at(millis, move |tx| sessions::create(tx, &new(id), &proven));
}

/// Shows the token of a step at a time.
fn rotate(news: &News, millis: i64, step: i64) -> Rotation {
    show(news, millis, shown(1, step))
}

fn show(news: &News, millis: i64, shown: Shown) -> Rotation {
    news.write_at(millis, move |tx| sessions::rotate(tx, &shown, IDLE_SECONDS))
}

fn carried(rotation: &Rotation) -> bool {
    matches!(rotation, Rotation::Carried(user) if user.id == OWNER)
}

fn open(news: &News, millis: i64) -> Vec<i64> {
    news.read(move |conn| sessions::of_user(conn, OWNER, at(millis), IDLE_SECONDS))
        .iter()
        .map(|session| session.id.raw())
        .collect()
}

/// Why sessions ended, in order.
fn endings(news: &News) -> Vec<String> {
    let told = news.read(|conn| changes::since(conn, &[changes::Entity::Session], 0, 999));
    told.into_iter()
        .filter(|row| row.kind == "ended")
        .map(|row| {
            let data = row.data.unwrap();
            data.trim_start_matches("{\"why\":\"")
                .trim_end_matches("\"}")
                .to_owned()
        })
        .collect()
}

#[test]
fn a_session_is_carried_on_from_token_to_token() {
    on_both(|news| {
        owner(news);
        signed_in(news, 1, 10, 1_000_000);
        let stored = news.read(|conn| sessions::of_user(conn, OWNER, at(1_000_000), IDLE_SECONDS));
        assert_eq!(stored[0].user_agent.as_deref(), Some("App/1.0"));
        assert_eq!(stored[0].created_at, at(1_000_000));
        for step in 0..5 {
            let now = 1_100_000 + step * 100_000;
            assert!(carried(&rotate(news, now, step)), "{step}");
            let stored =
                news.read(move |conn| sessions::of_user(conn, OWNER, at(now), IDLE_SECONDS));
            assert_eq!(stored[0].last_used_at, at(now));
        }
        assert_eq!(endings(news), [""; 0]);
    });
}

#[test]
fn a_lost_answer_is_given_again_for_a_little_while() {
    on_both(|news| {
        owner(news);
        signed_in(news, 1, 10, 1_000_000);
        assert!(carried(&rotate(news, 1_010_000, 0)));
        assert!(carried(&rotate(news, 1_010_000, 0)));
        assert!(carried(&rotate(news, 1_010_000 + GRACE_MILLIS, 0)));
        // Asking again did not prolong the grace, nor move the session on.
        assert!(carried(&rotate(news, 1_015_000, 1)));
        // The successor is used: its predecessor is a copy in somebody's hands.
        assert_eq!(rotate(news, 1_015_000, 0), Rotation::Reused(OWNER));
        assert_eq!(endings(news), ["reuse"]);
        assert_eq!(rotate(news, 1_015_001, 2), Rotation::Refused);
        assert_eq!(open(news, 1_015_001), [0_i64; 0]);
        let told = news.read(|conn| sessions::revoked(conn, at(1_015_000)));
        assert_eq!(told.sessions, [(SessionId::from_raw(1), at(1_015_000))]);
    });
}

#[test]
fn after_the_grace_a_used_token_ends_the_session() {
    on_both(|news| {
        owner(news);
        signed_in(news, 1, 10, 1_000_000);
        signed_in(news, 2, 10, 1_000_000);
        assert!(carried(&rotate(news, 1_010_000, 0)));
        let late = 1_010_001 + GRACE_MILLIS;
        assert_eq!(rotate(news, late, 0), Rotation::Reused(OWNER));
        assert_eq!(rotate(news, late, 1), Rotation::Refused);
        // Its own family alone.
        assert!(carried(&show(news, late, shown(2, 0))));
        assert_eq!(endings(news), ["reuse"]);
    });
}

#[test]
fn what_was_not_made_here_changes_nothing() {
    on_both(|news| {
        owner(news);
        signed_in(news, 1, 10, 1_000_000);
        let other = Shown {
            hash: "not this one".to_owned(),
            ..shown(1, 0)
        };
        assert_eq!(show(news, 1_000_001, other), Rotation::Refused);
        assert_eq!(show(news, 1_000_001, shown(7, 0)), Rotation::Refused);
        assert!(carried(&rotate(news, 1_000_001, 0)));
        let other = Shown {
            successor: "not this one".to_owned(),
            ..shown(1, 0)
        };
        assert_eq!(show(news, 1_000_001, other), Rotation::Refused);
        assert_eq!(open(news, 1_000_001), [1]);
    });
}

#[test]
fn a_session_ends_when_nobody_comes_and_in_the_end_anyway() {
    on_both(|news| {
        owner(news);
        signed_in(news, 1, 10, 1_000_000);
        assert!(carried(&rotate(news, 1_999_999, 0)));
        assert_eq!(open(news, 2_999_998), [1]);
        assert_eq!(open(news, 2_999_999), [0_i64; 0]);
        assert_eq!(rotate(news, 2_999_999, 1), Rotation::Refused);
        signed_in(news, 2, 10, END - 500_000);
        assert!(carried(&show(news, END - 1, shown(2, 0))));
        assert_eq!(show(news, END, shown(2, 1)), Rotation::Refused);
        assert_eq!(open(news, END), [0_i64; 0]);
    });
}

#[test]
fn an_account_that_is_closed_carries_nothing_on() {
    on_both(|news| {
        let seen = owner(news);
        signed_in(news, 1, 10, 1_000_000);
        let suspended = User {
            status: UserStatus::Suspended,
            ..seen.clone()
        };
        let closed = news.write(move |tx| users::save(tx, &seen, &suspended, "changed"));
        assert_eq!(rotate(news, 1_000_001, 0), Rotation::Refused);
        let mut back = closed.clone();
        back.status = UserStatus::Active;
        news.write(move |tx| users::save(tx, &closed, &back, "changed"));
        match rotate(news, 1_000_001, 0) {
            Rotation::Carried(user) => assert_eq!((user.epoch, user.version), (2, 3)),
            other => panic!("{other:?}"),
        }
    });
}

#[test]
fn requests_with_one_token_at_once_have_one_successor_and_end_nothing() {
    on_both(|news| {
        owner(news);
        signed_in(news, 1, 10, 1_000_000);
        for step in 0..5 {
            let now = 1_010_000 + step * 20_000;
            std::thread::scope(|scope| {
                for _ in 0..8 {
                    scope.spawn(move || assert!(carried(&rotate(news, now, step))));
                }
            });
        }
        assert_eq!(endings(news), [""; 0]);
        assert!(carried(&rotate(news, 1_200_000, 5)));
    });
}

#[test]
fn a_sign_in_whose_password_has_changed_meanwhile_is_none() {
    on_both(|news| {
        let proven = owner(news);
        let mut changed = proven.clone();
        changed.password_hash = Some("new".to_owned());
        let seen = proven.clone();
        news.write(move |tx| users::save(tx, &seen, &changed, "changed"));
        let late = proven.clone();
        let refused = news.try_write(move |tx| sessions::create(tx, &new(1), &late));
        assert_eq!(refused.unwrap_err(), Error::Stale { current: 2 });
        assert_eq!(open(news, 1_000_000), [0_i64; 0]);
        // Another name is no other password; the answer is the account as it is.
        let seen = user(news, 10);
        let mut renamed = seen.clone();
        renamed.name = "Another".to_owned();
        let before = seen.clone();
        news.write(move |tx| users::save(tx, &before, &renamed, "changed"));
        let made = news.write(move |tx| sessions::create(tx, &new(1), &seen));
        assert_eq!((made.version, made.name.as_str()), (3, "Another"));
        let mut nobody = proven;
        nobody.id = UserId::from_raw(99);
        let refused = news.try_write(move |tx| sessions::create(tx, &new(2), &nobody));
        assert_eq!(refused.unwrap_err(), Error::NotFound);
    });
}

/// Changes the password and ends every session, as a reset does.
fn reset(news: &News, hash: String) {
    news.write(move |tx| {
        let seen = users::lock(tx, OWNER)?.ok_or(Error::NotFound)?;
        let mut wanted = seen.clone();
        wanted.password_hash = Some(hash);
        users::save(tx, &seen, &wanted, "changed")?;
        sessions::end_all(tx, OWNER, None, Ending::PasswordChanged)
    });
}

#[test]
fn no_sign_in_with_the_old_password_outlives_a_reset() {
    on_both(|news| {
        owner(news);
        for round in 1..=10 {
            let proven = user(news, 10);
            std::thread::scope(|scope| {
                for n in 0..7 {
                    let proven = proven.clone();
                    scope.spawn(move || {
                        let made = news.try_write(move |tx| {
                            sessions::create(tx, &new(round * 10 + n), &proven)
                        });
                        let stale = matches!(made, Err(Error::Stale { .. }));
                        assert!(made.is_ok() || stale, "{made:?}");
                    });
                }
                scope.spawn(move || reset(news, format!("hash of round {round}")));
            });
            assert_eq!(open(news, 1_000_000), [0_i64; 0], "round {round}");
        }
    });
}

#[test]
fn an_account_has_fifty_sessions_at_most() {
    on_both(|news| {
        owner(news);
        for id in 1..=50 {
            signed_in(news, id, 10, 1_000_000 + id);
        }
        // The oldest one is used, so the second one is the least recently used.
        assert!(carried(&show(news, 1_001_000, shown(1, 0))));
        signed_in(news, 51, 10, 1_002_000);
        let left = open(news, 1_002_000);
        assert_eq!(left.len(), sessions::MOST);
        assert_eq!((left[0], left[1], left[49]), (51, 1, 3));
        assert_eq!(endings(news), ["replaced"]);
        let proven = user(news, 10);
        std::thread::scope(|scope| {
            for n in 0..8 {
                let proven = proven.clone();
                scope.spawn(move || {
                    news.write(move |tx| sessions::create(tx, &new(100 + n), &proven));
                });
            }
        });
        assert_eq!(open(news, 1_002_000).len(), sessions::MOST);
    });
}

#[test]
fn sessions_are_ended_one_by_one_or_all_but_one_and_only_ones_own() {
    on_both(|news| {
        owner(news);
        news.write(|tx| users::create(tx, &account(11, Role::Reader)));
        for id in 1..=4 {
            signed_in(news, id, 10, 1_000_000 + id);
        }
        signed_in(news, 9, 11, 1_000_000);
        let end = |user: i64, id: i64| {
            news.write_at(1_100_000, move |tx| {
                let (user, id) = (UserId::from_raw(user), SessionId::from_raw(id));
                sessions::end(tx, user, id, Ending::EndedByOwner)
            })
        };
        assert!(!end(11, 1) && !end(10, 9) && !end(10, 77));
        assert!(end(10, 1) && !end(10, 1));
        let except = Some(SessionId::from_raw(3));
        let all = news.write_at(1_200_000, move |tx| {
            sessions::end_all(tx, OWNER, except, Ending::PasswordChanged)
        });
        assert_eq!(all, 2);
        assert_eq!(open(news, 1_200_000), [3]);
        assert_eq!(
            endings(news),
            ["ended_by_owner", "password_changed", "password_changed"]
        );
        let everybodys = news.write_at(1_300_000, |tx| {
            sessions::end_everybodys(tx, Ending::EndedByAdmin)
        });
        assert_eq!(everybodys, 2);
        let again = news.write(|tx| sessions::end_everybodys(tx, Ending::EndedByAdmin));
        assert_eq!(again, 0);
        assert_eq!(open(news, 1_300_000), [0_i64; 0]);
        assert_eq!(show(news, 1_300_000, shown(9, 0)), Rotation::Refused);
        // These two are forgotten, with no word to anybody.
        let told = news.read(|conn| sessions::revoked(conn, at(1_200_000)));
        assert_eq!(told.sessions.len(), 2);
    });
}

#[test]
fn however_much_is_revoked_at_one_moment_all_of_it_is_told() {
    on_both(|news| {
        owner(news);
        for batch in 0..30 {
            news.write(move |tx| {
                let proven = users::get(tx, OWNER)?.ok_or(Error::NotFound)?;
                for n in 1..=45 {
                    sessions::create(tx, &new(batch * 100 + n), &proven)?;
                }
                sessions::end_all(tx, OWNER, None, Ending::EndedByOwner)
            });
        }
        let told = news.read(|conn| sessions::revoked(conn, at(1_000_000)));
        let mut ids: Vec<i64> = told.sessions.iter().map(|(id, _)| id.raw()).collect();
        ids.dedup();
        assert_eq!(ids.len(), 1_350);
        assert!(told.users.is_empty());
    });
}

#[test]
fn what_has_ended_is_swept_once_every_node_has_met_it() {
    on_both(|news| {
        owner(news);
        for id in 1..=3 {
            signed_in(news, id, 10, 1_000_000);
        }
        news.write_at(1_100_000, |tx| {
            sessions::end(tx, OWNER, SessionId::from_raw(1), Ending::SignedOut)
        });
        assert_eq!(news.write(|tx| sessions::sweep(tx, at(1_100_000))), 0);
        assert_eq!(news.write(|tx| sessions::sweep(tx, at(1_100_001))), 1);
        assert_eq!(
            news.read(|conn| sessions::revoked(conn, at(0))).sessions,
            []
        );
        assert_eq!(open(news, 1_100_001), [3, 2]);
        assert_eq!(news.write(|tx| sessions::sweep(tx, at(END + 1))), 2);
    });
}
