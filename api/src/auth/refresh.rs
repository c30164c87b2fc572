//! Refresh tokens: what carries a sign-in on when its access token has run out.
//!
//! A token is random, and only a hash of it is stored. Its successor follows from it and from a
//! key of the root secret, so that a phone which lost an answer can be given the very same one
//! again, though nobody has kept it. A tag shows that a token was made here: what somebody made
//! up ends no session.

use std::io;

use aws_lc_rs::constant_time::verify_slices_are_equal;
use data_encoding::{BASE64URL_NOPAD, HEXLOWER};
use domain::id::SessionId;
use storage::sessions::Shown;

use crate::{
    ids::random_bytes,
    secret::{Secret, Use},
};

/// What every refresh token begins with, so that scanners for leaked secrets can find one.
pub const REFRESH_TOKEN_PREFIX: &str = "bsr_";

const BODY: usize = 8 + 4 + 32;
const TAG: usize = 16;

/// A refresh token that was made here.
#[derive(Clone, PartialEq, Eq)]
pub struct RefreshToken {
    session: SessionId,
    /// Its place in the row of rotations; the first one has 0.
    step: u32,
    secret: [u8; 32],
}

impl std::fmt::Debug for RefreshToken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RefreshToken")
            .field("session", &self.session)
            .field("step", &self.step)
            .finish_non_exhaustive()
    }
}

impl RefreshToken {
    /// The first token of a session.
    pub fn first(session: SessionId) -> io::Result<Self> {
        Ok(Self {
            session,
            step: 0,
            secret: random_bytes()?,
        })
    }

    /// Reads a token; `None` when it was not made with this secret, down to the last bit.
    #[must_use]
    pub fn parse(text: &str, secret: &Secret) -> Option<Self> {
        let text = text.strip_prefix(REFRESH_TOKEN_PREFIX)?;
        // Nothing longer is decoded, whatever was sent.
        if text.len() != BASE64URL_NOPAD.encode_len(BODY + TAG) {
            return None;
        }
        let bytes = BASE64URL_NOPAD.decode(text.as_bytes()).ok()?;
        let (body, tag) = bytes.split_first_chunk::<BODY>()?;
        verify_slices_are_equal(tag, &Self::tag(body, secret)).ok()?;
        let (session, rest) = body.split_first_chunk::<8>()?;
        let (step, rest) = rest.split_first_chunk::<4>()?;
        Some(Self {
            session: SessionId::from_raw(i64::from_be_bytes(*session)),
            step: u32::from_be_bytes(*step),
            secret: rest.try_into().ok()?,
        })
    }

    /// The token as its holder gets it.
    #[must_use]
    pub fn text(&self, secret: &Secret) -> String {
        let mut bytes = self.body();
        let tag = Self::tag(&bytes, secret);
        bytes.extend(tag);
        format!("{REFRESH_TOKEN_PREFIX}{}", BASE64URL_NOPAD.encode(&bytes))
    }

    /// How the token is stored. It holds 256 random bits, so one fast hash is enough.
    #[must_use]
    pub fn hash(&self) -> String {
        HEXLOWER.encode(blake3::hash(&self.body()).as_bytes())
    }

    /// The token that takes its place. It is the same whenever it is asked for.
    #[must_use]
    pub fn successor(&self, secret: &Secret) -> Self {
        let step = self.step.saturating_add(1);
        let parts: [&[u8]; 3] = [
            &self.session.raw().to_be_bytes(),
            &step.to_be_bytes(),
            &self.secret,
        ];
        Self {
            session: self.session,
            step,
            secret: *secret.mac(Use::RefreshSuccessor, &parts).as_bytes(),
        }
    }

    /// What the store has to know to rotate it.
    #[must_use]
    pub fn shown(&self, secret: &Secret) -> Shown {
        Shown {
            session: self.session,
            step: self.step.into(),
            hash: self.hash(),
            successor: self.successor(secret).hash(),
        }
    }

    /// The session it belongs to.
    #[must_use]
    pub const fn session(&self) -> SessionId {
        self.session
    }

    fn body(&self) -> Vec<u8> {
        let parts: [&[u8]; 3] = [
            &self.session.raw().to_be_bytes(),
            &self.step.to_be_bytes(),
            &self.secret,
        ];
        parts.concat()
    }

    fn tag(body: &[u8], secret: &Secret) -> [u8; TAG] {
        let mac = secret.mac(Use::RefreshTag, &[body]);
        mac.as_bytes().first_chunk().copied().unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn secret() -> Secret {
        Secret::from_root(b"0123456789abcdef0123456789abcdef")
    }

    fn token(raw: i64) -> RefreshToken {
        RefreshToken::first(SessionId::from_raw(raw)).unwrap()
    }

    #[test]
    fn a_row_of_rotations_can_be_followed_from_any_of_its_tokens() {
        let secret = secret();
        let first = token(77);
        let text = first.text(&secret);
        assert!(text.starts_with("bsr_") && text.len() == 84, "{text}");
        assert_eq!(RefreshToken::parse(&text, &secret), Some(first.clone()));
        let second = first.successor(&secret);
        assert_eq!(second, first.successor(&secret));
        assert_ne!(second.hash(), first.hash());
        assert_eq!(second.session(), SessionId::from_raw(77));
        let (one, two) = (first.shown(&secret), second.shown(&secret));
        assert_eq!((one.step, two.step), (0, 1));
        assert_eq!(one.successor, two.hash);
        assert_ne!(token(77).hash(), first.hash());
    }

    #[test]
    fn what_another_secret_made_is_not_ours() {
        let other = Secret::from_root(b"ffffffffffffffffffffffffffffffff");
        let text = token(1).text(&other);
        assert_eq!(RefreshToken::parse(&text, &secret()), None);
        assert_ne!(
            token(1).successor(&other).hash(),
            token(1).successor(&secret()).hash()
        );
    }

    proptest! {
        #[test]
        fn any_text_is_read_without_a_panic(text in "(bsr_)?\\PC{0,100}") {
            prop_assert_eq!(RefreshToken::parse(&text, &secret()), None);
        }

        #[test]
        fn any_bytes_in_its_form_are_read_without_a_panic(bytes in prop::collection::vec(any::<u8>(), 0..80)) {
            let text = format!("bsr_{}", BASE64URL_NOPAD.encode(&bytes));
            prop_assert_eq!(RefreshToken::parse(&text, &secret()), None);
        }

        #[test]
        fn any_changed_byte_is_refused(raw in 0..=i64::MAX, at in 0_usize..84, to in 0x21_u8..0x7f) {
            let mut text = token(raw).text(&secret()).into_bytes();
            prop_assume!(text[at] != to);
            text[at] = to;
            let text = String::from_utf8(text).unwrap();
            prop_assert_eq!(RefreshToken::parse(&text, &secret()), None);
        }

        #[test]
        fn what_is_written_is_read_back(raw in 0..=i64::MAX) {
            let token = token(raw).successor(&secret());
            prop_assert_eq!(RefreshToken::parse(&token.text(&secret()), &secret()), Some(token));
        }
    }
}
