//! Pinyin as it is typed, and which characters it reads.

use std::collections::HashSet;

use pinyin::ToPinyinMulti;
use unicode_normalization::UnicodeNormalization;

/// Whether a character has a reading in pinyin.
pub(super) fn is_read(character: char) -> bool {
    character >= '\u{3007}' && character.to_pinyin_multi().is_some()
}

/// What may stand between syllables.
pub(super) const BETWEEN: [char; 5] = [' ', '\'', '\u{2019}', '-', '·'];

/// What a text in brackets reads, if it is pinyin by its letters.
pub(super) struct Pinyin<'t> {
    text: &'t str,
    /// Lower case, without tones and what stands between syllables; `ü` is one letter.
    letters: String,
    /// Where in the text each byte of the letters comes from.
    origins: Vec<usize>,
}

impl<'t> Pinyin<'t> {
    pub(super) fn parse(text: &'t str) -> Option<Self> {
        let mut pinyin = Self {
            text,
            letters: String::with_capacity(text.len()),
            origins: Vec::with_capacity(text.len()),
        };
        for (at, character) in text.char_indices() {
            pinyin.push(at, character)?;
        }
        (!pinyin.letters.is_empty()).then_some(pinyin)
    }

    fn push(&mut self, at: usize, character: char) -> Option<()> {
        match character {
            _ if BETWEEN.contains(&character) => return Some(()),
            // The tone, behind its syllable.
            '0'..='5' if !self.letters.is_empty() => return Some(()),
            ':' if self.letters.ends_with('u') => {
                // `u:` is an ASCII spelling of `ü`.
                self.letters.pop();
                self.origins.pop();
                self.add(at.saturating_sub(1), 'ü');
                return Some(());
            }
            _ => {}
        }
        let mut parts = character.nfd();
        let letter = parts.next()?.to_ascii_lowercase();
        let mut umlaut = false;
        for mark in parts {
            match mark {
                // Grave, acute, macron, breve (often typed for the third tone) and caron.
                '\u{300}' | '\u{301}' | '\u{304}' | '\u{306}' | '\u{30c}' => {}
                '\u{308}' => umlaut = true,
                _ => return None,
            }
        }
        match letter {
            'u' if umlaut => self.add(at, 'ü'),
            'v' if !umlaut => self.add(at, 'ü'),
            'a'..='z' if !umlaut => self.add(at, letter),
            _ => return None,
        }
        Some(())
    }

    fn add(&mut self, at: usize, letter: char) {
        self.letters.push(letter);
        self.origins
            .extend(std::iter::repeat_n(at, letter.len_utf8()));
    }

    /// How it reads the last characters of a text, given from the last one on: a syllable for each
    /// that it reads. `None` if it reads none exactly.
    pub(super) fn fit(&self, characters: &[char]) -> Option<Vec<&'t str>> {
        let mut lengths = Vec::new();
        fit(&self.letters, characters, &mut HashSet::new(), &mut lengths)
            .then(|| self.cut(&lengths))
    }

    /// The text of syllables that have these lengths in letters, from the last one on, each with
    /// what stands between it and the next.
    fn cut(&self, lengths: &[usize]) -> Vec<&'t str> {
        let mut letters_end = self.letters.len();
        let mut end = self.text.len();
        let mut syllables = Vec::with_capacity(lengths.len());
        for length in lengths {
            letters_end = letters_end.saturating_sub(*length);
            let start = match letters_end {
                0 => 0,
                at => self.origins.get(at).copied().unwrap_or_default(),
            };
            syllables.push(self.text.get(start..end).unwrap_or_default());
            end = start;
        }
        syllables
    }
}

/// Whether the letters end in the readings of these characters, one behind the other, and hold
/// nothing else. What was tried in vain is in `dead`, so that it is tried once.
fn fit(
    letters: &str,
    characters: &[char],
    dead: &mut HashSet<(usize, usize)>,
    lengths: &mut Vec<usize>,
) -> bool {
    if letters.is_empty() {
        return true;
    }
    let Some((character, before)) = characters.split_first() else {
        return false;
    };
    if !dead.insert((letters.len(), characters.len())) {
        return false;
    }
    let retroflex = (*character == '儿').then_some("r");
    let readings = character.to_pinyin_multi().into_iter().flatten();
    for reading in readings.map(pinyin::Pinyin::plain).chain(retroflex) {
        if let Some(rest) = letters.strip_suffix(reading) {
            lengths.push(reading.len());
            if fit(rest, before, dead, lengths) {
                return true;
            }
            lengths.pop();
        }
    }
    false
}
