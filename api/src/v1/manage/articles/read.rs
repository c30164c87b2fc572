//! `GET /manage/articles/{article}`, and what every route here answers with.

use actix_web::{HttpResponse, get, web::Data};
use domain::access::may_read_article;
use domain::article::State;
use domain::id::ArticleId;
use domain::section::Tree;
use domain::{Actor, Timestamp};
use openapi::managed_article::ManagedArticle;
use openapi::query::ArticlePath;
use storage::articles::{self, Article};
use storage::{Conn, published, takedowns};

use crate::error::ApiError;
use crate::extract::{Address, Caller, PathId};
use crate::respond::manage_json;
use crate::state::App;
use crate::v1::sections::tree;
use crate::v1::wire;

/// Read a working copy
///
/// One article as it is being worked on, whatever its status, by its id or by the slug of the
/// working copy.
///
/// The `ETag` names the version that a change has to build on. Authors find only what they
/// created, and an API key that is limited to sections finds nothing outside them: the rest is 404,
/// like what was never there.
#[utoipa::path(
    tag = "manage articles",
    params(ArticlePath),
    responses((
        status = 200,
        description = "The working copy.",
        body = ManagedArticle
    ))
)]
#[get("/manage/articles/{article}")]
pub(crate) async fn get_managed_article(
    app: Data<App>,
    path: PathId<Address<ArticleId>>,
    caller: Caller,
) -> Result<HttpResponse, ApiError> {
    let now = app.now();
    let article = app
        .store
        .read(move |conn| {
            let (article, tree) = find(conn, &caller.0, &path.0)?;
            represent(conn, article, &tree, now)
        })
        .await?;
    manage_json(&article, article.card.version)
}

/// An article by its id or by the slug of its working copy, and the sections it is among. One that
/// the caller may not read is not there for them.
pub(super) fn find(
    conn: &mut Conn<'_>,
    actor: &Actor,
    address: &Address<ArticleId>,
) -> Result<(Article, Tree), ApiError> {
    let found = match address {
        Address::Id(id) => articles::get(conn, *id)?,
        Address::Slug(slug) => articles::by_slug(conn, slug)?,
    };
    let tree = tree(conn)?;
    let readable = |article: &Article| {
        let path = tree.ancestors_and_self(article.card.section);
        may_read_article(actor, &article.card.created_by, &path).is_ok()
    };
    match found.filter(readable) {
        Some(article) => Ok((article, tree)),
        None => Err(ApiError::not_found("There is no such article.")),
    }
}

/// A working copy as the wire carries it.
pub(super) fn represent(
    conn: &mut Conn<'_>,
    article: Article,
    tree: &Tree,
    now: Timestamp,
) -> Result<ManagedArticle, ApiError> {
    let card = &article.card;
    let names = published::names(conn, card.authors.clone(), card.tags.clone())?;
    let takedown = match card.state {
        State::TakenDown => takedowns::of(conn, card.id)?,
        State::Draft | State::Published | State::Unpublished => None,
    };
    wire::editorial::managed(article, takedown, tree, &names, now)
}
