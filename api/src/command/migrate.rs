//! `broadsheet migrate`.

use storage::Store;
use storage::migrate::MigrationReport;

/// Says what opening the store has done: every command migrates, this one only reports it.
pub(super) fn run(store: &Store, report: &MigrationReport) {
    let database = store.describe();
    if report.applied.is_empty() {
        println!(
            "{database} is up to date; migrations applied before: {}.",
            report.already
        );
    } else {
        println!("{database}: applied {}.", report.applied.join(", "));
    }
}
