//! What it costs to search a small and a large newspaper, beside the database's own search of the same
//! index with its own ranking, which like ours looks at everything that it finds.

use std::time::{Duration, Instant};

use domain::text::search::terms;

use crate::{
    fill, load,
    load::get,
    rows::{Site, row},
    scale, seconds,
};

/// Different queries of one kind, so that none is answered from memory.
const QUERIES: i64 = 500;

/// Words that a tenth and a hundredth of all articles have: `w0` to `w9` and `x0` to `x99`.
const RARE: &str = "'w' || (id % 10) || ' x' || (id / 10 % 100)";

/// The words of the query with a number.
type Words = fn(i64) -> String;

pub(crate) fn compare(site: &dyn Fn() -> Site) {
    let sites = [scale::SMALL, scale::large()].map(|articles| {
        let site = site();
        fill::put(site.url(), articles);
        let began = Instant::now();
        index(site.url());
        fill::settle(site.url());
        println!(
            "{:<46} {:>9.0}s",
            format!("({articles} articles indexed in)"),
            began.elapsed().as_secs_f64()
        );
        (site, articles)
    });
    let [(small_site, few), (large_site, many)] = &sites;
    let (small, large) = (small_site.serve(), large_site.serve());
    let kinds: [(&str, Words); 3] = [
        ("two words, 1 in 1,000", |n| {
            format!("w{} x{}", n % 10, n / 5)
        }),
        ("two words, 1 in 100", |n| format!("quay x{}", n / 5)),
        ("two words of a section", |n| {
            format!("quay x{}&section=section-1", n / 5)
        }),
    ];
    for (name, words) in kinds {
        let asked: Vec<Vec<u8>> = (0..QUERIES)
            .map(|n| {
                let words = words(n).replace(' ', "+");
                let (words, filter) = words.split_once('&').unwrap_or((&words, "language=en"));
                get(&format!("/api/v1/search?limit=20&q={words}+&{filter}"))
            })
            .collect();
        let (of_few, of_many) = load::side_by_side(
            |turn| load::read(small.address, &asked, turn),
            |turn| load::read(large.address, &asked, turn),
            seconds(),
        );
        let own =
            own(large_site.url(), words).as_secs_f64() / own(small_site.url(), words).as_secs_f64();
        row(&format!("{name}, {few} articles"), of_few, None);
        row(
            &format!("{name}, {many} articles"),
            of_many,
            Some((of_few.per_second / of_many.per_second, "times the cost")),
        );
        println!(
            "{:<46} {own:>9.2} times the cost",
            "  the database's own search"
        );
    }
}

/// Gives each article words of its own, and the index of all words.
fn index(url: &str) {
    let body = storage::testing::lines(
        url,
        "SELECT content AS line FROM published_bodies WHERE format = 'text' LIMIT 1",
    );
    let body = body.expect("there is a text").remove(0);
    let shared = terms([body.as_str()]).join(" ");
    let title = "'story number ' || (id - 1000000) || ' of the day story_number of_the the_day'";
    let summary = "'what happened who was there and what comes next'";
    let statements = if url.starts_with("sqlite") {
        vec![
            format!(
                "UPDATE published_bodies SET content = content || (SELECT {RARE} FROM articles WHERE id = article_id) WHERE format = 'text'"
            ),
            format!(
                "INSERT INTO article_search (rowid, terms) SELECT id, {title} || ' ' || {summary} || ' {shared} ' || {RARE} FROM articles"
            ),
            format!(
                "INSERT INTO article_heads (rowid, title, lead) SELECT id, {title}, {title} || ' ' || {summary} FROM articles"
            ),
        ]
    } else {
        let vector = |text: &str| format!("array_to_tsvector(string_to_array({text}, ' '))");
        vec![
            format!("UPDATE published_bodies SET content = content || (SELECT {RARE} FROM articles WHERE id = article_id) WHERE format = 'text'"),
            "DROP INDEX article_search_terms".to_owned(),
            format!("INSERT INTO article_search SELECT id, {}, {}, {} FROM articles", vector(title),
                vector(&format!("{title} || ' ' || {summary}")),
                vector(&format!("{title} || ' ' || {summary} || ' {shared} ' || {RARE}"))),
            "CREATE INDEX article_search_terms ON article_search USING gin (terms) WITH (fastupdate = off)".to_owned(),
        ]
    };
    for statement in statements {
        storage::testing::execute(url, &statement)
            .unwrap_or_else(|error| panic!("{statement}: {error}"));
    }
}

/// How long the database takes to find the best twenty by its own means: what a connection costs is
/// taken off.
fn own(url: &str, words: fn(i64) -> String) -> Duration {
    let search = |n: i64| {
        let words = words(n);
        let words = words.split('&').next().unwrap_or_default();
        if url.starts_with("sqlite") {
            let all = words.split(' ').collect::<Vec<_>>().join(" AND ");
            format!(
                "SELECT CAST(rowid AS TEXT) AS line FROM article_search WHERE article_search MATCH '{all}' ORDER BY rank LIMIT 20"
            )
        } else {
            let all = words.split(' ').collect::<Vec<_>>().join(" & ");
            format!(
                "SELECT article_id::text AS line FROM article_search WHERE terms @@ '{all}'::tsquery ORDER BY ts_rank(terms, '{all}'::tsquery) DESC LIMIT 20"
            )
        }
    };
    let median = |statement: &dyn Fn(i64) -> String| {
        let mut taken: Vec<Duration> = (0..31)
            .map(|n| {
                let began = Instant::now();
                storage::testing::lines(url, &statement(n)).expect("it is found");
                began.elapsed()
            })
            .collect();
        taken.sort_unstable();
        taken[15]
    };
    let nothing = median(&|_| "SELECT 'x' AS line".to_owned());
    median(&search)
        .saturating_sub(nothing)
        .max(Duration::from_micros(1))
}
