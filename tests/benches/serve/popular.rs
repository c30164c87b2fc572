//! What it costs to rank what is read most, and to read a page of that.

use std::time::Instant;

use api::clock::{Clock as _, SystemClock};
use domain::{
    Actor, SystemActor, Timestamp,
    popular::{Window, hour_of},
};
use storage::{Settings, Store, popular};

use crate::{
    fill, load,
    load::get,
    rows::{Site, row},
    scale, seconds,
};

/// So many hours of articles have been read within a week.
const HOURS_OF_ARTICLES: i64 = 3_000_000;

/// Ranks a small and a large newspaper, and compares what the same pages cost.
pub(crate) fn compare(site: &dyn Fn() -> Site) {
    let sites = [scale::SMALL, scale::large()].map(|articles| {
        let site = site();
        fill::put(site.url(), articles);
        let read = read_for_a_week(site.url(), articles, SystemClock.now());
        fill::settle(site.url());
        rank(&site, articles, read);
        (site, articles)
    });
    let [(small, few), (large, many)] = &sites;
    let (small, large) = (small.serve(), large.serve());
    for (name, query) in [
        ("a popular page", ""),
        ("a popular page of a section", "&section=section-1"),
        ("a popular page of a tag", "&tag=tag-7"),
        (
            "a popular page of a tag and an author",
            "&tag=tag-7&author=author-9",
        ),
    ] {
        let asked = [get(&format!(
            "/api/v1/articles?sort=popular&limit=20{query}"
        ))];
        let (of_few, of_many) = load::side_by_side(
            |turn| load::read(small.address, &asked, turn),
            |turn| load::read(large.address, &asked, turn),
            seconds(),
        );
        row(&format!("{name}, {few} articles"), of_few, None);
        let ratio = of_few.per_second / of_many.per_second;
        row(
            &format!("{name}, {many} articles"),
            of_many,
            Some((ratio, "times the cost")),
        );
    }
}

/// Has articles read in each hour of the week before `now`, others in each; how many rows that is.
fn read_for_a_week(url: &str, articles: i64, now: Timestamp) -> i64 {
    let hours = Window::Week.hours();
    let an_hour = (HOURS_OF_ARTICLES / hours).min(articles);
    let (first, step) = (fill::FIRST_ARTICLE + 1, articles / an_hour);
    let newest = hour_of(now);
    let read = format!(
        "WITH RECURSIVE h(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM h WHERE i < {hours} - 1), \
         n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < {an_hour} - 1) \
         INSERT INTO view_hours (hour, article_id, views) \
         SELECT {newest} - h.i, {first} + (n.i * {step} + h.i * 37) % {articles}, 1 + (n.i * 31 + h.i) % 97 FROM h, n"
    );
    storage::testing::execute(url, &read).expect("the articles are read");
    hours * an_hour
}

/// Makes both rankings as the server does, and says how long each took.
fn rank(site: &Site, articles: i64, rows: i64) {
    let store = Store::open(Settings::new(site.url())).expect("the store opens");
    let now = SystemClock.now();
    for &window in Window::ALL {
        let began = Instant::now();
        let found = store
            .read_blocking(move |conn| popular::most_read(conn, window, now))
            .expect("it is ranked");
        let read = began.elapsed().as_secs_f64();
        assert_eq!(found.len(), domain::popular::MOST);
        let began = Instant::now();
        let actor = Actor::System(SystemActor::Background);
        let kept = store.write_blocking(actor, now, move |tx| popular::keep(tx, window, &found));
        assert_eq!(kept, Ok(true));
        println!(
            "{:<56} {read:>7.2} s to find, {:.3} s to write",
            format!("ranking over {window}, {rows} hours of {articles} articles"),
            began.elapsed().as_secs_f64()
        );
    }
    store.close();
}
