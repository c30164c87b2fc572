//! `GET /articles/{article}`: one article with everything its page shows.

use actix_web::{HttpRequest, HttpResponse, get, web::Data};
use domain::Timestamp;
use domain::comment::Policy;
use domain::id::{ArticleId, SectionId};
use domain::section::Tree;
use openapi::article::ArticlePage;
use openapi::query::{ArticlePath, ArticleQuery};
use storage::Conn;
use storage::published::{self, Found, Key};

use super::page::{LoadedPage, Wants, comment_policy, page};
use crate::error::ApiError;
use crate::extract::{Address, PathId, Query};
use crate::respond::{moved_with, public_json, with_query};
use crate::state::App;
use crate::v1::resolve;
use crate::v1::support::{absent, article_cache, key_of, tag_cards, tree_with};

/// Read an article
///
/// One published article by its id or slug, with its text as sanitised HTML, as plain text, or
/// without it. `include` puts further parts of its page into the same answer: the breadcrumbs,
/// the neighbours in its section, what is related to it, the first comments. A part not asked for
/// is absent.
///
/// Related is what shares a tag with the article (3 points for each), is listed in its section (2
/// points) or was published within 30 days of it (1 more), looked for among the newest 50 articles
/// of each of these places: the six with most points, among equals the newest first.
///
/// A slug the article had before leads to the present one with 301. An article that is a draft,
/// not visible yet, or not visible any more answers 404, as one that never was; one that was taken
/// down answers 410 at every address it ever had, with the newsroom's `notice` if there is one.
#[utoipa::path(
    tag = "articles",
    params(ArticlePath, ArticleQuery),
    responses(
        (
            status = 200,
            description = "The article.",
            body = ArticlePage
        ),
        (status = 301, description = "The article has another slug now; `Location` names it.")
    )
)]
#[get("/articles/{article}")]
pub(crate) async fn get_article(
    app: Data<App>,
    path: PathId<Address<ArticleId>>,
    query: Query<ArticleQuery>,
    request: HttpRequest,
) -> Result<HttpResponse, ApiError> {
    let now = app.now();
    let wants = Wants::of(&query);
    let key = key_of(path.0);
    let loaded = match app
        .store
        .read(move |conn| load(conn, &key, wants, now))
        .await?
    {
        Loaded::Page(page) => page,
        Loaded::Moved { slug, id, section } => {
            let tree = tree_with(&app, [section]).await?;
            return moved_with(
                &request,
                with_query(&request, &format!("/api/v1/articles/{slug}")),
                &resolve::article(id, slug, section, &tree)?,
                &article_cache(id).until(app.site.next_transition(now)),
            );
        }
    };
    let tree = tree_with(&app, loaded.sections()).await?;
    let policy = comment_policy(&app, &loaded.article, now);
    let further = &loaded.article.further_sections;
    let cache = tag_cards(article_cache(loaded.article.card.id), loaded.cards(), &tree)
        .tags(further.iter().map(|id| format!("section:{id}")))
        .tags(translation_tags(&loaded, &tree))
        .tag("settings")
        .last_modified(last_modified(&loaded, &tree).max(policy_changed(&app, &policy, now)))
        .undated_parts()
        .until(loaded.article.card.visible_until)
        .until(policy.closes_at.filter(|at| now < *at))
        .until(loaded.translations.next_transition)
        .tags(wants.around.related.then(|| "list:articles".to_owned()))
        .until(if wants.around.neighbors || wants.around.related {
            app.site.next_transition(now)
        } else {
            None
        });
    let page = page(&app, *loaded, wants, (&tree, &policy))?;
    public_json(&request, &page, &cache)
}

enum Loaded {
    Moved {
        slug: String,
        id: ArticleId,
        section: SectionId,
    },
    Page(Box<LoadedPage>),
}

/// At most four statements: the article, and what belongs to its page.
fn load(conn: &mut Conn<'_>, key: &Key, wants: Wants, now: Timestamp) -> Result<Loaded, ApiError> {
    match published::find(conn, key, now, wants.body)? {
        None => Err(absent(conn, key)),
        Some(Found::Moved { slug, id, section }) => Ok(Loaded::Moved { slug, id, section }),
        Some(Found::Article(article)) => {
            let page = LoadedPage::load(conn, *article, wants, now)?;
            Ok(Loaded::Page(Box::new(page)))
        }
    }
}

/// The other languages it is in. The original stands for the group: what joins or leaves it leaves
/// a change of the original.
fn translation_tags(loaded: &LoadedPage, tree: &Tree) -> Vec<String> {
    let mut tags = vec![format!("article:{}", loaded.article.original)];
    for other in &loaded.translations.visible {
        tags.push(format!("article:{}", other.id));
        let sections = tree.ancestors_and_self(other.section_id);
        tags.extend(sections.into_iter().map(|id| format!("section:{id}")));
    }
    tags
}

/// When what holds for comments last changed, as far as that is not told by the article and its
/// sections: the site's word, or time that has run out.
fn policy_changed(app: &App, policy: &Policy, now: Timestamp) -> Timestamp {
    let closed_at = policy.closes_at.filter(|at| *at <= now);
    let changed = app.site.settings().updated_at.max(closed_at);
    changed.unwrap_or(Timestamp::EPOCH)
}

/// The newest change of anything else in the answer that leaves a time.
fn last_modified(loaded: &LoadedPage, tree: &Tree) -> Timestamp {
    let cards = loaded
        .cards()
        .flat_map(|card| [card.updated_at, card.visible_from]);
    let sections = loaded
        .cards()
        .map(|card| card.section_id)
        .chain(loaded.article.further_sections.iter().copied())
        .flat_map(|section| tree.breadcrumbs(section))
        .map(|section| section.updated_at);
    let names = &loaded.names;
    let names = names
        .authors
        .values()
        .chain(names.tags.values())
        .map(|name| name.updated_at);
    let translations = loaded.translations.visible.iter();
    let translations = translations.flat_map(|other| [other.updated_at, other.visible_from]);
    let comments = loaded
        .comments
        .iter()
        .flat_map(|page| &page.items)
        .flat_map(|root| std::iter::once(&root.comment).chain(&root.replies))
        .flat_map(|comment| [Some(comment.created_at), comment.edited_at])
        .flatten();
    cards
        .chain(sections)
        .chain(names)
        .chain(translations)
        .chain(comments)
        .max()
        .unwrap_or(Timestamp::EPOCH)
}
