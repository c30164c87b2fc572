//! Slugs: the readable half of an address.

use crate::error::{Invalid, InvalidCode};
use pinyin::ToPinyin;
use std::fmt;
use unicode_normalization::UnicodeNormalization;

/// Words of lower-case ASCII letters and digits joined by single hyphens, 1 to 96 characters.
///
/// It holds no underscore, so it is never mistaken for an id.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Slug(String);

impl Slug {
    /// The longest slug, in characters (which are bytes here).
    pub const MAX: usize = 96;
    /// The longest slug made from a title: it leaves room for a number behind it.
    pub const MAX_MADE: usize = 90;

    /// Reads a slug; nothing is repaired.
    ///
    /// # Errors
    /// `required` if empty, `too_long` over 96 characters, else `bad_format`; without a field.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        if text.is_empty() {
            return Err(Invalid::value(InvalidCode::Required, "must not be empty"));
        }
        if text.len() > Self::MAX {
            return Err(Invalid::value(
                InvalidCode::TooLong,
                "must have at most 96 characters",
            ));
        }
        let word = |word: &str| {
            !word.is_empty()
                && word
                    .bytes()
                    .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
        };
        if text.split('-').all(word) {
            Ok(Self(text.to_owned()))
        } else {
            Err(Invalid::value(
                InvalidCode::BadFormat,
                "must be lower-case letters a-z and digits in words joined by single hyphens, such as city-council-vote",
            ))
        }
    }

    /// Makes a slug from a title in any script: Chinese as pinyin, one word per character, the
    /// rest transliterated to ASCII, cut between words at 90 characters. `None` if nothing that
    /// can be written in ASCII remains.
    #[must_use]
    pub fn from_title(title: &str) -> Option<Self> {
        let mut words = Words::default();
        for character in title.nfc() {
            if let Some(syllable) = character.to_pinyin() {
                words.end();
                words.push(syllable.plain());
                words.end();
            } else if !matches!(character, '\'' | '\u{2019}' | '\u{02bc}') {
                words.push(deunicode::deunicode_char(character).unwrap_or(" "));
            }
            if words.full {
                break;
            }
        }
        words.end();
        (!words.made.is_empty()).then_some(Self(words.made))
    }

    /// The same slug with `-n` behind it, shortened so that it still fits: for titles that are
    /// already taken.
    #[must_use]
    pub fn numbered(&self, n: u32) -> Self {
        let tail = format!("-{n}");
        let room = Self::MAX.saturating_sub(tail.len());
        let head: String = self.0.chars().take(room).collect();
        Self(format!("{}{tail}", head.trim_end_matches('-')))
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The text, owned.
    #[must_use]
    pub fn into_string(self) -> String {
        self.0
    }
}

/// Gathers words, and closes at the first that does not fit any more.
#[derive(Default)]
struct Words {
    made: String,
    word: String,
    full: bool,
}

impl Words {
    fn push(&mut self, ascii: &str) {
        for byte in ascii.bytes() {
            if byte.is_ascii_alphanumeric() {
                self.word.push(char::from(byte.to_ascii_lowercase()));
                // A word that never ends is cut rather than lost.
                if self.word.len() == Slug::MAX_MADE {
                    self.end();
                }
            } else {
                self.end();
            }
        }
    }

    fn end(&mut self) {
        if self.word.is_empty() || self.full {
            return;
        }
        let joint = if self.made.is_empty() { "" } else { "-" };
        if self.made.len() + joint.len() + self.word.len() > Slug::MAX_MADE {
            self.full = true;
            return;
        }
        self.made.push_str(joint);
        self.made.push_str(&self.word);
        self.word.clear();
    }
}

impl fmt::Display for Slug {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::str::FromStr for Slug {
    type Err = Invalid;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::parse(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn made(title: &str) -> String {
        Slug::from_title(title)
            .map(Slug::into_string)
            .unwrap_or_default()
    }

    #[test]
    fn titles_become_slugs() {
        assert_eq!(made("收购股份、挖角CEO"), "shou-gou-gu-fen-wa-jiao-ceo");
        assert_eq!(made("AI数据2026年"), "ai-shu-ju-2026-nian");
        assert_eq!(
            made("  Council votes: yes -- by 12–3!  "),
            "council-votes-yes-by-12-3"
        );
        assert_eq!(made("Don't panic, it’s fine"), "dont-panic-its-fine");
        assert_eq!(made("Žluťoučký kůň"), "zlutoucky-kun");
        assert_eq!(made("Straße über Łódź"), "strasse-uber-lodz");
        assert_eq!(made("Новости дня"), "novosti-dnia");
        assert_eq!(Slug::from_title(" —…!? "), None);
        assert_eq!(Slug::from_title(""), None);
    }

    #[test]
    fn long_titles_are_cut_between_words() {
        let slug = made(&"word ".repeat(100));
        assert!(
            slug.len() <= Slug::MAX_MADE && slug.ends_with("-word"),
            "{slug}"
        );
        assert_eq!(made(&"x".repeat(500)).len(), Slug::MAX_MADE);
        let behind = made(&format!("{} {} tiny", "a".repeat(60), "b".repeat(60)));
        assert_eq!(behind, "a".repeat(60));
    }

    #[test]
    fn only_exact_slugs_are_read() {
        assert!(Slug::parse("a-1-b").is_ok());
        for text in [
            "-a", "a-", "a--b", "A", "a_b", "a b", "é", "a/b", "a\n", ".",
        ] {
            assert_eq!(
                Slug::parse(text).unwrap_err().code,
                InvalidCode::BadFormat,
                "{text}"
            );
        }
        assert_eq!(Slug::parse("").unwrap_err().code, InvalidCode::Required);
        assert_eq!(
            Slug::parse(&"a".repeat(97)).unwrap_err().code,
            InvalidCode::TooLong
        );
    }

    #[test]
    fn a_number_always_fits() {
        assert_eq!(Slug::parse("vote").unwrap().numbered(2).as_str(), "vote-2");
        let long = Slug::parse(&format!("{}-b", "a".repeat(94))).unwrap();
        assert_eq!(long.numbered(2).as_str(), format!("{}-2", "a".repeat(94)));
        let tight = Slug::parse(&format!("{}-bc", "a".repeat(93))).unwrap();
        assert_eq!(tight.numbered(2).as_str(), format!("{}-2", "a".repeat(93)));
    }

    proptest! {
        #[test]
        fn every_made_slug_is_valid(title in "\\PC{0,200}", n in 2u32..) {
            if let Some(slug) = Slug::from_title(&title) {
                prop_assert!(slug.as_str().len() <= Slug::MAX_MADE);
                prop_assert_eq!(Slug::parse(slug.as_str()), Ok(slug.clone()));
                let next = slug.numbered(n);
                prop_assert_eq!(Slug::parse(next.as_str()), Ok(next.clone()));
            }
        }
    }
}
