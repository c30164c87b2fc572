//! What changes the tree: a section moves with everything below it. Its articles follow by a few
//! statements, however many they are.

use diesel::prelude::*;
use diesel::sql_types::BigInt;
use domain::id::SectionId;
use domain::section::{Section, Tree};

use super::{get, record};
use crate::dialect::{Turn, expect_large_joins, share_turn, take_turn};
use crate::listings::{self, Leaving};
use crate::schema::sections;
use crate::statement::Statement;
use crate::{Conn, Error, Tx};

/// Waits until nobody else changes the tree, or lists articles in it, and keeps them from doing so
/// until the transaction ends. It comes before the tree is read, and before anything else is held.
pub fn hold(tx: &mut Tx<'_>) -> Result<(), Error> {
    take_turn(tx.0, Turn::Sections)
}

/// Keeps the tree as it is until the transaction ends; others may do the same meanwhile. An article
/// that is listed above its section, or taken out of there, must not meet a move halfway.
pub fn hold_still(tx: &mut Tx<'_>) -> Result<(), Error> {
    share_turn(tx.0, Turn::Sections)
}

/// These sections and every section above one of them, as they are stored now.
pub(crate) fn with_ancestors(
    conn: &mut Conn<'_>,
    sections: &[i64],
) -> Result<Vec<SectionId>, Error> {
    // `UNION` leaves out what was met already, so that not even a ring of parents goes on for ever.
    let ids = Statement::<BigInt>::new(
        "WITH RECURSIVE up (id, parent_id) AS (SELECT s.id, s.parent_id FROM sections s WHERE s.id IN ",
    )
    .numbers(sections)
    .sql(" UNION SELECT s.id, s.parent_id FROM up JOIN sections s ON s.id = up.parent_id)")
    .sql(" SELECT id FROM up")
    .load::<i64>(conn.0)?;
    Ok(ids.into_iter().map(SectionId::from_raw).collect())
}

/// Where a section goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Move {
    /// The section above it from now on; `None` puts it at the top.
    pub parent: Option<SectionId>,
    /// The new positions of the section and of the siblings that make room, as [`Tree::arrange`]
    /// answers them.
    pub positions: Vec<(SectionId, i64)>,
}

/// Moves a section with everything below it, if it still has the expected version, which then
/// counts one up. `tree` was read after [`hold`], and the section may stand there.
///
/// The articles below are listed in the sections that are above them now, and in the former ones no
/// more; no row of an article is touched. Siblings that make room keep their versions: only their
/// numbers change, not their order.
pub fn relocate(
    tx: &mut Tx<'_>,
    tree: &Tree,
    id: SectionId,
    expected_version: i64,
    to: &Move,
) -> Result<Section, Error> {
    let now = tx.now().as_millis();
    let seen = sections::table
        .find(id.raw())
        .filter(sections::version.eq(expected_version));
    let claimed = diesel::update(seen)
        .set((
            sections::parent_id.eq(to.parent.map(SectionId::raw)),
            sections::version.eq(expected_version.saturating_add(1)),
            sections::updated_at.eq(now),
        ))
        .execute(tx.0)?;
    if claimed == 0 {
        let current = get(tx, id)?.ok_or(Error::NotFound)?.version;
        return Err(Error::Stale { current });
    }
    put_in_order(tx, &to.positions)?;
    relist(tx, tree, id, to.parent)?;
    record(tx, "moved", id)?;
    get(tx, id)?.ok_or(Error::NotFound)
}

/// Gives siblings new positions. Those that only make room keep their versions.
pub(super) fn put_in_order(tx: &mut Tx<'_>, positions: &[(SectionId, i64)]) -> Result<(), Error> {
    for (section, position) in positions {
        diesel::update(sections::table.find(section.raw()))
            .set(sections::position.eq(position))
            .execute(tx.0)?;
    }
    Ok(())
}

/// Lists the articles of a section and below it in what is above it now.
pub(super) fn relist(
    tx: &mut Tx<'_>,
    tree: &Tree,
    id: SectionId,
    parent: Option<SectionId>,
) -> Result<(), Error> {
    let before = tree.ancestors_and_self(id);
    let after = parent.map_or_else(Vec::new, |parent| tree.ancestors_and_self(parent));
    let come = after.iter().filter(|above| !before.contains(above));
    expect_large_joins(tx.0)?;
    listings::enter(tx, id, &come.map(|above| above.raw()).collect::<Vec<_>>())?;
    // From below: whether an article stays in one depends on whether it stays in one beneath.
    let gone = before.iter().skip(1).filter(|above| !after.contains(above));
    for &above in gone {
        let beneath = tree.children(Some(above)).iter().filter(|one| **one != id);
        let leaving = Leaving {
            with: id,
            from: above,
            beneath: beneath.map(|one| one.raw()).collect(),
        };
        listings::leave(tx, &leaving)?;
    }
    Ok(())
}
