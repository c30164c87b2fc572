//! The load generator: raw HTTP/1.1 over kept connections, answers read to the end.

use std::{
    io::{Read, Write},
    net::{SocketAddr, TcpStream},
    time::{Duration, Instant},
};

/// What one row of the benchmark measured.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Measured {
    pub(crate) per_second: f64,
    pub(crate) p50: Duration,
    pub(crate) p99: Duration,
}

/// The bytes of a `GET`.
pub(crate) fn get(path: &str) -> Vec<u8> {
    format!("GET {path} HTTP/1.1\r\nHost: bench\r\n\r\n").into_bytes()
}

/// The bytes of a `POST` of JSON.
pub(crate) fn post(path: &str, body: &str) -> Vec<u8> {
    format!(
        "POST {path} HTTP/1.1\r\nHost: bench\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    )
    .into_bytes()
}

/// A kept connection.
pub(crate) struct Connection {
    stream: TcpStream,
    buffer: Vec<u8>,
}

impl Connection {
    pub(crate) fn open(address: SocketAddr) -> Self {
        let stream = TcpStream::connect(address).expect("the server listens");
        stream.set_nodelay(true).expect("a socket option");
        stream
            .set_read_timeout(Some(Duration::from_secs(30)))
            .expect("a socket option");
        Self {
            stream,
            buffer: Vec::with_capacity(64 * 1024),
        }
    }

    pub(crate) fn send(&mut self, request: &[u8]) {
        self.stream.write_all(request).expect("the server reads");
    }

    /// Reads one answer to its end; its status and body.
    pub(crate) fn receive(&mut self) -> (u16, &[u8]) {
        self.buffer.clear();
        let mut chunk = [0_u8; 16 * 1024];
        let mut head = 0;
        let mut whole = usize::MAX;
        while self.buffer.len() < whole {
            let read = self.stream.read(&mut chunk).expect("the server answers");
            assert!(read > 0, "the server closed the connection");
            self.buffer.extend_from_slice(&chunk[..read]);
            if head == 0
                && let Some(end) = self
                    .buffer
                    .windows(4)
                    .position(|window| window == b"\r\n\r\n")
            {
                head = end + 4;
                whole = head + content_length(&self.buffer[..head]);
            }
        }
        let status = std::str::from_utf8(&self.buffer[9..12])
            .ok()
            .and_then(|text| text.parse().ok());
        (status.unwrap_or_default(), &self.buffer[head..whole])
    }

    pub(crate) fn ask(&mut self, request: &[u8]) -> (u16, &[u8]) {
        self.send(request);
        self.receive()
    }
}

fn content_length(head: &[u8]) -> usize {
    let head = String::from_utf8_lossy(head).to_lowercase();
    head.split("content-length: ")
        .nth(1)
        .and_then(|rest| rest.split("\r\n").next())
        .and_then(|number| number.parse().ok())
        .unwrap_or_else(|| panic!("an answer without a length: {head}"))
}

/// Reads as fast as the server answers: two threads, each with `connections`
/// kept connections, so that the generator costs little beside the server.
pub(crate) fn read(address: SocketAddr, requests: &[Vec<u8>], seconds: f64) -> Measured {
    const THREADS: usize = 2;
    const CONNECTIONS: usize = 8;
    run(THREADS, requests, seconds, |thread, requests, end| {
        let mut connections: Vec<Connection> = (0..CONNECTIONS)
            .map(|_| Connection::open(address))
            .collect();
        let mut next = thread * 7919;
        let mut taken = Vec::with_capacity(1 << 16);
        while Instant::now() < end {
            let began = Instant::now();
            for connection in &mut connections {
                next += 1;
                connection.send(&requests[next % requests.len()]);
            }
            for connection in &mut connections {
                let (status, _) = connection.receive();
                assert_eq!(status, 200, "a read failed");
                taken.push(began.elapsed());
            }
        }
        taken
    })
}

/// `clients` clients that each wait for an answer before the next request.
pub(crate) fn write(
    address: SocketAddr,
    requests: &[Vec<u8>],
    clients: usize,
    seconds: f64,
) -> Measured {
    run(clients, requests, seconds, |client, requests, end| {
        one_by_one(address, requests, client * 131, end)
    })
}

/// The same with requests of its own for each client.
pub(crate) fn write_each(address: SocketAddr, each: &[Vec<Vec<u8>>], seconds: f64) -> Measured {
    run(each.len(), &[], seconds, |client, _, end| {
        one_by_one(address, &each[client], 0, end)
    })
}

fn one_by_one(
    address: SocketAddr,
    requests: &[Vec<u8>],
    mut next: usize,
    end: Instant,
) -> Vec<Duration> {
    let mut connection = Connection::open(address);
    let mut taken = Vec::with_capacity(1 << 14);
    while Instant::now() < end {
        next += 1;
        let began = Instant::now();
        let (status, body) = connection.ask(&requests[next % requests.len()]);
        let text = String::from_utf8_lossy(body);
        assert!(matches!(status, 200 | 201), "{status} {text}");
        taken.push(began.elapsed());
    }
    taken
}

/// Measures two things in turns, so that whatever else the machine does falls on
/// both. Each is given the length of its turn.
pub(crate) fn side_by_side(
    left: impl Fn(f64) -> Measured,
    right: impl Fn(f64) -> Measured,
    seconds: f64,
) -> (Measured, Measured) {
    const TURNS: u32 = 4;
    let turn = seconds / f64::from(TURNS);
    let taken: Vec<_> = (0..TURNS).map(|_| (left(turn), right(turn))).collect();
    let (left, right): (Vec<_>, Vec<_>) = taken.into_iter().unzip();
    (mean(&left), mean(&right))
}

/// The mean rate and median, and the worst 99th percentile.
fn mean(turns: &[Measured]) -> Measured {
    let count = u32::try_from(turns.len()).unwrap_or(1).max(1);
    Measured {
        per_second: turns.iter().map(|turn| turn.per_second).sum::<f64>() / f64::from(count),
        p50: turns.iter().map(|turn| turn.p50).sum::<Duration>() / count,
        p99: turns.iter().map(|turn| turn.p99).max().unwrap_or_default(),
    }
}

fn run(
    threads: usize,
    requests: &[Vec<u8>],
    seconds: f64,
    work: impl Fn(usize, &[Vec<u8>], Instant) -> Vec<Duration> + Sync,
) -> Measured {
    // Caches, pools and the processor's clock warm up uncounted.
    let warm = Instant::now() + Duration::from_secs_f64(seconds / 4.0);
    in_threads(threads, |thread| work(thread, requests, warm));
    let began = Instant::now();
    let end = began + Duration::from_secs_f64(seconds);
    let taken = in_threads(threads, |thread| work(thread, requests, end));
    measured(taken, began.elapsed())
}

fn in_threads(threads: usize, work: impl Fn(usize) -> Vec<Duration> + Sync) -> Vec<Duration> {
    std::thread::scope(|scope| {
        let running: Vec<_> = (0..threads)
            .map(|thread| {
                scope.spawn({
                    let work = &work;
                    move || work(thread)
                })
            })
            .collect();
        running
            .into_iter()
            .flat_map(|thread| thread.join().expect("a client ends"))
            .collect()
    })
}

/// Rate and percentiles of what was measured.
pub(crate) fn measured(mut taken: Vec<Duration>, elapsed: Duration) -> Measured {
    taken.sort_unstable();
    let at = |share: usize| {
        taken
            .get(taken.len() * share / 100)
            .copied()
            .unwrap_or_default()
    };
    let count = u32::try_from(taken.len()).unwrap_or(u32::MAX);
    Measured {
        per_second: f64::from(count) / elapsed.as_secs_f64(),
        p50: at(50),
        p99: at(99),
    }
}
