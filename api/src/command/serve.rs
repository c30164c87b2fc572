//! `broadsheet serve`.

use storage::{Error, Store, api_keys};

use super::Global;
use super::failure::Failure;
use super::output::{say, tell};
use super::user::has_admin;
use crate::clock::{Clock as _, SystemClock};
use crate::config::Config;
use crate::demo::{self, Loaded};
use crate::ids::Ids;
use crate::mail;
use crate::secret::Secret;
use crate::server::{self, Options, Running, Signals};

/// Serves until it is asked to stop.
pub(super) fn run(config: Config, demo: bool, global: &Global) -> Result<(), Failure> {
    raise_file_limit();
    // In this order, so that no secret is made beside a database that cannot be.
    let store = Store::open(server::store_settings(&config))?;
    let secret = Secret::resolve(&config).map_err(|error| Failure::told(error.to_string()))?;
    let ready = prepare(&store, demo)?;
    let mail = mail::notice(&config).map_err(|error| Failure::told(error.to_string()))?;
    let mut notices = notices(&store, &config, ready, global);
    notices.push(format!("  mail       {mail}"));
    let told = |error: &dyn std::fmt::Display| Failure::told(error.to_string());
    actix_web::rt::System::new().block_on(async move {
        let mut signals = Signals::listen()
            .map_err(|error| told(&format!("The system's signals cannot be heard: {error}.")))?;
        let running = server::start_with(config, Options::default(), store, secret)
            .await
            .map_err(|error| told(&error))?;
        announce(&running, &notices);
        signals.next().await;
        tell!(
            "Stopping: no new requests; finishing those that have begun. Ctrl-C again ends at once."
        );
        tokio::select! {
            () = running.stop() => Ok(()),
            () = signals.again() => {
                tell!(
                    "Ended at once: requests that had not finished were cut off, and views of \
                     the last seconds are not counted."
                );
                // Threads that still work would hold up every other way out.
                std::process::exit(1);
            }
        }
    })
}

/// Lets this process open as many files as the system lets it: every client is one, and shells give
/// their programs 1,024.
fn raise_file_limit() {
    #[cfg(target_os = "linux")]
    {
        use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
        let Rlimit { maximum, .. } = getrlimit(Resource::Nofile);
        // Without it there are fewer clients at once, which is no reason not to serve.
        let _ = setrlimit(
            Resource::Nofile,
            Rlimit {
                current: maximum,
                maximum,
            },
        );
    }
}

/// Migrates, and loads the demo newspaper if that is wanted. A server starts even when its
/// database is away, so that the order in which machines come up does not matter.
fn prepare(store: &Store, demo: bool) -> Result<bool, Failure> {
    match store.migrate() {
        Ok(_) => {}
        Err(Error::Unavailable(_)) if demo => {
            say!("The database is not there yet, so the demo newspaper was not loaded.");
            return Ok(false);
        }
        Err(Error::Unavailable(_)) => return Ok(false),
        Err(error) => return Err(error.into()),
    }
    if demo {
        let ids = Ids::random().map_err(|error| {
            Failure::new(
                format!("The system gives no randomness: {error}"),
                "Try again",
            )
        })?;
        match demo::load(store, &ids, SystemClock.now())? {
            Loaded::Filled {
                sections,
                articles,
                comments,
            } => say!(
                "Loaded the demo newspaper: {sections} sections, {articles} articles, {comments} \
                 comments."
            ),
            Loaded::NotEmpty => say!(
                "The database already holds sections or articles, so --demo changed nothing. To \
                 see the demo newspaper, give --database-url sqlite://data/demo.db."
            ),
        }
    }
    Ok(true)
}

/// What is said besides the addresses.
fn notices(store: &Store, config: &Config, ready: bool, global: &Global) -> Vec<String> {
    let mut notices = vec![format!("  database   {}", store.describe())];
    if !ready {
        notices.push("             not reachable yet; it is tried again all the time".to_owned());
    }
    let keys = if ready {
        store.read_blocking(api_keys::list).map(|keys| keys.len())
    } else {
        Ok(0)
    };
    if matches!(keys, Ok(0)) {
        let line = typed(global, "api-key create --name newsroom --role editor");
        notices.push(format!("  first key  {line}"));
    }
    if ready && matches!(has_admin(store, config), Ok(false)) {
        let line = typed(
            global,
            "user create --email you@example.org --name You --role admin",
        );
        notices.push(format!("  first user {line}"));
    }
    notices
}

/// A command on the same database, as it can be typed here.
fn typed(global: &Global, command: &str) -> String {
    let program = std::env::args()
        .next()
        .unwrap_or_else(|| "broadsheet".to_owned());
    let mut command = format!("{program} {command}");
    if let Some(path) = &global.config {
        command = format!("{command} --config {}", path.display());
    }
    if let Some(url) = &global.database_url {
        // A password is not repeated on the screen.
        let url = if url.starts_with("sqlite:") {
            url
        } else {
            "\"$DATABASE_URL\""
        };
        command = format!("{command} --database-url {url}");
    }
    command
}

fn announce(running: &Running, notices: &[String]) {
    let listening = format!("http://{}", running.addr);
    let public = running
        .app
        .config
        .public_url
        .clone()
        .unwrap_or_else(|| listening.clone());
    say!("Broadsheet {} is serving.\n", env!("CARGO_PKG_VERSION"));
    say!("  listening  {listening}");
    say!("  docs       {public}/docs");
    say!("  try        curl '{public}/api/v1/articles?limit=3'");
    if let Some(metrics) = running.metrics_addr {
        say!("  metrics    http://{metrics}/metrics");
    }
    for notice in notices {
        say!("{notice}");
    }
    if !running.app.config.rate_limits {
        say!(
            "\n  NO LIMITS  rate_limits is off: anybody may ask, and guess passwords, without end.\n             \
             That is for benchmarks and tests. Remove the setting before others can reach this."
        );
    }
    say!("\nCtrl-C stops it in order.");
}
