//! What moderators decide about a comment, and in which order they are asked.

use super::CommentStatus;
use crate::error::Invalid;
use crate::named::named;
use crate::text;
use crate::time::Timestamp;

named! {
    /// What a moderator decides.
    pub enum Decision {
        /// It may be read, whatever is reported about it from now on.
        Approve = "approve",
        /// It may not be read.
        Reject = "reject",
        /// It is advertising, or worse, and may not be read.
        Spam = "spam",
        /// It is removed.
        Delete = "delete",
        /// It is as it was before it was removed.
        Restore = "restore",
        /// It is kept on top.
        Pin = "pin",
        /// It is not kept on top any more.
        Unpin = "unpin",
        /// It is shown off.
        Feature = "feature",
        /// It is not shown off any more.
        Unfeature = "unfeature",
    }
}

named! {
    /// What a moderator did with a comment, as its history has it.
    pub enum Handling {
        /// [`Decision::Approve`].
        Approve = "approve",
        /// [`Decision::Reject`].
        Reject = "reject",
        /// [`Decision::Spam`].
        Spam = "spam",
        /// [`Decision::Delete`].
        Delete = "delete",
        /// [`Decision::Restore`].
        Restore = "restore",
        /// [`Decision::Pin`].
        Pin = "pin",
        /// [`Decision::Unpin`].
        Unpin = "unpin",
        /// [`Decision::Feature`].
        Feature = "feature",
        /// [`Decision::Unfeature`].
        Unfeature = "unfeature",
        /// The text was changed.
        Edit = "edit",
        /// Something was noted for other moderators.
        Note = "note",
    }
}

impl From<Decision> for Handling {
    fn from(decision: Decision) -> Self {
        match decision {
            Decision::Approve => Self::Approve,
            Decision::Reject => Self::Reject,
            Decision::Spam => Self::Spam,
            Decision::Delete => Self::Delete,
            Decision::Restore => Self::Restore,
            Decision::Pin => Self::Pin,
            Decision::Unpin => Self::Unpin,
            Decision::Feature => Self::Feature,
            Decision::Unfeature => Self::Unfeature,
        }
    }
}

/// The longest note of a moderator, in characters.
pub const NOTE_MAX: usize = 1000;

/// Checks a moderator's note: 1 to 1000 characters of text.
///
/// # Errors
/// At `field`, as [`text::clean_text`].
pub fn parse_note(field: &'static str, note: &str) -> Result<String, Invalid> {
    text::clean_text(field, note, 1, NOTE_MAX)
}

named! {
    /// Where a comment waits for a moderator.
    pub enum Desk {
        /// Nobody sees it until it is approved.
        Held = "held",
        /// It is published, and readers reported it.
        Reported = "reported",
        /// It was taken for spam.
        Spam = "spam",
    }
}

/// What a decision depends on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    /// What became of it so far.
    pub status: CommentStatus,
    /// What it was before a moderator removed it; none when its author did, or nobody.
    pub before: Option<CommentStatus>,
    /// Whether it is a root comment.
    pub root: bool,
}

/// What a decision does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decided {
    /// The comment is this from now on.
    Status(CommentStatus),
    /// It is kept on top, or not.
    Pinned(bool),
    /// It is shown off, or not.
    Featured(bool),
}

/// The table of decisions: what each does to a comment that stands so. `None` where it cannot be.
///
/// What is decided again is decided anew: a retry does no harm. What its author has taken back,
/// nobody brings back.
#[must_use]
pub fn decide(decision: Decision, standing: Standing) -> Option<Decided> {
    use CommentStatus::{Deleted, Published, Rejected, Spam};
    let there = standing.status != Deleted;
    let published = standing.status == Published;
    let status = |allowed: bool, to: CommentStatus| allowed.then_some(Decided::Status(to));
    match decision {
        Decision::Approve => status(there, Published),
        Decision::Reject => status(there, Rejected),
        Decision::Spam => status(there, Spam),
        Decision::Delete => status(there || standing.before.is_some(), Deleted),
        Decision::Restore => standing.before.filter(|_| !there).map(Decided::Status),
        Decision::Pin => (published && standing.root).then_some(Decided::Pinned(true)),
        Decision::Unpin => there.then_some(Decided::Pinned(false)),
        Decision::Feature => published.then_some(Decided::Featured(true)),
        Decision::Unfeature => there.then_some(Decided::Featured(false)),
    }
}

/// What an edited comment is: one that is published becomes what its new text deserves, and one that
/// waits goes on waiting, whatever its author has taken out.
#[must_use]
pub const fn edited(before: CommentStatus, judged: CommentStatus) -> CommentStatus {
    match (before, judged) {
        (CommentStatus::Published, judged) => judged,
        (CommentStatus::Held, CommentStatus::Spam) => CommentStatus::Spam,
        (before, _) => before,
    }
}

/// The most that reports weigh in the order of the desk.
const MOST_WEIGHT: i64 = (1 << 20) - 1;
/// The last millisecond that fits below the weight: 2109.
const LAST_MILLIS: i64 = (1 << 42) - 1;

/// How much a comment needs a moderator, the highest first: by the weight of its reports, and
/// among equals by how long it waits.
#[must_use]
pub fn need(weight: i64, since: Timestamp) -> i64 {
    let weight = weight.clamp(0, MOST_WEIGHT);
    let since = since.as_millis().clamp(0, LAST_MILLIS);
    (weight << 42) | LAST_MILLIS.saturating_sub(since)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn standing(status: CommentStatus, before: Option<CommentStatus>) -> Standing {
        Standing {
            status,
            before,
            root: true,
        }
    }

    #[test]
    fn what_its_author_took_back_stays_away() {
        for decision in Decision::ALL {
            let gone = standing(CommentStatus::Deleted, None);
            assert_eq!(decide(*decision, gone), None, "{decision}");
        }
    }

    #[test]
    fn a_removed_comment_is_restored_to_what_it_was() {
        for before in [
            CommentStatus::Held,
            CommentStatus::Published,
            CommentStatus::Spam,
            CommentStatus::Rejected,
        ] {
            let removed = standing(CommentStatus::Deleted, Some(before));
            assert_eq!(
                decide(Decision::Restore, removed),
                Some(Decided::Status(before))
            );
            assert_eq!(decide(Decision::Approve, removed), None);
            assert_eq!(
                decide(Decision::Delete, removed),
                Some(Decided::Status(CommentStatus::Deleted))
            );
            assert_eq!(decide(Decision::Restore, standing(before, None)), None);
        }
    }

    #[test]
    fn no_edit_brings_a_comment_past_a_moderator() {
        use CommentStatus::{Held, Published, Spam};
        assert_eq!(edited(Published, Published), Published);
        assert_eq!(edited(Published, Held), Held);
        assert_eq!(edited(Held, Published), Held);
        assert_eq!(edited(Held, Spam), Spam);
        assert_eq!(edited(Spam, Published), Spam);
    }

    #[test]
    fn only_published_roots_are_pinned() {
        let published = standing(CommentStatus::Published, None);
        assert_eq!(
            decide(Decision::Pin, published),
            Some(Decided::Pinned(true))
        );
        let reply = Standing {
            root: false,
            ..published
        };
        assert_eq!(decide(Decision::Pin, reply), None);
        assert_eq!(
            decide(Decision::Feature, reply),
            Some(Decided::Featured(true))
        );
        let held = standing(CommentStatus::Held, None);
        assert_eq!(decide(Decision::Pin, held), None);
        assert_eq!(decide(Decision::Feature, held), None);
    }

    proptest! {
        #[test]
        fn who_is_reported_more_or_waits_longer_comes_first(
            light in 0_i64..1_000_000, more in 1_i64..48_000,
            early in 0_i64..4_000_000_000_000, later in 1_i64..1_000_000_000,
        ) {
            let at = Timestamp::from_millis;
            prop_assert!(need(light + more, at(early + later)) > need(light, at(early)));
            prop_assert!(need(light, at(early)) > need(light, at(early + later)));
            prop_assert!(need(light, at(early)) >= 0);
        }
    }
}
