//! Walking over loosely written HTML without building a tree: where is the next tag, what is it.

/// A tag or comment as written, `<` to `>`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Tag<'s> {
    /// The whole of it.
    pub(super) text: &'s str,
    /// The element's name as written; empty for a comment.
    pub(super) name: &'s str,
    /// `</…>`.
    pub(super) closing: bool,
}

/// Cuts a text in two without a panic, whatever `at` is.
pub(super) fn cut(text: &str, at: usize) -> (&str, &str) {
    text.split_at_checked(at).unwrap_or((text, ""))
}

/// The text before the next tag or comment, that tag, and the rest. `None` when there is no tag.
pub(super) fn next_tag(text: &str) -> Option<(&str, Tag<'_>, &str)> {
    let mut from = 0_usize;
    loop {
        let (_, tail) = cut(text, from);
        let start = from.checked_add(tail.find('<')?)?;
        let (before, at) = cut(text, start);
        if let Some(tag) = tag_at(at) {
            let (_, rest) = cut(at, tag.text.len());
            return Some((before, tag, rest));
        }
        from = start.checked_add(1)?;
    }
}

fn tag_at(text: &str) -> Option<Tag<'_>> {
    if text.starts_with("<!--") {
        let length = text
            .find("-->")
            .map_or(text.len(), |end| end.saturating_add(3));
        return Some(Tag {
            text: cut(text, length).0,
            name: "",
            closing: false,
        });
    }
    let inner = text.strip_prefix('<')?;
    let (closing, inner) = inner
        .strip_prefix('/')
        .map_or((false, inner), |rest| (true, rest));
    if !inner.starts_with(|first: char| first.is_ascii_alphabetic()) {
        return None;
    }
    let name_end = inner
        .find(|character: char| !character.is_ascii_alphanumeric() && character != '-')
        .unwrap_or(inner.len());
    let (name, _) = cut(inner, name_end);
    let length = end_of_tag(text)?;
    Some(Tag {
        text: cut(text, length).0,
        name,
        closing,
    })
}

/// Length up to and with the `>` that ends the tag; one inside quotes does not.
fn end_of_tag(text: &str) -> Option<usize> {
    let mut quote = None;
    for (at, character) in text.char_indices() {
        match (quote, character) {
            (None, '>') => return at.checked_add(1),
            (None, '<') if at > 0 => return None,
            (None, '"' | '\'') => quote = Some(character),
            (Some(open), _) if open == character => quote = None,
            _ => {}
        }
    }
    // A quote that is never closed: the first `>` has to do.
    let end = text.find('>')?;
    cut(text, end)
        .0
        .rfind('<')
        .filter(|at| *at > 0)
        .map_or(end.checked_add(1), |_| None)
}

/// Text as HTML: the five characters that mean something are written out.
pub(super) fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
        .replace('\'', "&#39;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_tags_and_leaves_arithmetic_alone() {
        let (before, tag, rest) = next_tag("1 < 2 <a title='x > y'>b</a>").unwrap();
        assert_eq!(before, "1 < 2 ");
        assert_eq!(tag.name, "a");
        assert_eq!(tag.text, "<a title='x > y'>");
        assert_eq!(rest, "b</a>");
        assert!(next_tag("a < b").is_none());
        assert!(next_tag("é<").is_none());
        assert_eq!(next_tag("<!-- <p> --> x").unwrap().1.text, "<!-- <p> -->");
        assert_eq!(next_tag("<!-- never closed").unwrap().2, "");
        assert!(next_tag("</P>").unwrap().1.closing);
    }
}
