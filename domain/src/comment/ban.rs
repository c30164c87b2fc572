//! Who may not comment any more.

use crate::error::{Invalid, InvalidCode};
use crate::named::named;
use crate::time::Timestamp;

named! {
    /// What a ban goes by.
    pub enum BanKind {
        /// An account.
        Account = "account",
        /// A network address, as a keyed hash.
        Address = "address",
        /// An e-mail address, as a keyed hash.
        Email = "email",
    }
}

/// An address changes hands: a ban of one ends after two years at the latest, in days.
pub const ADDRESS_BAN_DAYS: i64 = 730;
/// How long the key lasts that addresses are hashed with, in days. Comments of one address cannot be
/// told to be of one address beyond that.
pub const ADDRESS_KEY_DAYS: i64 = 30;
/// How long it is kept where a comment came from, in days.
pub const TRACE_DAYS: i64 = 90;

const DAY_SECONDS: i64 = 24 * 60 * 60;

/// The number of the key that addresses are hashed with at a time.
#[must_use]
pub const fn address_key(at: Timestamp) -> i64 {
    at.as_millis()
        .div_euclid(ADDRESS_KEY_DAYS * DAY_SECONDS * 1_000)
}

/// The numbers of all keys that a ban may go by which holds at a time and was made at `oldest` or later,
/// the latest first. Whatever `oldest` says, those of bans of the last thirty days are among them: nodes
/// do not hear of each other's at once.
pub fn address_keys(now: Timestamp, oldest: Timestamp) -> impl Iterator<Item = i64> {
    let days_ago = |days: i64| now.plus_seconds(-days * DAY_SECONDS);
    let oldest = oldest.clamp(days_ago(ADDRESS_BAN_DAYS), days_ago(ADDRESS_KEY_DAYS));
    let last = address_key(now);
    // A ban goes by where a comment came from that may be as old as is kept.
    let first = address_key(oldest.plus_seconds(-TRACE_DAYS * DAY_SECONDS));
    (first..=last).rev()
}

/// Until when a ban holds that is asked for until `until`.
///
/// # Errors
/// `out_of_range` at `expires_at` for a moment that has passed, or for an address one beyond two
/// years.
pub fn ban_until(
    kind: BanKind,
    until: Option<Timestamp>,
    now: Timestamp,
) -> Result<Option<Timestamp>, Invalid> {
    let wrong = |detail: &str| Invalid::new("expires_at", InvalidCode::OutOfRange, detail);
    let last = now.plus_seconds(ADDRESS_BAN_DAYS * DAY_SECONDS);
    match (kind, until) {
        (_, Some(until)) if until <= now => Err(wrong("must be in the future")),
        (BanKind::Address, Some(until)) if until > last => {
            Err(wrong("an address is banned for two years at most"))
        }
        (BanKind::Address, None) => Ok(Some(last)),
        (_, until) => Ok(until),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ban_of_an_address_ends() {
        let now = Timestamp::from_millis(1_790_000_000_000);
        let two_years = now.plus_seconds(730 * DAY_SECONDS);
        assert_eq!(ban_until(BanKind::Address, None, now), Ok(Some(two_years)));
        assert_eq!(ban_until(BanKind::Account, None, now), Ok(None));
        let later = two_years.plus_millis(1);
        assert!(ban_until(BanKind::Address, Some(later), now).is_err());
        assert_eq!(ban_until(BanKind::Email, Some(later), now), Ok(Some(later)));
        for kind in BanKind::ALL {
            assert!(ban_until(*kind, Some(now), now).is_err(), "{kind}");
        }
    }

    #[test]
    fn every_key_that_a_ban_may_go_by_is_tried() {
        let now = Timestamp::from_millis(1_790_000_000_000);
        let keys: Vec<i64> = address_keys(now, Timestamp::MIN).collect();
        assert_eq!(keys.first(), Some(&address_key(now)));
        // Of a comment as old as is kept, whose author was banned two years ago.
        let oldest = now.plus_seconds(-(730 + 90) * DAY_SECONDS);
        assert!(keys.contains(&address_key(oldest)));
        assert!(keys.len() < 32, "{}", keys.len());
        // Nobody was banned for long: hardly any.
        for recent in [now, Timestamp::MAX, now.plus_seconds(-20 * DAY_SECONDS)] {
            let few: Vec<i64> = address_keys(now, recent).collect();
            assert!(few.len() < 7 && keys.starts_with(&few), "{few:?}");
            let kept = now.plus_seconds(-(20 + 90) * DAY_SECONDS);
            assert!(few.contains(&address_key(kept)));
        }
        let year_ago = now.plus_seconds(-365 * DAY_SECONDS);
        let some: Vec<i64> = address_keys(now, year_ago).collect();
        let kept = year_ago.plus_seconds(-90 * DAY_SECONDS);
        assert_eq!(some.last(), Some(&address_key(kept)));
    }
}
