//! The stream of one client.

use std::{
    collections::VecDeque,
    net::IpAddr,
    time::{Duration, Instant},
};

use actix_web::{
    HttpMessage as _, HttpRequest, HttpResponse,
    http::{
        StatusCode,
        header::{AUTHORIZATION, CACHE_CONTROL, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue},
    },
    web::{Bytes, Data},
};
use domain::{Access, access::may};
use futures_util::{Stream, stream};
use serde_json::json;
use storage::comments::{self, Position};
use tokio::{
    select,
    sync::broadcast::{Receiver, error::RecvError},
    time::{Interval, MissedTickBehavior, interval},
};

use super::{Event, Seat, Topic, event::events};
use crate::{
    auth::identify,
    error::ApiError,
    extract::{LastEventId, WithoutBody},
    server::{Busy, Progress},
    state::App,
};

/// So many entries of the log are read at a time by whoever has missed some.
const SLICE: i64 = 20;
/// How often something is sent in any case: proxies close what is silent, and a client that is gone
/// is not found out otherwise.
const BEAT: Duration = Duration::from_secs(15);
/// How often it is asked whether somebody may still listen who had to say who they are.
const GUARDED_BEAT: Duration = Duration::from_secs(4);
/// A line that means nothing to a client.
const NOTHING: Bytes = Bytes::from_static(b":\n\n");
/// Clients come back after this many milliseconds at least, and not all at once.
const RETRY: i64 = 2_000;
const RETRY_SPREAD: i64 = 3_000;

/// Says to nginx what it would not take from `Cache-Control`.
const UNBUFFERED: HeaderName = HeaderName::from_static("x-accel-buffering");

/// Who may listen, for as long as they may.
#[derive(Debug)]
pub(crate) struct Guard {
    access: Access,
    credentials: HeaderMap,
}

impl Guard {
    /// Asks again and again whether whoever sent this request may still do this.
    pub(crate) fn of(request: &HttpRequest, access: Access) -> Self {
        let mut credentials = HeaderMap::new();
        for value in request.headers().get_all(AUTHORIZATION) {
            credentials.append(AUTHORIZATION, value.clone());
        }
        Self {
            access,
            credentials,
        }
    }

    fn admits(&self, app: &App) -> bool {
        identify(&self.credentials, self.access, app, true)
            .is_ok_and(|actor| may(&actor, self.access).is_ok())
    }
}

/// Answers with the events of a topic: from now on, or from where the client was cut off.
pub(crate) async fn open(
    app: Data<App>,
    request: &HttpRequest,
    topic: Topic,
    client: Option<IpAddr>,
    last: LastEventId,
    guard: Option<Guard>,
) -> Result<HttpResponse, ApiError> {
    let asked = last.0.map(|id| topic.position_of(&app.secret, &id));
    let asked = asked.transpose()?;
    let mut answer = HttpResponse::build(StatusCode::OK);
    answer
        .insert_header((CONTENT_TYPE, "text/event-stream"))
        .insert_header((CACHE_CONTROL, HeaderValue::from_static("no-store")))
        .insert_header((UNBUFFERED, "no"));
    if request.extensions().contains::<WithoutBody>() {
        return Ok(answer.finish());
    }
    let seat = app.live.take_seat(&app, client)?;
    let subscription = app.live.subscribe(&app.store, topic).await?;
    let start = Start::of(&app, asked, subscription.position).await?;
    let first = start.event(&app, topic)?;
    let beat = if guard.is_some() { GUARDED_BEAT } else { BEAT };
    let mut beat = interval(beat);
    beat.set_missed_tick_behavior(MissedTickBehavior::Delay);
    beat.reset();
    let busy = request.conn_data::<Progress>().map(Progress::busy);
    let mut listener = Listener {
        topic,
        events: subscription.events,
        position: start.position,
        behind: false,
        ready: VecDeque::from([first]),
        beat,
        guard,
        asked: Instant::now(),
        app,
        _seat: seat,
        _busy: busy,
    };
    // The thread may be about to tell what came before this stream was there to hear it. A log that cannot
    // be read is found out here, where it can still be said.
    listener.catch_up().await?;
    Ok(answer.streaming(listener.stream()))
}

/// Where a stream begins.
#[derive(Debug, Clone, Copy)]
struct Start {
    position: Position,
    /// Whether the client was at a place that this log does not have: the database was restored
    /// since, and what it has seen may never have happened.
    reset: bool,
}

impl Start {
    /// `told`: up to where this node has told its log.
    async fn of(app: &App, asked: Option<Position>, told: Position) -> Result<Self, ApiError> {
        let at = |position| Self {
            position,
            reset: false,
        };
        let Some(asked) = asked else {
            return Ok(at(told));
        };
        if asked <= told {
            return Ok(at(asked));
        }
        let head = app.store.read(comments::head).await;
        let head = head.map_err(ApiError::from)?;
        Ok(Self {
            position: asked.min(head),
            reset: asked > head,
        })
    }

    /// What a client is sent first.
    fn event(self, app: &App, topic: Topic) -> Result<Bytes, ApiError> {
        let retry = RETRY + app.new_id().rem_euclid(RETRY_SPREAD);
        let name = if self.reset { "reset" } else { "ready" };
        let event = Event::new(&app.secret, topic, self.position, name, &json!({}))?;
        let mut text = format!("retry: {retry}\n").into_bytes();
        text.extend_from_slice(&event.text);
        Ok(Bytes::from(text))
    }
}

/// One client that listens. It holds a few events at most: the others lie in the topic for
/// everybody, or in the log.
struct Listener {
    app: Data<App>,
    topic: Topic,
    events: Receiver<Event>,
    /// Up to here the client was told everything.
    position: Position,
    /// Whether the log has something that does not come from the topic any more.
    behind: bool,
    ready: VecDeque<Bytes>,
    beat: Interval,
    guard: Option<Guard>,
    /// When it was last asked whether whoever listens still may.
    asked: Instant,
    _seat: Seat,
    /// Keeps the connection from being taken for one that waits for its next request.
    _busy: Option<Busy>,
}

impl Listener {
    fn stream(self) -> impl Stream<Item = Result<Bytes, ApiError>> {
        stream::try_unfold(self, async |mut listener| {
            let text = listener.next().await?;
            Ok(text.map(|text| (text, listener)))
        })
    }

    /// What is sent next; `None` ends the stream.
    async fn next(&mut self) -> Result<Option<Bytes>, ApiError> {
        loop {
            if !self.may_listen() {
                return Ok(None);
            }
            if let Some(text) = self.ready.pop_front() {
                return Ok(Some(text));
            }
            if self.behind {
                self.catch_up().await?;
                continue;
            }
            select! {
                event = self.events.recv() => match event {
                    Ok(event) if event.position > self.position => {
                        self.position = event.position;
                        return Ok(Some(event.text));
                    }
                    Ok(_) => {}
                    Err(RecvError::Lagged(_)) => self.behind = true,
                    Err(RecvError::Closed) => return Ok(None),
                },
                _ = self.beat.tick() => {
                    return Ok(self.may_listen().then_some(NOTHING));
                }
            }
        }
    }

    /// Whether whoever listens still may, asked every few seconds.
    fn may_listen(&mut self) -> bool {
        let Some(guard) = &self.guard else {
            return true;
        };
        if self.asked.elapsed() < GUARDED_BEAT {
            return true;
        }
        self.asked = Instant::now();
        guard.admits(&self.app)
    }

    /// Reads the next entries of the log.
    async fn catch_up(&mut self) -> Result<(), ApiError> {
        let (topic, after) = (self.topic, self.position);
        let (app, now) = (Data::clone(&self.app), self.app.now());
        let article = match topic {
            Topic::Article(article) => Some(article),
            Topic::Desk => None,
        };
        let read = self.app.store.read(move |conn| {
            let changes = comments::changes_after(conn, article, after, SLICE)?;
            let events = events(conn, &app.secret, topic, &changes, now)?;
            let end = changes.last().map(|last| last.position);
            let more = i64::try_from(changes.len()).is_ok_and(|number| number >= SLICE);
            Ok::<_, ApiError>((events, end, more))
        });
        let (events, end, more) = read.await?;
        self.position = end.unwrap_or(self.position);
        self.behind = more;
        self.ready
            .extend(events.into_iter().map(|event| event.text));
        Ok(())
    }
}
