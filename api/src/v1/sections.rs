//! Sections as readers see them.

use std::sync::Arc;

use actix_web::{HttpRequest, HttpResponse, get, web::Data};
use domain::Timestamp;
use domain::id::SectionId;
use domain::section::{self, Tree};
use openapi::Page;
use openapi::query::SectionPath;
use openapi::section::{Section, SectionNode};
use storage::{Conn, Error, sections};

use crate::error::ApiError;
use crate::extract::{Address, PathId};
use crate::respond::{Cache, moved, public_json};
use crate::state::App;
use crate::v1::support::tree_with;
use crate::v1::wire;

/// List the sections
///
/// The whole tree in one answer: the root sections in their order, each with those below it.
///
/// The list has one page. `article_count` takes in the sections below and may be a minute old.
#[utoipa::path(
    tag = "sections",
    responses((
        status = 200,
        description = "The tree.",
        body = Page<SectionNode>
    ))
)]
#[get("/sections")]
pub(crate) async fn list_sections(
    app: Data<App>,
    request: HttpRequest,
) -> Result<HttpResponse, ApiError> {
    let now = app.now();
    let counts = app.site.article_counts(&app.store, now).await?;
    let tree = app.site.tree();
    let page = Page::whole(wire::section::nodes(&tree, None, &counts));
    let cache = Cache::new()
        .tag("list:sections")
        .until(app.site.next_transition(now));
    public_json(&request, &page, &cache)
}

/// Read a section
///
/// One section by its id or slug, with the way from the root down to it and with everything
/// below it.
///
/// A slug the section had before leads to the present one with 301, and so does the id of one that
/// was merged into another. Its articles are listed by `/articles?section=`.
#[utoipa::path(
    tag = "sections",
    params(SectionPath),
    responses(
        (
            status = 200,
            description = "The section.",
            body = Section
        ),
        (status = 301, description = "The section has another slug now, or is part of another; `Location` names it.")
    )
)]
#[get("/sections/{section}")]
pub(crate) async fn get_section(
    app: Data<App>,
    path: PathId<Address<SectionId>>,
    request: HttpRequest,
) -> Result<HttpResponse, ApiError> {
    let now = app.now();
    let tree = app.site.tree();
    let Some(section) = find(&tree, &path.0) else {
        return lead(&app, path.0, &request).await;
    };
    let counts = app.site.article_counts(&app.store, now).await?;
    let page = wire::section::page(&tree, section, &counts);
    let shown: Vec<SectionId> = tree
        .ancestors_and_self(section.id)
        .into_iter()
        .chain(tree.descendants(section.id))
        .collect();
    let cache = Cache::new()
        .tags(shown.iter().map(|id| format!("section:{id}")))
        // A new section below it has an id that nobody could have put here before.
        .tag("list:sections")
        .last_modified(newest(&tree, &shown))
        .undated_parts()
        .until(app.site.next_transition(now));
    public_json(&request, &page, &cache)
}

/// To the present address of a section that had this one before.
async fn lead(
    app: &App,
    address: Address<SectionId>,
    request: &HttpRequest,
) -> Result<HttpResponse, ApiError> {
    let found = moved_to(app, address).await?;
    let (id, tree) = found.ok_or_else(|| ApiError::not_found("There is no such section."))?;
    let section = tree.get(id).ok_or_else(ApiError::unavailable)?;
    let cache = Cache::new().tag(format!("section:{id}"));
    moved(
        request,
        &format!("/api/v1/sections/{}", section.slug),
        &cache,
    )
}

/// The section that a slug leads to which none has now, or the id of one that was merged into
/// another; and the sections it is among. This is the one look-up of a section that costs a statement.
pub(crate) async fn moved_to(
    app: &App,
    address: Address<SectionId>,
) -> Result<Option<(SectionId, Arc<Tree>)>, ApiError> {
    let found: Result<_, Error> = app
        .store
        .read(move |conn| match address {
            Address::Id(id) => sections::merged(conn, id),
            Address::Slug(slug) => sections::moved(conn, &slug),
        })
        .await;
    let Some(id) = found? else {
        return Ok(None);
    };
    Ok(Some((id, tree_with(app, [id]).await?)))
}

/// The tree as this connection sees it: in a transaction, with what that has changed.
pub(crate) fn tree(conn: &mut Conn<'_>) -> Result<Tree, Error> {
    Ok(Tree::build(sections::list(conn)?))
}

/// A section by either of its names.
pub(crate) fn find<'t>(
    tree: &'t Tree,
    address: &Address<SectionId>,
) -> Option<&'t section::Section> {
    match address {
        Address::Id(id) => tree.get(*id),
        Address::Slug(slug) => tree.by_slug(slug),
    }
}

fn newest(tree: &Tree, shown: &[SectionId]) -> Timestamp {
    shown
        .iter()
        .filter_map(|id| tree.get(*id))
        .map(|section| section.updated_at)
        .max()
        .unwrap_or(Timestamp::EPOCH)
}
