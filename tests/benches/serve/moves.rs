//! What it costs to move a section with ten thousand articles below it.

use std::time::{Duration, Instant};

use domain::{Actor, SystemActor, id::SectionId, section::Tree};
use storage::{
    Error, Settings, Store,
    sections::{self, Move},
};
use tests::START;

use crate::{fill, rows::Site};

/// A quarter of them lies below each of the four roots.
const ARTICLES: i64 = 40_000;
const TURNS: usize = 4;
/// What one transaction may take.
const PATIENCE: Duration = Duration::from_secs(1);

/// Moves a root below another one, and from there below a third, with the statistics that PostgreSQL gathers by itself,
/// and before it has gathered any.
pub(crate) fn moves(site: &dyn Fn() -> Site) {
    for (name, settled) in [("", true), (", just imported", false)] {
        let site = site();
        fill::put(site.url(), ARTICLES);
        if settled {
            fill::settle(site.url());
        }
        let store = Store::open(Settings::new(site.url())).expect("the store opens");
        let longest = (0..TURNS)
            .map(|turn| {
                let parent = SectionId::from_raw(if turn % 2 == 0 { 2 } else { 3 });
                let began = Instant::now();
                relocate(&store, SectionId::from_raw(1), parent);
                began.elapsed()
            })
            .max()
            .unwrap_or_default();
        let name = format!("a section of 10,000 articles moves{name}");
        println!("{name:<56} {:>7.2} s at most", longest.as_secs_f64());
        assert!(longest < PATIENCE, "{name}: {longest:?}");
        store.close();
    }
}

fn relocate(store: &Store, section: SectionId, parent: SectionId) {
    let actor = Actor::System(SystemActor::Command);
    let moved = store.write_blocking(actor, *START, move |tx| {
        sections::hold(tx)?;
        let tree = Tree::build(sections::list(tx)?);
        let version = tree.get(section).map_or(0, |section| section.version);
        let to = Move {
            parent: Some(parent),
            positions: tree.arrange(Some(parent), section, None),
        };
        sections::relocate(tx, &tree, section, version, &to)?;
        Ok::<_, Error>(())
    });
    moved.expect("it moves");
}
