//! Articles: what an editor writes, and when readers see it.

mod correction;
pub mod diff;
mod merged;
mod preview;
mod seo;
mod source;
mod state;
mod takedown;

pub use correction::{CORRECTION_MAX, CORRECTIONS_MAX, correction_date, parse_correction};
pub use diff::Field;
pub use merged::{Merged, in_force};
pub use preview::{
    PREVIEW_LINKS_MAX, PREVIEW_SECONDS, PREVIEW_SECONDS_MAX, PREVIEW_SECONDS_MIN, preview_end,
};
pub use seo::{Robots, SEO_DESCRIPTION_MAX, SEO_TITLE_MAX, Seo};
pub use source::Source;
pub use state::{Schedule, State, Status, Verb, kept_window, schedule, transition};
pub use takedown::{NOTICE_MAX, REASON_MAX, Takedown, parse_notice, parse_reason};

use crate::comment::{CommentSetting, Options};
use crate::error::{Invalid, InvalidCode};
use crate::id::{ArticleId, AuthorId, SectionId, TagId};
use crate::language::Language;
use crate::slug::Slug;
use crate::text;
use crate::time::Timestamp;
use std::collections::HashSet;
use std::hash::Hash;

/// The longest title, in characters.
pub const TITLE_MAX: usize = 300;
/// The longest summary, in characters.
pub const SUMMARY_MAX: usize = 1000;
/// The longest note beside a revision, in characters.
pub const NOTE_MAX: usize = 500;
/// The largest body source, in bytes.
pub const BODY_MAX_BYTES: usize = 1024 * 1024;
/// The most authors of one article.
pub const AUTHORS_MAX: usize = 20;
/// The most tags of one article.
pub const TAGS_MAX: usize = 30;
/// The longest address of an image, in bytes.
pub const URL_MAX: usize = 2048;
/// The longest description of an image, in characters.
pub const ALT_MAX: usize = 500;
/// The longest caption of an image, in characters.
pub const CAPTION_MAX: usize = 1000;
/// The longest credit of an image, in characters.
pub const CREDIT_MAX: usize = 300;
/// The most sections of one article besides its own.
pub const FURTHER_SECTIONS_MAX: usize = 5;
/// The largest width or height of an image, in pixels.
pub const PIXELS_MAX: i32 = 100_000;

/// Everything about an article that goes live only when it is published.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ArticleContent {
    /// 1 to 300 characters, one line.
    pub title: String,
    /// As given; `None` asks for one made from the title.
    pub slug: Option<Slug>,
    /// 1 to 1000 characters.
    pub summary: Option<String>,
    /// What it is written in.
    pub language: Language,
    /// The one section it belongs to.
    pub section: SectionId,
    /// At most 20, each once, in the order shown.
    pub authors: Vec<AuthorId>,
    /// At most 30, each once.
    pub tags: Vec<TagId>,
    /// At most 5, each once, and none of them `section`: where it is listed, too.
    pub further_sections: Vec<SectionId>,
    /// The picture above the article and on its card.
    pub lead_image: Option<LeadImage>,
    /// What search engines are told.
    pub seo: Option<Seo>,
    /// The article this one is a translation of; never one that is itself a translation.
    pub translation_of: Option<ArticleId>,
    /// The body as written.
    pub body: Source,
    /// Who may comment.
    pub comments: CommentSetting,
    /// What else holds for comments.
    pub comment_options: Options,
}

/// An article that does not exist yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewArticle {
    /// What it says.
    pub content: ArticleContent,
    /// The publication time readers are to see, when it lies before the real one.
    pub published_at: Option<Timestamp>,
}

/// The picture above an article and on its card.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeadImage {
    /// An absolute http or https address.
    pub url: String,
    /// What it shows, for those who cannot see it.
    pub alt: Option<String>,
    /// What stands below it.
    pub caption: Option<String>,
    /// In pixels, 1 to 100,000.
    pub width: Option<i32>,
    /// In pixels, 1 to 100,000.
    pub height: Option<i32>,
    /// Who made it, or holds the rights to it.
    pub credit: Option<String>,
    /// What must stay in sight when it is cropped.
    pub focal_point: Option<FocalPoint>,
}

/// A point of an image, as parts of its width and height from the top left corner.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct FocalPoint {
    x: f64,
    y: f64,
}

// Neither part can be a NaN: `new` lets none in.
impl Eq for FocalPoint {}

impl FocalPoint {
    /// Checks a point.
    ///
    /// # Errors
    /// `out_of_range` at `lead_image/focal_point/…`, for what is not between 0 and 1.
    pub fn new(x: f64, y: f64) -> Result<Self, Invalid> {
        let part = |field: &str, part: f64| {
            if (0.0..=1.0).contains(&part) {
                // There is no negative nought.
                Ok(part.abs())
            } else {
                Err(Invalid::new(
                    field,
                    InvalidCode::OutOfRange,
                    "must be between 0 and 1",
                ))
            }
        };
        Ok(Self {
            x: part("lead_image/focal_point/x", x)?,
            y: part("lead_image/focal_point/y", y)?,
        })
    }

    /// From the left.
    #[must_use]
    pub const fn x(self) -> f64 {
        self.x
    }

    /// From the top.
    #[must_use]
    pub const fn y(self) -> f64 {
        self.y
    }
}

impl LeadImage {
    /// Checks a lead image.
    ///
    /// # Errors
    /// At `lead_image/…`, whichever part is wrong.
    pub fn new(
        url: &str,
        alt: Option<&str>,
        caption: Option<&str>,
        width: Option<i64>,
        height: Option<i64>,
    ) -> Result<Self, Invalid> {
        let line = |field: &str, text: Option<&str>, max| {
            text.map(|text| text::clean_line(field, text, 1, max))
                .transpose()
        };
        Ok(Self {
            url: parse_url("lead_image/url", url)?,
            alt: line("lead_image/alt", alt, ALT_MAX)?,
            caption: line("lead_image/caption", caption, CAPTION_MAX)?,
            width: width
                .map(|width| pixels("lead_image/width", width))
                .transpose()?,
            height: height
                .map(|height| pixels("lead_image/height", height))
                .transpose()?,
            credit: None,
            focal_point: None,
        })
    }

    /// The same with a credit, or without one.
    ///
    /// # Errors
    /// At `lead_image/credit`, as [`text::clean_line`].
    pub fn credited(self, credit: Option<&str>) -> Result<Self, Invalid> {
        let credit = credit
            .map(|text| text::clean_line("lead_image/credit", text, 1, CREDIT_MAX))
            .transpose()?;
        Ok(Self { credit, ..self })
    }

    /// The same with a focal point, or without one.
    #[must_use]
    pub fn focused(self, focal_point: Option<FocalPoint>) -> Self {
        Self {
            focal_point,
            ..self
        }
    }
}

/// Checks a width or a height.
pub(crate) fn pixels(field: &str, asked: i64) -> Result<i32, Invalid> {
    i32::try_from(asked)
        .ok()
        .filter(|pixels| (1..=PIXELS_MAX).contains(pixels))
        .ok_or_else(|| {
            let detail = format!("must be between 1 and {PIXELS_MAX} pixels");
            Invalid::new(field, InvalidCode::OutOfRange, detail)
        })
}

/// Checks an absolute http or https address, at most 2048 bytes, without a user name in it.
///
/// # Errors
/// At `field`: `required`, `too_long`, `bad_format`.
pub fn parse_url(field: &str, text: &str) -> Result<String, Invalid> {
    let line = text::clean_line(field, text, 1, URL_MAX)?;
    if line.len() > URL_MAX {
        let detail = format!("must have at most {URL_MAX} bytes");
        return Err(Invalid::new(field, InvalidCode::TooLong, detail));
    }
    let bad = || {
        Invalid::new(
            field,
            InvalidCode::BadFormat,
            "must be an absolute http or https address",
        )
    };
    let url = url::Url::parse(&line).map_err(|_| bad())?;
    let plain = url.username().is_empty() && url.password().is_none();
    if !matches!(url.scheme(), "http" | "https") || !plain {
        return Err(bad());
    }
    let written = String::from(url);
    // Percent-encoding may have made it longer.
    if written.len() > URL_MAX {
        let detail = format!("must have at most {URL_MAX} bytes");
        return Err(Invalid::new(field, InvalidCode::TooLong, detail));
    }
    Ok(written)
}

/// Checks a title: one line of 1 to 300 characters.
///
/// # Errors
/// At `title`, as [`text::clean_line`].
pub fn parse_title(text: &str) -> Result<String, Invalid> {
    text::clean_line("title", text, 1, TITLE_MAX)
}

/// Checks a summary: 1 to 1000 characters; no summary is `None`, never an empty text.
///
/// # Errors
/// At `summary`, as [`text::clean_text`].
pub fn parse_summary(text: &str) -> Result<String, Invalid> {
    text::clean_text("summary", text, 1, SUMMARY_MAX)
}

/// Checks the note beside a revision: 1 to 500 characters.
///
/// # Errors
/// At `note`, as [`text::clean_text`].
pub fn parse_note(text: &str) -> Result<String, Invalid> {
    text::clean_text("note", text, 1, NOTE_MAX)
}

/// Checks that there are at most 20 authors, each once.
///
/// # Errors
/// `too_many` at `authors`, `duplicate` at the second of two equals (`authors/3`).
pub fn check_authors(authors: &[AuthorId]) -> Result<(), Invalid> {
    check_set("authors", authors, AUTHORS_MAX)
}

/// Checks that there are at most 30 tags, each once.
///
/// # Errors
/// `too_many` at `tags`, `duplicate` at the second of two equals (`tags/3`).
pub fn check_tags(tags: &[TagId]) -> Result<(), Invalid> {
    check_set("tags", tags, TAGS_MAX)
}

/// Checks that there are at most 5 further sections, each once and none the main one.
///
/// # Errors
/// `too_many` at `further_sections`, `duplicate` at the second of two equals, or at the main one
/// (`further_sections/3`).
pub fn check_further_sections(main: SectionId, further: &[SectionId]) -> Result<(), Invalid> {
    check_set("further_sections", further, FURTHER_SECTIONS_MAX)?;
    match further.iter().position(|section| *section == main) {
        Some(place) => Err(Invalid::new(
            format!("further_sections/{place}"),
            InvalidCode::Duplicate,
            "is the section the article belongs to",
        )),
        None => Ok(()),
    }
}

fn check_set<T: Eq + Hash>(field: &str, items: &[T], max: usize) -> Result<(), Invalid> {
    if items.len() > max {
        let detail = format!("must have at most {max} items");
        return Err(Invalid::new(field, InvalidCode::TooMany, detail));
    }
    let mut seen = HashSet::with_capacity(items.len());
    match items.iter().position(|item| !seen.insert(item)) {
        Some(place) => {
            let field = format!("{field}/{place}");
            Err(Invalid::new(
                field,
                InvalidCode::Duplicate,
                "stands in the list twice",
            ))
        }
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::{BodyFormat, Readings};

    #[test]
    fn addresses_of_images() {
        let field = "lead_image/url";
        assert_eq!(
            parse_url(field, "https://example.org/a b").unwrap(),
            "https://example.org/a%20b"
        );
        for text in [
            "/a.jpg",
            "javascript:alert(1)",
            "data:image/png;base64,AA",
            "//example.org/a",
            "https://",
            "ftp://example.org/a",
            "https://user:pw@example.org/a",
            "https:///",
        ] {
            let refused = parse_url(field, text).unwrap_err();
            assert_eq!(
                (refused.code, refused.field.as_str()),
                (InvalidCode::BadFormat, field),
                "{text}"
            );
        }
        let long = format!("https://example.org/{}", "é".repeat(1000));
        assert_eq!(
            parse_url(field, &long).unwrap_err().code,
            InvalidCode::TooLong
        );
    }

    #[test]
    fn images_name_the_wrong_part() {
        let image = |width| LeadImage::new("https://e.org/a", Some("A"), None, Some(width), None);
        assert_eq!(image(1200).unwrap().width, Some(1200));
        for width in [0, -1, 100_001, i64::MAX] {
            assert_eq!(image(width).unwrap_err().field, "lead_image/width");
        }
        let empty = LeadImage::new("https://e.org/a", Some(" "), None, None, None).unwrap_err();
        assert_eq!(
            (empty.field.as_str(), empty.code),
            ("lead_image/alt", InvalidCode::Required)
        );
    }

    #[test]
    fn points_lie_in_the_image() {
        let point = FocalPoint::new(-0.0, 1.0).unwrap();
        assert!(point.x().is_sign_positive());
        for bad in [-0.1, 1.1, f64::NAN, f64::INFINITY] {
            assert_eq!(
                FocalPoint::new(bad, 0.5).unwrap_err().field,
                "lead_image/focal_point/x"
            );
            assert_eq!(
                FocalPoint::new(0.5, bad).unwrap_err().code,
                InvalidCode::OutOfRange
            );
        }
    }

    #[test]
    fn further_sections_are_others() {
        let id = SectionId::from_raw;
        assert!(check_further_sections(id(1), &[id(2), id(3)]).is_ok());
        let own = check_further_sections(id(1), &[id(2), id(1)]).unwrap_err();
        assert_eq!(
            (own.field.as_str(), own.code),
            ("further_sections/1", InvalidCode::Duplicate)
        );
        let many: Vec<_> = (2..8).map(id).collect();
        assert_eq!(
            check_further_sections(id(1), &many).unwrap_err().code,
            InvalidCode::TooMany
        );
    }

    #[test]
    fn lists_hold_each_once() {
        let id = AuthorId::from_raw;
        assert!(check_authors(&[id(1), id(2)]).is_ok());
        assert_eq!(
            check_authors(&[id(1), id(2), id(1)]).unwrap_err().field,
            "authors/2"
        );
        let many: Vec<_> = (0..31).map(TagId::from_raw).collect();
        assert_eq!(check_tags(&many).unwrap_err().code, InvalidCode::TooMany);
    }

    #[test]
    fn texts_of_articles() {
        assert_eq!(parse_title(&"字".repeat(300)).unwrap().chars().count(), 300);
        assert_eq!(
            parse_title(&"字".repeat(301)).unwrap_err().code,
            InvalidCode::TooLong
        );
        assert_eq!(parse_summary("").unwrap_err().code, InvalidCode::Required);
        let body = Source::new(
            BodyFormat::Markdown,
            &"a".repeat(BODY_MAX_BYTES + 1),
            Readings::Ruby,
        )
        .unwrap_err();
        assert_eq!(
            (body.field.as_str(), body.code),
            ("body/source", InvalidCode::TooLong)
        );
    }
}
