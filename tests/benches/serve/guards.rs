//! What the guards cost and what they hold off: limits and tokens on a public read, a flood of
//! sign-ins, thousands of connections that only wait.

use std::{
    net::SocketAddr,
    sync::atomic::{AtomicBool, AtomicUsize, Ordering},
    time::{Duration, Instant},
};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::{sleep, timeout},
};

use crate::{
    fill, load,
    load::{Connection, Measured, get, post},
    rows::{Server, Site, row},
    seconds,
};

const ARTICLES: i64 = 1_000;
/// Quotas that nobody reaches: the limiter counts all the same.
const LIMITED: &[(&str, &str)] = &[
    ("BROADSHEET_RATE_LIMITS", "on"),
    ("BROADSHEET_RATE_LIMIT_READS", "1000000,1000000,1000000"),
];
/// Behind a proxy that names 2,000 clients: each has a quota of its own, as in a real flood.
const PROXIED: &[(&str, &str)] = &[
    ("BROADSHEET_RATE_LIMITS", "on"),
    ("BROADSHEET_RATE_LIMIT_READS", "1000000,1000000,1000000"),
    ("BROADSHEET_TRUSTED_PROXIES", "127.0.0.1"),
];
const CROWD: usize = 2_000;
const WAITING: usize = 10_000;
/// Reads a second beside a flood: far from what the server could do, so that only what the flood
/// takes away shows.
const PACE: f64 = 400.0;
/// No connection that does nothing is kept longer.
const PATIENCE: Duration = Duration::from_secs(15);

pub(crate) fn guards(site: &Site) {
    fill::fill(site.url(), ARTICLES);
    cost(site);
    flood(site);
    wait(site);
}

/// A public read with limits and with a token beside one without either.
fn cost(site: &Site) {
    let path = "/api/v1/articles/story-500";
    let (free, limited) = (site.serve(), site.serve_with(LIMITED));
    let (without, with) = load::side_by_side(
        |turn| load::read(free.address, &[get(path)], turn),
        |turn| load::read(limited.address, &[get(path)], turn),
        seconds() * 4.0,
    );
    row("an article, limits off", without, None);
    let ratio = with.per_second / without.per_second;
    row("an article, limits on", with, Some((ratio, "of without")));
    let token = token(&limited);
    let known =
        format!("GET {path} HTTP/1.1\r\nHost: bench\r\nAuthorization: Bearer {token}\r\n\r\n");
    let (without, with) = load::side_by_side(
        |turn| load::read(free.address, &[get(path)], turn),
        |turn| load::read(limited.address, &[known.clone().into_bytes()], turn),
        seconds() * 4.0,
    );
    let ratio = with.per_second / without.per_second;
    row(
        "an article, limits on, signed in",
        with,
        Some((ratio, "of without")),
    );
}

/// The access token of a reader who has just registered.
fn token(server: &Server) -> String {
    let account =
        r#"{"email":"reader@bench.example","password":"kettle wolf seventeen","name":"R"}"#;
    let mut connection = Connection::open(server.address);
    let (status, _) = connection.ask(&post("/api/v1/auth/register", account));
    assert_eq!(status, 202);
    let account = r#"{"email":"reader@bench.example","password":"kettle wolf seventeen"}"#;
    let (status, body) = connection.ask(&post("/api/v1/auth/login", account));
    assert_eq!(status, 200, "{}", String::from_utf8_lossy(body));
    let tokens: serde_json::Value = serde_json::from_slice(body).expect("tokens");
    tokens["access_token"].as_str().expect("a token").to_owned()
}

/// What the crowd of a row does.
const CROWDS: [(&str, &str); 2] = [
    ("who find nothing", "/api/v1/nowhere"),
    ("who sign in", "/api/v1/auth/login"),
];

/// Reads at an even pace, alone and beside thousands who sign in; and, for what so many connections
/// cost by themselves, beside as many who are told at once that there is nothing. In turns, so that
/// whatever else the machine does falls on all of them.
fn flood(site: &Site) {
    const TURNS: usize = 4;
    let server = site.serve_with(PROXIED);
    let mut alone = Vec::new();
    let mut crowded: [Crowded; CROWDS.len()] = Default::default();
    for _ in 0..TURNS {
        alone.extend(paced(server.address, &AtomicBool::new(false), seconds()));
        for (crowded, (_, path)) in crowded.iter_mut().zip(CROWDS) {
            crowded.turn(&server, path);
        }
    }
    let alone = at_pace(alone);
    row("reads at an even pace", alone, None);
    for (crowded, (what, _)) in crowded.into_iter().zip(CROWDS) {
        let beside = at_pace(crowded.taken);
        let ratio = beside.p99.as_secs_f64() / alone.p99.as_secs_f64();
        let name = format!("the same beside {CROWD} {what}");
        row(&name, beside, Some((ratio, "times the p99")));
        println!(
            "{:<46} {:>10} {:>7.0} MiB at most",
            "answered to them, resident meanwhile", crowded.answered, crowded.most
        );
    }
}

/// What was seen beside a crowd.
#[derive(Default)]
struct Crowded {
    /// What each read took.
    taken: Vec<Duration>,
    /// How many of the crowd were answered.
    answered: usize,
    /// The most memory that the server had, in MiB.
    most: f64,
}

impl Crowded {
    /// Reads at an even pace beside a crowd that posts to `path`.
    fn turn(&mut self, server: &Server, path: &str) {
        let over = AtomicBool::new(false);
        let answered = AtomicUsize::new(0);
        std::thread::scope(|scope| {
            let reads = scope.spawn(|| paced(server.address, &over, f64::INFINITY));
            let memory = scope.spawn(|| peak(server, &over));
            runtime().block_on(async {
                let end = Instant::now() + Duration::from_secs_f64(seconds() * 2.0);
                let all =
                    (0..CROWD).map(|client| ask(server.address, path, client, end, &answered));
                futures_util::future::join_all(all).await;
            });
            over.store(true, Ordering::Relaxed);
            self.most = self.most.max(memory.join().expect("the memory is read"));
            self.taken.extend(reads.join().expect("the reads end"));
        });
        self.answered += answered.load(Ordering::Relaxed);
    }
}

/// One client with an address and an account of its own, that waits as long as it is told.
async fn ask(address: SocketAddr, path: &str, client: usize, end: Instant, answered: &AtomicUsize) {
    let body =
        format!(r#"{{"email":"nobody{client}@bench.example","password":"kettle wolf seventeen"}}"#);
    let request = format!(
        "POST {path} HTTP/1.1\r\nHost: bench\r\nX-Forwarded-For: 10.{}.{}.1\r\n\
         Content-Type: application/json\r\nConnection: close\r\nContent-Length: {}\r\n\r\n{body}",
        client / 250,
        client % 250,
        body.len()
    );
    // They come over the whole of a second, not in one moment.
    sleep(Duration::from_micros(
        500 * u64::try_from(client).unwrap_or(0),
    ))
    .await;
    while Instant::now() < end {
        let mut answer = Vec::new();
        let asked = async {
            let mut stream = TcpStream::connect(address).await?;
            stream.write_all(request.as_bytes()).await?;
            stream.read_to_end(&mut answer).await
        };
        let sent = timeout(PATIENCE, asked).await.expect("an answer in time");
        if sent.is_ok() && answer.len() > 12 {
            answered.fetch_add(1, Ordering::Relaxed);
        }
        sleep(Duration::from_secs(1)).await;
    }
}

/// Thousands of connections that do nothing or next to nothing, in four kinds.
fn wait(site: &Site) {
    let server = site.serve_with(PROXIED);
    let idle = at_pace(paced(
        server.address,
        &AtomicBool::new(false),
        seconds() * 2.0,
    ));
    let over = AtomicBool::new(false);
    let mut longest = [Duration::ZERO; KINDS.len()];
    let beside = std::thread::scope(|scope| {
        let reads = scope.spawn(|| paced(server.address, &over, f64::INFINITY));
        let kept = runtime().block_on(async {
            let all = (0..WAITING).map(|number| keep(server.address, number));
            futures_util::future::join_all(all).await
        });
        over.store(true, Ordering::Relaxed);
        for (kind, time) in kept {
            longest[kind] = longest[kind].max(time);
        }
        at_pace(reads.join().expect("the reads end"))
    });
    row("reads at an even pace", idle, None);
    let ratio = beside.p99.as_secs_f64() / idle.p99.as_secs_f64();
    let name = format!("the same beside {WAITING} that wait");
    row(&name, beside, Some((ratio, "times the p99")));
    for (kind, time) in KINDS.iter().zip(longest) {
        let name = format!("closed at the latest: {}", kind.name);
        println!("{name:<46} {:>9.1} s", time.as_secs_f64());
        assert!(time < PATIENCE, "{} was kept for {time:?}", kind.name);
    }
}

struct Kind {
    name: &'static str,
    /// Sent whole at once.
    first: &'static str,
    /// Sent a byte at a time.
    rest: &'static str,
}

const KINDS: [Kind; 4] = [
    Kind {
        name: "silent",
        first: "",
        rest: "",
    },
    Kind {
        name: "a first head that drips",
        first: "",
        rest: "GET /api/v1/sections HTTP/1.1\r\nHost: bench\r\nX-Filler: aaaaaaaaaaaaaaaaaa",
    },
    Kind {
        name: "a second head that drips",
        first: "GET /livez HTTP/1.1\r\nHost: bench\r\n\r\n",
        rest: "GET /api/v1/sections HTTP/1.1\r\nHost: bench\r\nX-Filler: aaaaaaaaaaaaaaaaaa",
    },
    Kind {
        name: "a body that drips",
        first: "POST /api/v1/articles/story-1/comments HTTP/1.1\r\nHost: bench\r\n\
                Content-Type: application/json\r\nContent-Length: 2000\r\n\r\n",
        rest: "{\"body\":\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
    },
];

/// Holds one connection until the server ends it; how long that took.
async fn keep(address: SocketAddr, number: usize) -> (usize, Duration) {
    const PAUSE: Duration = Duration::from_millis(800);
    let kind = number % KINDS.len();
    // They come within two seconds, not in one moment.
    sleep(Duration::from_micros(
        200 * u64::try_from(number).unwrap_or(0),
    ))
    .await;
    let mut stream = TcpStream::connect(address).await.expect("it listens");
    let began = Instant::now();
    let _ = stream.write_all(KINDS[kind].first.as_bytes()).await;
    let (mut read, mut write) = stream.split();
    let drip = async {
        for byte in KINDS[kind].rest.bytes() {
            sleep(PAUSE).await;
            if write.write_all(&[byte]).await.is_err() {
                break;
            }
        }
        std::future::pending::<()>().await;
    };
    let end = async {
        let mut answer = [0_u8; 2048];
        while matches!(read.read(&mut answer).await, Ok(read) if read > 0) {}
    };
    tokio::select! {
        () = drip => {}
        ended = timeout(PATIENCE * 2, end) => drop(ended),
    }
    (kind, began.elapsed())
}

fn at_pace(taken: Vec<Duration>) -> Measured {
    let count = u32::try_from(taken.len()).unwrap_or(u32::MAX);
    load::measured(taken, Duration::from_secs_f64(f64::from(count) / PACE))
}

/// What each of the reads took that were made one after another at [`PACE`], until `over` or for
/// so long.
fn paced(address: SocketAddr, over: &AtomicBool, seconds: f64) -> Vec<Duration> {
    let mut connection = Connection::open(address);
    let request = get("/api/v1/articles/story-500");
    let began = Instant::now();
    let mut taken = Vec::new();
    let mut number = 0.0;
    while !over.load(Ordering::Relaxed) && began.elapsed().as_secs_f64() < seconds {
        let due = began + Duration::from_secs_f64(number / PACE);
        std::thread::sleep(due.saturating_duration_since(Instant::now()));
        let asked = Instant::now();
        let (status, _) = connection.ask(&request);
        assert_eq!(status, 200, "a read failed beside the flood");
        taken.push(asked.elapsed());
        number += 1.0;
    }
    taken
}

/// The most memory that the server has until `over`, in MiB.
fn peak(server: &Server, over: &AtomicBool) -> f64 {
    let mut most = 0.0_f64;
    while !over.load(Ordering::Relaxed) {
        most = most.max(server.resident());
        std::thread::sleep(Duration::from_millis(20));
    }
    most
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime")
}
