//! What every handler can reach.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use domain::Timestamp;
use storage::Store;
use tokio::sync::Semaphore;

use crate::{
    admission::Admission,
    auth::{Identity, Passwords},
    bans::OldestBan,
    clock::Clock,
    config::Config,
    docs::Documents,
    error::ApiError,
    gate::Table,
    health::Readiness,
    ids::Ids,
    limits::{Limits, posted::Posted},
    live::Live,
    logging::RequestLog,
    mail::Mailer,
    metrics::Metrics,
    secret::Secret,
    site::Site,
    tallies::Tallies,
    views::Views,
};

/// The state of one running server, shared by all its threads.
pub struct App {
    /// The only door to the database.
    pub store: Store,
    /// Tells the time.
    pub clock: Arc<dyn Clock>,
    /// Draws ids.
    pub ids: Ids,
    /// The sections, the settings and the API keys, held in memory.
    pub site: Site,
    /// Whoever listens to what happens.
    pub(crate) live: Live,
    /// Issues access tokens, and knows whose they are.
    pub identity: Identity,
    /// Views that wait to be folded into the database.
    pub views: Views,
    /// The keys that derive from the root secret.
    pub secret: Secret,
    /// What the operator asked for.
    pub config: Config,
    pub(crate) oldest_ban: OldestBan,
    /// What readers send, to be added to the statistics.
    pub tallies: Tallies,
    pub(crate) passwords: Passwords,
    pub(crate) mailer: Mailer,
    /// Leave to send everything held about somebody.
    pub(crate) exports: Arc<Semaphore>,
    /// Leave to work on one of the articles that a request is about.
    pub(crate) bulk: Arc<Semaphore>,
    pub(crate) table: Table,
    pub(crate) limits: Limits,
    /// Comments of each network, for rules that ask for them.
    pub(crate) posted: Arc<Posted>,
    pub(crate) admission: Admission,
    pub(crate) documents: Documents,
    pub(crate) readiness: Readiness,
    pub(crate) metrics: Option<Metrics>,
    pub(crate) log: RequestLog,
    pub(crate) stopping: AtomicBool,
}

impl App {
    /// The present moment.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// Forgets whoever no limit and no rule counts any more.
    pub(crate) fn forget_callers(&self) {
        self.limits.tidy();
        let asked = self.site.rules().needs().seconds_by_address();
        self.posted.tidy(self.now(), asked);
    }

    /// An id for a new row.
    #[must_use]
    pub fn new_id(&self) -> i64 {
        self.ids.next(self.now())
    }

    /// Reads the sections, the settings, the API keys and the signing keys again, for what was met and is not among them.
    pub async fn reload_site(&self) -> Result<(), ApiError> {
        self.site
            .reload(&self.store, &self.identity, self.now())
            .await
    }

    /// Shows this node a change of its own to what the site holds in memory, before the change is
    /// answered, so that the next request meets it. The change is stored whatever comes of this:
    /// should the database be away now, the follower catches up.
    pub async fn show_own_change(&self) {
        if let Err(error) = self.reload_site().await {
            tracing::warn!(%error, "a stored change is not shown yet");
        }
    }

    /// Shows this node what of its own ends access tokens before their time (a session that has
    /// ended, a role or status that has changed), before that is answered. The others meet it
    /// within the second; so does this one, should the database be away now.
    pub async fn show_own_revocations(&self) {
        if let Err(error) = self.identity.look(&self.store, self.now()).await {
            tracing::warn!(%error, "a stored revocation is not shown yet");
        }
    }

    /// Whether the server is on its way out.
    pub(crate) fn is_stopping(&self) -> bool {
        self.stopping.load(Ordering::Relaxed)
    }
}

impl std::fmt::Debug for App {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("App")
            .field("config", &self.config)
            .finish_non_exhaustive()
    }
}
