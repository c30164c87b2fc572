//! What is read most: how views age, which ranking is read, and who makes it.

use domain::id::{ArticleId, SectionId};
use domain::popular::{KEPT_SECONDS, RANKED_EVERY_SECONDS, Window};
use domain::{Limit, Timestamp};
use storage::published::{self, Filter, Place, PopularQuery, RankedPage};
use storage::{popular, stats};

use crate::news::{News, at, on_both};

const HOUR: i64 = 3_600_000;
/// A thousand hours after 1970, when everything is published.
const NOW: i64 = 1000 * HOUR;

/// Views of an article, so many hours ago.
fn views(article: i64, hours_ago: i64, count: i64) -> stats::Views {
    stats::Views {
        article: ArticleId::from_raw(article),
        hour: 1000 - hours_ago,
        count,
    }
}

fn read(news: &News, views: &[stats::Views]) {
    let views = views.to_vec();
    news.write(move |tx| stats::add_views(tx, &views));
}

fn raw(ids: &[ArticleId]) -> Vec<i64> {
    ids.iter().map(|id| id.raw()).collect()
}

fn most_read(news: &News, window: Window, now: i64) -> Vec<i64> {
    raw(&news.read(move |conn| popular::most_read(conn, window, at(now))))
}

fn keep(news: &News, now: i64, ids: &[i64]) -> bool {
    let ids: Vec<ArticleId> = ids.iter().copied().map(ArticleId::from_raw).collect();
    news.write_at(now, move |tx| popular::keep(tx, Window::Day, &ids))
}

fn page(news: &News, limit: i64, after: Option<(Timestamp, i64)>, now: i64) -> RankedPage {
    filtered(news, Filter::default(), limit, after, now)
}

fn filtered(
    news: &News,
    filter: Filter,
    limit: i64,
    after: Option<(Timestamp, i64)>,
    now: i64,
) -> RankedPage {
    let query = PopularQuery {
        window: Window::Day,
        filter,
        after,
    };
    let limit = Limit::new(limit).unwrap();
    news.read(move |conn| published::popular(conn, &query, limit, at(now)))
}

fn shown(page: &RankedPage) -> Vec<i64> {
    page.page.items.iter().map(|card| card.id.raw()).collect()
}

fn publish(news: &News, articles: i64) {
    news.furnish();
    for id in 1..=articles {
        news.publish(id, 2 + id % 2, 1_000 * id);
    }
}

#[test]
fn a_view_weighs_the_less_the_older_it_is() {
    on_both(|news| {
        publish(news, 6);
        // By points: 24 · 2, 23 · 2 + 1, 1 · 40, none, and as many as the first.
        let all = [
            views(1, 0, 2),
            views(2, 1, 2),
            views(2, 23, 1),
            views(3, 23, 40),
            views(4, 24, 1000),
            views(5, 0, 1),
            views(5, 0, 1),
            // Of a clock that was put back since.
            views(6, -1, 1000),
        ];
        read(news, &all);
        assert_eq!(most_read(news, Window::Day, NOW), [5, 1, 2, 3]);
        // Over a week a day makes little difference.
        assert_eq!(most_read(news, Window::Week, NOW), [4, 3, 2, 5, 1]);
        assert_eq!(most_read(news, Window::Day, NOW + HOUR), [6, 5, 1, 2]);
        assert!(most_read(news, Window::Week, NOW + 170 * HOUR).is_empty());
    });
}

#[test]
fn only_what_is_public_is_ranked() {
    on_both(|news| {
        publish(news, 2);
        news.publish(3, 2, NOW + 1);
        read(news, &[views(1, 0, 1), views(2, 0, 2), views(3, 0, 3)]);
        news.write(|tx| storage::articles::unpublish(tx, ArticleId::from_raw(2), 2).map(drop));
        assert_eq!(most_read(news, Window::Day, NOW), [1]);
        assert_eq!(most_read(news, Window::Day, NOW + 1), [3, 1]);
    });
}

#[test]
fn one_node_makes_a_ranking_and_the_other_does_no_harm() {
    on_both(|news| {
        publish(news, 3);
        assert!(!keep(news, NOW, &[]), "an empty one is not kept");
        assert!(keep(news, NOW, &[3, 1]));
        assert!(!keep(news, NOW + 1000, &[1, 2, 3]));
        assert_eq!(shown(&page(news, 10, None, NOW + 1000)), [3, 1]);
        let next = NOW + RANKED_EVERY_SECONDS * 1000;
        assert!(keep(news, next, &[2]));
        assert_eq!(shown(&page(news, 10, None, next - 1)), [3, 1]);
        assert_eq!(shown(&page(news, 10, None, next)), [2]);
        let ranked_at = |now| news.read(move |conn| popular::ranked_at(conn, Window::Day, at(now)));
        assert_eq!(ranked_at(next + 5), Some(at(next)));
        assert_eq!(ranked_at(next + KEPT_SECONDS * 1000), None);
        // And a clock that is put back finds what was in force then.
        assert_eq!(ranked_at(next - 1), Some(at(NOW)));
        assert_eq!(ranked_at(NOW - 1), None);
    });
}

#[test]
fn a_thousand_are_kept_and_each_is_met_once() {
    on_both(|news| {
        publish(news, 3);
        // The others are not there, as if they had been taken down.
        let ids: Vec<i64> = (1..=1003).rev().collect();
        assert!(keep(news, NOW, &ids));
        assert!(
            shown(&page(news, 10, None, NOW)).is_empty(),
            "the first thousand"
        );
        let ids: Vec<i64> = (1..=999).rev().collect();
        assert!(keep(news, NOW + RANKED_EVERY_SECONDS * 1000, &ids));
        let now = NOW + RANKED_EVERY_SECONDS * 1000;
        assert_eq!(shown(&page(news, 10, None, now)), [3, 2, 1]);
        let mut walked = Vec::new();
        let mut after = None;
        loop {
            let found = page(news, 1, after, now);
            walked.extend(shown(&found));
            after = found.last;
            if !found.page.more {
                break;
            }
        }
        assert_eq!((walked, after), (vec![3, 2, 1], Some((at(now), 999))));
    });
}

#[test]
fn a_walk_stays_in_its_ranking_as_long_as_it_is_kept() {
    on_both(|news| {
        publish(news, 4);
        keep(news, NOW, &[1, 2, 3, 4]);
        let first = page(news, 2, None, NOW);
        assert_eq!(
            (shown(&first), first.last),
            (vec![1, 2], Some((at(NOW), 2)))
        );
        let five = RANKED_EVERY_SECONDS * 1000;
        for turn in 1..=3 {
            let now = NOW + turn * five;
            keep(news, now, &[4, 3, 2, 1]);
            assert_eq!(shown(&page(news, 2, None, now)), [4, 3]);
            assert_eq!(shown(&page(news, 2, first.last, now)), [3, 4]);
        }
        let now = NOW + KEPT_SECONDS * 1000;
        keep(news, now, &[4, 3, 2, 1]);
        let gone_on = page(news, 2, first.last, now);
        assert_eq!(
            (shown(&gone_on), gone_on.last),
            (vec![2, 1], Some((at(now), 4)))
        );
    });
}

#[test]
fn filters_and_visibility_are_asked_of_each_article() {
    on_both(|news| {
        publish(news, 6);
        keep(news, NOW, &[3, 1, 6, 2, 5, 4]);
        let asia = Filter {
            places: vec![Place::Section(SectionId::from_raw(3))],
            ..Filter::default()
        };
        assert_eq!(
            shown(&filtered(news, asia.clone(), 10, None, NOW)),
            [3, 1, 5]
        );
        let total = |filter, now| {
            let query = PopularQuery {
                window: Window::Day,
                filter,
                after: Some((at(NOW), 2)),
            };
            news.read(move |conn| published::popular_total(conn, &query, at(now)))
        };
        assert_eq!(total(asia.clone(), NOW), 3);
        let dated = Filter {
            published_after: Some(at(1_000)),
            published_before: Some(at(6_000)),
            ..Filter::default()
        };
        assert_eq!(shown(&filtered(news, dated, 10, None, NOW)), [3, 2, 5, 4]);
        news.write(|tx| storage::articles::unpublish(tx, ArticleId::from_raw(1), 2).map(drop));
        assert_eq!(shown(&filtered(news, asia.clone(), 10, None, NOW)), [3, 5]);
        assert_eq!(total(asia, NOW), 2);
    });
}

#[test]
fn hours_that_no_ranking_asks_for_are_thrown_away() {
    on_both(|news| {
        publish(news, 2);
        let hours = (0..171).flat_map(|hour| [views(1, hour, 1), views(2, hour, 1)]);
        read(news, &hours.collect::<Vec<_>>());
        let sweep = || news.write(|tx| stats::sweep_views(tx, at(NOW - 168 * HOUR)));
        assert_eq!([sweep(), sweep(), sweep()], [2, 2, 0]);
        assert_eq!(most_read(news, Window::Week, NOW), [2, 1]);
    });
}
