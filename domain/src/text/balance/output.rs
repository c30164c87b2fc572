//! What is open, what it holds so far, and how both stay in step.

use super::Balancer;
use super::kind::Kind;
use crate::text::allowlist::keeps;
use crate::text::tree::{Element, Node, is_space, push_text};
use html5ever::interface::Attribute;
use std::ops::ControlFlow;

/// Characters with a written-out form (`&`, no-break spaces) in one run of text. For each of
/// them the serialiser looks through the run to its end, so a longer row is broken up by an
/// element that shows nothing.
const REFERENCES: usize = 1024;

/// An open element.
pub(super) struct Open {
    pub(super) element: Element,
    pub(super) kind: Kind,
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
        self.open.last().map(|open| open.element.name)
    }

    pub(super) fn at_start_of_content(&mut self) -> bool {
        self.children().is_empty()
    }

    /// What the innermost open element holds, or the document.
    pub(super) fn children(&mut self) -> &mut Vec<Node> {
        match self.open.last_mut() {
            Some(open) => &mut open.element.children,
            None => &mut self.document,
        }
    }

    pub(super) fn close_top_if(&mut self, judge: impl Fn(&Open) -> bool) {
        if self.open.last().is_some_and(judge) {
            self.close_down_to(self.open.len().saturating_sub(1));
        }
    }

    pub(super) fn push(&mut self, element: Element, kind: Kind, implied: bool) {
        self.open.push(Open {
            element,
            kind,
            implied,
        });
    }

    /// Closes the innermost elements until only `count` are open. Paragraphs and inline elements
    /// without content leave no trace.
    pub(super) fn close_down_to(&mut self, count: usize) {
        while self.open.len() > count {
            let Some(mut open) = self.open.pop() else {
                return;
            };
            let empty = match open.kind {
                Kind::Paragraph => open.element.children.iter().all(Node::is_space),
                Kind::Inline => open.element.children.is_empty(),
                _ => false,
            };
            if empty {
                continue;
            }
            if Self::is_stray_paragraph(&open) {
                trim_end(&mut open.element.children);
            }
            self.children().push(Node::Element(open.element));
        }
    }

    /// The element as the list lets it be: attributes that it does not name are left out, and so
    /// are addresses that lead nowhere safe.
    pub(super) fn element(
        &self,
        name: &'static str,
        allowed: &[&'static str],
        attributes: &[Attribute],
    ) -> Element {
        let mut element = Element::new(name);
        for attribute in attributes {
            let (key, value) = (&*attribute.name.local, &*attribute.value);
            let listed = allowed.iter().chain(self.list.everywhere);
            let Some(listed) = listed.copied().find(|listed| *listed == key) else {
                continue;
            };
            let leads = matches!(listed, "href" | "src" | "cite");
            if keeps(listed, value) && (!leads || self.list.keeps_url(value)) {
                element.attributes.push((listed, value.to_owned()));
            }
        }
        element
    }

    pub(super) fn text(&mut self, text: &str) {
        if !matches!(self.children().last(), Some(Node::Text(_))) {
            self.references = 0;
        }
        let mut from = 0;
        let referred = text.bytes().any(|byte| matches!(byte, b'&' | 0xc2));
        if referred && self.list.element("wbr").is_some() {
            for (at, character) in text.char_indices() {
                // The serialiser takes every character that begins like U+00A0 for one.
                if matches!(character, '&' | '\u{80}'..='\u{bf}') {
                    self.references += 1;
                    if self.references > REFERENCES {
                        let piece = text.get(from..at).unwrap_or_default();
                        let children = self.children();
                        push_text(children, piece);
                        children.push(Node::Element(Element::new("wbr")));
                        from = at;
                        self.references = 1;
                    }
                }
            }
        }
        push_text(self.children(), text.get(from..).unwrap_or_default());
    }
}

fn trim_end(children: &mut Vec<Node>) {
    if let Some(Node::Text(text)) = children.last_mut() {
        text.truncate(text.trim_end_matches(is_space).len());
        if text.is_empty() {
            children.pop();
        }
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
