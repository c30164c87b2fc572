//! Pages of a thread of a hundred comments beside those of one of a hundred thousand.

use crate::{
    fill, load,
    load::{Connection, get},
    rows::{Server, Site, row},
    seconds,
};

/// Comments under the small one, which every filled newspaper has.
const FEW: i64 = 100;
const MANY: i64 = 100_000;
/// So many answer one comment of the large one.
const ANSWERS: i64 = 26_000;
/// So many pages into a list.
const DEEP: usize = 150;
const SORTS: [&str; 5] = ["best", "newest", "oldest", "controversial", "hot"];

pub(crate) fn compare(site: &Site) {
    fill::put(site.url(), FEW * 10);
    fill::thread(site.url(), fill::FIRST_ARTICLE + 2, MANY, ANSWERS);
    fill::settle(site.url());
    let server = site.serve();
    let answered = answered(&server);
    for sort in SORTS {
        let path = |story: u8| format!("/api/v1/articles/story-{story}/comments?sort={sort}");
        let deep = deep(&server, &path(2));
        let large = [get(&path(2)), get(&deep)];
        beside(
            &server,
            &format!("comments, {sort}"),
            &[get(&path(1))],
            &large,
        );
    }
    let replies = format!("/api/v1/comments/{answered}/replies?limit=20");
    let deep = deep(&server, &replies);
    let name = format!("{ANSWERS} replies, the first page and one far in");
    beside(&server, &name, &[get(&replies)], &[get(&deep)]);
}

fn beside(server: &Server, name: &str, small: &[Vec<u8>], large: &[Vec<u8>]) {
    let (few, many) = load::side_by_side(
        |turn| load::read(server.address, small, turn),
        |turn| load::read(server.address, large, turn),
        seconds(),
    );
    row(&format!("{name}, the small one"), few, None);
    let ratio = few.per_second / many.per_second;
    row(
        "the same of the large one",
        many,
        Some((ratio, "times the cost")),
    );
}

fn page(server: &Server, path: &str) -> serde_json::Value {
    let mut connection = Connection::open(server.address);
    let (status, body) = connection.ask(&get(path));
    assert_eq!(status, 200, "{path}");
    serde_json::from_slice(body).expect("a page")
}

/// The address of a page far into a list.
fn deep(server: &Server, path: &str) -> String {
    let mut at = path.to_owned();
    for _ in 0..DEEP {
        let page = page(server, &at);
        let next = page["next_cursor"].as_str().expect("a further page");
        at = format!("{path}&cursor={next}");
    }
    at
}

/// The comment that so many answer.
fn answered(server: &Server) -> String {
    let oldest = page(
        server,
        "/api/v1/articles/story-2/comments?sort=oldest&limit=1",
    );
    let root = &oldest["items"][0];
    assert!(root["reply_count"].as_i64() >= Some(ANSWERS), "{root}");
    root["id"].as_str().expect("an id").to_owned()
}
