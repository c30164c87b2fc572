//! Where a text leads.

use linkify::{LinkFinder, LinkKind};

use super::tokens::{Piece, tokenize};
use super::tree::{Element, Node, push_text};

/// The targets of all links in sanitised HTML, in their order, and the web addresses that stand in
/// its text without being links: readers copy those, and some programs make links of them.
#[must_use]
pub fn links(html: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut linked = 0_usize;
    tokenize(html, |piece| match piece {
        Piece::Open {
            name: "a",
            attributes,
        } => {
            linked += 1;
            let target = attributes.iter().find(|each| &*each.name.local == "href");
            found.extend(target.map(|target| target.value.to_string()));
        }
        Piece::Close("a") => linked = linked.saturating_sub(1),
        Piece::Text(text) if linked == 0 => found.extend(addresses(text)),
        Piece::Open { .. } | Piece::Close(_) | Piece::Text(_) => {}
    });
    found
}

/// Makes links of the web addresses that stand in the text of a tree, as GitHub's Markdown does: of
/// those with a scheme, and of those that begin with `www.`.
pub(super) fn autolink(nodes: Vec<Node>) -> Vec<Node> {
    let mut made = Vec::with_capacity(nodes.len());
    for node in nodes {
        match node {
            Node::Text(text) if text.contains("://") || text.contains("www.") => {
                link_addresses(&text, &mut made);
            }
            Node::Element(element) if !holds_no_links(element.name) => {
                made.push(Node::Element(Element {
                    children: autolink(element.children),
                    ..element
                }));
            }
            other => made.push(other),
        }
    }
    made
}

fn holds_no_links(name: &str) -> bool {
    matches!(name, "a" | "code" | "kbd" | "samp" | "var" | "pre" | "ruby")
}

fn link_addresses(text: &str, made: &mut Vec<Node>) {
    let mut finder = LinkFinder::new();
    finder.kinds(&[LinkKind::Url]);
    finder.url_must_have_scheme(false);
    // Chinese writes no space behind an address.
    finder.url_can_be_iri(false);
    for span in finder.spans(text) {
        let address = span.as_str();
        let target = if address.starts_with("www.") {
            format!("https://{address}")
        } else {
            address.to_owned()
        };
        let scheme = ["http://", "https://"]
            .iter()
            .any(|scheme| target.starts_with(scheme));
        if span.kind().is_none() || !scheme {
            push_text(made, address);
            continue;
        }
        let mut link = Element::holding("a", vec![Node::Text(address.to_owned())]);
        link.set("href", target);
        made.push(Node::Element(link));
    }
}

fn addresses(text: &str) -> impl Iterator<Item = String> + '_ {
    // Chinese writes no space before an address, so it may begin anywhere in a word.
    let lower = text.to_ascii_lowercase();
    let mut starts: Vec<usize> = ["http://", "https://", "www."]
        .iter()
        .flat_map(|start| lower.match_indices(start).map(|(at, _)| at))
        .collect();
    starts.sort_unstable();
    let mut end = 0;
    starts.into_iter().filter_map(move |at| {
        let rest = text.get(at..).filter(|_| at >= end)?;
        let length = rest
            .find(|character: char| !character.is_ascii_graphic())
            .unwrap_or(rest.len());
        end = at + length;
        rest.get(..length).map(str::to_owned)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::render_comment;

    #[test]
    fn links_are_counted_as_they_are_shown() {
        let of = |source| links(&render_comment(source).html);
        assert_eq!(of("no link, no.address"), Vec::<String>::new());
        assert_eq!(
            of("[a](https://a.example/) and <https://b.example/x>"),
            ["https://a.example/", "https://b.example/x"]
        );
        assert_eq!(
            of("see HTTP://a.example/x, 看https://www.b.example吧 or www.c.example"),
            [
                "HTTP://a.example/x,",
                "https://www.b.example",
                "www.c.example"
            ]
        );
        assert_eq!(
            of("[http://a.example](http://b.example)"),
            ["http://b.example"]
        );
        // What is not rendered as a link is none.
        assert_eq!(of("[a](javascript:x)"), Vec::<String>::new());
    }
}
