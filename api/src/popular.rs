//! The rankings of what is read most: made beside the requests, five minutes apart.

use std::time::Duration;

use domain::{Actor, SystemActor, Timestamp, popular::Window, popular::due_at};
use storage::{Error, Store, popular};

/// How often it is looked whether a ranking is due.
pub const LOOK_EVERY: Duration = Duration::from_secs(5);

/// Makes the rankings that are due and that no node has made yet. While nothing was read there is
/// none to be kept, and the next look tries again.
pub fn rank(store: &Store, now: Timestamp) -> Result<(), Error> {
    for &window in Window::ALL {
        let articles = store.read_blocking(move |conn| {
            let made = popular::ranked_at(conn, window, now)?;
            if made.is_some_and(|at| at >= due_at(now)) {
                return Ok(Vec::new());
            }
            popular::most_read(conn, window, now)
        })?;
        if !articles.is_empty() {
            let actor = Actor::System(SystemActor::Background);
            store.write_blocking(actor, now, move |tx| popular::keep(tx, window, &articles))?;
        }
    }
    Ok(())
}
