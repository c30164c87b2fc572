//! Who has a slug: the working copy of an article, or an article that was once public under it.

use diesel::prelude::*;
use domain::id::ArticleId;
use domain::slug::Slug;

use crate::schema::{addresses, articles};
use crate::{Conn, Error, addresses as places, slugs};

/// The article, other than `except`, whose working copy has this slug or which was ever public
/// under it.
pub fn slug_taken(
    conn: &mut Conn<'_>,
    slug: &Slug,
    except: Option<ArticleId>,
) -> Result<Option<ArticleId>, Error> {
    let working = articles::table
        .filter(articles::slug.eq(slug.as_str()))
        .select(articles::id)
        .first::<i64>(conn.0)
        .optional()?
        .map(ArticleId::from_raw);
    let holders = [working, places::holder(conn, slug)?];
    Ok(holders
        .into_iter()
        .flatten()
        .find(|holder| Some(*holder) != except))
}

/// The slug itself, or the first of `slug-2`, `slug-3`, … that no article has or ever had.
pub fn free_slug(conn: &mut Conn<'_>, wanted: &Slug) -> Result<Slug, Error> {
    slugs::first_free(wanted, |asked| {
        let mut taken = articles::table
            .filter(articles::slug.eq_any(asked))
            .select(articles::slug)
            .load::<String>(conn.0)?;
        let public = addresses::table
            .filter(addresses::slug.eq_any(asked))
            .select(addresses::slug)
            .load::<String>(conn.0)?;
        taken.extend(public);
        Ok(taken)
    })
}
