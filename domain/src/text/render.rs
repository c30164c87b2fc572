//! From a source to what is shown.

use std::borrow::Cow;

use super::allowlist::{self, ARTICLE, AllowList, COMMENT};
use super::balance::balance;
use super::blocks::{self, Block};
use super::count::measure;
use super::excerpt::excerpt;
use super::outline::{Outline, outline};
use super::plain::plain_text;
use super::ruby::{self, Readings};
use super::tree::{Node, to_html};
use super::{links, markdown};
use crate::named::named;

named! {
    /// What a body is written in.
    pub enum BodyFormat {
        /// `CommonMark` with tables, strikethrough, footnotes and links of bare addresses; HTML
        /// within it is sanitised.
        Markdown = "markdown",
        /// HTML, sanitised.
        Html = "html",
        /// A list of blocks.
        Blocks = "blocks",
    }
}

/// Counts what has changed in how bodies are made. What an earlier program has made is made again.
pub const RENDERER: i32 = 1;

/// A body as it was written.
#[derive(Debug, Clone, Copy)]
pub enum Written<'s> {
    /// In Markdown.
    Markdown(&'s str),
    /// In HTML.
    Html(&'s str),
    /// In blocks.
    Blocks(&'s [Block]),
}

/// A body, ready to be shown.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Rendered {
    /// Sanitised HTML.
    pub html: String,
    /// The same as plain text, paragraphs separated by blank lines.
    pub text: String,
    /// The same as blocks.
    pub blocks: Vec<Block>,
    /// Its headings, images and links.
    pub outline: Outline,
    /// Its beginning, up to the end of a sentence; `None` if it says nothing.
    pub excerpt: Option<String>,
    /// Words; a Chinese character counts as one.
    pub word_count: i32,
    /// Seconds it takes to read.
    pub reading_seconds: i32,
}

/// A comment, ready to be shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RenderedComment {
    /// Sanitised HTML. Empty if nothing of the source can be shown.
    pub html: String,
    /// The same as plain text.
    pub text: String,
}

/// Renders an article's body. It never fails, and its time and its result are bounded by the
/// length of the source.
///
/// Every source becomes HTML, and that one tree, from which all forms are made. HTML is put in
/// order on its way: text outside any element becomes paragraphs (a blank line begins a new one),
/// elements that are not allowed give way to their content, and what nests deeper than a reader
/// could follow is flattened.
#[must_use]
pub fn render(written: Written<'_>, readings: Readings) -> Rendered {
    let html = match written {
        Written::Markdown(source) => Cow::Owned(markdown::article_html(source)),
        Written::Html(source) => Cow::Borrowed(source),
        Written::Blocks(blocks) => Cow::Owned(blocks::to_html(blocks)),
    };
    let mut tree = balance(&ARTICLE, &html);
    let from_markdown = matches!(written, Written::Markdown(_));
    if from_markdown {
        tree = links::autolink(tree);
    }
    tree = ruby::apply(tree, readings, from_markdown);
    let outline = outline(&mut tree);
    let text = plain_text(&tree);
    let blocks = blocks::from_tree(&tree);
    let (word_count, reading_seconds) = measure(&text);
    Rendered {
        html: safe_html(&ARTICLE, &tree, html.len()),
        word_count,
        reading_seconds,
        excerpt: excerpt(&blocks),
        text,
        blocks,
        outline,
    }
}

/// Renders a comment: a subset of Markdown, in which HTML is shown as it was typed, a line break
/// is a line break, headings are paragraphs and images are their descriptions.
#[must_use]
pub fn render_comment(source: &str) -> RenderedComment {
    render_comment_html(&markdown::comment_html(source))
}

/// Renders a comment that was written in HTML, as other systems keep them, to the same list of
/// what a comment may hold.
#[must_use]
pub fn render_comment_html(source: &str) -> RenderedComment {
    let tree = balance(&COMMENT, source);
    RenderedComment {
        text: plain_text(&tree),
        html: safe_html(&COMMENT, &tree, source.len()),
    }
}

/// The tree holds what the list allows already; that nothing else gets out is the sanitiser's task.
fn safe_html(list: &'static AllowList, tree: &[Node], expected: usize) -> String {
    let mut html = String::with_capacity(expected + expected / 8);
    to_html(tree, &mut html);
    allowlist::sanitise(list, &html).trim().to_owned()
}
