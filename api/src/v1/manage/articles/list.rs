//! `GET /manage/articles`.

use actix_web::{HttpRequest, HttpResponse, get, web::Data};
use domain::Actor;
use domain::access::{may_work_in, sees_only_own};
use domain::id::{ArticleId, SectionId};
use openapi::managed_article::ManagedArticleCard;
use openapi::query::ManageArticleListQuery;
use openapi::{Code, Page};
use storage::articles::{self, ManageFilter};
use storage::{Conn, published};

use crate::cursor;
use crate::error::ApiError;
use crate::extract::{Caller, Query};
use crate::respond::manage_list;
use crate::state::App;
use crate::v1::sections::tree;
use crate::v1::support::{limit, section_parameter, tree_with};
use crate::v1::wire;

/// List working copies
///
/// All articles as they are being worked on, the latest created first, without their texts;
/// `status` and `section` narrow the list. An author's list holds only what they created.
///
/// `status` is what an article is now: one that is scheduled becomes `published` by itself when
/// its time has come. An API key that is limited to sections asks for one of them, or for one below
/// them, at a time.
#[utoipa::path(
    tag = "manage articles",
    params(ManageArticleListQuery),
    responses((
        status = 200,
        description = "A page of working copies.",
        body = Page<ManagedArticleCard>
    ))
)]
#[get("/manage/articles")]
pub(crate) async fn list_managed_articles(
    app: Data<App>,
    query: Query<ManageArticleListQuery>,
    caller: Caller,
    request: HttpRequest,
) -> Result<HttpResponse, ApiError> {
    let now = app.now();
    let bound_to = format!("manage articles {}", query.fingerprint());
    let limit = limit(query.limit)?;
    let section = query
        .section
        .as_deref()
        .map(|text| section_parameter(&app, text))
        .transpose()?;
    let filter = ManageFilter {
        status: query.status.map(wire::editorial::asked_status),
        section,
        created_by: sees_only_own(&caller.0).then(|| caller.0.label()),
    };
    let after = query
        .cursor
        .as_deref()
        .map(|text| cursor::decode(&app.secret, &bound_to, text))
        .transpose()?
        .map(ArticleId::from_raw);
    let (page, names) = app
        .store
        .read(move |conn| {
            within(conn, &caller.0, filter.section)?;
            let page = articles::list(conn, &filter, after, limit, now)?;
            let authors: Vec<_> = page
                .items
                .iter()
                .flat_map(|card| card.authors.clone())
                .collect();
            let tags: Vec<_> = page
                .items
                .iter()
                .flat_map(|card| card.tags.clone())
                .collect();
            let names = published::names(conn, authors, tags)?;
            Ok::<_, ApiError>((page, names))
        })
        .await?;
    let next = match page.items.last() {
        Some(last) if page.more => Some(cursor::encode(&app.secret, &bound_to, &last.id.raw())?),
        _ => None,
    };
    let tree = tree_with(&app, page.items.iter().map(|card| card.section)).await?;
    let items: Result<Vec<_>, _> = page
        .items
        .into_iter()
        .map(|card| wire::editorial::card(card, &tree, &names, now))
        .collect();
    let page = Page::new(items?, next);
    manage_list(&request, &page, page.next_cursor.as_deref())
}

/// A key that is limited to sections names one of its own: a list of everything, less what it may
/// not see, would have to read that too.
fn within(conn: &mut Conn<'_>, actor: &Actor, section: Option<SectionId>) -> Result<(), ApiError> {
    if !actor.is_limited() {
        return Ok(());
    }
    let path = match section {
        Some(section) => tree(conn)?.ancestors_and_self(section),
        None => Vec::new(),
    };
    may_work_in(actor, &path).map_err(|_| {
        let detail = "This API key is limited to sections: `section` must name one of them, or \
                      one below them.";
        ApiError::new(Code::Forbidden, detail).parameter(
            "section",
            Code::Forbidden.as_str(),
            detail,
        )
    })
}
