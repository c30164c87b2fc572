//! Every slug that was ever public. An address stays with its article, so an old link never
//! leads to another one.

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Integer, Text};
use domain::id::ArticleId;
use domain::page::Limit;
use domain::slug::Slug;
use domain::time::Timestamp;

use crate::changes::{self, Change, Entity};
use crate::page::Page;
use crate::schema::addresses;
use crate::statement::{Statement, page_rows};
use crate::{Conn, Error, Tx, stored};

/// A slug that is kept for an article.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Address {
    /// The slug.
    pub slug: Slug,
    /// Whose it is.
    pub article: ArticleId,
    /// Since when it is kept; no other address was ever this one.
    pub reserved_at: Timestamp,
    /// From when readers could follow it.
    pub public_from: Timestamp,
    /// Whether it is the one that the article is, or was last, published under, or that of its
    /// working copy.
    pub in_force: bool,
}

const COLUMNS: &str = "SELECT a.slug, a.article_id, a.created_at, a.public_from, \
     CASE WHEN a.slug = r.slug OR a.slug = w.slug THEN 1 ELSE 0 END \
     FROM addresses a JOIN articles w ON w.id = a.article_id \
     LEFT JOIN revisions r ON r.id = w.published_revision_id WHERE ";

type Columns = (Text, BigInt, BigInt, BigInt, Integer);
type Row = (String, i64, i64, i64, i32);

fn address((slug, article, reserved_at, public_from, in_force): Row) -> Result<Address, Error> {
    Ok(Address {
        slug: stored::parse(&slug, Slug::parse)?,
        article: ArticleId::from_raw(article),
        reserved_at: Timestamp::from_millis(reserved_at),
        public_from: Timestamp::from_millis(public_from),
        in_force: in_force == 1,
    })
}

/// One address. One statement.
pub fn get(conn: &mut Conn<'_>, slug: &Slug) -> Result<Option<Address>, Error> {
    let row = Statement::<Columns>::new(COLUMNS)
        .sql("a.slug = ")
        .text(slug.as_str())
        .get_result::<Row>(conn.0)
        .optional()?;
    row.map(address).transpose()
}

/// One page of the addresses of an article by slug, beginning after one. One statement.
pub fn list(
    conn: &mut Conn<'_>,
    article: ArticleId,
    after: Option<&Slug>,
    limit: Limit,
) -> Result<Page<Address>, Error> {
    let rows = Statement::<Columns>::new(COLUMNS)
        .sql("a.article_id = ")
        .number(article.raw())
        .sql(" AND a.slug > ")
        .text(after.map_or("", Slug::as_str))
        .sql(" ORDER BY a.slug")
        .sql(page_rows(limit))
        .load::<Row>(conn.0)?;
    let addresses: Result<Vec<_>, _> = rows.into_iter().map(address).collect();
    Ok(Page::cut(addresses?, limit))
}

/// Gives an address up: it leads nowhere any more, and another article may take it. One that is in
/// force is [`Error::Conflict`] (field `status`).
pub fn release(tx: &mut Tx<'_>, slug: &Slug) -> Result<(), Error> {
    let address = get(tx, slug)?.ok_or(Error::NotFound)?;
    if address.in_force {
        return Err(Error::Conflict { field: "status" });
    }
    diesel::delete(addresses::table.find(slug.as_str())).execute(tx.0)?;
    let change = Change {
        data: Some(serde_json::json!({ "slug": slug.as_str() }).to_string()),
        ..Change::new("address_released", Entity::Article, address.article.raw())
    };
    changes::append(tx, &change)
}

/// The article a slug has belonged to since it was first public.
pub fn holder(conn: &mut Conn<'_>, slug: &Slug) -> Result<Option<ArticleId>, Error> {
    let id = addresses::table
        .find(slug.as_str())
        .select(addresses::article_id)
        .first::<i64>(conn.0)
        .optional()?;
    Ok(id.map(ArticleId::from_raw))
}

/// Reserves the slug for the article, which is public under it from `public_from` on, or refuses
/// if it is another's.
pub(crate) fn reserve(
    tx: &mut Tx<'_>,
    slug: &Slug,
    article: ArticleId,
    public_from: Timestamp,
) -> Result<(), Error> {
    forget_unseen(tx, article)?;
    match holder(tx, slug)? {
        Some(holder) if holder == article => return Ok(()),
        Some(_) => return Err(Error::Conflict { field: "slug" }),
        None => {}
    }
    let now = tx.now().as_millis();
    diesel::insert_into(addresses::table)
        .values((
            addresses::slug.eq(slug.as_str()),
            addresses::article_id.eq(article.raw()),
            addresses::created_at.eq(now),
            addresses::public_from.eq(public_from.as_millis()),
        ))
        .execute(tx.0)?;
    Ok(())
}

/// Gives up the addresses under which the article was to become public and has not yet: nobody
/// can have followed them, and that there was something is nobody's business.
pub(crate) fn forget_unseen(tx: &mut Tx<'_>, article: ArticleId) -> Result<(), Error> {
    let now = tx.now().as_millis();
    let unseen = addresses::table
        .filter(addresses::article_id.eq(article.raw()))
        .filter(addresses::public_from.gt(now));
    diesel::delete(unseen).execute(tx.0)?;
    Ok(())
}
