//! What every request goes through on its way in and every answer on its way out.

mod cors;
mod headers;
mod problem;

use std::{panic::AssertUnwindSafe, time::Instant};

use actix_web::{
    Error, HttpMessage as _,
    body::{BoxBody, MessageBody},
    dev::{ServiceRequest, ServiceResponse},
    http::{ConnectionType, Method},
    middleware::Next,
    web::Data,
};
use futures_util::FutureExt as _;

use crate::{
    error::ApiError,
    extract::Caller,
    gate::{self, Entry},
    logging::Line,
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
    let _busy = request.conn_data::<Progress>().map(Progress::busy);
    let id = RequestId(app.ids.request_id());
    let method = request.method().clone();
    let app_entry = app.table.find(request.path());
    if let Some(key) = gate::key_of(request.headers()) {
        app.site.look_for_key(key, &app.store, app.now()).await;
    }
    let answer = match pass(&app, &mut request, app_entry) {
        Err(refusal) => problem::answer(request.into_parts().0, &refusal, &id),
        Ok(Some(preflight)) => request.into_response(preflight).map_into_boxed_body(),
        // A request cannot be kept while it is answered, so after a panic only this is left.
        Ok(None) => match AssertUnwindSafe(next.call(request)).catch_unwind().await {
            Ok(answer) => problem::rendered(answer?, &id),
            Err(_) => return Err(problem::after_panic(&id)),
        },
    };
    let mut answer = answer;
    let context = headers::Context {
        app: &app,
        entry: app_entry,
        method: &method,
        id: &id,
    };
    headers::add(&mut answer, &context);
    if answer.response().head().connection_type() == ConnectionType::Close
        && let Some(progress) = answer.request().conn_data::<Progress>()
    {
        progress.hang_up();
    }
    record(&app, &answer, app_entry, &method, &id, began);
    Ok(answer)
}

/// Either the answer to a preflight, or leave to go on.
fn pass(
    app: &App,
    request: &mut ServiceRequest,
    entry: Option<&Entry>,
) -> Result<Option<actix_web::HttpResponse>, ApiError> {
    if let Some(preflight) = cors::preflight(request.request(), entry, &app.config) {
        return Ok(Some(preflight));
    }
    let (actor, rule) = gate::admit(request.request(), entry, &app.site, app.now())?;
    if rule.needs_data && !app.site.is_loaded() {
        return Err(ApiError::unavailable());
    }
    request.extensions_mut().insert(Caller(actor));
    // HEAD is GET to every handler; the connection leaves the body out, and keeps its length.
    if request.method() == Method::HEAD {
        request.head_mut().method = Method::GET;
    }
    Ok(None)
}

fn record(
    app: &App,
    answer: &ServiceResponse<BoxBody>,
    entry: Option<&Entry>,
    method: &Method,
    id: &RequestId,
    began: Instant,
) {
    let took = began.elapsed();
    let pattern = entry.map_or("unmatched", Entry::pattern);
    let status = answer.status().as_u16();
    if let Some(metrics) = &app.metrics {
        metrics.request(pattern, method, status, took);
    }
    app.log.write(&Line {
        at: app.now(),
        method: method.as_str(),
        path: answer.request().path(),
        status,
        took,
        bytes: answer.response().body().size(),
        peer: answer.request().peer_addr().map(|peer| peer.ip()),
        request: &id.0,
    });
}

/// The answer to what is no request at all, as bytes: the HTTP layer has none with a body.
pub(crate) fn raw_refusal(status: u16, id: &str) -> Vec<u8> {
    problem::raw(status, id)
}
