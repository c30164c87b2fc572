//! A text as a row of folded words, and where each stands.

use std::collections::HashMap;
use std::sync::LazyLock;

use ferrous_opencc::OpenCC;
use ferrous_opencc::config::BuiltinConfig;
use unicode_normalization::char::is_combining_mark;
use unicode_segmentation::UnicodeSegmentation;

use crate::text::count::is_han_or_kana;
use crate::text::words::{LONGEST_WORD, fold};

/// A word, or a character that stands for itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Unit {
    /// Folded: without case, accents and widths, and in simplified characters.
    pub(super) text: String,
    /// Where it stands in the text, in characters (Unicode scalar values).
    pub(super) start: usize,
    pub(super) end: usize,
    /// Whether it is a character of a script that puts no spaces between words.
    pub(super) unspaced: bool,
    /// Whether nothing stands between it and the one before.
    pub(super) joined: bool,
    /// Whether no line ends between it and the one before.
    pub(super) same_line: bool,
}

/// The units of a text.
pub(super) fn units(text: &str) -> Vec<Unit> {
    let mut reader = Reader::default();
    for grapheme in text.graphemes(true) {
        reader.read(grapheme);
    }
    reader.end_word();
    reader.units
}

#[derive(Default)]
struct Reader {
    units: Vec<Unit>,
    /// Characters so far.
    at: usize,
    word: String,
    began_at: usize,
    apart: bool,
    line_ended: bool,
}

impl Reader {
    fn read(&mut self, grapheme: &str) {
        let mut characters = grapheme.chars();
        match (characters.next(), characters.next()) {
            (Some(only), None) if only.is_ascii() => {
                self.one(only.to_ascii_lowercase());
                self.at += 1;
            }
            (Some(only), None) if is_ideograph(only) => {
                self.one(simplified(only));
                self.at += 1;
            }
            _ => {
                for character in fold(grapheme).chars() {
                    self.one(simplified(character));
                }
                self.at += grapheme.chars().count();
                self.close(grapheme);
            }
        }
    }

    /// Reads one folded character, all that comes of the grapheme at `at`.
    fn one(&mut self, character: char) {
        let in_word = character.is_alphanumeric() || is_combining_mark(character);
        if in_word && is_unspaced(character) {
            self.end_word();
            self.push(character.to_string(), self.at, self.at + 1, true);
        } else if character.is_alphanumeric()
            || (is_combining_mark(character) && !self.word.is_empty())
        {
            if self.word.is_empty() {
                self.began_at = self.at;
            }
            self.word.push(character);
        } else {
            self.end_word();
            self.apart = true;
            self.line_ended |= character == '\n';
        }
    }

    /// A unit that came of a grapheme of several characters ends where the grapheme does.
    fn close(&mut self, grapheme: &str) {
        let began = self.at - grapheme.chars().count();
        for unit in self.units.iter_mut().rev() {
            if unit.start < began {
                break;
            }
            unit.end = self.at;
        }
    }

    fn end_word(&mut self) {
        if self.word.is_empty() {
            return;
        }
        let word: String = self.word.chars().take(LONGEST_WORD).collect();
        self.word.clear();
        self.push(word, self.began_at, self.at, false);
    }

    fn push(&mut self, text: String, start: usize, end: usize, unspaced: bool) {
        let first = self.units.is_empty();
        self.units.push(Unit {
            text,
            start,
            end,
            unspaced,
            joined: !first && !self.apart,
            same_line: !first && !self.line_ended,
        });
        (self.apart, self.line_ended) = (false, false);
    }
}

const fn is_ideograph(character: char) -> bool {
    matches!(character, '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}')
}

/// Scripts that put no spaces between words, or whose words carry their endings.
fn is_unspaced(character: char) -> bool {
    is_han_or_kana(character)
        || matches!(
            character,
            // Hangul; Thai and Lao; Myanmar; Khmer.
            '\u{ac00}'..='\u{d7a3}' | '\u{e00}'..='\u{eff}' | '\u{1000}'..='\u{109f}' | '\u{1780}'..='\u{17ff}'
        )
}

/// Whether words of Chinese are made of it.
pub(super) fn is_han(text: &str) -> bool {
    text.chars()
        .all(|character| is_ideograph(character) || character >= '\u{20000}')
}

/// The simplified form of a traditional character, whatever stands beside it: a query may hold less
/// of its surroundings than a text does.
fn simplified(character: char) -> char {
    if !is_ideograph(character) {
        return character;
    }
    SIMPLIFIED.get(&character).copied().unwrap_or(character)
}

static SIMPLIFIED: LazyLock<HashMap<char, char>> = LazyLock::new(|| {
    let Ok(converter) = OpenCC::from_config(BuiltinConfig::T2s) else {
        return HashMap::new();
    };
    let ideographs = ('\u{3400}'..='\u{4dbf}').chain('\u{4e00}'..='\u{9fff}');
    let convert = |character: char| {
        let converted = converter.convert(character.encode_utf8(&mut [0; 4]));
        let mut converted = converted.chars();
        let simple = converted.next().filter(|simple| *simple != character)?;
        converted.next().is_none().then_some((character, simple))
    };
    ideographs.filter_map(convert).collect()
});
