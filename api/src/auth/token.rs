//! Access tokens: what is in one, and what makes one ours.

use domain::{
    Actor, Role, Timestamp,
    id::{SessionId, UserId},
    session::ACCESS_SECONDS,
};
use jsonwebtoken::{Algorithm, Header, Validation};
use serde::{Deserialize, Serialize};

use super::keyring::{KeyRing, Kid, RingKey};

/// No token of ours is longer, whatever the addresses in it.
pub(super) const MAX_TOKEN: usize = 4096;
/// How far the clocks of two nodes may lie apart: a token may be so much younger than now.
const LEEWAY_SECONDS: i64 = 60;
/// The one kind of token taken here (RFC 9068).
const TYPE: &str = "at+jwt";
/// The one client there is: whoever calls this API.
const CLIENT: &str = "broadsheet";

/// Why a token does not count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Unfit {
    /// It has not even the form of a token.
    Unreadable,
    /// It is not one of ours, or has been tampered with.
    Forged,
    /// It names a key that is not known. One that another node made a moment ago may be met yet.
    UnknownKey,
    /// It is genuine and its time is over, or has not come.
    OutOfTime,
    /// It is genuine, and the session or the rights it stands for have ended.
    Ended,
    /// The database has not been met yet, so nothing can be said.
    NotYetKnown,
}

/// The header, whole: a member that is not among these is reason enough to refuse.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Head {
    alg: String,
    typ: String,
    kid: String,
}

/// What is in a token. Every claim has to be there and to be of its type.
#[derive(Serialize, Deserialize)]
struct Claims {
    iss: String,
    aud: String,
    sub: String,
    client_id: String,
    sid: String,
    role: String,
    epoch: i64,
    iat: i64,
    nbf: i64,
    exp: i64,
    jti: String,
}

/// What a genuine token says, as far as it is asked at each request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Said {
    /// The key that signed it.
    pub(super) kid: Kid,
    pub(super) user: UserId,
    pub(super) session: SessionId,
    pub(super) role: Role,
    pub(super) epoch: i64,
    /// The first second it holds, and the one at which it ends, since 1970.
    from: i64,
    until: i64,
}

impl Said {
    pub(super) fn holds(&self, now: Timestamp) -> bool {
        let now = now.as_seconds();
        self.from <= now.saturating_add(LEEWAY_SECONDS) && now < self.until
    }

    pub(super) fn actor(&self) -> Actor {
        Actor::User {
            id: self.user,
            role: self.role,
            session: self.session,
        }
    }
}

/// Who tokens are from and for.
pub(super) struct Parties {
    issuer: String,
    audience: String,
    validation: Validation,
}

impl Parties {
    /// By the address that clients use. It is the same on every node, and after a restart on
    /// another port.
    pub(super) fn new(public_url: Option<&str>) -> Self {
        let issuer = public_url.unwrap_or("broadsheet").to_owned();
        let audience = format!("{issuer}/api/v1");
        let mut validation = Validation::new(Algorithm::EdDSA);
        validation.set_issuer(&[&issuer]);
        validation.set_audience(&[&audience]);
        validation.set_required_spec_claims(&["iss", "aud", "sub", "nbf", "exp"]);
        // The library asks the system for the time. Ours is passed in, at each request.
        validation.validate_exp = false;
        validation.validate_nbf = false;
        Self {
            issuer,
            audience,
            validation,
        }
    }

    /// A token that holds from now on.
    pub(super) fn sign(
        &self,
        key: &RingKey,
        user: &storage::users::User,
        session: SessionId,
        jti: i64,
        now: Timestamp,
    ) -> Result<String, jsonwebtoken::errors::Error> {
        let header = Header {
            typ: Some(TYPE.to_owned()),
            kid: Some(key.kid.text()),
            ..Header::new(Algorithm::EdDSA)
        };
        let issued = now.as_seconds();
        // The letters of an id without what kind of thing it is.
        let jti = SessionId::from_raw(jti).to_string();
        let jti = jti.split_once('_').map_or("", |(_, letters)| letters);
        let claims = Claims {
            iss: self.issuer.clone(),
            aud: self.audience.clone(),
            sub: user.id.to_string(),
            client_id: CLIENT.to_owned(),
            sid: session.to_string(),
            role: user.role.to_string(),
            epoch: user.epoch,
            iat: issued,
            nbf: issued,
            exp: issued.saturating_add(ACCESS_SECONDS),
            jti: jti.to_owned(),
        };
        jsonwebtoken::encode(&header, &claims, &key.signer)
    }

    /// Reads a token whose signature is right and whose every claim is as it should be. Whether
    /// it holds now is asked afterwards, each time anew.
    pub(super) fn read(&self, token: &str, ring: &KeyRing, now: Timestamp) -> Result<Said, Unfit> {
        if !is_formed(token) {
            return Err(Unfit::Unreadable);
        }
        let kid = named_key(token).ok_or(Unfit::Forged)?;
        let Some(key) = ring.verifying(kid, now) else {
            return Err(if claims_to_be_over(token, now) {
                Unfit::OutOfTime
            } else {
                Unfit::UnknownKey
            });
        };
        let data = jsonwebtoken::decode::<Claims>(token, &key.verifier, &self.validation);
        let claims = data.map_err(|_| Unfit::Forged)?.claims;
        said(kid, &claims).ok_or(Unfit::Forged)
    }
}

fn said(kid: Kid, claims: &Claims) -> Option<Said> {
    let ours = claims.client_id == CLIENT
        && !claims.jti.is_empty()
        && claims.exp <= claims.iat.saturating_add(ACCESS_SECONDS);
    ours.then_some(Said {
        kid,
        user: UserId::parse(&claims.sub).ok()?,
        session: SessionId::parse(&claims.sid).ok()?,
        role: Role::parse(&claims.role).ok()?,
        epoch: claims.epoch,
        from: claims.iat.max(claims.nbf),
        until: claims.exp,
    })
}

/// Whether this has the form of a token: three parts of base64url.
fn is_formed(token: &str) -> bool {
    let letter = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    let mut parts = token.split('.');
    let filled = |part: Option<&str>| {
        part.is_some_and(|part| !part.is_empty() && part.as_bytes().iter().all(letter))
    };
    let three = filled(parts.next()) && filled(parts.next()) && filled(parts.next());
    three && parts.next().is_none()
}

/// The key that a token names, if its header is one of ours to the letter.
fn named_key(token: &str) -> Option<Kid> {
    let (head, _) = token.split_once('.')?;
    let head = data_encoding::BASE64URL_NOPAD
        .decode(head.as_bytes())
        .ok()?;
    let head: Head = serde_json::from_slice(&head).ok()?;
    let ours = head.alg == "EdDSA" && head.typ == TYPE;
    ours.then(|| Kid::parse(&head.kid)).flatten()
}

/// Whether a token says itself that its time is over. Nothing vouches for that, and nothing need:
/// it is refused in any case, and only looking for its key is spared.
fn claims_to_be_over(token: &str, now: Timestamp) -> bool {
    #[derive(Deserialize)]
    struct End {
        exp: i64,
    }
    let claims = token.split('.').nth(1).unwrap_or_default();
    let claims = data_encoding::BASE64URL_NOPAD.decode(claims.as_bytes());
    let end = claims
        .ok()
        .and_then(|claims| serde_json::from_slice::<End>(&claims).ok());
    end.is_some_and(|end| end.exp <= now.as_seconds())
}
