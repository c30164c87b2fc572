//! `POST /manage/articles/{article}/publish`.

use actix_web::{
    HttpResponse,
    http::StatusCode,
    post,
    web::{Data, block},
};
use domain::article::{State, can_publish, schedule};
use domain::id::ArticleId;
use domain::text::{Rendered, render};
use domain::{Invalid, Timestamp};
use openapi::Code;
use openapi::managed_article::{ManagedArticle, PublishRequest};
use openapi::query::ArticlePath;
use storage::articles::{self, ArticleCard, Publication};
use storage::{Error, Tx};

use super::read::{find, represent};
use crate::error::ApiError;
use crate::extract::{Address, IfMatch, Json, PathId};
use crate::idempotent::Answer;
use crate::state::App;
use crate::v1::naming::{Wanted, settle_slug};
use crate::v1::sections::tree;
use crate::v1::write::{Asked, Refused, Wrong};

/// Publish an article
///
/// Makes the working copy public as it is: at once, or from `visible_from` on, and until
/// `visible_until` where that is given. What was public of the article before is replaced.
///
/// The first publication dates the article, at `visible_from` or at the `published_at` it was
/// given, and that date never moves again. A new slug becomes the article's address; its old ones
/// go on leading to it. It needs `If-Match`; an empty body is as good as `{}`.
#[utoipa::path(
    tag = "manage articles",
    params(ArticlePath),
    request_body = PublishRequest,
    responses((
        status = 200,
        description = "The working copy, with its new version and status.",
        body = ManagedArticle
    ))
)]
#[post("/manage/articles/{article}/publish")]
pub(crate) async fn publish_article(
    app: Data<App>,
    path: PathId<Address<ArticleId>>,
    version: IfMatch,
    asked: Asked,
    body: Json<PublishRequest>,
) -> Result<HttpResponse, ApiError> {
    let hash = body.hash.clone();
    let window = Window::parse(&body.into_inner())?;
    let (address, version) = (path.0, version.0);
    let rendered = rendered(&app, &address, version).await?;
    let outcome = asked
        .write(&app, &hash, move |tx| {
            go_live(tx, &address, version, window, rendered.as_ref())
        })
        .await?;
    if window.is_scheduled() {
        // The caches' windows end at the next change of schedule, which this may be.
        app.show_own_change().await;
    }
    Ok(outcome.respond())
}

/// When readers are to see it.
#[derive(Debug, Clone, Copy)]
struct Window {
    from: Option<Timestamp>,
    until: Option<Timestamp>,
}

impl Window {
    fn parse(request: &PublishRequest) -> Result<Self, ApiError> {
        let time = |field: &'static str| {
            move |text: &String| -> Result<Timestamp, Invalid> {
                Timestamp::parse(text).map_err(|invalid| invalid.at(field))
            }
        };
        let mut wrong = Wrong::default();
        let from = wrong.check_given(request.visible_from.as_ref(), time("visible_from"));
        let until = wrong.check_given(request.visible_until.as_ref(), time("visible_until"));
        match (from, until) {
            (Ok(from), Ok(until)) => Ok(Self { from, until }),
            _ => Err(wrong.into_error()),
        }
    }

    fn is_scheduled(self) -> bool {
        self.from.is_some() || self.until.is_some()
    }
}

/// The text as it is served, made before the transaction and off the threads that answer: it may
/// take a while. Only for the version the caller has seen; the transaction sees to the others.
async fn rendered(
    app: &App,
    address: &Address<ArticleId>,
    version: i64,
) -> Result<Option<Rendered>, ApiError> {
    let address = address.clone();
    let article = match app.store.read(move |conn| find(conn, &address)).await {
        Ok(article) if article.card.version == version => article,
        Ok(_) => return Ok(None),
        Err(error) if error.code() == Code::NotFound => return Ok(None),
        Err(error) => return Err(error),
    };
    let body = article.body;
    let rendered = block(move || render(body.format, &body.source)).await;
    rendered.map(Some).map_err(ApiError::internal)
}

fn go_live(
    tx: &mut Tx<'_>,
    address: &Address<ArticleId>,
    version: i64,
    window: Window,
    rendered: Option<&Rendered>,
) -> Result<Answer, Refused> {
    let article = find(tx, address)?;
    let card = &article.card;
    let stale = || {
        Refused::from(Error::Stale {
            current: card.version,
        })
    };
    let rendered = rendered
        .filter(|_| card.version == version)
        .cloned()
        .ok_or_else(stale)?;
    can_publish(card.state).map_err(|invalid| ApiError::new(Code::WrongState, invalid.detail))?;
    // On PostgreSQL another article may have become public under it since it was given.
    settle_slug(tx, &Wanted::Given(card.slug.clone()), Some(card.id))?;
    let now = tx.now();
    let first = card.published_revision.is_none();
    let mut schedule = schedule(now, card.published_at, window.from, window.until, first)?;
    if let (None, Some(since)) = (window.from, visible_since(card, now)) {
        // It goes on being seen: on a node whose clock is a moment behind, too.
        schedule.visible_from = since;
    }
    let tree = tree(tx)?;
    let publication = Publication {
        schedule,
        rendered,
        sections: tree.ancestors_and_self(card.section),
        updated_at: now,
    };
    let published = articles::publish(tx, card.id, version, &publication)?;
    let version = published.card.version;
    Ok(Answer::new(StatusCode::OK, &represent(tx, published, &tree, now)?)?.version(version))
}

/// Since when readers see the article, if they do now.
fn visible_since(card: &ArticleCard, now: Timestamp) -> Option<Timestamp> {
    card.visible_from.filter(|from| {
        card.state == State::Published
            && *from <= now
            && card.visible_until.is_none_or(|until| now < until)
    })
}
