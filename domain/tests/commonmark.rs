//! The examples of the `CommonMark` specification, as far as articles may hold what they show.
//!
//! `BROADSHEET_TEST_COMMONMARK_SPEC` names the specification (`spec.txt` of the npm package
//! `commonmark-spec`): it is not ours to keep here. Without it this says so, and tests nothing.

use domain::text::{Readings, Written, render};

/// What articles show otherwise, and why.
const OTHERWISE: &[(usize, &str)] = &[
    (602, "the address in it is a link"),
    (608, "the address in it is a link"),
    (611, "a bare address is a link"),
];

/// The examples whose HTML holds what an article may not, so that something of it is left out or put
/// in order: scripts, comments, unknown elements and attributes, addresses of unknown schemes, text
/// outside any element.
const REMOVED: &[usize] = &[
    21, 25, 31, 34, 126, 130, 144, 148, 149, 150, 151, 152, 153, 154, 155, 156, 157, 158, 159, 160,
    161, 162, 163, 164, 165, 166, 167, 169, 170, 171, 172, 173, 174, 175, 176, 177, 178, 179, 180,
    181, 182, 183, 184, 185, 186, 187, 188, 189, 190, 191, 201, 237, 265, 308, 309, 333, 334, 344,
    353, 475, 476, 477, 484, 487, 491, 494, 524, 536, 596, 598, 599, 601, 613, 614, 615, 616, 617,
    623, 625, 626, 627, 628, 629, 630, 631, 642, 643,
];

/// An example: its number, what is written, and what it becomes.
fn examples(spec: &str) -> Vec<(usize, String, String)> {
    let fence = "`".repeat(32);
    let mut examples = Vec::new();
    let mut lines = spec.lines();
    while let Some(line) = lines.next() {
        if line != format!("{fence} example") {
            continue;
        }
        let within: Vec<&str> = lines.by_ref().take_while(|line| *line != fence).collect();
        let dot = within.iter().position(|line| *line == ".");
        let (markdown, html) = within.split_at(dot.unwrap_or(within.len()));
        let text = |lines: &[&str]| {
            let lines = lines.iter().map(|line| line.replace('→', "\t") + "\n");
            lines.collect::<String>()
        };
        let number = examples.len() + 1;
        examples.push((
            number,
            text(markdown),
            text(html.get(1..).unwrap_or_default()),
        ));
    }
    examples
}

#[test]
fn the_examples_of_the_specification_are_shown_as_it_says() {
    let Some(path) = std::env::var_os("BROADSHEET_TEST_COMMONMARK_SPEC") else {
        println!("BROADSHEET_TEST_COMMONMARK_SPEC is not set: no example was looked at");
        return;
    };
    let spec = std::fs::read_to_string(path).unwrap();
    let examples = examples(&spec);
    assert!(examples.len() > 600, "{}", examples.len());
    let mut wrong = Vec::new();
    let mut removed = Vec::new();
    for (number, markdown, html) in &examples {
        let shown = render(Written::Markdown(markdown), Readings::Keep).html;
        // What the specification expects, with what articles may not hold taken out of it.
        let expected = render(Written::Html(html), Readings::Keep).html;
        if squeezed(&plain(&expected)) != squeezed(&plain(html.trim())) {
            removed.push(*number);
        }
        let same = squeezed(&shown) == squeezed(&expected);
        let known = OTHERWISE.iter().any(|(other, _)| other == number);
        if same == known {
            wrong.push(format!(
                "{number}: {markdown:?}\n  shown    {shown:?}\n  expected {expected:?}"
            ));
        }
    }
    assert!(
        wrong.is_empty(),
        "{} examples:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
    assert_eq!(removed, REMOVED);
}

/// HTML without what articles add, and in one spelling.
fn plain(html: &str) -> String {
    let mut html = html.replace(" />", ">").replace("&quot;", "\"");
    for added in [" rel=\"noopener\"", " loading=\"lazy\""] {
        html = html.replace(added, "");
    }
    let mut parts = html.split(" id=\"h-");
    let mut plain = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        plain.push_str(part.split_once('"').map_or("", |(_, behind)| behind));
    }
    plain
}

/// White space between tags shows nothing, and the specification does not care about it.
fn squeezed(html: &str) -> String {
    html.replace(">\n", ">").replace("\n<", "<")
}
