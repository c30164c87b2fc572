//! `GET /search` and `GET /suggest`: articles by their words.

use std::cmp::Reverse;
use std::collections::HashMap;

use actix_web::{
    HttpRequest, HttpResponse, get,
    web::{Data, block},
};
use domain::Timestamp;
use domain::id::{ArticleId, SectionId};
use domain::page::Limit;
use domain::section::Tree;
use domain::text::search::{Query as Words, snippet};
use openapi::Page;
use openapi::query::{ArticleListQuery, SearchQuery, SuggestQuery};
use openapi::search::{
    LanguageFacet, SearchFacets, SearchHit, SearchPage, SectionFacet, Snippet, SnippetField,
    Suggestion, SuggestionKind,
};
use storage::published::{self, Card, Names};
use storage::search::{self, Facet, Hit, Position};
use storage::{Conn, tags};

use super::articles::{filter, known_places};
use crate::cursor;
use crate::error::ApiError;
use crate::extract::Query;
use crate::respond::{Cache, public_json};
use crate::state::App;
use crate::v1::support::{bad_parameter, limit, sought_words, tag_cards, tree_with};
use crate::v1::wire;

/// The most articles of a page: each of them is read for its snippets.
const LIMIT_MAX: i64 = 50;

/// So much of a text is looked through for its snippet, in bytes. What comes later is found, and not
/// shown.
const LOOKED_THROUGH: usize = 256 * 1024;

/// Search
///
/// Published articles that hold all words of `q`, with the filters of `/articles`. Case, accents and
/// widths do not matter, nor whether Chinese is written in simplified or traditional characters.
/// Chinese needs no spaces: it is cut into words. What stands in quotation marks stands together in
/// what is found, and what follows a `-` is not in it. The last word may be the beginning of one,
/// unless a space follows it.
///
/// First come articles with all words in the headline, then those with all in headline and summary,
/// then the others; of each the newest first. Snippets show where the words stand. A page may hold
/// fewer articles than `limit` while more follow.
#[utoipa::path(
    tag = "search",
    params(SearchQuery),
    responses((
        status = 200,
        description = "A page of what was found.",
        body = SearchPage
    ))
)]
#[get("/search")]
pub(crate) async fn search_articles(
    app: Data<App>,
    query: Query<SearchQuery>,
    request: HttpRequest,
) -> Result<HttpResponse, ApiError> {
    let now = app.now();
    let bound_to = format!("search {}", query.fingerprint());
    let plan = Plan::of(&app, &query, &bound_to).await?;
    let words = plan.query.words.clone();
    let mut found = app.store.read(move |conn| plan.run(conn, now)).await?;
    let next = found
        .next
        .map(|at| (at.tier, at.published_at.as_millis(), at.id.raw()))
        .map(|position| cursor::encode(&app.secret, &bound_to, &position))
        .transpose()?;
    let counted = found.facets.iter().flatten().map(|facet| facet.section);
    let named = found.cards.iter().map(|card| card.section_id);
    let tree = tree_with(&app, named.chain(counted)).await?;
    let cache = tag_cards(Cache::new(), &found.cards, &tree)
        .tag("list:articles")
        .tags(std::mem::take(&mut found.places))
        .until(app.site.next_transition(now))
        .next(next.as_deref());
    let facets = found.facets.take();
    let total = facets.as_ref().filter(|_| query.total.unwrap_or_default());
    let total = total.map(|facets| facets.iter().map(|facet| facet.count).sum());
    let shown = tree.clone();
    // Reading twenty texts takes a moment: off the threads that answer.
    let items = block(move || found.shown(&words, &shown)).await;
    let items = items.map_err(ApiError::internal)??;
    let page = SearchPage {
        page: Page::new(items, next).with_total(total),
        facets: facets
            .filter(|_| query.facets.unwrap_or_default())
            .map(|facets| facets_of(&facets, &tree)),
    };
    public_json(&request, &page, &cache)
}

/// What the query asks of the database.
struct Plan {
    query: search::SearchQuery,
    limit: Limit,
    counts: bool,
}

impl Plan {
    async fn of(app: &App, query: &SearchQuery, bound_to: &str) -> Result<Self, ApiError> {
        let words = sought_words(query.q.clone()).await?;
        if query.limit.is_some_and(|asked| asked > LIMIT_MAX) {
            let detail = format!("must be between 1 and {LIMIT_MAX}");
            return Err(bad_parameter("limit", "out_of_range", detail));
        }
        let after: Option<(i32, i64, i64)> = query
            .cursor
            .as_deref()
            .map(|text| cursor::decode(&app.secret, bound_to, text))
            .transpose()?;
        let after = after.map(|(tier, at, id)| Position {
            tier,
            published_at: Timestamp::from_millis(at),
            id: ArticleId::from_raw(id),
        });
        let filters = ArticleListQuery {
            section: query.section.clone(),
            tag: query.tag.clone(),
            author: query.author.clone(),
            language: query.language.clone(),
            published_after: query.published_after.clone(),
            published_before: query.published_before.clone(),
            ..ArticleListQuery::default()
        };
        Ok(Self {
            query: search::SearchQuery {
                words,
                filter: filter(app, &filters).await?,
                after,
            },
            limit: limit(query.limit)?,
            counts: query.facets.unwrap_or_default() || query.total.unwrap_or_default(),
        })
    }

    /// At most five statements: what is found, its cards, their names and texts, and the counts. An
    /// empty page asks whether there is what it was filtered by.
    fn run(self, conn: &mut Conn<'_>, now: Timestamp) -> Result<Found, ApiError> {
        let page = search::list(conn, &self.query, self.limit, now)?;
        let mut places = Vec::new();
        if page.items.is_empty() && self.query.after.is_none() {
            places = known_places(conn, &self.query.filter.places)?;
        }
        let ids: Vec<ArticleId> = page.items.iter().map(|hit| hit.id).collect();
        let cards = published::by_ids(conn, &ids, now)?;
        let names = published::names(
            conn,
            cards.iter().flat_map(|card| card.author_ids.clone()),
            cards.iter().flat_map(|card| card.tag_ids.clone()),
        )?;
        let facets = self
            .counts
            .then(|| search::facets(conn, &self.query, now))
            .transpose()?;
        Ok(Found {
            next: page.items.last().copied().filter(|_| page.more),
            texts: search::texts(conn, &ids)?,
            hits: page.items,
            cards,
            names,
            facets,
            places,
        })
    }
}

/// What the database answers.
struct Found {
    hits: Vec<Hit>,
    next: Option<Position>,
    cards: Vec<Card>,
    names: Names,
    texts: HashMap<ArticleId, String>,
    facets: Option<Vec<Facet>>,
    /// What the caches know the places of an empty page by.
    places: Vec<String>,
}

impl Found {
    /// The articles with their snippets. What the index took for a quotation, and is none, is left
    /// out.
    fn shown(self, words: &Words, tree: &Tree) -> Result<Vec<SearchHit>, ApiError> {
        let mut items = Vec::with_capacity(self.cards.len());
        let tiers: HashMap<ArticleId, i32> =
            self.hits.iter().map(|hit| (hit.id, hit.tier)).collect();
        for card in self.cards {
            let text = self.texts.get(&card.id).map_or("", String::as_str);
            let summary = card.summary.as_deref().unwrap_or_default();
            let head = text.get(..text.floor_char_boundary(LOOKED_THROUGH));
            let (whole, text) = (text.len() <= LOOKED_THROUGH, head.unwrap_or_default());
            if whole && !words.is_in(&[card.title.as_str(), summary, text]) {
                continue;
            }
            let fields = [
                (SnippetField::Title, card.title.as_str()),
                (SnippetField::Summary, summary),
                (SnippetField::Body, text),
            ];
            let snippets = fields.into_iter().filter_map(|(field, text)| {
                let found = snippet(words, text)?;
                Some(Snippet {
                    field,
                    html: found.html(),
                    ranges: found
                        .ranges
                        .iter()
                        .map(|range| [range.start, range.end])
                        .collect(),
                    text: found.text,
                })
            });
            items.push(SearchHit {
                snippets: snippets.collect(),
                score: tiers.get(&card.id).copied().map_or(1.0, f64::from),
                article: wire::article::card(card, tree, &self.names)?,
            });
        }
        Ok(items)
    }
}

/// Counts by section, each with what is below it, and by language.
fn facets_of(facets: &[Facet], tree: &Tree) -> SearchFacets {
    let mut sections: HashMap<SectionId, i64> = HashMap::new();
    let mut languages: HashMap<&str, i64> = HashMap::new();
    for facet in facets {
        for section in tree.ancestors_and_self(facet.section) {
            *sections.entry(section).or_default() += facet.count;
        }
        *languages.entry(&facet.language).or_default() += facet.count;
    }
    let sections = sections.into_iter().filter_map(|(id, count)| {
        let section = wire::section::reference(tree.get(id)?);
        Some(SectionFacet { section, count })
    });
    let mut sections: Vec<_> = sections.collect();
    sections.sort_by(|a, b| {
        (Reverse(a.count), &a.section.slug).cmp(&(Reverse(b.count), &b.section.slug))
    });
    let languages = languages
        .into_iter()
        .map(|(language, count)| LanguageFacet {
            language: language.to_owned(),
            count,
        });
    let mut languages: Vec<_> = languages.collect();
    languages.sort_by(|a, b| (Reverse(a.count), &a.language).cmp(&(Reverse(b.count), &b.language)));
    SearchFacets {
        sections,
        languages,
    }
}

/// Complete what is typed
///
/// Up to ten published articles whose headlines, and up to ten tags whose names hold the words that
/// somebody has typed so far, the last of which may be unfinished: tags first by slug, then articles,
/// the newest first.
#[utoipa::path(
    tag = "search",
    params(SuggestQuery),
    responses((
        status = 200,
        description = "What may be meant.",
        body = Page<Suggestion>
    ))
)]
#[get("/suggest")]
pub(crate) async fn suggest(
    app: Data<App>,
    query: Query<SuggestQuery>,
    request: HttpRequest,
) -> Result<HttpResponse, ApiError> {
    let now = app.now();
    let words = sought_words(query.q.clone()).await?;
    let (tags, cards) = app
        .store
        .read(move |conn| {
            let ids = search::suggest(conn, &words, now)?;
            let cards = published::by_ids(conn, &ids, now)?;
            Ok::<_, ApiError>((tags::suggest(conn, &words)?, cards))
        })
        .await?;
    let tree = tree_with(&app, cards.iter().map(|card| card.section_id)).await?;
    let cache = tag_cards(Cache::new(), &cards, &tree)
        .tags(["list:articles".to_owned(), "list:tags".to_owned()])
        .tags(tags.iter().map(|tag| format!("tag:{}", tag.id)))
        .until(app.site.next_transition(now));
    let mut items: Vec<Suggestion> = tags
        .into_iter()
        .map(|tag| Suggestion {
            kind: SuggestionKind::Tag,
            id: tag.id.to_string(),
            slug: tag.slug,
            title: tag.name,
            path: None,
        })
        .collect();
    items.extend(cards.into_iter().map(|card| {
        let above = tree.path(card.section_id).unwrap_or_default();
        Suggestion {
            kind: SuggestionKind::Article,
            id: card.id.to_string(),
            path: Some(format!("{above}/{}", card.slug)),
            slug: card.slug,
            title: card.title,
        }
    }));
    public_json(&request, &Page::whole(items), &cache)
}
