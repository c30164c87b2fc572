//! From a socket to the routes.
//!
//! Actix's own `HttpServer` hands its connections straight to HTTP. Here each one goes through
//! [`Timed`] first, which closes those that dawdle; everything else is as `HttpServer` does it.

use std::{
    io,
    net::{SocketAddr, TcpListener, ToSocketAddrs as _},
    rc::Rc,
    thread::available_parallelism,
    time::Duration,
};

use actix_http::{HttpService, Protocol, error::DispatchError};
use actix_server::{Server, ServerHandle};
use actix_service::{
    IntoServiceFactory as _, ServiceFactory, ServiceFactoryExt as _, fn_service, map_config,
};
use actix_web::{
    App as ActixApp,
    dev::{AppConfig, ServiceRequest, ServiceResponse},
    middleware::from_fn,
    rt::net::TcpStream,
    web::Data,
};
use socket2::{Domain, Protocol as Transport, SockRef, Socket, Type};
use tokio::sync::watch;
use utoipa_actix_web::AppExt as _;

use super::{
    StartError,
    connection::{Progress, Timed},
};
use crate::{docs, edge, error::ApiError, routes, state::App};

const BACKLOG: i32 = 1024;
/// For the first head, which Actix watches itself and answers with 408. Shorter than ours.
const FIRST_HEAD: Duration = Duration::from_secs(10);
/// How long a client may take to notice that we have hung up.
const GOODBYE: Duration = Duration::from_secs(3);
/// How long the kernel goes on sending to a peer that acknowledges nothing.
const UNACKNOWLEDGED: Duration = Duration::from_secs(15);

/// Takes an address, so that a failure is known before anything else is begun.
pub(super) fn bind(address: &str, setting: &'static str) -> Result<TcpListener, StartError> {
    let failed = |cause| StartError::Listen {
        address: address.to_owned(),
        setting,
        cause,
    };
    let mut last = io::Error::new(io::ErrorKind::NotFound, "the host has no address");
    for candidate in address.to_socket_addrs().map_err(failed)? {
        match listen_on(candidate) {
            Ok(listener) => return Ok(listener),
            Err(error) => last = error,
        }
    }
    Err(failed(last))
}

fn listen_on(address: SocketAddr) -> io::Result<TcpListener> {
    let socket = Socket::new(
        Domain::for_address(address),
        Type::STREAM,
        Some(Transport::TCP),
    )?;
    // On Unix this takes an address that a stopped server has just left, and none in use.
    #[cfg(unix)]
    socket.set_reuse_address(true)?;
    socket.set_nonblocking(true)?;
    socket.bind(&address.into())?;
    socket.listen(BACKLOG)?;
    Ok(socket.into())
}

/// Serves on the listener until the handle is told to stop.
pub(super) fn serve(
    app: &Data<App>,
    listener: TcpListener,
    drain: watch::Receiver<bool>,
) -> io::Result<ServerHandle> {
    let workers = match app.config.workers {
        0 => available_parallelism().map_or(2, usize::from),
        number => number,
    };
    let shutdown = app.config.shutdown.as_secs();
    let app = Data::clone(app);
    let server = Server::build()
        .workers(workers)
        .disable_signals()
        .shutdown_timeout(shutdown)
        .listen("broadsheet", listener, move || {
            let app = Data::clone(&app);
            let problems = Data::clone(&app);
            let drain = drain.clone();
            let refuse: Rc<dyn Fn(u16) -> Vec<u8>> =
                Rc::new(move |status| edge::raw_refusal(status, &problems.ids.request_id()));
            let http = HttpService::build()
                .keep_alive(app.config.keep_alive)
                .client_request_timeout(FIRST_HEAD)
                .client_disconnect_timeout(GOODBYE)
                .graceful_shutdown_signal(move || {
                    let mut drain = drain.clone();
                    async move {
                        let _ = drain.wait_for(|asked| *asked).await;
                    }
                })
                .on_connect_ext(|connection: &Timed, extensions| {
                    extensions.insert(Progress::clone(connection.progress()));
                })
                .finish(map_config(
                    application(&app)
                        .into_factory()
                        .map_err(|error: actix_web::Error| error.error_response()),
                    |()| AppConfig::default(),
                ));
            fn_service(move |stream: TcpStream| {
                let refuse = Rc::clone(&refuse);
                async move {
                    let peer = stream.peer_addr().ok();
                    prepare(&stream);
                    Ok::<_, DispatchError>((Timed::new(stream, refuse), Protocol::Http1, peer))
                }
            })
            .and_then(http)
        })?
        .run();
    let handle = server.handle();
    tokio::spawn(server);
    Ok(handle)
}

/// Without `TCP_NODELAY` an answer in two segments waits 40 ms for an acknowledgement.
fn prepare(stream: &TcpStream) {
    // A socket whose options cannot be set is one that is closed already.
    let _ = stream.set_nodelay(true);
    #[cfg(target_os = "linux")]
    let _ = SockRef::from(stream).set_tcp_user_timeout(Some(UNACKNOWLEDGED));
}

fn application(
    app: &Data<App>,
) -> ActixApp<
    impl ServiceFactory<
        ServiceRequest,
        Config = (),
        Response = ServiceResponse,
        Error = actix_web::Error,
        InitError = (),
    > + use<>,
> {
    ActixApp::new()
        .app_data(Data::clone(app))
        .into_utoipa_app()
        .configure(routes::configure)
        .into_app()
        .configure(docs::configure)
        .default_service(actix_web::web::to(nowhere))
        .wrap(from_fn(edge::edge))
}

/// The gate knows every address, so what it lets through is met by a route.
async fn nowhere() -> Result<&'static str, ApiError> {
    Err(ApiError::not_found("There is nothing at this address."))
}
