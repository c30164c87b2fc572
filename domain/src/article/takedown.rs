//! Why an article was removed, and what is said about it.

use crate::error::Invalid;
use crate::text;

/// The longest reason, in characters.
pub const REASON_MAX: usize = 1000;
/// The longest public notice, in characters.
pub const NOTICE_MAX: usize = 1000;

/// What is kept of a takedown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Takedown {
    /// Why, for the newsroom and its auditors alone.
    pub reason: String,
    /// What readers are told at the article's addresses; none says only that it is gone.
    pub public_notice: Option<String>,
}

/// Checks a reason: 1 to 1000 characters.
///
/// # Errors
/// At `reason`, as [`text::clean_text`].
pub fn parse_reason(text: &str) -> Result<String, Invalid> {
    text::clean_text("reason", text, 1, REASON_MAX)
}

/// Checks a notice: 1 to 1000 characters of plain text; no notice is `None`, never an empty text.
///
/// # Errors
/// At `public_notice`, as [`text::clean_text`].
pub fn parse_notice(text: &str) -> Result<String, Invalid> {
    text::clean_text("public_notice", text, 1, NOTICE_MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::InvalidCode;

    #[test]
    fn both_are_text_of_a_bounded_length() {
        assert_eq!(parse_reason("By court order.").unwrap(), "By court order.");
        assert_eq!(parse_reason(" ").unwrap_err().code, InvalidCode::Required);
        let long = "x".repeat(NOTICE_MAX + 1);
        let refused = parse_notice(&long).unwrap_err();
        assert_eq!(
            (refused.field.as_str(), refused.code),
            ("public_notice", InvalidCode::TooLong)
        );
    }
}
