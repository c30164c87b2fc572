//! The articles that say the same in different languages: an original and its translations, each
//! of which names the original.

use diesel::prelude::*;
use diesel::sql_types::BigInt;
use domain::id::ArticleId;

use crate::dialect::locking;
use crate::schema::articles;
use crate::statement::Statement;
use crate::{Conn, Error, Tx};

/// Another article of the group of this original that is in a language, in its working copy or as
/// it is public. Whoever asks for the same original waits for this transaction to end, so that two
/// cannot both find the language free.
pub fn in_language(
    tx: &mut Tx<'_>,
    original: ArticleId,
    language: &str,
    except: ArticleId,
) -> Result<Option<ArticleId>, Error> {
    let row = articles::table.find(original.raw()).select(articles::id);
    let held = locking(tx.0, row).load::<i64>(tx.0)?;
    if held.is_empty() {
        // Gone, or not there yet: nothing is a translation of it.
        return Ok(None);
    }
    let found = Statement::<BigInt>::new("SELECT a.id FROM articles a")
        .sql(" JOIN revisions r ON r.id = a.revision_id WHERE a.id = ")
        .number(original.raw())
        .sql(" AND a.id <> ")
        .number(except.raw())
        .sql(" AND r.language = ")
        .text(language)
        .sql(" UNION ALL SELECT a.id FROM revisions r JOIN articles a ON a.id = r.article_id AND a.revision_id = r.id")
        .sql(" WHERE r.translation_of = ")
        .number(original.raw())
        .sql(" AND a.id <> ")
        .number(except.raw())
        .sql(" AND r.language = ")
        .text(language)
        .sql(" UNION ALL SELECT p.id FROM published_articles p WHERE p.id = ")
        .number(original.raw())
        .sql(" AND p.id <> ")
        .number(except.raw())
        .sql(" AND p.language = ")
        .text(language)
        .sql(" UNION ALL SELECT p.id FROM published_articles p WHERE p.translation_of = ")
        .number(original.raw())
        .sql(" AND p.id <> ")
        .number(except.raw())
        .sql(" AND p.language = ")
        .text(language)
        .load::<i64>(tx.0)?;
    Ok(found.first().copied().map(ArticleId::from_raw))
}

/// Whether any other article is a translation of this one, in its working copy or as it is public.
/// One statement.
pub fn is_original(conn: &mut Conn<'_>, article: ArticleId) -> Result<bool, Error> {
    let found = Statement::<BigInt>::new("SELECT a.id FROM revisions r")
        .sql(" JOIN articles a ON a.id = r.article_id AND a.revision_id = r.id WHERE r.translation_of = ")
        .number(article.raw())
        .sql(" UNION ALL SELECT p.id FROM published_articles p WHERE p.translation_of = ")
        .number(article.raw())
        .load::<i64>(conn.0)?;
    Ok(!found.is_empty())
}
