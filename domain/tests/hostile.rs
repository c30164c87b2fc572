//! Input made to take for ever: it takes a bounded time and makes a bounded result.

use domain::comment::COMMENT_MAX_LENGTH;
use domain::text::{Readings, Written, render, render_comment};
use std::time::{Duration, Instant};

/// Far more than any of this takes, and far less than quadratic time would.
const BOUND: Duration = Duration::from_secs(30);

/// What, repeated, asks the most of one parser or another.
const PARTS: &[&str] = &[
    ">",
    "[",
    "]",
    "<",
    "</",
    "<div>",
    "<b>",
    "<p>",
    "<a href=/>",
    "<table>",
    "<table><tr><td>",
    "<li>",
    "<ul><li>",
    "- ",
    "* ",
    "1. ",
    "> - ",
    "*",
    "_",
    "**a",
    "*a _b ",
    "`",
    "` ``",
    "![",
    "[a](",
    "[a]: b\n",
    "~~",
    "|",
    "|-",
    "&",
    "&amp;",
    "<!--",
    "<![CDATA[",
    "<?",
    "<!a",
    "<a b='",
    "<b><i>",
    "<p><b>x",
    "</p>",
    "<blockquote>",
    "\\",
    "<svg>",
    "<math>",
    "<script>",
    "<style>",
    "<select>",
    "<template>",
    "<br>",
    "x<br>",
    "\n",
    "-\n",
    ">\n",
    "+ \n",
    "<h1><h2>",
    "<ruby><rt>",
    "<dl><dt>",
    "<a b=\">\" ",
    "\t",
    "a\n\n",
    "\u{fb2c}",
    "[^1]",
    "<https://e.org/",
    "http://",
    "://",
    "www.",
    "a.www.b.",
    "收(",
    "收(a)",
    "{漢|",
    "[^a]: x\n",
    "<iframe src=//e.org>",
    "<ruby>漢<rt>",
];

fn hostile() -> Vec<String> {
    let mut sources: Vec<String> = PARTS
        .iter()
        .map(|part| part.repeat(20_000 / part.len()))
        .collect();
    sources.extend([">", "[", "<div>"].map(|part| part.repeat(100_000)));
    // Attributes that all differ; columns times rows; levels times lines; stray content in a
    // table; formatting times paragraphs.
    sources.push((0..20_000).fold(String::from("<a"), |tag, n| format!("{tag} a{n}")) + ">x");
    sources.push(format!(
        "{}\n{}\n{}",
        "|a".repeat(10_000),
        "|-".repeat(10_000),
        "|\n".repeat(20_000)
    ));
    sources.push(format!(
        "{}x\n{}",
        "> ".repeat(20_000),
        ">\n".repeat(30_000)
    ));
    sources.push(format!("{}x\n{}", "- ".repeat(20_000), "\n".repeat(60_000)));
    let stairs = (0..400).fold(String::new(), |stairs, depth| {
        stairs + &"  ".repeat(depth) + "- x\n"
    });
    sources.push(stairs + &"\n".repeat(50_000));
    sources.push(format!("<table>{}", "x<br>".repeat(20_000)));
    sources.push(format!(
        "{}{}",
        "<b><i><u><s>".repeat(2_000),
        "<p>x</p>".repeat(10_000)
    ));
    sources.push(format!(
        "[a]: /{}\n\n{}",
        "b".repeat(50_000),
        "[a]".repeat(16_000)
    ));
    sources
}

fn stays_bounded(name: &str, show: impl Fn(&str) -> String) {
    for source in hostile() {
        let head: String = source.chars().take(20).collect();
        let start = Instant::now();
        let shown = show(&source);
        assert!(
            start.elapsed() < BOUND,
            "{name} {head:?} took {:?}",
            start.elapsed()
        );
        assert!(shown.len() < source.len() * 40, "{name} {head:?} grew");
        assert!(deepest(&shown) < 200, "{name} {head:?} nests");
    }
}

#[test]
fn hostile_html_takes_bounded_time_and_room() {
    stays_bounded("html", |source| {
        render(Written::Html(source), Readings::Ruby).html
    });
}

#[test]
fn hostile_markdown_takes_bounded_time_and_room() {
    stays_bounded("markdown", |source| {
        render(Written::Markdown(source), Readings::Ruby).html
    });
}

#[test]
fn hostile_comments_take_bounded_time_and_room() {
    stays_bounded("comment", |source| {
        let longest: String = source.chars().take(COMMENT_MAX_LENGTH).collect();
        render_comment(&longest).html
    });
}

/// Ten times what a body may have, so that whoever widens the limit finds the ground prepared.
#[test]
fn ten_megabytes_take_bounded_time_and_room() {
    let parts = [
        "((",
        "收购(shōugòu)",
        "{漢|",
        "\"'",
        "**a _",
        "# a\n\n",
        "x",
    ];
    std::thread::scope(|scope| {
        for part in parts {
            scope.spawn(move || {
                let source = part.repeat(10_000_000 / part.len());
                let start = Instant::now();
                let shown = render(Written::Markdown(&source), Readings::Ruby);
                assert!(
                    start.elapsed() < 4 * BOUND,
                    "{part:?} took {:?}",
                    start.elapsed()
                );
                let made = shown.html.len() + shown.text.len();
                assert!(made < source.len() * 10, "{part:?} grew");
            });
        }
    });
}

fn deepest(html: &str) -> usize {
    let (mut depth, mut deepest) = (0_usize, 0);
    for tag in html.split('<').skip(1) {
        if tag.starts_with('/') {
            depth = depth.saturating_sub(1);
        } else if !["br", "hr", "img", "wbr"]
            .iter()
            .any(|void| tag.starts_with(void))
        {
            depth += 1;
            deepest = deepest.max(depth);
        }
    }
    deepest
}
