//! `GET /resolve`: where a path of the site leads.

use actix_web::{HttpRequest, HttpResponse, get, web::Data};
use domain::id::{ArticleId, SectionId};
use domain::path::last_slug;
use domain::section::{Section, Tree};
use openapi::query::ResolveQuery;
use openapi::resolve::{Resolved, ResolvedKind};
use storage::published::{self, Located};
use storage::sections;

use crate::error::ApiError;
use crate::extract::Query;
use crate::respond::{Cache, moved_with, public_json};
use crate::state::App;
use crate::v1::support::{article_cache, parameter, taken_down, tree_with};

/// Resolve a path
///
/// What stands at a path of the site, for front ends that are asked for one. It goes by the last
/// segment: the rest may be what it was years ago. Where the path is not the present one the answer
/// is 301, with the same body and a `Location` that leads there in one step; a slash at the end,
/// doubled slashes and upper case count as such differences.
///
/// A section with that slug comes before an article, unless the path is the article's own. An
/// article that was taken down answers 410, what cannot be read now 404.
#[utoipa::path(
    tag = "addresses",
    params(ResolveQuery),
    responses(
        (
            status = 200,
            description = "What stands there.",
            body = Resolved
        ),
        (status = 301, description = "It stands elsewhere now; `Location` asks for that path.")
    )
)]
#[get("/resolve")]
pub(crate) async fn resolve(
    app: Data<App>,
    query: Query<ResolveQuery>,
    request: HttpRequest,
) -> Result<HttpResponse, ApiError> {
    let now = app.now();
    let path = query.into_inner().path;
    let slug = parameter("path", last_slug(&path))?.ok_or_else(nothing)?;
    let tree = app.site.tree();
    let section = tree
        .by_slug(&slug)
        .and_then(|section| place_of(&tree, section));
    if let Some((found, cache)) = &section
        && found.path == path
    {
        return public_json(&request, found, cache);
    }
    let (located, moved) = app
        .store
        .read(move |conn| {
            let located = published::locate(conn, &slug, now)?;
            let moved = match located {
                None => sections::moved(conn, &slug)?,
                Some(_) => None,
            };
            Ok::<_, ApiError>((located, moved))
        })
        .await?;
    let article = match located {
        Some(Located::Article {
            id,
            slug,
            section,
            visible_until,
        }) => {
            let tree = tree_with(&app, [section]).await?;
            let found = article(id, slug, section, &tree)?;
            let sections = tree.ancestors_and_self(section).into_iter();
            let cache = article_cache(id)
                .tags(sections.map(|id| format!("section:{id}")))
                .until(visible_until);
            Some((found, cache))
        }
        Some(Located::Gone(gone)) if section.is_none() => return Err(taken_down(gone)),
        Some(Located::Gone(_)) | None => None,
    };
    let own = article.filter(|(found, _)| section.is_none() || found.path == path);
    let section = match moved {
        Some(id) if section.is_none() => {
            let tree = tree_with(&app, [id]).await?;
            tree.get(id).and_then(|section| place_of(&tree, section))
        }
        _ => section,
    };
    let (found, cache) = own.or(section).ok_or_else(nothing)?;
    if found.path == path {
        return public_json(&request, &found, &cache);
    }
    let location = format!("/api/v1/resolve?path={}", found.path.replace('/', "%2F"));
    let cache = cache.until(app.site.next_transition(now));
    moved_with(&request, location, &found, &cache)
}

/// A section and its present path.
fn place_of(tree: &Tree, section: &Section) -> Option<(Resolved, Cache)> {
    let sections = tree.ancestors_and_self(section.id).into_iter();
    let cache = Cache::new().tags(sections.map(|id| format!("section:{id}")));
    let resolved = Resolved {
        kind: ResolvedKind::Section,
        id: section.id.to_string(),
        slug: section.slug.to_string(),
        path: tree.path(section.id)?.to_owned(),
    };
    Some((resolved, cache))
}

/// An article and its present path: what every 301 to it says, too.
pub(crate) fn article(
    id: ArticleId,
    slug: String,
    section: SectionId,
    tree: &Tree,
) -> Result<Resolved, ApiError> {
    let above = tree
        .path(section)
        .ok_or_else(|| ApiError::internal(format!("{id} lies in no known section")))?;
    Ok(Resolved {
        kind: ResolvedKind::Article,
        id: id.to_string(),
        path: format!("{above}/{slug}"),
        slug,
    })
}

fn nothing() -> ApiError {
    ApiError::not_found("There is nothing at this path, or it is not public now.")
}
