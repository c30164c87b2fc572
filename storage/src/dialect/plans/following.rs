//! The statements of streams, of notifications and of statistics.

use domain::comment::{CommentStatus, Decision, NotificationKind};
use domain::id::{ArticleId, CommentId, HandlingId, UserId};
use domain::time::Timestamp;

use super::{NOW, check, check_rare, limit};
use crate::comments::{self, Position};
use crate::{Conn, Tx, comment_tallies, notifications};

/// Somebody who is answered a lot.
const ANSWERED: UserId = UserId::from_raw(77);

pub(super) fn reads(conn: &mut Conn<'_>) {
    check(conn, "where the log ends", 1, |conn| {
        assert!(comments::head(conn).unwrap() > Position::default());
    });
    let end = comments::head(conn).unwrap();
    let near = Position {
        seq: end.seq - 500,
        ..end
    };
    for article in [None, Some(ArticleId::from_raw(1))] {
        for after in [Position::default(), near] {
            check(conn, "what happened to comments", 1, |conn| {
                let changes = comments::changes_after(conn, article, after, 20).unwrap();
                assert_eq!(changes.len(), 20);
            });
        }
    }
    let ids: Vec<CommentId> = (1..=50).map(CommentId::from_raw).collect();
    check(conn, "what is shown of some comments", 1, |conn| {
        assert!(!comments::shown(conn, &ids, NOW).unwrap().is_empty());
    });
    // Few enough that reading the small table of cases would not be cheaper.
    let few: Vec<CommentId> = ids.iter().copied().take(2).collect();
    check(conn, "all of some comments", 1, |conn| {
        assert_eq!(comments::wholes(conn, &few).unwrap().len(), 2);
    });
    let at = Timestamp::from_millis(9_000);
    let place = (at, CommentId::from_raw(9_000), NotificationKind::Reply);
    for before in [None, Some(place)] {
        check(conn, "what a member is told", 1, |conn| {
            let page = notifications::list(conn, ANSWERED, before, limit(), NOW);
            assert!(page.unwrap().more);
        });
    }
    let after = (CommentId::from_raw(9_000), NotificationKind::Reply);
    for after in [None, Some(after)] {
        check(conn, "what a member was told", 1, |conn| {
            let told = notifications::of_member(conn, ANSWERED, after, 200).unwrap();
            assert_eq!(told.len(), 200);
        });
    }
    for after in [None, Some(CommentId::from_raw(15_000))] {
        check(conn, "comments to take along", 2, |conn| {
            assert_eq!(comments::export(conn, after).unwrap().len(), 200);
        });
    }
    check(conn, "what was counted", 1, |conn| {
        assert!(!comment_tallies::between(conn, 10, 20).unwrap().is_empty());
    });
}

pub(super) fn writes(tx: &mut Tx<'_>) {
    check_rare(tx, "forgetting what a member was told", 2, |tx| {
        assert_eq!(notifications::forget(tx, ANSWERED, 10).unwrap(), 10);
    });
    // What is decided, the reports, the case, the comment, its own author and the log.
    check_rare(tx, "telling the author of what waited", 9, |tx| {
        let held = comments::lock(tx, CommentId::from_raw(40))
            .unwrap()
            .unwrap();
        assert_eq!(held.status, CommentStatus::Held);
        let handling = HandlingId::from_raw(900_100);
        assert!(comments::decide(tx, &held, Decision::Approve, None, handling).unwrap());
    });
}
