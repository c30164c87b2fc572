//! An orderly stop, and one that is not waited for.

use std::time::Duration;

use tests::{Database, Process, on_sqlite_database, raw};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::sleep,
};

/// A request whose body has only begun, and which the server is waiting for.
async fn half_a_request(process: &Process) -> TcpStream {
    let head = "POST /api/v1/articles/none/comments HTTP/1.1\r\nhost: x\r\n\
                content-type: application/json\r\ncontent-length: 33\r\n\
                expect: 100-continue\r\n\r\n";
    let mut stream = TcpStream::connect(process.address)
        .await
        .expect("it listens");
    stream.write_all(head.as_bytes()).await.expect("it reads");
    let mut go_on = [0; 25];
    stream.read_exact(&mut go_on).await.expect("it answers");
    assert_eq!(&go_on, b"HTTP/1.1 100 Continue\r\n\r\n");
    stream
        .write_all(b"{\"body\":\"x\",")
        .await
        .expect("it reads");
    stream
}

async fn what_has_begun_is_finished(database: Database) {
    let process = Process::serve(database.url(), &[], &[]);
    let mut stream = half_a_request(&process).await;
    process.ask_to_stop();
    sleep(Duration::from_millis(500)).await;
    let late = TcpStream::connect(process.address).await;
    if let Ok(mut late) = late {
        let reply = raw::read_to_close(&mut late, Duration::from_secs(2)).await;
        assert_eq!(reply.status, 0, "no new requests: {}", reply.text);
    }
    let rest = b"\"author_name\":\"Ines\"}";
    stream.write_all(rest).await.expect("it still reads");
    let reply = raw::read_to_close(&mut stream, Duration::from_secs(5)).await;
    assert_eq!(reply.status, 404, "{}", reply.text);
    assert!(reply.closed, "and the connection ends");
    let (status, log) = process.wait();
    assert!(status.success(), "{log}");
}

async fn a_second_signal_ends_it_at_once(database: Database) {
    let mut process = Process::serve(database.url(), &[], &[]);
    let _stream = half_a_request(&process).await;
    process.ask_to_stop();
    sleep(Duration::from_millis(300)).await;
    assert!(!process.has_ended(), "a request is still being answered");
    let mut ended = false;
    // The wish may come again while the first is still on its way.
    for _ in 0..10 {
        process.ask_to_stop();
        sleep(Duration::from_millis(300)).await;
        ended = process.has_ended();
        if ended {
            break;
        }
    }
    assert!(ended, "long before the request times out");
}

async fn one_wish_that_comes_twice_is_one(database: Database) {
    let process = Process::serve(database.url(), &[], &[]);
    let mut stream = half_a_request(&process).await;
    process.signal(2);
    sleep(Duration::from_millis(500)).await;
    let rest = b"\"author_name\":\"Ines\"}";
    stream.write_all(rest).await.expect("it still reads");
    let reply = raw::read_to_close(&mut stream, Duration::from_secs(5)).await;
    assert_eq!(reply.status, 404, "{}", reply.text);
    let (status, log) = process.wait();
    assert!(status.success(), "{log}");
}

#[test]
fn one_wish_that_comes_twice_is_one_on_sqlite() {
    on_sqlite_database(one_wish_that_comes_twice_is_one);
}

#[test]
fn what_has_begun_is_finished_on_sqlite() {
    on_sqlite_database(what_has_begun_is_finished);
}

#[test]
fn a_second_signal_ends_it_at_once_on_sqlite() {
    on_sqlite_database(a_second_signal_ends_it_at_once);
}
