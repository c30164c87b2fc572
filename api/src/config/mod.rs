//! What the operator can set: in the environment, in a TOML file, and by flags, which win.
//!
//! One table names every setting. The environment variable of `bind` is `BROADSHEET_BIND`, its
//! key in the file is `bind`. A name that is not in the table is an error, because a setting
//! that is silently ignored is found out when it is too late.

mod amounts;
mod error;
mod keys;
mod values;

use std::{
    collections::BTreeMap,
    ffi::OsString,
    fmt, fs,
    path::{Path, PathBuf},
    time::Duration,
};

pub use amounts::{Limits, PasswordRules, Places, Quota};
use domain::comment::Levels;
pub use error::{ConfigError, Source};
use ipnet::IpNet;
pub use keys::{KEYS, Key};

use crate::{extract::closest, popular::LOOK_EVERY, respond::Windows};

/// What all environment variables begin with.
const PREFIX: &str = "BROADSHEET_";
/// Variables that belong to the test suite.
const TEST_PREFIX: &str = "BROADSHEET_TEST_";
/// The variable that names the file.
const FILE: &str = "BROADSHEET_CONFIG";

/// A text that is never shown.
#[derive(Clone, PartialEq, Eq)]
pub struct Hidden(String);

impl Hidden {
    /// Hides a text.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The text.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Hidden {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("(hidden)")
    }
}

/// How requests and events are logged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogFormat {
    /// For people when stderr is a terminal, JSON otherwise.
    Auto,
    /// For people.
    Human,
    /// One JSON object per line.
    Json,
    /// No line per request; events as with `Auto`.
    Off,
}

/// Which database a URL leads to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Database {
    /// A file.
    Sqlite(PathBuf),
    /// A server.
    Postgres,
}

/// Everything that can be set.
#[derive(Debug, Clone)]
pub struct Config {
    /// Where to listen, `host:port`. Port 0 takes any that is free.
    pub bind: String,
    /// `sqlite://path` or `postgres://…`.
    pub database_url: Hidden,
    /// The address clients use, without a slash at the end. `None`: `http://` and where it listens.
    pub public_url: Option<String>,
    /// The root secret.
    pub secret: Option<Hidden>,
    /// The file that holds it.
    pub secret_file: Option<PathBuf>,
    /// Peers whose forwarding headers are believed.
    pub trusted_proxies: Vec<IpNet>,
    /// Origins whose pages may write.
    pub cors_origins: Vec<String>,
    /// Where to serve metrics; `None`: nowhere.
    pub metrics_bind: Option<String>,
    /// Whether anything is limited. Off is for benchmarks and tests.
    pub rate_limits: bool,
    /// How much is allowed.
    pub limits: Limits,
    /// How much is worked on at once. For tests; not a setting.
    pub places: Places,
    /// The name of the newspaper.
    pub site_name: String,
    /// Whether readers can make accounts by themselves.
    pub registration: bool,
    /// How many levels a thread of comments has.
    pub comment_levels: Levels,
    /// What passwords may be, and what hashing them costs.
    pub passwords: PasswordRules,
    /// Days after which everybody signs in again.
    pub session_days: u16,
    /// Days without use after which a session ends.
    pub session_idle_days: u16,
    /// How mail is sent: a URL, or `log`; `None`: not at all.
    pub mail: Option<Hidden>,
    /// Who mails come from.
    pub mail_from: Option<domain::user::Email>,
    /// The page that links in mails lead to, without a slash at the end.
    pub account_url: Option<String>,
    /// How to log.
    pub log: LogFormat,
    /// Threads that serve requests; 0: one for each core.
    pub workers: usize,
    /// Threads that read from the database; 0: as the store chooses.
    pub readers: usize,
    /// How many streams of events may be open at once.
    pub streams: usize,
    /// How long shared caches keep public answers.
    pub cache: Windows,
    /// How long a connection may wait for its next request.
    pub keep_alive: Duration,
    /// How long requests may take to finish when the server stops.
    pub shutdown: Duration,
    /// Whom to tell about a vulnerability: a `mailto:` or `https:` URL.
    pub security_contact: Option<String>,
    /// How often the change log is looked at. For tests; not a setting.
    pub follow_every: Duration,
    /// How often whoever listens is told what is new. For tests; not a setting.
    pub live_every: Duration,
    /// How soon after the start what is too old is thrown away, and unfinished erasures go on, for
    /// the first time. For tests; not a setting.
    pub sweep_after: Duration,
    /// How often it is looked whether a ranking of what is read most is due. For tests; not a
    /// setting.
    pub rank_every: Duration,
    /// How long a request about many articles goes on beginning with one after another. For tests;
    /// not a setting.
    pub bulk_time: Duration,
    sources: BTreeMap<&'static str, Source>,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            bind: "127.0.0.1:8080".to_owned(),
            database_url: Hidden::new("sqlite://data/broadsheet.db"),
            public_url: None,
            secret: None,
            secret_file: None,
            trusted_proxies: Vec::new(),
            cors_origins: Vec::new(),
            metrics_bind: None,
            rate_limits: true,
            limits: Limits::default(),
            places: Places::default(),
            site_name: "Broadsheet".to_owned(),
            registration: true,
            comment_levels: Levels::default(),
            passwords: PasswordRules::default(),
            session_days: 90,
            session_idle_days: 14,
            mail: None,
            mail_from: None,
            account_url: None,
            log: LogFormat::Auto,
            workers: 0,
            readers: 0,
            streams: 10_000,
            cache: Windows::default(),
            keep_alive: Duration::from_secs(5),
            shutdown: Duration::from_secs(30),
            security_contact: None,
            follow_every: Duration::from_millis(500),
            live_every: crate::live::LOOK_EVERY,
            sweep_after: Duration::from_secs(1),
            rank_every: LOOK_EVERY,
            bulk_time: Duration::from_secs(20),
            sources: BTreeMap::new(),
        }
    }
}

/// The variables that are text. One of ours that is not is no reason to go on without it.
fn texts(
    variables: impl IntoIterator<Item = (OsString, OsString)>,
) -> Result<Vec<(String, String)>, ConfigError> {
    let mut texts = Vec::new();
    for (name, value) in variables {
        let Ok(name) = name.into_string() else {
            continue;
        };
        match value.into_string() {
            Ok(value) => texts.push((name, value)),
            Err(_) if name.starts_with(PREFIX) => return Err(ConfigError::NotText { name }),
            Err(_) => {}
        }
    }
    Ok(texts)
}

impl Config {
    /// Reads the environment of this process, the file it names, and the flags that were given
    /// (by the names of the settings).
    pub fn load(flags: &[(&str, String)]) -> Result<Self, ConfigError> {
        Self::from_sources(texts(std::env::vars_os())?, flags)
    }

    /// [`Config::load`] with an environment that is given.
    pub fn from_sources(
        environment: impl IntoIterator<Item = (String, String)>,
        flags: &[(&str, String)],
    ) -> Result<Self, ConfigError> {
        let environment: BTreeMap<String, String> = environment
            .into_iter()
            .filter(|(name, _)| name.starts_with(PREFIX) && !name.starts_with(TEST_PREFIX))
            .collect();
        let flagged_file = flags
            .iter()
            .find(|(name, _)| *name == "config")
            .map(|(_, value)| value);
        let mut config = Self::default();
        if let Some(path) = flagged_file.or_else(|| environment.get(FILE)) {
            config.read_file(Path::new(path))?;
        }
        for (name, value) in environment.iter().filter(|(name, _)| *name != FILE) {
            let key = KEYS
                .iter()
                .find(|key| key.variable() == *name)
                .ok_or_else(|| {
                    let variables: Vec<String> = KEYS.iter().map(Key::variable).collect();
                    unknown(name, name, variables.iter().map(String::as_str))
                })?;
            config.set(key, value, Source::Environment(name.clone()))?;
        }
        for (name, value) in flags.iter().filter(|(name, _)| *name != "config") {
            let key = KEYS
                .iter()
                .find(|key| key.name == *name)
                .ok_or_else(|| unknown(name, name, KEYS.iter().map(|key| key.name)))?;
            config.set(key, value, Source::Flag(name.replace('_', "-")))?;
        }
        Ok(config)
    }

    fn read_file(&mut self, path: &Path) -> Result<(), ConfigError> {
        let failed = |cause: String| ConfigError::File {
            path: path.to_owned(),
            cause,
        };
        let text = fs::read_to_string(path).map_err(|error| failed(error.to_string()))?;
        let table: toml::Table = text
            .parse()
            .map_err(|error: toml::de::Error| failed(error.to_string().trim_end().to_owned()))?;
        for (name, value) in &table {
            let key = KEYS.iter().find(|key| key.name == name).ok_or_else(|| {
                let origin = format!("`{name}` in {}", path.display());
                unknown(&origin, name, KEYS.iter().map(|key| key.name))
            })?;
            let source = Source::File(path.to_owned());
            let text = scalar(value).ok_or_else(|| ConfigError::Invalid {
                key: key.name,
                origin: source.clone(),
                detail: "a text, a number, true or false, or a list of texts belongs here"
                    .to_owned(),
            })?;
            self.set(key, &text, source)?;
        }
        Ok(())
    }

    fn set(&mut self, key: &'static Key, value: &str, source: Source) -> Result<(), ConfigError> {
        (key.set)(self, value.trim()).map_err(|detail| ConfigError::Invalid {
            key: key.name,
            origin: source.clone(),
            detail,
        })?;
        self.sources.insert(key.name, source);
        Ok(())
    }

    /// Every setting with what is in force and where it came from, secrets hidden.
    #[must_use]
    pub fn in_force(&self) -> Vec<(&'static Key, String, Source)> {
        KEYS.iter()
            .map(|key| {
                let source = self
                    .sources
                    .get(key.name)
                    .cloned()
                    .unwrap_or(Source::Default);
                (key, (key.show)(self), source)
            })
            .collect()
    }

    /// What every absolute address of ours begins with, without a slash at the end.
    #[must_use]
    pub fn origin(&self) -> String {
        let public = self.public_url.clone();
        public.unwrap_or_else(|| format!("http://{}", self.bind))
    }

    /// Which database the URL leads to.
    #[must_use]
    pub fn database(&self) -> Database {
        let url = self.database_url.expose();
        url.strip_prefix("sqlite://")
            .or_else(|| url.strip_prefix("sqlite:"))
            .map_or(Database::Postgres, |path| {
                Database::Sqlite(PathBuf::from(path.split('?').next().unwrap_or(path)))
            })
    }

    /// The URL without the password it may hold.
    #[must_use]
    pub fn database_shown(&self) -> String {
        let Ok(mut url) = url::Url::parse(self.database_url.expose()) else {
            return "(not a URL)".to_owned();
        };
        if url.password().is_some() && url.set_password(Some("hidden")).is_err() {
            return "(hidden)".to_owned();
        }
        if url.query_pairs().any(|(name, _)| name.contains("password")) {
            url.set_query(None);
        }
        if url.scheme() == "sqlite" {
            self.database_url.expose().to_owned()
        } else {
            url.to_string()
        }
    }
}

fn unknown<'n>(origin: &str, name: &str, names: impl IntoIterator<Item = &'n str>) -> ConfigError {
    ConfigError::Unknown {
        origin: origin.to_owned(),
        suggestion: closest(
            &name.to_lowercase(),
            names.into_iter().collect::<Vec<_>>().iter().copied(),
        )
        .map(str::to_owned)
        .or_else(|| nearest_variable(name)),
    }
}

/// Variables are in capitals, which the comparison of names does not see.
fn nearest_variable(name: &str) -> Option<String> {
    let short = name.strip_prefix(PREFIX)?.to_lowercase();
    let key = closest(&short, KEYS.iter().map(|key| key.name))?;
    KEYS.iter()
        .find(|known| known.name == key)
        .map(Key::variable)
}

fn scalar(value: &toml::Value) -> Option<String> {
    match value {
        toml::Value::String(text) => Some(text.clone()),
        toml::Value::Integer(number) => Some(number.to_string()),
        toml::Value::Boolean(true) => Some("on".to_owned()),
        toml::Value::Boolean(false) => Some("off".to_owned()),
        toml::Value::Array(items) => {
            let items: Option<Vec<String>> = items.iter().map(scalar).collect();
            items.map(|items| items.join(","))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn from(variables: &[(&str, &str)], flags: &[(&str, String)]) -> Result<Config, ConfigError> {
        let variables = variables
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        Config::from_sources(variables, flags)
    }

    #[test]
    fn flags_win_over_the_environment_and_that_over_the_file() {
        let path = std::env::temp_dir().join(format!("broadsheet-{}.toml", std::process::id()));
        fs::write(&path, "bind = \"[::1]:1\"\nworkers = 3\nrate_limits = false\ncors_origins = [\"https://a.example\"]\n").unwrap();
        let file = path.display().to_string();
        let config = from(
            &[
                ("BROADSHEET_CONFIG", &file),
                ("BROADSHEET_BIND", "127.0.0.1:2"),
                ("HOME", "/"),
            ],
            &[("bind", "127.0.0.1:3".to_owned())],
        )
        .unwrap();
        assert_eq!(config.bind, "127.0.0.1:3");
        assert_eq!((config.workers, config.rate_limits), (3, false));
        assert_eq!(config.cors_origins, ["https://a.example"]);
        let shown = config.in_force();
        assert!(
            shown
                .iter()
                .any(|(key, _, source)| key.name == "bind" && source.to_string() == "--bind")
        );
        fs::remove_file(path).unwrap();
    }

    #[test]
    fn unknown_names_are_errors_with_a_suggestion() {
        let error = from(&[("BROADSHEET_BNID", "x")], &[])
            .unwrap_err()
            .to_string();
        assert!(error.contains("BROADSHEET_BIND"), "{error}");
        let error = from(&[("BROADSHEET_DATABASE", "x")], &[])
            .unwrap_err()
            .to_string();
        assert!(error.contains("BROADSHEET_DATABASE_URL"), "{error}");
        assert!(from(&[("BROADSHEET_TEST_POSTGRES_URL", "x")], &[]).is_ok());
    }

    #[test]
    fn values_that_do_not_fit_are_errors() {
        for (name, value) in [
            ("BROADSHEET_RATE_LIMITS", "maybe"),
            ("BROADSHEET_WORKERS", "many"),
            ("BROADSHEET_DATABASE_URL", "mysql://x"),
            ("BROADSHEET_CORS_ORIGINS", "https://a.example/path"),
            ("BROADSHEET_CORS_ORIGINS", "*"),
            ("BROADSHEET_CORS_ORIGINS", "null"),
            ("BROADSHEET_TRUSTED_PROXIES", "everyone"),
            ("BROADSHEET_TRUSTED_PROXIES", "10.0.0.0/33"),
            ("BROADSHEET_TRUSTED_PROXIES", "10.0.0.0/"),
            ("BROADSHEET_PUBLIC_URL", "news.example"),
            ("BROADSHEET_LOG", "loud"),
            ("BROADSHEET_BIND", "8080"),
            ("BROADSHEET_SECURITY_CONTACT", "me"),
        ] {
            assert!(from(&[(name, value)], &[]).is_err(), "{name}={value}");
        }
    }

    #[cfg(unix)]
    #[test]
    fn a_variable_that_is_not_text_is_an_error() {
        use std::os::unix::ffi::OsStringExt as _;
        let broken = || OsString::from_vec(vec![0xff]);
        let ours = texts([("BROADSHEET_SECRET_FILE".into(), broken())]);
        assert!(
            ours.unwrap_err()
                .to_string()
                .contains("BROADSHEET_SECRET_FILE")
        );
        assert!(texts([("OTHER".into(), broken())]).unwrap().is_empty());
    }

    #[test]
    fn proxies_are_addresses_or_networks() {
        let networks = "10.0.0.0/8, 192.0.2.7,2001:db8::/32,::1";
        let config = from(&[("BROADSHEET_TRUSTED_PROXIES", networks)], &[]).unwrap();
        assert_eq!(config.trusted_proxies.len(), 4);
        let shown = config.in_force();
        let (_, value, _) = shown
            .iter()
            .find(|(key, ..)| key.name == "trusted_proxies")
            .unwrap();
        assert_eq!(value, "10.0.0.0/8,192.0.2.7,2001:db8::/32,::1");
        let none = from(&[("BROADSHEET_TRUSTED_PROXIES", "")], &[]).unwrap();
        assert!(none.trusted_proxies.is_empty());
    }

    #[test]
    fn nothing_secret_is_shown() {
        let config = from(
            &[
                ("BROADSHEET_SECRET", "0123456789abcdef0123456789abcdef"),
                (
                    "BROADSHEET_DATABASE_URL",
                    "postgres://news:topsecret@db/news",
                ),
            ],
            &[],
        )
        .unwrap();
        let shown = format!("{config:?} {:?}", config.in_force());
        assert!(
            !shown.contains("0123456789") && !shown.contains("topsecret"),
            "{shown}"
        );
        assert_eq!(config.database(), Database::Postgres);
    }
}
