//! `broadsheet openapi`.

use std::io::{ErrorKind, Write as _, stdout};

use super::failure::Failure;
use crate::routes;

/// Prints the document of the routes as they are.
pub(super) fn run() -> Result<(), Failure> {
    let mut text = routes::document().to_pretty_json().map_err(|error| {
        Failure::new(
            format!("The document cannot be written: {error}"),
            "Please report this",
        )
    })?;
    text.push('\n');
    match stdout().write_all(text.as_bytes()) {
        // Whoever reads has seen enough.
        Err(error) if error.kind() != ErrorKind::BrokenPipe => Err(Failure::new(
            format!("The document cannot be printed: {error}"),
            "Check where the output goes",
        )),
        _ => Ok(()),
    }
}
