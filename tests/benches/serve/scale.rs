//! The same reads on a small and on a large newspaper; start and memory.

use crate::{
    fill, load,
    load::{Connection, get},
    rows::{Server, Site, row},
    seconds,
};

pub(crate) const SMALL: i64 = 10_000;

/// The orders of a thread.
const SORTS: [(&str, &str); 5] = [
    ("comments, best", "best"),
    ("comments, newest", "newest"),
    ("comments, oldest", "oldest"),
    ("comments, controversial", "controversial"),
    ("comments, hot", "hot"),
];

pub(crate) fn large() -> i64 {
    std::env::var("BENCH_ARTICLES")
        .ok()
        .and_then(|text| text.parse().ok())
        .unwrap_or(1_000_000)
}

/// Fills one database of each size and compares what the same reads cost.
pub(crate) fn compare(site: &dyn Fn() -> Site) {
    let small_site = site();
    fill::fill(small_site.url(), SMALL);
    start_and_memory(&small_site);
    let large_site = site();
    let began = std::time::Instant::now();
    fill::fill(large_site.url(), large());
    println!(
        "{:<46} {:>9.0}s",
        format!("({} articles generated in)", large()),
        began.elapsed().as_secs_f64()
    );
    let (small, large) = (small_site.serve(), large_site.serve());
    let kinds = questions(&small, SMALL)
        .into_iter()
        .zip(questions(&large, self::large()));
    for ((name, of_small), (_, of_large)) in kinds {
        let (few, many) = load::side_by_side(
            |turn| load::read(small.address, &of_small, turn),
            |turn| load::read(large.address, &of_large, turn),
            seconds(),
        );
        row(&format!("{name}, {SMALL} articles"), few, None);
        row(
            &format!("{name}, {} articles", self::large()),
            many,
            Some((few.per_second / many.per_second, "times the cost")),
        );
    }
}

/// What is asked of a newspaper of this size. The articles are spread over the
/// whole of it, so that no single row stays hot.
fn questions(server: &Server, articles: i64) -> Vec<(&'static str, Vec<Vec<u8>>)> {
    let spread = 1_000;
    let every = (articles / spread).max(1);
    let stories: Vec<Vec<u8>> = (0..spread)
        .map(|index| get(&format!("/api/v1/articles/story-{}", 1 + index * every)))
        .collect();
    let first = ["?limit=20", "?limit=20&section=section-1"];
    let first = first
        .map(|query| get(&format!("/api/v1/articles{query}")))
        .to_vec();
    let mut questions = vec![
        ("an article", stories),
        ("a list, first page", first),
        (
            "a list, a page in the middle",
            vec![get(&deep_page(server, articles))],
        ),
    ];
    for (name, sort) in SORTS {
        let path = format!("/api/v1/articles/story-1/comments?sort={sort}");
        questions.push((name, vec![get(&path), get(&next_page(server, &path))]));
    }
    questions
}

/// The page after the first of a thread.
fn next_page(server: &Server, path: &str) -> String {
    let mut connection = Connection::open(server.address);
    let (_, body) = connection.ask(&get(path));
    let list: serde_json::Value = serde_json::from_slice(body).expect("a list");
    let cursor = list["next_cursor"].as_str().expect("a second page");
    format!("{path}&cursor={cursor}")
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
