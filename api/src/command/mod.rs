//! The `broadsheet` command: what it is asked, and how it ends.
//!
//! 0 is success. 1 is a failure, told in one line that says what happened and what to do next.
//! 2 is a command line that does not make sense.

mod api_key;
mod backup;
mod check;
mod export;
mod failure;
mod import;
mod keys;
mod migrate;
mod openapi;
mod output;
mod reindex;
mod role;
mod serve;
mod user;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand};
use storage::Store;
use storage::migrate::MigrationReport;

use self::api_key::ApiKeyCommand;
use self::export::ExportCommand;
use self::failure::Failure;
use self::import::ImportCommand;
use self::keys::KeysCommand;
use self::user::UserCommand;
use crate::clock::{Clock as _, SystemClock};
use crate::config::{Config, Database};
use crate::ids::Ids;
use crate::{logging, server};

const EXAMPLES: &str = "\
Try it:
  broadsheet serve --demo                                   a small newspaper to look at
  curl 'http://127.0.0.1:8080/api/v1/articles?limit=3'      its newest articles
  open http://127.0.0.1:8080/docs                           every operation, in the browser

Run it:
  broadsheet user create --email you@example.org --name You --role admin
                                                            the first administrator
  broadsheet api-key create --name newsroom --role editor   a key for the manage API
  broadsheet import wxr blog.xml --dry-run                  what a WordPress export would bring
  broadsheet export comments comments.jsonl                 all comments, to be imported elsewhere
  broadsheet backup news-2026-11-23.db                      a checked copy, while it serves
  broadsheet check                                          what is configured, and does it work

Settings are environment variables (BROADSHEET_BIND, BROADSHEET_DATABASE_URL, …), or lines of a
TOML file given with --config; flags win. `broadsheet check` lists them all. Without any, the
database is the SQLite file data/broadsheet.db, which is made on first use.";

/// The command line.
#[derive(Debug, Parser)]
#[command(name = "broadsheet", version, max_term_width = 100, after_help = EXAMPLES)]
#[command(
    about = "Serves a newspaper's articles, sections and comments as JSON, from SQLite or PostgreSQL"
)]
#[command(subcommand_required = true, arg_required_else_help = true)]
struct Cli {
    #[command(flatten)]
    global: Global,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Args)]
struct Global {
    #[arg(
        help = "sqlite://path or postgres://user:password@host/database",
        long,
        global = true,
        value_name = "URL",
        help_heading = "Settings"
    )]
    database_url: Option<String>,
    /// Where to listen, as host:port
    #[arg(long, global = true, value_name = "ADDRESS", help_heading = "Settings")]
    bind: Option<String>,
    /// A TOML file with settings
    #[arg(long, global = true, value_name = "FILE", help_heading = "Settings")]
    config: Option<PathBuf>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve the API until SIGTERM or Ctrl-C
    ///
    /// Makes and migrates the database first. Stops in order: finishes what has begun, writes
    /// what is in memory.
    Serve {
        /// Fill an empty database with a small newspaper in English and Chinese
        #[arg(long)]
        demo: bool,
    },
    /// Bring the database up to this version (every command that needs it does so too)
    Migrate,
    /// Bring in content from another system
    #[command(subcommand)]
    Import(ImportCommand),
    /// Take content along
    #[command(subcommand)]
    Export(ExportCommand),
    /// Make the texts and the search index of everything anew
    ///
    /// A server goes on serving meanwhile, and what it finds is complete at every moment. It is needed
    /// after rows were changed by hand; a new version of the program does it by itself.
    Reindex,
    /// Copy a SQLite database into a new file, and check the copy
    ///
    /// Reads and writes go on meanwhile. PostgreSQL has a tool of its own: pg_dump.
    #[expect(
        clippy::doc_markdown,
        reason = "this is what --help prints, where marks would show"
    )]
    Backup {
        /// The file to make; it must not exist
        file: PathBuf,
    },
    /// Make, list and change accounts; the first administrator comes from here
    #[command(subcommand)]
    User(UserCommand),
    /// Make, list and revoke keys for the manage API
    #[command(subcommand)]
    ApiKey(ApiKeyCommand),
    /// List, rotate and revoke the keys that sign access tokens
    #[command(subcommand)]
    Keys(KeysCommand),
    /// Print the OpenAPI document
    #[expect(
        clippy::doc_markdown,
        reason = "this is what --help prints, where marks would show"
    )]
    Openapi,
    /// Show the settings in force, secrets hidden, and see whether the database is reachable
    Check,
}

impl Global {
    /// The flags by the names of the settings.
    fn flags(&self) -> Vec<(&'static str, String)> {
        let config = self.config.as_ref().map(|path| path.display().to_string());
        [
            ("database_url", &self.database_url),
            ("bind", &self.bind),
            ("config", &config),
        ]
        .into_iter()
        .filter_map(|(name, value)| Some((name, value.clone()?)))
        .collect()
    }
}

/// Does what the command line of this process asks for.
#[must_use]
pub fn main() -> ExitCode {
    let cli = Cli::parse();
    match run(&cli) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            output::tell!("broadsheet: {failure}");
            ExitCode::FAILURE
        }
    }
}

fn run(cli: &Cli) -> Result<(), Failure> {
    if matches!(cli.command, Command::Openapi) {
        return openapi::run();
    }
    let config =
        Config::load(&cli.global.flags()).map_err(|error| Failure::told(error.to_string()))?;
    match &cli.command {
        Command::Serve { demo } => {
            // The others say what there is to say themselves.
            logging::init(config.log);
            return serve::run(config, *demo, &cli.global);
        }
        Command::Check => return check::run(&config),
        Command::Backup { .. } | Command::Export(_) | Command::Reindex => {
            expect_database(&config)?;
        }
        _ => {}
    }
    let (store, migrated) = open(&config)?;
    let done = on_database(&cli.command, &config, &store, &migrated);
    store.close();
    done
}

fn on_database(
    command: &Command,
    config: &Config,
    store: &Store,
    migrated: &MigrationReport,
) -> Result<(), Failure> {
    let ids = || {
        Ids::random().map_err(|error| {
            Failure::new(
                format!("The system gives no randomness: {error}"),
                "Try again",
            )
        })
    };
    match command {
        Command::Migrate => {
            migrate::run(store, migrated);
            Ok(())
        }
        Command::Import(import) => import::run(store, import, &SystemClock, ids()?, config),
        Command::Reindex => reindex::run(store, SystemClock.now()),
        Command::Export(export) => export::run(store, export, SystemClock.now()),
        Command::Backup { file } => backup::run(store, file),
        Command::Keys(command) => keys::run(store, command, config, &SystemClock),
        Command::User(command) => {
            let desk = user::Desk {
                store,
                config,
                clock: &SystemClock,
                now: SystemClock.now(),
            };
            user::run(&desk, command, &ids()?)
        }
        Command::ApiKey(command) => api_key::run(store, command, &ids()?, SystemClock.now()),
        // Answered before a database is opened.
        Command::Serve { .. } | Command::Openapi | Command::Check => Ok(()),
    }
}

/// Refuses to copy what is not there. Other commands make the database they need; a copy of one made
/// just now would look like a good one for ever.
fn expect_database(config: &Config) -> Result<(), Failure> {
    match config.database() {
        Database::Sqlite(path) if !path.exists() => Err(Failure::new(
            format!("There is no database {}", path.display()),
            "Run this where the server runs, or name the database with --database-url",
        )),
        Database::Sqlite(_) | Database::Postgres => Ok(()),
    }
}

/// The database of the configuration, made and migrated if need be.
fn open(config: &Config) -> Result<(Store, MigrationReport), Failure> {
    let store = Store::open(server::store_settings(config))?;
    let migrated = store.migrate()?;
    Ok((store, migrated))
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory as _;

    #[test]
    fn the_command_line_is_sound() {
        Cli::command().debug_assert();
    }

    #[test]
    fn flags_are_taken_before_and_behind_the_command() {
        let cli = Cli::try_parse_from([
            "broadsheet",
            "--bind",
            "[::1]:9",
            "backup",
            "x.db",
            "--database-url",
            "sqlite://y",
        ])
        .unwrap();
        assert_eq!(
            cli.global.flags(),
            [
                ("database_url", "sqlite://y".to_owned()),
                ("bind", "[::1]:9".to_owned())
            ]
        );
    }

    #[test]
    fn help_names_every_command_and_mistakes_are_usage_errors() {
        let help = Cli::command().render_long_help().to_string();
        for name in [
            "serve", "migrate", "import", "export", "reindex", "backup", "user", "api-key", "keys",
            "openapi", "check",
        ] {
            assert!(help.contains(name), "{name}");
        }
        for wrong in [
            vec!["broadsheet", "sreve"],
            vec!["broadsheet", "api-key", "create", "--name", "x"],
            vec![
                "broadsheet",
                "api-key",
                "create",
                "--name",
                "x",
                "--role",
                "king",
            ],
            vec!["broadsheet", "import", "wxr"],
            vec!["broadsheet", "user", "create", "--email", "a@b.example"],
            vec!["broadsheet", "user", "suspend"],
        ] {
            assert_eq!(
                Cli::try_parse_from(&wrong).unwrap_err().exit_code(),
                2,
                "{wrong:?}"
            );
        }
    }
}
