//! What ends a tag: it is merged into another one, or deleted when nothing has it.

use diesel::prelude::*;
use domain::id::TagId;
use domain::tag::Tag;

use super::{get, record};
use crate::moved_slugs::Noun;
use crate::schema::tags;
use crate::{Conn, Error, Tx, merging};

/// Lets all articles that have a tag have another one instead, if it still has the expected version,
/// and removes it. Its slugs and its id lead to the other one from now on. Answers that one, its
/// version counted one up.
///
/// Both were read after [`crate::sections::hold`], and are not the same.
pub fn merge(tx: &mut Tx<'_>, id: TagId, expected_version: i64, into: TagId) -> Result<Tag, Error> {
    let gone = claim(tx, id, expected_version)?;
    merging::put_together(tx, Noun::Tag, (id.raw(), &gone.slug), into.raw())?;
    diesel::delete(tags::table.find(id.raw())).execute(tx.0)?;
    record(tx, "merged", id)?;
    let at = tx.now().as_millis();
    // Whatever its version: somebody may be renaming it.
    diesel::update(tags::table.find(into.raw()))
        .set((tags::version.eq(tags::version + 1), tags::updated_at.eq(at)))
        .execute(tx.0)?;
    record(tx, "changed", into)?;
    get(tx, into)?.ok_or(Error::NotFound)
}

/// Removes a tag if it still has the expected version; the slugs that led to it are free again. The
/// caller has seen, after [`crate::sections::hold`], that it is not [`in_use`].
pub fn delete(tx: &mut Tx<'_>, id: TagId, expected_version: i64) -> Result<(), Error> {
    claim(tx, id, expected_version)?;
    merging::forget(tx, Noun::Tag, id.raw())?;
    diesel::delete(tags::table.find(id.raw())).execute(tx.0)?;
    record(tx, "deleted", id)
}

/// Whether an article has the tag, as a working copy or for readers. What revisions said once does
/// not count.
pub fn in_use(conn: &mut Conn<'_>, id: TagId) -> Result<bool, Error> {
    merging::in_use(conn, Noun::Tag, id.raw())
}

/// Counts the version one up if it is the expected one, and answers the tag as it then is.
fn claim(tx: &mut Tx<'_>, id: TagId, expected_version: i64) -> Result<Tag, Error> {
    let seen = tags::table
        .find(id.raw())
        .filter(tags::version.eq(expected_version));
    let claimed = diesel::update(seen)
        .set(tags::version.eq(expected_version.saturating_add(1)))
        .execute(tx.0)?;
    let tag = get(tx, id)?.ok_or(Error::NotFound)?;
    match claimed {
        0 => Err(Error::Stale {
            current: tag.version,
        }),
        _ => Ok(tag),
    }
}
