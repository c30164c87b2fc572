//! The change log: each filter goes by its own index, and by the narrowest where there are several.

use domain::page::Limit;
use domain::time::Timestamp;

use super::explain::{explain, statements, wasteful};
use crate::Conn;
use crate::changes::{self, ChangeFilter, Entity};
use crate::connection::AnyConnection;

/// Filters without bounds in time, and the index that each is to go by.
fn filters() -> Vec<(ChangeFilter, &'static str)> {
    let mut filters = Vec::new();
    for entity in [None, Some(Entity::Session), Some(Entity::Article)] {
        for entity_id in [None, Some(77)] {
            for actor in [None, Some("user:7".to_owned())] {
                let index = match (entity_id, &actor, entity) {
                    (Some(_), _, _) => "entity_id",
                    (None, Some(_), _) => "actor",
                    (None, None, Some(_)) => "entity",
                    (None, None, None) => "seq",
                };
                let filter = ChangeFilter {
                    entity,
                    entity_id,
                    actor,
                    ..ChangeFilter::default()
                };
                filters.push((filter, index));
            }
        }
    }
    filters
}

/// What a plan says when it goes by that index.
fn words(conn: &AnyConnection, index: &str) -> Vec<String> {
    match (conn, index) {
        // Walking the main tree from its end is a scan to SQLite, and stops when the page is full.
        (AnyConnection::Sqlite(_), "seq") => {
            vec!["INTEGER PRIMARY KEY".to_owned(), "SCAN changes".to_owned()]
        }
        (AnyConnection::Sqlite(_), index) => vec![format!("INDEX changes_{index} ({index}=?")],
        // It knows how many entries there are of each, and chooses by that.
        (AnyConnection::Postgres(_), _) => {
            vec!["Index Scan Backward using changes_".to_owned()]
        }
    }
}

pub(super) fn check(conn: &mut Conn<'_>) {
    let bounds = [
        (None, None),
        (Some(9000), None),
        (None, Some(9000)),
        (Some(9), Some(9000)),
    ];
    for (filter, index) in filters() {
        for (from, until) in bounds {
            for before in [None, Some(9000)] {
                let filter = ChangeFilter {
                    from: from.map(Timestamp::from_millis),
                    until: until.map(Timestamp::from_millis),
                    ..filter.clone()
                };
                let sql = statements(conn, |conn| {
                    changes::list(conn, &filter, before, Limit::default()).unwrap();
                });
                let most = 1 + usize::from(from.is_some()) + usize::from(until.is_some());
                assert_eq!(sql.len(), most, "{filter:?}: {sql:#?}");
                let words = words(conn.0, index);
                for (place, sql) in sql.iter().enumerate() {
                    let plan = explain(conn.0, sql);
                    let walks = |step: &&String| step.as_str() != "SCAN changes";
                    let bad = plan.iter().filter(walks).any(|step| wasteful(step, sql));
                    let last = place + 1 == most;
                    let by_index = !last || words.iter().any(|word| plan.join("\n").contains(word));
                    assert!(!bad && by_index, "{filter:?}: {sql}\n{plan:#?}");
                }
            }
        }
    }
}
