//! Markdown to HTML: `CommonMark` with tables, strikethrough and footnotes.

use std::collections::HashMap;

use pulldown_cmark::{CowStr, Event, Options, Parser, Tag, TagEnd, html};

use super::nesting;

/// The HTML of an article's Markdown. HTML in it is left as it is: the result is to be sanitised.
pub(super) fn article_html(source: &str) -> String {
    let source = nesting::limit(source);
    let options =
        Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH | Options::ENABLE_FOOTNOTES;
    let mut notes = Notes::default();
    let mut made = String::with_capacity(source.len() + source.len() / 4);
    let events = Parser::new_ext(&source, options).filter_map(|event| notes.divert(event));
    html::push_html(&mut made, events);
    notes.append_to(&mut made);
    made
}

/// The HTML of a comment's Markdown, in which HTML is shown as it was typed, a line break is a line
/// break, headings are paragraphs and images are their descriptions.
pub(super) fn comment_html(source: &str) -> String {
    let source = nesting::limit(source);
    let events = Parser::new_ext(&source, Options::ENABLE_STRIKETHROUGH).filter_map(for_comments);
    let mut made = String::with_capacity(source.len() + source.len() / 4);
    html::push_html(&mut made, events);
    made
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

/// Footnotes, gathered where they are written and put below the text, in the order in which they
/// are referred to.
#[derive(Default)]
struct Notes<'t> {
    /// The numbers of those that were referred to.
    numbers: HashMap<CowStr<'t>, usize>,
    order: Vec<CowStr<'t>>,
    written: HashMap<CowStr<'t>, Vec<Event<'t>>>,
    open: Option<(CowStr<'t>, Vec<Event<'t>>)>,
}

impl<'t> Notes<'t> {
    /// What stands in the text for an event: nothing, if it is part of a note.
    fn divert(&mut self, event: Event<'t>) -> Option<Event<'t>> {
        let event = match event {
            Event::Start(Tag::FootnoteDefinition(name)) => {
                self.open = Some((name, Vec::new()));
                return None;
            }
            Event::End(TagEnd::FootnoteDefinition) => {
                if let Some((name, events)) = self.open.take() {
                    self.written.entry(name).or_insert(events);
                }
                return None;
            }
            Event::FootnoteReference(name) => self.reference(name),
            other => other,
        };
        match &mut self.open {
            Some((_, events)) => {
                events.push(event);
                None
            }
            None => Some(event),
        }
    }

    fn reference(&mut self, name: CowStr<'t>) -> Event<'t> {
        let next = self.order.len() + 1;
        let number = *self.numbers.entry(name.clone()).or_insert(next);
        let anchor = if number == next {
            self.order.push(name);
            format!(" id=\"fnref-{number}\"")
        } else {
            String::new()
        };
        let html = format!("<sup{anchor}><a href=\"#fn-{number}\">{number}</a></sup>");
        Event::InlineHtml(html.into())
    }

    fn append_to(mut self, made: &mut String) {
        if self.order.is_empty() {
            return;
        }
        made.push_str("<hr>\n<ol>\n");
        for (name, number) in self.order.iter().zip(1..) {
            made.push_str("<li id=\"fn-");
            made.push_str(&number.to_string());
            made.push_str("\">\n");
            let events = self.written.remove(name).unwrap_or_default();
            html::push_html(made, events.into_iter());
            // Into the last paragraph, so that it stands behind the last word.
            let back = format!(" <a href=\"#fnref-{number}\">↩</a>");
            match made.strip_suffix("</p>\n") {
                Some(before) => {
                    made.truncate(before.len());
                    made.push_str(&back);
                    made.push_str("</p>\n");
                }
                None => made.push_str(&back),
            }
            made.push_str("</li>\n");
        }
        made.push_str("</ol>\n");
    }
}
