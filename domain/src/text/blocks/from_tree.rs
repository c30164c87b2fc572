//! Blocks from a tree.

use super::inline::{line, spans};
use super::{Block, Cell, ImageBlock, Mark};
use crate::text::allowlist::code_language;
use crate::text::tree::{Element, Node, heading_level, is_block};

/// The blocks that a tree shows. Nothing that shows is left out; what nothing stands for, such as
/// the terms of a definition list, becomes what looks most like it.
pub(in crate::text) fn from_tree(nodes: &[Node]) -> Vec<Block> {
    let mut blocks = Vec::new();
    let mut rest = nodes;
    while let Some((first, behind)) = rest.split_first() {
        if let Some(element) = first.element().filter(|element| is_block(element.name)) {
            block(element, &mut blocks);
            rest = behind;
            continue;
        }
        let ends = |node: &Node| node.element().is_some_and(|e| is_block(e.name));
        let length = rest.iter().position(ends).unwrap_or(rest.len());
        let (inline, behind) = rest.split_at(length);
        blocks.extend(line(inline));
        rest = behind;
    }
    blocks
}

fn block(element: &Element, blocks: &mut Vec<Block>) {
    let children = &element.children;
    if let Some(level) = heading_level(element.name) {
        blocks.push(Block::Heading {
            level,
            id: element.get("id").map(str::to_owned),
            spans: spans(children),
        });
        return;
    }
    match element.name {
        "p" => blocks.extend(line(children)),
        "ul" | "ol" => blocks.push(Block::List {
            ordered: element.name == "ol",
            start: element.number("start").unwrap_or(1),
            items: element
                .elements()
                .map(|item| from_tree(&item.children))
                .collect(),
        }),
        "dt" => blocks.extend(line(children).into_iter().map(strong)),
        "blockquote" => blocks.push(Block::Quote {
            blocks: from_tree(children),
            cite: element.get("cite").map(str::to_owned),
        }),
        "pre" => blocks.push(code(element)),
        "figure" => figure(element, blocks),
        "table" => blocks.push(table(element)),
        "hr" => blocks.push(Block::Divider),
        _ => blocks.extend(from_tree(children)),
    }
}

fn strong(block: Block) -> Block {
    match block {
        Block::Paragraph { mut spans } => {
            for span in &mut spans {
                if !span.marks.contains(&Mark::Strong) {
                    span.marks.insert(0, Mark::Strong);
                }
            }
            Block::Paragraph { spans }
        }
        other => other,
    }
}

fn code(element: &Element) -> Block {
    let inner = element.elements().find(|inner| inner.name == "code");
    let class = inner.and_then(|inner| inner.get("class"));
    let mut text = String::new();
    raw_text(&element.children, &mut text);
    text.truncate(text.trim_end_matches('\n').len());
    Block::Code {
        text,
        language: class.and_then(code_language).map(str::to_owned),
    }
}

fn raw_text(nodes: &[Node], out: &mut String) {
    for node in nodes {
        match node {
            Node::Text(text) => out.push_str(text),
            Node::Element(element) if element.name == "br" => out.push('\n'),
            Node::Element(element) if matches!(element.name, "rt" | "rp") => {}
            Node::Element(element) => raw_text(&element.children, out),
        }
    }
}

/// A figure is what it holds, with its caption.
fn figure(element: &Element, blocks: &mut Vec<Block>) {
    let (captions, content): (Vec<Node>, Vec<Node>) = element
        .children
        .iter()
        .filter(|node| !node.is_space())
        .cloned()
        .partition(|node| node.is_element("figcaption"));
    let caption = spans(&captions);
    if let Some(url) = embedded(&content) {
        blocks.push(Block::Embed { url, caption });
        return;
    }
    let mut held = from_tree(&content);
    let own = match held.as_mut_slice() {
        [Block::Image(ImageBlock { caption, .. }) | Block::Table { caption, .. }]
            if caption.is_empty() =>
        {
            Some(caption)
        }
        _ => None,
    };
    match own {
        Some(own) => *own = caption,
        None if !caption.is_empty() => held.push(Block::Paragraph { spans: caption }),
        None => {}
    }
    blocks.extend(held);
}

/// Where a figure that holds nothing but a link leads.
fn embedded(content: &[Node]) -> Option<String> {
    let [Node::Element(link)] = content else {
        return None;
    };
    let holds_text = !link.elements().any(|inner| inner.name == "img");
    let href = link.get("href").filter(|_| link.name == "a" && holds_text);
    href.map(str::to_owned)
}

fn table(element: &Element) -> Block {
    let mut caption = Vec::new();
    let mut rows = Vec::new();
    for part in element.elements() {
        match part.name {
            "caption" => caption.extend(spans(&part.children)),
            "tr" => rows.push(row(part)),
            _ => rows.extend(part.elements().filter(|row| row.name == "tr").map(row)),
        }
    }
    Block::Table { caption, rows }
}

fn row(element: &Element) -> Vec<Cell> {
    let cells = element.elements().map(|cell| Cell {
        header: cell.name == "th",
        colspan: cell.number("colspan").unwrap_or(1).max(1),
        rowspan: cell.number("rowspan").unwrap_or(1).max(1),
        spans: spans(&cell.children),
    });
    cells.collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::blocks::Span;

    fn of(html: &str) -> Vec<Block> {
        let list = &crate::text::allowlist::ARTICLE;
        from_tree(&crate::text::balance::balance(list, html))
    }

    fn span(text: &str, marks: &[Mark]) -> Span {
        Span {
            marks: marks.to_vec(),
            ..Span::plain(text.to_owned())
        }
    }

    #[test]
    fn lines_become_spans() {
        let [Block::Paragraph { spans }] = &of(
            "<p>One\n <b>two <i>three</i></b> <a href=\"/x\">four</a><br>five <ruby>收购<rt>shōugòu</rt></ruby></p>",
        )[..] else {
            panic!("one paragraph");
        };
        let link = Span {
            href: Some("/x".to_owned()),
            ..Span::plain(" four".to_owned())
        };
        let read = Span {
            reading: Some("shōugòu".to_owned()),
            ..Span::plain("收购".to_owned())
        };
        assert_eq!(
            spans,
            &[
                span("One", &[]),
                span(" two", &[Mark::Strong]),
                span(" three", &[Mark::Strong, Mark::Emphasis]),
                link,
                span("\nfive ", &[]),
                read
            ]
        );
    }

    #[test]
    fn images_stand_for_themselves() {
        let found = of(
            "<p>a <a href=\"/full\"><img src=\"/a.jpg\" alt=\"A\" width=\"9\" height=\"5\"></a> b</p><figure><img src=\"/b.jpg\"><figcaption>B</figcaption></figure>",
        );
        let [
            Block::Paragraph { .. },
            Block::Image(first),
            Block::Paragraph { .. },
            Block::Image(second),
        ] = &found[..]
        else {
            panic!("{found:?}");
        };
        assert_eq!(
            (
                first.url.as_str(),
                first.alt.as_deref(),
                first.href.as_deref()
            ),
            ("/a.jpg", Some("A"), Some("/full"))
        );
        assert_eq!((first.width, first.height), (Some(9), Some(5)));
        assert_eq!(second.caption, [Span::plain("B".to_owned())]);
    }

    #[test]
    fn everything_else_finds_its_block() {
        let found = of(
            "<ol start=\"3\"><li>a<ul><li>b</li></ul></li></ol><hr><pre><code class=\"language-rust\">x\n y</code></pre><blockquote cite=\"https://e.org/\">q</blockquote><dl><dt>t</dt><dd>d</dd></dl><figure><a href=\"https://v.example/1\">v</a></figure><table><caption>C</caption><tr><th>h<td colspan=2>x<br>y</table>",
        );
        let kinds: Vec<String> = found
            .iter()
            .map(|block| {
                format!("{block:?}")
                    .split([' ', '{'])
                    .next()
                    .unwrap()
                    .to_owned()
            })
            .collect();
        assert_eq!(
            kinds,
            [
                "List",
                "Divider",
                "Code",
                "Quote",
                "Paragraph",
                "Paragraph",
                "Embed",
                "Table"
            ]
        );
        let Block::List { start, items, .. } = &found[0] else {
            panic!()
        };
        assert_eq!((*start, items.len(), items[0].len()), (3, 1, 2));
        assert_eq!(
            found[2],
            Block::Code {
                text: "x\n y".to_owned(),
                language: Some("rust".to_owned())
            }
        );
        let Block::Table { rows, caption } = &found[7] else {
            panic!()
        };
        assert_eq!(caption, &[Span::plain("C".to_owned())]);
        assert!(rows[0][0].header && rows[0][1].colspan == 2);
        assert_eq!(rows[0][1].spans, [Span::plain("x\ny".to_owned())]);
    }
}
