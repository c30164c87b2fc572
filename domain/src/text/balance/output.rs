//! What is open, what has been written, and how both stay in step.

use super::Balancer;
use super::kind::Kind;
use html5ever::interface::Attribute;
use std::ops::ControlFlow;

/// Characters with a written-out form (`&`, no-break spaces) in one run of text. For each of
/// them the serialiser looks through the run to its end, so a longer row is broken up by an
/// element that shows nothing.
const REFERENCES: usize = 1024;

/// An open element.
pub(super) struct Open {
    pub(super) name: &'static str,
    pub(super) kind: Kind,
    /// Where its start tag begins in the output, and where its content does.
    tag_at: usize,
    content_at: usize,
    /// Not in the source: a paragraph or a cell put around stray text.
    pub(super) implied: bool,
}

impl Balancer {
    /// A paragraph holds only what flows within a line, so that it is found above the last block
    /// or not at all.
    pub(super) fn paragraph(&self) -> Option<usize> {
        self.nearest(|open| match open.kind {
            Kind::Paragraph => ControlFlow::Break(true),
            Kind::Inline => ControlFlow::Continue(()),
            _ => ControlFlow::Break(false),
        })
    }

    pub(super) fn in_paragraph(&self) -> bool {
        self.paragraph().is_some()
    }

    pub(super) fn close_paragraph(&mut self) {
        if let Some(at) = self.paragraph() {
            self.close_down_to(at);
        }
    }

    pub(super) fn is_stray_paragraph(open: &Open) -> bool {
        open.implied && open.kind == Kind::Paragraph
    }

    /// The nearest open element that `judge` breaks with `true` for, unless it breaks with
    /// `false` before.
    pub(super) fn nearest(&self, judge: impl Fn(&Open) -> ControlFlow<bool>) -> Option<usize> {
        for (at, open) in self.open.iter().enumerate().rev() {
            if let ControlFlow::Break(found) = judge(open) {
                return found.then_some(at);
            }
        }
        None
    }

    pub(super) fn top_name(&self) -> Option<&'static str> {
        self.open.last().map(|open| open.name)
    }

    pub(super) fn at_start_of_content(&self) -> bool {
        self.open.last().map_or(0, |open| open.content_at) == self.out.len()
    }

    pub(super) fn close_top_if(&mut self, judge: impl Fn(&Open) -> bool) {
        if self.open.last().is_some_and(judge) {
            self.close_down_to(self.open.len().saturating_sub(1));
        }
    }

    pub(super) fn push(&mut self, name: &'static str, kind: Kind, tag: &str, implied: bool) {
        let tag_at = self.out.len();
        self.out.push_str(tag);
        self.open.push(Open {
            name,
            kind,
            tag_at,
            content_at: self.out.len(),
            implied,
        });
    }

    /// Closes the innermost elements until only `count` are open. Paragraphs and inline elements
    /// without content leave no trace.
    pub(super) fn close_down_to(&mut self, count: usize) {
        while self.open.len() > count {
            let Some(open) = self.open.pop() else { return };
            let content = self.out.get(open.content_at..).unwrap_or_default();
            let empty = match open.kind {
                Kind::Paragraph => content.chars().all(is_space),
                Kind::Inline => content.is_empty(),
                _ => false,
            };
            if empty {
                self.out.truncate(open.tag_at);
                continue;
            }
            if Self::is_stray_paragraph(&open) {
                let trimmed = content.trim_end_matches(is_space).len();
                self.out.truncate(open.content_at + trimmed);
            }
            self.out.push_str("</");
            self.out.push_str(open.name);
            self.out.push('>');
        }
    }

    pub(super) fn tag(&self, name: &str, allowed: &[&str], attributes: &[Attribute]) -> String {
        let mut tag = format!("<{name}");
        for attribute in attributes {
            let (key, value) = (&*attribute.name.local, &*attribute.value);
            if !self.list.keeps(allowed, key, value) {
                continue;
            }
            tag.push(' ');
            tag.push_str(key);
            tag.push_str("=\"");
            value
                .chars()
                .for_each(|character| escape(&mut tag, character));
            tag.push('"');
        }
        tag.push('>');
        tag
    }

    /// An image without an address that may be loaded shows nothing.
    pub(super) fn is_source(&self, attribute: &Attribute) -> bool {
        &*attribute.name.local == "src"
            && self.list.keeps(&["src"], "src", &attribute.value)
            && self.list.keeps_url(&attribute.value)
    }

    pub(super) fn escape(&mut self, text: &str) {
        if self.out.len() != self.text_end {
            self.references = 0;
        }
        for character in text.chars() {
            // The serialiser takes every character that begins like U+00A0 for one.
            if matches!(character, '&' | '\u{80}'..='\u{bf}') {
                self.references += 1;
                if self.references > REFERENCES && self.list.element("wbr").is_some() {
                    self.out.push_str("<wbr>");
                    self.references = 1;
                }
            }
            escape(&mut self.out, character);
        }
        self.text_end = self.out.len();
    }
}

/// Splits text at its blank lines.
pub(super) fn paragraphs(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = Some(text);
    std::iter::from_fn(move || {
        let text = rest?;
        let mut from = 0;
        while let Some(at) = text
            .get(from..)
            .and_then(|tail| tail.find('\n'))
            .map(|at| at + from)
        {
            let after = text.get(at + 1..).unwrap_or_default();
            let blank = after.trim_start_matches([' ', '\t', '\r']);
            if blank.starts_with('\n') {
                rest = Some(blank.trim_start_matches(is_space));
                return text.get(..at);
            }
            from = at + 1;
        }
        rest = None;
        Some(text)
    })
}

pub(super) const fn is_space(character: char) -> bool {
    matches!(character, ' ' | '\t' | '\n' | '\r' | '\u{c}')
}

fn escape(out: &mut String, character: char) {
    match character {
        '&' => out.push_str("&amp;"),
        '<' => out.push_str("&lt;"),
        '>' => out.push_str("&gt;"),
        '"' => out.push_str("&quot;"),
        _ => out.push(character),
    }
}
