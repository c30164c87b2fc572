//! The place of the limits on a request's way: after the credentials, before what they allow.

use actix_web::{
    HttpMessage as _, HttpRequest, HttpResponse,
    body::BoxBody,
    http::{
        StatusCode,
        header::{CACHE_CONTROL, HeaderName},
    },
};
use domain::Actor;

use super::headers::{Asked, Context};
use crate::{
    audit::{self, Event},
    error::ApiError,
    extract::Origin,
    gate::Rule,
    limits::Class,
    state::App,
};

const POLICY: HeaderName = HeaderName::from_static("ratelimit-policy");
const LEFT: HeaderName = HeaderName::from_static("ratelimit");

/// Counts a request against its caller's quota, whatever becomes of it. One that leads nowhere, or
/// brings credentials that are no good, counts as a read of its network's: neither an address that
/// is made up nor a key that is guessed is free.
pub(super) fn count(
    app: &App,
    request: &HttpRequest,
    asked: &Asked,
    found: &Result<(Actor, Rule), ApiError>,
) -> Result<(), ApiError> {
    let (actor, class) = match found {
        Ok((actor, rule)) => (actor, rule.class),
        Err(_) => (&Actor::Anonymous, Some(Class::Reads)),
    };
    let Some(class) = class else { return Ok(()) };
    let own = match actor {
        Actor::ApiKey { id, .. } => app.site.quota_of(*id),
        _ => None,
    };
    let Some(charge) = app.limits.charge(class, actor, asked.client, own) else {
        return Ok(());
    };
    asked.charge.set(Some(charge));
    let Some(refusal) = app.limits.refusal(charge) else {
        return Ok(());
    };
    if app.limits.is_news(charge)
        && let Some(origin) = request.extensions().get::<Origin>()
    {
        audit::record(Event::Limited, origin, actor, class.as_str());
    }
    Err(refusal)
}

/// Says on an answer what is left, where no cache would tell it to others. One that only said that
/// nothing had changed is free.
pub(super) fn settle(answer: &mut HttpResponse<BoxBody>, context: &Context<'_>) {
    let limits = &context.app.limits;
    let Some(charge) = context.asked.charge.get() else {
        return;
    };
    if answer.status() == StatusCode::NOT_MODIFIED {
        limits.give_back(charge);
    }
    let kept_by_nobody = answer
        .headers()
        .get(CACHE_CONTROL)
        .and_then(|value| value.to_str().ok())
        .is_some_and(|value| value.contains("no-store"));
    if kept_by_nobody && let Some((policy, left)) = limits.headers(charge) {
        answer.headers_mut().insert(POLICY, policy);
        answer.headers_mut().insert(LEFT, left);
    }
}
