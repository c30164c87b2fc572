//! Plain text from a tree.

use super::tree::{Element, Node, is_space};

/// The text of a tree: paragraphs, headings and other blocks separated by a blank line, items of
/// lists and rows of tables by a line break, cells by a tab. Outside `pre`, white space is folded as
/// a browser folds it. Readings over characters are left out: what they stand over is the text.
pub(super) fn plain_text(nodes: &[Node]) -> String {
    let mut writer = Writer::default();
    writer.nodes(nodes);
    writer.out.truncate(writer.out.trim_end().len());
    writer.out
}

#[derive(Default)]
struct Writer {
    out: String,
    /// Line breaks due before the next text.
    breaks: usize,
    /// A blank due before the next text, if no line break is.
    blank: Option<char>,
    pre: bool,
}

impl Writer {
    fn nodes(&mut self, nodes: &[Node]) {
        for node in nodes {
            match node {
                Node::Text(text) => self.text(text),
                Node::Element(element) => self.element(element),
            }
        }
    }

    fn element(&mut self, element: &Element) {
        match element.name {
            "rt" | "rp" => {}
            _ if is_note_mark(element) => {}
            "br" => {
                self.breaks = (self.breaks + 1).min(2);
                self.blank = None;
            }
            "td" | "th" => {
                if self.breaks == 0 && !self.out.is_empty() {
                    self.blank = Some('\t');
                }
                self.nodes(&element.children);
            }
            name => {
                let within = self.pre;
                self.pre |= name == "pre";
                self.separate(name);
                self.nodes(&element.children);
                self.separate(name);
                self.pre = within;
            }
        }
    }

    fn separate(&mut self, name: &str) {
        let breaks = match name {
            "p" | "h1" | "h2" | "h3" | "h4" | "h5" | "h6" | "blockquote" | "pre" | "figure"
            | "figcaption" | "table" | "caption" | "ul" | "ol" | "dl" | "hr" => 2,
            "li" | "tr" | "dt" | "dd" => 1,
            _ => return,
        };
        self.breaks = self.breaks.max(breaks);
        self.blank = None;
    }

    fn text(&mut self, text: &str) {
        if self.pre {
            for line in text.split_inclusive('\n') {
                self.write(line.trim_end_matches('\n'));
                if line.ends_with('\n') {
                    self.breaks += 1;
                    self.blank = None;
                }
            }
            return;
        }
        for (place, word) in text.split(is_space).enumerate() {
            if place > 0 {
                self.blank = self.blank.or(Some(' '));
            }
            self.write(word);
        }
    }

    fn write(&mut self, text: &str) {
        if text.is_empty() {
            return;
        }
        if !self.out.is_empty() {
            if self.breaks > 0 {
                self.out.extend(std::iter::repeat_n('\n', self.breaks));
            } else if let Some(blank) = self.blank {
                self.out.push(blank);
            }
        }
        self.breaks = 0;
        self.blank = None;
        self.out.push_str(text);
    }
}

/// The number of a footnote in the text, and what leads back from it: nobody reads them aloud.
fn is_note_mark(element: &Element) -> bool {
    let leads = |link: &Element, to: &str| link.get("href").is_some_and(|at| at.starts_with(to));
    match (element.name, element.children.as_slice()) {
        ("a", _) => leads(element, "#fnref-"),
        ("sup", [Node::Element(link)]) => leads(link, "#fn-"),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::allowlist::ARTICLE;
    use crate::text::balance::balance;

    fn text(html: &str) -> String {
        plain_text(&balance(&ARTICLE, html))
    }

    #[test]
    fn blocks_are_set_apart() {
        let html = "<h2>Title</h2>\n<p>One\n <em>two</em>  three.<br>Four</p><p>Five &amp; six</p>\
                    <ul><li>a</li><li>b</li></ul><table><tr><th>x</th><td>y</td></tr><tr><td>z</td></tr></table>";
        assert_eq!(
            text(html),
            "Title\n\nOne two three.\nFour\n\nFive & six\n\na\nb\n\nx\ty\nz"
        );
    }

    #[test]
    fn code_keeps_its_lines() {
        assert_eq!(
            text("<p>a</p><pre><code>b\n\n\n  c\n</code></pre><p>d</p>"),
            "a\n\nb\n\n\n  c\n\nd"
        );
    }

    #[test]
    fn readings_are_left_out() {
        assert_eq!(
            text("<p><ruby>收购<rt>shōugòu</rt></ruby>股份</p>"),
            "收购股份"
        );
        assert_eq!(
            text("<ruby>漢<rp>(</rp><rt>kan</rt><rp>)</rp></ruby>字"),
            "漢字"
        );
    }
}
