//! The language a text is written in.

use crate::error::{Invalid, InvalidCode};
use std::fmt;

/// A well-formed BCP 47 language tag in its usual spelling: `en`, `zh-Hans`, `pt-BR`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Language(String);

impl Language {
    /// The longest tag accepted, in characters; RFC 5646 asks for room for 35.
    pub const MAX: usize = 35;

    /// Reads a tag in any case and writes it in the usual one.
    ///
    /// # Errors
    /// `too_long` over 35 characters, else `bad_format`; without a field.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        if text.len() > Self::MAX {
            return Err(Invalid::value(
                InvalidCode::TooLong,
                "must have at most 35 characters",
            ));
        }
        oxilangtag::LanguageTag::parse_and_normalize(text)
            .map(|tag| Self(tag.into_inner()))
            .map_err(|_| {
                Invalid::value(
                    InvalidCode::BadFormat,
                    "must be a BCP 47 language tag, such as en, zh-Hans or pt-BR",
                )
            })
    }

    /// English: what a caller takes when no language is given.
    #[must_use]
    pub fn english() -> Self {
        Self(String::from("en"))
    }

    /// The tag.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Language {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn case_is_made_usual() {
        assert_eq!(
            Language::parse("ZH-hans-cn").unwrap().as_str(),
            "zh-Hans-CN"
        );
        assert_eq!(Language::parse("en").unwrap(), Language::english());
    }

    #[test]
    fn what_is_no_tag_is_refused() {
        for text in ["", "e", "en_US", "en-", "english language", "中文", "en\0"] {
            assert_eq!(
                Language::parse(text).unwrap_err().code,
                InvalidCode::BadFormat,
                "{text}"
            );
        }
        assert_eq!(
            Language::parse(&"x-a".repeat(20)).unwrap_err().code,
            InvalidCode::TooLong
        );
    }
}
