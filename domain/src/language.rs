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

    /// The language of a text, if there is enough of it to tell.
    #[must_use]
    pub fn detect(text: &str) -> Option<Self> {
        let found = whatlang::detect(text).filter(whatlang::Info::is_reliable)?;
        let three = found.lang().code();
        let shortest = ISO_639_1.iter().find(|(long, _)| *long == three);
        shortest.map(|(_, short)| Self((*short).to_owned()))
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

/// The languages that can be told, by ISO 639-3, and what BCP 47 calls them: by the shortest code.
const ISO_639_1: &[(&str, &str)] = &[
    ("afr", "af"),
    ("aka", "ak"),
    ("amh", "am"),
    ("ara", "ar"),
    ("aze", "az"),
    ("bel", "be"),
    ("ben", "bn"),
    ("bul", "bg"),
    ("cat", "ca"),
    ("ces", "cs"),
    ("cmn", "zh"),
    ("cym", "cy"),
    ("dan", "da"),
    ("deu", "de"),
    ("ell", "el"),
    ("eng", "en"),
    ("epo", "eo"),
    ("est", "et"),
    ("fin", "fi"),
    ("fra", "fr"),
    ("guj", "gu"),
    ("heb", "he"),
    ("hin", "hi"),
    ("hrv", "hr"),
    ("hun", "hu"),
    ("hye", "hy"),
    ("ind", "id"),
    ("ita", "it"),
    ("jav", "jv"),
    ("jpn", "ja"),
    ("kan", "kn"),
    ("kat", "ka"),
    ("khm", "km"),
    ("kor", "ko"),
    ("lat", "la"),
    ("lav", "lv"),
    ("lit", "lt"),
    ("mal", "ml"),
    ("mar", "mr"),
    ("mkd", "mk"),
    ("mya", "my"),
    ("nep", "ne"),
    ("nld", "nl"),
    ("nob", "nb"),
    ("ori", "or"),
    ("pan", "pa"),
    ("pes", "fa"),
    ("pol", "pl"),
    ("por", "pt"),
    ("ron", "ro"),
    ("rus", "ru"),
    ("sin", "si"),
    ("slk", "sk"),
    ("slv", "sl"),
    ("sna", "sn"),
    ("spa", "es"),
    ("srp", "sr"),
    ("swe", "sv"),
    ("tam", "ta"),
    ("tel", "te"),
    ("tgl", "tl"),
    ("tha", "th"),
    ("tuk", "tk"),
    ("tur", "tr"),
    ("ukr", "uk"),
    ("urd", "ur"),
    ("uzb", "uz"),
    ("vie", "vi"),
    ("yid", "yi"),
    ("zul", "zu"),
];

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
    fn a_language_is_told_by_its_text() {
        for (text, tag) in [
            (
                "The ferry will go on through the winter, said the council.",
                Some("en"),
            ),
            ("收购股份、挖角CEO,一场可能颠覆AI竞争格局的洗牌", Some("zh")),
            (
                "La navette continuera pendant tout l'hiver, a dit la maire.",
                Some("fr"),
            ),
            ("フェリーは冬も運航を続ける", Some("ja")),
            ("Kort", None),
            ("", None),
        ] {
            assert_eq!(
                Language::detect(text).as_ref().map(Language::as_str),
                tag,
                "{text}"
            );
        }
    }

    #[test]
    fn every_language_that_can_be_told_has_a_tag() {
        for lang in whatlang::Lang::all() {
            let known = ISO_639_1.iter().find(|(long, _)| *long == lang.code());
            let (_, tag) = known.unwrap_or_else(|| panic!("{lang:?}"));
            assert!(Language::parse(tag).is_ok());
        }
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
