//! From a source to what is shown.

use super::allowlist::{self, ARTICLE, AllowList, COMMENT};
use super::{balance, nesting, plain_text, reading_seconds, word_count};
use crate::named::named;
use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd, html};

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
    /// Sanitised HTML. Empty if nothing of the source can be shown.
    pub html: String,
    /// The same as plain text.
    pub text: String,
}

/// Renders an article's body. It never fails, and its time and its result are bounded by the
/// length of the source.
///
/// HTML is put in order before it is sanitised: text outside any element becomes paragraphs (a
/// blank line begins a new one), elements that are not allowed give way to their content, and
/// what nests deeper than a reader could follow is flattened.
#[must_use]
pub fn render(format: BodyFormat, source: &str) -> Rendered {
    let html = match format {
        BodyFormat::Markdown => {
            let source = nesting::limit(source);
            let options = Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH;
            let mut made = String::with_capacity(source.len() + source.len() / 4);
            html::push_html(&mut made, Parser::new_ext(&source, options));
            safe_html(&ARTICLE, &made)
        }
        BodyFormat::Html => safe_html(&ARTICLE, source),
    };
    let text = plain_text(&html);
    Rendered {
        word_count: word_count(&text),
        reading_seconds: reading_seconds(&text),
        html,
        text,
    }
}

/// Renders a comment: a subset of Markdown, in which HTML is shown as it was typed, a line break
/// is a line break, headings are paragraphs and images are their descriptions.
#[must_use]
pub fn render_comment(source: &str) -> RenderedComment {
    let source = nesting::limit(source);
    let events = Parser::new_ext(&source, Options::ENABLE_STRIKETHROUGH).filter_map(for_comments);
    let mut made = String::with_capacity(source.len() + source.len() / 4);
    html::push_html(&mut made, events);
    let html = safe_html(&COMMENT, &made);
    RenderedComment {
        text: plain_text(&html),
        html,
    }
}

/// Renders a comment that was written in HTML, as other systems keep them, to the same list of
/// what a comment may hold.
#[must_use]
pub fn render_comment_html(source: &str) -> RenderedComment {
    let html = safe_html(&COMMENT, source);
    RenderedComment {
        text: plain_text(&html),
        html,
    }
}

fn safe_html(list: &'static AllowList, html: &str) -> String {
    let html = allowlist::sanitise(list, &balance::balance(list, html));
    html.trim().to_owned()
}

fn for_comments(event: Event<'_>) -> Option<Event<'_>> {
    match event {
        Event::Html(text) | Event::InlineHtml(text) => Some(Event::Text(text)),
        Event::Start(Tag::HtmlBlock | Tag::Heading { .. }) => Some(Event::Start(Tag::Paragraph)),
        Event::End(TagEnd::HtmlBlock | TagEnd::Heading(_)) => Some(Event::End(TagEnd::Paragraph)),
        Event::Start(Tag::Image { .. }) | Event::End(TagEnd::Image) | Event::Rule => None,
        Event::SoftBreak => Some(Event::HardBreak),
        other => Some(other),
    }
}
