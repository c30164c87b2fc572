//! The table of settings: name, meaning, how it is read and how it is shown.

use std::path::PathBuf;

use domain::comment::Levels;

use super::{
    Config, Hidden, LogFormat,
    values::{
        address, list, mail, mail_shown, network, number, one_network, origin, quota, seconds,
        shown, switch, web_url,
    },
};

/// One setting.
pub struct Key {
    /// Its name in the file, and, in capitals behind `BROADSHEET_`, in the environment.
    pub name: &'static str,
    /// What it does.
    pub help: &'static str,
    pub(super) set: fn(&mut Config, &str) -> Result<(), String>,
    pub(super) show: fn(&Config) -> String,
}

impl std::fmt::Debug for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name)
    }
}

impl Key {
    /// The environment variable.
    #[must_use]
    pub fn variable(&self) -> String {
        format!("BROADSHEET_{}", self.name.to_uppercase())
    }
}

/// Every setting there is.
pub const KEYS: &[Key] = &[
    Key {
        name: "bind",
        help: "Where to listen, as host:port.",
        set: |config, value| address(value).map(|value| config.bind = value),
        show: |config| config.bind.clone(),
    },
    Key {
        name: "database_url",
        help: "sqlite://path or postgres://user:password@host/database.",
        set: |config, value| {
            let known = ["sqlite:", "postgres://", "postgresql://"];
            if !known.iter().any(|scheme| value.starts_with(scheme)) {
                return Err("it begins with sqlite:// or postgres://".to_owned());
            }
            config.database_url = Hidden::new(value);
            Ok(())
        },
        show: Config::database_shown,
    },
    Key {
        name: "public_url",
        help: "The address clients use, such as https://news.example.",
        set: |config, value| web_url(value).map(|value| config.public_url = Some(value)),
        show: |config| shown(config.public_url.as_deref()),
    },
    Key {
        name: "secret",
        help: "The root secret, the same on every node.",
        set: |config, value| {
            config.secret = Some(Hidden::new(value));
            Ok(())
        },
        show: |config| shown(config.secret.as_ref().map(|_| "(hidden)")),
    },
    Key {
        name: "secret_file",
        help: "The file that holds the root secret.",
        set: |config, value| {
            config.secret_file = Some(PathBuf::from(value));
            Ok(())
        },
        show: |config| {
            shown(
                config
                    .secret_file
                    .as_deref()
                    .and_then(std::path::Path::to_str),
            )
        },
    },
    Key {
        name: "trusted_proxies",
        help: "Addresses or networks of proxies whose X-Forwarded-For or Forwarded is believed.",
        set: |config, value| list(value, network).map(|value| config.trusted_proxies = value),
        show: |config| {
            let all: Vec<String> = config.trusted_proxies.iter().map(one_network).collect();
            all.join(",")
        },
    },
    Key {
        name: "cors_origins",
        help: "Origins whose pages may write, such as https://news.example.",
        set: |config, value| list(value, origin).map(|value| config.cors_origins = value),
        show: |config| config.cors_origins.join(","),
    },
    Key {
        name: "metrics_bind",
        help: "Where to serve /metrics, as host:port. Without it there are none.",
        set: |config, value| address(value).map(|value| config.metrics_bind = Some(value)),
        show: |config| shown(config.metrics_bind.as_deref()),
    },
    Key {
        name: "rate_limits",
        help: "on or off. Off lets everybody ask and guess without end: for benchmarks and tests.",
        set: |config, value| switch(value).map(|value| config.rate_limits = value),
        show: |config| if config.rate_limits { "on" } else { "off" }.to_owned(),
    },
    Key {
        name: "rate_limit_reads",
        help: "Public reads a minute: of an address, of a member, of an API key.",
        set: |config, value| quota(value).map(|value| config.limits.reads = value),
        show: |config| config.limits.reads.to_string(),
    },
    Key {
        name: "rate_limit_writes",
        help: "Comments and other public writes a minute: of an address, a member, a key.",
        set: |config, value| quota(value).map(|value| config.limits.writes = value),
        show: |config| config.limits.writes.to_string(),
    },
    Key {
        name: "rate_limit_sign_ins",
        help: "Calls of /auth but refresh and logout a minute, of an address whoever asks; two more numbers count for nothing.",
        set: |config, value| quota(value).map(|value| config.limits.sign_ins = value),
        show: |config| config.limits.sign_ins.to_string(),
    },
    Key {
        name: "rate_limit_manage",
        help: "Calls of /manage and /me a minute: of an address, a member, a key.",
        set: |config, value| quota(value).map(|value| config.limits.manage = value),
        show: |config| config.limits.manage.to_string(),
    },
    Key {
        name: "site_name",
        help: "The name of the newspaper, for mails.",
        set: |config, value| {
            domain::text::clean_line("site_name", value, 1, 60)
                .map(|name| config.site_name = name)
                .map_err(|invalid| invalid.detail)
        },
        show: |config| config.site_name.clone(),
    },
    Key {
        name: "registration",
        help: "on or off: whether readers can make accounts by themselves.",
        set: |config, value| switch(value).map(|value| config.registration = value),
        show: |config| if config.registration { "on" } else { "off" }.to_owned(),
    },
    Key {
        name: "comment_levels",
        help: "How many levels a thread of comments has; what would be deeper stands beside what it answers.",
        set: |config, value| {
            number(value, 2, 10)
                .and_then(|levels| Levels::new(levels).ok_or_else(|| "it is 2 to 10".to_owned()))
                .map(|levels| config.comment_levels = levels)
        },
        show: |config| config.comment_levels.get().to_string(),
    },
    Key {
        name: "password_min_length",
        help: "The fewest characters of a new password.",
        set: |config, value| number(value, 8, 64).map(|value| config.passwords.min_length = value),
        show: |config| config.passwords.min_length.to_string(),
    },
    Key {
        name: "argon2_memory_kib",
        help: "Memory that hashing one password takes, in KiB (Argon2id, m).",
        set: |config, value| {
            number(value, 8 * 1024, 1024 * 1024).map(|value| config.passwords.memory_kib = value)
        },
        show: |config| config.passwords.memory_kib.to_string(),
    },
    Key {
        name: "argon2_iterations",
        help: "Passes over that memory (Argon2id, t).",
        set: |config, value| number(value, 1, 20).map(|value| config.passwords.iterations = value),
        show: |config| config.passwords.iterations.to_string(),
    },
    Key {
        name: "argon2_threads",
        help: "Passwords hashed side by side; 0 is a quarter of the cores.",
        set: |config, value| number(value, 0, 64).map(|value| config.passwords.threads = value),
        show: |config| config.passwords.threads.to_string(),
    },
    Key {
        name: "session_days",
        help: "Days after which everybody signs in again.",
        set: |config, value| number(value, 1, 90).map(|value| config.session_days = value),
        show: |config| config.session_days.to_string(),
    },
    Key {
        name: "session_idle_days",
        help: "Days without use after which a session ends.",
        set: |config, value| number(value, 1, 90).map(|value| config.session_idle_days = value),
        show: |config| config.session_idle_days.to_string(),
    },
    Key {
        name: "mail",
        help: "How mail is sent: smtp://user:password@host, smtps://…, file://folder or log.",
        set: |config, value| mail(value).map(|value| config.mail = Some(value)),
        show: |config| shown(config.mail.as_ref().map(mail_shown).as_deref()),
    },
    Key {
        name: "mail_from",
        help: "The sender of mails, such as news@news.example.",
        set: |config, value| {
            domain::user::Email::parse(value)
                .map(|address| config.mail_from = Some(address))
                .map_err(|invalid| invalid.detail)
        },
        show: |config| shown(config.mail_from.as_ref().map(domain::user::Email::as_str)),
    },
    Key {
        name: "account_url",
        help: "The page of your site that links in mails lead to; a mail has only a code without it.",
        set: |config, value| web_url(value).map(|value| config.account_url = Some(value)),
        show: |config| shown(config.account_url.as_deref()),
    },
    Key {
        name: "log",
        help: "auto, human, json, or off for no line per request.",
        set: |config, value| {
            config.log = match value {
                "auto" => LogFormat::Auto,
                "human" => LogFormat::Human,
                "json" => LogFormat::Json,
                "off" => LogFormat::Off,
                _ => return Err("it is auto, human, json or off".to_owned()),
            };
            Ok(())
        },
        show: |config| format!("{:?}", config.log).to_lowercase(),
    },
    Key {
        name: "workers",
        help: "Threads that serve requests; 0 is one for each core.",
        set: |config, value| number(value, 0, 1024).map(|value| config.workers = value),
        show: |config| config.workers.to_string(),
    },
    Key {
        name: "readers",
        help: "Threads that read from the database; 0 chooses by the machine.",
        set: |config, value| number(value, 0, 1024).map(|value| config.readers = value),
        show: |config| config.readers.to_string(),
    },
    Key {
        name: "streams",
        help: "How many streams of events may be open at once.",
        set: |config, value| number(value, 0, 1_000_000).map(|value| config.streams = value),
        show: |config| config.streams.to_string(),
    },
    Key {
        name: "cache_seconds",
        help: "How long shared caches keep a public answer.",
        set: |config, value| number(value, 0, DAY).map(|value| config.cache.shared = value),
        show: |config| config.cache.shared.to_string(),
    },
    Key {
        name: "cache_revalidate_seconds",
        help: "How long they may use it while they fetch it again.",
        set: |config, value| {
            number(value, 0, DAY).map(|value| config.cache.while_revalidate = value)
        },
        show: |config| config.cache.while_revalidate.to_string(),
    },
    Key {
        name: "cache_error_seconds",
        help: "How long they may use it while this server fails.",
        set: |config, value| number(value, 0, DAY).map(|value| config.cache.if_error = value),
        show: |config| config.cache.if_error.to_string(),
    },
    Key {
        name: "keep_alive_seconds",
        help: "How long a connection may wait for its next request.",
        set: |config, value| seconds(value, 1, 75).map(|value| config.keep_alive = value),
        show: |config| config.keep_alive.as_secs().to_string(),
    },
    Key {
        name: "shutdown_seconds",
        help: "How long requests may take to finish when the server stops.",
        set: |config, value| seconds(value, 1, 600).map(|value| config.shutdown = value),
        show: |config| config.shutdown.as_secs().to_string(),
    },
    Key {
        name: "security_contact",
        help: "Whom to tell about a vulnerability: a mailto: or https: URL for security.txt.",
        set: |config, value| {
            let fits = value.starts_with("mailto:") || value.starts_with("https://");
            if !fits
                || value
                    .chars()
                    .any(|letter| letter.is_control() || letter.is_whitespace())
            {
                return Err("it is a mailto: or https: URL".to_owned());
            }
            config.security_contact = Some(value.to_owned());
            Ok(())
        },
        show: |config| shown(config.security_contact.as_deref()),
    },
];

const DAY: i64 = 24 * 60 * 60;
