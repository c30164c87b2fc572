//! WordPress shortcodes: a few become HTML, a few have nothing to show here, the rest stay text.

use super::markup::{cut, escape, next_tag};

/// What a body held that could not be taken along.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Dropped {
    /// Galleries: they only number attachments, which are not imported.
    pub(super) galleries: u32,
    /// Players without an address of their own.
    pub(super) players: u32,
}

#[derive(Debug)]
struct Shortcode<'s> {
    name: &'s str,
    attributes: Vec<(&'s str, &'s str)>,
}

impl<'s> Shortcode<'s> {
    fn attribute(&self, name: &str) -> Option<&'s str> {
        self.attributes
            .iter()
            .find(|(key, _)| *key == name)
            .map(|(_, value)| *value)
    }
}

/// The source with its shortcodes replaced.
pub(super) fn expand(source: &str, dropped: &mut Dropped) -> String {
    let mut out = String::with_capacity(source.len());
    let mut rest = source;
    while let Some(at) = rest.find('[') {
        let (before, tail) = cut(rest, at);
        out.push_str(before);
        if let Some(after) = escaped(tail, &mut out) {
            rest = after;
            continue;
        }
        rest = match parse(tail) {
            Some((shortcode, after)) => replace(&shortcode, after, &mut out, dropped)
                .unwrap_or_else(|| keep(tail, &mut out)),
            None => keep(tail, &mut out),
        };
    }
    out.push_str(rest);
    out
}

fn keep<'s>(tail: &'s str, out: &mut String) -> &'s str {
    out.push('[');
    cut(tail, 1).1
}

/// `[[gallery]]` is how a post writes about a shortcode.
fn escaped<'s>(tail: &'s str, out: &mut String) -> Option<&'s str> {
    let inner = tail.strip_prefix("[[")?;
    let (name, after) = inner.split_once("]]")?;
    if name.contains('[') || name.contains('\n') {
        return None;
    }
    out.push('[');
    out.push_str(name);
    out.push(']');
    Some(after)
}

/// Writes what the shortcode stands for and returns what follows, or `None` to leave it as text.
fn replace<'s>(
    shortcode: &Shortcode<'_>,
    after: &'s str,
    out: &mut String,
    dropped: &mut Dropped,
) -> Option<&'s str> {
    match shortcode.name {
        "caption" | "wp_caption" => {
            let end = if shortcode.name == "caption" {
                "[/caption]"
            } else {
                "[/wp_caption]"
            };
            let (inner, rest) = after.split_once(end)?;
            out.push_str(&figure(shortcode, inner));
            Some(rest)
        }
        "gallery" | "playlist" => {
            dropped.galleries = dropped.galleries.saturating_add(1);
            Some(after)
        }
        "embed" => {
            let (address, rest) = after.split_once("[/embed]")?;
            out.push_str(&link(address.trim()));
            Some(rest)
        }
        "audio" | "video" => {
            let end = if shortcode.name == "audio" {
                "[/audio]"
            } else {
                "[/video]"
            };
            let rest = after
                .split_once(end)
                .filter(|(inner, _)| !inner.contains('['));
            let address = [
                "src", "mp4", "webm", "m4v", "ogv", "mp3", "m4a", "ogg", "wav", "flac",
            ]
            .iter()
            .find_map(|name| shortcode.attribute(name));
            match address {
                Some(address) => out.push_str(&link(address)),
                None => dropped.players = dropped.players.saturating_add(1),
            }
            Some(rest.map_or(after, |(_, rest)| rest))
        }
        _ => None,
    }
}

fn link(address: &str) -> String {
    let address = escape(address);
    format!("<a href=\"{address}\">{address}</a>")
}

fn figure(shortcode: &Shortcode<'_>, inner: &str) -> String {
    let (media, after) = split_media(inner);
    let caption = shortcode.attribute("caption").unwrap_or(after).trim();
    let caption = if caption.is_empty() {
        String::new()
    } else {
        format!("<figcaption>{caption}</figcaption>")
    };
    format!("\n\n<figure>{}{caption}</figure>\n\n", media.trim())
}

/// The picture, with the link around it when there is one, and the words after it.
fn split_media(inner: &str) -> (&str, &str) {
    let mut rest = inner;
    let mut linked = false;
    while let Some((_, tag, after)) = next_tag(rest) {
        rest = after;
        let name = tag.name.to_ascii_lowercase();
        let ends = match name.as_str() {
            "a" if tag.closing => true,
            "a" => {
                linked = true;
                false
            }
            "img" => !linked,
            _ => false,
        };
        if ends {
            return cut(inner, inner.len().saturating_sub(after.len()));
        }
    }
    (inner, "")
}

fn parse(tail: &str) -> Option<(Shortcode<'_>, &str)> {
    let inner = tail.strip_prefix('[')?;
    let length = inner.find(|character: char| !matches!(character, 'a'..='z' | '_' | '-'))?;
    let (name, mut rest) = cut(inner, length);
    if name.is_empty() {
        return None;
    }
    let mut attributes = Vec::new();
    loop {
        rest = rest.trim_start().trim_start_matches('/');
        if let Some(after) = rest.strip_prefix(']') {
            return Some((Shortcode { name, attributes }, after));
        }
        let (attribute, after) = attribute(rest)?;
        attributes.push(attribute);
        rest = after;
    }
}

fn attribute(text: &str) -> Option<((&str, &str), &str)> {
    let length =
        text.find(|character: char| character.is_whitespace() || matches!(character, '=' | ']'))?;
    let (key, rest) = cut(text, length);
    let Some(rest) = rest.strip_prefix('=') else {
        return (!key.is_empty()).then_some(((key, ""), rest));
    };
    for quote in ['"', '\''] {
        if let Some(quoted) = rest.strip_prefix(quote) {
            let (value, after) = quoted.split_once(quote)?;
            return Some(((key, value), after));
        }
    }
    let length = rest.find(|character: char| character.is_whitespace() || character == ']')?;
    let (value, after) = cut(rest, length);
    Some(((key, value), after))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn expanded(source: &str) -> (String, Dropped) {
        let mut dropped = Dropped::default();
        (expand(source, &mut dropped), dropped)
    }

    #[test]
    fn a_caption_is_a_figure_in_both_spellings() {
        let figure = "\n\n<figure><img src=\"https://a.example/b.png\" />\
                      <figcaption>A pier</figcaption></figure>\n\n";
        let (new, _) = expanded(
            "[caption id=\"x\" width=\"640\"]<img src=\"https://a.example/b.png\" /> A pier[/caption]",
        );
        assert_eq!(new, figure);
        let (old, _) = expanded(
            "[caption width='640' caption='A pier']<img src=\"https://a.example/b.png\" />[/caption]",
        );
        assert_eq!(old, figure);
        let (linked, _) = expanded("[caption]<a href=\"/x\"><img src=\"y\"></a> words[/caption]");
        assert!(
            linked.contains("</a><figcaption>words</figcaption>"),
            "{linked}"
        );
    }

    #[test]
    fn unknown_ones_stay_text() {
        for text in [
            "[sic]",
            "[1]",
            "a [b c",
            "[unknown x=1]y[/unknown]",
            "[",
            "]",
            "[caption]",
        ] {
            assert_eq!(
                expanded(text),
                (text.to_owned(), Dropped::default()),
                "{text}"
            );
        }
        assert_eq!(expanded("[[gallery]]").0, "[gallery]");
    }

    #[test]
    fn galleries_are_counted_and_players_become_links() {
        let (text, dropped) = expanded("a [gallery ids=\"1,2\" columns=3] b [video] c");
        assert_eq!(text, "a  b  c");
        assert_eq!(
            dropped,
            Dropped {
                galleries: 1,
                players: 1
            }
        );
        let (text, _) = expanded("[audio src=\"https://a.example/b.mp3?x=1&y=2\"][/audio]!");
        assert_eq!(
            text,
            "<a href=\"https://a.example/b.mp3?x=1&amp;y=2\">\
             https://a.example/b.mp3?x=1&amp;y=2</a>!"
        );
        let (text, _) = expanded("[embed]https://a.example/v[/embed]");
        assert_eq!(
            text,
            "<a href=\"https://a.example/v\">https://a.example/v</a>"
        );
    }
}
