//! What the newspaper says in public about its own mistakes. Readers get a copy that stands beside
//! the published article, written in the transaction that changes it.

use diesel::prelude::*;
use domain::article::CORRECTIONS_MAX;
use domain::id::{ArticleId, CorrectionId};
use domain::time::Timestamp;
use serde::{Deserialize, Serialize};

use super::write::{claim, record};
use crate::schema::{corrections as table, published_articles};
use crate::{Conn, Error, Tx};

/// A correction as the newsroom sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Correction {
    /// The correction.
    pub id: CorrectionId,
    /// Plain text.
    pub text: String,
    /// The date that readers see.
    pub dated_at: Timestamp,
    /// Who added it, as in the change log.
    pub created_by: String,
    /// When it was added.
    pub created_at: Timestamp,
}

/// A correction as readers see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicCorrection {
    /// The correction.
    pub id: CorrectionId,
    /// Plain text.
    pub text: String,
    /// When it was made.
    pub dated_at: Timestamp,
}

/// A correction to be added.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewCorrection {
    /// Its id.
    pub id: CorrectionId,
    /// Plain text.
    pub text: String,
    /// The date that readers see.
    pub dated_at: Timestamp,
}

/// How it lies beside the published article.
#[derive(Serialize, Deserialize)]
struct Copied {
    id: i64,
    text: String,
    dated_at: i64,
}

type Row = (i64, String, i64, String, i64);

/// The corrections of an article, the newest last. One statement.
pub fn corrections(conn: &mut Conn<'_>, article: ArticleId) -> Result<Vec<Correction>, Error> {
    let rows: Vec<Row> = table::table
        .filter(table::article_id.eq(article.raw()))
        .order((table::dated_at, table::id))
        .select((
            table::id,
            table::text,
            table::dated_at,
            table::created_by,
            table::created_at,
        ))
        .load(conn.0)?;
    Ok(rows
        .into_iter()
        .map(|(id, text, dated_at, created_by, created_at)| Correction {
            id: CorrectionId::from_raw(id),
            text,
            dated_at: Timestamp::from_millis(dated_at),
            created_by,
            created_at: Timestamp::from_millis(created_at),
        })
        .collect())
}

/// Adds a correction if the article still has the expected version, which then counts one up.
/// Readers of the article see it at once. More than an article may have is [`Error::Conflict`]
/// (field `corrections`).
pub fn add_correction(
    tx: &mut Tx<'_>,
    article: ArticleId,
    expected_version: i64,
    new: &NewCorrection,
) -> Result<(), Error> {
    claim(tx, article, expected_version)?;
    if corrections(tx, article)?.len() >= CORRECTIONS_MAX {
        return Err(Error::Conflict {
            field: "corrections",
        });
    }
    diesel::insert_into(table::table)
        .values((
            table::id.eq(new.id.raw()),
            table::article_id.eq(article.raw()),
            table::text.eq(&new.text),
            table::dated_at.eq(new.dated_at.as_millis()),
            table::created_by.eq(tx.actor().label()),
            table::created_at.eq(tx.now().as_millis()),
        ))
        .execute(tx.0)?;
    show(tx, article)?;
    record(tx, "corrected", article)
}

/// Takes a correction back if the article still has the expected version, which then counts one
/// up. One that is not there is [`Error::NotFound`].
pub fn remove_correction(
    tx: &mut Tx<'_>,
    article: ArticleId,
    expected_version: i64,
    id: CorrectionId,
) -> Result<(), Error> {
    claim(tx, article, expected_version)?;
    let removed = diesel::delete(table::table.find(id.raw()))
        .filter(table::article_id.eq(article.raw()))
        .execute(tx.0)?;
    if removed == 0 {
        return Err(Error::NotFound);
    }
    show(tx, article)?;
    record(tx, "correction_removed", article)
}

/// Puts the present corrections beside the published article, if it is published. It is a change
/// that readers are told of.
fn show(tx: &mut Tx<'_>, article: ArticleId) -> Result<(), Error> {
    let copied = copied(tx, article)?;
    diesel::update(published_articles::table.find(article.raw()))
        .set((
            published_articles::corrections.eq(copied),
            published_articles::updated_at.eq(tx.now().as_millis()),
        ))
        .execute(tx.0)?;
    Ok(())
}

/// What is to lie beside the published article.
pub(super) fn copied(conn: &mut Conn<'_>, article: ArticleId) -> Result<String, Error> {
    let all = corrections(conn, article)?.into_iter();
    let copied = all.map(|correction| Copied {
        id: correction.id.raw(),
        text: correction.text,
        dated_at: correction.dated_at.as_millis(),
    });
    Ok(serde_json::to_string(&copied.collect::<Vec<_>>())?)
}

/// What lies beside the published article.
pub(crate) fn read_copied(json: &str) -> Result<Vec<PublicCorrection>, Error> {
    let copied: Vec<Copied> = serde_json::from_str(json)?;
    Ok(copied
        .into_iter()
        .map(|copied| PublicCorrection {
            id: CorrectionId::from_raw(copied.id),
            text: copied.text,
            dated_at: Timestamp::from_millis(copied.dated_at),
        })
        .collect())
}
