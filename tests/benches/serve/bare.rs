//! What Actix itself costs: a handler that does nothing but return the bytes.

use std::{net::SocketAddr, thread::JoinHandle};

use actix_web::{App, HttpResponse, HttpServer, dev::ServerHandle, web};

/// A server with one answer.
pub(crate) struct Bare {
    pub(crate) address: SocketAddr,
    handle: ServerHandle,
    thread: Option<JoinHandle<()>>,
}

impl Bare {
    /// Serves `body` at `/`, with as many workers as the server it is compared with.
    pub(crate) fn start(body: Vec<u8>, workers: usize) -> Self {
        let (send, receive) = std::sync::mpsc::channel();
        let body = web::Bytes::from(body);
        let thread = std::thread::spawn(move || {
            actix_web::rt::System::new().block_on(async move {
                let server = HttpServer::new(move || {
                    let body = body.clone();
                    App::new().route(
                        "/",
                        web::get().to(move || {
                            let body = body.clone();
                            async move {
                                HttpResponse::Ok()
                                    .content_type("application/json")
                                    .body(body)
                            }
                        }),
                    )
                })
                .workers(workers)
                .tcp_nodelay(true)
                .disable_signals()
                .bind("127.0.0.1:0")
                .expect("a free port");
                let address = server.addrs()[0];
                let server = server.run();
                send.send((address, server.handle()))
                    .expect("somebody waits");
                server.await.expect("the bare server runs");
            });
        });
        let (address, handle) = receive.recv().expect("the bare server starts");
        Self {
            address,
            handle,
            thread: Some(thread),
        }
    }
}

impl Drop for Bare {
    fn drop(&mut self) {
        drop(self.handle.stop(false));
        if let Some(thread) = self.thread.take() {
            drop(thread.join());
        }
    }
}
