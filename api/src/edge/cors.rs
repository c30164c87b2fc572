//! Who may read our answers from a page of another origin.
//!
//! Public reads are open to every page, without credentials of the browser's own. Everything
//! else is open to the configured origins. What is open to all says `*` always, so that a shared
//! cache keeps one answer for every origin.

use actix_web::{
    HttpRequest, HttpResponse,
    http::{
        Method,
        header::{
            ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS,
            ACCESS_CONTROL_ALLOW_ORIGIN, ACCESS_CONTROL_EXPOSE_HEADERS, ACCESS_CONTROL_MAX_AGE,
            ACCESS_CONTROL_REQUEST_METHOD, CACHE_CONTROL, HeaderMap, HeaderValue, ORIGIN, VARY,
        },
    },
};

use super::headers::{Context, is_public, is_read};
use crate::{config::Config, gate::Entry};

const ANY: HeaderValue = HeaderValue::from_static("*");
const EXPOSED: HeaderValue = HeaderValue::from_static(
    "ETag, Link, Location, RateLimit, RateLimit-Policy, Retry-After, X-Request-Id, \
     Idempotency-Replayed, Allow, WWW-Authenticate",
);
const SENT: HeaderValue = HeaderValue::from_static(
    "Authorization, Content-Type, If-Match, If-None-Match, Idempotency-Key, Last-Event-ID, X-Edit-Token",
);
/// Two hours: the longest that browsers agree on.
const KEPT: HeaderValue = HeaderValue::from_static("7200");

/// The answer to a preflight, if the request is one for an address of ours.
pub(super) fn preflight(
    request: &HttpRequest,
    entry: Option<&Entry>,
    config: &Config,
) -> Option<HttpResponse> {
    if request.method() != Method::OPTIONS {
        return None;
    }
    let entry = entry?;
    let origin = request.headers().get(ORIGIN)?;
    let asked = request.headers().get(ACCESS_CONTROL_REQUEST_METHOD)?;
    let asked = Method::from_bytes(asked.as_bytes()).ok()?;
    let mut answer = HttpResponse::NoContent();
    answer.insert_header((VARY, "Origin, Access-Control-Request-Method"));
    answer.insert_header((CACHE_CONTROL, "no-store"));
    let open = is_read(&asked) && entry.is_public();
    let allowed = if open {
        Some(ANY)
    } else {
        configured(origin, config)
    };
    if let (Some(allowed), Some(_)) = (allowed, entry.rule(asked.as_str())) {
        answer.insert_header((ACCESS_CONTROL_ALLOW_ORIGIN, allowed));
        answer.insert_header((ACCESS_CONTROL_ALLOW_METHODS, entry.allow()));
        answer.insert_header((ACCESS_CONTROL_ALLOW_HEADERS, SENT));
        answer.insert_header((ACCESS_CONTROL_MAX_AGE, KEPT));
    }
    Some(answer.finish())
}

/// Says on an answer who may read it.
pub(super) fn add(answer: &mut HeaderMap, context: &Context<'_>) {
    let asked = context.asked;
    if asked.method == Method::OPTIONS {
        return;
    }
    if is_public(context) && is_read(&asked.method) {
        answer.insert(ACCESS_CONTROL_ALLOW_ORIGIN, ANY);
        answer.insert(ACCESS_CONTROL_EXPOSE_HEADERS, EXPOSED);
        return;
    }
    answer.append(VARY, HeaderValue::from_static("Origin"));
    let allowed = asked
        .origin
        .as_ref()
        .and_then(|origin| configured(origin, &context.app.config));
    if let Some(origin) = allowed {
        answer.insert(ACCESS_CONTROL_ALLOW_ORIGIN, origin);
        answer.insert(ACCESS_CONTROL_EXPOSE_HEADERS, EXPOSED);
    }
}

/// The origin itself when it is one of those configured, compared whole.
fn configured(origin: &HeaderValue, config: &Config) -> Option<HeaderValue> {
    let text = origin.to_str().ok()?;
    config
        .cors_origins
        .iter()
        .any(|known| known == text)
        .then(|| origin.clone())
}
