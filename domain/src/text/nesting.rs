//! A bound on how deeply Markdown nests, put on its source.
//!
//! Block quotes and lists nest without limit, and a parser compares each line with every level
//! that is open: a few kilobytes of `>` or `-` can cost it seconds. No article needs it.

use std::borrow::Cow;

/// Block quotes and list items that one line may open; what follows is text.
const MARKERS: usize = 16;
/// Columns of white space before a line's text; more opens no level that a reader could follow.
const INDENT: usize = 64;
/// A tab reaches the next multiple of this.
const TAB: usize = 4;

/// The same Markdown with at most 16 levels opened by a line and 64 columns of indentation.
pub(super) fn limit(source: &str) -> Cow<'_, str> {
    if source.split('\n').all(|line| excess(line).is_none()) {
        return Cow::Borrowed(source);
    }
    let mut limited = String::with_capacity(source.len() + 64);
    for line in source.split_inclusive('\n') {
        match excess(line) {
            None => limited.push_str(line),
            Some((before, Excess::Marker(marker))) => {
                let (head, tail) = line.split_at_checked(before + marker).unwrap_or((line, ""));
                limited.push_str(head);
                limited.push('\\');
                limited.push_str(tail);
            }
            Some((before, Excess::Indent)) => {
                let (head, tail) = line.split_at_checked(before).unwrap_or((line, ""));
                limited.push_str(head);
                // Behind the indentation another marker could follow: it must not count.
                let text = tail.trim_start_matches([' ', '\t']);
                if marker_length(text.trim_end_matches('\n')).is_some() {
                    limited.push('\\');
                }
                limited.push_str(text);
            }
        }
    }
    Cow::Owned(limited)
}

enum Excess {
    /// One marker too many; the number is how far into it the character stands that makes it
    /// one, and that a backslash disarms.
    Marker(usize),
    /// Too much white space.
    Indent,
}

/// Where in a line the limit is passed, in bytes, and by what.
fn excess(line: &str) -> Option<(usize, Excess)> {
    let mut rest = line;
    let (mut markers, mut columns) = (0, 0);
    loop {
        let at = line.len() - rest.len();
        match rest.as_bytes().first() {
            Some(b' ') => columns += 1,
            Some(b'\t') => columns += TAB,
            _ => {
                if is_rule(rest) {
                    return None;
                }
                let length = marker_length(rest.trim_end_matches('\n'))?;
                if markers == MARKERS {
                    return Some((at, Excess::Marker(length - 1)));
                }
                markers += 1;
                rest = rest.split_at_checked(length)?.1;
                continue;
            }
        }
        if columns > INDENT {
            return Some((at, Excess::Indent));
        }
        rest = rest.split_at_checked(1)?.1;
    }
}

/// The bytes of the block quote or list marker that a line begins with.
fn marker_length(line: &str) -> Option<usize> {
    let ends = |at: usize| matches!(line.as_bytes().get(at), None | Some(b' ' | b'\t' | b'\r'));
    match line.as_bytes() {
        [b'>', ..] => Some(1),
        [b'-' | b'+' | b'*', ..] if ends(1) => Some(1),
        [first, ..] if first.is_ascii_digit() => {
            let digits = line.bytes().take(10).take_while(u8::is_ascii_digit).count();
            let closed = matches!(line.as_bytes().get(digits), Some(b'.' | b')'));
            (digits <= 9 && closed && ends(digits + 1)).then_some(digits + 1)
        }
        _ => None,
    }
}

/// Whether a line is a thematic break, which looks like a row of list markers.
fn is_rule(line: &str) -> bool {
    let mut characters = line.chars().filter(|character| !character.is_whitespace());
    let Some(first @ ('-' | '*' | '_')) = characters.next() else {
        return false;
    };
    let mut others = 0;
    characters.all(|character| {
        others += 1;
        character == first
    }) && others >= 2
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ordinary_markdown_is_left_alone() {
        for source in [
            "> a\n> > b\n\n- c\n  - d\n\n    code",
            "- - - - - - - - - - - - - - - - - - -\n",
            "",
        ] {
            assert!(matches!(limit(source), Cow::Borrowed(_)), "{source}");
        }
    }

    #[test]
    fn the_seventeenth_marker_is_text() {
        let source = format!("{}x\ny", ">".repeat(20));
        assert_eq!(
            limit(&source),
            format!("{}\\{}x\ny", ">".repeat(16), ">".repeat(4))
        );
        let source = format!("{}x", "1. ".repeat(18));
        assert_eq!(limit(&source), format!("{}1\\. 1. x", "1. ".repeat(16)));
        let source = format!("{}- x\n", " ".repeat(90));
        assert_eq!(limit(&source), format!("{}\\- x\n", " ".repeat(64)));
    }
}
