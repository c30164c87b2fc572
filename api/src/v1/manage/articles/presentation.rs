//! How an article is shown where it is announced: its picture, and what search engines are told.

use domain::article::{FocalPoint, LeadImage, Seo};
use domain::{Invalid, InvalidCode};
use openapi::Patch;
use openapi::lead_image::{LeadImagePatch, NewLeadImage};
use openapi::seo::{NewSeo, SeoPatch};

use crate::v1::wire::article::asked_robots;

/// A lead image as a body gives it.
pub(super) fn new_image(image: &NewLeadImage) -> Result<LeadImage, Invalid> {
    LeadImage::new(
        &image.url,
        image.alt.as_deref(),
        image.caption.as_deref(),
        image.width.map(i64::from),
        image.height.map(i64::from),
    )?
    .credited(image.credit.as_deref())
    .and_then(|made| Ok(made.focused(image.focal_point.map(point).transpose()?)))
}

fn point(point: openapi::lead_image::FocalPoint) -> Result<FocalPoint, Invalid> {
    FocalPoint::new(point.x, point.y)
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
    let url = present.as_ref().map(|image| image.url.clone());
    let url = patch.url.or(url).ok_or_else(|| {
        Invalid::new(
            "lead_image/url",
            InvalidCode::Required,
            "a new picture needs its address",
        )
    })?;
    let before = present.as_ref();
    let alt = before.and_then(|image| image.alt.clone());
    let caption = before.and_then(|image| image.caption.clone());
    let credit = before.and_then(|image| image.credit.clone());
    let focal_point = before.and_then(|image| image.focal_point);
    let image = LeadImage::new(
        &url,
        patch.alt.apply(alt).as_deref(),
        patch.caption.apply(caption).as_deref(),
        (patch.width.apply(before.and_then(|image| image.width))).map(i64::from),
        (patch.height.apply(before.and_then(|image| image.height))).map(i64::from),
    )?;
    let image = image.credited(patch.credit.apply(credit).as_deref())?;
    let focal_point = patch.focal_point.try_map(point)?.apply(focal_point);
    Ok(Some(image.focused(focal_point)))
}

/// What search engines are to be told, as a body gives it; nothing at all is none.
pub(super) fn new_seo(seo: NewSeo) -> Result<Option<Seo>, Invalid> {
    Seo::new(
        seo.title.as_deref(),
        seo.description.as_deref(),
        seo.canonical_url.as_deref(),
        seo.robots.into_iter().map(asked_robots).collect(),
    )
}

/// What search engines are to be told, after a merge patch.
pub(super) fn merged_seo(
    present: Option<Seo>,
    patch: Patch<SeoPatch>,
) -> Result<Option<Seo>, Invalid> {
    let patch = match patch {
        Patch::Absent => return Ok(present),
        Patch::Null => return Ok(None),
        Patch::Value(patch) => patch,
    };
    let present = present.unwrap_or_default();
    let robots = match patch.robots {
        Some(asked) => asked.into_iter().map(asked_robots).collect(),
        None => present.robots,
    };
    Seo::new(
        patch.title.apply(present.title).as_deref(),
        patch.description.apply(present.description).as_deref(),
        patch.canonical_url.apply(present.canonical_url).as_deref(),
        robots,
    )
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
        let aimed = LeadImagePatch {
            focal_point: Patch::Value(openapi::lead_image::FocalPoint { x: 0.5, y: 1.0 }),
            credit: Patch::Value("Bo".to_owned()),
            ..LeadImagePatch::default()
        };
        let aimed = merged_image(Some(image()), Patch::Value(aimed)).unwrap();
        let kept = merged_image(aimed, Patch::Value(LeadImagePatch::default()))
            .unwrap()
            .unwrap();
        assert_eq!(kept.credit.as_deref(), Some("Bo"));
        assert_eq!(kept.focal_point, FocalPoint::new(0.5, 1.0).ok());
        assert_eq!(merged_image(Some(image()), Patch::Null).unwrap(), None);
        assert_eq!(
            merged_image(Some(image()), Patch::Absent).unwrap(),
            Some(image())
        );
        let refused = merged_image(None, Patch::Value(patch)).unwrap_err();
        assert_eq!(refused.field, "lead_image/url");
    }

    #[test]
    fn what_search_engines_are_told_is_merged_member_by_member() {
        let present = new_seo(NewSeo {
            title: Some("T".to_owned()),
            robots: vec![openapi::seo::Robots::Noindex],
            ..NewSeo::default()
        })
        .unwrap();
        let patch = SeoPatch {
            description: Patch::Value("D".to_owned()),
            ..SeoPatch::default()
        };
        let merged = merged_seo(present.clone(), Patch::Value(patch))
            .unwrap()
            .unwrap();
        assert_eq!(
            (merged.title.as_deref(), merged.description.as_deref()),
            (Some("T"), Some("D"))
        );
        assert_eq!(merged.robots.len(), 1);
        let emptied = SeoPatch {
            title: Patch::Null,
            robots: Some(Vec::new()),
            ..SeoPatch::default()
        };
        assert_eq!(merged_seo(present, Patch::Value(emptied)), Ok(None));
    }
}
