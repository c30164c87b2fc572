//! Every slug that was ever public. An address stays with its article, so an old link never
//! leads to another one.

use diesel::prelude::*;
use domain::id::ArticleId;
use domain::slug::Slug;
use domain::time::Timestamp;

use crate::schema::addresses;
use crate::{Conn, Error, Tx};

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
