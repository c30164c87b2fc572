//! Values as they lie in a column, and back. What was stored was checked when it came in, so a
//! value that does not read back is a defect, not somebody's mistake.

use domain::article::{FocalPoint, LeadImage, Robots, Seo};
use domain::comment::{Options, Premoderation};
use domain::error::Invalid;
use domain::time::Timestamp;
use serde::{Deserialize, Serialize};

use crate::error::Error;

/// A lead image as JSON; the names are those of the wire, the type is ours, so that neither can
/// change the other.
#[derive(Serialize, Deserialize)]
struct StoredImage {
    url: String,
    alt: Option<String>,
    caption: Option<String>,
    width: Option<i32>,
    height: Option<i32>,
    #[serde(default)]
    credit: Option<String>,
    #[serde(default)]
    focal_point: Option<StoredPoint>,
}

#[derive(Serialize, Deserialize)]
struct StoredPoint {
    x: f64,
    y: f64,
}

/// What search engines are told, as JSON.
#[derive(Serialize, Deserialize)]
struct StoredSeo {
    title: Option<String>,
    description: Option<String>,
    canonical_url: Option<String>,
    robots: Vec<String>,
}

pub(crate) fn image_to_json(image: Option<&LeadImage>) -> Result<Option<String>, Error> {
    let Some(image) = image.cloned() else {
        return Ok(None);
    };
    let stored = StoredImage {
        url: image.url,
        alt: image.alt,
        caption: image.caption,
        width: image.width,
        height: image.height,
        credit: image.credit,
        focal_point: image.focal_point.map(|point| StoredPoint {
            x: point.x(),
            y: point.y(),
        }),
    };
    Ok(Some(serde_json::to_string(&stored)?))
}

pub(crate) fn image_from_json(json: Option<&str>) -> Result<Option<LeadImage>, Error> {
    let Some(json) = json else { return Ok(None) };
    let StoredImage {
        url,
        alt,
        caption,
        width,
        height,
        credit,
        focal_point,
    } = serde_json::from_str(json)?;
    let focal_point = focal_point
        .map(|StoredPoint { x, y }| checked(FocalPoint::new(x, y)))
        .transpose()?;
    Ok(Some(LeadImage {
        url,
        alt,
        caption,
        width,
        height,
        credit,
        focal_point,
    }))
}

pub(crate) fn seo_to_json(seo: Option<&Seo>) -> Result<Option<String>, Error> {
    let Some(seo) = seo.cloned() else {
        return Ok(None);
    };
    let stored = StoredSeo {
        title: seo.title,
        description: seo.description,
        canonical_url: seo.canonical_url,
        robots: seo
            .robots
            .into_iter()
            .map(|robots| robots.as_str().to_owned())
            .collect(),
    };
    Ok(Some(serde_json::to_string(&stored)?))
}

pub(crate) fn seo_from_json(json: Option<&str>) -> Result<Option<Seo>, Error> {
    let Some(json) = json else { return Ok(None) };
    let StoredSeo {
        title,
        description,
        canonical_url,
        robots,
    } = serde_json::from_str(json)?;
    let robots = robots
        .iter()
        .map(|word| parse(word, Robots::parse))
        .collect::<Result<_, _>>()?;
    Ok(Some(Seo {
        title,
        description,
        canonical_url,
        robots,
    }))
}

/// What is said about comments, as JSON, without what is not said.
#[derive(Serialize, Deserialize)]
struct StoredOptions {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    premoderation: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    closes_after_days: Option<i32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    min_words: Option<i32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    max_words: Option<i32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    max_links: Option<i32>,
}

pub(crate) fn options_to_json(options: Options) -> Result<Option<String>, Error> {
    if options == Options::default() {
        return Ok(None);
    }
    let stored = StoredOptions {
        premoderation: options.premoderation.map(|whose| whose.as_str().to_owned()),
        closes_after_days: options.closes_after_days,
        min_words: options.min_words,
        max_words: options.max_words,
        max_links: options.max_links,
    };
    Ok(Some(serde_json::to_string(&stored)?))
}

pub(crate) fn options_from_json(json: Option<&str>) -> Result<Options, Error> {
    let Some(json) = json else {
        return Ok(Options::default());
    };
    let stored: StoredOptions = serde_json::from_str(json)?;
    Ok(Options {
        premoderation: stored
            .premoderation
            .map(|whose| parse(&whose, Premoderation::parse))
            .transpose()?,
        closes_after_days: stored.closes_after_days,
        min_words: stored.min_words,
        max_words: stored.max_words,
        max_links: stored.max_links,
    })
}

pub(crate) fn ids_to_json(ids: impl Iterator<Item = i64>) -> Result<String, Error> {
    Ok(serde_json::to_string(&ids.collect::<Vec<_>>())?)
}

pub(crate) fn ids_from_json<Id>(json: &str, id: impl Fn(i64) -> Id) -> Result<Vec<Id>, Error> {
    let raw: Vec<i64> = serde_json::from_str(json)?;
    Ok(raw.into_iter().map(id).collect())
}

pub(crate) fn time(millis: Option<i64>) -> Option<Timestamp> {
    millis.map(Timestamp::from_millis)
}

pub(crate) fn millis(at: Option<Timestamp>) -> Option<i64> {
    at.map(Timestamp::as_millis)
}

/// Reads what a column of fixed words or of checked text holds.
pub(crate) fn parse<T>(
    text: &str,
    read: impl FnOnce(&str) -> Result<T, Invalid>,
) -> Result<T, Error> {
    read(text).map_err(|_| Error::Internal(format!("a column holds {text:?}, which no write made")))
}

/// As [`parse`], for a column that may be null.
pub(crate) fn parse_given<T>(
    text: Option<&str>,
    read: impl FnOnce(&str) -> Result<T, Invalid>,
) -> Result<Option<T>, Error> {
    text.map(|text| parse(text, read)).transpose()
}

/// What a column of numbers holds, once it was checked as it was when it came in.
pub(crate) fn checked<T>(value: Result<T, Invalid>) -> Result<T, Error> {
    value
        .map_err(|invalid| Error::Internal(format!("a column holds what no write made: {invalid}")))
}
