//! The body of an article as it was written.

use crate::article::BODY_MAX_BYTES;
use crate::error::{Invalid, InvalidCode};
use crate::language::Language;
use crate::text::blocks::{self, Block};
use crate::text::{self, BodyFormat, Readings, Rendered, Written, ruby};

/// So much of a body tells the language it is in, in bytes; of blocks, so many.
const TELLING: usize = 8 * 1024;
const TELLING_BLOCKS: usize = 20;

/// A body as it was written, from which everything shown is made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// How to read it.
    pub format: BodyFormat,
    /// At most 1 MiB, NFC, lines ended by `\n`. Blocks are their JSON.
    pub source: String,
    /// What becomes of the readings in it.
    pub readings: Readings,
}

impl Source {
    /// Checks a body in Markdown or HTML.
    ///
    /// # Errors
    /// At `body/source`: `required`, `too_long` over 1 MiB, `control_character`; `bad_format` for
    /// blocks, which are no text.
    pub fn new(format: BodyFormat, source: &str, readings: Readings) -> Result<Self, Invalid> {
        if format == BodyFormat::Blocks {
            let detail = "blocks are given as such, in body/blocks";
            return Err(Invalid::new("body/source", InvalidCode::BadFormat, detail));
        }
        let source = text::clean_body("body/source", source, BODY_MAX_BYTES)?;
        Ok(Self {
            format,
            source,
            readings,
        })
    }

    /// Checks a body in blocks.
    ///
    /// # Errors
    /// At `body/blocks`: `required` without any, `too_long` over 1 MiB of JSON, and what a text or a
    /// number in them may not be.
    pub fn of_blocks(blocks: Vec<Block>, readings: Readings) -> Result<Self, Invalid> {
        let field = "body/blocks";
        if blocks.is_empty() {
            return Err(Invalid::new(
                field,
                InvalidCode::Required,
                "must not be empty",
            ));
        }
        let blocks = blocks::checked(field, blocks)?;
        let source = serde_json::to_string(&blocks).unwrap_or_default();
        if source.len() > BODY_MAX_BYTES {
            let detail = format!("must have at most {BODY_MAX_BYTES} bytes as JSON");
            return Err(Invalid::new(field, InvalidCode::TooLong, detail));
        }
        Ok(Self {
            format: BodyFormat::Blocks,
            source,
            readings,
        })
    }

    /// The blocks, where it was written in them. What cannot be read is none; it cannot have come
    /// from [`Source::of_blocks`].
    #[must_use]
    pub fn blocks(&self) -> Vec<Block> {
        match self.format {
            BodyFormat::Blocks => serde_json::from_str(&self.source).unwrap_or_default(),
            BodyFormat::Markdown | BodyFormat::Html => Vec::new(),
        }
    }

    /// Everything that is shown of it. Its time is bounded by the length of the source: a
    /// twentieth of a second for a megabyte.
    #[must_use]
    pub fn render(&self) -> Rendered {
        self.render_up_to(usize::MAX, usize::MAX)
    }

    /// The language it is in, together with a title, if enough is said to tell.
    #[must_use]
    pub fn language(&self, title: &str) -> Option<Language> {
        let text = self.render_up_to(TELLING, TELLING_BLOCKS).text;
        let text: String = text.chars().take(TELLING / 4).collect();
        Language::detect(&format!("{title}\n{text}"))
    }

    /// A line that goes with it, such as a title: lines carry no readings.
    #[must_use]
    pub fn line(&self, line: String) -> String {
        match self.readings {
            Readings::Keep => line,
            Readings::Ruby | Readings::Strip => ruby::strip(&line),
        }
    }

    fn render_up_to(&self, bytes: usize, most_blocks: usize) -> Rendered {
        let mut blocks = self.blocks();
        blocks.truncate(most_blocks);
        let end = self.source.floor_char_boundary(bytes);
        let head = self.source.get(..end).unwrap_or_default();
        let written = match self.format {
            BodyFormat::Markdown => Written::Markdown(head),
            BodyFormat::Html => Written::Html(head),
            BodyFormat::Blocks => Written::Blocks(&blocks),
        };
        text::render(written, self.readings)
    }
}
