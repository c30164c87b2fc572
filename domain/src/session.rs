//! Sessions: how long a sign-in lasts, and what a refresh token that is shown means.

use crate::named::named;

/// How long an access token lasts, in seconds.
pub const ACCESS_SECONDS: i64 = 600;
/// For so long after a rotation its predecessor is answered once more: a phone that lost the
/// response asks again. In milliseconds.
pub const GRACE_MILLIS: i64 = 10_000;
/// So far behind the last rotation a clock may be, in milliseconds: that of another node. One that
/// is further back has been set, and must not lengthen the grace.
const SKEW_MILLIS: i64 = 2_000;
/// How long after its end a session is still named to the nodes, so that each has met the end
/// before the last access token of it runs out. In seconds.
pub const REVOKED_SECONDS: i64 = ACCESS_SECONDS + 300;

named! {
    /// Why a session ended before its time.
    pub enum Ending {
        /// Its owner signed out.
        SignedOut = "signed_out",
        /// Its owner ended it from another session.
        EndedByOwner = "ended_by_owner",
        /// The password was changed or reset.
        PasswordChanged = "password_changed",
        /// The account was suspended or erased.
        AccountClosed = "account_closed",
        /// An administrator ended it.
        EndedByAdmin = "ended_by_admin",
        /// A refresh token came back that had been used.
        Reuse = "reuse",
        /// There were too many; this was the one least recently used.
        Replaced = "replaced",
    }
}

/// What a genuine refresh token of a living session asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Presented {
    /// It is the current one: a successor takes its place.
    Current,
    /// It is the one before, its successor has not been used and the grace is not over: the same
    /// successor is given again.
    JustRotated,
    /// It was used before: somebody has a copy, and the session ends.
    Reused,
}

/// Judges a token by its place in the row of rotations. `step` is the place of the current one,
/// `presented` that of the one shown, `since_rotation` the milliseconds since the current one was
/// made. That the successor is unused needs no asking: using it would have moved `step` on.
#[must_use]
pub const fn judge(step: i64, presented: i64, since_rotation: i64) -> Presented {
    if presented == step {
        Presented::Current
    } else if presented == step.saturating_sub(1)
        && since_rotation >= -SKEW_MILLIS
        && since_rotation <= GRACE_MILLIS
    {
        Presented::JustRotated
    } else {
        Presented::Reused
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_last_token_has_a_grace() {
        assert_eq!(judge(5, 5, 1_000_000), Presented::Current);
        assert_eq!(judge(5, 4, 0), Presented::JustRotated);
        assert_eq!(judge(5, 4, GRACE_MILLIS), Presented::JustRotated);
        assert_eq!(judge(5, 4, GRACE_MILLIS + 1), Presented::Reused);
        assert_eq!(judge(5, 4, -SKEW_MILLIS), Presented::JustRotated);
        assert_eq!(judge(5, 4, -SKEW_MILLIS - 1), Presented::Reused);
        assert_eq!(judge(5, 4, i64::MIN), Presented::Reused);
        assert_eq!(judge(5, 3, 0), Presented::Reused);
        // Nobody can hold a token of the future; one that is signed all the same is no good.
        assert_eq!(judge(5, 6, 0), Presented::Reused);
        assert_eq!(judge(0, -1, 0), Presented::JustRotated);
    }
}
