//! `broadsheet reindex`.

use std::time::{Duration, Instant};

use domain::Timestamp;
use indicatif::{ProgressBar, ProgressStyle};
use storage::Store;

use super::failure::Failure;
use super::output::say;
use crate::index;

/// Makes everything anew that is made of articles and comments, with a bar on a terminal.
pub(super) fn run(store: &Store, now: Timestamp) -> Result<(), Failure> {
    let bar = ProgressBar::new(0);
    if let Ok(style) = ProgressStyle::with_template("{wide_bar} {pos}/{len} {eta}") {
        bar.set_style(style);
    }
    bar.enable_steady_tick(Duration::from_millis(200));
    let began = Instant::now();
    let rebuilt = index::rebuild(store, now, |done, all| {
        bar.set_length(all);
        bar.set_position(done);
    });
    bar.finish_and_clear();
    let rebuilt = rebuilt.map_err(|error| {
        Failure::new(
            format!("Indexing stopped: {error}"),
            "Search finds what was indexed before; run the same command again",
        )
    })?;
    say!(
        "Made the texts and the search index of {} articles and {} comments in {} anew, in {:.1} s.",
        rebuilt.articles,
        rebuilt.comments,
        store.describe(),
        began.elapsed().as_secs_f64()
    );
    Ok(())
}
