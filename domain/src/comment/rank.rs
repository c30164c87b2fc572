//! Where a comment stands among those beside it: one number for each order, that is no other
//! one's.
//!
//! A key is a rank and, below it, the comment's ordinal within its article: `rank << 32 | ordinal`.
//! So no two comments of an article have the same key, those of equal rank stand newest first, and
//! a page goes on after a single number. A rank changes only when somebody votes.

use crate::time::Timestamp;

/// The highest rank: a key is never negative, and has a bit above its rank for what is pinned.
const MAX_RANK: i64 = (1 << 30) - 1;
/// What a pinned comment's keys are higher by: it comes before every other one.
const PINNED: i64 = 1 << 62;
/// The ordinals that a key has room for.
const MAX_ORDINAL: i64 = (1 << 32) - 1;

/// The quantile of the normal distribution for an interval of 80 %.
const Z: f64 = 1.281_551_565_545;

/// 2000-01-01: nothing that is ranked by its time is older.
const HOT_EPOCH_MILLIS: i64 = 946_684_800_000;
/// How long a comment has to be posted later to be one step hotter.
const HOT_STEP_MILLIS: i64 = 1_500;
/// The steps that ten times as many votes are worth: 12.5 hours.
const HOT_STEPS_PER_TENFOLD: f64 = 30_000.0;

/// How readers voted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Votes {
    /// Votes for it, never negative.
    pub up: i64,
    /// Votes against it, never negative.
    pub down: i64,
}

/// The keys of a comment, one for each order by votes; the highest comes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Keys {
    /// What most agree on with most certainty.
    pub best: i64,
    /// What many vote on and half of them against.
    pub controversial: i64,
    /// What is new or liked lately.
    pub hot: i64,
}

impl Keys {
    /// The keys of a comment with these votes, posted then, that is the `ordinal`-th (from 1) of
    /// its article.
    #[must_use]
    pub fn of(votes: Votes, created_at: Timestamp, ordinal: i64) -> Self {
        let key = |rank: i64| (rank.clamp(0, MAX_RANK) << 32) | ordinal.clamp(0, MAX_ORDINAL);
        Self {
            best: key(best(votes)),
            controversial: key(controversial(votes)),
            hot: key(hot(votes, created_at)),
        }
    }

    /// The same for a comment that is kept on top of those beside it, if it is.
    #[must_use]
    pub const fn pinned(self, pinned: bool) -> Self {
        if !pinned {
            return self;
        }
        Self {
            best: self.best | PINNED,
            controversial: self.controversial | PINNED,
            hot: self.hot | PINNED,
        }
    }
}

/// The lower bound of Wilson's score interval for the share of votes for it (E. B. Wilson, 1927):
/// one vote of one says less than ninety of a hundred. 0 without votes.
fn best(votes: Votes) -> i64 {
    let (up, all) = (float(votes.up), float(votes.up) + float(votes.down));
    if all <= 0.0 {
        return 0;
    }
    let share = up / all;
    let z2 = Z * Z;
    let centre = share + z2 / (2.0 * all);
    let spread = Z * (share * (1.0 - share) / all + z2 / (4.0 * all * all)).sqrt();
    let bound = (centre - spread) / (1.0 + z2 / all);
    whole(bound * float(MAX_RANK))
}

/// How many voted, to the power of how evenly; as its logarithm, so that it fits. 0 without votes
/// on both sides.
fn controversial(votes: Votes) -> i64 {
    let (more, fewer) = (votes.up.max(votes.down), votes.up.min(votes.down));
    if fewer <= 0 {
        return 0;
    }
    let all = float(more) + float(fewer);
    let balance = float(fewer) / float(more);
    // 2^48 votes are 2^30 - 1 at the most.
    whole(all.log2() * balance / 48.0 * float(MAX_RANK))
}

/// The time it was posted, moved by the order of magnitude of its score: what was posted twelve and
/// a half hours later needs a tenth of the votes. It does not change as time goes by.
fn hot(votes: Votes, created_at: Timestamp) -> i64 {
    let score = votes.up.saturating_sub(votes.down);
    let magnitude = float(score.saturating_abs().max(1)).log10();
    let moved = whole(magnitude * HOT_STEPS_PER_TENFOLD).saturating_mul(score.signum());
    let since = created_at.as_millis().saturating_sub(HOT_EPOCH_MILLIS);
    (since / HOT_STEP_MILLIS).saturating_add(moved)
}

#[expect(
    clippy::as_conversions,
    clippy::cast_precision_loss,
    reason = "votes are far fewer than what a double holds exactly"
)]
const fn float(number: i64) -> f64 {
    number as f64
}

#[expect(
    clippy::as_conversions,
    clippy::cast_possible_truncation,
    reason = "ranks are within their bounds; the cast saturates and makes 0 of what is no number"
)]
const fn whole(number: f64) -> i64 {
    number as i64
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn at(millis: i64) -> Timestamp {
        Timestamp::from_millis(millis)
    }

    fn keys(up: i64, down: i64) -> Keys {
        Keys::of(Votes { up, down }, at(1_795_428_000_000), 1)
    }

    #[test]
    fn what_more_agree_on_is_better() {
        let order = [(0, 9), (1, 5), (1, 1), (1, 0), (9, 2), (90, 10), (99, 1)];
        for pair in order.windows(2) {
            let [(up, down), (more, fewer)] = pair else {
                unreachable!("pairs");
            };
            assert!(
                keys(*up, *down).best <= keys(*more, *fewer).best,
                "{pair:?}"
            );
        }
        assert_eq!(keys(0, 0).best, keys(0, 3).best, "nobody is for it");
    }

    #[test]
    fn what_splits_many_is_controversial() {
        let rank = |up, down| keys(up, down).controversial;
        assert_eq!(rank(100, 0), rank(0, 0));
        assert!(rank(50, 50) > rank(5, 5));
        assert!(rank(50, 50) > rank(90, 10));
        assert_eq!(rank(70, 30), rank(30, 70));
    }

    #[test]
    fn ten_times_the_votes_make_up_for_half_a_day() {
        let day = 1_795_428_000_000;
        let hot = |up, down, millis| Keys::of(Votes { up, down }, at(millis), 1).hot;
        assert_eq!(hot(10, 0, day), hot(1, 0, day + 45_000_000));
        assert_eq!(hot(0, 10, day), hot(0, 1, day - 45_000_000));
        assert!(hot(0, 5, day) < hot(0, 0, day));
        // An import of something very old, and a clock that is far ahead.
        assert_eq!(hot(0, 0, 0), hot(0, 0, -5));
        assert!(hot(5, 0, i64::MAX) >= hot(0, 0, i64::MAX));
    }

    proptest! {
        #[test]
        fn keys_are_in_bounds_and_nobody_elses(
            up in 0..i64::MAX / 4, down in 0..i64::MAX / 4, millis in any::<i64>(), ordinal in 1..MAX_ORDINAL,
        ) {
            let votes = Votes { up, down };
            let (one, next) = (Keys::of(votes, at(millis), ordinal), Keys::of(votes, at(millis), ordinal + 1));
            for (one, next) in [(one.best, next.best), (one.controversial, next.controversial), (one.hot, next.hot)] {
                prop_assert!(one > 0);
                prop_assert_eq!(one + 1, next, "the newer one of equals comes first");
            }
        }

        #[test]
        fn one_more_vote_for_it_never_makes_it_worse(up in 0..100_000i64, down in 0..100_000i64) {
            let (before, after) = (keys(up, down), keys(up + 1, down));
            prop_assert!(after.best >= before.best && after.hot >= before.hot);
            let against = keys(up, down + 1);
            prop_assert!(against.best <= before.best && against.hot <= before.hot);
        }
    }
}
