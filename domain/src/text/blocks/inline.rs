//! What flows within a line, as spans.

use super::{Block, ImageBlock, MARKS, Mark, Span};
use crate::text::tree::{Element, Node, is_block, is_space};

/// The blocks that a line makes: a paragraph, cut where images stand.
pub(super) fn line(nodes: &[Node]) -> Vec<Block> {
    let mut inliner = Inliner::default();
    inliner.nodes(nodes);
    inliner.end_paragraph();
    inliner.blocks
}

/// The spans of what can hold no block. Of images the descriptions stay, and what blocks there are
/// become lines.
pub(super) fn spans(nodes: &[Node]) -> Vec<Span> {
    let mut inliner = Inliner {
        flat: true,
        ..Inliner::default()
    };
    inliner.nodes(nodes);
    inliner.finish()
}

#[derive(Default)]
struct Inliner {
    blocks: Vec<Block>,
    spans: Vec<Span>,
    /// Images cannot stand here.
    flat: bool,
    /// Line breaks due before the next text, and else a blank.
    breaks: usize,
    blank: bool,
    marks: Vec<Mark>,
    href: Option<String>,
}

impl Inliner {
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
            "br" => {
                self.breaks += 1;
                self.blank = false;
            }
            "img" if self.flat => self.text(element.get("alt").unwrap_or_default()),
            "img" => self.image(element),
            "a" => {
                let outer = self.href.take();
                self.href = element.get("href").map(str::to_owned);
                self.nodes(&element.children);
                self.href = outer;
            }
            "ruby" => self.ruby(&element.children),
            "rt" | "rp" | "wbr" => {}
            "q" => {
                self.text("“");
                self.nodes(&element.children);
                self.text("”");
            }
            name if is_block(name) => {
                self.new_line();
                self.nodes(&element.children);
                self.new_line();
            }
            name => {
                let mark = MARKS.iter().find(|(_, names)| names.contains(&name));
                let added = mark.filter(|(mark, _)| !self.marks.contains(mark));
                self.marks.extend(added.map(|(mark, _)| *mark));
                self.nodes(&element.children);
                if added.is_some() {
                    self.marks.pop();
                }
            }
        }
    }

    fn new_line(&mut self) {
        if !self.spans.is_empty() {
            self.breaks = self.breaks.max(1);
            self.blank = false;
        }
    }

    fn text(&mut self, text: &str) {
        for (place, word) in text.split(is_space).enumerate() {
            self.blank |= place > 0;
            if !word.is_empty() {
                self.write(word, None);
            }
        }
    }

    /// What stands between two readings is read by the second one.
    fn ruby(&mut self, nodes: &[Node]) {
        let mut base = Vec::new();
        for node in nodes {
            match node.element() {
                Some(element) if element.name == "rt" => {
                    let reading = text_of(&element.children);
                    let text = text_of(&base);
                    base.clear();
                    if !text.is_empty() {
                        self.write(&text, Some(reading).filter(|reading| !reading.is_empty()));
                    }
                }
                Some(element) if element.name == "rp" => {}
                _ => base.push(node.clone()),
            }
        }
        self.nodes(&base);
    }

    fn write(&mut self, text: &str, reading: Option<String>) {
        if !self.spans.is_empty() {
            for _ in 0..self.breaks {
                self.append("\n");
            }
            if self.blank && self.breaks == 0 {
                self.append(" ");
            }
        }
        (self.breaks, self.blank) = (0, false);
        if reading.is_some() {
            self.begin(text, reading);
        } else {
            self.append(text);
        }
    }

    /// Adds text to the span that looks the same, or to a new one.
    fn append(&mut self, text: &str) {
        match self.spans.last_mut() {
            Some(last)
                if last.reading.is_none() && last.marks == self.marks && last.href == self.href =>
            {
                last.text.push_str(text);
            }
            _ => self.begin(text, None),
        }
    }

    fn begin(&mut self, text: &str, reading: Option<String>) {
        self.spans.push(Span {
            text: text.to_owned(),
            marks: self.marks.clone(),
            href: self.href.clone(),
            reading,
        });
    }

    fn image(&mut self, element: &Element) {
        self.end_paragraph();
        self.blocks.push(Block::Image(ImageBlock {
            href: self.href.clone(),
            ..image(element)
        }));
    }

    fn end_paragraph(&mut self) {
        let spans = self.finish();
        if !spans.is_empty() {
            self.blocks.push(Block::Paragraph { spans });
        }
    }

    fn finish(&mut self) -> Vec<Span> {
        (self.breaks, self.blank) = (0, false);
        std::mem::take(&mut self.spans)
    }
}

/// An image without what stands around it.
fn image(element: &Element) -> ImageBlock {
    let alt = element.get("alt").filter(|alt| !alt.is_empty());
    ImageBlock {
        url: element.get("src").unwrap_or_default().to_owned(),
        alt: alt.map(str::to_owned),
        width: element.number("width"),
        height: element.number("height"),
        ..ImageBlock::default()
    }
}

fn text_of(nodes: &[Node]) -> String {
    let mut spans = spans(nodes).into_iter();
    let first = spans.next().map_or_else(String::new, |span| span.text);
    spans.fold(first, |text, span| text + &span.text)
}
