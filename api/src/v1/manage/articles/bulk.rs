//! `POST /manage/bulk/articles`.

use std::collections::HashSet;
use std::sync::Arc;

use actix_web::{HttpResponse, http::StatusCode, post, web::Data};
use domain::access::may;
use domain::{Access, Action, Actor, Denied, Invalid, InvalidCode};
use openapi::Patch;
use openapi::bulk::{
    BulkArticleAction, BulkArticleAnswer, BulkArticleItem, BulkArticleOutcome, BulkArticleRequest,
};
use openapi::managed_article::{ManagedArticle, PublishRequest, TakedownRequest};

use super::publish::Publishing;
use super::takedown;
use super::transition::{Transition, Wish};
use crate::error::ApiError;
use crate::extract::{Address, BodyHash, FromSegment as _, Json, Origin};
use crate::idempotent::{Answer, Outcome};
use crate::state::App;
use crate::v1::manage::bulk;
use crate::v1::write::{Asked, Wrong};

/// The largest body: a hundred long slugs and two long texts.
const BYTES: usize = 64 * 1024;
/// The most articles of one request.
const MOST: usize = 100;
/// The longest name of an article.
const LONGEST: usize = 96;

/// Publish or take back many articles
///
/// Does with up to 100 articles what the operation for one of them does: publish, unpublish, take
/// down, restore. Each is decided by itself and answered in its place, with its card or with the
/// problem that it alone has; one that fails leaves the others. `version` stands where `If-Match`
/// stands for one article, so an article that is named twice, by its id and by its slug, is changed
/// once. `failed` is 0 when everything was done.
///
/// Each article is a write of its own. After 20 seconds none is begun any more: the rest is answered
/// with 503, and can be sent again. With an `Idempotency-Key` the same request can be sent again
/// until nothing is left to do: what was done is answered as it was, and not done twice; what
/// failed is tried anew. `Idempotency-Replayed` stands on an answer in which nothing was.
///
/// To restore articles is for administrators alone: for anybody else the whole request is refused.
#[utoipa::path(
    tag = "manage articles",
    request_body = BulkArticleRequest,
    responses((
        status = 200,
        description = "What became of each article, whether it was done or not.",
        body = BulkArticleAnswer
    ))
)]
#[post("/manage/bulk/articles")]
pub(crate) async fn transition_articles(
    app: Data<App>,
    asked: Asked,
    origin: Origin,
    body: Json<BulkArticleRequest, BYTES>,
) -> Result<HttpResponse, ApiError> {
    let hash = body.hash.clone();
    let mut request = body.into_inner();
    allowed(asked.actor(), request.action)?;
    let items = std::mem::take(&mut request.items);
    check(&items)?;
    let wish = Arc::new(wish(request)?);
    asked.claim(&app, &hash).await?;
    let (to, by, key, what) = (&app, &asked, &hash, &wish);
    let outcomes = bulk::each(&app, &items, |number, item| async move {
        one(to, &by.part(number), key, what, item).await
    });
    let outcomes = outcomes.await;
    if wish.moves_schedule() && outcomes.iter().any(Result::is_ok) {
        app.show_own_change().await;
    }
    answer(&items, outcomes, &origin)
}

/// Everybody who gets here may publish; undoing a takedown is more than that.
fn allowed(actor: &Actor, action: BulkArticleAction) -> Result<(), Denied> {
    match action {
        BulkArticleAction::Restore => may(actor, Access::Staff(Action::UndoTakedown)),
        BulkArticleAction::Publish | BulkArticleAction::Unpublish | BulkArticleAction::Takedown => {
            Ok(())
        }
    }
}

/// Refuses what cannot mean so many articles, each of them once.
fn check(items: &[BulkArticleItem]) -> Result<(), ApiError> {
    let (code, detail) = match items.len() {
        0 => (InvalidCode::Required, "names at least one article"),
        1..=MOST => return check_each(items),
        _ => (InvalidCode::TooMany, "names at most 100 articles"),
    };
    Err(Invalid::new("items", code, detail).into())
}

fn check_each(items: &[BulkArticleItem]) -> Result<(), ApiError> {
    let mut wrong = Wrong::default();
    let refuse = |place: String, code, detail: &str| Err(Invalid::new(place, code, detail));
    let mut seen = HashSet::new();
    for (place, item) in items.iter().enumerate() {
        let article = format!("items/{place}/article");
        let checked = match item.article.chars().count() {
            0 => refuse(article, InvalidCode::Required, "must not be empty"),
            1..=LONGEST if seen.insert(&item.article) => Ok(()),
            1..=LONGEST => refuse(article, InvalidCode::Duplicate, "is named twice"),
            _ => refuse(
                article,
                InvalidCode::TooLong,
                "must have at most 96 characters",
            ),
        };
        let _ = wrong.check(checked);
        if item.version < 1 {
            let version = format!("items/{place}/version");
            let detail = "must be 1 or more";
            let _ = wrong.check::<()>(refuse(version, InvalidCode::OutOfRange, detail));
        }
    }
    wrong.refuse()
}

/// What is wished, of the fields that go with the action; those of another one are refused.
fn wish(request: BulkArticleRequest) -> Result<Wish, ApiError> {
    let action = request.action;
    let publishing = [
        ("visible_from", !request.visible_from.is_absent()),
        ("visible_until", !request.visible_until.is_absent()),
        ("minor", request.minor.is_some()),
    ];
    let taking_down = [
        ("reason", request.reason.is_some()),
        ("public_notice", !request.public_notice.is_absent()),
    ];
    if action != BulkArticleAction::Publish {
        refuse_given(&publishing, "publish")?;
    }
    if action != BulkArticleAction::Takedown {
        refuse_given(&taking_down, "takedown")?;
    }
    Ok(match action {
        BulkArticleAction::Publish => Wish::Publish(Publishing::parse(PublishRequest {
            visible_from: request.visible_from,
            visible_until: request.visible_until,
            minor: request.minor,
        })?),
        BulkArticleAction::Unpublish => Wish::Unpublish,
        BulkArticleAction::Takedown => Wish::TakeDown(takedown::parse(&TakedownRequest {
            reason: request.reason.unwrap_or_default(),
            public_notice: match request.public_notice {
                Patch::Value(notice) => Some(notice),
                Patch::Null | Patch::Absent => None,
            },
        })?),
        BulkArticleAction::Restore => Wish::Restore,
    })
}

fn refuse_given(fields: &[(&str, bool)], action: &str) -> Result<(), ApiError> {
    let mut wrong = Wrong::default();
    for (field, _) in fields.iter().filter(|(_, given)| *given) {
        let detail = format!("goes with the action {action} alone");
        let invalid = Invalid::new(*field, InvalidCode::BadFormat, detail);
        let _ = wrong.check::<()>(Err(invalid));
    }
    wrong.refuse()
}

async fn one(
    app: &App,
    asked: &Asked,
    hash: &BodyHash,
    wish: &Arc<Wish>,
    item: &BulkArticleItem,
) -> Result<Outcome, ApiError> {
    let address = Address::from_segment(&item.article)
        .ok_or_else(|| ApiError::not_found("There is no such article."))?;
    let transition = Transition {
        wish: Arc::clone(wish),
        address,
        version: item.version,
    };
    transition.carry_out(app, asked, hash, card).await
}

/// What is kept of one of many: without its text, which may be long.
fn card(article: &ManagedArticle) -> Result<Answer, ApiError> {
    Answer::new(StatusCode::OK, &article.card)
}

fn answer(
    items: &[BulkArticleItem],
    outcomes: Vec<Result<Outcome, ApiError>>,
    origin: &Origin,
) -> Result<HttpResponse, ApiError> {
    bulk::answer(items, outcomes, origin, |failed, all| BulkArticleAnswer {
        failed,
        items: all
            .into_iter()
            .map(|(item, told)| BulkArticleOutcome {
                article: item.article.clone(),
                status: told.status,
                result: told.result,
                problem: told.problem,
            })
            .collect(),
    })
}
