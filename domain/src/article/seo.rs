//! What an article tells search engines, where that differs from what it tells readers.

use super::{parse_url, text};
use crate::error::{Invalid, InvalidCode};

/// The longest title for search engines, in characters.
pub const SEO_TITLE_MAX: usize = 120;
/// The longest description for search engines, in characters.
pub const SEO_DESCRIPTION_MAX: usize = 320;

/// What an article asks of robots.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Robots {
    /// Not to be found.
    Noindex,
    /// Its links lead nowhere.
    Nofollow,
    /// No copy is to be kept.
    Noarchive,
}

impl Robots {
    /// The word that robots know.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Noindex => "noindex",
            Self::Nofollow => "nofollow",
            Self::Noarchive => "noarchive",
        }
    }

    /// Reads a word that robots know.
    ///
    /// # Errors
    /// `unknown_value`, for any other.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        [Self::Noindex, Self::Nofollow, Self::Noarchive]
            .into_iter()
            .find(|robots| robots.as_str() == text)
            .ok_or_else(|| {
                Invalid::new(
                    "",
                    InvalidCode::UnknownValue,
                    "must be noindex, nofollow or noarchive",
                )
            })
    }
}

/// What an article tells search engines. A part that is missing is as for readers.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Seo {
    /// 1 to 120 characters, one line.
    pub title: Option<String>,
    /// 1 to 320 characters, one line.
    pub description: Option<String>,
    /// The absolute address that counts as the article's own.
    pub canonical_url: Option<String>,
    /// Each at most once.
    pub robots: Vec<Robots>,
}

impl Seo {
    /// Checks what search engines are to be told; nothing at all is `None`.
    ///
    /// # Errors
    /// At `seo/…`, whichever part is wrong.
    pub fn new(
        title: Option<&str>,
        description: Option<&str>,
        canonical_url: Option<&str>,
        robots: Vec<Robots>,
    ) -> Result<Option<Self>, Invalid> {
        let line = |field: &str, text: Option<&str>, max| {
            text.map(|text| text::clean_line(field, text, 1, max))
                .transpose()
        };
        super::check_set("seo/robots", &robots, 3)?;
        let seo = Self {
            title: line("seo/title", title, SEO_TITLE_MAX)?,
            description: line("seo/description", description, SEO_DESCRIPTION_MAX)?,
            canonical_url: canonical_url
                .map(|url| parse_url("seo/canonical_url", url))
                .transpose()?,
            robots,
        };
        Ok(Some(seo).filter(|seo| *seo != Self::default()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_search_engines_are_told_is_checked() {
        assert_eq!(Seo::new(None, None, None, Vec::new()), Ok(None));
        let seo = Seo::new(Some(" Ferry "), None, None, vec![Robots::Noindex]);
        assert_eq!(seo.unwrap().unwrap().title.as_deref(), Some("Ferry"));
        let long = "字".repeat(121);
        let twice = vec![Robots::Noindex, Robots::Noindex];
        for (refused, field, code) in [
            (
                Seo::new(Some(&long), None, None, Vec::new()),
                "seo/title",
                InvalidCode::TooLong,
            ),
            (
                Seo::new(None, Some(&"a".repeat(321)), None, Vec::new()),
                "seo/description",
                InvalidCode::TooLong,
            ),
            (
                Seo::new(None, None, Some("/ferry"), Vec::new()),
                "seo/canonical_url",
                InvalidCode::BadFormat,
            ),
            (
                Seo::new(None, None, None, twice),
                "seo/robots/1",
                InvalidCode::Duplicate,
            ),
        ] {
            let refused = refused.unwrap_err();
            assert_eq!((refused.field.as_str(), refused.code), (field, code));
        }
        for word in ["noindex", "nofollow", "noarchive"] {
            assert_eq!(Robots::parse(word).unwrap().as_str(), word);
        }
        assert!(Robots::parse("none").is_err());
    }
}
