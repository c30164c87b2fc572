//! What the transitions of articles share, whether one article is meant or many.

use std::sync::Arc;

use actix_web::{HttpResponse, http::StatusCode, web::block};
use domain::Actor;
use domain::article::{Takedown, Verb, transition};
use domain::id::ArticleId;
use domain::text::Rendered;
use openapi::Code;
use openapi::managed_article::ManagedArticle;
use storage::articles::{self, ArticleCard};
use storage::{Tx, sections};

use super::publish::Publishing;
use super::read::{find, represent};
use crate::error::ApiError;
use crate::extract::{Address, BodyHash};
use crate::idempotent::{Answer, Outcome};
use crate::state::App;
use crate::v1::write::{Asked, Refused, expect_version};

/// What is to become of an article.
#[derive(Debug, Clone)]
pub(super) enum Wish {
    Publish(Publishing),
    Unpublish,
    TakeDown(Takedown),
    Restore,
}

impl Wish {
    fn verb(&self) -> Verb {
        match self {
            Self::Publish(_) => Verb::Publish,
            Self::Unpublish => Verb::Unpublish,
            Self::TakeDown(_) => Verb::TakeDown,
            Self::Restore => Verb::Restore,
        }
    }

    /// Whether the caches' windows may end at another moment from now on: at a time that was given,
    /// or no more at one that has no meaning any more.
    pub(super) fn moves_schedule(&self) -> bool {
        match self {
            Self::Publish(publishing) => publishing.is_scheduled(),
            Self::Unpublish | Self::TakeDown(_) | Self::Restore => true,
        }
    }
}

/// A wish about one article, at the version that its caller has seen.
#[derive(Debug, Clone)]
pub(super) struct Transition {
    pub(super) wish: Arc<Wish>,
    pub(super) address: Address<ArticleId>,
    pub(super) version: i64,
}

impl Transition {
    pub(super) fn new(wish: Wish, address: Address<ArticleId>, version: i64) -> Self {
        Self {
            wish: Arc::new(wish),
            address,
            version,
        }
    }

    /// Does it once, and answers with the working copy as it is then.
    pub(super) async fn respond(
        self,
        app: &App,
        asked: &Asked,
        body: &BodyHash,
    ) -> Result<HttpResponse, ApiError> {
        let moves_schedule = self.wish.moves_schedule();
        let outcome = self.carry_out(app, asked, body, whole).await?;
        if moves_schedule {
            app.show_own_change().await;
        }
        Ok(outcome.respond())
    }

    /// Does it once; `answer` is what is kept of the working copy, to be given again.
    pub(super) async fn carry_out(
        self,
        app: &App,
        asked: &Asked,
        body: &BodyHash,
        answer: fn(&ManagedArticle) -> Result<Answer, ApiError>,
    ) -> Result<Outcome, ApiError> {
        let rendered = match *self.wish {
            Wish::Publish(_) => self.rendered(app, asked.actor()).await?,
            Wish::Unpublish | Wish::TakeDown(_) | Wish::Restore => None,
        };
        // The same wish about another version is another request.
        let body = BodyHash(format!("{} of version {}", body.0, self.version));
        let job = move |tx: &mut Tx<'_>| Ok(answer(&self.run(tx, rendered.as_ref())?)?);
        asked.write(app, &body, job).await
    }

    /// The text as it is served, made before the transaction and off the threads that answer: it
    /// may take a while. Only for the version the caller has seen; the transaction sees to the
    /// others.
    async fn rendered(&self, app: &App, actor: &Actor) -> Result<Option<Rendered>, ApiError> {
        let (actor, address) = (actor.clone(), self.address.clone());
        let found = app.store.read(move |conn| find(conn, &actor, &address));
        let article = match found.await {
            Ok((article, _)) if article.card.version == self.version => article,
            Ok(_) => return Ok(None),
            Err(error) if error.code() == Code::NotFound => return Ok(None),
            Err(error) => return Err(error),
        };
        let body = article.body;
        let rendered = block(move || body.render()).await;
        rendered.map(Some).map_err(ApiError::internal)
    }

    fn run(&self, tx: &mut Tx<'_>, rendered: Option<&Rendered>) -> Result<ManagedArticle, Refused> {
        if let Wish::Publish(_) = *self.wish {
            // Before the row of any article is held, as whoever merges what they name does.
            sections::hold_still(tx)?;
        }
        let actor = tx.actor().clone();
        let (article, tree) = find(tx, &actor, &self.address)?;
        let (card, version) = (&article.card, self.version);
        expect_version(version, card.version)?;
        allowed(card, self.wish.verb())?;
        let changed = match &*self.wish {
            Wish::Publish(publishing) => publishing.go_live(tx, card, rendered)?,
            Wish::Unpublish => articles::unpublish(tx, card.id, version)?,
            Wish::TakeDown(takedown) => articles::take_down(tx, card.id, version, takedown)?,
            Wish::Restore => articles::restore(tx, card.id, version)?,
        };
        let now = tx.now();
        Ok(represent(tx, changed, &tree, now)?)
    }
}

/// The answer about a single article.
fn whole(article: &ManagedArticle) -> Result<Answer, ApiError> {
    Ok(Answer::new(StatusCode::OK, article)?.version(article.card.version))
}

/// 409, with what can be done instead, if the table of transitions refuses this.
pub(super) fn allowed(card: &ArticleCard, verb: Verb) -> Result<(), ApiError> {
    match transition(card.state, verb) {
        Ok(_) => Ok(()),
        Err(refused) => Err(ApiError::new(Code::WrongState, refused.detail)),
    }
}
