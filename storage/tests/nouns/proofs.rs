//! What is shown once or counted: tokens sent by mail, attempts, known networks, signing keys.

use domain::Role;
use domain::id::UserId;
use domain::user::TokenPurpose;
use storage::signing_keys::SigningKey;
use storage::user_tokens::NewToken;
use storage::{Error, attempts, known_addresses, signing_keys, user_tokens, users};

use crate::news::{News, account, at, email, on_both};

pub(crate) fn token(user: i64, purpose: TokenPurpose, expires_at: i64) -> NewToken {
    NewToken {
        hash: format!("token of {user} for {purpose}"),
        user: UserId::from_raw(user),
        purpose,
        email: email(&format!("user{user}@example.org")),
        expires_at: at(expires_at),
    }
}

/// Runs the same job on eight threads at once; what came of it, sorted.
fn at_once<T: Send + Ord>(job: impl Fn(i64) -> T + Sync) -> Vec<T> {
    let mut all: Vec<T> = std::thread::scope(|scope| {
        let job = &job;
        let threads: Vec<_> = (0..8).map(|n| scope.spawn(move || job(n))).collect();
        threads.into_iter().map(|one| one.join().unwrap()).collect()
    });
    all.sort();
    all
}

fn reader(news: &News, id: i64) {
    news.write(move |tx| users::create(tx, &account(id, Role::Reader)));
}

fn take(news: &News, millis: i64, shown: &NewToken, purpose: TokenPurpose) -> bool {
    let (hash, user) = (shown.hash.clone(), shown.user);
    let taken = news.write_at(millis, move |tx| user_tokens::take(tx, &hash, purpose));
    if let Some((owner, email)) = &taken {
        assert_eq!((*owner, email), (user, &shown.email));
    }
    taken.is_some()
}

#[test]
fn a_token_opens_one_thing_once_and_in_time() {
    on_both(|news| {
        reader(news, 10);
        let verify = TokenPurpose::VerifyEmail;
        let set = TokenPurpose::SetPassword;
        let first = token(10, verify, 2_000_000);
        let stored = |token: &NewToken| {
            let token = token.clone();
            news.write(move |tx| user_tokens::create(tx, &token));
        };
        stored(&first);
        stored(&token(10, set, 2_000_000));
        assert!(!take(news, 1_500_000, &first, set));
        assert!(!take(news, 2_000_000, &first, verify));
        assert!(take(news, 1_999_999, &first, verify));
        assert!(!take(news, 1_999_999, &first, verify));
        // A later one of the same purpose ends the earlier one, and no other purpose's.
        stored(&first);
        let second = NewToken {
            hash: "another".to_owned(),
            ..first.clone()
        };
        stored(&second);
        assert!(!take(news, 1_500_000, &first, verify));
        assert!(take(news, 1_500_000, &second, verify));
        assert!(take(news, 1_500_000, &token(10, set, 0), set));
        let nobodys = token(99, set, 2_000_000);
        let refused = news.try_write(move |tx| user_tokens::create(tx, &nobodys));
        assert_eq!(refused.unwrap_err(), Error::NotFound);
    });
}

#[test]
fn of_those_who_show_a_token_at_once_one_gets_in() {
    on_both(|news| {
        reader(news, 10);
        for _ in 0..5 {
            let set = token(10, TokenPurpose::SetPassword, 9_000_000);
            let kept = set.clone();
            news.write(move |tx| user_tokens::create(tx, &kept));
            let taken = at_once(|_| take(news, 1_000_000, &set, TokenPurpose::SetPassword));
            assert_eq!(taken.iter().filter(|taken| **taken).count(), 1);
        }
    });
}

#[test]
fn of_tokens_made_at_once_one_is_left() {
    on_both(|news| {
        reader(news, 10);
        let made = |n: i64| NewToken {
            hash: format!("token {n}"),
            ..token(10, TokenPurpose::SetPassword, 9_000_000)
        };
        at_once(|n| {
            let token = made(n);
            news.write(move |tx| user_tokens::create(tx, &token));
        });
        let left = (0..8)
            .filter(|n| take(news, 1_000_000, &made(*n), TokenPurpose::SetPassword))
            .count();
        assert_eq!(left, 1);
    });
}

#[test]
fn old_tokens_and_windows_are_swept() {
    on_both(|news| {
        for id in 10..13 {
            reader(news, id);
            news.write_at(id * 1_000, move |tx| {
                attempts::add(tx, &format!("b{id}"), 60)?;
                user_tokens::create(tx, &token(id, TokenPurpose::ChangeEmail, id * 1_000))
            });
        }
        for expected in [2, 0] {
            assert_eq!(
                news.write(|tx| user_tokens::sweep(tx, at(12_000))),
                expected
            );
            assert_eq!(news.write(|tx| attempts::sweep(tx, at(12_000))), expected);
        }
        let left = news.read(|conn| attempts::window(conn, "b12", at(12_000), 60));
        assert_eq!(left.map(|window| window.count), Some(1));
        assert!(take(
            news,
            11_999,
            &token(12, TokenPurpose::ChangeEmail, 0),
            TokenPurpose::ChangeEmail
        ));
    });
}

#[test]
fn attempts_are_counted_within_a_window_that_they_do_not_prolong() {
    on_both(|news| {
        let add = |millis: i64| news.write_at(millis, |tx| attempts::add(tx, "b", 60));
        let window = |millis: i64| {
            news.read(move |conn| attempts::window(conn, "b", at(millis), 60))
                .map(|window| (window.count, window.began_at.as_millis()))
        };
        assert_eq!(window(1_000), None);
        assert_eq!([add(1_000), add(30_000), add(60_999)], [1, 2, 3]);
        assert_eq!(window(60_999), Some((3, 1_000)));
        assert_eq!(window(61_000), None);
        assert_eq!(add(61_000), 1);
        assert_eq!(window(61_000), Some((1, 61_000)));
        news.write(|tx| attempts::add(tx, "c", 60));
        news.write(|tx| attempts::clear(tx, "b"));
        assert_eq!(window(61_000), None);
        let other = news.read(|conn| attempts::window(conn, "c", at(1_000_000), 60));
        assert_eq!(other.map(|window| window.count), Some(1));
    });
}

#[test]
fn parallel_attempts_are_each_counted() {
    on_both(|news| {
        // An open window, none, and one that is over.
        news.write_at(900_000, |tx| attempts::add(tx, "open", 600));
        news.write_at(1_000, |tx| attempts::add(tx, "over", 600));
        for (bucket, before) in [("open", 1), ("none", 0), ("over", 0)] {
            let counts = at_once(|_| news.write(move |tx| attempts::add(tx, bucket, 600)));
            let expected: Vec<i64> = (before + 1..=before + 8).collect();
            assert_eq!(counts, expected, "{bucket}");
        }
    });
}

#[test]
fn a_network_is_known_for_ninety_days_after_the_last_sign_in() {
    on_both(|news| {
        reader(news, 10);
        reader(news, 11);
        let kept = known_addresses::KEPT_SECONDS * 1000;
        let known = |user: i64, address: &'static str, millis: i64| {
            news.read(move |conn| {
                known_addresses::is_known(conn, UserId::from_raw(user), address, at(millis))
            })
        };
        let note = |address: &'static str, millis: i64| {
            news.write_at(millis, move |tx| {
                known_addresses::note(tx, UserId::from_raw(10), address)
            });
        };
        note("home", 1_000);
        note("work", 2_000);
        assert!(known(10, "home", 1_000) && known(10, "home", kept + 999));
        assert!(!known(10, "home", kept + 1_000));
        assert!(!known(11, "home", 1_000) && !known(10, "cafe", 1_000));
        note("home", 5_000);
        assert!(known(10, "home", kept + 1_000));
        // The next sign-in forgets what is too old.
        note("home", kept + 2_000);
        assert!(!known(10, "work", 2_000) && known(10, "home", kept + 2_000));
        at_once(|_| note("phone", 9_000));
        assert!(known(10, "phone", 9_000));
    });
}

fn key(n: i64, signs_from: i64) -> SigningKey {
    SigningKey {
        kid: format!("kid{n}"),
        public: "public".to_owned(),
        sealed: "sealed".to_owned(),
        created_at: at(n),
        signs_from: at(signs_from),
        verifies_until: None,
    }
}

fn keys(news: &News) -> Vec<(String, Option<i64>)> {
    news.read(signing_keys::list)
        .into_iter()
        .map(|key| {
            (
                key.kid,
                key.verifies_until.map(domain::Timestamp::as_millis),
            )
        })
        .collect()
}

#[test]
fn a_new_key_ends_the_others_in_time_and_keeps_no_dead_ones() {
    on_both(|news| {
        let add = |n: i64, now: i64, until: i64| {
            news.write_at(now, move |tx| {
                signing_keys::add(tx, &key(n, now), at(until))
            });
        };
        let named = |n: i64, until: Option<i64>| (format!("kid{n}"), until);
        add(1, 1_000, 1_000);
        add(2, 2_000, 5_000);
        assert_eq!(keys(news), [named(2, None), named(1, Some(5_000))]);
        add(3, 3_000, 9_000);
        assert_eq!(
            keys(news),
            [named(3, None), named(2, Some(9_000)), named(1, Some(5_000))]
        );
        add(4, 6_000, 8_000);
        assert_eq!(
            keys(news),
            [named(4, None), named(3, Some(8_000)), named(2, Some(8_000))]
        );
        // Revoked at once: only the new one is left.
        add(5, 7_000, 7_000);
        assert_eq!(keys(news), [named(5, None)]);
        let again = news.try_write_at(8_000, |tx| signing_keys::add(tx, &key(5, 8_000), at(9_000)));
        assert_eq!(again.unwrap_err(), Error::Conflict { field: "kid" });
        assert!(!format!("{:?}", key(1, 1)).contains("sealed"));
    });
}

#[test]
fn nodes_that_start_at_once_have_one_first_key() {
    on_both(|news| {
        let added = at_once(|n| news.write(move |tx| signing_keys::add_first(tx, &key(n, 1_000))));
        assert_eq!(added.iter().filter(|added| **added).count(), 1);
        assert_eq!(keys(news).len(), 1);
        assert!(!news.write(|tx| signing_keys::add_first(tx, &key(20, 1))));
    });
}

#[test]
fn of_keys_added_at_once_one_has_no_end() {
    on_both(|news| {
        at_once(|n| {
            news.write(move |tx| signing_keys::add(tx, &key(n, 1_000_000), at(2_000_000)));
        });
        let lasting = keys(news)
            .iter()
            .filter(|(_, until)| until.is_none())
            .count();
        assert_eq!((keys(news).len(), lasting), (8, 1));
    });
}
