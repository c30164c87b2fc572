//! What an article is a translation of.

use domain::article::ArticleContent;
use domain::id::ArticleId;
use domain::{Invalid, InvalidCode};
use openapi::Code;
use storage::Tx;
use storage::articles::{self, Article, ArticleCard};
use storage::published::{self, Found};

use super::read::find;
use crate::error::ApiError;
use crate::extract::Address;
use crate::v1::support::key_of;
use crate::v1::write::Refused;

const FIELD: &str = "translation_of";

/// The original that a body means: the article named, or the one that is a translation of. Anybody
/// may name what is public; what is not, whoever may read it.
pub(super) fn original(
    tx: &mut Tx<'_>,
    address: &Address<ArticleId>,
    of: Option<ArticleId>,
) -> Result<ArticleId, Refused> {
    let now = tx.now();
    let public = match published::find(tx, &key_of(address.clone()), now, None)? {
        Some(Found::Moved { id, .. }) => Some(id),
        Some(Found::Article(article)) => Some(article.card.id),
        None => None,
    };
    let actor = tx.actor().clone();
    let named: Article = match public {
        Some(id) => articles::get(tx, id)?.ok_or_else(unknown)?,
        None => match find(tx, &actor, address) {
            Ok((article, _)) => article,
            Err(error) if error.code() == Code::NotFound => return Err(unknown().into()),
            Err(error) => return Err(error.into()),
        },
    };
    let original = named.card.translation_of.unwrap_or(named.card.id);
    if of == Some(original) || of == Some(named.card.id) {
        let itself = "is the article itself, or a translation of it";
        return Err(Invalid::new(FIELD, InvalidCode::Cycle, itself).into());
    }
    Ok(original)
}

/// Refuses what would make two articles of one language in a group, or a translation of an article
/// that others translate. `before` is the article as it is now, if it is there.
pub(super) fn check_group(
    tx: &mut Tx<'_>,
    id: ArticleId,
    before: Option<&ArticleCard>,
    content: &ArticleContent,
) -> Result<(), ApiError> {
    let moved = before.and_then(|card| card.translation_of) != content.translation_of;
    let reworded = before.is_some_and(|card| card.language != content.language);
    if moved && content.translation_of.is_some() && articles::is_original(tx, id)? {
        let detail = "is not for an article that has translations of its own";
        return Err(Invalid::new(FIELD, InvalidCode::WrongState, detail).into());
    }
    if !moved && !reworded {
        return Ok(());
    }
    alone_in_its_language(
        tx,
        id,
        content.translation_of,
        content.language.as_str(),
        if moved { FIELD } else { "language" },
    )
}

/// Refuses what would be a second article of a language in its group.
pub(super) fn alone_in_its_language(
    tx: &mut Tx<'_>,
    id: ArticleId,
    translation_of: Option<ArticleId>,
    language: &str,
    field: &str,
) -> Result<(), ApiError> {
    let original = translation_of.unwrap_or(id);
    match articles::in_language(tx, original, language, id)? {
        Some(other) => {
            let detail = format!("{other} has this language among the same translations");
            Err(Invalid::new(field, InvalidCode::Duplicate, detail).into())
        }
        None => Ok(()),
    }
}

fn unknown() -> ApiError {
    let detail = "there is no such article";
    Invalid::new(FIELD, InvalidCode::UnknownReference, detail).into()
}
