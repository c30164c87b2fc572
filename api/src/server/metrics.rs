//! The listener for Prometheus, apart from everything that is public.

use std::{io, net::TcpListener};

use actix_server::ServerHandle;
use actix_web::{
    App as ActixApp, HttpResponse, HttpServer, get,
    http::header::{CACHE_CONTROL, CONTENT_TYPE},
    web::Data,
};

use crate::state::App;

#[get("/metrics")]
async fn numbers(app: Data<App>) -> HttpResponse {
    let text = app
        .metrics
        .as_ref()
        .map(|metrics| metrics.render(&app))
        .unwrap_or_default();
    HttpResponse::Ok()
        .insert_header((CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8"))
        .insert_header((CACHE_CONTROL, "no-store"))
        .body(text)
}

pub(super) fn serve(app: &Data<App>, listener: TcpListener) -> io::Result<ServerHandle> {
    let app = Data::clone(app);
    let server =
        HttpServer::new(move || ActixApp::new().app_data(Data::clone(&app)).service(numbers))
            .workers(1)
            .disable_signals()
            .shutdown_timeout(1)
            .tcp_nodelay(true)
            .listen(listener)?
            .run();
    let handle = server.handle();
    tokio::spawn(server);
    Ok(handle)
}
