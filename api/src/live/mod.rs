//! Streams of what happens to comments, for readers of one article and for moderators.
//!
//! One thread of a node follows the change log of comments, for as long as anybody listens, and
//! writes each event once, for all who listen to the same [`Topic`]. A client's stream
//! ([`stream`]) takes the events from there; one that was away, or is too slow, reads what it has
//! missed from the log itself. Both go by the one order of the log, so nothing is lost where one
//! ends and the other begins, and nothing comes twice.

mod event;
mod stream;

use std::{
    collections::HashMap,
    net::IpAddr,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, AtomicI64, Ordering},
    },
    time::Duration,
};

use domain::{Timestamp, id::ArticleId};
use openapi::problem::Code;
use storage::comments::{self, CommentChange, Position};
use storage::{Error, Store};
use tokio::sync::{Mutex as Turn, broadcast};

pub(crate) use event::{Event, Topic, events};
pub(crate) use stream::{Guard, open};

use crate::{error::ApiError, limits::network, state::App};

/// How often the log is looked at while somebody listens: several votes within that time on one
/// comment are one event.
pub(crate) const LOOK_EVERY: Duration = Duration::from_millis(250);
/// How many entries of the log one look takes at a time.
const AT_ONCE: i64 = 500;
/// How many events of a topic wait for slow clients; whoever falls further behind reads the log.
const KEPT: usize = 64;
/// How often it is asked whether the articles that are listened to are public still, in
/// milliseconds.
const ASKED_EVERY: i64 = 5_000;
/// How many streams clients of one network may hold at once.
const OF_ONE_NETWORK: usize = 500;

/// Everybody who listens on this node.
#[derive(Debug, Default)]
pub(crate) struct Live {
    state: Mutex<State>,
    /// Held by whoever makes the thread begin, while it is found out where.
    beginning: Turn<()>,
    seats: Arc<Mutex<Seats>>,
    closed: AtomicBool,
    asked_at: AtomicI64,
}

#[derive(Debug, Default)]
struct State {
    /// Up to where the log was told; none while nobody listens.
    position: Option<Position>,
    topics: HashMap<Topic, broadcast::Sender<Event>>,
}

/// The streams that are open, by the network of their client.
#[derive(Debug, Default)]
struct Seats {
    taken: usize,
    of: HashMap<IpAddr, usize>,
}

/// One open stream; dropping it makes room.
#[derive(Debug)]
pub(crate) struct Seat {
    seats: Arc<Mutex<Seats>>,
    network: Option<IpAddr>,
}

impl Drop for Seat {
    fn drop(&mut self) {
        let mut seats = held(&self.seats);
        seats.taken = seats.taken.saturating_sub(1);
        if let Some(network) = self.network
            && let Some(number) = seats.of.get_mut(&network)
        {
            *number = number.saturating_sub(1);
            if *number == 0 {
                seats.of.remove(&network);
            }
        }
    }
}

fn held<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// What somebody who listens is told from now on.
pub(crate) struct Subscription {
    /// Events after `position`.
    pub(crate) events: broadcast::Receiver<Event>,
    /// Up to here everything has been told already.
    pub(crate) position: Position,
}

impl Live {
    /// Takes a place for one more stream. The server has so many, and so has each network as long as
    /// anything is limited.
    pub(crate) fn take_seat(&self, app: &App, client: Option<IpAddr>) -> Result<Seat, ApiError> {
        let network = client.map(network).filter(|_| app.config.rate_limits);
        let mut seats = held(&self.seats);
        if self.closed.load(Ordering::Acquire) {
            return Err(ApiError::unavailable());
        }
        if seats.taken >= app.config.streams {
            let detail = "As many streams are open as this server has room for.";
            return Err(ApiError::new(Code::Overloaded, detail).retry_after(5));
        }
        if let Some(network) = network {
            let number = seats.of.entry(network).or_default();
            if *number >= OF_ONE_NETWORK {
                let detail = "As many streams are open from your network as it may have.";
                return Err(ApiError::new(Code::TooManyRequests, detail).retry_after(30));
            }
            *number = number.saturating_add(1);
        }
        seats.taken = seats.taken.saturating_add(1);
        Ok(Seat {
            seats: Arc::clone(&self.seats),
            network,
        })
    }

    /// How many streams are open.
    pub(crate) fn open_streams(&self) -> usize {
        held(&self.seats).taken
    }

    /// Listens to a topic. The first one to listen finds out where the log ends.
    pub(crate) async fn subscribe(
        &self,
        store: &Store,
        topic: Topic,
    ) -> Result<Subscription, ApiError> {
        if let Some(subscription) = self.join(topic) {
            return Ok(subscription);
        }
        let _turn = self.beginning.lock().await;
        // Somebody else may have begun meanwhile.
        if let Some(subscription) = self.join(topic) {
            return Ok(subscription);
        }
        let head = store.read(comments::head).await.map_err(ApiError::from)?;
        let mut state = held(&self.state);
        if self.closed.load(Ordering::Acquire) {
            return Err(ApiError::unavailable());
        }
        state.position = Some(head);
        Ok(state.join(topic, head))
    }

    fn join(&self, topic: Topic) -> Option<Subscription> {
        let mut state = held(&self.state);
        let position = state.position?;
        Some(state.join(topic, position))
    }

    /// Looks once at what has happened, and tells whoever listens. Without anybody no statement.
    pub(crate) fn look(&self, app: &App) -> Result<(), Error> {
        let Some(mut position) = self.listened_to() else {
            return Ok(());
        };
        self.close_what_is_gone(app)?;
        loop {
            let after = position;
            let changes = app
                .store
                .read_blocking(move |conn| comments::changes_after(conn, None, after, AT_ONCE))?;
            let Some(last) = changes.last() else {
                return Ok(());
            };
            position = last.position;
            let more = i64::try_from(changes.len()).is_ok_and(|number| number >= AT_ONCE);
            let events = self.events(app, changes)?;
            held(&self.state).tell(events, position);
            if !more {
                return Ok(());
            }
        }
    }

    /// Up to where the log was told, if anybody listens.
    fn listened_to(&self) -> Option<Position> {
        let mut state = held(&self.state);
        state.topics.retain(|_, sender| sender.receiver_count() > 0);
        if state.topics.is_empty() {
            state.position = None;
        }
        state.position
    }

    /// The events of these changes, for each topic that is listened to.
    fn events(
        &self,
        app: &App,
        changes: Vec<CommentChange>,
    ) -> Result<Vec<(Topic, Vec<Event>)>, Error> {
        let topics: Vec<Topic> = held(&self.state).topics.keys().copied().collect();
        let mut of: HashMap<ArticleId, Vec<CommentChange>> = HashMap::new();
        let desk = topics.contains(&Topic::Desk).then(|| changes.clone());
        for change in changes {
            of.entry(change.article).or_default().push(change);
        }
        let mut told = Vec::new();
        for topic in topics {
            let changes = match topic {
                Topic::Article(article) => of.remove(&article),
                Topic::Desk => desk.clone(),
            };
            let Some(changes) = changes else { continue };
            let (secret, now) = (app.secret.clone(), app.now());
            let events = app
                .store
                .read_blocking(move |conn| events(conn, &secret, topic, &changes, now))?;
            told.push((topic, events));
        }
        Ok(told)
    }

    /// Ends the streams of articles that are not public any more.
    fn close_what_is_gone(&self, app: &App) -> Result<(), Error> {
        let now = app.now();
        let last = self.asked_at.load(Ordering::Relaxed);
        if (0..ASKED_EVERY).contains(&now.as_millis().saturating_sub(last)) {
            return Ok(());
        }
        self.asked_at.store(now.as_millis(), Ordering::Relaxed);
        let listened = held(&self.state).articles();
        let public = public_among(&app.store, &listened, now)?;
        let mut state = held(&self.state);
        for article in listened {
            if !public.contains(&article) {
                state.topics.remove(&Topic::Article(article));
            }
        }
        Ok(())
    }

    /// Ends all streams, and lets nobody listen any more.
    pub(crate) fn close(&self) {
        self.closed.store(true, Ordering::Release);
        *held(&self.state) = State::default();
    }
}

/// How many articles are asked about in one statement.
const ARTICLES: usize = 100;

fn public_among(
    store: &Store,
    articles: &[ArticleId],
    now: Timestamp,
) -> Result<Vec<ArticleId>, Error> {
    let mut public = Vec::new();
    for some in articles.chunks(ARTICLES) {
        let some = some.to_vec();
        let counts = store.read_blocking(move |conn| comments::counts(conn, &some, now))?;
        public.extend(counts.into_keys());
    }
    Ok(public)
}

impl State {
    fn join(&mut self, topic: Topic, position: Position) -> Subscription {
        let sender = self
            .topics
            .entry(topic)
            .or_insert_with(|| broadcast::channel(KEPT).0);
        Subscription {
            events: sender.subscribe(),
            position,
        }
    }

    /// Sends events, and notes up to where everything is told: at once, so that whoever begins to
    /// listen knows what is still to come.
    fn tell(&mut self, events: Vec<(Topic, Vec<Event>)>, position: Position) {
        for (topic, events) in events {
            let Some(sender) = self.topics.get(&topic) else {
                continue;
            };
            for event in events {
                // Nobody may be left to hear it.
                let _ = sender.send(event);
            }
        }
        if self.position.is_some() {
            self.position = Some(position);
        }
    }

    fn articles(&self) -> Vec<ArticleId> {
        let article = |topic: &Topic| match topic {
            Topic::Article(article) => Some(*article),
            Topic::Desk => None,
        };
        self.topics.keys().filter_map(article).collect()
    }
}
