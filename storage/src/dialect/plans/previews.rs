//! Preview links: made, found, opened and thrown away.

use domain::id::{ArticleId, PreviewLinkId};
use domain::time::Timestamp;

use super::{NOW, check, check_rare};
use crate::previews::{self, NewPreviewLink};
use crate::{Conn, Tx};

const ARTICLE: ArticleId = ArticleId::from_raw(78);
const LINK: PreviewLinkId = PreviewLinkId::from_raw(77);

pub(super) fn reads(conn: &mut Conn<'_>) {
    let soon = Timestamp::from_millis(20_000);
    check(conn, "preview", 2, |conn| {
        assert!(previews::open(conn, LINK, soon).unwrap().is_some());
    });
    check(conn, "preview links", 1, |conn| {
        assert_eq!(previews::list(conn, ARTICLE, soon).unwrap().len(), 40);
    });
    check(conn, "preview link", 1, |conn| {
        assert!(previews::get(conn, ARTICLE, LINK, soon).unwrap().is_some());
    });
}

pub(super) fn writes(tx: &mut Tx<'_>) {
    for (number, revision) in [(900_000, None), (900_001, Some(1))] {
        let new = NewPreviewLink {
            id: PreviewLinkId::from_raw(number),
            article: ARTICLE,
            revision,
            expires_at: NOW,
        };
        check_rare(tx, "a preview link", 7, |tx| {
            previews::create(tx, &new).unwrap();
        });
    }
    check_rare(tx, "a revoked preview link", 2, |tx| {
        previews::revoke(tx, ARTICLE, LINK).unwrap();
    });
    check_rare(tx, "sweeping preview links", 2, |tx| {
        assert_eq!(previews::sweep(tx, NOW).unwrap(), 1_000);
    });
}
