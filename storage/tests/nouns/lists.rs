//! Lists of cards: order, pages, filters, neighbours, and how many statements they cost.

use domain::id::{ArticleId, AuthorId, SectionId, TagId};
use domain::{Language, Limit};
use storage::comments::{Sort, ThreadQuery};
use storage::published::{
    self, Around, BodyKind, Card, Filter, Found, Key, ListQuery, Place, Surroundings,
};
use storage::{comments, stats};

use crate::news::{News, at, on_both};

fn ids(cards: &[Card]) -> Vec<i64> {
    cards.iter().map(|card| card.id.raw()).collect()
}

fn list(news: &News, filter: Filter) -> Vec<i64> {
    let query = ListQuery {
        filter,
        ..ListQuery::default()
    };
    let page = news.read(move |conn| published::list(conn, &query, Limit::default(), at(9_999)));
    ids(&page.items)
}

#[test]
fn a_walk_over_ties_meets_everything_once() {
    on_both(|news| {
        news.furnish();
        for id in 1..=30 {
            news.publish(id, 2, 1_000 + id / 7);
        }
        for ascending in [false, true] {
            let mut query = ListQuery {
                ascending,
                ..ListQuery::default()
            };
            let mut walked = Vec::new();
            loop {
                let asked = query.clone();
                let limit = Limit::new(4).unwrap();
                let page = news.read(move |conn| published::list(conn, &asked, limit, at(9_999)));
                walked.extend(ids(&page.items));
                query.after = page.items.last().map(|card| (card.published_at, card.id));
                if !page.more {
                    break;
                }
            }
            let mut expected: Vec<i64> = (1..=30).collect();
            if !ascending {
                expected.reverse();
            }
            assert_eq!(walked, expected);
        }
    });
}

/// Six articles, one a second, in turn in two sections, of two authors and with three tags.
fn six(news: &News) {
    news.furnish();
    for id in 1..=6 {
        news.publish_as(id, 2 + id % 2, 1_000 * id, move |content| {
            content.tags = vec![TagId::from_raw(1 + id % 3)];
            content.authors = vec![AuthorId::from_raw(1 + id % 2)];
            if id > 4 {
                content.language = Language::parse("zh-Hans").unwrap();
            }
        });
    }
}

fn within(places: impl IntoIterator<Item = Place>) -> Filter {
    let places = places.into_iter().collect();
    Filter {
        places,
        ..Filter::default()
    }
}

#[test]
fn filters_hold_together() {
    on_both(|news| {
        six(news);
        let europe = || Place::Section(SectionId::from_raw(2));
        let tag = || Place::Tag(TagId::from_raw(1));
        let author = Place::Author(AuthorId::from_raw(2));
        assert_eq!(list(news, within([])), [6, 5, 4, 3, 2, 1]);
        assert_eq!(list(news, within([europe()])), [6, 4, 2]);
        assert_eq!(list(news, within([europe(), tag()])), [6]);
        assert!(list(news, within([europe(), author])).is_empty());
        let language = Some("zh-Hans".to_owned());
        assert_eq!(
            list(
                news,
                Filter {
                    language,
                    ..within([])
                }
            ),
            [6, 5]
        );
        let dated = Filter {
            published_after: Some(at(1_000)),
            published_before: Some(at(4_000)),
            ..within([])
        };
        assert_eq!(list(news, dated.clone()), [3, 2]);
        let total = |filter| news.read(move |conn| published::total(conn, &filter, at(9_999)));
        assert_eq!(total(dated), 2);
        assert_eq!(total(within([europe(), tag()])), 1);
    });
}

#[test]
fn batches_keep_their_order_and_sections_are_counted() {
    on_both(|news| {
        six(news);
        let asked = [4, 99, 1, 4, 6].map(ArticleId::from_raw);
        let cards = news.read(move |conn| published::by_ids(conn, &asked, at(5_000)));
        assert_eq!(ids(&cards), [4, 1]);
        let counts = news.read(|conn| published::section_counts(conn, at(9_999)));
        assert_eq!(counts.get(&SectionId::from_raw(1)), Some(&6));
        assert_eq!(counts.get(&SectionId::from_raw(2)), Some(&3));
    });
}

const BESIDE: Around = Around {
    neighbors: true,
    related: false,
};

fn surroundings(news: &News, id: i64, wanted: Around, now: i64) -> Surroundings {
    news.read(move |conn| {
        let key = Key::Id(ArticleId::from_raw(id));
        match published::find(conn, &key, at(now), None)? {
            Some(Found::Article(article)) => {
                published::surroundings(conn, &article.card, wanted, at(now))
            }
            _ => panic!("{id} is not public"),
        }
    })
}

#[test]
fn related_is_what_has_most_in_common() {
    const MONTH: i64 = 30 * 24 * 60 * 60 * 1000;
    on_both(|news| {
        news.furnish();
        // All have tag 3. Section 3 is another one than 2, both are below 1.
        for (id, section, at) in [
            (1, 2, 2 * MONTH),
            (2, 3, 2 * MONTH),
            (3, 2, 2 * MONTH + 1),
            (4, 2, 4 * MONTH),
            (5, 2, 2 * MONTH - 1),
            (6, 3, 4 * MONTH + 1),
            (7, 2, 5 * MONTH),
            (8, 3, MONTH),
            (9, 3, 6 * MONTH),
        ] {
            news.publish(id, section, at);
        }
        let wanted = Around {
            neighbors: true,
            related: true,
        };
        let before = news.store.statements();
        let found = surroundings(news, 1, wanted, 5 * MONTH);
        assert_eq!(news.store.statements() - before, 2);
        // Tag, section and month; tag and section; tag and month; tag. What is ahead is not there.
        assert_eq!(ids(&found.related), [3, 5, 7, 4, 2, 8]);
        let previous = found.neighbors.previous.map(|card| card.id.raw());
        assert_eq!(previous, Some(5));
        let found = surroundings(news, 1, BESIDE, 5 * MONTH);
        assert_eq!(found.related, []);
    });
}

#[test]
fn neighbours_are_of_the_same_section() {
    on_both(|news| {
        news.furnish();
        for (id, section) in [(1, 2), (2, 3), (3, 2), (4, 1), (5, 2)] {
            news.publish(id, section, 1_000 * id);
        }
        let around = |id: i64, now: i64| {
            let found = surroundings(news, id, BESIDE, now).neighbors;
            (
                found.previous.map(|card| card.id.raw()),
                found.next.map(|card| card.id.raw()),
            )
        };
        assert_eq!(around(3, 9_999), (Some(1), Some(5)));
        assert_eq!(around(3, 4_000), (Some(1), None));
        assert_eq!(around(1, 9_999), (None, Some(3)));
        assert_eq!(around(4, 9_999), (None, None));
    });
}

#[test]
fn names_come_in_one_statement_for_a_whole_page() {
    on_both(|news| {
        news.furnish();
        let authors = [3, 1, 3, 77].map(AuthorId::from_raw);
        let names = news.read(move |conn| published::names(conn, authors, [TagId::from_raw(2)]));
        assert_eq!(names.authors.len(), 2);
        assert_eq!(
            names
                .tags
                .get(&TagId::from_raw(2))
                .map(|tag| tag.slug.as_str()),
            Some("tag-2")
        );
        let before = news.store.statements();
        let none = news.read(|conn| published::names(conn, [], []));
        assert!(none.authors.is_empty() && none.tags.is_empty());
        assert_eq!(news.store.statements(), before);
    });
}

#[test]
fn a_page_with_everything_costs_four_statements() {
    on_both(|news| {
        news.furnish();
        for id in 1..=3 {
            news.publish(id, 2, 1_000 * id);
        }
        let before = news.store.statements();
        news.read(|conn| {
            let id = ArticleId::from_raw(2);
            let now = at(9_999);
            let found = published::find(conn, &Key::Id(id), now, Some(BodyKind::Html))?;
            let Some(Found::Article(article)) = found else {
                panic!("it is public");
            };
            let all = Around {
                neighbors: true,
                related: true,
            };
            published::surroundings(conn, &article.card, all, now)?;
            let query = ThreadQuery {
                article: id,
                sort: Sort::Best,
                after: None,
                limit: Limit::default(),
                replies: 3,
            };
            comments::thread(conn, &query)?;
            published::names(conn, [AuthorId::from_raw(1)], [TagId::from_raw(1)])
        });
        assert_eq!(news.store.statements() - before, 4);
    });
}

#[test]
fn views_are_added_to_what_is_there() {
    on_both(|news| {
        news.furnish();
        news.publish(1, 2, 1_000);
        let one = ArticleId::from_raw(1);
        let views = |article, count| stats::Views {
            article,
            hour: 0,
            count,
        };
        let unknown = ArticleId::from_raw(99);
        let all = [views(one, 3), views(unknown, 1), views(one, 2)];
        news.write(move |tx| stats::add_views(tx, &all));
        let cards = news.read(move |conn| published::by_ids(conn, &[one], at(9_999)));
        assert_eq!(cards.first().map(|card| card.views), Some(5));
    });
}
