//! Which account writes under which name.

use diesel::prelude::*;
use domain::author::Author;
use domain::id::{AuthorId, UserId};

use super::{Row, record};
use crate::schema::authors;
use crate::{Conn, Error, Tx};

/// The author that an account is tied to. One statement.
pub fn of_user(conn: &mut Conn<'_>, user: UserId) -> Result<Option<Author>, Error> {
    let row = authors::table
        .filter(authors::user_id.eq(user.raw()))
        .select(Row::as_select())
        .first(conn.0)
        .optional()?;
    row.map(Author::try_from).transpose()
}

/// Ties an account whose author is gone to another one. One that is tied already is
/// [`Error::Conflict`] (field `user`).
pub(super) fn hand_over(tx: &mut Tx<'_>, user: UserId, into: AuthorId) -> Result<(), Error> {
    let free = authors::table
        .find(into.raw())
        .filter(authors::user_id.is_null());
    let tied = diesel::update(free)
        .set(authors::user_id.eq(user.raw()))
        .execute(tx.0)?;
    match tied {
        0 => Err(Error::Conflict { field: "user" }),
        _ => Ok(()),
    }
}

/// Lets the author an account is tied to be nobody's. It is a change of the author, like any
/// other: whoever is about to change them reads them again.
pub(crate) fn untie(tx: &mut Tx<'_>, user: UserId) -> Result<(), Error> {
    let at = tx.now().as_millis();
    let tied: Vec<i64> = authors::table
        .filter(authors::user_id.eq(user.raw()))
        .select(authors::id)
        .load(tx.0)?;
    for id in tied {
        diesel::update(authors::table.find(id))
            .set((
                authors::user_id.eq(None::<i64>),
                authors::version.eq(authors::version + 1),
                authors::updated_at.eq(at),
            ))
            .execute(tx.0)?;
        record(tx, "untied", AuthorId::from_raw(id))?;
    }
    Ok(())
}
