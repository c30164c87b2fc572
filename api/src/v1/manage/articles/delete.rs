//! `DELETE /manage/articles/{article}`.

use actix_web::{HttpResponse, delete, http::StatusCode, web::Data};
use domain::access::may_edit_article;
use domain::article::Verb;
use domain::id::ArticleId;
use openapi::query::ArticlePath;
use storage::articles;

use super::read::find;
use super::transition::allowed;
use crate::error::ApiError;
use crate::extract::{Address, Caller, IfMatch, PathId};
use crate::respond::private_empty;
use crate::state::App;
use crate::v1::write::{change, expect_version};

/// Delete a draft
///
/// A draft that was never published is deleted for good, with all its revisions. The change log
/// keeps that it was there, and nothing of what it said. Its slug is free again.
///
/// What readers could once read is not deleted: the answer is 409 (`wrong_state`), and the article
/// can be unpublished or taken down. It needs `If-Match`. Authors delete only what they created.
#[utoipa::path(
    tag = "manage articles",
    params(ArticlePath),
    responses((status = 204, description = "The draft is gone."))
)]
#[delete("/manage/articles/{article}")]
pub(crate) async fn delete_article(
    app: Data<App>,
    path: PathId<Address<ArticleId>>,
    caller: Caller,
    version: IfMatch,
) -> Result<HttpResponse, ApiError> {
    change(&app, caller, move |tx| {
        let actor = tx.actor().clone();
        let (article, tree) = find(tx, &actor, &path.0)?;
        let card = &article.card;
        let path = tree.ancestors_and_self(card.section);
        may_edit_article(&actor, &card.created_by, &path)?;
        expect_version(version.0, card.version)?;
        allowed(card, Verb::Delete)?;
        Ok(articles::delete(tx, card.id, version.0)?)
    })
    .await?;
    Ok(private_empty(StatusCode::NO_CONTENT))
}
