//! `broadsheet backup`.

use std::path::Path;

use storage::Store;

use super::failure::Failure;
use super::output::say;

/// Copies the database into a new file and says how large it became.
pub(super) fn run(store: &Store, file: &Path) -> Result<(), Failure> {
    if file.exists() {
        return Err(Failure::new(
            format!("{} exists already and was left as it is", file.display()),
            "Name a file that does not exist yet",
        ));
    }
    let report = store.backup(file).map_err(|error| match error {
        // It says what to use instead.
        storage::Error::Unsupported(what) => Failure::told(what),
        other => Failure::from(other),
    })?;
    say!(
        "Copied {} into {} ({} bytes) and checked the copy.",
        store.describe(),
        report.path.display(),
        report.bytes
    );
    Ok(())
}
