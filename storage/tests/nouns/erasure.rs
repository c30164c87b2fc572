//! What hangs on an account, and what is left when it is gone.

use domain::comment::AuthorKind;
use domain::id::{CommentId, SessionId, UserId};
use domain::user::{TokenPurpose, UserStatus};
use domain::{Actor, Role};
use storage::comments::{self, NewComment};
use storage::idempotency::{self, Claim};
use storage::published::Key;
use storage::users;
use storage::{Error, known_addresses, sessions, user_tokens};

use crate::accounts::{change, create, get};
use crate::news::{News, account, at, comment, email, on_both};
use crate::proofs::token;
use crate::sessions::signed_in;

const READER: UserId = UserId::from_raw(10);

/// Everything that can hang on an account.
fn furnished_account(news: &News) {
    create(news, 10, Role::Reader);
    create(news, 11, Role::Reader);
    news.furnish();
    news.publish(1, 2, 1_000);
    for (id, owner) in [(100, 10), (101, 10), (102, 11)] {
        news.write(move |tx| {
            let comment = NewComment {
                author_kind: AuthorKind::Member,
                user: Some(UserId::from_raw(owner)),
                ..comment(id, None)
            };
            let article = Key::Id(domain::id::ArticleId::from_raw(1));
            let place = comments::place_for(tx, &article, None)?;
            comments::insert(tx, &place.unwrap(), &comment).map(Result::unwrap)
        });
    }
    for owner in [10, 11] {
        signed_in(news, owner * 10, owner, 1_000_000);
        let user = Actor::User {
            id: UserId::from_raw(owner),
            role: Role::Reader,
            session: SessionId::from_raw(1),
        };
        let kept: Result<Claim, Error> = news.store.write_blocking(user, at(0), move |tx| {
            idempotency::claim(tx, &format!("of {owner}"), "body")
        });
        assert_eq!(kept.unwrap(), Claim::New);
        news.write(move |tx| {
            let id = UserId::from_raw(owner);
            known_addresses::note(tx, id, "network")?;
            user_tokens::create(tx, &token(owner, TokenPurpose::SetPassword, 9_000_000))
        });
    }
}

#[test]
fn own_comments_are_read_page_by_page_and_let_go() {
    on_both(|news| {
        furnished_account(news);
        let own = |after: Option<i64>| {
            news.read(move |conn| {
                comments::by_user(conn, READER, after.map(CommentId::from_raw), 1)
            })
        };
        let first = own(None).remove(0);
        assert_eq!(first.comment.id.raw(), 100);
        assert_eq!(first.comment.user, Some(READER));
        assert_eq!(first.source, "comment 100");
        assert_eq!(first.email.as_deref(), Some("ada@example.org"));
        assert_eq!(own(Some(100))[0].comment.id.raw(), 101);
        assert_eq!(own(Some(101)), []);
        for expected in [1, 1, 0] {
            assert_eq!(news.write(|tx| comments::disown(tx, READER, 1)), expected);
        }
        assert_eq!(own(None), []);
        let left = news
            .read(|conn| comments::get(conn, CommentId::from_raw(100), at(9_999_999)))
            .unwrap();
        assert_eq!(left.author_kind, AuthorKind::Deleted);
        assert_eq!((left.author_name.as_str(), left.user), ("", None));
        assert_eq!(left.body_text, "comment 100");
        let other = news
            .read(|conn| comments::get(conn, CommentId::from_raw(102), at(9_999_999)))
            .unwrap();
        assert_eq!(other.user, Some(UserId::from_raw(11)));
    });
}

#[test]
fn nothing_of_an_erased_account_is_left_and_all_of_the_others() {
    on_both(|news| {
        furnished_account(news);
        change(news, 10, |user| user.status = UserStatus::Erasing);
        assert_eq!(news.read(|conn| users::erasing(conn, 9)), [READER]);
        while news.write(|tx| comments::disown(tx, READER, 1)) > 0 {}
        news.write_at(2_000_000, |tx| users::erase(tx, READER));
        assert_eq!(get(news, 10), None);
        assert_eq!(news.read(|conn| users::erasing(conn, 9)), []);
        let ended = news.read(|conn| sessions::revoked(conn, at(2_000_000)));
        assert_eq!(ended.sessions, [(SessionId::from_raw(100), at(2_000_000))]);
        // What hung on it is gone, what hung on the other one is not.
        for (owner, there) in [(10, false), (11, true)] {
            let id = UserId::from_raw(owner);
            let known = news
                .read(move |conn| known_addresses::is_known(conn, id, "network", at(1_000_001)));
            assert_eq!(known, there);
            let taken = news.write(move |tx| {
                user_tokens::take(
                    tx,
                    &token(owner, TokenPurpose::SetPassword, 0).hash,
                    TokenPurpose::SetPassword,
                )
            });
            assert_eq!(taken.is_some(), there);
            let open = news
                .read(move |conn| sessions::of_user(conn, id, at(1_000_001), 60))
                .len();
            assert_eq!(open, usize::from(there));
            let claim =
                news.write(move |tx| idempotency::claim(tx, &format!("of {owner}"), "other"));
            // A claim without an answer is open to the same request alone; a fresh one is new.
            assert_eq!(claim, Claim::New);
        }
        let again = news.try_write(|tx| users::erase(tx, READER));
        assert_eq!(again.unwrap_err(), Error::NotFound);
        // The address is free again.
        news.write(|tx| {
            users::create(
                tx,
                &users::NewUser {
                    email: email("user10@example.org"),
                    ..account(20, Role::Reader)
                },
            )
        });
    });
}
