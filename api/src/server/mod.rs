//! Starting, serving, and stopping in order.

mod background;
mod connection;
mod listen;
mod metrics;
mod signals;

use std::{
    io,
    net::SocketAddr,
    sync::{Arc, atomic::Ordering},
    time::Duration,
};

use actix_server::ServerHandle;
use actix_web::web::Data;
use storage::{Settings, Store};
use tokio::{
    sync::{Semaphore, watch},
    time::timeout,
};

use background::Background;
pub(crate) use connection::{Busy, Progress};
pub(crate) use signals::Signals;

use crate::{
    admission::{Admission, BULK, EXPORTS},
    auth::{Identity, Passwords},
    bans::OldestBan,
    clock::{Clock, SystemClock},
    config::Config,
    docs::Documents,
    gate::Table,
    ids::Ids,
    limits::Limits,
    live::Live,
    logging::RequestLog,
    mail::Mailer,
    metrics::Metrics,
    routes,
    secret::{Secret, SecretError},
    site::{Follower, Site},
    state::App,
    tallies::Tallies,
    views::Views,
};

/// How long a start waits for a database that says nothing.
const FIRST_MEETING: Duration = Duration::from_secs(3);

/// Why a server did not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// There is no root secret.
    #[error(transparent)]
    Secret(#[from] SecretError),
    /// The database cannot be used. One that is merely away is waited for.
    #[error(
        "The database cannot be used: {0}. Check BROADSHEET_DATABASE_URL, and that this program is as new as the database."
    )]
    Database(storage::Error),
    /// The address cannot be listened on.
    #[error(
        "Cannot listen on {address}: {cause}. Choose another address with {setting}, or stop what listens there."
    )]
    Listen {
        /// The address.
        address: String,
        /// What names it.
        setting: &'static str,
        /// What the system said.
        cause: io::Error,
    },
    /// Mail is configured in a way that cannot work.
    #[error("{0}")]
    Mail(String),
    /// Anything else of the system.
    #[error("The server cannot start: {0}")]
    System(String),
}

/// What a test passes in.
pub struct Options {
    /// Tells the time.
    pub clock: Arc<dyn Clock>,
    /// Where ids come from; `None`: seeded by the system.
    pub ids: Option<Ids>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            clock: Arc::new(SystemClock),
            ids: None,
        }
    }
}

/// A server that serves.
pub struct Running {
    /// Where it listens.
    pub addr: SocketAddr,
    /// Where it serves metrics.
    pub metrics_addr: Option<SocketAddr>,
    /// Its state.
    pub app: Data<App>,
    handles: Vec<ServerHandle>,
    draining: watch::Sender<bool>,
    background: Background,
}

impl std::fmt::Debug for Running {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Running")
            .field("addr", &self.addr)
            .finish_non_exhaustive()
    }
}

/// How to open the store that a configuration names.
#[must_use]
pub fn store_settings(config: &Config) -> Settings {
    Settings {
        readers: config.readers,
        ..Settings::new(config.database_url.expose())
    }
}

/// Starts a server. It is listening when this returns, even while its database is away.
pub async fn start(config: Config, options: Options) -> Result<Running, StartError> {
    let store = Store::open(store_settings(&config)).map_err(StartError::Database)?;
    let secret = Secret::resolve(&config)?;
    start_with(config, options, store, secret).await
}

/// [`start`] on a store that is open already.
pub async fn start_with(
    config: Config,
    options: Options,
    store: Store,
    secret: Secret,
) -> Result<Running, StartError> {
    let listener = listen::bind(&config.bind, "BROADSHEET_BIND")?;
    let addr = listener.local_addr().map_err(system)?;
    // Of port 0, the one that was free: it is in the addresses that are handed out.
    let mut config = config;
    config.bind = addr.to_string();
    let metrics_listener = config
        .metrics_bind
        .as_deref()
        .map(|address| listen::bind(address, "BROADSHEET_METRICS_BIND"))
        .transpose()?;
    let app = Data::new(state(config, options, store, secret)?);
    let follower = meet(&app).await?;
    let background = Background::start(&app, follower).map_err(system)?;
    let (draining, drain) = watch::channel(false);
    let mut handles = vec![listen::serve(&app, listener, drain).map_err(system)?];
    let metrics_addr = match metrics_listener {
        None => None,
        Some(listener) => {
            let at = listener.local_addr().map_err(system)?;
            handles.push(metrics::serve(&app, listener).map_err(system)?);
            Some(at)
        }
    };
    Ok(Running {
        addr,
        metrics_addr,
        app,
        handles,
        draining,
        background,
    })
}

fn system(cause: impl std::fmt::Display) -> StartError {
    StartError::System(cause.to_string())
}

fn state(
    config: Config,
    options: Options,
    store: Store,
    secret: Secret,
) -> Result<App, StartError> {
    let document = routes::document();
    let metrics = config
        .metrics_bind
        .is_some()
        .then(Metrics::new)
        .transpose()
        .map_err(system)?;
    let ids = match options.ids {
        Some(ids) => ids,
        None => Ids::random().map_err(system)?,
    };
    let mailer = Mailer::start(&config, Arc::clone(&options.clock))
        .map_err(|error| StartError::Mail(error.to_string()))?;
    if !config.rate_limits {
        tracing::warn!("rate limits are off: anybody may ask and guess without end");
    }
    Ok(App {
        store,
        limits: Limits::new(&config, &options.clock),
        posted: Arc::default(),
        admission: Admission::new(config.places),
        clock: options.clock,
        ids,
        site: Site::default(),
        live: Live::default(),
        oldest_ban: OldestBan::default(),
        tallies: Tallies::default(),
        identity: Identity::new(config.public_url.as_deref(), &secret),
        views: Views::new().map_err(system)?,
        secret,
        mailer,
        exports: Arc::new(Semaphore::new(EXPORTS)),
        bulk: Arc::new(Semaphore::new(BULK)),
        passwords: Passwords::start(config.passwords, &config.site_name).map_err(system)?,
        table: Table::new(&document),
        documents: Documents::new(&document).map_err(system)?,
        readiness: crate::health::Readiness::default(),
        metrics,
        log: RequestLog::start(config.log).map_err(system)?,
        stopping: false.into(),
        config,
    })
}

/// Meets the database for the first time. One that is away, or does not answer, is no reason not
/// to start; one that this program cannot use is.
async fn meet(app: &Data<App>) -> Result<Follower, StartError> {
    let app = Data::clone(app);
    let first = move || {
        let mut follower = Follower::default();
        let met = follower.look(&app);
        (follower, met)
    };
    let away = |cause: &str| {
        tracing::warn!("the database is not there yet: {cause}. Answering 503 and trying again");
    };
    match timeout(FIRST_MEETING, tokio::task::spawn_blocking(first)).await {
        Err(_) => {
            away("it does not answer");
            Ok(Follower::default())
        }
        Ok(joined) => match joined.map_err(system)? {
            (follower, Ok(())) => Ok(follower),
            (follower, Err(storage::Error::Unavailable(cause))) => {
                away(&cause);
                Ok(follower)
            }
            (_, Err(error)) => Err(StartError::Database(error)),
        },
    }
}

impl Running {
    /// Stops in order: no new connections, requests are finished, views are written, the store
    /// is closed.
    pub async fn stop(self) {
        self.app.stopping.store(true, Ordering::Relaxed);
        // Connections that only wait for their next request end now.
        let _ = self.draining.send(true);
        // Streams have no end of their own.
        self.app.live.close();
        for handle in &self.handles {
            handle.stop(true).await;
        }
        let (app, background) = (self.app, self.background);
        let last = tokio::task::spawn_blocking(move || {
            background.stop();
            if let Err(error) = app.views.fold(&app.store, app.now()) {
                tracing::error!("the last views could not be written: {error}");
            }
            if let Err(error) = app.site.uses.write(&app.store, app.now(), true) {
                tracing::error!("the last uses of API keys could not be noted: {error}");
            }
            if let Err(error) = app.tallies.fold(&app.store, app.now()) {
                tracing::error!("the last statistics of comments could not be written: {error}");
            }
            app.mailer.close();
            app.passwords.close();
            app.store.close();
            app.log.close();
        });
        if let Err(error) = last.await {
            tracing::error!("the end did not go as it should: {error}");
        }
    }
}

#[cfg(test)]
mod tests {
    use actix_web::{
        App as ActixApp, HttpResponse, http::StatusCode, middleware::from_fn, test as service_test,
        web,
    };

    use super::*;
    use crate::config::{Hidden, LogFormat};
    use crate::error::ApiError;

    fn app(folder: &tempfile::TempDir) -> Data<App> {
        let mut config = Config::default();
        let file = folder.path().join("news.db");
        config.database_url = Hidden::new(format!("sqlite://{}", file.display()));
        config.metrics_bind = Some("127.0.0.1:0".to_owned());
        config.log = LogFormat::Off;
        let store = Store::open(store_settings(&config)).unwrap();
        store.migrate().unwrap();
        let secret = Secret::from_root(b"0123456789abcdef0123456789abcdef");
        Data::new(state(config, Options::default(), store, secret).unwrap())
    }

    async fn broken() -> HttpResponse {
        panic!("this handler is broken")
    }

    #[actix_web::test]
    async fn a_panic_is_answered_like_everything_else() {
        let folder = tempfile::tempdir().unwrap();
        let app = app(&folder);
        let service = ActixApp::new()
            .app_data(Data::clone(&app))
            .route("/livez", web::get().to(broken))
            .wrap(from_fn(crate::edge::edge));
        let service = service_test::init_service(service).await;
        let request = service_test::TestRequest::get().uri("/livez").to_request();
        let answer = match service_test::try_call_service(&service, request).await {
            Ok(answer) => answer.into_parts().1,
            Err(error) => error.error_response(),
        };
        assert_eq!(answer.status(), StatusCode::INTERNAL_SERVER_ERROR);
        for name in [
            "content-security-policy",
            "x-content-type-options",
            "x-frame-options",
            "referrer-policy",
            "cross-origin-resource-policy",
            "access-control-allow-origin",
            "x-request-id",
        ] {
            assert!(answer.headers().contains_key(name), "{name}");
        }
        assert_eq!(answer.headers().get("cache-control").unwrap(), "no-store");
        let numbers = app.metrics.as_ref().unwrap().render(&app);
        let counted = "route=\"/livez\",method=\"GET\",status=\"500\"";
        assert!(numbers.contains(counted), "{numbers}");
    }

    #[actix_web::test]
    async fn a_token_opens_public_routes_alone_until_it_is_known_what_has_ended() {
        use domain::{Role, Timestamp, id, user};
        use openapi::problem::Code;
        use std::time::Instant;

        let folder = tempfile::tempdir().unwrap();
        let (app, now) = (app(&folder), Timestamp::from_millis(1_795_428_000_000));
        let (store, identity) = (&app.store, &app.identity);
        crate::auth::rotate(store, &app.secret, now).unwrap();
        app.site.reload(store, identity, now).await.unwrap();
        let user = storage::users::User {
            id: id::UserId::from_raw(1),
            email: user::Email::parse("ada@example.org").unwrap(),
            email_verified_at: None,
            name: "Ada".to_owned(),
            password_hash: None,
            role: Role::Admin,
            status: user::UserStatus::Active,
            epoch: 0,
            version: 1,
            created_at: now,
            updated_at: now,
        };
        let session = id::SessionId::from_raw(1);
        let token = identity.issue(&user, session, 1, app.now()).unwrap();
        let ask = |path: &str| {
            let request = service_test::TestRequest::get().uri(path);
            let request = request
                .insert_header(("authorization", format!("Bearer {token}")))
                .to_http_request();
            let known = crate::gate::recognize(&request, app.table.find(path), &app, true);
            let known = known.map(drop);
            known.map_err(|stranger| ApiError::from(stranger).code())
        };
        assert!(ask("/api/v1/articles").is_ok());
        let refused = || ask("/api/v1/manage/articles") == Err(Code::Unavailable);
        assert!(refused());
        // A handler that looks at what has ended does not speak for the keys.
        app.show_own_revocations().await;
        assert!(refused());
        let long_ago = Instant::now().checked_sub(Duration::from_secs(11));
        app.site.was_current(long_ago.unwrap());
        assert!(refused());
        app.site.was_current(Instant::now());
        assert!(ask("/api/v1/manage/articles").is_ok());
    }

    #[actix_web::test]
    async fn no_secret_is_made_for_a_database_that_cannot_be() {
        let mut config = Config::default();
        config.database_url = Hidden::new("sqlite::memory:");
        let error = start(config, Options::default()).await.unwrap_err();
        assert!(matches!(error, StartError::Database(_)), "{error}");
        assert!(!std::path::Path::new(":memory:.secret").exists());
    }

    #[test]
    fn a_taken_address_is_told_by_its_setting() {
        let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let address = taken.local_addr().unwrap().to_string();
        let error = listen::bind(&address, "BROADSHEET_METRICS_BIND").unwrap_err();
        let said = error.to_string();
        assert!(
            said.contains(&address) && said.contains("BROADSHEET_METRICS_BIND"),
            "{said}"
        );
    }
}
