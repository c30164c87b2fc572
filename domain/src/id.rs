//! Ids: 63-bit integers that sort by time, and the typed strings they are on the wire.
//!
//! 42 bits of milliseconds since 1970 (enough until 2109) stand above 21 bits of randomness, so
//! a key is eight bytes, newest is largest, and two processes seldom meet.

use crate::error::{Invalid, InvalidCode};
use crate::time::Timestamp;
use std::fmt;

/// Bits of an id below its milliseconds.
const RANDOM_BITS: u32 = 21;
const RANDOM_MASK: u32 = (1 << RANDOM_BITS) - 1;
/// The last millisecond that fits into 42 bits.
const MAX_MILLIS: i64 = (1 << 42) - 1;
/// Characters after the prefix; the first carries three bits, the others five.
const ENCODED: usize = 13;
const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

/// The id of a thing that came to be at `at`: what imports use, so that imported rows sort by
/// their original time. Only the lowest 21 bits of `random` count; times before 1970 count as
/// 1970, times after 2109 as 2109.
#[must_use]
pub fn id_at(at: Timestamp, random: u32) -> i64 {
    let millis = at.as_millis().clamp(0, MAX_MILLIS);
    (millis << RANDOM_BITS) | i64::from(random & RANDOM_MASK)
}

/// The source of new ids of one process: each is larger than the one before, even when the
/// clock stands still or goes back.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Sequence {
    last: i64,
}

impl Sequence {
    /// A sequence that has given nothing out yet.
    #[must_use]
    pub const fn new() -> Self {
        Self { last: 0 }
    }

    /// The next id. The first of a millisecond has the given random bits; the following ones are
    /// the previous + 1, which may run over into the coming millisecond.
    pub fn next(&mut self, now: Timestamp, random: u32) -> i64 {
        let fresh = id_at(now, random);
        let same_millisecond = fresh >> RANDOM_BITS <= self.last >> RANDOM_BITS;
        self.last = if same_millisecond && self.last > 0 {
            self.last.saturating_add(1)
        } else {
            fresh
        };
        self.last
    }
}

fn write_id(f: &mut fmt::Formatter<'_>, prefix: &str, raw: i64) -> fmt::Result {
    use fmt::Write;
    f.write_str(prefix)?;
    f.write_char('_')?;
    for place in (0..ENCODED).rev() {
        let digit = usize::try_from((raw >> (place * 5)) & 31).unwrap_or_default();
        f.write_char(ALPHABET.get(digit).copied().map_or('0', char::from))?;
    }
    Ok(())
}

fn read_id(prefix: &str, text: &str) -> Result<i64, Invalid> {
    let bad = || {
        Invalid::value(
            InvalidCode::BadFormat,
            format!(
                "must be `{prefix}_` and 13 lower-case characters of 0-9 and a-z without i, l, o and u"
            ),
        )
    };
    let digits = text
        .strip_prefix(prefix)
        .and_then(|rest| rest.strip_prefix('_'))
        .filter(|digits| digits.len() == ENCODED)
        .ok_or_else(bad)?;
    let mut raw: i64 = 0;
    for (place, byte) in digits.bytes().enumerate() {
        let digit = ALPHABET
            .iter()
            .position(|&known| known == byte)
            .ok_or_else(bad)?;
        if place == 0 && digit > 7 {
            return Err(bad());
        }
        raw = (raw << 5) | i64::try_from(digit).map_err(|_| bad())?;
    }
    Ok(raw)
}

macro_rules! ids {
    ($( $(#[$doc:meta])* $name:ident = $prefix:literal; )+) => {
        $(
            $(#[$doc])*
            #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
            pub struct $name(i64);

            impl $name {
                /// What stands before the underscore on the wire.
                pub const PREFIX: &'static str = $prefix;

                /// The id with this number. Ids are never negative: a sign is dropped.
                #[must_use]
                pub const fn from_raw(raw: i64) -> Self {
                    Self(raw & i64::MAX)
                }

                /// The number, as it stands in the database.
                #[must_use]
                pub const fn raw(self) -> i64 {
                    self.0
                }

                /// When it was given out, to the millisecond (imported: its original time).
                #[must_use]
                pub fn at(self) -> Timestamp {
                    Timestamp::from_millis(self.0 >> RANDOM_BITS)
                }

                /// Reads the wire form; upper case, aliases and other lengths are refused.
                ///
                /// # Errors
                /// `bad_format`, without a field.
                pub fn parse(text: &str) -> Result<Self, Invalid> {
                    read_id(Self::PREFIX, text).map(Self)
                }
            }

            impl fmt::Display for $name {
                fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                    write_id(f, Self::PREFIX, self.0)
                }
            }

            impl std::str::FromStr for $name {
                type Err = Invalid;
                fn from_str(text: &str) -> Result<Self, Self::Err> {
                    Self::parse(text)
                }
            }
        )+
    };
}

ids! {
    /// An article.
    ArticleId = "art";
    /// A section.
    SectionId = "sec";
    /// A comment.
    CommentId = "cmt";
    /// An author.
    AuthorId = "aut";
    /// A tag.
    TagId = "tag";
    /// A user's account.
    UserId = "usr";
    /// A session of an account.
    SessionId = "ses";
    /// An API key.
    ApiKeyId = "key";
    /// A revision of an article.
    RevisionId = "rev";
    /// A correction of an article.
    CorrectionId = "cor";
    /// A link that shows one revision of an article.
    PreviewLinkId = "prv";
    /// A rule about comments.
    RuleId = "rul";
    /// A ban of somebody who comments.
    BanId = "ban";
    /// A reader's report of a comment.
    ReportId = "rep";
    /// Something that a moderator did with a comment.
    HandlingId = "hdl";
    /// A webhook.
    WebhookId = "whk";
    /// A file in the media library.
    MediaId = "med";
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn wire_form_is_fixed() {
        assert_eq!(ArticleId::from_raw(0).to_string(), "art_0000000000000");
        assert_eq!(
            ArticleId::from_raw(i64::MAX).to_string(),
            "art_7zzzzzzzzzzzz"
        );
        assert_eq!(CommentId::parse("cmt_0000000000010").unwrap().raw(), 32);
    }

    #[test]
    fn only_the_exact_form_is_read() {
        for text in [
            "",
            "art",
            "art_",
            "art_000000000000",
            "art_00000000000000",
            "ART_0000000000000",
            "art_000000000000A",
            "art_000000000000o",
            "art_000000000000l",
            "art_8000000000000",
            "sec_0000000000000",
            "art-0000000000000",
            " art_0000000000000",
            "art_00000000000é",
            "art__000000000000",
        ] {
            assert_eq!(
                ArticleId::parse(text).unwrap_err().code,
                InvalidCode::BadFormat,
                "{text}"
            );
        }
    }

    #[test]
    fn a_millisecond_counts_up() {
        let mut ids = Sequence::new();
        let now = Timestamp::from_millis(1_000);
        let first = ids.next(now, 77);
        assert_eq!(first, id_at(now, 77));
        assert_eq!(ids.next(now, 5), first + 1);
        assert_eq!(ids.next(Timestamp::from_millis(10), 5), first + 2);
        assert_eq!(
            ids.next(Timestamp::from_millis(1_001), 5),
            id_at(Timestamp::from_millis(1_001), 5)
        );
        assert_eq!(ArticleId::from_raw(first).at(), now);
    }

    proptest! {
        #[test]
        fn written_and_read_back(raw in 0..=i64::MAX) {
            let id = SectionId::from_raw(raw);
            prop_assert_eq!(SectionId::parse(&id.to_string()), Ok(id));
        }

        #[test]
        fn text_sorts_like_the_number(a in 0..=i64::MAX, b in 0..=i64::MAX) {
            let (x, y) = (TagId::from_raw(a), TagId::from_raw(b));
            prop_assert_eq!(x.cmp(&y), x.to_string().cmp(&y.to_string()));
        }

        #[test]
        fn what_parses_is_written_the_same(text in "(art|sec)_[0-9a-zA-Z]{12,14}") {
            if let Ok(id) = ArticleId::parse(&text) {
                prop_assert_eq!(id.to_string(), text);
            }
        }

        #[test]
        fn a_sequence_only_grows(steps in prop::collection::vec((any::<i64>(), any::<u32>()), 1..100)) {
            let mut ids = Sequence::new();
            let mut last = -1;
            for (millis, random) in steps {
                let id = ids.next(Timestamp::from_millis(millis), random);
                prop_assert!(id > last);
                last = id;
            }
        }
    }
}
