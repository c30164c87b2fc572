//! Who has read what within the last half hour, without knowing who anybody is.
//!
//! A reader of an article is a hash of the address, the client's name and the article, under a key
//! that was drawn at the start of the process and leaves it nowhere. It is forgotten after half an
//! hour, and never written.

use std::{
    collections::{HashSet, VecDeque},
    net::{IpAddr, Ipv6Addr},
    time::Duration,
};

use domain::id::ArticleId;

use super::Reader;
use crate::limits::network;

/// A reader counts again after so long.
const REMEMBERED: Duration = Duration::from_mins(30);
/// So many views are remembered, in about 10 MB. Where more come within half an hour the oldest are
/// forgotten sooner.
const MOST: usize = 1 << 18;

/// The views that counted within the last half hour, the oldest first.
pub(super) struct Repeats {
    key: [u8; 32],
    known: HashSet<u64>,
    counted: VecDeque<(Duration, u64)>,
}

impl std::fmt::Debug for Repeats {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Repeats(hidden)")
    }
}

impl Repeats {
    pub(super) fn new(key: [u8; 32]) -> Self {
        Self {
            key,
            known: HashSet::new(),
            counted: VecDeque::new(),
        }
    }

    /// Whether a reader's view counts, which is then remembered. `elapsed` is the time by a clock
    /// that nobody sets.
    pub(super) fn is_new(
        &mut self,
        article: ArticleId,
        reader: Reader<'_>,
        elapsed: Duration,
    ) -> bool {
        self.forget_old(elapsed);
        let hash = self.hash(article, reader);
        if !self.known.insert(hash) {
            return false;
        }
        if self.counted.len() >= MOST {
            self.forget_oldest();
        }
        self.counted.push_back((elapsed, hash));
        true
    }

    pub(super) fn forget_old(&mut self, elapsed: Duration) {
        let is_old = |(at, _): &(Duration, u64)| elapsed.saturating_sub(*at) >= REMEMBERED;
        while self.counted.front().is_some_and(is_old) {
            self.forget_oldest();
        }
    }

    fn forget_oldest(&mut self) {
        if let Some((_, hash)) = self.counted.pop_front() {
            self.known.remove(&hash);
        }
    }

    /// Everything but the name, which comes last, has one length, so no two readers are mistaken
    /// for each other.
    fn hash(&self, article: ArticleId, reader: Reader<'_>) -> u64 {
        let address = match reader.address.map(network) {
            None => Ipv6Addr::UNSPECIFIED,
            Some(IpAddr::V4(address)) => address.to_ipv6_mapped(),
            Some(IpAddr::V6(address)) => address,
        };
        let mut hasher = blake3::Hasher::new_keyed(&self.key);
        hasher.update(&article.raw().to_le_bytes());
        hasher.update(&address.octets());
        hasher.update(reader.agent);
        let mut start = [0; 8];
        hasher.finalize_xof().fill(&mut start);
        u64::from_le_bytes(start)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reader(address: &str, agent: &'static str) -> Reader<'static> {
        Reader {
            address: Some(address.parse().unwrap()),
            agent: agent.as_bytes(),
        }
    }

    fn minutes(minutes: u64) -> Duration {
        Duration::from_mins(minutes)
    }

    #[test]
    fn a_reader_counts_once_in_half_an_hour() {
        let mut repeats = Repeats::new([7; 32]);
        let (ferry, pier) = (ArticleId::from_raw(1), ArticleId::from_raw(2));
        let ada = reader("203.0.113.9", "Firefox");
        for (article, reader, minute, counts) in [
            (ferry, ada, 0, true),
            (ferry, ada, 0, false),
            (pier, ada, 1, true),
            (ferry, reader("203.0.113.9", "Safari"), 1, true),
            (ferry, reader("203.0.113.10", "Firefox"), 1, true),
            (ferry, reader("2001:db8:1:2::1", "Firefox"), 1, true),
            // The same household: it has as many addresses as it likes.
            (ferry, reader("2001:db8:1:2::ffff", "Firefox"), 1, false),
            (ferry, reader("::ffff:203.0.113.9", "Firefox"), 1, false),
            // From the view that counted on, not from the last.
            (ferry, ada, 29, false),
            (ferry, ada, 30, true),
            (ferry, ada, 59, false),
            (ferry, ada, 60, true),
        ] {
            let is_new = repeats.is_new(article, reader, minutes(minute));
            assert_eq!(is_new, counts, "{reader:?} at {minute}");
        }
    }

    #[test]
    fn nothing_is_left_after_half_an_hour() {
        let mut repeats = Repeats::new([7; 32]);
        for number in 0..100 {
            let article = ArticleId::from_raw(number);
            repeats.is_new(article, reader("203.0.113.9", "Firefox"), minutes(0));
        }
        repeats.forget_old(minutes(29));
        assert_eq!((repeats.known.len(), repeats.counted.len()), (100, 100));
        repeats.forget_old(minutes(30));
        assert_eq!((repeats.known.len(), repeats.counted.len()), (0, 0));
    }

    #[test]
    fn memory_is_bounded_and_the_oldest_is_forgotten_first() {
        let mut repeats = Repeats::new([7; 32]);
        let mut read = |number: usize| {
            let article = ArticleId::from_raw(i64::try_from(number).unwrap());
            repeats.is_new(article, reader("203.0.113.9", "Firefox"), minutes(0))
        };
        assert!((0..=MOST).all(&mut read));
        assert!(!read(1) && !read(MOST) && read(0));
        assert_eq!((repeats.known.len(), repeats.counted.len()), (MOST, MOST));
    }

    #[test]
    fn another_process_knows_nobody() {
        let hash = |key| Repeats::new(key).hash(ArticleId::from_raw(1), reader("203.0.113.9", "x"));
        assert_ne!(hash([1; 32]), hash([2; 32]));
    }
}
