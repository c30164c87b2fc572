//! What rules for comments take.

use domain::id::{CommentId, RuleId, UserId};
use domain::time::Timestamp;

use super::{check, check_rare, limit};
use crate::{Tx, comment_rules, comments};

pub(super) fn all(tx: &mut Tx<'_>) {
    let since = Timestamp::EPOCH;
    for texts in [false, true] {
        check(tx, "latest of an author", 1, |conn| {
            comments::latest_of(conn, UserId::from_raw(7), since, texts).unwrap();
        });
    }
    for before in [None, Some(CommentId::from_raw(20_000))] {
        check(tx, "comments to try a rule on", 1, |conn| {
            let past = comments::past(conn, before, since).unwrap();
            assert_eq!(past.len(), comments::PAST);
        });
    }
    check(tx, "comments by id", 1, |conn| {
        let ids: Vec<_> = (1..=50).map(CommentId::from_raw).collect();
        assert_eq!(comments::by_ids(conn, &ids).unwrap().len(), 50);
    });
    check(tx, "edition of the rules", 1, |conn| {
        comment_rules::edition(conn).unwrap();
    });
    let (rule, limit) = (RuleId::from_raw(11), limit());
    check_rare(tx, "rule", 1, |tx| {
        assert!(comment_rules::get(tx, rule).unwrap().is_some());
    });
    for before in [None, Some(rule)] {
        check_rare(tx, "rules", 1, |tx| {
            comment_rules::list(tx, before, limit).unwrap();
        });
    }
}
