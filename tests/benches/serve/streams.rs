//! Thousands of clients who follow the comments of one article: what it takes to tell all of them.

use std::{
    net::SocketAddr,
    sync::atomic::{AtomicUsize, Ordering},
    time::{Duration, Instant},
};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    sync::mpsc::{UnboundedSender, unbounded_channel},
    time::{sleep, timeout},
};

use crate::{
    fill, load,
    load::{Connection, post},
    rows::{Site, row},
};

const CLIENTS: usize = 5_000;
/// So many comments are posted, one after the other.
const COMMENTS: u32 = 20;
/// Nobody waits longer for what was posted.
const PATIENCE: Duration = Duration::from_secs(30);

pub(crate) fn streams(site: &Site) {
    fill::fill(site.url(), 1_000);
    let server = site.serve();
    let before = server.resident();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()
        .expect("a runtime");
    let ready = AtomicUsize::new(0);
    let (told, mut heard) = unbounded_channel();
    let began = Instant::now();
    // They live as long as the process.
    let ready: &'static AtomicUsize = Box::leak(Box::new(ready));
    for client in 0..CLIENTS {
        runtime.spawn(follow(server.address, client, ready, told.clone()));
    }
    let mut taken = Vec::new();
    runtime.block_on(async {
        while ready.load(Ordering::Relaxed) < CLIENTS {
            assert!(began.elapsed() < PATIENCE, "{ready:?} streams are open");
            sleep(Duration::from_millis(5)).await;
        }
        println!(
            "{:<46} {:>9.1} s",
            format!("{CLIENTS} streams are open after"),
            began.elapsed().as_secs_f64()
        );
        let body = r#"{"body":"I took it every summer.","author_name":"Ines"}"#;
        for _ in 0..COMMENTS {
            let asked = post("/api/v1/articles/story-1/comments", body);
            let (status, _) = Connection::open(server.address).ask(&asked);
            assert_eq!(status, 201);
            let posted = Instant::now();
            for _ in 0..CLIENTS {
                let at = timeout(PATIENCE, heard.recv())
                    .await
                    .expect("everybody hears of it");
                taken.push(at.map_or(PATIENCE, |at: Instant| at.saturating_duration_since(posted)));
            }
        }
    });
    let last = taken.iter().max().copied().unwrap_or_default();
    let measured = load::measured(taken, began.elapsed());
    row(
        &format!("a comment to each of {CLIENTS}, told after"),
        measured,
        None,
    );
    println!(
        "{:<46} {:>9.0} ms",
        "the last one of them",
        last.as_secs_f64() * 1e3
    );
    println!(
        "{:<46} {:>7.0} MiB, {:.0} before",
        "resident meanwhile",
        server.resident(),
        before
    );
    runtime.shutdown_background();
}

/// Says when each new comment comes.
async fn follow(
    address: SocketAddr,
    client: usize,
    ready: &AtomicUsize,
    told: UnboundedSender<Instant>,
) {
    // They come within two seconds, not in one moment.
    sleep(Duration::from_micros(
        400 * u64::try_from(client).unwrap_or(0),
    ))
    .await;
    let mut stream = TcpStream::connect(address).await.expect("a connection");
    let asked = b"GET /api/v1/articles/story-1/comments/stream HTTP/1.1\r\nHost: bench\r\n\r\n";
    stream.write_all(asked).await.expect("it is asked");
    let mut text = Vec::new();
    let mut chunk = [0_u8; 4096];
    while let Ok(read) = stream.read(&mut chunk).await {
        if read == 0 {
            return;
        }
        text.extend_from_slice(&chunk[..read]);
        while let Some(end) = text.windows(2).position(|two| two == b"\n\n") {
            let event: Vec<u8> = text.drain(..end + 2).collect();
            if contains(&event, b"event: ready") {
                ready.fetch_add(1, Ordering::Relaxed);
            } else if contains(&event, b"event: new") && told.send(Instant::now()).is_err() {
                return;
            }
        }
    }
}

fn contains(text: &[u8], word: &[u8]) -> bool {
    text.windows(word.len()).any(|part| part == word)
}
