//! What members report, what a report weighs, and what comes of all of them together.
//!
//! A report weighs by what moderators said of the earlier ones of the same member. So a few members
//! who are mostly right can take a comment off the page until a moderator has seen it, and many who
//! are mostly wrong cannot.

use super::Decision;
use crate::error::Invalid;
use crate::named::named;
use crate::text;

/// The longest note beside a report, in characters.
pub const REPORT_NOTE_MAX: usize = 500;
/// How many of a member's reports make up the record: the last ones that moderators decided about.
pub const RECORD_SIZE: u8 = 50;
/// What the open reports of a comment have to weigh together, in hundredths, for it to wait for a
/// moderator unseen: as much as those of three members without a record.
pub const REPORT_THRESHOLD: i64 = 300;

/// What the report of a member without a record weighs.
const PLAIN: i64 = 100;
/// What it weighs at the least, of a member who was never right.
const LEAST: i64 = 20;
/// What it weighs at the most, of a member who was always right.
const MOST: i64 = 200;

named! {
    /// Why a comment is reported.
    pub enum ReportReason {
        /// It insults or threatens somebody.
        Abuse = "abuse",
        /// It is against people for what they are.
        Hate = "hate",
        /// It is advertising.
        Spam = "spam",
        /// It has nothing to do with the article.
        OffTopic = "off_topic",
        /// It tells what is somebody's own business.
        PersonalData = "personal_data",
        /// The law forbids it.
        Illegal = "illegal",
        /// Something else.
        Other = "other",
    }
}

named! {
    /// What moderators said of a report.
    pub enum ReportOutcome {
        /// The comment had to go.
        Upheld = "upheld",
        /// The comment may stay.
        Dismissed = "dismissed",
    }
}

impl ReportOutcome {
    /// What a decision about a comment says of the open reports of it; `None` when nothing.
    #[must_use]
    pub const fn of(decision: Decision) -> Option<Self> {
        match decision {
            Decision::Approve => Some(Self::Dismissed),
            Decision::Reject | Decision::Spam | Decision::Delete => Some(Self::Upheld),
            Decision::Restore
            | Decision::Pin
            | Decision::Unpin
            | Decision::Feature
            | Decision::Unfeature => None,
        }
    }
}

/// What moderators said of a member's last reports.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Record {
    /// How many were upheld.
    pub upheld: u8,
    /// How many were dismissed.
    pub dismissed: u8,
}

impl Record {
    /// The record with one more report, unless it is full.
    #[must_use]
    pub const fn with(self, outcome: ReportOutcome) -> Self {
        if self.upheld.saturating_add(self.dismissed) >= RECORD_SIZE {
            return self;
        }
        match outcome {
            ReportOutcome::Upheld => Self {
                upheld: self.upheld.saturating_add(1),
                ..self
            },
            ReportOutcome::Dismissed => Self {
                dismissed: self.dismissed.saturating_add(1),
                ..self
            },
        }
    }
}

/// What a report of a member with this record weighs, in hundredths: 100 without one, up to 200 for
/// those who are mostly right, and down to 20 for those who are mostly wrong.
///
/// The share of what was upheld is counted with one report more on either side (Laplace's rule of
/// succession), so that a single decision does not say everything about somebody.
#[must_use]
pub fn report_weight(record: Record) -> i64 {
    let upheld = i64::from(record.upheld).saturating_add(1);
    let dismissed = i64::from(record.dismissed).saturating_add(1);
    let all = upheld.saturating_add(dismissed);
    // How far the share lies above or below one half, as a part of `all`.
    let above = upheld.saturating_sub(dismissed);
    let span = if above < 0 {
        PLAIN - LEAST
    } else {
        MOST - PLAIN
    };
    let moved = span.saturating_mul(above).checked_div(all).unwrap_or(0);
    PLAIN.saturating_add(moved).clamp(LEAST, MOST)
}

/// What comes of a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ReportEffect {
    /// Nothing: a moderator has approved the text as it is. The report is kept, and weighs nothing.
    Kept,
    /// A moderator is asked; the comment stays where it is.
    Desk,
    /// The comment waits for a moderator unseen.
    Held,
}

/// What comes of a report of a published comment, once its open reports weigh so much together.
#[must_use]
pub const fn report_effect(together: i64, shielded: bool) -> ReportEffect {
    if shielded {
        ReportEffect::Kept
    } else if together >= REPORT_THRESHOLD {
        ReportEffect::Held
    } else {
        ReportEffect::Desk
    }
}

/// Checks what somebody notes beside a report: 1 to 500 characters.
///
/// # Errors
/// At `note`, as [`text::clean_text`].
pub fn parse_report_note(text: &str) -> Result<String, Invalid> {
    text::clean_text("note", text, 1, REPORT_NOTE_MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn weight(upheld: u8, dismissed: u8) -> i64 {
        report_weight(Record { upheld, dismissed })
    }

    #[test]
    fn a_report_weighs_by_the_record() {
        assert_eq!(weight(0, 0), PLAIN);
        assert_eq!(weight(25, 25), PLAIN);
        assert_eq!((weight(1, 0), weight(3, 0)), (133, 160));
        assert_eq!((weight(0, 1), weight(0, 3)), (74, 52));
        assert!(weight(50, 0) > 190 && weight(0, 50) < 25);
    }

    #[test]
    fn three_without_a_record_hold_a_comment_and_two_do_not() {
        assert_eq!(report_effect(2 * PLAIN, false), ReportEffect::Desk);
        assert_eq!(report_effect(3 * PLAIN, false), ReportEffect::Held);
        assert_eq!(report_effect(300 * PLAIN, true), ReportEffect::Kept);
        // Two who are always right, and not ten who never are.
        assert!(2 * weight(50, 0) >= REPORT_THRESHOLD);
        assert!(10 * weight(0, 50) < REPORT_THRESHOLD);
    }

    #[test]
    fn a_decision_says_whether_the_reports_were_right() {
        use Decision::{Approve, Delete, Reject, Restore, Spam};
        assert_eq!(ReportOutcome::of(Approve), Some(ReportOutcome::Dismissed));
        for decision in [Reject, Spam, Delete] {
            assert_eq!(ReportOutcome::of(decision), Some(ReportOutcome::Upheld));
        }
        assert_eq!(ReportOutcome::of(Restore), None);
    }

    #[test]
    fn a_note_has_five_hundred_characters_at_most() {
        assert!(parse_report_note(&"字".repeat(500)).is_ok());
        for bad in [
            "字".repeat(501),
            String::new(),
            " \n".to_owned(),
            "a\u{0}".to_owned(),
        ] {
            assert!(parse_report_note(&bad).is_err(), "{bad}");
        }
    }

    proptest! {
        #[test]
        fn being_right_never_weighs_less(upheld in 0..RECORD_SIZE, dismissed in 0..RECORD_SIZE) {
            let now = weight(upheld, dismissed);
            prop_assert!((LEAST..=MOST).contains(&now));
            prop_assert!(weight(upheld + 1, dismissed) >= now);
            prop_assert!(weight(upheld, dismissed + 1) <= now);
        }

        #[test]
        fn a_record_is_bounded(outcomes in prop::collection::vec(any::<bool>(), 0..200)) {
            let outcome = |right| if right { ReportOutcome::Upheld } else { ReportOutcome::Dismissed };
            let record = outcomes.iter().fold(Record::default(), |record, right| record.with(outcome(*right)));
            let counted = usize::from(record.upheld + record.dismissed);
            prop_assert_eq!(counted, outcomes.len().min(usize::from(RECORD_SIZE)));
        }
    }
}
