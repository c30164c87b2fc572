//! What is read most: over which time, how a view ages, and how long a ranking is in force.
//!
//! Views are counted by the hour. Over a [`Window`] of so many hours a view of the present hour
//! weighs as many points, one of the hour before a point less, and one of the last hour of the
//! window a single point; before that it weighs nothing.

use crate::named::named;
use crate::time::Timestamp;

/// Rankings are made at the full five minutes, and in force until the next.
pub const RANKED_EVERY_SECONDS: i64 = 300;
/// So long after it was made a ranking can still be read: whoever has a page of it has a quarter
/// of an hour for the next, and where nothing is read any more nothing is popular.
pub const KEPT_SECONDS: i64 = 1200;
/// How many articles a ranking holds at most.
pub const MOST: usize = 1000;

const HOUR_SECONDS: i64 = 3600;

named! {
    /// The time over which views count.
    pub enum Window {
        /// The last 24 hours.
        Day = "24h",
        /// The last seven days.
        Week = "7d",
    }
}

impl Window {
    /// How many hours it reaches back, the present one included.
    #[must_use]
    pub const fn hours(self) -> i64 {
        match self {
            Self::Day => 24,
            Self::Week => 168,
        }
    }
}

/// The number of the hour that an instant lies in, counted from 1970.
#[must_use]
pub const fn hour_of(at: Timestamp) -> i64 {
    at.as_seconds().div_euclid(HOUR_SECONDS)
}

/// When the ranking was due that is in force at `now`. All nodes agree on it, so that a ranking is
/// made once.
#[must_use]
pub fn due_at(now: Timestamp) -> Timestamp {
    let seconds = now.as_seconds();
    let into = seconds.rem_euclid(RANKED_EVERY_SECONDS);
    Timestamp::EPOCH.plus_seconds(seconds.saturating_sub(into))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn an_hour_begins_with_its_first_millisecond() {
        let hour = |millis| hour_of(Timestamp::from_millis(millis));
        let cases = [-1, 0, 3_599_999, 3_600_000].map(hour);
        assert_eq!(cases, [-1, 0, 0, 1]);
    }

    proptest! {
        #[test]
        fn a_ranking_is_due_every_five_minutes(millis: i64) {
            let now = Timestamp::from_millis(millis);
            let due = due_at(now);
            let age = now.as_millis() - due.as_millis();
            prop_assert!((0..RANKED_EVERY_SECONDS * 1000).contains(&age) || due == Timestamp::MIN);
            prop_assert_eq!(due_at(due), due);
        }
    }
}
