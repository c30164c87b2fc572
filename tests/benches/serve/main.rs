//! `cargo bench`: what a request costs, side by side in one run.
//!
//! Absolute numbers say something about the machine; the ratios are what to
//! look at. `BENCH_ARTICLES` lowers the size of the large database (1,000,000),
//! `BENCH_SECONDS` the length of a row (2); `BENCH_ONLY` names one database,
//! `sqlite` or `postgresql`, and `BENCH_PARTS` some of `reads`, `writes`,
//! `votes`, `threads`, `streams`, `guards`, `moves`, `popular`, `rules`, `texts`,
//! `search` and `scale`.
#![expect(
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a benchmark ends by panicking when something is wrong, and prints its rows"
)]

mod bare;
mod fill;
mod guards;
mod load;
mod moves;
mod popular;
mod rows;
mod rules;
mod scale;
mod search;
mod streams;
mod texts;
mod threads;
mod votes;
mod writes;

use tests::postgres;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// How long a row runs.
fn seconds() -> f64 {
    std::env::var("BENCH_SECONDS")
        .ok()
        .and_then(|text| text.parse().ok())
        .unwrap_or(2.0)
}

fn wanted(database: &str) -> bool {
    std::env::var("BENCH_ONLY").map_or(true, |only| only == database)
}

fn main() {
    // `cargo test --benches` only wants to know that it builds.
    if std::env::args().any(|argument| argument == "--test") {
        return;
    }
    if wanted("sqlite") {
        rows::heading("SQLite");
        run(&rows::Site::sqlite);
    }
    if !wanted("postgresql") {
        return;
    }
    match postgres::launch_durable() {
        Ok(cluster) => {
            rows::heading("PostgreSQL");
            run(&|| rows::Site::postgres(&cluster));
        }
        Err(why) => println!("\nPostgreSQL was left out: {why}"),
    }
}

fn run(site: &dyn Fn() -> rows::Site) {
    let parts = std::env::var("BENCH_PARTS").unwrap_or_default();
    let asked = |part| parts.is_empty() || parts.split(',').any(|asked| asked == part);
    if asked("reads") {
        rows::reads(&site());
    }
    if asked("writes") {
        writes::comments(&site());
    }
    if asked("votes") {
        votes::votes(&site());
    }
    if asked("threads") {
        threads::compare(&site());
    }
    if asked("streams") {
        streams::streams(&site());
    }
    if asked("guards") {
        guards::guards(&site());
    }
    if asked("moves") {
        moves::moves(site);
    }
    if asked("popular") {
        popular::compare(site);
    }
    if asked("rules") {
        rules::compare();
    }
    if asked("texts") {
        texts::compare();
    }
    if asked("search") {
        search::compare(site);
    }
    if asked("scale") {
        scale::compare(site);
    }
}
