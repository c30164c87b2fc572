//! The headers that every answer has.

use std::{cell::Cell, net::IpAddr};

use actix_web::{
    dev::ServiceRequest,
    http::{
        Method, StatusCode, Uri,
        header::{
            CACHE_CONTROL, CONTENT_SECURITY_POLICY, HeaderMap, HeaderName, HeaderValue, ORIGIN,
            REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS,
        },
    },
};

use super::{RequestId, client, cors};
use crate::{
    gate::{Entry, is_private},
    limits::Charge,
    respond::{PRIVATE, is_anonymous},
    server::Progress,
    state::App,
};

/// What is remembered of a request while it is answered. The request itself belongs to the
/// handler then, and is lost when that panics.
pub(super) struct Asked {
    pub(super) method: Method,
    pub(super) uri: Uri,
    pub(super) origin: Option<HeaderValue>,
    pub(super) anonymous: bool,
    pub(super) client: Option<IpAddr>,
    pub(super) progress: Option<Progress>,
    /// What it was counted as.
    pub(super) charge: Cell<Option<Charge>>,
}

impl Asked {
    pub(super) fn of(request: &ServiceRequest, app: &App) -> Self {
        let headers = request.headers();
        Self {
            method: request.method().clone(),
            uri: request.uri().clone(),
            origin: headers.get(ORIGIN).cloned(),
            anonymous: is_anonymous(headers),
            client: request
                .peer_addr()
                .map(|peer| client::address(peer.ip(), headers, &app.config.trusted_proxies)),
            progress: request.conn_data::<Progress>().cloned(),
            charge: Cell::new(None),
        }
    }
}

/// What the headers depend on.
pub(super) struct Context<'c> {
    pub(super) app: &'c App,
    pub(super) entry: Option<&'c Entry>,
    pub(super) asked: &'c Asked,
    pub(super) id: &'c RequestId,
}

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
const RESOURCE_POLICY: HeaderName = HeaderName::from_static("cross-origin-resource-policy");
/// A public address where there is nothing may be remembered for a moment, so that a dead link
/// in a busy place does not reach us each time.
const BRIEFLY: HeaderValue = HeaderValue::from_static("max-age=0, s-maxage=1");
/// What no cache keeps.
const NO_STORE: HeaderValue = HeaderValue::from_static("no-store");
/// Nothing in an answer of the API is ever run or framed.
const NOTHING: HeaderValue =
    HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'; base-uri 'none'");

pub(super) fn add(headers: &mut HeaderMap, status: StatusCode, context: &Context<'_>) {
    let asked = context.asked;
    if let Ok(id) = HeaderValue::from_str(&context.id.0) {
        headers.insert(REQUEST_ID, id);
    }
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    headers.insert(X_FRAME_OPTIONS, HeaderValue::from_static("DENY"));
    if !headers.contains_key(CONTENT_SECURITY_POLICY) {
        headers.insert(CONTENT_SECURITY_POLICY, NOTHING);
    }
    let public = is_public(context);
    let policy = if public { "cross-origin" } else { "same-site" };
    headers.insert(RESOURCE_POLICY, HeaderValue::from_static(policy));
    let kept = public && !context.entry.is_some_and(Entry::is_secret);
    if kept && is_read(&asked.method) && is_absence(status) && asked.anonymous {
        headers.insert(CACHE_CONTROL, BRIEFLY);
    }
    if !kept {
        headers.insert(CACHE_CONTROL, PRIVATE);
    } else if is_uncached(headers) {
        let control = if asked.anonymous { NO_STORE } else { PRIVATE };
        headers.insert(CACHE_CONTROL, control);
    }
    cors::add(headers, context);
    drop_tags_of_private(headers);
}

/// Whether nothing said how long the answer holds, or a refusal said that it does not.
fn is_uncached(headers: &HeaderMap) -> bool {
    headers
        .get(CACHE_CONTROL)
        .is_none_or(|value| *value == NO_STORE)
}

/// Tags are for shared caches; an answer they must not keep needs none.
fn drop_tags_of_private(headers: &mut HeaderMap) {
    let private = headers
        .get(CACHE_CONTROL)
        .is_some_and(|value| value.as_bytes().starts_with(b"private"));
    if private {
        for name in ["surrogate-key", "cache-tag", "cache-groups"] {
            headers.remove(name);
        }
    }
}

/// Whether this address answers everybody alike. One where there is nothing does, outside the places
/// of those who are known.
pub(super) fn is_public(context: &Context<'_>) -> bool {
    match context.entry {
        Some(entry) => entry.is_public(),
        None => !is_private(context.asked.uri.path()),
    }
}

pub(super) fn is_read(method: &Method) -> bool {
    matches!(*method, Method::GET | Method::HEAD)
}

fn is_absence(status: StatusCode) -> bool {
    matches!(status, StatusCode::NOT_FOUND | StatusCode::GONE)
}
