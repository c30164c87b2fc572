//! The change log as an administrator reads it.

use domain::Limit;
use storage::changes::{self, Change, ChangeFilter, Entity};

use crate::news::{News, at, on_both};

/// Entries about two tags and an author, by two actors, at 1,000, 2,000, …
fn written(news: &News) {
    for n in 1..=9_i64 {
        let actor = if n % 3 == 0 {
            domain::Actor::Anonymous
        } else {
            domain::Actor::System(domain::SystemActor::Command)
        };
        let entity = if n % 2 == 0 {
            Entity::Tag
        } else {
            Entity::Author
        };
        let stored: Result<(), storage::Error> =
            news.store.write_blocking(actor, at(n * 1_000), move |tx| {
                changes::append(tx, &Change::new("tested", entity, 100 + n % 4))
            });
        stored.unwrap();
    }
}

/// The times, in seconds, of what is found, and whether more follows.
fn listed(news: &News, filter: ChangeFilter, before: Option<i64>, limit: i64) -> (Vec<i64>, bool) {
    let limit = Limit::new(limit).unwrap();
    let page = news.read(move |conn| changes::list(conn, &filter, before, limit));
    let times = page
        .items
        .iter()
        .map(|row| row.at.as_millis() / 1_000)
        .collect();
    (times, page.more)
}

#[test]
fn each_filter_finds_what_it_names() {
    on_both(|news| {
        written(news);
        let found = |filter: ChangeFilter| {
            let (times, more) = listed(news, filter, None, 100);
            assert!(!more);
            times
        };
        let all = ChangeFilter::default();
        assert_eq!(found(all.clone()), [9, 8, 7, 6, 5, 4, 3, 2, 1]);
        let tags = ChangeFilter {
            entity: Some(Entity::Tag),
            ..all.clone()
        };
        assert_eq!(found(tags.clone()), [8, 6, 4, 2]);
        let one = ChangeFilter {
            entity_id: Some(102),
            ..all.clone()
        };
        assert_eq!(found(one), [6, 2]);
        let of_another_kind = ChangeFilter {
            entity_id: Some(101),
            ..tags.clone()
        };
        assert_eq!(found(of_another_kind), [0_i64; 0]);
        let command = ChangeFilter {
            actor: Some("system:command".to_owned()),
            ..all.clone()
        };
        assert_eq!(found(command.clone()), [8, 7, 5, 4, 2, 1]);
        let both = ChangeFilter {
            entity: Some(Entity::Tag),
            ..command
        };
        assert_eq!(found(both), [8, 4, 2]);
        let nobody = ChangeFilter {
            actor: Some("user:usr_0000000000001".to_owned()),
            ..all
        };
        assert_eq!(found(nobody), [0_i64; 0]);
    });
}

#[test]
fn time_bounds_take_the_first_moment_and_leave_the_last_out() {
    on_both(|news| {
        written(news);
        let between = |from: Option<i64>, until: Option<i64>| {
            let filter = ChangeFilter {
                from: from.map(at),
                until: until.map(at),
                ..ChangeFilter::default()
            };
            listed(news, filter, None, 100).0
        };
        assert_eq!(between(Some(7_000), None), [9, 8, 7]);
        assert_eq!(between(Some(7_001), None), [9, 8]);
        assert_eq!(between(None, Some(3_000)), [2, 1]);
        assert_eq!(between(None, Some(3_001)), [3, 2, 1]);
        assert_eq!(between(Some(3_000), Some(5_000)), [4, 3]);
        assert_eq!(between(Some(9_001), None), [0_i64; 0]);
        assert_eq!(between(None, Some(1_000)), [0_i64; 0]);
        assert_eq!(between(Some(5_000), Some(5_000)), [0_i64; 0]);
        assert_eq!(between(None, Some(99_000)).len(), 9);
    });
}

#[test]
fn a_walk_meets_every_entry_once() {
    on_both(|news| {
        written(news);
        for filter in [
            ChangeFilter::default(),
            ChangeFilter {
                entity: Some(Entity::Author),
                from: Some(at(2_000)),
                ..ChangeFilter::default()
            },
        ] {
            let whole = listed(news, filter.clone(), None, 100).0;
            let (mut met, mut before) = (Vec::new(), None);
            loop {
                let asked = filter.clone();
                let two = Limit::new(2).unwrap();
                let page = news.read(move |conn| changes::list(conn, &asked, before, two));
                met.extend(page.items.iter().map(|row| row.at.as_millis() / 1_000));
                before = page.items.last().map(|row| row.seq);
                if !page.more {
                    break;
                }
            }
            assert_eq!(met, whole);
        }
    });
}
