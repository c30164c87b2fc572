//! Where ids come from: time-sorted ones for rows, and unguessable text for requests and secrets.

use std::sync::{
    Mutex, PoisonError,
    atomic::{AtomicU64, Ordering},
};

use domain::{Timestamp, id::Sequence};

/// Fills a buffer from the system's source of randomness.
///
/// aws-lc aborts rather than hand out weak randomness, so a failure is not met in practice;
/// were it to happen, the buffer would be left as it is and nothing could be trusted.
pub fn random_bytes<const N: usize>() -> std::io::Result<[u8; N]> {
    let mut bytes = [0_u8; N];
    aws_lc_rs::rand::fill(&mut bytes)
        .map_err(|_| std::io::Error::other("the system's source of randomness failed"))?;
    Ok(bytes)
}

/// Draws the ids of new rows and of requests.
#[derive(Debug)]
pub struct Ids {
    sequence: Mutex<Sequence>,
    state: AtomicU64,
}

impl Ids {
    /// A source seeded by the system.
    pub fn random() -> std::io::Result<Self> {
        Ok(Self::seeded(u64::from_le_bytes(random_bytes()?)))
    }

    /// A source whose every draw follows from `seed`, for tests.
    #[must_use]
    pub fn seeded(seed: u64) -> Self {
        Self {
            sequence: Mutex::new(Sequence::new()),
            state: AtomicU64::new(seed),
        }
    }

    /// The next id, later than every one drawn before it.
    pub fn next(&self, now: Timestamp) -> i64 {
        let random = u32::try_from(self.draw() >> 32).unwrap_or_default();
        self.sequence
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .next(now, random)
    }

    /// An id for one request, for logs and for support: 13 characters, not a secret.
    pub fn request_id(&self) -> String {
        const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
        let mut rest = self.draw();
        let mut text = String::with_capacity(17);
        text.push_str("req_");
        for _ in 0..13 {
            let place = usize::try_from(rest & 31).unwrap_or_default();
            text.push(char::from(ALPHABET.get(place).copied().unwrap_or(b'0')));
            rest >>= 5;
        }
        text
    }

    /// splitmix64: cheap, and every state is met once before any comes back.
    fn draw(&self) -> u64 {
        const STEP: u64 = 0x9E37_79B9_7F4A_7C15;
        let mut z = self
            .state
            .fetch_add(STEP, Ordering::Relaxed)
            .wrapping_add(STEP);
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn ids_rise_and_request_ids_differ() {
        let ids = Ids::seeded(7);
        let now = Timestamp::from_millis(1_790_000_000_000);
        let drawn: Vec<i64> = (0..1000).map(|_| ids.next(now)).collect();
        assert!(drawn.windows(2).all(|pair| pair[0] < pair[1]));
        let requests: HashSet<String> = (0..1000).map(|_| ids.request_id()).collect();
        assert_eq!(requests.len(), 1000);
        assert!(
            requests
                .iter()
                .all(|id| id.len() == 17 && id.starts_with("req_"))
        );
    }
}
