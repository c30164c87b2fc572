//! Blocks as HTML: how a source of blocks becomes the tree that every source becomes.

use super::{Block, Cell, ImageBlock, MARKS, Mark, Span};
use crate::text::tree::escape;

/// The HTML that means these blocks. It is read as any other HTML is: what it may not hold goes.
pub(in crate::text) fn to_html(blocks: &[Block]) -> String {
    let mut out = String::new();
    write_blocks(blocks, &mut out);
    out
}

fn write_blocks(blocks: &[Block], out: &mut String) {
    for block in blocks {
        write_block(block, out);
        out.push('\n');
    }
}

fn write_block(block: &Block, out: &mut String) {
    match block {
        Block::Paragraph { spans } => within("p", out, |out| write_spans(spans, out)),
        Block::Heading { level, spans, .. } => {
            let level = (*level).clamp(1, 6);
            within(&format!("h{level}"), out, |out| write_spans(spans, out));
        }
        Block::List {
            ordered,
            start,
            items,
        } => write_list(*ordered, *start, items, out),
        Block::Quote { blocks, cite } => {
            open("blockquote", &[("cite", cite.as_deref())], out);
            write_blocks(blocks, out);
            out.push_str("</blockquote>");
        }
        Block::Code { text, language } => {
            let class = language.as_ref().map(|name| format!("language-{name}"));
            out.push_str("<pre>");
            open("code", &[("class", class.as_deref())], out);
            escape(out, text);
            out.push_str("</code></pre>");
        }
        Block::Image(image) => write_image(image, out),
        Block::Table { caption, rows } => write_table(caption, rows, out),
        Block::Embed { url, caption } => {
            out.push_str("<figure>");
            open("a", &[("href", Some(url))], out);
            escape(out, url);
            out.push_str("</a>");
            write_caption(caption, out);
            out.push_str("</figure>");
        }
        Block::Divider => out.push_str("<hr>"),
    }
}

fn write_list(ordered: bool, start: i32, items: &[Vec<Block>], out: &mut String) {
    let number = (ordered && start != 1).then(|| start.to_string());
    let name = if ordered { "ol" } else { "ul" };
    open(name, &[("start", number.as_deref())], out);
    for item in items {
        within("li", out, |out| match item.as_slice() {
            // As it is written by hand: a line, and lists below it.
            [Block::Paragraph { spans }, rest @ ..]
                if rest.iter().all(|block| matches!(block, Block::List { .. })) =>
            {
                write_spans(spans, out);
                write_blocks(rest, out);
            }
            blocks => write_blocks(blocks, out),
        });
    }
    close(name, out);
}

fn write_image(image: &ImageBlock, out: &mut String) {
    let (width, height) = (
        image.width.map(|pixels| pixels.to_string()),
        image.height.map(|pixels| pixels.to_string()),
    );
    out.push_str("<figure>");
    if let Some(href) = &image.href {
        open("a", &[("href", Some(href))], out);
    }
    let attributes = [
        ("src", Some(image.url.as_str())),
        ("alt", Some(image.alt.as_deref().unwrap_or_default())),
        ("width", width.as_deref()),
        ("height", height.as_deref()),
    ];
    open("img", &attributes, out);
    if image.href.is_some() {
        out.push_str("</a>");
    }
    write_caption(&image.caption, out);
    out.push_str("</figure>");
}

fn write_caption(caption: &[Span], out: &mut String) {
    if !caption.is_empty() {
        within("figcaption", out, |out| write_spans(caption, out));
    }
}

fn write_table(caption: &[Span], rows: &[Vec<Cell>], out: &mut String) {
    out.push_str("<table>");
    if !caption.is_empty() {
        within("caption", out, |out| write_spans(caption, out));
    }
    for row in rows {
        within("tr", out, |out| {
            for cell in row {
                let span = |number: i32| (number > 1).then(|| number.to_string());
                let (columns, rows) = (span(cell.colspan), span(cell.rowspan));
                let name = if cell.header { "th" } else { "td" };
                let spans = [
                    ("colspan", columns.as_deref()),
                    ("rowspan", rows.as_deref()),
                ];
                open(name, &spans, out);
                write_spans(&cell.spans, out);
                close(name, out);
            }
        });
    }
    out.push_str("</table>");
}

fn write_spans(spans: &[Span], out: &mut String) {
    for span in spans {
        write_span(span, out);
    }
}

fn write_span(span: &Span, out: &mut String) {
    if let Some(href) = &span.href {
        open("a", &[("href", Some(href))], out);
    }
    for mark in &span.marks {
        out.push('<');
        out.push_str(element(*mark));
        out.push('>');
    }
    match &span.reading {
        Some(reading) => {
            out.push_str("<ruby>");
            write_text(&span.text, out);
            within("rt", out, |out| escape(out, reading));
            out.push_str("</ruby>");
        }
        None => write_text(&span.text, out),
    }
    for mark in span.marks.iter().rev() {
        close(element(*mark), out);
    }
    if span.href.is_some() {
        out.push_str("</a>");
    }
}

fn write_text(text: &str, out: &mut String) {
    for (place, line) in text.split('\n').enumerate() {
        if place > 0 {
            out.push_str("<br>");
        }
        escape(out, line);
    }
}

fn element(mark: Mark) -> &'static str {
    let listed = MARKS.iter().find(|(listed, _)| *listed == mark);
    listed
        .and_then(|(_, names)| names.first())
        .copied()
        .unwrap_or("b")
}

fn within(name: &str, out: &mut String, content: impl FnOnce(&mut String)) {
    open(name, &[], out);
    content(out);
    close(name, out);
}

fn open(name: &str, attributes: &[(&str, Option<&str>)], out: &mut String) {
    out.push('<');
    out.push_str(name);
    for (name, value) in attributes {
        if let Some(value) = value {
            out.push(' ');
            out.push_str(name);
            out.push_str("=\"");
            escape(out, value);
            out.push('"');
        }
    }
    out.push('>');
}

fn close(name: &str, out: &mut String) {
    out.push_str("</");
    out.push_str(name);
    out.push('>');
}
