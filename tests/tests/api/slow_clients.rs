//! A client that dawdles does not keep its connection.
//!
//! The deadlines are shortened in these servers: what is tested is that each
//! kind of slowness has one.

use std::time::Duration;

use tests::{TestApp, both, raw};
use tokio::{io::AsyncWriteExt, net::TcpStream};

/// Longer than every deadline of a test server together.
const PATIENCE: Duration = Duration::from_mins(1);
const PAUSE: Duration = Duration::from_millis(100);

async fn connect(app: &TestApp) -> TcpStream {
    TcpStream::connect(app.address())
        .await
        .expect("the server listens")
}

both! {
    async fn a_first_head_that_never_ends_is_cut(app: TestApp) {
        let mut stream = connect(app).await;
        stream.write_all(b"GET /livez HTTP/1.1\r\nHost: x\r\nx-slow: ").await.unwrap();
        assert!(raw::drip(&mut stream, b"a", PAUSE, PATIENCE).await, "dripped for ever");
    }

    async fn a_second_head_that_never_ends_is_cut(app: TestApp) {
        let mut stream = connect(app).await;
        stream.write_all(b"GET /livez HTTP/1.1\r\nHost: x\r\n\r\nGET /livez HTTP/1.1\r\nHost: x\r\nx-slow: ").await.unwrap();
        assert!(raw::drip(&mut stream, b"a", PAUSE, PATIENCE).await, "dripped for ever");
    }

    async fn a_silent_connection_is_closed(app: TestApp) {
        let mut fresh = connect(app).await;
        assert!(raw::read_to_close(&mut fresh, PATIENCE).await.closed, "a connection that says nothing");
        let mut used = connect(app).await;
        used.write_all(b"GET /livez HTTP/1.1\r\nHost: x\r\n\r\n").await.unwrap();
        let reply = raw::read_to_close(&mut used, PATIENCE).await;
        assert!(reply.status == 200 && reply.closed, "an idle connection: {reply:?}");
    }

    async fn a_body_that_never_comes_is_408(app: TestApp) {
        let head = format!(
            "POST /api/v1/manage/tags HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {}\r\n\
             Content-Type: application/json\r\nContent-Length: 1000\r\n\r\n", tests::key_of("admin"));
        let silent = raw::exchange(app.address(), head.as_bytes(), PATIENCE).await;
        assert_eq!(silent.status, 408, "{}", silent.text);
        assert!(silent.closed && silent.text.contains("request_timeout"), "{}", silent.text);
        let mut stream = connect(app).await;
        stream.write_all(head.as_bytes()).await.unwrap();
        assert!(raw::drip(&mut stream, b" ", PAUSE, PATIENCE).await, "a dripped body");
    }

    async fn others_are_served_meanwhile(app: TestApp) {
        let mut slow = Vec::new();
        for _ in 0..200 {
            let mut stream = connect(app).await;
            stream.write_all(b"POST /api/v1/manage/tags HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n{").await.unwrap();
            slow.push(stream);
        }
        for _ in 0..20 {
            app.get("/sections").await.expect(200);
        }
        drop(slow);
    }
}
