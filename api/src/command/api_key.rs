//! `broadsheet api-key`: keys for programs that write through the manage API.

use std::io::{Write as _, stdout};

use clap::builder::{PossibleValuesParser, TypedValueParser as _};
use clap::{Args, Subcommand};
use domain::api_key::{DAYS_MAX, REQUESTS_MAX, check_scopes, ends_after, parse_name};
use domain::id::{ApiKeyId, SectionId};
use domain::section::Tree;
use domain::{Actor, Invalid, Role, Scope, Scopes, SystemActor, Timestamp};
use storage::api_keys::{self, ApiKey, NewApiKey};
use storage::{Error, Store, sections};

use super::failure::Failure;
use super::output::{say, tell};
use super::role::RoleName;
use crate::api_keys::{Fresh, sections as named_sections};
use crate::ids::Ids;

/// What to do with API keys.
#[derive(Debug, Subcommand)]
pub(super) enum ApiKeyCommand {
    /// Make a key and print it, alone, on standard output. It is shown this once
    ///
    /// Only its hash is stored: a lost key cannot be shown again, only revoked and replaced.
    #[command(
        after_help = "Examples:\n  KEY=$(broadsheet api-key create --name newsroom --role \
                            editor)\n  curl -H \"Authorization: Bearer $KEY\" \
                            http://127.0.0.1:8080/api/v1/manage/articles\n\n  \
                            broadsheet api-key create --name city-desk --role editor \
                            --scopes articles:read,publish --sections city"
    )]
    Create(Create),
    /// List the keys: names, roles, limits and times, never the keys themselves
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
    /// What of its role it is for, separated by commas; without this, everything the role may do
    #[arg(long, value_name = "SCOPES", value_delimiter = ',',
        value_parser = PossibleValuesParser::new(Scope::NAMES).try_map(|name| Scope::parse(&name)))]
    scopes: Option<Vec<Scope>>,
    /// The sections it may work in, with those below them: slugs or ids, separated by commas;
    /// without this, everywhere
    #[arg(long, value_name = "SECTIONS", value_delimiter = ',')]
    sections: Vec<String>,
    /// A quota of its own; without this it has that of all keys
    #[arg(long, value_name = "N",
        value_parser = clap::value_parser!(u32).range(1..=i64::from(REQUESTS_MAX)))]
    requests_per_minute: Option<u32>,
    /// Days after which it ends by itself; without this it lasts until it is revoked
    #[arg(long, value_name = "DAYS",
        value_parser = clap::value_parser!(u16).range(1..=i64::from(DAYS_MAX)))]
    expires_in: Option<u16>,
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
    let name = parse_name(&asked.name).map_err(|invalid| refused(&[invalid]))?;
    let role = Role::from(asked.role);
    let sections = sections_of(store, &asked.sections)?;
    let scopes = asked.scopes.as_deref();
    let scopes = scopes
        .map(|scopes| check_scopes(scopes, role, !sections.is_empty()))
        .transpose()
        .map_err(|invalid| refused(&[invalid]))?;
    let fresh = Fresh::draw()
        .map_err(|error| Failure::new(format!("No key could be made: {error}"), "Try again"))?;
    let new = NewApiKey {
        id: ApiKeyId::from_raw(ids.next(now)),
        name: name.clone(),
        role,
        scopes,
        sections,
        requests_per_minute: asked.requests_per_minute,
        hash: fresh.hash,
        hint: fresh.hint,
        expires_at: asked.expires_in.map(|days| ends_after(now, days)),
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
    writeln!(stdout(), "{}", fresh.key).map_err(|error| {
        Failure::new(
            format!("The key could not be printed: {error}"),
            format!(
                "Revoke it with `broadsheet api-key revoke {}` and make another",
                made.id
            ),
        )
    })
}

/// The sections on the command line.
fn sections_of(store: &Store, asked: &[String]) -> Result<Vec<SectionId>, Failure> {
    if asked.is_empty() {
        return Ok(Vec::new());
    }
    let tree = Tree::build(store.read_blocking(sections::list)?);
    named_sections(&tree, asked).map_err(|wrong| refused(&wrong))
}

/// What is wrong with a value, by its flag.
fn refused(wrong: &[Invalid]) -> Failure {
    let said: Vec<String> = wrong
        .iter()
        .map(|invalid| {
            let flag = invalid.field.split('/').next().unwrap_or_default();
            format!("--{flag} {}", invalid.detail)
        })
        .collect();
    Failure::new(
        said.join("; "),
        "No key was made; `broadsheet api-key create --help` says what there is",
    )
}

fn list(store: &Store, now: Timestamp) -> Result<(), Failure> {
    let (keys, tree) = store.read_blocking(|conn| {
        let keys = api_keys::list(conn)?;
        Ok::<_, Error>((keys, Tree::build(sections::list(conn)?)))
    })?;
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
        "{:<17}  {:<width$}  {:<9}  {:<8}  {:<7}  {:<24}  {:<24}  {:>7}  LIMITED TO",
        "ID",
        "NAME",
        "ROLE",
        "BEGINS",
        "STATE",
        "ENDS",
        "LAST USED",
        "PER MIN"
    );
    for key in &keys {
        let time = |at: Option<Timestamp>| at.map_or_else(|| "-".to_owned(), |at| at.to_string());
        say!(
            "{:<17}  {:<width$}  {:<9}  {:<8}  {:<7}  {:<24}  {:<24}  {:>7}  {}",
            key.id.to_string(),
            key.name,
            key.role.as_str(),
            key.hint,
            key.status(now).as_str(),
            time(key.expires_at),
            time(key.last_used_at),
            key.requests_per_minute
                .map_or_else(|| "-".to_owned(), |number| number.to_string()),
            limits(key, &tree),
        );
    }
    Ok(())
}

/// The scopes and the sections a key is limited to. A section that is gone shows its id.
fn limits(key: &ApiKey, tree: &Tree) -> String {
    let scopes = key.scopes.map(Scopes::iter).into_iter().flatten();
    let mut words: Vec<String> = scopes.map(|scope| scope.to_string()).collect();
    words.extend(key.sections.iter().map(|id| {
        let path = tree.path(*id);
        path.map_or_else(|| id.to_string(), ToOwned::to_owned)
    }));
    if words.is_empty() {
        "-".to_owned()
    } else {
        words.join(" ")
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
