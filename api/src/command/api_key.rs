//! `broadsheet api-key`: keys for programs that write through the manage API.

use std::io::{Write as _, stdout};

use clap::{Args, Subcommand, ValueEnum};
use domain::id::ApiKeyId;
use domain::{Actor, Role, SystemActor, Timestamp};
use storage::api_keys::{self, ApiKey, NewApiKey};
use storage::{Error, Store};

use super::failure::Failure;
use super::output::{say, tell};
use crate::ids::Ids;
use crate::secret::{api_key_hash, fresh_api_key};

const SECONDS_PER_DAY: i64 = 86_400;

/// What to do with API keys.
#[derive(Debug, Subcommand)]
pub(super) enum ApiKeyCommand {
    /// Make a key and print it, alone, on standard output. It is shown this once
    ///
    /// Only its hash is stored: a lost key cannot be shown again, only revoked and replaced.
    #[command(
        after_help = "Example:\n  KEY=$(broadsheet api-key create --name newsroom --role \
                            editor)\n  curl -H \"Authorization: Bearer $KEY\" \
                            http://127.0.0.1:8080/api/v1/manage/articles"
    )]
    Create(Create),
    /// List the keys: names, roles and times, never the keys themselves
    List,
    /// End a key: running servers refuse it within a second
    Revoke {
        /// The name of the key, or its id (key_…)
        #[arg(value_name = "NAME_OR_ID")]
        key: String,
    },
}

/// The key to make.
#[derive(Debug, Args)]
pub(super) struct Create {
    /// What to call it in lists and in the change log
    #[arg(long, value_name = "NAME")]
    name: String,
    /// What its holder may do
    #[arg(long, value_enum)]
    role: RoleName,
    /// Days after which it ends by itself; without this it lasts until it is revoked
    #[arg(long, value_name = "DAYS", value_parser = clap::value_parser!(u16).range(1..=3650))]
    expires_in: Option<u16>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum RoleName {
    /// Reads what the public reads
    Reader,
    /// Writes articles, and changes their own
    Author,
    /// Writes and publishes everything, and keeps sections, tags and authors
    Editor,
    /// Looks after comments
    Moderator,
    /// Everything
    Admin,
}

impl From<RoleName> for Role {
    fn from(name: RoleName) -> Self {
        match name {
            RoleName::Reader => Self::Reader,
            RoleName::Author => Self::Author,
            RoleName::Editor => Self::Editor,
            RoleName::Moderator => Self::Moderator,
            RoleName::Admin => Self::Admin,
        }
    }
}

/// Does what was asked.
pub(super) fn run(
    store: &Store,
    command: &ApiKeyCommand,
    ids: &Ids,
    now: Timestamp,
) -> Result<(), Failure> {
    match command {
        ApiKeyCommand::Create(asked) => create(store, asked, ids, now),
        ApiKeyCommand::List => list(store, now),
        ApiKeyCommand::Revoke { key } => revoke(store, key, now),
    }
}

fn create(store: &Store, asked: &Create, ids: &Ids, now: Timestamp) -> Result<(), Failure> {
    let name = domain::text::clean_line("name", &asked.name, 1, 60)
        .map_err(|error| Failure::new(format!("The name {error}"), "Choose another name"))?;
    let key = fresh_api_key()
        .map_err(|error| Failure::new(format!("No key could be made: {error}"), "Try again"))?;
    let new = NewApiKey {
        id: ApiKeyId::from_raw(ids.next(now)),
        name: name.clone(),
        role: asked.role.into(),
        scopes: None,
        sections: Vec::new(),
        requests_per_minute: None,
        hash: api_key_hash(&key),
        hint: key.chars().take(8).collect(),
        expires_at: asked
            .expires_in
            .map(|days| now.plus_seconds(i64::from(days).saturating_mul(SECONDS_PER_DAY))),
    };
    let made = store
        .write_blocking(Actor::System(SystemActor::Command), now, move |tx| {
            api_keys::create(tx, &new)
        })
        .map_err(|error| match error {
            Error::Conflict { field: "name" } => Failure::new(
                format!("There is, or was, a key named {name:?}"),
                "Choose another name; `broadsheet api-key list` shows those in use",
            ),
            other => Failure::from(other),
        })?;
    tell!(
        "Made the key {:?} ({}) with the role {}{}.",
        made.name,
        made.id,
        made.role.as_str(),
        made.expires_at
            .map_or_else(String::new, |at| format!(", which ends at {at}"))
    );
    tell!("It is shown this once. Send it as `Authorization: Bearer <key>`:");
    // Unlike everything else, this cannot be said again.
    writeln!(stdout(), "{key}").map_err(|error| {
        Failure::new(
            format!("The key could not be printed: {error}"),
            format!(
                "Revoke it with `broadsheet api-key revoke {}` and make another",
                made.id
            ),
        )
    })
}

fn list(store: &Store, now: Timestamp) -> Result<(), Failure> {
    let keys = store.read_blocking(api_keys::list)?;
    if keys.is_empty() {
        tell!("There is no key yet. `broadsheet api-key create --name N --role R` makes one.");
        return Ok(());
    }
    let width = keys
        .iter()
        .map(|key| key.name.chars().count())
        .max()
        .unwrap_or(4)
        .max(4);
    say!(
        "{:<17}  {:<width$}  {:<9}  {:<8}  {:<7}  {:<24}  LAST USED",
        "ID",
        "NAME",
        "ROLE",
        "BEGINS",
        "STATE",
        "ENDS"
    );
    for key in &keys {
        let time = |at: Option<Timestamp>| at.map_or_else(|| "-".to_owned(), |at| at.to_string());
        say!(
            "{:<17}  {:<width$}  {:<9}  {:<8}  {:<7}  {:<24}  {}",
            key.id.to_string(),
            key.name,
            key.role.as_str(),
            key.hint,
            state(key, now),
            time(key.expires_at),
            time(key.last_used_at),
        );
    }
    Ok(())
}

fn state(key: &ApiKey, now: Timestamp) -> &'static str {
    if key.is_valid(now) {
        "valid"
    } else if key.revoked_at.is_some() {
        "revoked"
    } else {
        "expired"
    }
}

fn revoke(store: &Store, key: &str, now: Timestamp) -> Result<(), Failure> {
    let name = key.to_owned();
    let revoked = store
        .write_blocking(Actor::System(SystemActor::Command), now, move |tx| {
            api_keys::revoke(tx, &name)
        })
        .map_err(|error| match error {
            Error::NotFound => Failure::new(
                format!("There is no key with the name or id {key:?}"),
                "`broadsheet api-key list` shows the keys there are",
            ),
            other => Failure::from(other),
        })?;
    say!(
        "Revoked the key {:?} ({}). Running servers refuse it within a second.",
        revoked.name,
        revoked.id
    );
    Ok(())
}
