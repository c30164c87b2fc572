//! Bodies on the wire: as they are written, and as they are shown.

use domain::article::Source;
use domain::text::blocks::Block;
use domain::text::{BodyFormat, Outline, Readings};
use domain::{Invalid, InvalidCode};
use openapi::article::{self, OutlineHeading, OutlineImage};
use openapi::body_source::{self, BodySource, BodySourcePatch, SourceFormat};
use serde::{Serialize, de::DeserializeOwned};
use storage::published::{Body, BodyKind};

use crate::error::ApiError;

/// A body as it was written.
pub(super) fn source(source: Source) -> Result<BodySource, ApiError> {
    let readings = Some(match source.readings {
        Readings::Keep => body_source::Readings::Keep,
        Readings::Ruby => body_source::Readings::Ruby,
        Readings::Strip => body_source::Readings::Strip,
    });
    let written = |format| BodySource {
        format,
        source: None,
        blocks: None,
        readings,
    };
    Ok(match source.format {
        BodyFormat::Markdown => BodySource {
            source: Some(source.source),
            ..written(SourceFormat::Markdown)
        },
        BodyFormat::Html => BodySource {
            source: Some(source.source),
            ..written(SourceFormat::Html)
        },
        BodyFormat::Blocks => BodySource {
            blocks: Some(stored(&source.source)?),
            ..written(SourceFormat::Blocks)
        },
    })
}

/// A body as a request gives it.
pub(crate) fn new_source(body: BodySource) -> Result<Source, Invalid> {
    let asked = AskedSource {
        format: Some(asked_format(body.format)),
        source: body.source,
        blocks: body.blocks.as_ref().map(asked_blocks).transpose()?,
        readings: body.readings.map(asked_readings),
    };
    asked.apply(None)
}

/// What a request says about a body.
#[derive(Debug, Clone, Default)]
pub(crate) struct AskedSource {
    format: Option<BodyFormat>,
    source: Option<String>,
    blocks: Option<Vec<Block>>,
    readings: Option<Readings>,
}

impl AskedSource {
    /// What can be said without knowing the body that it changes.
    pub(crate) fn of(patch: BodySourcePatch) -> Result<Self, Invalid> {
        Ok(Self {
            format: patch.format.map(asked_format),
            source: patch.source,
            blocks: patch.blocks.as_ref().map(asked_blocks).transpose()?,
            readings: patch.readings.map(asked_readings),
        })
    }

    /// The body after the change of `present`, or a new one.
    ///
    /// # Errors
    /// As [`Source::new`] and [`Source::of_blocks`], and `required` or `bad_format` where text and
    /// format do not go together.
    pub(crate) fn apply(self, present: Option<Source>) -> Result<Source, Invalid> {
        let readings = self
            .readings
            .or(present.as_ref().map(|body| body.readings))
            .unwrap_or(Readings::Ruby);
        let format = self.format.or(present.as_ref().map(|body| body.format));
        let format = format.unwrap_or(BodyFormat::Markdown);
        let is_blocks = |format| format == BodyFormat::Blocks;
        let kept = present.filter(|body| is_blocks(body.format) == is_blocks(format));
        let kept = kept.map(|body| Source {
            format,
            readings,
            ..body
        });
        let stray = |field: &str| {
            let detail = format!("does not go with the format {format}");
            Err(Invalid::new(field, InvalidCode::BadFormat, detail))
        };
        let missing =
            |field: &str| Invalid::new(field, InvalidCode::Required, "must not be missing");
        if is_blocks(format) {
            return match (self.source, self.blocks) {
                (Some(_), _) => stray("body/source"),
                (None, Some(blocks)) => Source::of_blocks(blocks, readings),
                (None, None) => kept.ok_or_else(|| missing("body/blocks")),
            };
        }
        match (self.blocks, self.source) {
            (Some(_), _) => stray("body/blocks"),
            (None, Some(source)) => Source::new(format, &source, readings),
            (None, None) => kept.ok_or_else(|| missing("body/source")),
        }
    }
}

fn asked_format(format: SourceFormat) -> BodyFormat {
    match format {
        SourceFormat::Markdown => BodyFormat::Markdown,
        SourceFormat::Html => BodyFormat::Html,
        SourceFormat::Blocks => BodyFormat::Blocks,
    }
}

fn asked_readings(readings: body_source::Readings) -> Readings {
    match readings {
        body_source::Readings::Keep => Readings::Keep,
        body_source::Readings::Ruby => Readings::Ruby,
        body_source::Readings::Strip => Readings::Strip,
    }
}

/// Blocks have one form in JSON, on the wire and inside.
fn asked_blocks(blocks: &Vec<openapi::block::Block>) -> Result<Vec<Block>, Invalid> {
    recast(blocks)
        .map_err(|error| Invalid::new("body/blocks", InvalidCode::BadFormat, error.to_string()))
}

fn recast<T: DeserializeOwned>(value: &impl Serialize) -> serde_json::Result<T> {
    serde_json::from_str(&serde_json::to_string(value)?)
}

fn stored<T: DeserializeOwned>(json: &str) -> Result<T, ApiError> {
    serde_json::from_str(json).map_err(ApiError::internal)
}

/// A body in the form asked for, and what it holds besides its words.
pub(crate) fn shown(body: Body) -> Result<(article::Body, article::Outline), ApiError> {
    let content = body.content;
    let shown = match body.kind {
        BodyKind::Html => article::Body::Html { content },
        BodyKind::Text => article::Body::Text { content },
        BodyKind::Blocks => article::Body::Blocks {
            content: stored(&content)?,
        },
    };
    Ok((shown, outline(body.outline)))
}

fn outline(outline: Outline) -> article::Outline {
    let headings = outline.headings.into_iter();
    let images = outline.images.into_iter();
    article::Outline {
        headings: headings
            .map(|heading| OutlineHeading {
                level: heading.level,
                id: heading.id,
                text: heading.text,
            })
            .collect(),
        images: images
            .map(|image| OutlineImage {
                url: image.url,
                alt: image.alt,
                width: image.width,
                height: image.height,
            })
            .collect(),
        links: outline.links,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::text::{Written, render};

    /// A text that becomes every block and every mark.
    const EVERYTHING: &str = "# A\n\n**a** *b* ~~c~~ `d` <u>e</u> <mark>f</mark> <sub>g</sub><sup>h</sup> <small>i</small> \
        [j](/j) 收(shōu)\n\n3. a\n   - b\n\n> q\n\n```rust\nx\n```\n\n<figure><a href=\"/b\"><img src=\"/a.jpg\" alt=\"A\" width=\"3\" \
        height=\"2\"></a><figcaption>C</figcaption></figure>\n\n| h |\n|---|\n| 1 |\n\n<iframe src=\"https://v.example/1\"></iframe>\n\n---\n";

    #[test]
    fn blocks_are_the_same_inside_and_outside() {
        let blocks = render(Written::Markdown(EVERYTHING), Readings::Ruby).blocks;
        let json = serde_json::to_string(&blocks).unwrap();
        let outside: Vec<openapi::block::Block> = serde_json::from_str(&json).unwrap();
        assert_eq!(serde_json::to_string(&outside).unwrap(), json);
        assert_eq!(asked_blocks(&outside).unwrap(), blocks);
        for kind in [
            "paragraph",
            "heading",
            "list",
            "quote",
            "code",
            "image",
            "table",
            "embed",
            "divider",
        ] {
            assert!(json.contains(&format!("\"type\":\"{kind}\"")), "{kind}");
        }
        for mark in [
            "strong",
            "emphasis",
            "underline",
            "strike",
            "highlight",
            "code",
            "subscript",
            "superscript",
            "small",
        ] {
            assert!(json.contains(&format!("[\"{mark}\"]")), "{mark}");
        }
    }
}
