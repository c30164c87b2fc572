//! The same reads on a small and on a large newspaper; start and memory.

use crate::{
    fill, load,
    load::{Connection, Measured, get},
    rows::{Server, Site, row},
    seconds,
};

const SMALL: i64 = 10_000;

fn large() -> i64 {
    std::env::var("BENCH_ARTICLES")
        .ok()
        .and_then(|text| text.parse().ok())
        .unwrap_or(1_000_000)
}

/// Fills one database of each size and compares what the same reads cost.
pub(crate) fn compare(site: &dyn Fn() -> Site) {
    let small_site = site();
    fill::fill(small_site.url(), SMALL);
    let small_server = small_site.serve();
    let small = measure(&small_server, SMALL);
    start_and_memory(&small_site);
    drop(small_server);

    let large_site = site();
    let began = std::time::Instant::now();
    fill::fill(large_site.url(), large());
    println!(
        "{:<46} {:>9.0}s",
        format!("({} articles generated in)", large()),
        began.elapsed().as_secs_f64()
    );
    let large_server = large_site.serve();
    let large = measure(&large_server, self::large());
    for ((name, small), (_, large)) in small.into_iter().zip(large) {
        row(&format!("{name}, {SMALL} articles"), small, None);
        row(
            &format!("{name}, {} articles", self::large()),
            large,
            Some((small.per_second / large.per_second, "times the cost")),
        );
    }
}

/// Requests spread over the whole newspaper, so that no single row stays hot.
fn measure(server: &Server, articles: i64) -> Vec<(&'static str, Measured)> {
    let spread = 1_000;
    let every = (articles / spread).max(1);
    let stories: Vec<Vec<u8>> = (0..spread)
        .map(|index| get(&format!("/api/v1/articles/story-{}", 1 + index * every)))
        .collect();
    let first = [
        get("/api/v1/articles?limit=20"),
        get("/api/v1/articles?limit=20&section=section-1"),
    ];
    let deep = [get(&deep_page(server, articles))];
    let comments = [get("/api/v1/articles/story-1/comments?sort=newest")];
    vec![
        (
            "an article",
            load::read(server.address, &stories, seconds()),
        ),
        (
            "a list, first page",
            load::read(server.address, &first, seconds()),
        ),
        (
            "a list, a page in the middle",
            load::read(server.address, &deep, seconds()),
        ),
        (
            "a comment page",
            load::read(server.address, &comments, seconds()),
        ),
    ]
}

/// The second page of what is older than the article in the middle.
fn deep_page(server: &Server, articles: i64) -> String {
    let mut connection = Connection::open(server.address);
    let middle = format!("/api/v1/articles/story-{}?body=none", articles / 2);
    let (_, body) = connection.ask(&get(&middle));
    let article: serde_json::Value = serde_json::from_slice(body).expect("an article");
    let before = article["published_at"].as_str().expect("a time").to_owned();
    let page = format!("/api/v1/articles?limit=20&published_before={before}");
    let (_, body) = connection.ask(&get(&page));
    let list: serde_json::Value = serde_json::from_slice(body).expect("a list");
    format!(
        "{page}&cursor={}",
        list["next_cursor"].as_str().expect("a second page")
    )
}

/// The first answer of a new process on this database, and its memory after
/// every article was served once.
fn start_and_memory(site: &Site) {
    let server = site.serve();
    println!(
        "{:<46} {:>7.0} ms",
        "first answer after start",
        server.first_answer.as_secs_f64() * 1e3
    );
    let mut connection = Connection::open(server.address);
    for number in 1..=SMALL {
        let (status, _) = connection.ask(&get(&format!(
            "/api/v1/articles/story-{number}?include=breadcrumbs,neighbors,comments"
        )));
        assert_eq!(status, 200);
    }
    println!(
        "{:<46} {:>7.0} MiB",
        "resident, after serving 10,000 articles",
        server.resident()
    );
}
