//! Rankings: a page walks one in its order and looks each article up; views go to their hour.

use domain::id::ArticleId;
use domain::popular::Window;
use domain::time::Timestamp;

use super::explain::{explain, statements};
use super::{check, limit, lists};
use crate::published::{self, PopularQuery};
use crate::{Conn, Tx, popular, stats};

pub(super) fn reads(conn: &mut Conn<'_>) {
    // When all of the filled tables is public, and a ranking in force.
    let now = Timestamp::from_millis(315_000);
    for list in lists() {
        for after in [None, Some((now, 15)), Some((now.plus_seconds(7), 15))] {
            let query = PopularQuery {
                window: Window::Day,
                filter: list.filter.clone(),
                after,
            };
            let all = query.filter == published::Filter::default();
            check(conn, &format!("popular {query:?}"), 1, |conn| {
                let found = published::popular(conn, &query, limit(), now).unwrap();
                assert!(!all || found.page.items.len() == 20, "{found:?}");
            });
            let name = format!("popular total {query:?}");
            let statements = check(conn, &name, 1, |conn| {
                let total = published::popular_total(conn, &query, now).unwrap();
                assert!(!all || total == 1000, "{total}");
            });
            by_key(conn, &statements[0]);
        }
    }
    check(conn, "when it was ranked", 1, |conn| {
        let at = popular::ranked_at(conn, Window::Week, now).unwrap();
        assert_eq!(at, Some(now));
    });
    ranking(conn);
}

/// A ranking looks up what was read, and does not walk everything that was published.
fn ranking(conn: &mut Conn<'_>) {
    let statements = statements(conn, |conn| {
        let hour = Timestamp::EPOCH.plus_seconds(9 * 3600);
        let found = popular::most_read(conn, Window::Day, hour).unwrap();
        assert_eq!(found.len(), 1000);
    });
    let plan = explain(conn.0, &statements[0]);
    let walks = |step: &&String| step.starts_with("SEARCH l ") && !step.contains("article_id=?");
    assert_eq!(plan.iter().find(walks), None, "{plan:#?}");
}

/// Each article is looked up by the key of its listing. Any other index would be walked from the
/// beginning of the list, or of the language, for each of a thousand articles.
fn by_key(conn: &mut Conn<'_>, sql: &str) {
    let plan = explain(conn.0, sql);
    let look_ups: Vec<&String> = plan
        .iter()
        .filter(|step| {
            step.contains("listings") || step.contains("SEARCH l") || step.contains("SEARCH o")
        })
        .collect();
    let is_key = |step: &&String| step.contains("listings_pkey") || step.contains("PRIMARY KEY");
    assert!(!look_ups.is_empty(), "{plan:#?}");
    assert!(look_ups.iter().all(is_key), "{sql}\n{plan:#?}");
}

pub(super) fn writes(tx: &mut Tx<'_>) {
    let (actor, now) = (tx.actor().clone(), tx.now());
    let at = |hours: i64| Timestamp::EPOCH.plus_seconds(hours * 3600);
    check(tx, "adding views", 2, |conn| {
        let mut tx = Tx::new(conn.0, actor.clone(), now);
        let views = stats::Views {
            article: ArticleId::from_raw(1),
            hour: 3,
            count: 3,
        };
        stats::add_views(&mut tx, &[views]).unwrap();
    });
    check(tx, "old views", 2, |conn| {
        let mut tx = Tx::new(conn.0, actor.clone(), now);
        assert_eq!(stats::sweep_views(&mut tx, at(5)), Ok(1000));
    });
}
