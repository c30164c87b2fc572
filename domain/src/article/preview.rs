//! Preview links: each shows one revision of an article to whoever has it, for a while.

use crate::error::{Invalid, InvalidCode};
use crate::time::Timestamp;

/// The shortest life of a link, in seconds.
pub const PREVIEW_SECONDS_MIN: i64 = 60;
/// The longest life of a link, in seconds: 30 days.
pub const PREVIEW_SECONDS_MAX: i64 = 30 * 24 * 60 * 60;
/// The life of a link of which nothing is said, in seconds: a day.
pub const PREVIEW_SECONDS: i64 = 24 * 60 * 60;
/// The most links of one article that hold at the same time.
pub const PREVIEW_LINKS_MAX: usize = 50;

/// When a link ends that is made now, to live for so many seconds.
///
/// # Errors
/// `out_of_range` at `expires_in` for less than a minute and more than 30 days.
pub fn preview_end(now: Timestamp, expires_in: Option<i64>) -> Result<Timestamp, Invalid> {
    let seconds = expires_in.unwrap_or(PREVIEW_SECONDS);
    if !(PREVIEW_SECONDS_MIN..=PREVIEW_SECONDS_MAX).contains(&seconds) {
        let detail = format!(
            "must be between {PREVIEW_SECONDS_MIN} and {PREVIEW_SECONDS_MAX} seconds, which is 30 days"
        );
        return Err(Invalid::new("expires_in", InvalidCode::OutOfRange, detail));
    }
    Ok(now.plus_seconds(seconds))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_lives_for_a_while_and_not_for_ever() {
        let now = Timestamp::from_millis(1_000);
        assert_eq!(preview_end(now, None), Ok(now.plus_seconds(86_400)));
        for good in [60, 600, 2_592_000] {
            assert_eq!(preview_end(now, Some(good)), Ok(now.plus_seconds(good)));
        }
        for bad in [59, 0, -600, 2_592_001, i64::MIN, i64::MAX] {
            let refused = preview_end(now, Some(bad)).unwrap_err();
            assert_eq!(
                (refused.field.as_str(), refused.code),
                ("expires_in", InvalidCode::OutOfRange)
            );
        }
    }
}
