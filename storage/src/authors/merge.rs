//! What ends an author: they are merged into another one, or deleted when nothing is by them.

use diesel::prelude::*;
use domain::author::Author;
use domain::id::AuthorId;

use super::{get, record, tie};
use crate::moved_slugs::Noun;
use crate::schema::authors;
use crate::{Conn, Error, Tx, merging};

/// Lets all articles by an author be by another one instead, if the first still has the expected
/// version, and removes that one. Its slugs and its id lead to the other one from now on, and so does
/// the account it is tied to. Answers the other one, its version counted one up.
///
/// Both were read after [`crate::sections::hold`], and are not the same; the account is held by
/// [`crate::users::lock`]. If the other one is tied, too, that is [`Error::Conflict`] (field `user`).
pub fn merge(
    tx: &mut Tx<'_>,
    id: AuthorId,
    expected_version: i64,
    into: AuthorId,
) -> Result<Author, Error> {
    let gone = claim(tx, id, expected_version)?;
    merging::put_together(tx, Noun::Author, (id.raw(), &gone.slug), into.raw())?;
    diesel::delete(authors::table.find(id.raw())).execute(tx.0)?;
    record(tx, "merged", id)?;
    if let Some(user) = gone.user {
        tie::hand_over(tx, user, into)?;
    }
    let at = tx.now().as_millis();
    // Whatever its version: somebody may be renaming them.
    diesel::update(authors::table.find(into.raw()))
        .set((
            authors::version.eq(authors::version + 1),
            authors::updated_at.eq(at),
        ))
        .execute(tx.0)?;
    record(tx, "changed", into)?;
    get(tx, into)?.ok_or(Error::NotFound)
}

/// Removes an author if they still have the expected version; the slugs that led to them are free
/// again, and the account that was tied to them is nobody's. The caller has seen, after
/// [`crate::sections::hold`], that they are not [`in_use`].
pub fn delete(tx: &mut Tx<'_>, id: AuthorId, expected_version: i64) -> Result<(), Error> {
    claim(tx, id, expected_version)?;
    merging::forget(tx, Noun::Author, id.raw())?;
    diesel::delete(authors::table.find(id.raw())).execute(tx.0)?;
    record(tx, "deleted", id)
}

/// Whether an article is by the author, as a working copy or for readers. What revisions said once
/// does not count.
pub fn in_use(conn: &mut Conn<'_>, id: AuthorId) -> Result<bool, Error> {
    merging::in_use(conn, Noun::Author, id.raw())
}

/// Counts the version one up if it is the expected one, and answers the author as they then are.
fn claim(tx: &mut Tx<'_>, id: AuthorId, expected_version: i64) -> Result<Author, Error> {
    let seen = authors::table
        .find(id.raw())
        .filter(authors::version.eq(expected_version));
    let claimed = diesel::update(seen)
        .set(authors::version.eq(expected_version.saturating_add(1)))
        .execute(tx.0)?;
    let author = get(tx, id)?.ok_or(Error::NotFound)?;
    match claimed {
        0 => Err(Error::Stale {
            current: author.version,
        }),
        _ => Ok(author),
    }
}
