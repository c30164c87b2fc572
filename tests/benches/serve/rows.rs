//! The rows of reads, each beside a bare handler that returns the same bytes.

use std::{
    io::{BufRead, BufReader},
    net::SocketAddr,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use tests::{Database, postgres::Cluster};

use crate::{
    bare::Bare,
    fill, load,
    load::{Connection, Measured, get},
    seconds,
};

/// A server in a process of its own, as it ships: logging to nowhere, every
/// feature on.
pub(crate) struct Server {
    pub(crate) address: SocketAddr,
    pub(crate) first_answer: Duration,
    child: Child,
}

/// A database and what can be started on it.
pub(crate) struct Site {
    url: String,
    _database: Option<Database>,
}

/// The root secret of every server that is measured.
pub(crate) const SECRET: &str = "one-root-for-every-server-that-is-measured";

/// Threads that serve, for ours and for the bare one.
pub(crate) fn workers() -> usize {
    std::thread::available_parallelism().map_or(2, |cores| (cores.get() / 2).max(1))
}

pub(crate) fn heading(name: &str) {
    println!(
        "\n{name}, {} workers\n{:<46} {:>10} {:>10} {:>10} {:>9}",
        workers(),
        "",
        "req/s",
        "p50 ms",
        "p99 ms",
        "ratio"
    );
}

pub(crate) fn row(name: &str, measured: Measured, ratio: Option<(f64, &str)>) {
    let ratio = ratio
        .map(|(ratio, of)| format!("{ratio:>9.2} {of}"))
        .unwrap_or_default();
    println!(
        "{name:<46} {:>10.0} {:>10.2} {:>10.2} {ratio}",
        measured.per_second,
        measured.p50.as_secs_f64() * 1e3,
        measured.p99.as_secs_f64() * 1e3
    );
}

impl Site {
    pub(crate) fn sqlite() -> Self {
        let database = Database::sqlite();
        Self {
            url: database.url().to_owned(),
            _database: Some(database),
        }
    }

    pub(crate) fn postgres(cluster: &Cluster) -> Self {
        let url = cluster.create_database(None);
        let store = storage::Store::open(storage::Settings::new(&url)).expect("the store opens");
        store.migrate().expect("the database is migrated");
        store.close();
        Self {
            url,
            _database: None,
        }
    }

    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    /// Starts `broadsheet serve` on it and waits for its first answer.
    pub(crate) fn serve(&self) -> Server {
        self.serve_with(&[])
    }

    /// [`serve`](Self::serve) with other settings.
    pub(crate) fn serve_with(&self, settings: &[(&str, &str)]) -> Server {
        let port = std::net::TcpListener::bind("127.0.0.1:0")
            .and_then(|socket| socket.local_addr())
            .expect("a free port")
            .port();
        let address = SocketAddr::from(([127, 0, 0, 1], port));
        let began = Instant::now();
        let child = Command::new(tests::binary())
            .arg("serve")
            .env("BROADSHEET_BIND", address.to_string())
            .env("BROADSHEET_DATABASE_URL", &self.url)
            .env("BROADSHEET_SECRET", SECRET)
            .env("BROADSHEET_WORKERS", workers().to_string())
            .env("BROADSHEET_RATE_LIMITS", "off")
            .env("BROADSHEET_LOG", "json")
            .envs(settings.iter().copied())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("broadsheet starts");
        while std::net::TcpStream::connect(address).is_err() {
            assert!(
                began.elapsed() < Duration::from_secs(20),
                "broadsheet does not listen"
            );
            std::thread::sleep(Duration::from_millis(1));
        }
        let (status, _) = Connection::open(address).ask(&get("/api/v1/articles?limit=1"));
        assert_eq!(status, 200);
        Server {
            address,
            first_answer: began.elapsed(),
            child,
        }
    }
}

impl Server {
    /// Resident memory in MiB.
    pub(crate) fn resident(&self) -> f64 {
        let file = std::fs::File::open(format!("/proc/{}/status", self.child.id()))
            .expect("the process runs");
        BufReader::new(file)
            .lines()
            .map_while(Result::ok)
            .find_map(|line| {
                line.strip_prefix("VmRSS:")?
                    .trim()
                    .strip_suffix(" kB")?
                    .trim()
                    .parse::<f64>()
                    .ok()
            })
            .map_or(f64::NAN, |kilobytes| kilobytes / 1024.0)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// An article, a list and a comment page beside a bare handler with the same bytes.
pub(crate) fn reads(site: &Site) {
    fill::fill(site.url(), 10_000);
    let server = site.serve();
    for (name, path) in [
        ("an article", "/api/v1/articles/story-5000"),
        (
            "an article with every include",
            "/api/v1/articles/story-5000?include=breadcrumbs,neighbors,comments",
        ),
        ("a list of 20", "/api/v1/articles?limit=20"),
        (
            "a comment page",
            "/api/v1/articles/story-1/comments?sort=newest",
        ),
    ] {
        let (status, body) = Connection::open(server.address)
            .ask(&get(path))
            .to_owned_pair();
        assert_eq!(status, 200, "{path}");
        let bare = Bare::start(body, workers());
        let (floor, ours) = load::side_by_side(
            |turn| load::read(bare.address, &[get("/")], turn),
            |turn| load::read(server.address, &[get(path)], turn),
            seconds(),
        );
        row(&format!("bare Actix, the bytes of {name}"), floor, None);
        row(
            name,
            ours,
            Some((ours.per_second / floor.per_second, "of bare")),
        );
    }
}

trait Owned {
    fn to_owned_pair(self) -> (u16, Vec<u8>);
}

impl Owned for (u16, &[u8]) {
    fn to_owned_pair(self) -> (u16, Vec<u8>) {
        (self.0, self.1.to_vec())
    }
}
