//! What it costs to move a section with ten thousand articles below it, and to merge what ten thousand
//! articles name.

use std::time::{Duration, Instant};

use domain::id::{AuthorId, TagId};
use domain::{Actor, SystemActor, id::SectionId, section::Tree};
use storage::{
    Error, Settings, Store, Tx, authors,
    sections::{self, Move},
    tags,
};
use tests::START;

use crate::{fill, rows::Site};

/// A quarter of them lies below each of the four roots.
const ARTICLES: i64 = 40_000;
const TURNS: usize = 4;
/// What one transaction may take.
const PATIENCE: Duration = Duration::from_secs(1);
/// A tag and an author of a quarter of the articles, and those they are merged into, which half of
/// these have already.
const OFTEN: i64 = 900;
const OTHER: i64 = 901;

/// Moves a root below another one, and from there below a third, and merges a tag and an author into
/// others, with the statistics that PostgreSQL gathers by itself, and before it has gathered any.
pub(crate) fn moves(site: &dyn Fn() -> Site) {
    for (when, settled) in [("", true), (", just imported", false)] {
        let site = site();
        fill::put(site.url(), ARTICLES);
        for noun in ["tag", "author"] {
            fill::name_often(site.url(), noun, OFTEN, 4);
            fill::name_often(site.url(), noun, OTHER, 8);
        }
        if settled {
            fill::settle(site.url());
        }
        let store = Store::open(Settings::new(site.url())).expect("the store opens");
        let longest = (0..TURNS)
            .map(|turn| {
                let parent = SectionId::from_raw(if turn % 2 == 0 { 2 } else { 3 });
                timed(|| relocate(&store, SectionId::from_raw(1), parent))
            })
            .max()
            .unwrap_or_default();
        told(
            &format!("a section of 10,000 articles moves{when}"),
            longest,
        );
        let name = format!("a tag of 10,000 articles is merged{when}");
        told(&name, timed(|| merge_tag(&store)));
        let name = format!("an author of 10,000 articles is merged{when}");
        told(&name, timed(|| merge_author(&store)));
        store.close();
    }
}

fn timed(work: impl FnOnce()) -> Duration {
    let began = Instant::now();
    work();
    began.elapsed()
}

fn told(name: &str, took: Duration) {
    println!("{name:<56} {:>7.2} s at most", took.as_secs_f64());
    assert!(took < PATIENCE, "{name}: {took:?}");
}

fn write(store: &Store, job: impl FnOnce(&mut Tx<'_>) -> Result<(), Error> + Send + 'static) {
    let actor = Actor::System(SystemActor::Command);
    let written = store.write_blocking(actor, *START, job);
    written.expect("it is done");
}

fn relocate(store: &Store, section: SectionId, parent: SectionId) {
    write(store, move |tx| {
        sections::hold(tx)?;
        let tree = Tree::build(sections::list(tx)?);
        let version = tree.get(section).map_or(0, |section| section.version);
        let to = Move {
            parent: Some(parent),
            positions: tree.arrange(Some(parent), section, None),
        };
        sections::relocate(tx, &tree, section, version, &to).map(drop)
    });
}

fn merge_tag(store: &Store) {
    write(store, |tx| {
        sections::hold(tx)?;
        tags::merge(tx, TagId::from_raw(OFTEN), 1, TagId::from_raw(OTHER)).map(drop)
    });
}

fn merge_author(store: &Store) {
    write(store, |tx| {
        sections::hold(tx)?;
        let (one, other) = (AuthorId::from_raw(OFTEN), AuthorId::from_raw(OTHER));
        authors::merge(tx, one, 1, other).map(drop)
    });
}
