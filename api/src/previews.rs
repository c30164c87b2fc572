//! What opens a preview: a token in its address, made of the link's id and a MAC of that.
//!
//! The database holds ids alone, so nothing that is read there opens anything; and a link can be
//! shown again to whoever may make one. An address gets around, so it is kept out of our logs.

use std::borrow::Cow;

use data_encoding::BASE64URL_NOPAD;
use domain::id::PreviewLinkId;

use crate::{
    config::Config,
    secret::{Secret, Use},
};

/// What every token begins with, so that scanners for leaked secrets can find one.
const PREFIX: &str = "bsp_";
const ID: usize = 8;
const TAG: usize = 32;

/// The address of the preview that a link opens.
pub(crate) fn url(config: &Config, secret: &Secret, id: PreviewLinkId) -> String {
    format!("{}/api/v1/previews/{}", config.origin(), token(secret, id))
}

/// What opens a link.
#[must_use]
pub fn token(secret: &Secret, id: PreviewLinkId) -> String {
    let id = id.raw().to_be_bytes();
    let bytes = [id.as_slice(), tag(secret, id).as_bytes()].concat();
    format!("{PREFIX}{}", BASE64URL_NOPAD.encode(&bytes))
}

/// The link that a token opens; `None` when it was not made with this secret, down to the last bit.
pub(crate) fn opened_by(secret: &Secret, token: &str) -> Option<PreviewLinkId> {
    let text = token.strip_prefix(PREFIX)?;
    // Nothing longer is decoded, whatever was sent.
    if text.len() != BASE64URL_NOPAD.encode_len(ID + TAG) {
        return None;
    }
    let bytes = BASE64URL_NOPAD.decode(text.as_bytes()).ok()?;
    let (id, shown) = bytes.split_first_chunk::<ID>()?;
    let shown = blake3::Hash::from_bytes(shown.try_into().ok()?);
    // Comparing blake3::Hash values takes the same time whatever they are.
    (shown == tag(secret, *id)).then(|| PreviewLinkId::from_raw(i64::from_be_bytes(*id)))
}

fn tag(secret: &Secret, id: [u8; ID]) -> blake3::Hash {
    secret.mac(Use::PreviewLink, &[&id])
}

/// A path without the token that somebody has put into it: it opens the preview, whatever else is
/// wrong with the path.
pub(crate) fn without_token(path: &str) -> Cow<'_, str> {
    match path.split_once(PREFIX) {
        None => Cow::Borrowed(path),
        Some((before, _)) => Cow::Owned(format!("{before}{PREFIX}…")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn secret() -> Secret {
        Secret::from_root(b"0123456789abcdef0123456789abcdef")
    }

    proptest! {
        #[test]
        fn a_token_opens_its_own_link(raw in 0..=i64::MAX) {
            let id = PreviewLinkId::from_raw(raw);
            let token = token(&secret(), id);
            prop_assert_eq!(opened_by(&secret(), &token), Some(id));
            let other = Secret::from_root(b"ffffffffffffffffffffffffffffffff");
            prop_assert_eq!(opened_by(&other, &token), None);
        }

        #[test]
        fn a_bent_token_opens_nothing(raw in 0..=i64::MAX, place: prop::sample::Index, with in "[A-Za-z0-9_.-]?") {
            let token = token(&secret(), PreviewLinkId::from_raw(raw));
            let place = place.index(token.len());
            let mut bent = token.clone();
            bent.replace_range(place..=place, &with);
            prop_assume!(bent != token);
            prop_assert_eq!(opened_by(&secret(), &bent), None);
        }

        #[test]
        fn what_was_made_up_opens_nothing(text in "(bsp_)?.{0,80}") {
            prop_assert_eq!(opened_by(&secret(), &text), None);
        }
    }

    #[test]
    fn a_path_is_told_without_its_token() {
        let token = token(&secret(), PreviewLinkId::from_raw(7));
        for path in [
            format!("/api/v1/previews/{token}"),
            format!("/api/v1//previews/{token}/"),
        ] {
            let told = without_token(&path);
            assert!(told.ends_with("previews/bsp_…"), "{told}");
        }
        assert_eq!(without_token("/api/v1/articles/a"), "/api/v1/articles/a");
    }
}
