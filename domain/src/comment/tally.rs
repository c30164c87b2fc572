//! What is counted of comments, day by day.

use crate::named::named;
use crate::time::Timestamp;

const DAY_MILLIS: i64 = 24 * 60 * 60 * 1_000;

/// How many days one look at the statistics covers at most.
pub const STATISTICS_DAYS_MAX: i64 = 92;

named! {
    /// What became of what readers sent.
    pub enum Tallied {
        /// A comment that could be read at once.
        Published = "published",
        /// A comment that had to wait.
        Held = "held",
        /// A comment that was taken for spam.
        Spam = "spam",
        /// A text that a rule refused, which is stored nowhere.
        Refused = "refused",
        /// A report.
        Reported = "reported",
    }
}

/// The day of a moment in UTC, in whole days since 1970.
#[must_use]
pub const fn day_of(at: Timestamp) -> i64 {
    at.as_millis().div_euclid(DAY_MILLIS)
}

/// The first moment of a day.
#[must_use]
pub fn start_of(day: i64) -> Timestamp {
    Timestamp::from_millis(day.saturating_mul(DAY_MILLIS))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_ends_where_the_next_begins() {
        let noon = Timestamp::parse("2026-11-28T12:00:00Z").unwrap();
        let day = day_of(noon);
        assert_eq!(start_of(day).to_string(), "2026-11-28T00:00:00.000Z");
        assert_eq!(day_of(start_of(day + 1).plus_millis(-1)), day);
        assert_eq!(day_of(Timestamp::from_millis(-1)), -1);
    }
}
