//! What was removed for cause: why, for the newsroom; and what readers are told instead.

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Nullable, Text};
use domain::article::Takedown;
use domain::id::ArticleId;
use domain::time::Timestamp;

use crate::published::Key;
use crate::schema::takedowns;
use crate::statement::Statement;
use crate::{Conn, Error, Tx};

/// What readers are told at every address of an article that was taken down.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Gone {
    /// The article.
    pub article: ArticleId,
    /// What the newsroom says about it in public, if anything.
    pub notice: Option<String>,
}

/// What readers are told of an article that was taken down; none for one that was not, and for
/// one that they never could read. One statement.
pub fn gone(conn: &mut Conn<'_>, key: &Key) -> Result<Option<Gone>, Error> {
    let statement =
        Statement::<(BigInt, Nullable<Text>)>::new("SELECT t.article_id, t.public_notice FROM ");
    let statement = match key {
        Key::Id(id) => statement
            .sql("takedowns t WHERE t.article_id = ")
            .number(id.raw())
            .sql(" AND EXISTS (SELECT 1 FROM addresses a WHERE a.article_id = t.article_id)"),
        Key::Slug(slug) => statement
            .sql("addresses a JOIN takedowns t ON t.article_id = a.article_id WHERE a.slug = ")
            .text(slug.as_str()),
    };
    let row = statement
        .get_result::<(i64, Option<String>)>(conn.0)
        .optional()?;
    Ok(row.map(|(article, notice)| Gone {
        article: ArticleId::from_raw(article),
        notice,
    }))
}

/// Why an article was taken down and when, while it is: for the newsroom. One statement.
pub fn of(conn: &mut Conn<'_>, article: ArticleId) -> Result<Option<(Takedown, Timestamp)>, Error> {
    let row = takedowns::table
        .find(article.raw())
        .select((
            takedowns::reason,
            takedowns::public_notice,
            takedowns::taken_down_at,
        ))
        .first::<(String, Option<String>, i64)>(conn.0)
        .optional()?;
    Ok(row.map(|(reason, public_notice, at)| {
        let takedown = Takedown {
            reason,
            public_notice,
        };
        (takedown, Timestamp::from_millis(at))
    }))
}

pub(crate) fn insert(
    tx: &mut Tx<'_>,
    article: ArticleId,
    takedown: &Takedown,
) -> Result<(), Error> {
    let now = tx.now().as_millis();
    diesel::insert_into(takedowns::table)
        .values((
            takedowns::article_id.eq(article.raw()),
            takedowns::reason.eq(&takedown.reason),
            takedowns::public_notice.eq(takedown.public_notice.as_deref()),
            takedowns::taken_down_at.eq(now),
        ))
        .execute(tx.0)?;
    Ok(())
}

pub(crate) fn remove(tx: &mut Tx<'_>, article: ArticleId) -> Result<(), Error> {
    diesel::delete(takedowns::table.find(article.raw())).execute(tx.0)?;
    Ok(())
}
