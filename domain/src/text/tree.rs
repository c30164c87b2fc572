//! A body as a tree: what every form of it is made from.
//!
//! It holds nothing but elements and attributes of an [`AllowList`], in order: blocks hold lines,
//! tables hold rows, nesting is bounded.

/// A part of a tree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Node {
    Element(Element),
    Text(String),
}

/// An element with what it holds.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Element {
    pub(super) name: &'static str,
    pub(super) attributes: Vec<(&'static str, String)>,
    pub(super) children: Vec<Node>,
}

impl Node {
    pub(super) fn element(&self) -> Option<&Element> {
        match self {
            Self::Element(element) => Some(element),
            Self::Text(_) => None,
        }
    }

    pub(super) fn is_element(&self, name: &str) -> bool {
        self.element().is_some_and(|element| element.name == name)
    }

    /// White space between blocks, which shows nothing.
    pub(super) fn is_space(&self) -> bool {
        matches!(self, Self::Text(text) if text.chars().all(is_space))
    }
}

impl Element {
    pub(super) fn new(name: &'static str) -> Self {
        Self {
            name,
            ..Self::default()
        }
    }

    pub(super) fn holding(name: &'static str, children: Vec<Node>) -> Self {
        Self {
            name,
            children,
            ..Self::default()
        }
    }

    pub(super) fn get(&self, attribute: &str) -> Option<&str> {
        let found = self.attributes.iter().find(|(name, _)| *name == attribute);
        found.map(|(_, value)| value.as_str())
    }

    pub(super) fn set(&mut self, attribute: &'static str, value: String) {
        match self
            .attributes
            .iter_mut()
            .find(|(name, _)| *name == attribute)
        {
            Some((_, old)) => *old = value,
            None => self.attributes.push((attribute, value)),
        }
    }

    /// Its number, where it says one.
    pub(super) fn number(&self, attribute: &str) -> Option<i32> {
        self.get(attribute)?.parse().ok()
    }

    /// The elements it holds directly.
    pub(super) fn elements(&self) -> impl Iterator<Item = &Self> {
        self.children.iter().filter_map(Node::element)
    }
}

/// Adds text behind what is there, as part of it if that is text, too.
pub(super) fn push_text(children: &mut Vec<Node>, text: &str) {
    match children.last_mut() {
        Some(Node::Text(before)) => before.push_str(text),
        _ => children.push(Node::Text(text.to_owned())),
    }
}

/// The level of a heading, by its name.
pub(super) fn heading_level(name: &str) -> Option<u8> {
    match name.as_bytes() {
        [b'h', level @ b'1'..=b'6'] => Some(level - b'0'),
        _ => None,
    }
}

/// Whether an element is shown as a line or more of its own.
pub(super) fn is_block(name: &str) -> bool {
    heading_level(name).is_some()
        || matches!(
            name,
            "p" | "blockquote"
                | "pre"
                | "figure"
                | "figcaption"
                | "table"
                | "caption"
                | "thead"
                | "tbody"
                | "tfoot"
                | "tr"
                | "td"
                | "th"
                | "ul"
                | "ol"
                | "dl"
                | "li"
                | "dt"
                | "dd"
                | "hr"
        )
}

/// White space as HTML knows it.
pub(super) const fn is_space(character: char) -> bool {
    matches!(character, ' ' | '\t' | '\n' | '\r' | '\u{c}')
}

/// The tree as HTML. What it writes is not relied upon to be safe: the sanitiser reads it.
pub(super) fn to_html(nodes: &[Node], out: &mut String) {
    for node in nodes {
        match node {
            Node::Text(text) => escape(out, text),
            Node::Element(element) => element_to_html(element, out),
        }
    }
}

fn element_to_html(element: &Element, out: &mut String) {
    out.push('<');
    out.push_str(element.name);
    for (name, value) in &element.attributes {
        out.push(' ');
        out.push_str(name);
        out.push_str("=\"");
        escape(out, value);
        out.push('"');
    }
    out.push('>');
    if matches!(element.name, "br" | "hr" | "img" | "wbr") {
        return;
    }
    to_html(&element.children, out);
    out.push_str("</");
    out.push_str(element.name);
    out.push('>');
}

/// Writes text so that it is read as text, in content and in quoted attributes.
pub(super) fn escape(out: &mut String, text: &str) {
    let mut rest = text;
    while let Some(at) = rest.find(['&', '<', '>', '"']) {
        let (plain, special) = rest.split_at(at);
        out.push_str(plain);
        let mut characters = special.chars();
        out.push_str(match characters.next() {
            Some('&') => "&amp;",
            Some('<') => "&lt;",
            Some('>') => "&gt;",
            _ => "&quot;",
        });
        rest = characters.as_str();
    }
    out.push_str(rest);
}
