//! By whom and about what each working copy is: the newsroom's counterpart of `listings`, with a row
//! for each author and tag. It follows the current revision, not what is public.

use diesel::prelude::*;
use domain::article::ArticleContent;
use domain::id::ArticleId;

use crate::listings::Scope;
use crate::schema::working_listings;
use crate::{Error, Tx};

/// Lists an article, of which nothing is listed, by what it says now.
pub(crate) fn write(
    tx: &mut Tx<'_>,
    article: ArticleId,
    content: &ArticleContent,
) -> Result<(), Error> {
    let authors = content.authors.iter().copied().map(Scope::Author);
    let tags = content.tags.iter().copied().map(Scope::Tag);
    let mut places: Vec<_> = authors.chain(tags).map(Scope::columns).collect();
    places.sort_unstable();
    places.dedup();
    for (scope, scope_id) in places {
        diesel::insert_into(working_listings::table)
            .values((
                working_listings::scope.eq(scope),
                working_listings::scope_id.eq(scope_id),
                working_listings::article_id.eq(article.raw()),
            ))
            .execute(tx.0)?;
    }
    Ok(())
}

pub(crate) fn remove(tx: &mut Tx<'_>, article: ArticleId) -> Result<(), Error> {
    let rows = working_listings::table.filter(working_listings::article_id.eq(article.raw()));
    diesel::delete(rows).execute(tx.0)?;
    Ok(())
}
