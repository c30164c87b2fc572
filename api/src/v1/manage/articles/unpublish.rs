//! `POST /manage/articles/{article}/unpublish`, and what the transitions share.

use actix_web::{HttpResponse, http::StatusCode, post, web::Data};
use domain::article::{Verb, transition};
use domain::id::ArticleId;
use openapi::Code;
use openapi::managed_article::{EmptyRequest, ManagedArticle};
use openapi::query::ArticlePath;
use storage::articles::{self, Article, ArticleCard};
use storage::{Error, Tx};

use super::read::{find, represent};
use crate::error::ApiError;
use crate::extract::{Address, BodyHash, IfMatch, Json, PathId};
use crate::idempotent::Answer;
use crate::state::App;
use crate::v1::write::{Asked, Refused, expect_version};

/// Unpublish an article
///
/// Takes the article back at once: readers get a 404, and it stands in no list. What was only
/// scheduled will not appear. Its comments and its counters are kept and return with it.
///
/// Its addresses stay its own. It may be published again, and then has the date that it had. It
/// needs `If-Match`; an empty body is as good as `{}`.
#[utoipa::path(
    tag = "manage articles",
    params(ArticlePath),
    request_body = EmptyRequest,
    responses((
        status = 200,
        description = "The working copy, with its new version and status.",
        body = ManagedArticle
    ))
)]
#[post("/manage/articles/{article}/unpublish")]
pub(crate) async fn unpublish_article(
    app: Data<App>,
    path: PathId<Address<ArticleId>>,
    version: IfMatch,
    asked: Asked,
    body: Json<EmptyRequest>,
) -> Result<HttpResponse, ApiError> {
    let wish = Wish {
        address: path.0,
        version: version.0,
        verb: Verb::Unpublish,
    };
    wish.carry_out(&app, &asked, &body.hash, articles::unpublish)
        .await
}

/// A transition that is asked for.
#[derive(Debug, Clone)]
pub(super) struct Wish {
    pub(super) address: Address<ArticleId>,
    pub(super) version: i64,
    pub(super) verb: Verb,
}

impl Wish {
    /// Does it once, and answers with the working copy as it is then.
    pub(super) async fn carry_out<J>(
        self,
        app: &App,
        asked: &Asked,
        hash: &BodyHash,
        job: J,
    ) -> Result<HttpResponse, ApiError>
    where
        J: Fn(&mut Tx<'_>, ArticleId, i64) -> Result<Article, Error> + Send + Sync + 'static,
    {
        // The same wish about another version is another request.
        let hash = BodyHash(format!("{} of version {}", hash.0, self.version));
        let outcome = asked
            .write(app, &hash, move |tx| self.run(tx, &job))
            .await?;
        // The caches' windows may have ended at a moment that has no meaning any more.
        app.show_own_change().await;
        Ok(outcome.respond())
    }

    fn run(
        &self,
        tx: &mut Tx<'_>,
        job: impl Fn(&mut Tx<'_>, ArticleId, i64) -> Result<Article, Error>,
    ) -> Result<Answer, Refused> {
        let actor = tx.actor().clone();
        let (article, tree) = find(tx, &actor, &self.address)?;
        expect_version(self.version, article.card.version)?;
        allowed(&article.card, self.verb)?;
        let changed = job(tx, article.card.id, self.version)?;
        let (version, now) = (changed.card.version, tx.now());
        let body = represent(tx, changed, &tree, now)?;
        Ok(Answer::new(StatusCode::OK, &body)?.version(version))
    }
}

/// 409, with what can be done instead, if the table of transitions refuses this.
pub(super) fn allowed(card: &ArticleCard, verb: Verb) -> Result<(), ApiError> {
    match transition(card.state, verb) {
        Ok(_) => Ok(()),
        Err(refused) => Err(ApiError::new(Code::WrongState, refused.detail)),
    }
}
