//! Sections as readers see them.

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
use crate::respond::{Cache, public_json};
use crate::state::App;
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
/// Its articles are listed by `/articles?section=`.
#[utoipa::path(
    tag = "sections",
    params(SectionPath),
    responses((
        status = 200,
        description = "The section.",
        body = Section
    ))
)]
#[get("/sections/{section}")]
pub(crate) async fn get_section(
    app: Data<App>,
    path: PathId<Address<SectionId>>,
    request: HttpRequest,
) -> Result<HttpResponse, ApiError> {
    let now = app.now();
    let counts = app.site.article_counts(&app.store, now).await?;
    let tree = app.site.tree();
    let section =
        find(&tree, &path.0).ok_or_else(|| ApiError::not_found("There is no such section."))?;
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
