//! HTTP by hand, for what a well-behaved client cannot send.

use std::{net::SocketAddr, time::Duration};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::timeout,
};

/// What a socket got back before it closed or the patience ended.
#[derive(Debug)]
pub struct RawReply {
    /// 0 when nothing that looks like a status line came.
    pub status: u16,
    pub text: String,
    /// Whether the server closed the connection in time.
    pub closed: bool,
}

/// Sends `bytes` as they are and reads until the server closes or `patience` ends.
pub async fn exchange(address: SocketAddr, bytes: &[u8], patience: Duration) -> RawReply {
    let mut stream = TcpStream::connect(address)
        .await
        .expect("the server listens");
    // The server may refuse and close before everything is sent: then there is
    // an answer to read all the same.
    drop(stream.write_all(bytes).await);
    read_to_close(&mut stream, patience).await
}

/// Reads until the other side closes, at most for `patience`.
pub async fn read_to_close(stream: &mut TcpStream, patience: Duration) -> RawReply {
    let mut received = Vec::new();
    let closed = timeout(patience, async {
        let mut chunk = vec![0_u8; 16 * 1024];
        loop {
            match stream.read(&mut chunk).await {
                Ok(0) | Err(_) => break,
                Ok(read) => received.extend_from_slice(chunk.get(..read).unwrap_or_default()),
            }
        }
    })
    .await
    .is_ok();
    crate::leaks::assert_none("a connection by hand", &received);
    let text = String::from_utf8_lossy(&received).into_owned();
    let status = text
        .split_whitespace()
        .nth(1)
        .and_then(|word| word.parse().ok())
        .unwrap_or_default();
    RawReply {
        status,
        text,
        closed,
    }
}

/// Sends one byte every `pause` until the server hangs up or `patience` ends;
/// true when it hung up.
pub async fn drip(
    stream: &mut TcpStream,
    bytes: &[u8],
    pause: Duration,
    patience: Duration,
) -> bool {
    timeout(patience, async {
        for byte in bytes.iter().cycle() {
            if stream.write_all(&[*byte]).await.is_err() {
                return;
            }
            let mut answer = [0_u8; 4096];
            if let Ok(Ok(0) | Err(_)) = timeout(pause, stream.read(&mut answer)).await {
                return;
            }
        }
    })
    .await
    .is_ok()
}
