//! `broadsheet migrate`.

use storage::Store;

use storage::migrate::MigrationReport;

use super::output::say;

/// Says what opening the store has done: every command migrates, this one only reports it.
pub(super) fn run(store: &Store, report: &MigrationReport) {
    let database = store.describe();
    if report.applied.is_empty() {
        say!(
            "{database} is up to date; migrations applied before: {}.",
            report.already
        );
    } else {
        say!("{database}: applied {}.", report.applied.join(", "));
    }
}
