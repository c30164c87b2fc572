//! From a source to what is shown.

use super::{plain_text, reading_seconds, word_count};
use crate::named::named;

named! {
    /// What a body is written in.
    pub enum BodyFormat {
        /// `CommonMark` with tables and strikethrough; HTML within it is sanitised.
        Markdown = "markdown",
        /// HTML, sanitised.
        Html = "html",
    }
}

/// A body, ready to be shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rendered {
    /// Sanitised HTML.
    pub html: String,
    /// The same as plain text, paragraphs separated by blank lines.
    pub text: String,
    /// Words; a Chinese character counts as one.
    pub word_count: i32,
    /// Seconds it takes to read.
    pub reading_seconds: i32,
}

/// A comment, ready to be shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RenderedComment {
    /// Sanitised HTML.
    pub html: String,
    /// The same as plain text.
    pub text: String,
}

/// Renders an article's body. It never fails, and its time and result are bounded by the length
/// of the source.
#[must_use]
pub fn render(format: BodyFormat, source: &str) -> Rendered {
    let html = match format {
        BodyFormat::Markdown => {
            let mut html = String::new();
            pulldown_cmark::html::push_html(&mut html, pulldown_cmark::Parser::new(source));
            html
        }
        BodyFormat::Html => source.to_owned(),
    };
    let html = ammonia::clean(&html);
    let text = plain_text(&html);
    Rendered {
        word_count: word_count(&text),
        reading_seconds: reading_seconds(&text),
        html,
        text,
    }
}

/// Renders a comment: a subset of Markdown, in which HTML is shown as it was typed.
#[must_use]
pub fn render_comment(source: &str) -> RenderedComment {
    let html = ammonia::clean(source);
    RenderedComment {
        text: plain_text(&html),
        html,
    }
}
