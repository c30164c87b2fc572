//! A body as a list of blocks, for screens that draw them with their own means.

mod check;
mod from_tree;
mod inline;
mod to_html;

pub(crate) use check::checked;
pub(super) use from_tree::from_tree;
pub(super) use to_html::to_html;

use serde::{Deserialize, Serialize};

/// A part of a body that stands for itself. The list is closed: whatever a source holds becomes one
/// of these. Its form in JSON is the one that is stored and sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Block {
    /// A paragraph.
    Paragraph {
        /// What it says.
        spans: Vec<Span>,
    },
    /// A heading.
    Heading {
        /// 1 to 6.
        level: u8,
        /// The anchor that it has in the HTML, too; `None` if it says nothing.
        id: Option<String>,
        /// What it says.
        spans: Vec<Span>,
    },
    /// A list.
    List {
        /// Whether its items are numbered.
        ordered: bool,
        /// The number of the first one.
        start: i32,
        /// Each item, which is a list of blocks itself.
        items: Vec<Vec<Block>>,
    },
    /// A quotation.
    Quote {
        /// What is quoted.
        blocks: Vec<Block>,
        /// Where it is from, an address.
        cite: Option<String>,
    },
    /// Program code and other text whose lines and spaces count.
    Code {
        /// The text.
        text: String,
        /// What it is written in, as the source names it.
        language: Option<String>,
    },
    /// A picture.
    Image(ImageBlock),
    /// A table.
    Table {
        /// What is written above it.
        caption: Vec<Span>,
        /// Its rows.
        rows: Vec<Vec<Cell>>,
    },
    /// Something from elsewhere, to be shown in its place by whoever can.
    Embed {
        /// Where it is.
        url: String,
        /// What stands below it.
        caption: Vec<Span>,
    },
    /// A break between parts.
    Divider,
}

/// A picture in a body.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImageBlock {
    /// Its address as it is written, which may be relative to the page.
    pub url: String,
    /// What it shows, for those who cannot see it.
    pub alt: Option<String>,
    /// What stands below it.
    pub caption: Vec<Span>,
    /// In pixels, where the source says it.
    pub width: Option<i32>,
    /// In pixels, where the source says it.
    pub height: Option<i32>,
    /// Where it leads.
    pub href: Option<String>,
}

/// A cell of a table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cell {
    /// Whether it heads its row or its column.
    pub header: bool,
    /// How many columns it spans.
    pub colspan: i32,
    /// How many rows it spans.
    pub rowspan: i32,
    /// What it says.
    pub spans: Vec<Span>,
}

/// Text that looks the same throughout. A line break is `\n`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Span {
    /// The text.
    pub text: String,
    /// What it is marked as, each once.
    pub marks: Vec<Mark>,
    /// Where it leads.
    pub href: Option<String>,
    /// How it is read.
    pub reading: Option<String>,
}

impl Span {
    /// Text without anything else.
    #[must_use]
    pub fn plain(text: String) -> Self {
        Self {
            text,
            ..Self::default()
        }
    }
}

/// What text is marked as.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mark {
    /// Of importance.
    Strong,
    /// Stressed.
    Emphasis,
    /// Underlined.
    Underline,
    /// Not valid any more.
    Strike,
    /// Set off, as with a marker.
    Highlight,
    /// Code, or what a keyboard or a program says.
    Code,
    /// Below the line.
    Subscript,
    /// Above the line.
    Superscript,
    /// Of less importance.
    Small,
}

/// The element that stands for a mark, and the others that mean it.
const MARKS: &[(Mark, &[&str])] = &[
    (Mark::Strong, &["strong", "b"]),
    (Mark::Emphasis, &["em", "i", "cite", "dfn", "var"]),
    (Mark::Underline, &["u", "ins"]),
    (Mark::Strike, &["del", "s"]),
    (Mark::Highlight, &["mark"]),
    (Mark::Code, &["code", "kbd", "samp"]),
    (Mark::Subscript, &["sub"]),
    (Mark::Superscript, &["sup"]),
    (Mark::Small, &["small"]),
];
