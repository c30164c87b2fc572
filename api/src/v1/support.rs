//! What several handlers do alike.

use std::sync::Arc;

use actix_web::web::block;
use domain::id::{ArticleId, SectionId};
use domain::page::Limit;
use domain::section::Tree;
use domain::text::search::Query as Words;
use domain::{Invalid, Slug, Timestamp};
use openapi::query::SlugListQuery;
use openapi::{Code, ProblemError};
use storage::published::{self, Card, Found, Key};
use storage::takedowns::{self, Gone};
use storage::{Conn, Error};

use crate::cursor;
use crate::error::ApiError;
use crate::extract::{Address, FromSegment, closest};
use crate::respond::Cache;
use crate::state::App;
use crate::v1::sections;

/// A value of the query that was refused, at its parameter.
pub(crate) fn parameter<T>(name: &str, value: Result<T, Invalid>) -> Result<T, ApiError> {
    value.map_err(|invalid| bad_parameter(name, invalid.code.as_str(), invalid.detail))
}

/// 400 at one parameter of the query.
pub(crate) fn bad_parameter(name: &str, code: &str, detail: impl Into<String>) -> ApiError {
    let detail = detail.into();
    ApiError::new(Code::InvalidParameter, format!("{name}: {detail}")).parameter(name, code, detail)
}

/// The parameter `q`: what somebody looks for. The first Chinese has the dictionary read, off the threads
/// that answer.
pub(crate) async fn sought_words(text: String) -> Result<Words, ApiError> {
    let parsed = block(move || Words::parse(&text)).await;
    parameter("q", parsed.map_err(ApiError::internal)?)
}

/// How many items a page is to have.
pub(crate) fn limit(asked: Option<i64>) -> Result<Limit, ApiError> {
    asked.map_or(Ok(Limit::default()), |asked| {
        parameter("limit", Limit::new(asked))
    })
}

/// A parameter that names something by slug or id.
pub(crate) fn address_parameter<Id: FromSegment>(
    name: &str,
    text: &str,
) -> Result<Address<Id>, ApiError> {
    Address::from_segment(text)
        .ok_or_else(|| bad_parameter(name, "bad_format", "must be a slug or an id"))
}

/// The parameter `section`. Sections are all in memory, so a wrong one is found out at once, and
/// what was probably meant is told.
pub(crate) fn section_parameter(app: &App, text: &str) -> Result<SectionId, ApiError> {
    let tree = app.site.tree();
    let address = address_parameter("section", text)?;
    if let Some(section) = sections::find(&tree, &address) {
        return Ok(section.id);
    }
    let near = closest(text, tree.iter().map(|section| section.slug.as_str()));
    let mut detail = format!("there is no section `{text}`");
    if let Some(near) = near {
        detail = format!("{detail}; did you mean `{near}`?");
    }
    let place = ProblemError {
        suggestion: near.map(str::to_owned),
        ..ProblemError::at_parameter("section", "unknown_reference", detail.clone())
    };
    Err(ApiError::new(Code::InvalidParameter, format!("section: {detail}")).place(place))
}

/// As [`section_parameter`], and by a slug that the section had before, or the id of one that was
/// merged into it, too.
pub(crate) async fn led_section_parameter(app: &App, text: &str) -> Result<SectionId, ApiError> {
    let refused = match section_parameter(app, text) {
        Ok(id) => return Ok(id),
        Err(error) => error,
    };
    let found = sections::moved_to(app, address_parameter("section", text)?).await?;
    found.map(|(id, _)| id).ok_or(refused)
}

/// The sections, read again if these are not all among them: another node, or a command, may
/// have added one a moment ago.
pub(crate) async fn tree_with(
    app: &App,
    sections: impl IntoIterator<Item = SectionId>,
) -> Result<Arc<Tree>, ApiError> {
    let tree = app.site.tree();
    if sections.into_iter().all(|id| tree.get(id).is_some()) {
        return Ok(tree);
    }
    app.reload_site().await?;
    Ok(app.site.tree())
}

/// What the published side looks an article up by.
pub(crate) fn key_of(address: Address<ArticleId>) -> Key {
    match address {
        Address::Id(id) => Key::Id(id),
        Address::Slug(slug) => Key::Slug(slug),
    }
}

/// 404 for an article: the same for one that never was and one that may not be seen.
pub(crate) fn no_article() -> ApiError {
    ApiError::not_found("There is no such article, or it is not public now.")
}

/// The refusal where there is no public article: 410 at every address of one that was taken down,
/// with what readers are told about it, and else [`no_article`]. A look-up of its own, for which
/// nobody pays who finds the article.
pub(crate) fn absent(conn: &mut Conn<'_>, key: &Key) -> ApiError {
    match takedowns::gone(conn, key) {
        Ok(Some(gone)) => taken_down(gone),
        Ok(None) => no_article(),
        Err(error) => error.into(),
    }
}

/// 410 for an article that was taken down.
pub(crate) fn taken_down(gone: Gone) -> ApiError {
    ApiError::gone("This article was taken down.").notice(gone.notice)
}

/// The card of a public article, by any address it ever had: for routes below an article, which
/// do what is asked rather than send the client elsewhere.
pub(crate) fn public_card(
    conn: &mut Conn<'_>,
    key: &Key,
    now: Timestamp,
) -> Result<Card, ApiError> {
    let found = match published::find(conn, key, now, None)? {
        Some(Found::Moved { id, .. }) => published::find(conn, &Key::Id(id), now, None)?,
        found => found,
    };
    match found {
        Some(Found::Article(article)) => Ok(article.card),
        Some(Found::Moved { .. }) | None => Err(absent(conn, key)),
    }
}

/// What throws an answer about one article out of the caches.
pub(crate) fn article_cache(id: ArticleId) -> Cache {
    Cache::new().tag(format!("article:{id}"))
}

/// Adds everything that cards show: the articles, their sections with those above, whose slugs
/// are in the paths, their authors and their tags.
pub(crate) fn tag_cards<'a>(
    cache: Cache,
    cards: impl IntoIterator<Item = &'a Card>,
    tree: &Tree,
) -> Cache {
    cards.into_iter().fold(cache, |cache, card| {
        let sections = tree.ancestors_and_self(card.section_id);
        cache
            .tag(format!("article:{}", card.id))
            .tags(sections.into_iter().map(|id| format!("section:{id}")))
            .tags(card.author_ids.iter().map(|id| format!("author:{id}")))
            .tags(card.tag_ids.iter().map(|id| format!("tag:{id}")))
    })
}

/// A page of a list sorted by slug, and how many items the whole list has if that was asked.
pub(crate) struct PageBySlug<T> {
    pub(crate) items: Vec<T>,
    pub(crate) next: Option<String>,
    pub(crate) total: Option<i64>,
}

/// Reads rows by slug, beginning after one.
type ReadPage<T> = fn(&mut Conn<'_>, Option<&Slug>, Limit) -> Result<storage::Page<T>, Error>;

/// Reads the page that `query` asks for of the list that `bound_to` names.
pub(crate) async fn page_by_slug<T: Send + 'static>(
    app: &App,
    bound_to: &str,
    query: &SlugListQuery,
    read: ReadPage<T>,
    count: fn(&mut Conn<'_>) -> Result<i64, Error>,
    slug: fn(&T) -> &Slug,
) -> Result<PageBySlug<T>, ApiError> {
    let limit = limit(query.limit)?;
    let after = slug_after(app, bound_to, query.cursor.as_deref())?;
    let wants_total = query.total.unwrap_or_default();
    let (page, total) = app
        .store
        .read(move |conn| {
            let page = read(conn, after.as_ref(), limit)?;
            let total = wants_total.then(|| count(conn)).transpose()?;
            Ok::<_, ApiError>((page, total))
        })
        .await?;
    let next = match page.items.last() {
        Some(last) if page.more => {
            Some(cursor::encode(&app.secret, bound_to, &slug(last).as_str())?)
        }
        _ => None,
    };
    Ok(PageBySlug {
        items: page.items,
        next,
        total,
    })
}

/// Does what must not be left half done: it goes on when the client hangs up, which would
/// otherwise be a way to change an account without its owner being told, or without a trace.
pub(crate) async fn to_its_end<T: 'static>(
    work: impl Future<Output = Result<T, ApiError>> + 'static,
) -> Result<T, ApiError> {
    actix_web::rt::spawn(work)
        .await
        .map_err(ApiError::internal)?
}

/// The slug that a cursor of a list sorted by slug goes on after.
fn slug_after(app: &App, bound_to: &str, cursor: Option<&str>) -> Result<Option<Slug>, ApiError> {
    let Some(cursor) = cursor else {
        return Ok(None);
    };
    let text: String = cursor::decode(&app.secret, bound_to, cursor)?;
    Slug::parse(&text).map(Some).map_err(ApiError::internal)
}
