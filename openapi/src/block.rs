//! A text as blocks: for screens that draw it with their own means, and for editors that write it so.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A part of a text that stands for itself. The list is closed: a client that draws these draws
/// everything.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
pub enum Block {
    /// A paragraph.
    Paragraph {
        /// What it says.
        spans: Vec<Span>,
    },
    /// A heading.
    Heading {
        /// From 1, the highest.
        #[schema(minimum = 1, maximum = 6)]
        level: u8,
        /// Its anchor in the HTML; made of what it says.
        #[serde(default)]
        id: Option<String>,
        /// What it says.
        spans: Vec<Span>,
    },
    /// A list.
    List {
        /// Whether its items are numbered.
        ordered: bool,
        /// The number of the first item.
        #[serde(default = "one")]
        #[schema(default = 1)]
        start: i32,
        /// Its items, each of which is made of blocks.
        #[schema(no_recursion)]
        items: Vec<Vec<Block>>,
    },
    /// A quotation.
    Quote {
        /// What is quoted.
        #[schema(no_recursion)]
        blocks: Vec<Block>,
        /// The address it is from.
        #[serde(default)]
        cite: Option<String>,
    },
    /// Program code, and other text whose lines and spaces count.
    Code {
        /// The text.
        text: String,
        /// What it is written in, such as `rust`.
        #[serde(default)]
        language: Option<String>,
    },
    /// A picture.
    Image {
        /// Its address, as it was written: it may be relative to the site.
        #[schema(example = "https://images.example.com/ferry.jpg")]
        url: String,
        /// What it shows, for those who cannot see it.
        #[serde(default)]
        alt: Option<String>,
        /// What stands below it.
        #[serde(default)]
        caption: Vec<Span>,
        /// In pixels.
        #[serde(default)]
        #[schema(minimum = 1)]
        width: Option<i32>,
        /// In pixels.
        #[serde(default)]
        #[schema(minimum = 1)]
        height: Option<i32>,
        /// Where it leads.
        #[serde(default)]
        href: Option<String>,
    },
    /// A table.
    Table {
        /// What is written above it.
        #[serde(default)]
        caption: Vec<Span>,
        /// Its rows, each of which is made of cells.
        rows: Vec<Vec<Cell>>,
    },
    /// Something from elsewhere, such as a film, to be shown in its place by a client that can.
    Embed {
        /// Where it is.
        url: String,
        /// What stands below it.
        #[serde(default)]
        caption: Vec<Span>,
    },
    /// A break between parts.
    Divider {},
}

/// A cell of a table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Cell {
    /// Whether it heads its row or its column.
    #[serde(default)]
    pub header: bool,
    /// How many columns it spans.
    #[serde(default = "one")]
    #[schema(minimum = 1, default = 1)]
    pub colspan: i32,
    /// How many rows it spans.
    #[serde(default = "one")]
    #[schema(minimum = 1, default = 1)]
    pub rowspan: i32,
    /// What it says.
    pub spans: Vec<Span>,
}

/// Text that looks the same throughout.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Span {
    /// The text; `\n` is a line break.
    #[schema(example = "收购")]
    pub text: String,
    /// What it is marked as.
    #[serde(default)]
    pub marks: Vec<Mark>,
    /// Where it leads: an address, or an anchor of the text such as `#fn-1`.
    #[serde(default)]
    pub href: Option<String>,
    /// How it is read, to be shown above it: pinyin, kana.
    #[serde(default)]
    #[schema(example = "shōugòu")]
    pub reading: Option<String>,
}

/// What text is marked as.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
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
    /// Code.
    Code,
    /// Below the line.
    Subscript,
    /// Above the line.
    Superscript,
    /// Of less importance.
    Small,
}

const fn one() -> i32 {
    1
}
