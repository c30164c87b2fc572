//! Where readings stand in a text.

use std::collections::HashSet;
use std::ops::Range;

use super::syllables::{Pinyin, is_read};

/// What stands in brackets is looked at up to this many bytes.
const BRACKET: usize = 160;
/// So many characters may share a reading.
const CHARACTERS: usize = 32;

/// Characters, by their bytes in the text, and how they are read together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Read {
    pub(super) base: Range<usize>,
    pub(super) reading: String,
}

/// What was found: bytes of the text, in its order.
#[derive(Debug, Default)]
pub(super) struct Found {
    /// Each reading, character by character where it is known which syllable reads which.
    pub(super) readings: Vec<Vec<Read>>,
    /// What is no text: the brackets with what stands in them.
    pub(super) removed: Vec<Range<usize>>,
}

/// Finds the readings in a text; `braces` says whether Markdown ruby is one. Characters in `read`
/// have a reading already: another one for them is a stutter.
pub(super) fn find(text: &str, braces: bool, read: &[Range<usize>]) -> Found {
    let mut finder = Finder {
        text,
        found: Found::default(),
        read: HashSet::new(),
    };
    if !text.contains(['(', '（', '{']) {
        return finder.found;
    }
    for range in read {
        finder.mark(range.clone());
    }
    for (at, bracket) in text.match_indices(['(', '（', '{']) {
        match bracket {
            "{" if braces => finder.braces(at),
            "{" => {}
            _ => finder.brackets(at, bracket),
        }
    }
    finder.found
}

struct Finder<'t> {
    text: &'t str,
    found: Found,
    /// Where characters begin that have a reading.
    read: HashSet<usize>,
}

impl<'t> Finder<'t> {
    fn mark(&mut self, range: Range<usize>) {
        let text = self.text.get(range.clone()).unwrap_or_default();
        let starts = text.char_indices().map(|(at, _)| range.start + at);
        self.read.extend(starts);
    }

    /// What stands between a bracket and the next that closes one.
    fn inside(&self, from: usize, close: [char; 2]) -> Option<(&'t str, Range<usize>)> {
        let rest = self.text.get(from..)?;
        let near = rest.get(..rest.floor_char_boundary(BRACKET))?;
        let length = near.find(close)?;
        let bracket = near.get(length..)?.chars().next()?.len_utf8();
        Some((near.get(..length)?, from..from + length + bracket))
    }

    fn brackets(&mut self, at: usize, bracket: &str) {
        let from = at + bracket.len();
        let Some((content, inner)) = self.inside(from, [')', '）']) else {
            return;
        };
        let Some(pinyin) = Pinyin::parse(content) else {
            return;
        };
        let before = self.before(at);
        let characters: Vec<char> = before.iter().map(|(_, character)| *character).collect();
        let Some(syllables) = pinyin.fit(&characters) else {
            return;
        };
        self.found.removed.push(at..inner.end);
        let mut reads: Vec<Read> = before
            .iter()
            .zip(syllables)
            .filter(|((start, _), _)| !self.read.contains(start))
            .map(|((start, character), syllable)| Read {
                base: *start..start + character.len_utf8(),
                reading: syllable.to_owned(),
            })
            .collect();
        if reads.is_empty() {
            return;
        }
        reads.reverse();
        self.read.extend(reads.iter().map(|read| read.base.start));
        self.found.readings.push(reads);
    }

    /// The characters that end where a bracket begins, the last one first.
    fn before(&self, at: usize) -> Vec<(usize, char)> {
        let mut found = Vec::new();
        let mut removed = self.found.removed.iter().rev().peekable();
        let mut end = at;
        while found.len() < CHARACTERS {
            if let Some(gap) = removed.next_if(|gap| gap.end >= end) {
                end = gap.start.min(end);
                continue;
            }
            let last = self
                .text
                .get(..end)
                .and_then(|text| text.chars().next_back());
            let Some(character) = last.filter(|character| is_read(*character)) else {
                break;
            };
            end -= character.len_utf8();
            found.push((end, character));
        }
        found
    }

    /// `{漢字|かんじ}`, or a reading for each character: `{漢字|かん|じ}`.
    fn braces(&mut self, at: usize) {
        let Some((content, inner)) = self.inside(at + 1, ['}', '\n']) else {
            return;
        };
        let Some((base, readings)) = content.split_once('|') else {
            return;
        };
        let readings: Vec<&str> = readings.split('|').collect();
        let fits = base.chars().any(is_read)
            && base.chars().all(is_base)
            && readings.iter().all(|reading| is_reading(reading))
            && self
                .text
                .get(inner.clone())
                .is_some_and(|text| text.ends_with('}'));
        if !fits {
            return;
        }
        let from = at + 1;
        let starts: Vec<usize> = base.char_indices().map(|(start, _)| from + start).collect();
        let whole = from..from + base.len();
        let reads = if starts.len() == readings.len() {
            let ends = starts.iter().skip(1).copied().chain([whole.end]);
            let characters = starts.iter().copied().zip(ends).zip(&readings);
            characters
                .map(|((start, end), reading)| Read {
                    base: start..end,
                    reading: (*reading).to_owned(),
                })
                .collect()
        } else {
            vec![Read {
                base: whole.clone(),
                reading: readings.concat(),
            }]
        };
        self.found.removed.push(at..from);
        self.found.removed.push(whole.end..inner.end);
        // One element for each: what is written apart is read apart.
        self.found
            .readings
            .extend(reads.into_iter().map(|read| vec![read]));
        self.mark(whole);
    }
}

/// What may stand below a reading.
fn is_base(character: char) -> bool {
    is_read(character) || is_kana(character) || character.is_alphanumeric() || character == '々'
}

fn is_kana(character: char) -> bool {
    matches!(character, '\u{3041}'..='\u{30ff}' | '\u{31f0}'..='\u{31ff}' | '\u{ff66}'..='\u{ff9f}')
}

fn is_reading(text: &str) -> bool {
    !text.is_empty()
        && text
            .chars()
            .all(|character| is_kana(character) || character.is_alphabetic() || character == ' ')
}
