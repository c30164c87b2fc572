//! `GET /manage/articles/{article}/revisions/{revision}`, and how its routes find one.

use actix_web::{HttpResponse, get, web::Data};
use domain::Actor;
use domain::id::ArticleId;
use domain::section::Tree;
use openapi::query::RevisionPath;
use openapi::revision::Revision;
use storage::articles::{self, Article};
use storage::{Conn, published};

use crate::error::ApiError;
use crate::extract::{Address, Caller, Number, PathIds};
use crate::respond::manage_json;
use crate::state::App;
use crate::v1::manage::articles::read;
use crate::v1::wire;

/// Read a revision
///
/// One revision of an article with everything it says, by its number. What it names and was merged
/// since is called what it is called now; what was deleted is left out.
///
/// The `ETag` is that of the article: what restoring the revision has to build on.
#[utoipa::path(
    tag = "manage articles",
    params(RevisionPath),
    responses((
        status = 200,
        description = "The revision.",
        body = Revision
    ))
)]
#[get("/manage/articles/{article}/revisions/{revision}")]
pub(crate) async fn get_revision(
    app: Data<App>,
    path: PathIds<Address<ArticleId>, Number>,
    caller: Caller,
) -> Result<HttpResponse, ApiError> {
    let (revision, version) = app
        .store
        .read(move |conn| {
            let (article, tree, mut found) = find(conn, &caller.0, &path.0, path.1)?;
            articles::name_in_force(conn, &mut [&mut found.content])?;
            let content = &found.content;
            let names = published::names(conn, content.authors.clone(), content.tags.clone())?;
            let version = article.card.version;
            let revision = wire::revision::whole(found, &article.card, &tree, &names)?;
            Ok::<_, ApiError>((revision, version))
        })
        .await?;
    manage_json(&revision, version)
}

/// A revision of an article that the caller may read, as it was written, with the article and the
/// sections.
pub(super) fn find(
    conn: &mut Conn<'_>,
    actor: &Actor,
    address: &Address<ArticleId>,
    number: Number,
) -> Result<(Article, Tree, articles::Revision), ApiError> {
    let (article, tree) = read::find(conn, actor, address)?;
    let revision = articles::revision(conn, article.card.id, number.0)?
        .ok_or_else(|| ApiError::not_found("There is no such article."))?;
    Ok((article, tree, revision))
}
