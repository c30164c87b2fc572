//! The part of a text that shows why it was found.

use std::ops::Range;

use super::query::Query;
use super::units::{Unit, units};
use crate::text::tree::escape;

/// The longest snippet, in characters.
pub const SNIPPET_MAX: usize = 200;
/// So much of it stands before the first word that was found, if there is so much.
const BEFORE: usize = 40;

/// A part of a text, with what was found in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Snippet {
    /// The text, on one line. An ellipsis stands where more of it was.
    pub text: String,
    /// What was found, in characters of the text, in order, apart from each other.
    pub ranges: Vec<Range<usize>>,
}

impl Snippet {
    /// The text as HTML that can be put into a page as it is, with `mark` around what was found.
    #[must_use]
    pub fn html(&self) -> String {
        let characters: Vec<char> = self.text.chars().collect();
        let mut html = String::with_capacity(self.text.len() + self.ranges.len() * 13);
        let write = |html: &mut String, range: Range<usize>| {
            let part: String = characters.get(range).unwrap_or_default().iter().collect();
            escape(html, &part);
        };
        let mut written = 0;
        for range in &self.ranges {
            write(&mut html, written..range.start);
            html.push_str("<mark>");
            write(&mut html, range.clone());
            html.push_str("</mark>");
            written = range.end;
        }
        write(&mut html, written..characters.len());
        html
    }
}

/// The part of a text in which a query finds most; `None` if it finds nothing there.
#[must_use]
pub fn snippet(query: &Query, text: &str) -> Option<Snippet> {
    let mut units = units(text);
    let line = Line::of(text);
    line.place(&mut units);
    let found = found(query, &units);
    let first = best(&found)?;
    let characters = line.characters;
    let window = window(&characters, &units, first.start);
    let mut made = String::new();
    let mut shift = window.start;
    if window.start > 0 {
        made.push('…');
        shift -= 1;
    }
    made.extend(characters.get(window.clone()).unwrap_or_default());
    if window.end < characters.len() {
        made.push('…');
    }
    let ranges = found
        .into_iter()
        .filter(|range| window.start <= range.start && range.end <= window.end)
        .map(|range| range.start - shift..range.end - shift);
    Some(Snippet {
        text: made,
        ranges: ranges.collect(),
    })
}

/// A text on one line: a blank for every row of white space.
struct Line {
    characters: Vec<char>,
    /// Where each character of the text stands in it.
    places: Vec<usize>,
}

impl Line {
    fn of(text: &str) -> Self {
        let mut line = Self {
            characters: Vec::new(),
            places: Vec::new(),
        };
        for character in text.chars() {
            line.places.push(line.characters.len());
            if !character.is_whitespace() {
                line.characters.push(character);
            } else if line.characters.last() != Some(&' ') {
                line.characters.push(' ');
            }
        }
        line
    }

    /// Moves units of the text to where they stand in the line.
    fn place(&self, units: &mut [Unit]) {
        for unit in units {
            let place = |at: usize| self.places.get(at).copied();
            unit.start = place(unit.start).unwrap_or_default();
            unit.end = place(unit.end).unwrap_or(self.characters.len());
        }
    }
}

/// Every place where a word of the query stands, those that touch as one.
fn found(query: &Query, units: &[Unit]) -> Vec<Range<usize>> {
    let mut found: Vec<Range<usize>> = Vec::new();
    for at in 0..units.len() {
        let here = query.wanted().iter().filter_map(|word| word.at(units, at));
        let Some(longest) = here.max_by_key(|range| range.end) else {
            continue;
        };
        match found.last_mut() {
            Some(last) if longest.start <= last.end => last.end = last.end.max(longest.end),
            _ => found.push(longest),
        }
    }
    found
}

/// The place from where on a snippet shows most, the first of equals.
fn best(found: &[Range<usize>]) -> Option<Range<usize>> {
    let mut best: Option<(usize, &Range<usize>)> = None;
    let mut end = 0;
    for (place, first) in found.iter().enumerate() {
        let reach = first.start + SNIPPET_MAX - BEFORE;
        while found.get(end).is_some_and(|range| range.end <= reach) {
            end += 1;
        }
        let shown: usize = found
            .get(place..end)
            .unwrap_or_default()
            .iter()
            .take(8)
            .map(ExactSizeIterator::len)
            .sum();
        if best.is_none_or(|(most, _)| shown > most) {
            best = Some((shown, first));
        }
    }
    best.map(|(_, range)| range.clone())
}

/// What is shown around a place: from the beginning of a word to the end of one.
fn window(characters: &[char], units: &[Unit], place: usize) -> Range<usize> {
    let length = characters.len();
    if length <= SNIPPET_MAX {
        return 0..length;
    }
    let earliest = place.saturating_sub(BEFORE).min(length - SNIPPET_MAX);
    let begins = units.partition_point(|unit| unit.start < earliest);
    let start = match units.get(begins) {
        _ if earliest == 0 => 0,
        Some(unit) => unit.start.min(place),
        None => earliest,
    };
    let latest = (start + SNIPPET_MAX).min(length);
    let ends = units.partition_point(|unit| unit.end <= latest);
    let end = match ends.checked_sub(1).and_then(|last| units.get(last)) {
        _ if latest == length => length,
        Some(unit) if unit.end > place => unit.end,
        _ => latest,
    };
    start..end
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn html(query: &str, text: &str) -> Option<String> {
        snippet(&Query::parse(query).unwrap(), text).map(|snippet| snippet.html())
    }

    #[test]
    fn what_was_found_is_marked() {
        for (query, text, marked) in [
            (
                "收购股份",
                "收购股份、挖角CEO",
                "<mark>收购股份</mark>、挖角CEO",
            ),
            (
                "數據標註",
                "以数据标注为核心",
                "以<mark>数据标注</mark>为核心",
            ),
            (
                "\"scale ai\"",
                "Scale AI <b> & Scale",
                "<mark>Scale AI</mark> &lt;b&gt; &amp; Scale",
            ),
            ("met", "加盟Meta,", "加盟<mark>Meta</mark>,"),
            (
                "ete",
                "L’e\u{301}te\u{301} \"x\"",
                "L’<mark>e\u{301}te\u{301}</mark> &quot;x&quot;",
            ),
            ("ガ", "ｶﾞﾗｽ", "<mark>ｶﾞ</mark>ﾗｽ"),
            ("strasse", "Straße", "<mark>Straße</mark>"),
            ("a b", "a\n\nb", "<mark>a</mark> <mark>b</mark>"),
        ] {
            assert_eq!(html(query, text).as_deref(), Some(marked), "{query}");
        }
        assert_eq!(html("ferry", "no boat"), None);
    }

    #[test]
    fn a_snippet_shows_where_most_was_found() {
        let filler = "one two three four five. ".repeat(30);
        let text = format!("ferry {filler}the ferry and the bridge {filler}");
        let made = snippet(&Query::parse("ferry bridge ").unwrap(), &text).unwrap();
        assert!(
            made.text.starts_with('…') && made.text.ends_with('…'),
            "{made:?}"
        );
        assert!(
            made.html()
                .contains("<mark>ferry</mark> and the <mark>bridge</mark>")
        );
        assert!(made.text.chars().count() <= SNIPPET_MAX + 2);
    }

    proptest! {
        #[test]
        fn ranges_lie_in_the_text_and_apart(text in "[ab é收购\u{301}ｶﾞ<&\n]{0,600}") {
            let query = Query::parse("a 收购 é ガ").unwrap();
            if let Some(made) = snippet(&query, &text) {
                let length = made.text.chars().count();
                prop_assert!(length <= SNIPPET_MAX + 2);
                prop_assert!(!made.ranges.is_empty());
                prop_assert!(made.ranges.iter().all(|range| range.start < range.end && range.end <= length));
                prop_assert!(made.ranges.windows(2).all(|two| two[0].end < two[1].start));
                prop_assert_eq!(made.html().matches("<mark>").count(), made.ranges.len());
                prop_assert_eq!(made.html().matches("</mark>").count(), made.ranges.len());
            }
        }
    }
}
