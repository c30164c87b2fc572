//! The words of the names of tags, for completing what somebody types.

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text};
use domain::id::TagId;
use domain::text::search::{Query, Term, Word, terms};

use crate::connection::AnyConnection;
use crate::dialect::locking;
use crate::schema::{tag_terms, tags};
use crate::statement::Statement;
use crate::{Conn, Error, Tx, backfills};

/// So many tags are filled in in one transaction of an upgrade.
const SLICE: i64 = 500;

/// What is shown of a tag that completes a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SuggestedTag {
    /// The tag.
    pub id: TagId,
    /// Its slug.
    pub slug: String,
    /// The word or words.
    pub name: String,
}

/// The first tags by slug whose names hold these words, at most ten. One statement.
pub fn suggest(conn: &mut Conn<'_>, words: &Query) -> Result<Vec<SuggestedTag>, Error> {
    let mut sql = Statement::<(BigInt, Text, Text)>::new(
        "SELECT t.id, t.slug, t.name FROM tags t WHERE t.id > 0",
    );
    let sought = words.wanted().iter().flat_map(Word::terms);
    for term in sought {
        sql = sql.sql(" AND t.id IN (SELECT w.tag_id FROM tag_terms w WHERE w.term");
        sql = match term {
            Term::Whole(term) => sql.sql(" = ").text(term),
            // Whatever begins so comes before what nothing can begin with.
            Term::Beginning(term) => sql
                .sql(" >= ")
                .text(term)
                .sql(" AND w.term < ")
                .text(&format!("{term}\u{10ffff}")),
        }
        .sql(")");
    }
    let rows = sql
        .sql(" ORDER BY t.slug LIMIT 10")
        .load::<(i64, String, String)>(conn.0)?;
    let tags = rows.into_iter().map(|(id, slug, name)| SuggestedTag {
        id: TagId::from_raw(id),
        slug,
        name,
    });
    Ok(tags.collect())
}

/// Notes the words of a tag in the place of those it had.
pub(super) fn rewrite(tx: &mut Tx<'_>, tag: TagId, name: &str) -> Result<(), Error> {
    diesel::delete(tag_terms::table.filter(tag_terms::tag_id.eq(tag.raw()))).execute(tx.0)?;
    write(tx, tag, name)
}

/// Notes the words of a tag that has none.
pub(super) fn write(tx: &mut Tx<'_>, tag: TagId, name: &str) -> Result<(), Error> {
    insert(tx.0, &rows(tag.raw(), name))
}

fn rows(tag: i64, name: &str) -> Vec<(String, i64)> {
    terms([name]).into_iter().map(|term| (term, tag)).collect()
}

fn insert(conn: &mut AnyConnection, rows: &[(String, i64)]) -> Result<(), Error> {
    for some in rows.chunks(128) {
        Statement::<()>::new("INSERT INTO tag_terms (term, tag_id) VALUES ")
            .pairs(some)
            .sql(" ON CONFLICT DO NOTHING")
            .execute(conn)?;
    }
    Ok(())
}

/// Notes the words of the tags that were there before this program could.
pub(crate) fn catch_up(conn: &mut AnyConnection) -> Result<(), Error> {
    backfills::catch_up(conn, "tag_terms", |conn, after| {
        let some = tags::table
            .filter(tags::id.gt(after))
            .order(tags::id)
            .limit(SLICE)
            .select((tags::id, tags::name));
        let some: Vec<(i64, String)> = locking(conn, some).load(conn)?;
        let found: Vec<_> = some.iter().flat_map(|(id, name)| rows(*id, name)).collect();
        insert(conn, &found)?;
        Ok(some.last().map(|(last, _)| *last))
    })
}
