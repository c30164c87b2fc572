//! Instants: UTC, whole milliseconds.

use crate::error::{Invalid, InvalidCode};
use jiff::SignedDuration;
use jiff::civil::{DateTime, date};
use std::fmt;

const EPOCH: DateTime = date(1970, 1, 1).at(0, 0, 0, 0);

/// An instant in UTC, in milliseconds since 1970-01-01T00:00:00Z.
///
/// Always between [`Timestamp::MIN`] and [`Timestamp::MAX`], so that it can always be written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(i64);

impl Timestamp {
    /// 0001-01-01T00:00:00.000Z.
    pub const MIN: Self = Self(-62_135_596_800_000);
    /// 9999-12-31T23:59:59.999Z.
    pub const MAX: Self = Self(253_402_300_799_999);
    /// 1970-01-01T00:00:00.000Z.
    pub const EPOCH: Self = Self(0);

    /// The instant so many milliseconds after 1970; what lies outside the range becomes its
    /// nearest end.
    #[must_use]
    pub fn from_millis(millis: i64) -> Self {
        Self(millis.clamp(Self::MIN.0, Self::MAX.0))
    }

    /// Milliseconds since 1970; negative before.
    #[must_use]
    pub const fn as_millis(self) -> i64 {
        self.0
    }

    /// Whole seconds since 1970, rounded down: what HTTP dates count in.
    #[must_use]
    pub const fn as_seconds(self) -> i64 {
        self.0.div_euclid(1000)
    }

    /// Reads RFC 3339 with any offset. What is finer than a millisecond is cut off.
    ///
    /// # Errors
    /// `bad_format` if it is not RFC 3339; `out_of_range` outside the years 0001 to 9999.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let bad = || {
            Invalid::value(
                InvalidCode::BadFormat,
                "must be an RFC 3339 date and time, such as 2026-11-23T10:00:00Z",
            )
        };
        let (local, offset_seconds) = split_rfc3339(text).ok_or_else(bad)?;
        let local: DateTime = local.parse().map_err(|_| bad())?;
        // Civil time reaches every instant of the range; the library's own instants end a day
        // before the year 9999 does.
        let nanos =
            local.duration_since(EPOCH).as_nanos() - i128::from(offset_seconds) * 1_000_000_000;
        let millis = i64::try_from(nanos.div_euclid(1_000_000)).map_err(|_| bad())?;
        if (Self::MIN.0..=Self::MAX.0).contains(&millis) {
            Ok(Self(millis))
        } else {
            Err(Invalid::value(
                InvalidCode::OutOfRange,
                "must be between the years 0001 and 9999",
            ))
        }
    }

    /// Later by so many seconds (earlier if negative), stopping at the ends of the range.
    #[must_use]
    pub fn plus_seconds(self, seconds: i64) -> Self {
        self.plus_millis(seconds.saturating_mul(1000))
    }

    /// Later by so many milliseconds (earlier if negative), stopping at the ends of the range.
    #[must_use]
    pub fn plus_millis(self, millis: i64) -> Self {
        Self::from_millis(self.0.saturating_add(millis))
    }
}

/// Splits RFC 3339 into its local date and time and its offset in seconds. The library also
/// reads other notations (weeks, zone names in brackets, hours without minutes); the API
/// promises RFC 3339 alone.
fn split_rfc3339(text: &str) -> Option<(&str, i64)> {
    let (head, tail) = text.split_at_checked(19)?;
    let head_fits = head
        .bytes()
        .zip(b"0000-00-00T00:00:00")
        .all(|(byte, &form)| match form {
            b'0' => byte.is_ascii_digit(),
            b'T' => matches!(byte, b'T' | b't'),
            _ => byte == form,
        });
    let fraction = match tail.strip_prefix('.') {
        Some(rest) => {
            let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
            if !(1..=9).contains(&digits) {
                return None;
            }
            digits + 1
        }
        None => 0,
    };
    let (local, offset) = text.split_at_checked(head.len() + fraction)?;
    head_fits.then_some((local, offset_seconds(offset)?))
}

fn offset_seconds(offset: &str) -> Option<i64> {
    let sign = match offset.as_bytes() {
        [b'Z' | b'z'] => return Some(0),
        [b'+', ..] => 1,
        [b'-', ..] => -1,
        _ => return None,
    };
    let [_, a, b, b':', c, d] = offset.as_bytes() else {
        return None;
    };
    let two = |tens: u8, ones: u8| {
        (tens.is_ascii_digit() && ones.is_ascii_digit())
            .then(|| i64::from(tens - b'0') * 10 + i64::from(ones - b'0'))
    };
    let (hours, minutes) = (two(*a, *b)?, two(*c, *d)?);
    (hours < 24 && minutes < 60).then_some(sign * (hours * 3600 + minutes * 60))
}

impl fmt::Display for Timestamp {
    /// RFC 3339 in UTC with three decimals: `2026-11-23T10:00:00.000Z`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let local = EPOCH.saturating_add(SignedDuration::from_millis(self.0));
        write!(f, "{local:.3}Z")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn reads_any_offset_and_writes_utc() {
        let at = Timestamp::parse("2026-11-23T18:30:00.1239+08:00").unwrap();
        assert_eq!(at.to_string(), "2026-11-23T10:30:00.123Z");
        assert_eq!(
            Timestamp::parse("1969-12-31T23:59:59.9999Z")
                .unwrap()
                .as_millis(),
            -1
        );
        assert_eq!(
            Timestamp::parse("9999-12-31T23:59:59.999Z"),
            Ok(Timestamp::MAX)
        );
        assert_eq!(
            Timestamp::parse("9999-12-31T23:59:59-00:01")
                .unwrap_err()
                .code,
            InvalidCode::OutOfRange
        );
        assert_eq!(Timestamp::EPOCH.to_string(), "1970-01-01T00:00:00.000Z");
    }

    #[test]
    fn refuses_everything_that_is_not_rfc3339() {
        for text in [
            "",
            "2026-11-23",
            "2026-11-23 10:00:00Z",
            "2026-11-23T10:00:00",
            "2026-11-23T10:00Z",
            "2026-11-23T10:00:00+08",
            "2026-11-23T10:00:00Z[UTC]",
            "2026-13-23T10:00:00Z",
            "2026-02-30T10:00:00Z",
            "2026-11-23T25:00:00Z",
            "+002026-11-23T10:00:00Z",
            "2026-11-23T10:00:00.Z",
            "2026-11-23T10:00:00Z ",
            "2026-11-23T10:00:00\u{ff3a}",
            "2026-11-23T10:00:00+99:99",
            "1700000000000",
        ] {
            let refused = Timestamp::parse(text).unwrap_err();
            assert_eq!(refused.code, InvalidCode::BadFormat, "{text}");
        }
        assert_eq!(
            Timestamp::parse("0000-01-01T00:00:00Z").unwrap_err().code,
            InvalidCode::OutOfRange
        );
    }

    #[test]
    fn arithmetic_stops_at_the_ends() {
        assert_eq!(Timestamp::MAX.plus_seconds(i64::MAX), Timestamp::MAX);
        assert_eq!(Timestamp::MIN.plus_millis(i64::MIN), Timestamp::MIN);
        assert_eq!(Timestamp::MIN.to_string(), "0001-01-01T00:00:00.000Z");
        assert_eq!(Timestamp::MAX.to_string(), "9999-12-31T23:59:59.999Z");
        assert_eq!(Timestamp::from_millis(-1).as_seconds(), -1);
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_back(millis in Timestamp::MIN.0..=Timestamp::MAX.0) {
            let at = Timestamp::from_millis(millis);
            prop_assert_eq!(at.as_millis(), millis);
            prop_assert_eq!(Timestamp::parse(&at.to_string()), Ok(at));
        }

        #[test]
        fn no_text_makes_it_panic(text in "\\PC{0,40}") {
            let _ = Timestamp::parse(&text);
        }
    }
}
