//! The picture that goes with an article's headline.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::patch::{Patch, present};

/// The picture that goes with an article's headline.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct LeadImage {
    /// Where the picture is; `https` or `http`.
    #[schema(format = "uri", example = "https://images.example.org/ferry.jpg")]
    pub url: String,
    /// What the picture shows, for those who cannot see it; `null` for mere decoration.
    #[schema(required = true)]
    pub alt: Option<String>,
    /// The line under the picture, plain text.
    #[schema(required = true)]
    pub caption: Option<String>,
    /// Width in pixels.
    #[schema(required = true, minimum = 1)]
    pub width: Option<i32>,
    /// Height in pixels.
    #[schema(required = true, minimum = 1)]
    pub height: Option<i32>,
    /// Who made the picture, or holds the rights to it.
    #[schema(required = true)]
    pub credit: Option<String>,
    /// What must stay in sight when the picture is cropped; its middle when `null`.
    #[schema(required = true)]
    pub focal_point: Option<FocalPoint>,
}

/// A point of a picture, as parts of its width and height from the top left corner.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FocalPoint {
    /// From the left: 0 to 1.
    #[schema(minimum = 0, maximum = 1, example = 0.5)]
    pub x: f64,
    /// From the top: 0 to 1.
    #[schema(minimum = 0, maximum = 1, example = 0.25)]
    pub y: f64,
}

// JSON has no NaN.
impl Eq for FocalPoint {}

/// A lead image to put in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewLeadImage {
    /// Where the picture is; `https` or `http`.
    #[schema(
        format = "uri",
        max_length = 2048,
        example = "https://images.example.org/ferry.jpg"
    )]
    pub url: String,
    /// What the picture shows, for those who cannot see it; `null` for mere decoration.
    #[serde(default)]
    #[schema(max_length = 500)]
    pub alt: Option<String>,
    /// The line under the picture, plain text.
    #[serde(default)]
    #[schema(max_length = 1000)]
    pub caption: Option<String>,
    /// Width in pixels.
    #[serde(default)]
    #[schema(minimum = 1, maximum = 100_000)]
    pub width: Option<i32>,
    /// Height in pixels.
    #[serde(default)]
    #[schema(minimum = 1, maximum = 100_000)]
    pub height: Option<i32>,
    /// Who made the picture, or holds the rights to it.
    #[serde(default)]
    #[schema(max_length = 300)]
    pub credit: Option<String>,
    /// What must stay in sight when the picture is cropped.
    #[serde(default)]
    pub focal_point: Option<FocalPoint>,
}

/// What to change of a lead image. One that is not there yet needs at least `url`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LeadImagePatch {
    /// Where the picture is; `https` or `http`.
    #[serde(
        default,
        deserialize_with = "present",
        skip_serializing_if = "Option::is_none"
    )]
    #[schema(value_type = String, required = false, format = "uri", max_length = 2048)]
    pub url: Option<String>,
    /// What the picture shows; `null` for mere decoration.
    #[serde(default, skip_serializing_if = "Patch::is_absent")]
    #[schema(value_type = Option<String>, max_length = 500)]
    pub alt: Patch<String>,
    /// The line under the picture; `null` takes it away.
    #[serde(default, skip_serializing_if = "Patch::is_absent")]
    #[schema(value_type = Option<String>, max_length = 1000)]
    pub caption: Patch<String>,
    /// Width in pixels.
    #[serde(default, skip_serializing_if = "Patch::is_absent")]
    #[schema(value_type = Option<i32>, minimum = 1, maximum = 100_000)]
    pub width: Patch<i32>,
    /// Height in pixels.
    #[serde(default, skip_serializing_if = "Patch::is_absent")]
    #[schema(value_type = Option<i32>, minimum = 1, maximum = 100_000)]
    pub height: Patch<i32>,
    /// Who made the picture; `null` takes it away.
    #[serde(default, skip_serializing_if = "Patch::is_absent")]
    #[schema(value_type = Option<String>, max_length = 300)]
    pub credit: Patch<String>,
    /// What must stay in sight when the picture is cropped; replaced whole.
    #[serde(default, skip_serializing_if = "Patch::is_absent")]
    #[schema(value_type = Option<FocalPoint>)]
    pub focal_point: Patch<FocalPoint>,
}
