//! Readings of a tree: what stands in its lines is read as one text, whatever elements it is in.

use std::ops::Range;

use super::Readings;
use super::find::{Read, find};
use super::syllables::BETWEEN;
use crate::text::tree::{Element, Node, is_block, push_text};

/// Does with the readings of a tree what is asked; `braces` says whether Markdown ruby is one.
pub(in crate::text) fn apply(nodes: Vec<Node>, readings: Readings, braces: bool) -> Vec<Node> {
    if readings == Readings::Keep {
        return nodes;
    }
    let mut lines = Lines::default();
    lines.gather(&nodes, Within::Line);
    lines.end();
    let changed = lines
        .runs
        .iter()
        .any(|run| run.text.contains(['(', '（', '{']));
    if !changed && (readings == Readings::Ruby || !lines.ruby) {
        return nodes;
    }
    let mut rewriter = Rewriter {
        edits: lines.edits(braces).into_iter(),
        strip: readings == Readings::Strip,
    };
    rewriter.rewrite(nodes)
}

/// What the text of an element is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Within {
    Line,
    /// Characters that have a reading.
    Ruby,
    /// No text to be read: code, and readings themselves.
    Apart,
}

/// Text that stands together, with the text nodes it is made of.
#[derive(Default)]
struct Run {
    text: String,
    /// The place of each text node among all, and where in the text it begins.
    pieces: Vec<(usize, usize)>,
    read: Vec<Range<usize>>,
}

#[derive(Default)]
struct Lines {
    runs: Vec<Run>,
    run: Run,
    /// Text nodes so far.
    pieces: usize,
    ruby: bool,
}

impl Lines {
    fn gather(&mut self, nodes: &[Node], within: Within) {
        for node in nodes {
            match node {
                Node::Text(text) => self.text(text, within),
                Node::Element(element) => self.element(element, within),
            }
        }
    }

    fn text(&mut self, text: &str, within: Within) {
        if within != Within::Apart {
            let start = self.run.text.len();
            self.run.pieces.push((self.pieces, start));
            self.run.text.push_str(text);
            if within == Within::Ruby {
                self.run.read.push(start..self.run.text.len());
            }
        }
        self.pieces += 1;
    }

    fn element(&mut self, element: &Element, within: Within) {
        match element.name {
            "ruby" => {
                self.ruby = true;
                self.gather(&element.children, Within::Ruby);
            }
            "rt" | "rp" => self.gather(&element.children, Within::Apart),
            "code" | "kbd" | "samp" | "var" | "pre" => {
                self.end();
                self.gather(&element.children, Within::Apart);
                self.end();
            }
            name if is_block(name) || matches!(name, "br" | "img") => {
                self.end();
                self.gather(&element.children, Within::Line);
                self.end();
            }
            _ => self.gather(&element.children, within),
        }
    }

    fn end(&mut self) {
        if !self.run.pieces.is_empty() {
            self.runs.push(std::mem::take(&mut self.run));
        }
    }

    /// What is to be done with each text node, in their order.
    fn edits(&self, braces: bool) -> Vec<Vec<Edit>> {
        let mut edits = vec![Vec::new(); self.pieces];
        for run in &self.runs {
            let found = find(&run.text, braces, &run.read);
            for removed in found.removed {
                run.spread(removed, None, &mut edits);
            }
            for reads in found.readings {
                for read in run.joined(reads) {
                    run.spread(read.base, Some(&read.reading), &mut edits);
                }
            }
        }
        for some in &mut edits {
            some.sort_by_key(|edit| (edit.range.start, edit.range.end));
        }
        edits
    }
}

/// What becomes of a part of a text node: it goes, or it has a reading.
#[derive(Debug, Clone)]
struct Edit {
    range: Range<usize>,
    reading: Option<String>,
}

impl Run {
    /// Characters that stand together in one text node are read together.
    fn joined(&self, reads: Vec<Read>) -> Vec<Read> {
        let mut joined: Vec<Read> = Vec::new();
        for read in reads {
            let begins_piece = self
                .pieces
                .binary_search_by_key(&read.base.start, |(_, start)| *start)
                .is_ok();
            match joined.last_mut() {
                Some(before) if before.base.end == read.base.start && !begins_piece => {
                    before.base.end = read.base.end;
                    before.reading.push_str(&read.reading);
                }
                _ => joined.push(read),
            }
        }
        for read in &mut joined {
            read.reading = read.reading.trim_matches(BETWEEN).to_owned();
        }
        joined
    }

    /// Hands a range of the run to the text nodes it lies in. A reading stays with the first.
    fn spread(&self, range: Range<usize>, reading: Option<&str>, edits: &mut [Vec<Edit>]) {
        let first = self
            .pieces
            .partition_point(|(_, start)| *start <= range.start)
            .saturating_sub(1);
        let mut reading = reading.map(str::to_owned);
        let removes = reading.is_none();
        for (at, (piece, start)) in self.pieces.iter().enumerate().skip(first) {
            if *start >= range.end {
                break;
            }
            let next = self.pieces.get(at + 1);
            let end = next.map_or(self.text.len(), |(_, start)| *start);
            let part = range.start.max(*start)..range.end.min(end);
            if part.is_empty() || (!removes && reading.is_none()) {
                continue;
            }
            if let Some(edits) = edits.get_mut(*piece) {
                edits.push(Edit {
                    range: part.start - start..part.end - start,
                    reading: reading.take(),
                });
            }
        }
    }
}

struct Rewriter<I> {
    edits: I,
    strip: bool,
}

impl<I: Iterator<Item = Vec<Edit>>> Rewriter<I> {
    fn rewrite(&mut self, nodes: Vec<Node>) -> Vec<Node> {
        let mut made = Vec::with_capacity(nodes.len());
        for node in nodes {
            match node {
                Node::Text(text) => self.text(&text, &mut made),
                Node::Element(element) => self.element(element, &mut made),
            }
        }
        made
    }

    fn element(&mut self, element: Element, made: &mut Vec<Node>) {
        let held = !element.children.is_empty();
        let children = self.rewrite(element.children);
        match element.name {
            "rt" | "rp" if self.strip => {}
            "ruby" if self.strip => {
                for child in children {
                    match child {
                        Node::Text(text) => push_text(made, &text),
                        element @ Node::Element(_) => made.push(element),
                    }
                }
            }
            // It held a reading and nothing else.
            name if held && children.is_empty() && !is_block(name) && name != "rt" => {}
            _ => made.push(Node::Element(Element {
                children,
                ..element
            })),
        }
    }

    fn text(&mut self, text: &str, made: &mut Vec<Node>) {
        let mut from = 0;
        for edit in self.edits.next().unwrap_or_default() {
            let before = text.get(from..edit.range.start).unwrap_or_default();
            if !before.is_empty() {
                push_text(made, before);
            }
            let part = text.get(edit.range.clone()).unwrap_or_default();
            match edit.reading {
                Some(_) if self.strip => push_text(made, part),
                Some(reading) => made.push(annotated(part, reading)),
                None => {}
            }
            from = edit.range.end;
        }
        let rest = text.get(from..).unwrap_or_default();
        if !rest.is_empty() {
            push_text(made, rest);
        }
    }
}

fn annotated(base: &str, reading: String) -> Node {
    let reading = Element::holding("rt", vec![Node::Text(reading)]);
    let base = Node::Text(base.to_owned());
    Node::Element(Element::holding("ruby", vec![base, Node::Element(reading)]))
}
