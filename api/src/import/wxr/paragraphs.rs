//! The paragraphs that classic WordPress content only implies: a blank line begins a new one, a
//! single line end is a line break. Block elements stand as they are.

use super::markup::{Tag, cut, next_tag};

/// How deep quotations are followed; deeper ones are left as written.
const MAX_DEPTH: u8 = 12;

const BLOCKS: &[&str] = &[
    "address",
    "article",
    "aside",
    "blockquote",
    "center",
    "dd",
    "details",
    "dialog",
    "div",
    "dl",
    "dt",
    "fieldset",
    "figcaption",
    "figure",
    "footer",
    "form",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "header",
    "hr",
    "iframe",
    "li",
    "main",
    "menu",
    "nav",
    "object",
    "ol",
    "p",
    "pre",
    "script",
    "section",
    "style",
    "summary",
    "table",
    "tbody",
    "td",
    "tfoot",
    "th",
    "thead",
    "tr",
    "ul",
    "video",
    "audio",
];

/// HTML with its paragraphs written out.
///
/// Content of the block editor already says where they are and is returned as it is.
pub(super) fn paragraphs(source: &str) -> String {
    let source = source.replace("\r\n", "\n").replace('\r', "\n");
    if source.contains("<!-- wp:") {
        return source;
    }
    separate(&source, 0)
}

fn separate(source: &str, depth: u8) -> String {
    let mut out = String::with_capacity(source.len().saturating_add(source.len() / 8));
    let mut flow = String::new();
    let mut rest = source;
    while let Some((before, tag, after)) = next_tag(rest) {
        flow.push_str(before);
        rest = after;
        if !is_block(tag.name) {
            flow.push_str(tag.text);
        } else if tag.closing {
            // Its beginning was never seen; the sanitiser would drop it too.
            flush(&mut out, &mut flow);
        } else {
            flush(&mut out, &mut flow);
            rest = block(&mut out, tag, after, depth);
        }
    }
    flow.push_str(rest);
    flush(&mut out, &mut flow);
    out
}

/// Writes one block element and returns what follows it.
fn block<'s>(out: &mut String, tag: Tag<'_>, after: &'s str, depth: u8) -> &'s str {
    out.push_str(tag.text);
    if tag.name.eq_ignore_ascii_case("hr") || tag.text.ends_with("/>") {
        out.push('\n');
        return after;
    }
    let (inner, end, rest) = inside(after, tag.name);
    let nested = ["blockquote", "div", "section", "article", "center"]
        .iter()
        .any(|name| tag.name.eq_ignore_ascii_case(name));
    if nested && depth < MAX_DEPTH && inner.contains('\n') {
        out.push_str(&separate(inner, depth.saturating_add(1)));
    } else {
        out.push_str(inner);
    }
    out.push_str(end);
    out.push('\n');
    rest
}

/// What is inside of the element, its end tag (empty when it is never closed) and the rest.
fn inside<'s>(text: &'s str, name: &str) -> (&'s str, &'s str, &'s str) {
    let mut open = 1_u32;
    let mut rest = text;
    while let Some((_, tag, after)) = next_tag(rest) {
        rest = after;
        if !tag.name.eq_ignore_ascii_case(name) {
            continue;
        }
        open = if tag.closing {
            open.saturating_sub(1)
        } else {
            open.saturating_add(1)
        };
        if open == 0 {
            let length = text
                .len()
                .saturating_sub(after.len())
                .saturating_sub(tag.text.len());
            return (cut(text, length).0, tag.text, after);
        }
    }
    (text, "", "")
}

fn is_block(name: &str) -> bool {
    BLOCKS.iter().any(|block| name.eq_ignore_ascii_case(block))
}

fn flush(out: &mut String, flow: &mut String) {
    let mut paragraph: Vec<&str> = Vec::new();
    for line in flow.lines().map(str::trim).chain(std::iter::once("")) {
        if !line.is_empty() {
            paragraph.push(line);
            continue;
        }
        if paragraph.is_empty() {
            continue;
        }
        let only_comment = paragraph.iter().all(|line| line.starts_with("<!--"));
        out.push_str(if only_comment { "" } else { "<p>" });
        for (number, line) in paragraph.iter().enumerate() {
            if number > 0 {
                let broken = paragraph
                    .get(number.saturating_sub(1))
                    .is_some_and(|previous| ends_with_break(previous));
                out.push_str(if broken || only_comment {
                    "\n"
                } else {
                    "<br>\n"
                });
            }
            out.push_str(line);
        }
        out.push_str(if only_comment { "\n" } else { "</p>\n" });
        paragraph.clear();
    }
    flow.clear();
}

fn ends_with_break(line: &str) -> bool {
    let line = line.to_ascii_lowercase();
    ["<br>", "<br/>", "<br />"]
        .iter()
        .any(|ending| line.ends_with(ending))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blank_lines_part_paragraphs_and_line_ends_break_lines() {
        assert_eq!(
            paragraphs("One\r\ntwo\r\n\r\n \r\nThree <em>four</em>"),
            "<p>One<br>\ntwo</p>\n<p>Three <em>four</em></p>\n"
        );
        assert_eq!(paragraphs("a<br />\nb"), "<p>a<br />\nb</p>\n");
        assert_eq!(paragraphs(""), "");
        assert_eq!(paragraphs(" \n\n "), "");
    }

    #[test]
    fn blocks_stand_as_they_are() {
        assert_eq!(
            paragraphs("Before\n<ul>\n\t<li>a</li>\n\n\t<li>b</li>\n</ul>\nAfter"),
            "<p>Before</p>\n<ul>\n\t<li>a</li>\n\n\t<li>b</li>\n</ul>\n<p>After</p>\n"
        );
        assert_eq!(paragraphs("<h2>T</h2>text"), "<h2>T</h2>\n<p>text</p>\n");
        assert_eq!(paragraphs("<pre>a\n\nb</pre>"), "<pre>a\n\nb</pre>\n");
        assert_eq!(paragraphs("<p>a</p>\n\n<p>b</p>"), "<p>a</p>\n<p>b</p>\n");
        assert_eq!(paragraphs("a\n<hr>\nb"), "<p>a</p>\n<hr>\n<p>b</p>\n");
        assert_eq!(
            paragraphs("<table><tr><td><table><tr></tr></table></td></tr></table>x"),
            "<table><tr><td><table><tr></tr></table></td></tr></table>\n<p>x</p>\n"
        );
    }

    #[test]
    fn quotations_have_paragraphs_of_their_own() {
        assert_eq!(
            paragraphs("<blockquote>a\n\nb</blockquote>"),
            "<blockquote><p>a</p>\n<p>b</p>\n</blockquote>\n"
        );
    }

    #[test]
    fn block_editor_content_and_comments_are_left_alone() {
        let blocks = "<!-- wp:paragraph -->\n<p>a\nb</p>\n<!-- /wp:paragraph -->";
        assert_eq!(paragraphs(blocks), blocks);
        assert_eq!(
            paragraphs("a\n\n<!--more-->\n\nb"),
            "<p>a</p>\n<!--more-->\n<p>b</p>\n"
        );
    }

    #[test]
    fn broken_markup_neither_panics_nor_takes_for_ever() {
        for source in [
            "<",
            "<p",
            "<div><div>",
            "</div>",
            "a </p> b",
            "<blockquote>a\n\nb",
            "é<é",
        ] {
            let _ = paragraphs(source);
        }
        let deep = "<blockquote>\n".repeat(2_000);
        assert!(paragraphs(&deep).len() >= deep.len());
    }
}
