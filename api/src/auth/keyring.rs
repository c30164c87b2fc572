//! The keys that sign access tokens, as this node holds them.
//!
//! They lie in the database, their private halves sealed with the root secret, so that every node
//! has them and whoever can write to the database alone cannot slip one in: a key counts only if
//! its sealed half opens, belongs to the public half, and has the name that follows from it.

use std::{io, sync::Arc};

use aws_lc_rs::{
    digest::{SHA256, digest},
    signature::{Ed25519KeyPair, KeyPair as _},
};
use data_encoding::BASE64URL_NOPAD;
use domain::Timestamp;
use jsonwebtoken::{DecodingKey, EncodingKey};
use serde_json::{Value, json};
use storage::signing_keys::SigningKey;

use crate::{ids::random_bytes, secret::Secret};

/// The name of a key: its thumbprint (RFC 7638), 32 bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Kid([u8; 32]);

impl Kid {
    /// Reads the name as a token gives it; `None` for what can be no thumbprint.
    pub(super) fn parse(text: &str) -> Option<Self> {
        if text.len() != BASE64URL_NOPAD.encode_len(32) {
            return None;
        }
        let bytes = BASE64URL_NOPAD.decode(text.as_bytes()).ok()?;
        bytes.try_into().ok().map(Self)
    }

    /// The name of a public key, base64url.
    fn of(public: &str) -> Self {
        let members = format!(r#"{{"crv":"Ed25519","kty":"OKP","x":"{public}"}}"#);
        let print = digest(&SHA256, members.as_bytes());
        Self(print.as_ref().try_into().unwrap_or_default())
    }

    pub(super) fn text(self) -> String {
        BASE64URL_NOPAD.encode(&self.0)
    }
}

/// One key that has been opened.
pub(super) struct RingKey {
    pub(super) kid: Kid,
    pub(super) signer: EncodingKey,
    pub(super) verifier: DecodingKey,
    row: SigningKey,
}

impl RingKey {
    fn open(row: SigningKey, secret: &Secret) -> Option<Self> {
        let kid = Kid::parse(&row.kid)?;
        let private = private_key(&row, secret)?;
        let pair = Ed25519KeyPair::from_pkcs8(&private).ok()?;
        let public = pair.public_key().as_ref();
        let genuine = BASE64URL_NOPAD.encode(public) == row.public && Kid::of(&row.public) == kid;
        genuine.then(|| Self {
            kid,
            signer: EncodingKey::from_ed_der(&private),
            verifier: DecodingKey::from_ed_der(public),
            row,
        })
    }

    fn verifies(&self, now: Timestamp) -> bool {
        self.row.verifies_until.is_none_or(|until| now < until)
    }
}

/// Every key that could be opened. They are two or three at most.
#[derive(Default)]
pub(super) struct KeyRing {
    keys: Vec<Arc<RingKey>>,
    /// The names of those that could not.
    foreign: Vec<String>,
}

impl KeyRing {
    /// The ring of what the database holds now. Keys that are in this one are not opened again,
    /// and what could not be opened is said once.
    pub(super) fn renewed(&self, rows: Vec<SigningKey>, secret: &Secret) -> Self {
        let mut next = Self::default();
        for row in rows {
            if let Some(known) = self.keys.iter().find(|key| key.row == row) {
                next.keys.push(Arc::clone(known));
                continue;
            }
            let kid = row.kid.clone();
            if let Some(key) = RingKey::open(row, secret) {
                next.keys.push(Arc::new(key));
                continue;
            }
            if !self.foreign.contains(&kid) {
                tracing::error!(
                    kid,
                    "a signing key does not open with this root secret and is not used: give every \
                     node the same BROADSHEET_SECRET, or start afresh with `broadsheet keys \
                     revoke-all`"
                );
            }
            next.foreign.push(kid);
        }
        next
    }

    /// The key of this name, if its signatures are taken at `now`.
    pub(super) fn verifying(&self, kid: Kid, now: Timestamp) -> Option<&RingKey> {
        let mut keys = self.keys.iter().map(AsRef::as_ref);
        keys.find(|key: &&RingKey| key.kid == kid && key.verifies(now))
    }

    /// The newest key that signs at `now`. When none does yet (the clock of the node that made
    /// the first one may be ahead of ours), the one that does so soonest.
    pub(super) fn signing(&self, now: Timestamp) -> Option<&RingKey> {
        let usable = || {
            let keys = self.keys.iter().map(AsRef::as_ref);
            keys.filter(|key: &&RingKey| key.verifies(now))
        };
        usable()
            .filter(|key| key.row.signs_from <= now)
            .max_by_key(|key| key.row.signs_from)
            .or_else(|| usable().min_by_key(|key| key.row.signs_from))
    }

    /// The public halves of all whose signatures are taken, as a JWK set (RFC 7517).
    pub(super) fn jwks(&self, now: Timestamp) -> Value {
        let keys = self.keys.iter().filter(|key| key.verifies(now));
        let keys = keys.map(|key| {
            json!({
                "kty": "OKP",
                "crv": "Ed25519",
                "x": key.row.public,
                "kid": key.row.kid,
                "alg": "EdDSA",
                "use": "sig",
            })
        });
        json!({ "keys": keys.collect::<Vec<_>>() })
    }
}

/// A fresh key that signs from `signs_from` on, its private half sealed.
pub fn fresh_signing_key(
    secret: &Secret,
    now: Timestamp,
    signs_from: Timestamp,
) -> io::Result<SigningKey> {
    let refused = |_| io::Error::other("no signing key could be made");
    let seed = random_bytes::<32>()?;
    let pair = Ed25519KeyPair::from_seed_unchecked(&seed)
        .map_err(|_| io::Error::other("no signing key could be made"))?;
    let private = pair.to_pkcs8v1().map_err(refused)?;
    let public = BASE64URL_NOPAD.encode(pair.public_key().as_ref());
    let kid = Kid::of(&public).text();
    Ok(SigningKey {
        sealed: secret.seal(private.as_ref(), &kid)?,
        kid,
        public,
        created_at: now,
        signs_from,
        verifies_until: None,
    })
}

/// The private half of a stored key, as PKCS #8; `None` when it was sealed with another secret or
/// under another name.
#[must_use]
pub fn private_key(key: &SigningKey, secret: &Secret) -> Option<Vec<u8>> {
    secret.open(&key.sealed, &key.kid)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn secret() -> Secret {
        Secret::from_root(b"0123456789abcdef0123456789abcdef")
    }

    fn at(seconds: i64) -> Timestamp {
        Timestamp::EPOCH.plus_seconds(seconds)
    }

    fn key(signs_from: i64, verifies_until: Option<i64>) -> SigningKey {
        SigningKey {
            verifies_until: verifies_until.map(at),
            ..fresh_signing_key(&secret(), at(0), at(signs_from)).unwrap()
        }
    }

    fn ring(rows: &[SigningKey]) -> KeyRing {
        KeyRing::default().renewed(rows.to_vec(), &secret())
    }

    #[test]
    fn the_name_of_a_key_is_its_thumbprint() {
        // The example of RFC 8037, appendix A.3.
        let kid = Kid::of("11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo");
        assert_eq!(kid.text(), "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k");
        assert_eq!(Kid::parse(&kid.text()), Some(kid));
        for bad in ["", "../../x", "' OR 1=1", &"A".repeat(44), &"=".repeat(43)] {
            assert_eq!(Kid::parse(bad), None, "{bad}");
        }
    }

    #[test]
    fn the_newest_key_whose_time_has_come_signs_and_the_others_verify() {
        let (old, new) = (key(0, Some(930)), key(30, None));
        let ring = ring(&[new.clone(), old.clone()]);
        let signs = |now| ring.signing(at(now)).map(|key| key.kid.text());
        assert_eq!(signs(29), Some(old.kid.clone()));
        assert_eq!(signs(30), Some(new.kid.clone()));
        assert_eq!(signs(-5), Some(old.kid.clone()), "a clock that is behind");
        let verifies = |row: &SigningKey, now| {
            ring.verifying(Kid::parse(&row.kid).unwrap(), at(now))
                .is_some()
        };
        assert!(verifies(&old, 929) && !verifies(&old, 930));
        assert!(verifies(&new, 0) && verifies(&new, 1_000_000));
        let listed = |now| ring.jwks(at(now))["keys"].as_array().unwrap().len();
        assert_eq!((listed(0), listed(930)), (2, 1));
        let set = ring.jwks(at(0)).to_string();
        assert!(!set.contains("\"d\""), "{set}");
    }

    #[test]
    fn a_key_that_is_not_what_it_says_is_left_out() {
        let (good, other) = (key(0, None), key(0, None));
        let slipped_in = SigningKey {
            public: other.public.clone(),
            ..good.clone()
        };
        let renamed = SigningKey {
            kid: other.kid.clone(),
            ..good.clone()
        };
        let foreign = Secret::from_root(b"ffffffffffffffffffffffffffffffff");
        let foreign = fresh_signing_key(&foreign, at(0), at(0)).unwrap();
        let known = ring(std::slice::from_ref(&good));
        let ring = known.renewed(vec![slipped_in, renamed, foreign, good.clone()], &secret());
        assert_eq!((ring.keys.len(), ring.foreign.len()), (1, 3));
        assert!(
            Arc::ptr_eq(&ring.keys[0], &known.keys[0]),
            "not opened again"
        );
        assert!(KeyRing::default().signing(at(0)).is_none());
    }
}
