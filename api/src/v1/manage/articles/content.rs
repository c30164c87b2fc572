//! What a body says about an article, checked as far as that goes without the database.

use domain::article::{self, AUTHORS_MAX, LeadImage, Source, TAGS_MAX};
use domain::comment::CommentSetting;
use domain::id::{AuthorId, SectionId, TagId};
use domain::text::{self, BodyFormat};
use domain::{Invalid, InvalidCode, Language, Timestamp};
use openapi::Patch;
use openapi::managed_article::{ArticlePatch, LeadImagePatch, NewArticle, NewLeadImage};

use super::references::{address, addresses};
use crate::error::ApiError;
use crate::extract::Address;
use crate::v1::naming::{Naming, Renaming};
use crate::v1::wire::comment::asked_setting;
use crate::v1::wire::editorial::asked_format;
use crate::v1::write::Wrong;

/// The language of a site that says nothing else.
const DEFAULT_LANGUAGE: &str = "en";

/// A new article whose references are still to be looked up.
#[derive(Debug, Clone)]
pub(super) struct New {
    pub(super) naming: Naming,
    pub(super) summary: Option<String>,
    pub(super) language: Language,
    pub(super) section: Address<SectionId>,
    pub(super) authors: Vec<Address<AuthorId>>,
    pub(super) tags: Vec<Address<TagId>>,
    pub(super) lead_image: Option<LeadImage>,
    pub(super) body: Source,
    pub(super) comments: CommentSetting,
    pub(super) published_at: Option<Timestamp>,
}

impl New {
    pub(super) fn parse(new: NewArticle) -> Result<Self, ApiError> {
        let mut wrong = Wrong::default();
        let title = article::parse_title(&new.title);
        let naming = Naming::parse(title, new.slug.as_deref(), &mut wrong);
        let summary = wrong.check_given(new.summary, |text| article::parse_summary(&text));
        let language = new.language.as_deref().unwrap_or(DEFAULT_LANGUAGE);
        let language = wrong.check(parse_language(language));
        let section = wrong.check(address("section", &new.section));
        let authors = addresses("authors", &new.authors, AUTHORS_MAX, &mut wrong);
        let tags = addresses("tags", &new.tags, TAGS_MAX, &mut wrong);
        let lead_image = wrong.check_given(new.lead_image.as_ref(), new_image);
        let body = wrong.check(Source::new(asked_format(new.body.format), &new.body.source));
        let published_at = wrong.check_given(new.published_at, |text| parse_published_at(&text));
        let comments = asked_setting(new.comments);
        let (Ok(naming), Ok(summary), Ok(language), Ok(section)) =
            (naming, summary, language, section)
        else {
            return Err(wrong.into_error());
        };
        let (Ok(authors), Ok(tags), Ok(lead_image), Ok(body), Ok(published_at)) =
            (authors, tags, lead_image, body, published_at)
        else {
            return Err(wrong.into_error());
        };
        Ok(Self {
            naming,
            summary,
            language,
            section,
            authors,
            tags,
            lead_image,
            body,
            comments,
            published_at,
        })
    }
}

/// A change of an article, to be put on top of what is stored.
#[derive(Debug, Clone)]
pub(super) struct Change {
    pub(super) naming: Renaming,
    pub(super) summary: Patch<String>,
    pub(super) language: Option<Language>,
    pub(super) section: Option<Address<SectionId>>,
    pub(super) authors: Option<Vec<Address<AuthorId>>>,
    pub(super) tags: Option<Vec<Address<TagId>>>,
    pub(super) lead_image: Patch<LeadImagePatch>,
    pub(super) format: Option<BodyFormat>,
    pub(super) source: Option<String>,
    pub(super) comments: Option<CommentSetting>,
    pub(super) published_at: Patch<Timestamp>,
}

impl Change {
    pub(super) fn parse(patch: ArticlePatch) -> Result<Self, ApiError> {
        let mut wrong = Wrong::default();
        let naming = Renaming::parse(patch.title, article::parse_title, patch.slug, &mut wrong);
        let summary = wrong.check_patch(patch.summary, |text| article::parse_summary(&text));
        let language = wrong.check_given(patch.language, |text| parse_language(&text));
        let section = wrong.check_given(patch.section, |text| address("section", &text));
        let authors = patch
            .authors
            .map(|texts| addresses("authors", &texts, AUTHORS_MAX, &mut wrong))
            .transpose();
        let tags = patch
            .tags
            .map(|texts| addresses("tags", &texts, TAGS_MAX, &mut wrong))
            .transpose();
        let body = patch.body.unwrap_or_default();
        let source = wrong.check_given(body.source, |text| {
            text::clean_body("body/source", &text, article::BODY_MAX_BYTES)
        });
        let published_at = wrong.check_patch(patch.published_at, |text| parse_published_at(&text));
        let (Ok(naming), Ok(summary), Ok(language), Ok(section)) =
            (naming, summary, language, section)
        else {
            return Err(wrong.into_error());
        };
        let (Ok(authors), Ok(tags), Ok(source), Ok(published_at)) =
            (authors, tags, source, published_at)
        else {
            return Err(wrong.into_error());
        };
        Ok(Self {
            naming,
            summary,
            language,
            section,
            authors,
            tags,
            lead_image: patch.lead_image,
            format: body.format.map(asked_format),
            source,
            comments: patch.comments.map(asked_setting),
            published_at,
        })
    }
}

fn parse_language(text: &str) -> Result<Language, Invalid> {
    Language::parse(text).map_err(|invalid| invalid.at("language"))
}

fn parse_published_at(text: &str) -> Result<Timestamp, Invalid> {
    Timestamp::parse(text).map_err(|invalid| invalid.at("published_at"))
}

fn new_image(image: &NewLeadImage) -> Result<LeadImage, Invalid> {
    LeadImage::new(
        &image.url,
        image.alt.as_deref(),
        image.caption.as_deref(),
        image.width.map(i64::from),
        image.height.map(i64::from),
    )
}

/// A lead image after a merge patch.
pub(super) fn merged_image(
    present: Option<LeadImage>,
    patch: Patch<LeadImagePatch>,
) -> Result<Option<LeadImage>, Invalid> {
    let patch = match patch {
        Patch::Absent => return Ok(present),
        Patch::Null => return Ok(None),
        Patch::Value(patch) => patch,
    };
    let (url, alt, caption, width, height) = match present {
        Some(image) => (
            Some(image.url),
            image.alt,
            image.caption,
            image.width,
            image.height,
        ),
        None => (None, None, None, None, None),
    };
    let url = patch.url.or(url).ok_or_else(|| {
        Invalid::new(
            "lead_image/url",
            InvalidCode::Required,
            "a new picture needs its address",
        )
    })?;
    LeadImage::new(
        &url,
        patch.alt.apply(alt).as_deref(),
        patch.caption.apply(caption).as_deref(),
        patch.width.apply(width).map(i64::from),
        patch.height.apply(height).map(i64::from),
    )
    .map(Some)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn image() -> LeadImage {
        LeadImage::new(
            "https://example.org/a.jpg",
            Some("A"),
            Some("C"),
            Some(2),
            None,
        )
        .unwrap()
    }

    #[test]
    fn a_picture_is_merged_member_by_member() {
        let patch = LeadImagePatch {
            caption: Patch::Null,
            ..LeadImagePatch::default()
        };
        let merged = merged_image(Some(image()), Patch::Value(patch.clone()))
            .unwrap()
            .unwrap();
        assert_eq!((merged.alt.as_deref(), merged.caption), (Some("A"), None));
        assert_eq!(merged.width, Some(2));
        assert_eq!(merged_image(Some(image()), Patch::Null).unwrap(), None);
        assert_eq!(
            merged_image(Some(image()), Patch::Absent).unwrap(),
            Some(image())
        );
        let refused = merged_image(None, Patch::Value(patch)).unwrap_err();
        assert_eq!(refused.field, "lead_image/url");
    }
}
