//! Tokens that nobody should take, signed with the server's own key where that is the point.

use api::auth::private_key;
use data_encoding::BASE64URL_NOPAD;
use jsonwebtoken::{Algorithm, EncodingKey, crypto};
use serde_json::{Value, json};
use storage::signing_keys;
use tests::{Member, TestApp, members};

/// Everything that a token of this server is made of.
pub(super) struct Forge {
    key: EncodingKey,
    pub(super) public: String,
    pub(super) head: Value,
    pub(super) claims: Value,
    pub(super) member: Member,
}

impl Forge {
    /// With an administrator's token to begin with.
    pub(super) fn new(app: &TestApp) -> Self {
        let member = app.member("admin");
        let keys = app.store().read_blocking(signing_keys::list).unwrap();
        let private = private_key(&keys[0], &members::secret()).unwrap();
        let parts: Vec<&str> = member.token.split('.').collect();
        Self {
            key: EncodingKey::from_ed_der(&private),
            public: keys[0].public.clone(),
            head: decoded(parts[0]),
            claims: decoded(parts[1]),
            member,
        }
    }

    /// A token of these two parts, signed as the server does.
    pub(super) fn signed(&self, head: &str, claims: &str) -> String {
        let message = message(head, claims);
        let signature = crypto::sign(message.as_bytes(), &self.key, Algorithm::EdDSA).unwrap();
        format!("{message}.{signature}")
    }

    /// With another header.
    pub(super) fn head(&self, head: &Value) -> String {
        self.signed(&head.to_string(), &self.claims.to_string())
    }

    /// With other claims.
    pub(super) fn claims(&self, claims: &Value) -> String {
        self.signed(&self.head.to_string(), &claims.to_string())
    }

    /// Signed with another key and by another algorithm.
    pub(super) fn by(&self, key: &EncodingKey, name: &str, algorithm: Algorithm) -> String {
        let message = message(
            &with(&self.head, "alg", json!(name)).to_string(),
            &self.claims.to_string(),
        );
        let signature = crypto::sign(message.as_bytes(), key, algorithm).unwrap();
        format!("{message}.{signature}")
    }
}

pub(super) fn message(head: &str, claims: &str) -> String {
    format!("{}.{}", encoded(head), encoded(claims))
}

pub(super) fn encoded(text: &str) -> String {
    BASE64URL_NOPAD.encode(text.as_bytes())
}

fn decoded(part: &str) -> Value {
    let bytes = BASE64URL_NOPAD.decode(part.as_bytes()).unwrap();
    serde_json::from_slice(&bytes).unwrap()
}

/// The same object with one member set.
pub(super) fn with(object: &Value, name: &str, value: Value) -> Value {
    let mut object = object.clone();
    object[name] = value;
    object
}

/// The same object without one member.
pub(super) fn without(object: &Value, name: &str) -> Value {
    let mut object = object.clone();
    object.as_object_mut().unwrap().remove(name);
    object
}
