//! The text of a page, as a browser shows it.

use domain::text::blocks::{Block, Span};

use super::Page;
use super::frame::{begins_comments, is_neighbour, is_subhead, meta, trail};

/// So far below the headline is the line with section and counters looked for.
const META_WITHIN: usize = 4;

/// Reads a page: its trail, its headline, the line with section and counters, and its paragraphs up
/// to the comments. What repeats the headline, above the text or below it, is no part of it.
pub(super) fn read(text: &str) -> Result<Page, String> {
    let lines: Vec<&str> = text
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty())
        .collect();
    let mut page = Page::default();
    let mut rest = lines.as_slice();
    if let Some((first, behind)) = rest.split_first()
        && let Some(trail) = trail(first)
    {
        page.trail = trail;
        rest = behind;
    }
    let Some((title, behind)) = rest.split_first() else {
        return Err("there is no text in it".to_owned());
    };
    (*title).clone_into(&mut page.title);
    rest = behind;
    let mut near = rest.iter().take(META_WITHIN).enumerate();
    let found = near.find_map(|(at, line)| Some((at, meta(line)?)));
    if let Some((at, meta)) = found {
        page.section = meta.section;
        page.published_at = meta.published_at;
        page.views = meta.views;
        page.comments = meta.comments;
        rest = rest.get(at + 1..).unwrap_or_default();
    }
    let end = rest.iter().position(|line| begins_comments(line));
    let mut body: Vec<&str> = rest
        .get(..end.unwrap_or(rest.len()))
        .unwrap_or_default()
        .iter()
        .copied()
        .filter(|line| line != title && !is_neighbour(line))
        .collect();
    // A subhead with nothing below it, right before the comments, is a link to a neighbour.
    while end.is_some() && body.len() > 1 && body.last().is_some_and(|line| is_subhead(line)) {
        body.pop();
    }
    page.blocks = blocks(&body);
    if page.blocks.is_empty() {
        return Err("there is a headline in it and no text".to_owned());
    }
    Ok(page)
}

/// A short line before a paragraph is a subhead, but the first.
fn blocks(lines: &[&str]) -> Vec<Block> {
    let block = |(place, line): (usize, &&str)| {
        let spans = vec![Span::plain((*line).to_owned())];
        let before_text = lines.get(place + 1).is_some_and(|next| !is_subhead(next));
        if place > 0 && before_text && is_subhead(line) {
            Block::Heading {
                level: 2,
                id: None,
                spans,
            }
        } else {
            Block::Paragraph { spans }
        }
    };
    lines.iter().enumerate().map(block).collect()
}
