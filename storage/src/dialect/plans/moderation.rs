//! What moderators look at and decide, and what authors see of their own.

use domain::comment::{CommentStatus, Decision, Desk};
use domain::id::{ArticleId, BanId, CommentId, HandlingId, UserId};

use super::{NOW, check, check_rare, limit};
use crate::bans::{self, Traces};
use crate::comments::{self, DeskQuery, ListQuery};
use crate::{Conn, Tx};

fn desk(conn: &mut Conn<'_>) {
    let halfway = (4_000_000_000_000 - 15_000, CommentId::from_raw(15_000));
    for after in [None, Some(halfway)] {
        let (desk, words) = (Desk::Held, None);
        let limit = limit();
        check(conn, "desk", 1, |conn| {
            let query = DeskQuery {
                desk,
                words,
                after,
                limit,
            };
            assert!(comments::desk(conn, &query).unwrap().more);
        });
    }
}

pub(super) fn reads(conn: &mut Conn<'_>) {
    desk(conn);
    let some_user = Some(UserId::from_raw(77));
    for (user, status) in [
        (None, None),
        (None, Some(CommentStatus::Published)),
        (some_user, None),
        (some_user, Some(CommentStatus::Published)),
    ] {
        for before in [None, Some(20_000)] {
            check(conn, "all comments", 1, |conn| {
                let query = ListQuery {
                    user,
                    status,
                    words: None,
                    before,
                    limit: limit(),
                };
                assert!(!comments::list(conn, &query).unwrap().items.is_empty());
            });
        }
    }
    for article in [None, Some(ArticleId::from_raw(1))] {
        check(conn, "one's own comments", 1, |conn| {
            let user = UserId::from_raw(77);
            let mine = comments::mine(conn, user, article, None, limit()).unwrap();
            assert!(!mine.items.is_empty());
        });
    }
    check(conn, "a comment with its case", 1, |conn| {
        let id = CommentId::from_raw(40);
        let whole = comments::whole(conn, id).unwrap().unwrap();
        assert!(whole.case.is_some());
    });
    check(conn, "who is banned", 1, |conn| {
        let subjects: Vec<String> = (0..28).map(|number| format!("hash {number}")).collect();
        assert!(bans::is_banned(conn, &subjects, NOW).unwrap());
    });
    for before in [None, Some(9_000)] {
        check(conn, "comments from the same place", 2, |conn| {
            let traces = Traces {
                address: Some("hash 7".to_owned()),
                email: Some("mail 7".to_owned()),
            };
            let alike = bans::alike(conn, &traces, before, 11).unwrap();
            assert_eq!(alike.len(), 11);
        });
    }
    check(conn, "history of a comment", 1, |conn| {
        comments::history(conn, CommentId::from_raw(40), None, limit()).unwrap();
    });
}

pub(super) fn writes(tx: &mut Tx<'_>) {
    for ban in [7, 8, 9] {
        check_rare(tx, "what is removed for a ban", 2, |tx| {
            let found = bans::next_to_remove(tx, BanId::from_raw(ban), 100).unwrap();
            assert!(!found.unwrap().is_empty());
        });
    }
    check_rare(tx, "traces that are too old", 2, |tx| {
        bans::sweep_traces(tx, NOW).unwrap();
    });
    check_rare(tx, "a reply is refused", 10, |tx| {
        let comment = comments::lock(tx, CommentId::from_raw(100_011)).unwrap();
        let handling = HandlingId::from_raw(900_001);
        let comment = comment.unwrap();
        assert!(comments::decide(tx, &comment, Decision::Reject, None, handling).unwrap());
    });
}
