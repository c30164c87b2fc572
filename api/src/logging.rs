//! Logs: one line per request, and events.
//!
//! A line is for people on a terminal and JSON everywhere else. It never holds a body, a query
//! string, a header or anything else that may be secret. Lines go through a bounded queue to a
//! thread of their own: when whoever reads our stderr is slow, lines are left out and counted,
//! and no request waits.

use std::{
    fmt::Write as _,
    io::{self, IsTerminal as _, Write as _},
    net::IpAddr,
    sync::{
        Mutex, PoisonError, RwLock,
        atomic::{AtomicU64, Ordering},
        mpsc::{Receiver, SyncSender, TrySendError, sync_channel},
    },
    thread::JoinHandle,
    time::Duration,
};

use actix_web::body::BodySize;
use domain::Timestamp;
use tracing_subscriber::EnvFilter;

use crate::config::LogFormat;

/// Lines that may wait to be written.
const QUEUE: usize = 4096;

/// Lines are written together that come within this time.
const GATHERED: Duration = Duration::from_millis(5);
/// Bytes that are written together at most.
const MOST_AT_ONCE: usize = 1024 * 1024;

/// Starts the log of events, for the whole process. A second call does nothing. `RUST_LOG`
/// chooses what is logged; without it warnings and what the server says of itself. The HTTP layer
/// reports each broken request as an error, which is the client's and would let anybody fill the
/// log.
pub fn init(format: LogFormat) {
    let filter = EnvFilter::try_from_default_env()
        .unwrap_or_else(|_| EnvFilter::new("warn,api=info,actix_http=off"));
    let builder = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(io::stderr);
    // An error here means that a log runs already, which is what is wanted.
    let _ = if is_human(format) {
        builder
            .with_target(false)
            .with_ansi(io::stderr().is_terminal())
            .try_init()
    } else {
        builder.json().flatten_event(true).try_init()
    };
}

fn is_human(format: LogFormat) -> bool {
    match format {
        LogFormat::Human => true,
        LogFormat::Json => false,
        LogFormat::Auto | LogFormat::Off => io::stderr().is_terminal(),
    }
}

/// What is said about one request.
pub(crate) struct Line<'l> {
    pub(crate) at: Timestamp,
    pub(crate) method: &'l str,
    pub(crate) path: &'l str,
    pub(crate) status: u16,
    pub(crate) took: Duration,
    pub(crate) bytes: BodySize,
    pub(crate) client: Option<IpAddr>,
    pub(crate) request: &'l str,
}

/// Where the lines go.
#[derive(Debug)]
pub(crate) struct RequestLog {
    human: bool,
    queue: RwLock<Option<SyncSender<String>>>,
    writer: Mutex<Option<JoinHandle<()>>>,
    dropped: AtomicU64,
}

impl RequestLog {
    pub(crate) fn start(format: LogFormat) -> io::Result<Self> {
        let mut log = Self {
            human: is_human(format),
            queue: RwLock::default(),
            writer: Mutex::default(),
            dropped: AtomicU64::new(0),
        };
        if format != LogFormat::Off {
            let (sender, receiver) = sync_channel(QUEUE);
            let name = "log".to_owned();
            let thread = std::thread::Builder::new()
                .name(name)
                .spawn(move || drain(&receiver))?;
            log.queue = RwLock::new(Some(sender));
            log.writer = Mutex::new(Some(thread));
        }
        Ok(log)
    }

    /// Takes a line, or leaves it out when too many wait.
    pub(crate) fn write(&self, line: &Line<'_>) {
        let queue = self.queue.read().unwrap_or_else(PoisonError::into_inner);
        let Some(queue) = &*queue else { return };
        let text = if self.human {
            for_people(line)
        } else {
            as_json(line)
        };
        if let Err(TrySendError::Full(_)) = queue.try_send(text) {
            self.dropped.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// Writes what waits, and ends.
    pub(crate) fn close(&self) {
        drop(
            self.queue
                .write()
                .unwrap_or_else(PoisonError::into_inner)
                .take(),
        );
        let writer = self
            .writer
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        if let Some(writer) = writer {
            let _ = writer.join();
        }
        let dropped = self.dropped.load(Ordering::Relaxed);
        if dropped > 0 {
            tracing::warn!(
                dropped,
                "lines of the request log were left out, because nobody read them fast enough"
            );
        }
    }
}

fn drain(lines: &Receiver<String>) {
    let mut batch = Vec::with_capacity(16 * 1024);
    while let Ok(line) = lines.recv() {
        batch.extend_from_slice(line.as_bytes());
        // Waking this thread for each line would cost the request a system call.
        std::thread::sleep(GATHERED);
        while batch.len() < MOST_AT_ONCE {
            let Ok(line) = lines.try_recv() else { break };
            batch.extend_from_slice(line.as_bytes());
        }
        // Nobody is left to tell when even the log cannot be written.
        let _ = io::stderr().lock().write_all(&batch);
        batch.clear();
    }
}

fn millis(took: Duration) -> String {
    format!("{:.1}", took.as_secs_f64() * 1000.0)
}

/// No route has a path near this long. What a client makes up must not fill the queue.
fn shortened(path: &str) -> &str {
    const MOST: usize = 512;
    path.get(..path.floor_char_boundary(MOST)).unwrap_or(path)
}

fn for_people(line: &Line<'_>) -> String {
    let mut text = String::with_capacity(128);
    // Writing to a String cannot fail.
    let _ = write!(
        text,
        "{} {} {:<6} {} {} ms {}",
        line.at,
        line.status,
        line.method,
        shortened(line.path).escape_debug(),
        millis(line.took),
        line.request,
    );
    if let Some(client) = line.client {
        let _ = write!(text, " {client}");
    }
    text.push('\n');
    text
}

fn as_json(line: &Line<'_>) -> String {
    let bytes = match line.bytes {
        BodySize::Sized(bytes) => bytes,
        BodySize::None | BodySize::Stream => 0,
    };
    // The order is kept by hand, so that lines can be read in columns.
    let mut text = String::with_capacity(256);
    let quoted = |value: &str| serde_json::Value::from(value).to_string();
    let _ = write!(
        text,
        "{{\"timestamp\":\"{}\",\"level\":\"INFO\",\"message\":\"request\",\"request_id\":\"{}\",\"method\":{},\"path\":{},\"status\":{},\"duration_ms\":{},\"bytes\":{bytes}",
        line.at,
        line.request,
        quoted(line.method),
        quoted(shortened(line.path)),
        line.status,
        millis(line.took),
    );
    if let Some(client) = line.client {
        let _ = write!(text, ",\"client\":\"{client}\"");
    }
    text.push_str("}\n");
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_valid_json_whatever_the_path() {
        let line = Line {
            at: Timestamp::from_millis(0),
            method: "GET",
            path: "/a\"b\nc\u{1b}",
            status: 404,
            took: Duration::from_micros(1234),
            bytes: BodySize::Sized(3),
            client: Some(IpAddr::from([127, 0, 0, 1])),
            request: "req_1",
        };
        let text = as_json(&line);
        assert_eq!(text.matches('\n').count(), 1);
        let value: serde_json::Value = serde_json::from_str(&text).unwrap();
        assert_eq!(value["path"], "/a\"b\nc\u{1b}");
        assert_eq!(value["duration_ms"], 1.2);
        assert_eq!(value["client"], "127.0.0.1");
        let text = for_people(&line);
        assert!(text.ends_with(" req_1 127.0.0.1\n"), "{text}");
        assert!(text.matches('\n').count() == 1 && !text.contains('\u{1b}'));
    }

    #[test]
    fn a_path_without_end_makes_a_line_with_one() {
        assert_eq!(shortened("/a"), "/a");
        let long = format!("/{}", "\u{4e16}".repeat(10_000));
        assert!(shortened(&long).len() <= 512 && long.starts_with(shortened(&long)));
    }
}
