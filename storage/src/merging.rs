//! What becomes of all that names a tag or an author when it is merged into another: a few
//! statements, however many articles there are.
//!
//! Revisions are left as they are: see [`merged_ids`]. The lists of ids are JSON as we write it,
//! numbers, commas and brackets, so that text functions both databases have are enough.

use diesel::prelude::*;
use diesel::sql_types::BigInt;
use domain::slug::Slug;

use crate::moved_slugs::{self, Noun};
use crate::statement::Statement;
use crate::{Conn, Error, Tx, merged_ids};

/// How one kind of thing is written in SQL.
struct Words {
    scope: &'static str,
    /// The column that lists the ids.
    ids: &'static str,
    /// The list with a comma before and after each id.
    listed: &'static str,
}

impl Words {
    /// Sections are no list of an article's: they are merged in a way of their own.
    fn of(noun: Noun) -> Result<Self, Error> {
        match noun {
            Noun::Tag => Ok(Self {
                scope: "'tag'",
                ids: "tag_ids",
                listed: "REPLACE(REPLACE(tag_ids, '[', ','), ']', ',')",
            }),
            Noun::Author => Ok(Self {
                scope: "'author'",
                ids: "author_ids",
                listed: "REPLACE(REPLACE(author_ids, '[', ','), ']', ',')",
            }),
            Noun::Section => Err(Error::Internal("a section in a list of ids".to_owned())),
        }
    }
}

/// Lets everything that names `from`, whose slug is `slug`, name `into` instead: what is public, the
/// working copies, and the slugs and ids that lead there. An article that named both names `into`
/// once, where the first of them stood. `from` itself is still to be removed.
///
/// The transaction holds the [sections](crate::sections::hold), so that no article is written
/// meanwhile.
pub(crate) fn put_together(
    tx: &mut Tx<'_>,
    noun: Noun,
    (from, slug): (i64, &Slug),
    into: i64,
) -> Result<(), Error> {
    let words = Words::of(noun)?;
    rename(tx, &words, [PUBLISHED, LISTED], from, into)?;
    rename(tx, &words, [WORKING, WORKING_LISTED], from, into)?;
    relist(
        tx,
        &words,
        "INSERT INTO listings (scope, scope_id, article_id, published_at, language, visible_from, \
         visible_until) SELECT l.scope, ",
        ", l.article_id, l.published_at, l.language, l.visible_from, l.visible_until FROM listings l",
        (from, into),
    )?;
    relist(
        tx,
        &words,
        "INSERT INTO working_listings (scope, scope_id, article_id) SELECT l.scope, ",
        ", l.article_id FROM working_listings l",
        (from, into),
    )?;
    close(tx, &words, "DELETE FROM listings", from)?;
    close(tx, &words, "DELETE FROM working_listings", from)?;
    moved_slugs::repoint(tx, noun, from, into)?;
    moved_slugs::lead(tx, noun, slug, into)?;
    merged_ids::note(tx, noun, from, into)
}

/// Whether an article names it, as a working copy or for readers.
pub(crate) fn in_use(conn: &mut Conn<'_>, noun: Noun, id: i64) -> Result<bool, Error> {
    let words = Words::of(noun)?;
    let found = Statement::<BigInt>::new("SELECT w.article_id FROM working_listings w")
        .sql(" WHERE w.scope = ")
        .sql(words.scope)
        .sql(" AND w.scope_id = ")
        .number(id)
        .sql(" UNION ALL SELECT l.article_id FROM listings l WHERE l.scope = ")
        .sql(words.scope)
        .sql(" AND l.scope_id = ")
        .number(id)
        .sql(" LIMIT 1")
        .load::<i64>(conn.0)?;
    Ok(!found.is_empty())
}

/// Frees the slugs and forgets the ids that led to what is to go for good.
pub(crate) fn forget(tx: &mut Tx<'_>, noun: Noun, id: i64) -> Result<(), Error> {
    moved_slugs::release(tx, noun, id)?;
    merged_ids::release(tx, noun, id)
}

const PUBLISHED: &str = "UPDATE published_articles SET ";
const LISTED: &str = " WHERE id IN (SELECT l.article_id FROM listings l WHERE l.scope = ";
const WORKING: &str = "UPDATE articles SET ";
const WORKING_LISTED: &str =
    " WHERE id IN (SELECT l.article_id FROM working_listings l WHERE l.scope = ";

/// Rewrites the lists of ids in the articles that name `from`.
fn rename(
    tx: &mut Tx<'_>,
    words: &Words,
    [update, named]: [&'static str; 2],
    from: i64,
    into: i64,
) -> Result<(), Error> {
    let sql = Statement::<()>::new(update).sql(words.ids).sql(" = ");
    rewritten(sql, words, from, into)
        .sql(named)
        .sql(words.scope)
        .sql(" AND l.scope_id = ")
        .number(from)
        .sql(") AND ")
        .sql(words.listed)
        .sql(" LIKE ")
        .text(&format!("%,{from},%"))
        .execute(tx.0)?;
    Ok(())
}

/// A list that holds `from`, with `into` in its place, or without it where `into` stands before it
/// already.
fn rewritten<Row>(sql: Statement<Row>, words: &Words, from: i64, into: i64) -> Statement<Row> {
    let (one, other) = (format!(",{from},"), format!(",{into},"));
    sql.sql("'[' || TRIM(CASE WHEN ")
        .sql(words.listed)
        .sql(" LIKE ")
        .text(&format!("%,{into},{from},%"))
        .sql(" OR ")
        .sql(words.listed)
        .sql(" LIKE ")
        .text(&format!("%,{into},%,{from},%"))
        .sql(" THEN REPLACE(")
        .sql(words.listed)
        .sql(", ")
        .text(&one)
        .sql(", ',') ELSE REPLACE(REPLACE(")
        .sql(words.listed)
        .sql(", ")
        .text(&other)
        .sql(", ','), ")
        .text(&one)
        .sql(", ")
        .text(&other)
        .sql(") END, ',') || ']'")
}

/// Lists by `into` what `from` lists.
fn relist(
    tx: &mut Tx<'_>,
    words: &Words,
    insert: &'static str,
    listed: &'static str,
    (from, into): (i64, i64),
) -> Result<(), Error> {
    Statement::<()>::new(insert)
        .number(into)
        .sql(listed)
        .sql(" WHERE l.scope = ")
        .sql(words.scope)
        .sql(" AND l.scope_id = ")
        .number(from)
        .sql(" ON CONFLICT DO NOTHING")
        .execute(tx.0)?;
    Ok(())
}

/// Empties a list.
fn close(tx: &mut Tx<'_>, words: &Words, delete: &'static str, from: i64) -> Result<(), Error> {
    Statement::<()>::new(delete)
        .sql(" WHERE scope = ")
        .sql(words.scope)
        .sql(" AND scope_id = ")
        .number(from)
        .execute(tx.0)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use diesel::sql_types::Text;
    use domain::article::in_force;
    use proptest::prelude::*;

    use super::*;
    use crate::store::tests::both;
    use crate::stored;

    /// What the database makes of a list.
    fn rewritten_there(conn: &mut Conn<'_>, list: &[i64], from: i64, into: i64) -> String {
        let words = Words::of(Noun::Tag).unwrap();
        let list = stored::ids_to_json(list.iter().copied()).unwrap();
        let sql = Statement::<Text>::new("SELECT ");
        rewritten(sql, &words, from, into)
            .sql(" FROM (SELECT CAST(")
            .text(&list)
            .sql(" AS TEXT) AS tag_ids) one")
            .get_result::<String>(conn.0)
            .unwrap()
    }

    #[test]
    fn sections_are_in_no_list() {
        assert!(Words::of(Noun::Section).is_err());
    }

    #[test]
    fn databases_rewrite_a_list_as_it_is_read_later() {
        // Ids that are parts of one another.
        const IDS: [i64; 8] = [1, 2, 11, 12, 21, 112, 211, 1121];
        for database in both() {
            let checked: Result<(), Error> = database.store.read_blocking(|conn| {
                let conn = std::cell::RefCell::new(conn);
                let mut runner = proptest::test_runner::TestRunner::deterministic();
                let lists = prop::sample::subsequence(IDS.to_vec(), 1..8).prop_shuffle();
                let each = (lists, 0..8_usize, 0..8_usize);
                let kept = runner.run(&each, |(list, one, other)| {
                    let from = list[one % list.len()];
                    let into = IDS[other];
                    prop_assume!(from != into);
                    let now = in_force(&list, &HashMap::from([(from, into)]));
                    let there = rewritten_there(&mut conn.borrow_mut(), &list, from, into);
                    let now = stored::ids_to_json(now.into_iter()).unwrap();
                    prop_assert_eq!(there, now, "{:?}, {} into {}", list, from, into);
                    Ok(())
                });
                kept.unwrap();
                Ok(())
            });
            checked.unwrap();
        }
    }
}
