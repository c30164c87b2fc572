//! Who is asking, by what a request brings in `Authorization`.

use actix_web::http::header::{AUTHORIZATION, HeaderMap, HeaderValue};
use domain::{Access, Actor, Timestamp};
use openapi::problem::Code;

use super::{Identity, Unfit};
use crate::{
    error::ApiError,
    secret::API_KEY_PREFIX,
    site::{KnownKey, Site},
    state::App,
};

/// What is said of anything that is neither a token nor a key.
pub(super) const FORM: &str = "Send `Authorization: Bearer` and an access token from `/auth/login`, or an API \
                    key, which begins with bsk_.";

/// Why a caller is not let in.
#[derive(Debug)]
pub(crate) enum Stranger {
    /// What was sent cannot be read as credentials at all.
    Unreadable(ApiError),
    /// The credentials are no good.
    Refused(ApiError),
    /// They are not known. They may have been made a moment ago: look, and ask again.
    Unknown(ApiError),
}

impl From<Stranger> for ApiError {
    fn from(stranger: Stranger) -> Self {
        match stranger {
            Stranger::Unreadable(error) | Stranger::Refused(error) | Stranger::Unknown(error) => {
                error
            }
        }
    }
}

impl From<ApiError> for Stranger {
    fn from(error: ApiError) -> Self {
        Self::Refused(error)
    }
}

/// Credentials as they were sent.
enum Credentials<'h> {
    None,
    Key(&'h str),
    Token(&'h str),
}

/// Finds out who is asking. Credentials that are there and no good are refused on public routes
/// too: a caller who thinks to be known must not be answered as a stranger. Only where the body
/// holds the credentials that count do those in the header not matter: an app sends its expired
/// token along when it asks for the next one. `looked`: what is unknown now will not be known.
pub(crate) fn identify(
    headers: &HeaderMap,
    access: Access,
    app: &App,
    looked: bool,
) -> Result<Actor, Stranger> {
    let (identity, now) = (&app.identity, app.now());
    let known = match credentials(headers).map_err(unreadable)? {
        Credentials::None => return Ok(Actor::Anonymous),
        Credentials::Key(key) => by_key(key, &app.site, now),
        Credentials::Token(token) => by_token(token, identity, now),
    };
    match known {
        Err(Stranger::Unreadable(_)) => known,
        Err(Stranger::Unknown(_)) if !looked => known,
        Err(_) if access == Access::Auth => Ok(Actor::Anonymous),
        // Who that is may have changed, and nobody has told us for a while.
        Ok(_)
            if !matches!(access, Access::Public | Access::Auth)
                && !are_current(identity, &app.site) =>
        {
            Err(ApiError::unavailable().into())
        }
        _ => known,
    }
}

/// Whether what ends tokens early, and the keys, were looked at a moment ago. One does not speak
/// for the other: handlers that end a session look at sessions only.
fn are_current(identity: &Identity, site: &Site) -> bool {
    identity.is_current() && site.is_current()
}

fn by_key(key: &str, site: &Site, now: Timestamp) -> Result<Actor, Stranger> {
    let refused = || refused("This API key is unknown, expired or revoked.");
    match site.api_key(key, now)? {
        KnownKey::Valid(actor) => Ok(actor),
        KnownKey::Over => Err(Stranger::Refused(refused())),
        KnownKey::Unknown => Err(Stranger::Unknown(refused())),
    }
}

fn by_token(token: &str, identity: &Identity, now: Timestamp) -> Result<Actor, Stranger> {
    identity.judge(token, now).map_err(|unfit| match unfit {
        Unfit::Unreadable => unreadable(FORM),
        Unfit::UnknownKey => Stranger::Unknown(unfit.into()),
        _ => Stranger::Refused(unfit.into()),
    })
}

/// Takes the header apart, or says why it cannot.
fn credentials(headers: &HeaderMap) -> Result<Credentials<'_>, &'static str> {
    let mut all = headers.get_all(AUTHORIZATION);
    let value = match (all.next(), all.next()) {
        (None, _) => return Ok(Credentials::None),
        (Some(value), None) => value,
        (Some(_), Some(_)) => return Err("Authorization is given more than once."),
    };
    let text = bearer(value).ok_or(FORM)?;
    Ok(if text.starts_with(API_KEY_PREFIX) {
        Credentials::Key(text)
    } else {
        Credentials::Token(text)
    })
}

fn bearer(value: &HeaderValue) -> Option<&str> {
    let (scheme, text) = value.to_str().ok()?.split_once(' ')?;
    scheme
        .eq_ignore_ascii_case("bearer")
        .then_some(text.trim_matches(' '))
}

fn unreadable(detail: &str) -> Stranger {
    Stranger::Unreadable(refused(detail))
}

fn refused(detail: &str) -> ApiError {
    ApiError::new(Code::Unauthorized, detail).bad_credentials()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::secret::Secret;
    use std::time::Instant;
    use storage::{Settings, Store};

    #[test]
    fn a_look_at_sessions_does_not_speak_for_the_keys_nor_the_reverse() {
        let directory = tempfile::tempdir().unwrap();
        let url = format!("sqlite://{}", directory.path().join("news.db").display());
        let store = Store::open(Settings::new(url)).unwrap();
        store.migrate().unwrap();
        let secret = Secret::from_root(b"0123456789abcdef0123456789abcdef");
        let identities = [(); 2].map(|()| Identity::new(None, &secret));
        let sites = [(); 2].map(|()| Site::default());
        identities[1]
            .look_blocking(&store, Timestamp::EPOCH)
            .unwrap();
        sites[1].was_current(Instant::now());
        let found = [(0, 0), (0, 1), (1, 0), (1, 1)]
            .map(|(identity, site)| are_current(&identities[identity], &sites[site]));
        assert_eq!(found, [false, false, false, true]);
    }
}
