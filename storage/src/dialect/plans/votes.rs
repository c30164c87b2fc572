//! The statements of votes and reports.

use domain::comment::{ReportOutcome, ReportReason, Vote};
use domain::id::{ArticleId, CommentId, ReportId, UserId};

use super::explain::explain;
use super::{check, check_rare, explained, limit};
use crate::comments::reports::{self, Filed, NewReport};
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
            let votes = comments::votes_of(conn, KEEN, after, 200);
            assert_eq!(votes.unwrap().len(), 200);
        });
    }
    for before in [None, Some(ReportId::from_raw(9_000))] {
        check(conn, "reports of a comment", 2, |conn| {
            let comment = CommentId::from_raw(21);
            let page = reports::of_comment(conn, comment, before, limit());
            assert!(page.unwrap().unwrap().more);
        });
    }
    for after in [None, Some(ReportId::from_raw(9_000))] {
        check(conn, "own reports", 1, |conn| {
            assert_eq!(
                reports::of_member(conn, KEEN, after, 200).unwrap().len(),
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
    report(tx);
}

/// Each of them is somebody's who has stopped to think.
fn report(tx: &mut Tx<'_>) {
    let new = |id, comment| NewReport {
        id: ReportId::from_raw(id),
        comment: CommentId::from_raw(comment),
        member: KEEN,
        reason: ReportReason::Abuse,
        note: None,
    };
    let (actor, now) = (tx.actor().clone(), tx.now());
    let statements = explained(tx, "a report", 9, |conn| {
        let mut tx = Tx::new(conn.0, actor, now);
        let filed = reports::file(&mut tx, &new(900_000, 33)).unwrap();
        assert!(matches!(filed, Ok(Filed::New(_))));
    });
    let record = statements.iter().find(|sql| sql.contains("resolved_at >"));
    let plan = explain(tx.0, record.expect("the record is looked up")).join("\n");
    assert!(plan.contains("comment_reports_record"), "{plan}");
    check_rare(tx, "a report again", 1, |tx| {
        let filed = reports::file(tx, &new(900_001, 33)).unwrap();
        assert!(matches!(filed, Ok(Filed::Before(_))));
    });
    check_rare(tx, "reports decided about", 1, |tx| {
        let comment = CommentId::from_raw(33);
        assert_eq!(reports::resolve(tx, comment, ReportOutcome::Upheld), Ok(2));
    });
    check_rare(tx, "reports let go of", 3, |tx| {
        assert_eq!(reports::let_go(tx, KEEN, 100), Ok(100));
    });
}
