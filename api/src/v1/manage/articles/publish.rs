//! `POST /manage/articles/{article}/publish`.

use actix_web::{HttpResponse, post, web::Data};
use domain::Timestamp;
use domain::article::{State, kept_window, schedule};
use domain::id::ArticleId;
use domain::text::Rendered;
use openapi::Patch;
use openapi::managed_article::{ManagedArticle, PublishRequest};
use openapi::query::ArticlePath;
use storage::articles::{self, Article, ArticleCard, Publication};
use storage::{Error, Tx};

use super::slug::settle;
use super::transition::{Transition, Wish};
use super::translation::alone_in_its_language;
use crate::error::ApiError;
use crate::extract::{Address, IfMatch, Json, PathId};
use crate::state::App;
use crate::v1::naming::Wanted;
use crate::v1::write::{Asked, Refused, Wrong};

/// Publish an article
///
/// Makes the working copy public as it is: at once, or from `visible_from` on, and until
/// `visible_until` where that is given. What was public of the article before is replaced; the
/// window it had stays unless another one is given.
///
/// The first publication dates the article, at `visible_from` or at the `published_at` it was
/// given, and that date never moves once it has come. A new slug becomes the article's address; its old ones
/// go on leading to it. A minor publication leaves the `updated_at` that readers see as it is.
///
/// It needs `If-Match`; an empty body is as good as `{}`.
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
    let wish = Wish::Publish(Publishing::parse(body.into_inner())?);
    Transition::new(wish, path.0, version.0)
        .respond(&app, &asked, &hash)
        .await
}

/// How an article is to be published.
#[derive(Debug, Clone)]
pub(super) struct Publishing {
    window: Window,
    minor: Option<bool>,
}

impl Publishing {
    pub(super) fn parse(request: PublishRequest) -> Result<Self, ApiError> {
        let minor = request.minor;
        let window = Window::parse(request)?;
        Ok(Self { window, minor })
    }

    /// Whether a time was given.
    pub(super) fn is_scheduled(&self) -> bool {
        self.window.is_given()
    }

    /// Publishes the version of `card`, whose text is `rendered`.
    pub(super) fn go_live(
        &self,
        tx: &mut Tx<'_>,
        card: &ArticleCard,
        rendered: Option<&Rendered>,
    ) -> Result<Article, Refused> {
        let stale = Error::Stale {
            current: card.version,
        };
        let rendered = rendered.cloned().ok_or(stale)?;
        // On PostgreSQL another article may have become public under it since it was given.
        settle(tx, &Wanted::Given(card.slug.clone()), Some(card.id))?;
        // What is public may lag behind the working copies, and say this language still.
        let language = card.language.as_str();
        alone_in_its_language(tx, card.id, card.translation_of, language, "language")?;
        let now = tx.now();
        let first = card.published_revision.is_none();
        let (from, until) = self.window.clone().over(card, now);
        let mut schedule = schedule(now, card.published_at, from, until, first)?;
        if let (None, Some(since)) = (from, visible_since(card, now)) {
            // It goes on being seen: on a node whose clock is a moment behind, too.
            schedule.visible_from = since;
        }
        let publication = Publication {
            schedule,
            rendered,
            updated_at: told_at(tx, card, self.minor)?,
        };
        Ok(articles::publish(tx, card.id, card.version, &publication)?)
    }
}

/// When readers are to see it: what is absent stays as it is.
#[derive(Debug, Clone)]
struct Window {
    from: Patch<Timestamp>,
    until: Patch<Timestamp>,
}

impl Window {
    fn parse(request: PublishRequest) -> Result<Self, ApiError> {
        let time = |field: &'static str| {
            move |text: String| Timestamp::parse(&text).map_err(|invalid| invalid.at(field))
        };
        let mut wrong = Wrong::default();
        let from = wrong.check_patch(request.visible_from, time("visible_from"));
        let until = wrong.check_patch(request.visible_until, time("visible_until"));
        match (from, until) {
            (Ok(from), Ok(until)) => Ok(Self { from, until }),
            _ => Err(wrong.into_error()),
        }
    }

    fn is_given(&self) -> bool {
        !(self.from.is_absent() && self.until.is_absent())
    }

    /// The bounds asked for, those of a window that is open or still ahead filled in: who
    /// publishes a correction breaks no embargo and makes nothing permanent.
    fn over(self, card: &ArticleCard, now: Timestamp) -> (Option<Timestamp>, Option<Timestamp>) {
        let (from, until) = kept_window(card.state, card.visible_from, card.visible_until, now);
        (self.from.apply(from), self.until.apply(until))
    }
}

/// When readers are told that the article last changed: now, unless it is nothing to tell of.
fn told_at(tx: &mut Tx<'_>, card: &ArticleCard, minor: Option<bool>) -> Result<Timestamp, Refused> {
    let now = tx.now();
    let Some(live) = card.live_revision() else {
        return Ok(now);
    };
    let minor = match minor {
        Some(minor) => minor,
        None => articles::only_minor_since(tx, live)?,
    };
    if !minor {
        return Ok(now);
    }
    Ok(articles::told_at(tx, card.id)?.unwrap_or(now))
}

/// Since when readers see the article, if they do now.
fn visible_since(card: &ArticleCard, now: Timestamp) -> Option<Timestamp> {
    card.visible_from.filter(|from| {
        card.state == State::Published
            && *from <= now
            && card.visible_until.is_none_or(|until| now < until)
    })
}
