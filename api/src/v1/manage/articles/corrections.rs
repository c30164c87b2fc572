//! The corrections of an article. They are public at once.

use actix_web::{HttpRequest, HttpResponse, delete, get, http::StatusCode, post, web::Data};
use domain::article::{correction_date, parse_correction};
use domain::id::{ArticleId, CorrectionId};
use domain::{Actor, Timestamp};
use openapi::correction::{ManagedCorrection, NewCorrection};
use openapi::query::{ArticlePath, CorrectionPath};
use openapi::{Code, Page};
use storage::articles::{self, Correction};
use storage::{Conn, Error, Tx};

use super::read::find;
use crate::error::ApiError;
use crate::extract::{Address, BodyHash, Caller, IfMatch, Json, PathId, PathIds};
use crate::idempotent::Answer;
use crate::respond::{manage_json, manage_list, private_empty};
use crate::state::App;
use crate::v1::wire::article::managed_correction;
use crate::v1::write::{Asked, Refused, Wrong, change, expect_version};

/// List corrections
///
/// The corrections of an article, the newest last, as readers see them under it.
///
/// An article has at most 100, and all of them are on one page.
#[utoipa::path(
    tag = "manage articles",
    params(ArticlePath),
    responses((
        status = 200,
        description = "The corrections.",
        body = Page<ManagedCorrection>
    ))
)]
#[get("/manage/articles/{article}/corrections")]
pub(crate) async fn list_corrections(
    app: Data<App>,
    path: PathId<Address<ArticleId>>,
    caller: Caller,
    request: HttpRequest,
) -> Result<HttpResponse, ApiError> {
    let all = app
        .store
        .read(move |conn| {
            let (article, _) = find(conn, &caller.0, &path.0)?;
            Ok::<_, ApiError>(articles::corrections(conn, article.card.id)?)
        })
        .await?;
    let page = Page::whole(all.into_iter().map(managed_correction).collect());
    manage_list(&request, &page, None)
}

/// Read a correction
///
/// One correction of an article, with who added it and when.
///
/// The `ETag` is that of the article: what taking the correction back has to build on.
#[utoipa::path(
    tag = "manage articles",
    params(CorrectionPath),
    responses((
        status = 200,
        description = "The correction.",
        body = ManagedCorrection
    ))
)]
#[get("/manage/articles/{article}/corrections/{correction}")]
pub(crate) async fn get_correction(
    app: Data<App>,
    path: PathIds<Address<ArticleId>, CorrectionId>,
    caller: Caller,
) -> Result<HttpResponse, ApiError> {
    let (correction, version) = app
        .store
        .read(move |conn| {
            let (article, _) = find(conn, &caller.0, &path.0)?;
            let correction = one(conn, article.card.id, path.1)?;
            Ok::<_, ApiError>((correction, article.card.version))
        })
        .await?;
    manage_json(&managed_correction(correction), version)
}

/// Add a correction
///
/// A dated note under an article about what was wrong in it. Readers see it at once, without a
/// publication, and the public `updated_at` moves; under an article that is not published they see
/// it from its publication on.
///
/// It needs the article's version in `If-Match`; the `ETag` of the answer is the next one.
#[utoipa::path(
    tag = "manage articles",
    params(ArticlePath),
    request_body = NewCorrection,
    responses((
        status = 201,
        description = "The correction.",
        body = ManagedCorrection
    ))
)]
#[post("/manage/articles/{article}/corrections")]
pub(crate) async fn create_correction(
    app: Data<App>,
    path: PathId<Address<ArticleId>>,
    version: IfMatch,
    asked: Asked,
    body: Json<NewCorrection>,
) -> Result<HttpResponse, ApiError> {
    // The same wish about another version is another request.
    let hash = BodyHash(format!("{} of version {}", body.hash.0, version.0));
    let new = New::parse(&body.into_inner(), app.now())?;
    let drawing = app.clone();
    let outcome = asked.write(&app, &hash, move |tx| {
        insert(tx, &drawing, &path.0, version, &new)
    });
    Ok(outcome.await?.respond())
}

/// Take a correction back
///
/// Takes a correction away from under its article, at once. The change log keeps that it was done.
///
/// It needs the article's version in `If-Match`.
#[utoipa::path(
    tag = "manage articles",
    params(CorrectionPath),
    responses((status = 204, description = "The correction is gone."))
)]
#[delete("/manage/articles/{article}/corrections/{correction}")]
pub(crate) async fn delete_correction(
    app: Data<App>,
    path: PathIds<Address<ArticleId>, CorrectionId>,
    caller: Caller,
    version: IfMatch,
) -> Result<HttpResponse, ApiError> {
    change(&app, caller, move |tx| {
        let id = claimed(tx, &path.0, version)?;
        one(tx, id, path.1)?;
        Ok(articles::remove_correction(tx, id, version.0, path.1)?)
    })
    .await?;
    Ok(private_empty(StatusCode::NO_CONTENT))
}

#[derive(Debug, Clone)]
struct New {
    text: String,
    dated_at: Timestamp,
}

impl New {
    fn parse(new: &NewCorrection, now: Timestamp) -> Result<Self, ApiError> {
        let mut wrong = Wrong::default();
        let text = wrong.check(parse_correction(&new.text));
        let date = new.date.as_deref().map(|text| {
            Timestamp::parse(text)
                .map_err(|invalid| invalid.at("date"))
                .map(Some)
        });
        let date = date.unwrap_or(Ok(None));
        let date = wrong.check(date.and_then(|given| correction_date(given, now)));
        match (text, date) {
            (Ok(text), Ok(dated_at)) => Ok(Self { text, dated_at }),
            _ => Err(wrong.into_error()),
        }
    }
}

fn insert(
    tx: &mut Tx<'_>,
    app: &App,
    address: &Address<ArticleId>,
    version: IfMatch,
    new: &New,
) -> Result<Answer, Refused> {
    let article = claimed(tx, address, version)?;
    let correction = articles::NewCorrection {
        id: CorrectionId::from_raw(app.new_id()),
        text: new.text.clone(),
        dated_at: new.dated_at,
    };
    articles::add_correction(tx, article, version.0, &correction).map_err(|error| match error {
        Error::Conflict {
            field: "corrections",
        } => {
            let detail = "The article has 100 corrections already, which is as many as fit.";
            Refused::from(ApiError::new(Code::Conflict, detail))
        }
        other => other.into(),
    })?;
    let made = managed_correction(one(tx, article, correction.id)?);
    let location = format!(
        "/api/v1/manage/articles/{article}/corrections/{}",
        correction.id
    );
    Ok(Answer::new(StatusCode::CREATED, &made)?
        .location(location)
        .version(version.0.saturating_add(1)))
}

/// The article, if the caller may change it and has seen its present version.
fn claimed(
    tx: &mut Tx<'_>,
    address: &Address<ArticleId>,
    version: IfMatch,
) -> Result<ArticleId, Refused> {
    let actor: Actor = tx.actor().clone();
    let (article, _) = find(tx, &actor, address)?;
    expect_version(version.0, article.card.version)?;
    Ok(article.card.id)
}

/// One correction of an article.
fn one(conn: &mut Conn<'_>, article: ArticleId, id: CorrectionId) -> Result<Correction, ApiError> {
    let all = articles::corrections(conn, article)?;
    all.into_iter()
        .find(|correction| correction.id == id)
        .ok_or_else(|| ApiError::not_found("There is no such article."))
}
