//! Blocks as somebody sends them.

use unicode_normalization::UnicodeNormalization;

use super::{Block, Cell, ImageBlock, Span};
use crate::error::{Invalid, InvalidCode};

/// So deep may lists and quotations nest.
const NESTING: usize = 8;

/// The blocks with their text in NFC, as every text is.
///
/// # Errors
/// At `field`: `control_character`, `out_of_range` for a level of a heading, a pixel or a cell,
/// `too_many` for lists and quotations that nest deeper than eight levels.
pub(crate) fn checked(field: &str, mut blocks: Vec<Block>) -> Result<Vec<Block>, Invalid> {
    let checker = Checker { field };
    checker.blocks(&mut blocks, 0)?;
    Ok(blocks)
}

struct Checker<'f> {
    field: &'f str,
}

impl Checker<'_> {
    fn blocks(&self, blocks: &mut [Block], depth: usize) -> Result<(), Invalid> {
        if depth > NESTING {
            let detail = format!("lists and quotations may nest {NESTING} levels deep");
            return Err(Invalid::new(self.field, InvalidCode::TooMany, detail));
        }
        blocks
            .iter_mut()
            .try_for_each(|block| self.block(block, depth))
    }

    fn block(&self, block: &mut Block, depth: usize) -> Result<(), Invalid> {
        match block {
            Block::Paragraph { spans } => self.spans(spans),
            Block::Heading { level, id, spans } => {
                // It is made of what the heading says.
                *id = None;
                self.range("the level of a heading", i32::from(*level), 6)?;
                self.spans(spans)
            }
            Block::List { items, .. } => items
                .iter_mut()
                .try_for_each(|item| self.blocks(item, depth + 1)),
            Block::Quote { blocks, cite } => {
                self.given(cite.as_mut())?;
                self.blocks(blocks, depth + 1)
            }
            Block::Code { text, language } => {
                self.given(language.as_mut())?;
                self.text(text)
            }
            Block::Image(image) => self.image(image),
            Block::Table { caption, rows } => {
                self.spans(caption)?;
                rows.iter_mut()
                    .flatten()
                    .try_for_each(|cell| self.cell(cell))
            }
            Block::Embed { url, caption } => {
                self.text(url)?;
                self.spans(caption)
            }
            Block::Divider => Ok(()),
        }
    }

    fn image(&self, image: &mut ImageBlock) -> Result<(), Invalid> {
        self.text(&mut image.url)?;
        self.given(image.alt.as_mut())?;
        self.given(image.href.as_mut())?;
        for pixels in [image.width, image.height].into_iter().flatten() {
            self.range("a width or a height", pixels, 99_999)?;
        }
        self.spans(&mut image.caption)
    }

    fn cell(&self, cell: &mut Cell) -> Result<(), Invalid> {
        self.range("a span of a cell", cell.colspan, 1000)?;
        self.range("a span of a cell", cell.rowspan, 1000)?;
        self.spans(&mut cell.spans)
    }

    fn spans(&self, spans: &mut [Span]) -> Result<(), Invalid> {
        spans.iter_mut().try_for_each(|span| {
            self.given(span.href.as_mut())?;
            self.given(span.reading.as_mut())?;
            self.text(&mut span.text)
        })
    }

    fn given(&self, text: Option<&mut String>) -> Result<(), Invalid> {
        text.map_or(Ok(()), |text| self.text(text))
    }

    fn text(&self, text: &mut String) -> Result<(), Invalid> {
        *text = text.nfc().collect();
        let control = |c: &char| c.is_control() && !matches!(c, '\n' | '\t');
        match text.chars().find(control) {
            None => Ok(()),
            Some(character) => {
                let code = u32::from(character);
                let detail = format!("must not contain the control character U+{code:04X}");
                Err(Invalid::new(
                    self.field,
                    InvalidCode::ControlCharacter,
                    detail,
                ))
            }
        }
    }

    fn range(&self, what: &str, value: i32, max: i32) -> Result<(), Invalid> {
        if (1..=max).contains(&value) {
            return Ok(());
        }
        let detail = format!("{what} must be between 1 and {max}");
        Err(Invalid::new(self.field, InvalidCode::OutOfRange, detail))
    }
}
