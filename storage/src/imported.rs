//! What an import did with one thing.

use crate::{Error, Tx};

/// The outcome of importing one thing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Imported {
    /// It was not there and is now.
    Created,
    /// It was there already, as it is to be.
    Unchanged,
    /// It was there and has been brought up to date.
    Updated,
    /// It differs, but an editor has changed it since the last import: theirs is kept.
    KeptEditorsVersion,
}

/// Adopts or creates what was not imported before; answers the id in force and what was done.
///
/// `known` is the row with the same source, `same_slug` the one with the same slug and its
/// source. One with the same slug and without a source is the same thing, made by hand; one with
/// another source merely happens to have the same slug.
pub(crate) fn take_over(
    tx: &mut Tx<'_>,
    known: Option<i64>,
    same_slug: Option<(i64, Option<String>)>,
    adopt: impl FnOnce(&mut Tx<'_>, i64) -> Result<(), Error>,
    create: impl FnOnce(&mut Tx<'_>) -> Result<i64, Error>,
) -> Result<(i64, Imported), Error> {
    match (known, same_slug) {
        (Some(id), _) => Ok((id, Imported::Unchanged)),
        (None, Some((id, None))) => {
            adopt(tx, id)?;
            Ok((id, Imported::Unchanged))
        }
        (None, Some((_, Some(_))) | None) => Ok((create(tx)?, Imported::Created)),
    }
}
