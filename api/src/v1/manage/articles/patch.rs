//! `PATCH /manage/articles/{article}`.

use actix_web::{HttpResponse, patch, web::Data};
use domain::access::may_edit_article;
use domain::article::Field;
use domain::id::{ArticleId, RevisionId};
use domain::section::Tree;
use domain::{Invalid, InvalidCode, Timestamp};
use openapi::Patch;
use openapi::managed_article::{ArticlePatch, ManagedArticle};
use openapi::query::{ArticlePath, SaveQuery};
use storage::articles::{self, Article, Edit, Saving};
use storage::{Error, Tx, sections};

use super::content::Change;
use super::merge::{conflicts, merged};
use super::read::{find, represent};
use super::slug::settle;
use super::translation::check_group;
use crate::error::ApiError;
use crate::extract::{Address, Caller, IfMatch, Json, PathId, Query};
use crate::respond::manage_json;
use crate::state::App;
use crate::v1::write::{Refused, Wrong, change};

/// Change a working copy
///
/// A JSON Merge Patch: a member left out stays as it is, `null` takes a value away, lists are
/// replaced whole. Each change is a new revision; readers see it after the next publication.
///
/// With `autosave=true` it is one that the caller's next save overwrites, so that the history holds
/// at most one in a row. A published revision and another's autosave are never overwritten.
///
/// It must name the version it builds on in `If-Match`; when somebody else was faster the answer
/// is 412 and says the version to build on, and which fields both have changed. Authors
/// find only what they created; an API key that is limited to sections finds nothing outside them,
/// and moves nothing out of them.
#[utoipa::path(
    tag = "manage articles",
    params(ArticlePath, SaveQuery),
    request_body = ArticlePatch,
    responses((
        status = 200,
        description = "The working copy after the change.",
        body = ManagedArticle
    ))
)]
#[patch("/manage/articles/{article}")]
pub(crate) async fn patch_article(
    app: Data<App>,
    path: PathId<Address<ArticleId>>,
    caller: Caller,
    version: IfMatch,
    query: Query<SaveQuery>,
    body: Json<ArticlePatch>,
) -> Result<HttpResponse, ApiError> {
    let wanted = Change::parse(body.into_inner())?;
    let saving = match query.autosave {
        Some(true) => Saving::Auto,
        _ => Saving::Kept,
    };
    let drawing = app.clone();
    let article = change(&app, caller, move |tx| {
        // What it names must not be merged or deleted between the look and the write.
        sections::hold_still(tx)?;
        let actor = tx.actor().clone();
        let (article, tree) = find(tx, &actor, &path.0)?;
        let path = tree.ancestors_and_self(article.card.section);
        may_edit_article(&actor, &article.card.created_by, &path)?;
        if version.0 != article.card.version {
            return Err(stale(tx, &tree, &article, version.0, wanted.clone())?);
        }
        save(tx, &drawing, &tree, &article, (wanted.clone(), saving))
    })
    .await?;
    manage_json(&article, article.card.version)
}

/// 412, with what both sides have changed.
fn stale(
    tx: &mut Tx<'_>,
    tree: &Tree,
    article: &Article,
    seen: i64,
    change: Change,
) -> Result<Refused, Refused> {
    let error = ApiError::from(Error::Stale {
        current: article.card.version,
    });
    let both = conflicts(tx, tree, article, seen, change)?;
    Ok(match both {
        Some(fields) => error.conflicts(fields.into_iter().map(Field::as_str)),
        None => error,
    }
    .into())
}

fn save(
    tx: &mut Tx<'_>,
    app: &App,
    tree: &Tree,
    article: &Article,
    (change, saving): (Change, Saving),
) -> Result<ManagedArticle, Refused> {
    let (id, version) = (article.card.id, article.card.version);
    let mut wrong = Wrong::default();
    let published_at = wrong.check(dated(article, change.published_at));
    let (mut content, wanted) = merged(
        tx,
        tree,
        (id, article.content()),
        change.clone(),
        &mut wrong,
    )?;
    let Ok(published_at) = published_at else {
        return Err(wrong.into_error().into());
    };
    wrong.refuse()?;
    let slug = match wanted {
        None => article.card.slug.clone(),
        Some(wanted) => settle(tx, &wanted, Some(id))?,
    };
    content.slug = Some(slug.clone());
    check_group(tx, id, Some(&article.card), &content)?;
    let revision = RevisionId::from_raw(app.new_id());
    let edit = Edit {
        revision,
        slug,
        content,
        published_at,
        remark: change.remark.clone(),
        saving,
    };
    let saved = match articles::save_revision(tx, id, version, &edit) {
        Err(Error::Stale { .. }) => {
            // On PostgreSQL somebody was faster by a moment.
            let now = articles::get(tx, id)?.ok_or(Error::NotFound)?;
            return Err(stale(tx, tree, &now, version, change)?);
        }
        saved => saved?,
    };
    let now = tx.now();
    Ok(represent(tx, saved, tree, now)?)
}

/// The time to be dated back to. After the first publication it is a fact, and stays.
fn dated(article: &Article, asked: Patch<Timestamp>) -> Result<Option<Timestamp>, Invalid> {
    let present = article.card.published_at;
    let wanted = asked.apply(present);
    if article.card.published_revision.is_some() && wanted != present {
        return Err(Invalid::new(
            "published_at",
            InvalidCode::WrongState,
            "does not move after the first publication",
        ));
    }
    Ok(wanted)
}
