//! How much of a list one answer holds.

use crate::error::{Invalid, InvalidCode};

/// Items per page: 1 to 100, 20 if not said.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Limit(u8);

impl Limit {
    /// The most a page holds.
    pub const MAX: u8 = 100;
    /// What a page holds if nothing is said.
    pub const DEFAULT: u8 = 20;

    /// A limit that was asked for; it is never clamped.
    ///
    /// # Errors
    /// `out_of_range` outside 1 to 100, at `limit`.
    pub fn new(asked: i64) -> Result<Self, Invalid> {
        u8::try_from(asked)
            .ok()
            .filter(|limit| (1..=Self::MAX).contains(limit))
            .map(Self)
            .ok_or_else(|| {
                Invalid::new(
                    "limit",
                    InvalidCode::OutOfRange,
                    "must be between 1 and 100",
                )
            })
    }

    /// The number.
    #[must_use]
    pub const fn get(self) -> u8 {
        self.0
    }

    /// The number, as a database counts.
    #[must_use]
    pub fn rows(self) -> i64 {
        i64::from(self.0)
    }
}

impl Default for Limit {
    fn default() -> Self {
        Self(Self::DEFAULT)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_limit_is_kept_or_refused() {
        assert_eq!(Limit::default().get(), 20);
        assert_eq!(Limit::new(100).unwrap().rows(), 100);
        for asked in [0, -1, 101, i64::MIN, i64::MAX] {
            assert_eq!(Limit::new(asked).unwrap_err().code, InvalidCode::OutOfRange);
        }
    }
}
