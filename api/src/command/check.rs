//! `broadsheet check`.

use storage::Store;

use super::failure::Failure;
use super::output::say;
use crate::config::{Config, Database};
use crate::mail;
use crate::secret::Secret;
use crate::server;

/// Shows what is in force, and tries what `serve` would need.
pub(super) fn run(config: &Config) -> Result<(), Failure> {
    let settings = config.in_force();
    let name_width = settings
        .iter()
        .map(|(key, ..)| key.name.len())
        .max()
        .unwrap_or_default();
    let width = settings
        .iter()
        .map(|(_, value, _)| value.chars().count())
        .max();
    let value_width = width.unwrap_or_default().min(48);
    say!("Settings in force:");
    for (key, value, source) in &settings {
        say!(
            "  {:<name_width$}  {value:<value_width$}  {source}",
            key.name
        );
        say!("  {:<name_width$}    {}", "", key.help);
    }
    say!("");
    secret(config)?;
    mail(config)?;
    database(config)?;
    say!("\nReady: `broadsheet serve` would start.");
    Ok(())
}

fn secret(config: &Config) -> Result<(), Failure> {
    let given = config.secret.is_some() || config.secret_file.is_some();
    if !given && matches!(config.database(), Database::Sqlite(_)) {
        say!("secret      beside the database file, made on first use");
        return Ok(());
    }
    Secret::resolve(config).map_err(|error| Failure::told(error.to_string()))?;
    say!("secret      set");
    Ok(())
}

fn mail(config: &Config) -> Result<(), Failure> {
    let notice = mail::notice(config).map_err(|error| Failure::told(error.to_string()))?;
    say!("mail        {notice}");
    Ok(())
}

fn database(config: &Config) -> Result<(), Failure> {
    if let Database::Sqlite(path) = config.database()
        && !path.exists()
    {
        say!(
            "database    {} does not exist yet; it is made on first use",
            path.display()
        );
        return Ok(());
    }
    let store = Store::open(server::store_settings(config))?;
    store.ping_blocking()?;
    say!("database    {} is reachable", store.describe());
    match store.pending_migrations()? {
        0 => say!("migrations  up to date"),
        missing => {
            say!("migrations  {missing} to apply; `broadsheet migrate` or `serve` does so");
        }
    }
    store.close();
    Ok(())
}
