//! What is made of what is written, and is made later: the words of comments, for moderators who
//! search; and everything that is made of articles, when a program came that makes it otherwise, or
//! when somebody asks for it with `broadsheet reindex`.

use domain::id::CommentId;
use domain::{Actor, SystemActor, Timestamp};
use storage::published::{self, Renewable};
use storage::search;
use storage::{Error, Store};

use crate::state::App;

/// So many comments are indexed in one transaction.
const COMMENTS: i64 = 200;
/// So many articles are read at a time.
const ARTICLES: i64 = 50;
/// A background look ends after so many slices, so that a server can end.
const SLICES: usize = 20;

/// Does some of what is left to do.
///
/// # Errors
/// When the database is away; the rest is done later.
pub fn look(app: &App) -> Result<(), Error> {
    let now = app.now();
    for _ in 0..SLICES {
        if index_comments(&app.store, SystemActor::Background, now)? == 0 {
            break;
        }
    }
    for _ in 0..SLICES {
        let stale = app
            .store
            .read_blocking(|conn| published::stale(conn, ARTICLES))?;
        if stale.is_empty() {
            break;
        }
        for one in stale {
            renew(&app.store, one, SystemActor::Background, now)?;
        }
    }
    Ok(())
}

/// Puts the words of some comments into the index; how many there were.
///
/// # Errors
/// When the database is away; they are put in later.
pub fn index_comments(store: &Store, actor: SystemActor, now: Timestamp) -> Result<usize, Error> {
    let ids: Vec<CommentId> = store.read_blocking(|conn| search::unindexed(conn, COMMENTS))?;
    let number = ids.len();
    if number > 0 {
        store.write_blocking(Actor::System(actor), now, move |tx| search::index(tx, &ids))?;
    }
    Ok(number)
}

/// Renders outside the transaction: nobody else who writes waits for it.
fn renew(store: &Store, one: Renewable, actor: SystemActor, now: Timestamp) -> Result<(), Error> {
    let rendered = one.source.render();
    store.write_blocking(Actor::System(actor), now, move |tx| {
        published::renew(tx, &one, &rendered)
    })
}

/// What there is to be made anew.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Rebuilt {
    /// Published articles.
    pub articles: u64,
    /// Comments.
    pub comments: u64,
}

/// Makes everything anew while others read and write: an article, and then a slice of comments, after the
/// other. `progress` is told how many articles and comments are done, of how many.
///
/// # Errors
/// When the database is away. What was done stays, and the next run begins anew.
pub fn rebuild(
    store: &Store,
    now: Timestamp,
    mut progress: impl FnMut(u64, u64),
) -> Result<Rebuilt, Error> {
    let actor = SystemActor::Command;
    let articles = store.read_blocking(published::count)?;
    store.write_blocking(Actor::System(actor), now, search::queue_everything)?;
    let comments = store.read_blocking(search::count_unindexed)?;
    let all = u64::try_from(articles.saturating_add(comments)).unwrap_or_default();
    let mut done = Rebuilt::default();
    let mut after = 0;
    loop {
        let some = store.read_blocking(move |conn| published::after(conn, after, ARTICLES))?;
        let Some(last) = some.last() else { break };
        after = last.id.raw();
        for one in some {
            renew(store, one, actor, now)?;
            done.articles += 1;
            progress(done.articles, all);
        }
    }
    loop {
        let number = index_comments(store, actor, now)?;
        if number == 0 {
            return Ok(done);
        }
        done.comments += u64::try_from(number).unwrap_or_default();
        progress(done.articles + done.comments, all);
    }
}
