//! What every request goes through on its way in and every answer on its way out.

mod client;
mod cors;
mod headers;
mod limit;
mod problem;

use std::{borrow::Cow, panic::AssertUnwindSafe, sync::Arc, time::Instant};

use ::metrics::SharedString;
use actix_web::{
    Error, HttpMessage as _, HttpRequest, HttpResponse,
    body::{BoxBody, MessageBody},
    dev::{ServiceRequest, ServiceResponse},
    error::InternalError,
    http::{ConnectionType, Method},
    middleware::Next,
    web::Data,
};
use domain::Actor;
use futures_util::FutureExt as _;
use headers::{Asked, Context};
use openapi::problem::Code;
pub(crate) use problem::told;

use crate::{
    admission::Turn,
    audit::{self, Event},
    auth::Stranger,
    error::ApiError,
    extract::{Caller, Origin, WithoutBody},
    gate::{self, Entry, Rule},
    logging::Line,
    previews,
    server::Progress,
    state::App,
};

/// The id of a request.
#[derive(Debug, Clone)]
pub(crate) struct RequestId(pub(crate) String);

/// The whole way: an id, the gate, the handler; then the problem in our form if it is one, the
/// headers that every answer has, a line in the log and a point in the metrics.
pub(crate) async fn edge<B: MessageBody + 'static>(
    mut request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let began = Instant::now();
    let Some(app) = request.app_data::<Data<App>>().cloned() else {
        return Err(ApiError::internal("a request without its app").into());
    };
    let asked = Asked::of(&request, &app);
    let _busy = asked.progress.as_ref().map(Progress::busy);
    let id = RequestId(app.ids.request_id());
    let entry = app.table.find(asked.uri.path());
    request.extensions_mut().insert(Origin {
        address: asked.client,
        request: id.0.clone(),
        user_agent: None,
    });
    let answer = match pass(&app, &mut request, entry, &asked).await {
        Err(refusal) => {
            note(request.request(), &refusal);
            Ok(problem::answer(request.into_parts().0, &refusal, &id))
        }
        Ok(Way::Preflight(answer)) => Ok(request.into_response(answer).map_into_boxed_body()),
        Ok(Way::On(turn)) => {
            let answer = handle(request, next, &id).await;
            drop(turn);
            answer
        }
    };
    let context = Context {
        app: &app,
        entry,
        asked: &asked,
        id: &id,
    };
    match answer {
        Ok(mut answer) => {
            finish(answer.response_mut(), &context, began);
            Ok(answer)
        }
        Err(mut answer) => {
            finish(&mut answer, &context, began);
            Err(InternalError::from_response("the request is lost", answer).into())
        }
    }
}

/// Calls the handler. An error is an answer too, but one without its request, which is gone with
/// the handler.
async fn handle<B: MessageBody + 'static>(
    request: ServiceRequest,
    next: Next<B>,
    id: &RequestId,
) -> Result<ServiceResponse<BoxBody>, HttpResponse> {
    match AssertUnwindSafe(next.call(request)).catch_unwind().await {
        Ok(Ok(answer)) => {
            // The place that was taken with the body: the answer is made, and sending it is
            // nobody's work but the client's.
            drop(answer.request().extensions_mut().remove::<Turn>());
            let error = answer.response().error();
            if let Some(refusal) = error.and_then(|error| error.as_error()) {
                note(answer.request(), refusal);
            }
            Ok(problem::rendered(answer, id))
        }
        Ok(Err(error)) => Err(problem::render(&ApiError::internal(error), id)),
        Err(_) => Err(problem::after_panic(id)),
    }
}

/// What every answer goes through last.
fn finish(answer: &mut HttpResponse<BoxBody>, context: &Context<'_>, began: Instant) {
    let status = answer.status();
    headers::add(answer.headers_mut(), status, context);
    limit::settle(answer, context);
    if answer.head().connection_type() == ConnectionType::Close
        && let Some(progress) = &context.asked.progress
    {
        progress.hang_up();
    }
    record(answer, context, began);
}

/// Where a request goes that was let in.
enum Way {
    /// Nowhere: this is its answer.
    Preflight(HttpResponse),
    /// To its handler, with its place if it has taken one.
    On(Option<Turn>),
}

/// Lets a request in, or says why not.
async fn pass(
    app: &App,
    request: &mut ServiceRequest,
    entry: Option<&Entry>,
    asked: &Asked,
) -> Result<Way, ApiError> {
    if let Some(preflight) = cors::preflight(request.request(), entry, &app.config) {
        return Ok(Way::Preflight(preflight));
    }
    let found = recognized(app, request.request(), entry).await;
    limit::count(app, request.request(), asked, &found)?;
    let (actor, rule) = found?;
    request.extensions_mut().insert(Caller(actor.clone()));
    gate::admit(request.request(), &actor, rule)?;
    if rule.needs_data && !app.site.is_loaded() {
        return Err(ApiError::unavailable());
    }
    // HEAD is GET to every handler; the connection leaves the body out, and keeps its length.
    if request.method() == Method::HEAD {
        request.head_mut().method = Method::GET;
        request.extensions_mut().insert(WithoutBody);
    }
    Ok(Way::On(turn(app, request, rule).await?))
}

/// A place in the lane of this kind of work, where it takes one. A request with a body is only
/// asked whether there is room: it takes its place when it is all there.
async fn turn(app: &App, request: &ServiceRequest, rule: Rule) -> Result<Option<Turn>, ApiError> {
    let (Some(class), true) = (rule.class, rule.needs_data) else {
        return Ok(None);
    };
    let lane = app.admission.lane(class);
    if rule.body {
        lane.expect_room()?;
        request.extensions_mut().insert(Arc::clone(lane));
        return Ok(None);
    }
    lane.enter().await.map(Some)
}

/// What is asked for and who is asking. Somebody who is not known is looked for once.
async fn recognized(
    app: &App,
    request: &HttpRequest,
    entry: Option<&Entry>,
) -> Result<(Actor, Rule), ApiError> {
    match gate::recognize(request, entry, app, false) {
        Err(Stranger::Unknown(_)) => {
            let look = app.site.look_again(&app.identity, &app.store, app.now());
            look.await;
            Ok(gate::recognize(request, entry, app, true)?)
        }
        other => Ok(other?),
    }
}

/// Leaves a trace of who was refused.
fn note(request: &HttpRequest, refusal: &ApiError) {
    let event = match refusal.code() {
        Code::Forbidden => Event::AccessDenied,
        Code::Unauthorized if refusal.has_bad_credentials() => Event::CredentialsRefused,
        _ => return,
    };
    let extensions = request.extensions();
    let actor = extensions
        .get()
        .map_or(&Actor::Anonymous, |Caller(actor)| actor);
    if let Some(origin) = extensions.get::<Origin>() {
        audit::record(event, origin, actor, "");
    }
}

fn record(answer: &HttpResponse<BoxBody>, context: &Context<'_>, began: Instant) {
    let took = began.elapsed();
    let &Context {
        app, entry, asked, ..
    } = context;
    let status = answer.status().as_u16();
    if let Some(metrics) = &app.metrics {
        let route = entry.map_or(SharedString::const_str("unmatched"), Entry::label);
        metrics.request(route, &asked.method, status, took);
    }
    let secret = entry.filter(|entry| entry.is_secret()).map(Entry::label);
    let path = match &secret {
        Some(pattern) => Cow::Borrowed(pattern.as_ref()),
        None => previews::without_token(asked.uri.path()),
    };
    app.log.write(&Line {
        at: app.now(),
        method: asked.method.as_str(),
        path: &path,
        status,
        took,
        bytes: answer.body().size(),
        client: asked.client,
        request: &context.id.0,
    });
}

/// The answer to what is no request at all, as bytes: the HTTP layer has none with a body.
pub(crate) fn raw_refusal(status: u16, id: &str) -> Vec<u8> {
    problem::raw(status, id)
}
