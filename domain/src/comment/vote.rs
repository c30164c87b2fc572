//! One member's vote on a comment, and what it does to the sum of all.

use super::Votes;
use crate::error::{Invalid, InvalidCode};
use crate::id::UserId;

/// What a member says of a comment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Vote {
    /// For it.
    Up,
    /// Against it.
    Down,
}

impl Vote {
    /// The vote as the number that it is in the API and in the database: 1 or -1.
    #[must_use]
    pub const fn number(self) -> i64 {
        match self {
            Self::Up => 1,
            Self::Down => -1,
        }
    }

    /// The vote with this number.
    ///
    /// # Errors
    /// `unknown_value`, without a field, for any other number.
    pub fn of(number: i64) -> Result<Self, Invalid> {
        match number {
            1 => Ok(Self::Up),
            -1 => Ok(Self::Down),
            _ => Err(Invalid::value(
                InvalidCode::UnknownValue,
                "must be 1, for it, or -1, against it",
            )),
        }
    }
}

impl Votes {
    /// The votes once one member's is no longer `before` but `after`, where `None` is none. No count
    /// is ever negative.
    #[must_use]
    pub fn changed(self, before: Option<Vote>, after: Option<Vote>) -> Self {
        let one = |vote: Option<Vote>, of| i64::from(vote == Some(of));
        let count = |sum: i64, of| {
            sum.saturating_sub(one(before, of))
                .saturating_add(one(after, of))
                .max(0)
        };
        Self {
            up: count(self.up, Vote::Up),
            down: count(self.down, Vote::Down),
        }
    }

    /// Votes for it less votes against it.
    #[must_use]
    pub const fn score(self) -> i64 {
        self.up.saturating_sub(self.down)
    }
}

/// Whether a comment is this member's own: nobody votes on what they wrote, nor reports it. A guest's
/// is nobody's, and so is one whose author's account is gone.
#[must_use]
pub fn is_own(author: Option<UserId>, member: UserId) -> bool {
    author == Some(member)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn votes() -> impl Strategy<Value = Option<Vote>> {
        prop_oneof![Just(None), Just(Some(Vote::Up)), Just(Some(Vote::Down))]
    }

    #[test]
    fn a_vote_is_one_or_minus_one() {
        for vote in [Vote::Up, Vote::Down] {
            assert_eq!(Vote::of(vote.number()), Ok(vote));
        }
        for number in [0, 2, -2, i64::MIN, i64::MAX] {
            assert_eq!(
                Vote::of(number).unwrap_err().code,
                InvalidCode::UnknownValue
            );
        }
    }

    #[test]
    fn only_ones_own_is_ones_own() {
        let (one, other) = (UserId::from_raw(1), UserId::from_raw(2));
        assert!(is_own(Some(one), one));
        assert!(!is_own(Some(other), one) && !is_own(None, one));
    }

    proptest! {
        #[test]
        fn the_sum_is_what_the_votes_are(
            changes in prop::collection::vec((0usize..7, votes()), 0..200),
        ) {
            let mut each = [None; 7];
            let mut sum = Votes::default();
            for (member, after) in changes {
                sum = sum.changed(each[member], after);
                each[member] = after;
                let count = |of| i64::try_from(each.iter().filter(|one| **one == Some(of)).count());
                prop_assert_eq!(Ok(sum.up), count(Vote::Up));
                prop_assert_eq!(Ok(sum.down), count(Vote::Down));
                prop_assert_eq!(sum.score(), sum.up - sum.down);
            }
        }

        #[test]
        fn the_same_vote_again_changes_nothing(up in 1..i64::MAX, down in 1..i64::MAX, vote in votes()) {
            let sum = Votes { up, down };
            prop_assert_eq!(sum.changed(vote, vote), sum);
        }

        #[test]
        fn broken_counts_do_not_become_negative(before in votes(), after in votes()) {
            let sum = Votes::default().changed(before, after);
            prop_assert!(sum.up >= 0 && sum.down >= 0);
        }
    }
}
