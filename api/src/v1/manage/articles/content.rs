//! What a body says about an article, checked as far as that goes without the database.

use domain::article::{self, AUTHORS_MAX, FURTHER_SECTIONS_MAX, LeadImage, Seo, Source, TAGS_MAX};
use domain::comment::{CommentSetting, Options};
use domain::id::{ArticleId, AuthorId, SectionId, TagId};
use domain::{Invalid, Language, Timestamp};
use openapi::Patch;
use openapi::body_source::BodySource;
use openapi::comment_options::CommentOptionsPatch;
use openapi::lead_image::LeadImagePatch;
use openapi::managed_article::{ArticlePatch, NewArticle};
use openapi::seo::SeoPatch;

use storage::articles::Remark;

use super::presentation::{new_image, new_seo};
use super::references::{address, addresses};
use crate::error::ApiError;
use crate::extract::Address;
use crate::v1::naming::{Naming, Renaming};
use crate::v1::wire::body::{AskedSource, new_source};
use crate::v1::wire::comment::asked_setting;
use crate::v1::wire::comment_options::new_options;
use crate::v1::write::{Noted, Wrong};

/// A new article whose references are still to be looked up.
#[derive(Debug, Clone)]
pub(super) struct New {
    pub(super) naming: Naming,
    pub(super) summary: Option<String>,
    pub(super) language: Language,
    pub(super) section: Address<SectionId>,
    /// `None` asks for the one that the caller writes as.
    pub(super) authors: Option<Vec<Address<AuthorId>>>,
    pub(super) tags: Vec<Address<TagId>>,
    pub(super) further_sections: Vec<Address<SectionId>>,
    pub(super) lead_image: Option<LeadImage>,
    pub(super) seo: Option<Seo>,
    pub(super) translation_of: Option<Address<ArticleId>>,
    pub(super) body: Source,
    pub(super) comments: CommentSetting,
    pub(super) comment_options: Options,
    pub(super) published_at: Option<Timestamp>,
}

impl New {
    pub(super) fn parse(new: NewArticle) -> Result<Self, ApiError> {
        let mut wrong = Wrong::default();
        let slug = new.slug.as_deref();
        let (body, naming, summary) =
            written(new.body, (&new.title, slug), new.summary, &mut wrong);
        let language = wrong.check_given(new.language, |text| parse_language(&text));
        let section = wrong.check(address("section", &new.section));
        let authors = new
            .authors
            .map(|texts| addresses("authors", &texts, AUTHORS_MAX, &mut wrong))
            .transpose();
        let tags = addresses("tags", &new.tags, TAGS_MAX, &mut wrong);
        let further = &new.further_sections;
        let further = addresses(
            "further_sections",
            further,
            FURTHER_SECTIONS_MAX,
            &mut wrong,
        );
        let lead_image = wrong.check_given(new.lead_image.as_ref(), new_image);
        let seo = wrong.check_given(new.seo, new_seo);
        let original = new.translation_of;
        let original = wrong.check_given(original, |text| address("translation_of", &text));
        let published_at = wrong.check_given(new.published_at, |text| parse_published_at(&text));
        let comments = asked_setting(new.comments);
        let options = wrong.check(new_options(new.comment_options));
        let (Ok(naming), Ok(summary), Ok(language), Ok(section)) =
            (naming, summary, language, section)
        else {
            return Err(wrong.into_error());
        };
        let (Ok(authors), Ok(tags), Ok(further_sections), Ok(body), Ok(published_at)) =
            (authors, tags, further, body, published_at)
        else {
            return Err(wrong.into_error());
        };
        let (Ok(lead_image), Ok(seo), Ok(translation_of), Ok(comment_options)) =
            (lead_image, seo, original, options)
        else {
            return Err(wrong.into_error());
        };
        let language = language
            .or_else(|| body.language(&naming.name))
            .unwrap_or_else(Language::english);
        Ok(Self {
            naming,
            summary,
            language,
            section,
            authors,
            tags,
            further_sections,
            lead_image,
            seo: seo.flatten(),
            translation_of,
            body,
            comments,
            comment_options,
            published_at,
        })
    }
}

type Written = (
    Result<Source, Noted>,
    Result<Naming, Noted>,
    Result<Option<String>, Noted>,
);

/// The text, the headline with its slug, and the summary. A line carries no readings, and neither does a
/// slug that is made of it.
fn written(
    body: BodySource,
    (title, slug): (&str, Option<&str>),
    summary: Option<String>,
    wrong: &mut Wrong,
) -> Written {
    let body = wrong.check(new_source(body));
    let line = |line: String| match &body {
        Ok(body) => body.line(line),
        Err(_) => line,
    };
    let naming = Naming::parse(article::parse_title(title).map(line), slug, wrong);
    let summary = wrong.check_given(summary, |text| article::parse_summary(&text).map(line));
    (body, naming, summary)
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
    pub(super) further_sections: Option<Vec<Address<SectionId>>>,
    pub(super) lead_image: Patch<LeadImagePatch>,
    pub(super) seo: Patch<SeoPatch>,
    pub(super) translation_of: Patch<Address<ArticleId>>,
    pub(super) body: AskedSource,
    pub(super) comments: Option<CommentSetting>,
    pub(super) comment_options: Patch<CommentOptionsPatch>,
    pub(super) published_at: Patch<Timestamp>,
    pub(super) remark: Remark,
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
        let further = patch
            .further_sections
            .map(|texts| addresses("further_sections", &texts, FURTHER_SECTIONS_MAX, &mut wrong))
            .transpose();
        let original = patch.translation_of;
        let original = wrong.check_patch(original, |text| address("translation_of", &text));
        let body = wrong.check(AskedSource::of(patch.body.unwrap_or_default()));
        let published_at = wrong.check_patch(patch.published_at, |text| parse_published_at(&text));
        let (Ok(naming), Ok(summary), Ok(language), Ok(section), Ok(translation_of)) =
            (naming, summary, language, section, original)
        else {
            return Err(wrong.into_error());
        };
        let note = wrong.check_given(patch.note, |text| article::parse_note(&text));
        let (Ok(authors), Ok(tags), Ok(further_sections), Ok(body), Ok(published_at), Ok(note)) =
            (authors, tags, further, body, published_at, note)
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
            further_sections,
            lead_image: patch.lead_image,
            seo: patch.seo,
            translation_of,
            body,
            comments: patch.comments.map(asked_setting),
            comment_options: patch.comment_options,
            published_at,
            remark: Remark {
                note,
                minor: patch.minor.unwrap_or_default(),
            },
        })
    }
}

fn parse_language(text: &str) -> Result<Language, Invalid> {
    Language::parse(text).map_err(|invalid| invalid.at("language"))
}

fn parse_published_at(text: &str) -> Result<Timestamp, Invalid> {
    Timestamp::parse(text).map_err(|invalid| invalid.at("published_at"))
}
