//! Where a text leads.

use super::tokens::{Piece, tokenize};

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
