//! Patterns that symbols belong to (`c++`, `$$$`): they are looked for as they are.

use std::ops::Range;

use aho_corasick::{AhoCorasick, BuildError};

use super::WordMatch;
use super::fold::{Kind, fold, kind};
use super::words::{Span, search};

/// Whether nothing of a pattern is left to look for.
pub(super) fn is_empty(pattern: &str) -> bool {
    literal(pattern).0.trim().is_empty()
}

/// Whether symbols belong to a pattern (`c++`, `$$$`), so that it is looked for as it is: they
/// stand at its ends, and not only between letters.
pub(super) fn is_literal(pattern: &str) -> bool {
    let (folded, _) = literal(pattern);
    let folded = folded.trim();
    let kind = |end: Option<char>| end.map_or(Kind::Separator, kind);
    // A mark in front has no letter to stand on.
    matches!(kind(folded.chars().next()), Kind::Separator | Kind::Mark)
        || kind(folded.chars().next_back()) == Kind::Separator
}

/// Patterns that symbols belong to.
#[derive(Debug, Default)]
pub(super) struct Literals {
    /// None while there are no patterns.
    search: Option<AhoCorasick>,
    patterns: Vec<(usize, WordMatch)>,
}

/// A text with its symbols: folded, and every run of white space one space. For each byte the
/// character of the text that it comes from.
pub(super) fn literal(text: &str) -> (String, Vec<u32>) {
    let mut folded = String::with_capacity(text.len());
    let mut places = Vec::with_capacity(text.len());
    for (at, character) in (0_u32..).zip(text.chars()) {
        fold(character, &mut |part| {
            let part = if part.is_whitespace() { ' ' } else { part };
            if part != ' ' || !folded.ends_with(' ') {
                folded.push(part);
                places.resize(folded.len(), at);
            }
        });
    }
    (folded, places)
}

impl Literals {
    pub(super) fn build(all: &[(usize, &str, WordMatch)]) -> Result<Self, BuildError> {
        let folded = all
            .iter()
            .map(|(number, pattern, matching)| (literal(pattern).0, (*number, *matching)))
            .map(|(folded, pattern)| (folded.trim().to_owned(), pattern))
            .filter(|(folded, _)| !folded.is_empty());
        let (keys, patterns): (Vec<String>, Vec<_>) = folded.unzip();
        Ok(Self {
            search: search(&keys)?,
            patterns,
        })
    }

    pub(super) fn find(&self, text: &str, found: &mut impl FnMut(usize, Span)) {
        let Some(search) = &self.search else { return };
        let (folded, places) = literal(text);
        for hit in search.find_overlapping_iter(&folded) {
            let Some((number, matching)) = self.patterns.get(hit.pattern().as_usize()) else {
                continue;
            };
            let place = |byte: usize| places.get(byte).copied();
            let span = place(hit.start()).zip(place(hit.end().saturating_sub(1)));
            if let Some((first, last)) = span
                && (*matching == WordMatch::Substring || parted(&folded, hit.range()))
            {
                found(*number, (first, last.saturating_add(1)));
            }
        }
    }
}

/// Whether no word of a script with spaces goes on at either end of the range.
fn parted(text: &str, range: Range<usize>) -> bool {
    let solid = |side: Option<char>| {
        side.is_some_and(|side| matches!(kind(side), Kind::Letter | Kind::Digit))
    };
    let within = text.get(range.clone()).unwrap_or_default();
    let before = text
        .get(..range.start)
        .and_then(|text| text.chars().next_back());
    let after = text.get(range.end..).and_then(|text| text.chars().next());
    let begins = !(solid(before) && solid(within.chars().next()));
    let ends = !(solid(after) && solid(within.chars().next_back()));
    begins && ends
}
