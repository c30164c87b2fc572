//! Text: what is accepted as a line or a text, and how a body becomes HTML and plain text.

pub mod allowlist;
mod balance;
pub mod blocks;
mod count;
mod excerpt;
mod links;
mod markdown;
mod nesting;
mod outline;
mod plain;
mod render;
pub mod ruby;
pub mod search;
mod tokens;
mod tree;
pub mod words;

pub use count::{HAN_PER_MINUTE, WORDS_PER_MINUTE, word_count};
pub use excerpt::EXCERPT_MAX;
pub use links::links;
pub use outline::{Heading, Image, LISTED_MAX, Outline};
pub use render::{
    BodyFormat, RENDERER, Rendered, RenderedComment, Written, render, render_comment,
    render_comment_html,
};
pub use ruby::Readings;

use crate::error::{Invalid, InvalidCode};
use unicode_normalization::UnicodeNormalization;
use unicode_segmentation::UnicodeSegmentation;

/// The bytes one character of a limit may take on average. A character is what a reader sees as
/// one (a grapheme cluster), which may be made of many code points: eight bytes leave room for
/// Indic syllables and composed emoji, and none for pages of stacked accents.
const BYTES_PER_CHARACTER: usize = 8;
/// Bytes that even the shortest line may have, so that one long emoji fits everywhere.
const BYTES_AT_LEAST: usize = 64;

/// Brings one line of text (a title, a name) into its stored form: NFC, without white space at
/// its ends.
///
/// Lengths are counted in characters as a reader sees them (extended grapheme clusters), and
/// the bytes may be at most eight times `max` (64 where that is more).
///
/// # Errors
/// At `field`: `required` if nothing visible is there and `min` is not 0, `too_short`,
/// `too_long`, or `control_character` for line breaks, other control characters (NUL among them)
/// and the direction overrides that would reorder the text around the line.
pub fn clean_line(field: &str, text: &str, min: usize, max: usize) -> Result<String, Invalid> {
    let refused = |character: char| {
        character.is_control()
            || matches!(
                character,
                '\u{2028}' | '\u{2029}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}'
            )
    };
    check_bytes(field, text, max)?;
    let line: String = text.trim().nfc().collect();
    if let Some(character) = line.chars().find(|&character| refused(character)) {
        return Err(control(field, character));
    }
    check_length(field, &line, min, max)?;
    Ok(line)
}

/// Brings text of several lines into its stored form: NFC, every line break a `\n`, without
/// blank lines at its start and white space at its end. Tabs stay.
///
/// Lengths are counted as by [`clean_line`].
///
/// # Errors
/// At `field`: as [`clean_line`], but line breaks, tabs and direction characters are accepted.
pub fn clean_text(field: &str, text: &str, min: usize, max: usize) -> Result<String, Invalid> {
    check_bytes(field, text, max)?;
    let text = normal_text(field, text)?;
    check_length(field, &text, min, max)?;
    Ok(text)
}

/// As [`clean_text`], but bounded in bytes alone: for bodies, where counting characters tells
/// nobody anything.
///
/// # Errors
/// At `field`: `required`, `too_long` or `control_character`.
pub fn clean_body(field: &str, text: &str, max_bytes: usize) -> Result<String, Invalid> {
    let too_long = || {
        Invalid::new(
            field,
            InvalidCode::TooLong,
            format!("must have at most {max_bytes} bytes"),
        )
    };
    if text.len() > max_bytes {
        return Err(too_long());
    }
    let text = normal_text(field, text)?;
    // Composing seldom makes a text longer, but it can.
    if text.len() > max_bytes {
        return Err(too_long());
    }
    if is_blank(&text) {
        return Err(blank(field));
    }
    Ok(text)
}

fn normal_text(field: &str, text: &str) -> Result<String, Invalid> {
    let mut normal = String::with_capacity(text.len());
    let mut after_return = false;
    for character in text.nfc() {
        match character {
            '\r' => normal.push('\n'),
            '\n' if after_return => {}
            '\n' | '\t' => normal.push(character),
            _ if character.is_control() => return Err(control(field, character)),
            _ => normal.push(character),
        }
        after_return = character == '\r';
    }
    normal.truncate(normal.trim_end().len());
    // Only whole blank lines go: spaces before the first word may be an indented code block.
    let indent = normal.len() - normal.trim_start().len();
    if let Some(line_start) = normal
        .char_indices()
        .take_while(|&(at, _)| at < indent)
        .filter(|&(_, c)| c == '\n')
        .last()
    {
        normal.drain(..=line_start.0);
    }
    Ok(normal)
}

fn check_bytes(field: &str, text: &str, max: usize) -> Result<(), Invalid> {
    if text.len() > byte_limit(max) {
        return Err(too_long(field, max));
    }
    Ok(())
}

fn byte_limit(max: usize) -> usize {
    max.saturating_mul(BYTES_PER_CHARACTER).max(BYTES_AT_LEAST)
}

fn check_length(field: &str, text: &str, min: usize, max: usize) -> Result<(), Invalid> {
    if min > 0 && is_blank(text) {
        return Err(blank(field));
    }
    // Composition can grow a text after its bytes were counted.
    check_bytes(field, text, max)?;
    let characters = text.graphemes(true).count();
    if characters < min {
        let detail = format!("must have at least {min} characters");
        return Err(Invalid::new(field, InvalidCode::TooShort, detail));
    }
    if characters > max {
        return Err(too_long(field, max));
    }
    Ok(())
}

/// Whether a reader would see nothing: white space, zero-width and filler characters only.
fn is_blank(text: &str) -> bool {
    text.chars().all(|character| {
        character.is_whitespace()
            || matches!(
                character,
                '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}'
                    | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
                    | '\u{2060}'..='\u{206f}' | '\u{2800}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}'
                    | '\u{feff}' | '\u{ffa0}' | '\u{e0000}'..='\u{e0fff}'
            )
    })
}

fn blank(field: &str) -> Invalid {
    Invalid::new(field, InvalidCode::Required, "must not be empty")
}

fn too_long(field: &str, max: usize) -> Invalid {
    let bytes = byte_limit(max);
    let detail = format!("must have at most {max} characters and {bytes} bytes");
    Invalid::new(field, InvalidCode::TooLong, detail)
}

fn control(field: &str, character: char) -> Invalid {
    let detail = format!(
        "must not contain the control character U+{:04X}",
        u32::from(character)
    );
    Invalid::new(field, InvalidCode::ControlCharacter, detail)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn code(result: Result<String, Invalid>) -> InvalidCode {
        result.unwrap_err().code
    }

    #[test]
    fn lines_are_composed_and_trimmed() {
        assert_eq!(
            clean_line("t", "  Cafe\u{301} \u{3000}", 1, 4).unwrap(),
            "Café"
        );
        assert_eq!(clean_line("t", "👩‍👩‍👧‍👦नमस्ते", 1, 5).unwrap(), "👩‍👩‍👧‍👦नमस्ते");
        assert_eq!(clean_line("t", "", 0, 5).unwrap(), "");
    }

    #[test]
    fn lines_have_limits() {
        assert_eq!(
            code(clean_line("t", " \u{200b}\u{feff} ", 1, 9)),
            InvalidCode::Required
        );
        assert_eq!(code(clean_line("t", "ab", 3, 9)), InvalidCode::TooShort);
        assert_eq!(code(clean_line("t", "abcd", 1, 3)), InvalidCode::TooLong);
        let stacked = format!("a{}", "\u{301}".repeat(100));
        assert_eq!(code(clean_line("t", &stacked, 1, 10)), InvalidCode::TooLong);
        // U+FB2C triples when it is normalised.
        assert_eq!(
            code(clean_line("t", &"\u{fb2c}".repeat(21), 1, 10)),
            InvalidCode::TooLong
        );
        for text in [
            "a\nb",
            "a\0b",
            "a\tb",
            "a\u{85}b",
            "a\u{202e}b",
            "a\u{2028}b",
            "a\u{7f}b",
        ] {
            let refused = clean_line("t", text, 1, 9).unwrap_err();
            assert_eq!(
                (refused.code, refused.field.as_str()),
                (InvalidCode::ControlCharacter, "t")
            );
        }
    }

    #[test]
    fn texts_keep_their_lines() {
        assert_eq!(
            clean_text("t", "\r\n \n  a\r\n\tb\rc\n\n", 1, 99).unwrap(),
            "  a\n\tb\nc"
        );
        assert_eq!(
            code(clean_text("t", "a\0", 1, 9)),
            InvalidCode::ControlCharacter
        );
        assert_eq!(code(clean_text("t", "\n\n", 1, 9)), InvalidCode::Required);
        assert_eq!(clean_body("b", "é", 2).unwrap(), "é");
        assert_eq!(code(clean_body("b", "éa", 2)), InvalidCode::TooLong);
        assert_eq!(code(clean_body("b", " ", 2)), InvalidCode::Required);
    }

    proptest! {
        #[test]
        fn clean_is_stable(text in any::<String>()) {
            if let Ok(line) = clean_line("t", &text, 0, 200) {
                prop_assert_eq!(clean_line("t", &line, 0, 200), Ok(line));
            }
            if let Ok(text) = clean_text("t", &text, 0, 200) {
                prop_assert_eq!(clean_text("t", &text, 0, 200), Ok(text));
            }
        }
    }
}
