//! Puts HTML in order before it is sanitised.
//!
//! The sanitiser parses as browsers do, and that costs more than linear time on hostile input:
//! each tag looks through all open elements, formatting that was left open is copied into each
//! paragraph that follows, and what is misplaced in a table is searched for its place. Here a
//! document is rewritten, in one pass, so that none of this happens: every element is closed in
//! its order, nesting is bounded, tables hold rows and rows hold cells, and paragraphs hold no
//! blocks. Nothing here is relied upon for safety: that is the sanitiser's task, afterwards.

mod kind;
mod output;

use super::allowlist::AllowList;
use super::tokens::{Piece, tokenize};
use super::tree::{Element, Node, is_space};
use html5ever::interface::Attribute;
use kind::{Kind, holds_against, is_table_frame, kind, sets_apart};
use output::{Open, paragraphs};
use std::ops::ControlFlow;

/// Elements that may be open at once. Deeper ones give way to their content.
const NESTING: usize = 48;

/// The same document, in order, holding only elements and attributes of the list.
pub(super) fn balance(list: &'static AllowList, html: &str) -> Vec<Node> {
    let mut balancer = Balancer {
        list,
        document: Vec::new(),
        open: Vec::new(),
        flattened: Vec::new(),
        gathered: String::new(),
        boundary: false,
        references: 0,
    };
    tokenize(html, |piece| match piece {
        Piece::Text(text) => balancer.gathered.push_str(text),
        Piece::Open { name, attributes } => {
            balancer.flush_text();
            balancer.start(name, attributes);
        }
        Piece::Close(name) => {
            balancer.flush_text();
            balancer.end(name);
        }
    });
    balancer.flush_text();
    balancer.close_down_to(0);
    balancer.document
}

struct Balancer {
    list: &'static AllowList,
    /// What is closed at the top.
    document: Vec<Node>,
    open: Vec<Open>,
    /// Open elements that were too deep to be kept, so that their end tags are passed over too.
    flattened: Vec<&'static str>,
    /// Text gathered since the last tag.
    gathered: String,
    /// A block that is not kept began or ended here: what follows is a new paragraph.
    boundary: bool,
    /// [`REFERENCES`](output) so far in the run of text that is being written.
    references: usize,
}

impl Balancer {
    fn start(&mut self, name: &str, attributes: &[Attribute]) {
        let Some((name, allowed)) = self.list.element(name) else {
            if name == "iframe" {
                self.frame(attributes);
            } else if sets_apart(name) {
                self.set_apart();
            }
            return;
        };
        let kind = kind(name);
        if !self.make_room(name, kind) {
            return;
        }
        let element = self.element(name, allowed, attributes);
        if name == "img" && element.get("src").is_none() {
            // Without an address that may be loaded it shows nothing.
            return;
        }
        match kind {
            Kind::Void | Kind::Rule => self.children().push(Node::Element(element)),
            _ if self.open.len() >= NESTING => self.flattened.push(name),
            _ => self.push(element, kind, false),
        }
    }

    /// A frame becomes a figure that holds a link to what it would show.
    fn frame(&mut self, attributes: &[Attribute]) {
        let source = attributes.iter().find(|each| &*each.name.local == "src");
        let Some(url) = source.and_then(|source| self.list.embedded(&source.value)) else {
            return;
        };
        self.make_room("figure", Kind::Block);
        let mut link = Element::holding("a", vec![Node::Text(url.clone())]);
        link.set("href", url);
        let figure = Element::holding("figure", vec![Node::Element(link)]);
        self.children().push(Node::Element(figure));
    }

    /// Closes and opens what must be so that an element of this kind can stand here. False if it
    /// cannot.
    fn make_room(&mut self, name: &'static str, kind: Kind) -> bool {
        match kind {
            Kind::Inline => {
                let fits = match name {
                    "a" => !self.open.iter().any(|open| open.element.name == "a"),
                    "rt" | "rp" => {
                        self.close_top_if(|open| matches!(open.element.name, "rt" | "rp"));
                        self.top_name() == Some("ruby")
                    }
                    _ => true,
                };
                if fits {
                    self.prepare_line();
                }
                fits
            }
            Kind::Void => {
                self.prepare_line();
                true
            }
            Kind::Rule
            | Kind::Paragraph
            | Kind::Heading
            | Kind::List
            | Kind::Block
            | Kind::Table => {
                self.ensure_cell();
                self.close_paragraph();
                if kind == Kind::Heading {
                    self.close_top_if(|open| open.kind == Kind::Heading);
                }
                self.boundary = false;
                true
            }
            Kind::Item => self.make_room_for_item(name),
            Kind::Caption | Kind::RowGroup | Kind::Row | Kind::Cell => {
                self.make_room_in_table(kind)
            }
        }
    }

    fn make_room_for_item(&mut self, name: &str) -> bool {
        self.close_paragraph();
        let list = self.nearest(|open| match open.kind {
            Kind::List => ControlFlow::Break(true),
            Kind::Table | Kind::Cell | Kind::Caption | Kind::Row | Kind::RowGroup => {
                ControlFlow::Break(false)
            }
            _ => ControlFlow::Continue(()),
        });
        let fits = list.is_some_and(|at| {
            self.open
                .get(at)
                .is_some_and(|list| (list.element.name == "dl") == (name != "li"))
        });
        match list {
            Some(at) if fits => self.close_down_to(at + 1),
            _ => self.set_apart(),
        }
        self.boundary &= !fits;
        fits
    }

    fn make_room_in_table(&mut self, kind: Kind) -> bool {
        let Some(table) = self.open.iter().rposition(|open| open.kind == Kind::Table) else {
            self.set_apart();
            return false;
        };
        let last = |kinds: &[Kind]| {
            let at = self
                .open
                .iter()
                .rposition(|open| kinds.contains(&open.kind));
            at.filter(|&at| at > table).unwrap_or(table)
        };
        let (row, group) = (last(&[Kind::Row]), last(&[Kind::RowGroup]));
        match kind {
            Kind::Cell if row > table => self.close_down_to(row + 1),
            Kind::Cell => {
                self.close_down_to(group + 1);
                self.push(Element::new("tr"), Kind::Row, true);
            }
            Kind::Row => self.close_down_to(group + 1),
            _ => self.close_down_to(table + 1),
        }
        self.boundary = false;
        true
    }

    fn end(&mut self, name: &str) {
        let Some((name, _)) = self.list.element(name) else {
            if sets_apart(name) {
                self.set_apart();
            }
            return;
        };
        if self
            .flattened
            .pop_if(|flattened| *flattened == name)
            .is_some()
        {
            return;
        }
        let ended = kind(name);
        let found = self.nearest(|open| {
            let same =
                open.element.name == name || (ended == Kind::Heading && open.kind == Kind::Heading);
            if same {
                ControlFlow::Break(true)
            } else if holds_against(open.kind, ended) {
                ControlFlow::Break(false)
            } else {
                ControlFlow::Continue(())
            }
        });
        match found {
            Some(at) => {
                self.close_down_to(at);
                self.boundary &= ended == Kind::Inline;
            }
            None if !matches!(ended, Kind::Inline | Kind::Void | Kind::Paragraph) => {
                self.set_apart();
            }
            None => {}
        }
    }

    fn flush_text(&mut self) {
        if self.gathered.is_empty() {
            return;
        }
        let text = std::mem::take(&mut self.gathered);
        let mut text = text.as_str();
        if self.top_name() == Some("pre") && self.at_start_of_content() {
            // A parser drops one line break here, so that one more would be lost each time.
            text = text.trim_start_matches(['\n', '\r']);
        }
        let stray = self.open.last().is_some_and(Self::is_stray_paragraph);
        if stray || (self.open.is_empty() && !text.chars().all(is_space)) {
            for (place, paragraph) in paragraphs(text).enumerate() {
                if place > 0 && self.open.last().is_some_and(Self::is_stray_paragraph) {
                    self.close_paragraph();
                    self.text("\n\n");
                }
                self.line(paragraph);
            }
        } else {
            self.line(text);
        }
    }

    /// Writes text into the line that is open, or into a new one.
    fn line(&mut self, text: &str) {
        let shown = text.trim_start_matches(is_space);
        if shown.is_empty() {
            let in_table = self.open.last().is_some_and(|top| is_table_frame(top.kind));
            if !in_table || text.contains('\n') {
                self.text(text);
            }
            return;
        }
        let before = self.open.len();
        self.prepare_line();
        let began = self.open.len() > before && self.open.last().is_some_and(|top| top.implied);
        self.text(if began { shown } else { text });
    }

    /// Opens what must be open before something that flows within a line.
    fn prepare_line(&mut self) {
        self.ensure_cell();
        let boundary = std::mem::take(&mut self.boundary);
        if self.in_paragraph() {
            return;
        }
        let implied = match self.open.last() {
            None => true,
            Some(top) => match top.kind {
                Kind::Block => {
                    top.element.name == "blockquote" || (boundary && top.element.name == "figure")
                }
                // An annotation ends a paragraph that stands among the annotated characters.
                Kind::Inline => {
                    boundary && !self.open.iter().any(|open| open.element.name == "ruby")
                }
                Kind::Item | Kind::Cell => boundary && top.element.name != "dt",
                _ => false,
            },
        };
        if implied && self.list.element("p").is_some() {
            self.push(Element::new("p"), Kind::Paragraph, true);
        } else if boundary && !self.at_start_of_content() {
            self.text(" ");
        }
    }

    /// Puts what stands in a table, but in none of its cells, into one.
    fn ensure_cell(&mut self) {
        if self
            .open
            .last()
            .is_some_and(|top| matches!(top.kind, Kind::Table | Kind::RowGroup))
        {
            self.push(Element::new("tr"), Kind::Row, true);
        }
        if self.open.last().is_some_and(|top| top.kind == Kind::Row) {
            self.push(Element::new("td"), Kind::Cell, true);
        }
    }

    fn set_apart(&mut self) {
        self.close_paragraph();
        self.boundary = true;
    }
}
