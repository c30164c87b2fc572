//! Corrections: what the newspaper says in public about its own mistakes.

use crate::error::{Invalid, InvalidCode};
use crate::text;
use crate::time::Timestamp;

/// The longest correction, in characters.
pub const CORRECTION_MAX: usize = 2000;
/// The most corrections of one article.
pub const CORRECTIONS_MAX: usize = 100;

/// Checks a correction: 1 to 2000 characters.
///
/// # Errors
/// At `text`, as [`text::clean_text`].
pub fn parse_correction(text: &str) -> Result<String, Invalid> {
    text::clean_text("text", text, 1, CORRECTION_MAX)
}

/// The date of a correction: now, or an earlier time.
///
/// # Errors
/// `out_of_range` at `date` for a time to come.
pub fn correction_date(given: Option<Timestamp>, now: Timestamp) -> Result<Timestamp, Invalid> {
    match given {
        Some(given) if given > now => Err(Invalid::new(
            "date",
            InvalidCode::OutOfRange,
            format!("must not be later than now, which is {now}"),
        )),
        given => Ok(given.unwrap_or(now)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_correction_is_not_dated_ahead() {
        let at = Timestamp::from_millis;
        assert_eq!(correction_date(None, at(5)), Ok(at(5)));
        assert_eq!(correction_date(Some(at(5)), at(5)), Ok(at(5)));
        assert_eq!(
            correction_date(Some(at(6)), at(5)).unwrap_err().field,
            "date"
        );
        assert!(parse_correction(&"字".repeat(2000)).is_ok());
        assert_eq!(parse_correction(" ").unwrap_err().field, "text");
    }
}
