//! The preview links of an article. [`crate::v1::previews`] is where they lead.

use actix_web::{HttpRequest, HttpResponse, delete, get, http::StatusCode, post, web::Data};
use domain::access::may_edit_article;
use domain::article::{PREVIEW_LINKS_MAX, preview_end};
use domain::id::{ArticleId, PreviewLinkId};
use domain::section::Tree;
use domain::{Actor, Invalid, InvalidCode, Timestamp};
use openapi::preview::{NewPreviewLink, PreviewLink};
use openapi::query::{ArticlePath, PreviewLinkPath};
use openapi::{Code, Page};
use storage::articles::ArticleCard;
use storage::{Conn, Error, Tx, previews};

use super::read::find;
use crate::audit::{self, Event};
use crate::error::ApiError;
use crate::extract::{Address, Caller, IfMatch, Json, Origin, PathId, PathIds};
use crate::previews::url;
use crate::respond::{created, manage_json, manage_list, private_empty};
use crate::state::App;
use crate::v1::write::{Refused, change, expect_version};

/// A link never changes: it is made, and it ends.
const VERSION: i64 = 1;

/// List preview links
///
/// The links of an article that hold, the latest made first. What has ended or was revoked is not
/// among them.
///
/// An article has at most 50, and all of them are on one page. Their addresses are shown to whoever
/// may make one; others who may read the article see that they are there.
#[utoipa::path(
    tag = "manage articles",
    params(ArticlePath),
    responses((
        status = 200,
        description = "The links.",
        body = Page<PreviewLink>
    ))
)]
#[get("/manage/articles/{article}/preview-links")]
pub(crate) async fn list_preview_links(
    app: Data<App>,
    path: PathId<Address<ArticleId>>,
    caller: Caller,
    request: HttpRequest,
) -> Result<HttpResponse, ApiError> {
    let now = app.now();
    let (links, shown) = app
        .store
        .read(move |conn| {
            let (article, tree) = find(conn, &caller.0, &path.0)?;
            let links = previews::list(conn, article.card.id, now)?;
            Ok::<_, ApiError>((links, may_make(&caller.0, &article.card, &tree)))
        })
        .await?;
    let links = links.into_iter().map(|link| wire(&app, link, shown));
    manage_list(&request, &Page::whole(links.collect()), None)
}

/// Read a preview link
///
/// One link of an article, while it holds.
#[utoipa::path(
    tag = "manage articles",
    params(PreviewLinkPath),
    responses((
        status = 200,
        description = "The link.",
        body = PreviewLink
    ))
)]
#[get("/manage/articles/{article}/preview-links/{link}")]
pub(crate) async fn get_preview_link(
    app: Data<App>,
    path: PathIds<Address<ArticleId>, PreviewLinkId>,
    caller: Caller,
) -> Result<HttpResponse, ApiError> {
    let now = app.now();
    let (link, shown) = app
        .store
        .read(move |conn| {
            let (article, tree) = find(conn, &caller.0, &path.0)?;
            let link = one(conn, article.card.id, path.1, now)?;
            Ok::<_, ApiError>((link, may_make(&caller.0, &article.card, &tree)))
        })
        .await?;
    manage_json(&wire(&app, link, shown), VERSION)
}

/// Make a preview link
///
/// An address that shows one revision of the article, exactly as readers would see it, to whoever
/// has it: for a lawyer, a photographer, a front end that shows editors their draft. It holds for
/// the time given, 30 days at most, shows this revision whatever is saved later, and can be
/// revoked. An autosave that it shows is kept from then on.
///
/// The article does not change, so there is no `If-Match` here. There is no `Idempotency-Key`
/// either, since the answer opens something: if it was lost, the list of links shows it again. An
/// article that was taken down, and one that has 50 links, is refused with 409.
#[utoipa::path(
    tag = "manage articles",
    params(ArticlePath),
    request_body = NewPreviewLink,
    responses((
        status = 201,
        description = "The link.",
        body = PreviewLink
    ))
)]
#[post("/manage/articles/{article}/preview-links")]
pub(crate) async fn create_preview_link(
    app: Data<App>,
    path: PathId<Address<ArticleId>>,
    caller: Caller,
    origin: Origin,
    body: Json<NewPreviewLink>,
) -> Result<HttpResponse, ApiError> {
    let asked = body.into_inner();
    let expires_at = preview_end(app.now(), asked.expires_in)?;
    let drawing = app.clone();
    let actor = caller.0.clone();
    let made = change(&app, caller, move |tx| {
        let new = previews::NewPreviewLink {
            id: PreviewLinkId::from_raw(drawing.new_id()),
            article: editable(tx, &path.0)?,
            revision: asked.revision,
            expires_at,
        };
        previews::create(tx, &new).map_err(refused)
    })
    .await?;
    let link = wire(&app, made, true);
    audit::record(Event::PreviewLinkMade, &origin, &actor, &link.id);
    let location = format!(
        "/api/v1/manage/articles/{}/preview-links/{}",
        link.article_id, link.id
    );
    created(&location, VERSION, &link)
}

/// Revoke a preview link
///
/// The link shows nothing from now on, on no node.
///
/// It needs `If-Match`.
#[utoipa::path(
    tag = "manage articles",
    params(PreviewLinkPath),
    responses((status = 204, description = "The link is revoked."))
)]
#[delete("/manage/articles/{article}/preview-links/{link}")]
pub(crate) async fn revoke_preview_link(
    app: Data<App>,
    path: PathIds<Address<ArticleId>, PreviewLinkId>,
    caller: Caller,
    origin: Origin,
    version: IfMatch,
) -> Result<HttpResponse, ApiError> {
    let (actor, id) = (caller.0.clone(), path.1);
    change(&app, caller, move |tx| {
        let (article, now) = (editable(tx, &path.0)?, tx.now());
        one(tx, article, id, now)?;
        expect_version(version.0, VERSION)?;
        Ok(previews::revoke(tx, article, id)?)
    })
    .await?;
    audit::record(Event::PreviewLinkRevoked, &origin, &actor, &id.to_string());
    Ok(private_empty(StatusCode::NO_CONTENT))
}

/// The article, if the caller may change it.
fn editable(tx: &mut Tx<'_>, address: &Address<ArticleId>) -> Result<ArticleId, Refused> {
    let actor = tx.actor().clone();
    let (article, tree) = find(tx, &actor, address)?;
    let above = tree.ancestors_and_self(article.card.section);
    may_edit_article(&actor, &article.card.created_by, &above)?;
    Ok(article.card.id)
}

/// Whether the caller may make a link, and so see again what opens one.
fn may_make(actor: &Actor, card: &ArticleCard, tree: &Tree) -> bool {
    let above = tree.ancestors_and_self(card.section);
    may_edit_article(actor, &card.created_by, &above).is_ok()
}

/// One link of an article.
fn one(
    conn: &mut Conn<'_>,
    article: ArticleId,
    id: PreviewLinkId,
    now: Timestamp,
) -> Result<previews::PreviewLink, ApiError> {
    let link = previews::get(conn, article, id, now)?;
    link.ok_or_else(|| ApiError::not_found("There is no such preview link."))
}

/// Why a link was not made.
fn refused(error: Error) -> Refused {
    match error {
        Error::Conflict { field: "status" } => {
            let detail = "the article was taken down; an admin must undo that first";
            ApiError::new(Code::WrongState, detail).into()
        }
        Error::Conflict { field: "revision" } => {
            let detail = "the article has no revision of this number";
            Invalid::new("revision", InvalidCode::UnknownReference, detail).into()
        }
        Error::Conflict {
            field: "preview_links",
        } => {
            let detail = format!(
                "The article has {PREVIEW_LINKS_MAX} preview links already, which is as many as \
                 hold at the same time. Revoke one."
            );
            ApiError::new(Code::Conflict, detail).into()
        }
        other => other.into(),
    }
}

fn wire(app: &App, link: previews::PreviewLink, shown: bool) -> PreviewLink {
    PreviewLink {
        id: link.id.to_string(),
        article_id: link.article.to_string(),
        revision: link.revision,
        url: shown.then(|| url(&app.config, &app.secret, link.id)),
        expires_at: link.expires_at.to_string(),
        actor: link.created_by,
        created_at: link.created_at.to_string(),
        version: VERSION,
    }
}
