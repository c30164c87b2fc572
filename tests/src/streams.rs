//! A client of streams of server-sent events (HTML standard, §9.2).

use std::time::Duration;

use reqwest::Response;
use serde_json::Value;
use tokio::time::timeout;

use crate::{TestApp, leaks};

/// Longer than anything takes that is to come at all.
const PATIENCE: Duration = Duration::from_secs(30);

/// An open stream.
#[derive(Debug)]
pub struct EventStream {
    response: Response,
    received: Vec<u8>,
}

/// One event of a stream.
#[derive(Debug, Clone, PartialEq)]
pub struct StreamEvent {
    pub id: String,
    pub name: String,
    pub data: Value,
}

impl TestApp {
    /// Opens a stream after the event `last`, if it is given, and takes its first event.
    pub async fn follow(&self, path: &str, last: Option<&str>) -> EventStream {
        let (stream, first) = self.follow_as(path, last, None).await;
        assert_eq!(first.name, "ready");
        stream
    }

    /// The same with credentials, and the first event, whatever it is.
    pub async fn follow_as(
        &self,
        path: &str,
        last: Option<&str>,
        bearer: Option<&str>,
    ) -> (EventStream, StreamEvent) {
        let url = format!("{}/api/v1{path}", self.base());
        let mut request = self.http().get(&url).header("accept", "text/event-stream");
        if let Some(last) = last {
            request = request.header("last-event-id", last);
        }
        if let Some(bearer) = bearer {
            request = request.bearer_auth(bearer);
        }
        let response = request.send().await.expect("an answer");
        assert_eq!(response.status(), 200, "{path}");
        assert_eq!(response.headers()["content-type"], "text/event-stream");
        let mut stream = EventStream {
            response,
            received: Vec::new(),
        };
        let first = stream.next().await.expect("a first event");
        (stream, first)
    }
}

impl EventStream {
    /// The next event; `None` when the stream has ended.
    ///
    /// # Panics
    /// When neither comes in time.
    pub async fn next(&mut self) -> Option<StreamEvent> {
        timeout(PATIENCE, self.read())
            .await
            .expect("an event, or the end of the stream")
    }

    /// So many events.
    pub async fn take(&mut self, number: usize) -> Vec<StreamEvent> {
        let mut events = Vec::new();
        while events.len() < number {
            events.push(self.next().await.expect("the stream goes on"));
        }
        events
    }

    async fn read(&mut self) -> Option<StreamEvent> {
        loop {
            if let Some(end) = self.received.windows(2).position(|two| two == b"\n\n") {
                let block: Vec<u8> = self.received.drain(..end + 2).collect();
                leaks::assert_none("a stream", &block);
                if let Some(event) = parse(&String::from_utf8_lossy(&block)) {
                    return Some(event);
                }
                continue;
            }
            match self.response.chunk().await {
                Ok(Some(chunk)) => self.received.extend_from_slice(&chunk),
                // A stream has no end but that of its connection.
                Ok(None) | Err(_) => return None,
            }
        }
    }
}

/// An event, unless these lines only keep the connection open.
fn parse(block: &str) -> Option<StreamEvent> {
    let field = |name: &str| {
        block
            .lines()
            .find_map(|line| line.strip_prefix(name)?.strip_prefix(": "))
    };
    let data = field("data")?;
    Some(StreamEvent {
        id: field("id").expect("every event has an id").to_owned(),
        name: field("event").expect("every event has a name").to_owned(),
        data: serde_json::from_str(data).expect("data is JSON"),
    })
}
