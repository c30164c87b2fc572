//! The statements of votes.

use domain::comment::Vote;
use domain::id::{ArticleId, CommentId, UserId};

use super::{check, limit};
use crate::{Conn, Tx, comments};

/// Somebody who votes on everything.
const KEEN: UserId = UserId::from_raw(77);

pub(super) fn reads(conn: &mut Conn<'_>) {
    for after in [None, Some(CommentId::from_raw(9_000))] {
        check(conn, "own votes under an article", 1, |conn| {
            let article = ArticleId::from_raw(1);
            let page = comments::votes_under(conn, KEEN, article, after, limit());
            assert!(page.unwrap().more);
        });
    }
    let after = (ArticleId::from_raw(1), CommentId::from_raw(9_000));
    for after in [None, Some(after)] {
        check(conn, "own votes", 1, |conn| {
            assert_eq!(
                comments::votes_of(conn, KEEN, after, 200).unwrap().len(),
                200
            );
        });
    }
}

pub(super) fn writes(tx: &mut Tx<'_>) {
    let (actor, now) = (tx.actor().clone(), tx.now());
    let cast = |conn: &mut Conn<'_>, value| {
        let mut tx = Tx::new(conn.0, actor.clone(), now);
        let voted = comments::vote(&mut tx, CommentId::from_raw(11), KEEN, value);
        assert_eq!(voted.unwrap().unwrap().value, value);
    };
    // The comment and the vote are read; the vote, the sums and the log are written.
    for (value, statements) in [(Some(Vote::Down), 5), (Some(Vote::Down), 2), (None, 5)] {
        check(tx, "a vote", statements, |conn| cast(conn, value));
    }
    check(tx, "votes taken back", 5, |conn| {
        let mut tx = Tx::new(conn.0, actor.clone(), now);
        let taken = comments::unvote(&mut tx, KEEN, 1);
        assert_eq!(taken, Ok(1));
    });
}
