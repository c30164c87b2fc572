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
use html5ever::interface::Attribute;
use kind::{Kind, holds_against, is_table_frame, kind, sets_apart};
use output::{Open, is_space, paragraphs};
use std::ops::ControlFlow;

/// Elements that may be open at once. Deeper ones give way to their content.
const NESTING: usize = 48;

/// The same document, in order, holding only elements and attributes of the list.
pub(super) fn balance(list: &'static AllowList, html: &str) -> String {
    let mut balancer = Balancer {
        list,
        out: String::with_capacity(html.len() + html.len() / 8),
        open: Vec::new(),
        flattened: Vec::new(),
        text: String::new(),
        boundary: false,
        references: 0,
        text_end: 0,
    };
    tokenize(html, |piece| match piece {
        Piece::Text(text) => balancer.text.push_str(text),
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
    balancer.out
}

struct Balancer {
    list: &'static AllowList,
    out: String,
    open: Vec<Open>,
    /// Open elements that were too deep to be kept, so that their end tags are passed over too.
    flattened: Vec<&'static str>,
    /// Text gathered since the last tag.
    text: String,
    /// A block that is not kept began or ended here: what follows is a new paragraph.
    boundary: bool,
    /// [`REFERENCES`] so far in the run of text that ends at `text_end` in the output.
    references: usize,
    text_end: usize,
}

impl Balancer {
    fn start(&mut self, name: &str, attributes: &[Attribute]) {
        let Some((name, allowed)) = self.list.element(name) else {
            if sets_apart(name) {
                self.set_apart();
            }
            return;
        };
        let kind = kind(name);
        if !self.make_room(name, kind) {
            return;
        }
        if name == "img" && !attributes.iter().any(|attribute| self.is_source(attribute)) {
            return;
        }
        let tag = self.tag(name, allowed, attributes);
        match kind {
            Kind::Void | Kind::Rule => self.out.push_str(&tag),
            _ if self.open.len() >= NESTING => self.flattened.push(name),
            _ => self.push(name, kind, &tag, false),
        }
    }

    /// Closes and opens what must be so that an element of this kind can stand here. False if it
    /// cannot.
    fn make_room(&mut self, name: &'static str, kind: Kind) -> bool {
        match kind {
            Kind::Inline => {
                let fits = match name {
                    "a" => !self.open.iter().any(|open| open.name == "a"),
                    "rt" | "rp" => {
                        self.close_top_if(|open| matches!(open.name, "rt" | "rp"));
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
                .is_some_and(|list| (list.name == "dl") == (name != "li"))
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
                self.push("tr", Kind::Row, "<tr>", true);
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
            let same = open.name == name || (ended == Kind::Heading && open.kind == Kind::Heading);
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
        if self.text.is_empty() {
            return;
        }
        let text = std::mem::take(&mut self.text);
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
                    self.out.push_str("\n\n");
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
                self.escape(text);
            }
            return;
        }
        let before = self.open.len();
        self.prepare_line();
        let began = self.open.len() > before && self.open.last().is_some_and(|top| top.implied);
        self.escape(if began { shown } else { text });
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
                Kind::Block => top.name == "blockquote" || (boundary && top.name == "figure"),
                // An annotation ends a paragraph that stands among the annotated characters.
                Kind::Inline => boundary && !self.open.iter().any(|open| open.name == "ruby"),
                Kind::Item | Kind::Cell => boundary && top.name != "dt",
                _ => false,
            },
        };
        if implied && self.list.element("p").is_some() {
            self.push("p", Kind::Paragraph, "<p>", true);
        } else if boundary && !self.at_start_of_content() {
            self.out.push(' ');
        }
    }

    /// Puts what stands in a table, but in none of its cells, into one.
    fn ensure_cell(&mut self) {
        if self
            .open
            .last()
            .is_some_and(|top| matches!(top.kind, Kind::Table | Kind::RowGroup))
        {
            self.push("tr", Kind::Row, "<tr>", true);
        }
        if self.open.last().is_some_and(|top| top.kind == Kind::Row) {
            self.push("td", Kind::Cell, "<td>", true);
        }
    }

    fn set_apart(&mut self) {
        self.close_paragraph();
        self.boundary = true;
    }
}
