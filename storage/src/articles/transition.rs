//! What takes an article back, and what ends it.

use diesel::prelude::*;
use domain::article::{State, Takedown, Verb, transition};
use domain::id::ArticleId;

use super::publish::{erase, tell_group};
use super::read::get;
use super::write::{claim, record};
use super::{Article, ArticleCard};
use crate::changes::{self, Change, Entity};
use crate::schema::{article_stats, articles, comments, corrections, revisions};
use crate::{
    Error, Tx, addresses, listings, previews, search, takedowns, working_listings, working_terms,
};

/// What a verb makes of the article; [`Error::Conflict`] (field `status`) if the table refuses it.
/// Deleting leaves no state, and is refused here: it has a function of its own.
pub(super) fn next(card: &ArticleCard, verb: Verb) -> Result<State, Error> {
    let refused = || Error::Conflict { field: "status" };
    transition(card.state, verb)
        .ok()
        .flatten()
        .ok_or_else(refused)
}

/// Takes a published article back if it still has the expected version, which then counts one
/// up. The addresses that readers could follow stay reserved, and its counters are kept. What is not published is
/// [`Error::Conflict`] (field `status`).
pub fn unpublish(tx: &mut Tx<'_>, id: ArticleId, expected_version: i64) -> Result<Article, Error> {
    let article = claim(tx, id, expected_version)?;
    let state = next(&article.card, Verb::Unpublish)?;
    hide(tx, id, state)?;
    record(tx, "unpublished", id)?;
    get(tx, id)?.ok_or(Error::NotFound)
}

/// Removes an article for cause if it still has the expected version, which then counts one up:
/// readers are told that it is gone, at every address it ever had. The reason goes into the
/// change log. What is neither published nor unpublished is [`Error::Conflict`] (field `status`).
pub fn take_down(
    tx: &mut Tx<'_>,
    id: ArticleId,
    expected_version: i64,
    takedown: &Takedown,
) -> Result<Article, Error> {
    let article = claim(tx, id, expected_version)?;
    let state = next(&article.card, Verb::TakeDown)?;
    hide(tx, id, state)?;
    takedowns::insert(tx, id, takedown)?;
    let data = serde_json::json!({
        "reason": takedown.reason,
        "public_notice": takedown.public_notice,
    });
    let change = Change {
        data: Some(data.to_string()),
        ..Change::new("taken_down", Entity::Article, id.raw())
    };
    changes::append(tx, &change)?;
    get(tx, id)?.ok_or(Error::NotFound)
}

/// Undoes a takedown if the article still has the expected version, which then counts one up. It
/// is unpublished from then on: readers get it back when it is published again. What was not
/// taken down is [`Error::Conflict`] (field `status`).
pub fn restore(tx: &mut Tx<'_>, id: ArticleId, expected_version: i64) -> Result<Article, Error> {
    let article = claim(tx, id, expected_version)?;
    let state = next(&article.card, Verb::Restore)?;
    set_state(tx, id, state)?;
    takedowns::remove(tx, id)?;
    record(tx, "restored", id)?;
    get(tx, id)?.ok_or(Error::NotFound)
}

/// Takes everything of the article away from readers.
fn hide(tx: &mut Tx<'_>, id: ArticleId, state: State) -> Result<(), Error> {
    set_state(tx, id, state)?;
    tell_group(tx, id, None)?;
    erase(tx, id)?;
    addresses::forget_unseen(tx, id)?;
    listings::remove(tx, id)
}

fn set_state(tx: &mut Tx<'_>, id: ArticleId, state: State) -> Result<(), Error> {
    diesel::update(articles::table.find(id.raw()))
        .set(articles::state.eq(state.as_str()))
        .execute(tx.0)?;
    Ok(())
}

/// Deletes a draft that was never published if it still has the expected version, with its
/// revisions and whatever else belongs to it; the change log keeps that it was there. Anything
/// else is [`Error::Conflict`] (field `status`).
pub fn delete(tx: &mut Tx<'_>, id: ArticleId, expected_version: i64) -> Result<(), Error> {
    let article = claim(tx, id, expected_version)?;
    if !matches!(transition(article.card.state, Verb::Delete), Ok(None)) {
        return Err(Error::Conflict { field: "status" });
    }
    diesel::delete(corrections::table.filter(corrections::article_id.eq(id.raw())))
        .execute(tx.0)?;
    // An import may bring comments along with a draft.
    search::queue_all(tx, id)?;
    diesel::delete(comments::table.filter(comments::article_id.eq(id.raw()))).execute(tx.0)?;
    diesel::delete(article_stats::table.find(id.raw())).execute(tx.0)?;
    diesel::delete(corrections::table.filter(corrections::article_id.eq(id.raw())))
        .execute(tx.0)?;
    previews::remove(tx, id)?;
    working_listings::remove(tx, id)?;
    working_terms::remove(tx, id)?;
    diesel::delete(revisions::table.filter(revisions::article_id.eq(id.raw()))).execute(tx.0)?;
    diesel::delete(articles::table.find(id.raw())).execute(tx.0)?;
    record(tx, "deleted", id)
}
