//! Values as they lie in a column, and back. What was stored was checked when it came in, so a
//! value that does not read back is a defect, not somebody's mistake.

use domain::article::LeadImage;
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
    } = serde_json::from_str(json)?;
    Ok(Some(LeadImage {
        url,
        alt,
        caption,
        width,
        height,
    }))
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
