//! `GET /articles`: cards of a section, a tag, an author, of what is read most, or of given ids.

use std::fmt::Display;
use std::hash::Hash;
use std::slice::from_ref;

use actix_web::{HttpRequest, HttpResponse, get, web::Data};
use domain::id::{ArticleId, AuthorId, TagId};
use domain::page::Limit;
use domain::{Language, Timestamp};
use openapi::article::ArticleCard;
use openapi::list::CommaList;
use openapi::query::{ArticleListQuery, ArticleSort};
use storage::published::{self, Card, Filter, ListQuery, Names, Place, PopularQuery};
use storage::{Conn, Lookup, authors, tags};

use super::popular::{Popular, window};
use crate::cursor;
use crate::error::ApiError;
use crate::extract::{Address, Query};
use crate::respond::{Cache, public_json};
use crate::state::App;
use crate::v1::support::{
    address_parameter, bad_parameter, led_section_parameter, limit, parameter, tag_cards, tree_with,
};
use crate::v1::wire;

/// The most ids of one batch.
const MAX_IDS: usize = 100;

/// List articles
///
/// Cards of published articles, newest first: all of them, or those of a section with the
/// sections below it, with a tag, by an author, in a language or of a time. Filters add up.
///
/// `sort=popular` lists what was read most over the last 24 hours, or seven days with `window=7d`.
/// A view weighs the less the older it is, down to nothing at the end of that time; of equals the
/// newest article comes first. Up to 1,000 articles are ranked, every five minutes, and what is not
/// public at the moment is left out whatever its rank. The pages of a walk are those of one ranking;
/// after a quarter of an hour it is not kept any more, and the walk goes on at the same rank of the
/// newest one, where an article may be met twice or missed.
///
/// With `ids` it fetches a known set at once, in the order given, and leaves out those that
/// cannot be read now. A card carries its section, authors, tags, lead image and counters, so a
/// front page needs no second call.
#[utoipa::path(
    tag = "articles",
    params(ArticleListQuery),
    responses((
        status = 200,
        description = "A page of cards.",
        body = openapi::Page<ArticleCard>
    ))
)]
#[get("/articles")]
pub(crate) async fn list_articles(
    app: Data<App>,
    query: Query<ArticleListQuery>,
    request: HttpRequest,
) -> Result<HttpResponse, ApiError> {
    let now = app.now();
    let bound_to = format!("articles {}", query.fingerprint());
    let plan = Plan::of(&app, &query, &bound_to).await?;
    let found = app.store.read(move |conn| plan.run(conn, now)).await?;
    let next = found
        .next
        .map(|position| cursor::encode(&app.secret, &bound_to, &position))
        .transpose()?;
    let tree = tree_with(&app, found.cards.iter().map(|card| card.section_id)).await?;
    let cache = tag_cards(Cache::new(), &found.cards, &tree)
        .tag("list:articles")
        .tags(found.places)
        .until(app.site.next_transition(now))
        .until(found.until)
        .next(next.as_deref());
    let items: Vec<ArticleCard> = found
        .cards
        .into_iter()
        .map(|card| wire::article::card(card, &tree, &found.names))
        .collect::<Result<_, _>>()?;
    let page = openapi::Page::new(items, next).with_total(found.total);
    public_json(&request, &page, &cache)
}

/// What the query asks of the database.
enum Plan {
    Batch(Vec<ArticleId>),
    List {
        query: ListQuery,
        limit: Limit,
        total: bool,
    },
    Popular(Popular),
}

/// Where a page ends: a time, and what tells apart what has the same time.
pub(super) type Position = (i64, i64);

/// What the database answers.
pub(super) struct Found {
    pub(super) cards: Vec<Card>,
    /// The end of the page, if more follows.
    pub(super) next: Option<Position>,
    pub(super) total: Option<i64>,
    pub(super) names: Names,
    /// What the caches know the places of an empty list by.
    pub(super) places: Vec<String>,
    /// When the order of the list becomes another one by itself.
    pub(super) until: Option<Timestamp>,
}

impl Plan {
    async fn of(app: &App, query: &ArticleListQuery, bound_to: &str) -> Result<Self, ApiError> {
        if let Some(ids) = &query.ids {
            return batch(query, ids);
        }
        let window = window(query)?;
        let after: Option<Position> = query
            .cursor
            .as_deref()
            .map(|text| cursor::decode(&app.secret, bound_to, text))
            .transpose()?;
        let after = after.map(|(at, rest)| (Timestamp::from_millis(at), rest));
        let filter = filter(app, query).await?;
        let limit = limit(query.limit)?;
        let total = query.total.unwrap_or_default();
        if let Some(window) = window {
            let query = PopularQuery {
                window,
                filter,
                after,
            };
            return Ok(Self::Popular(Popular {
                query,
                limit,
                total,
            }));
        }
        let query = ListQuery {
            filter,
            ascending: query.sort.unwrap_or_default() == ArticleSort::OldestFirst,
            after: after.map(|(at, id)| (at, ArticleId::from_raw(id))),
        };
        Ok(Self::List {
            query,
            limit,
            total,
        })
    }

    fn run(self, conn: &mut Conn<'_>, now: Timestamp) -> Result<Found, ApiError> {
        match self {
            Self::Popular(popular) => popular.run(conn, now),
            Self::Batch(ids) => {
                let cards = published::by_ids(conn, &ids, now)?;
                Found::new(conn, cards)
            }
            Self::List {
                query,
                limit,
                total,
            } => {
                let page = published::list(conn, &query, limit, now)?;
                let mut places = Vec::new();
                if page.items.is_empty() && query.after.is_none() {
                    places = known_places(conn, &query.filter.places)?;
                }
                let total = total
                    .then(|| published::total(conn, &query.filter, now))
                    .transpose()?;
                let last = page.items.last().filter(|_| page.more);
                let next = last.map(|card| (card.published_at.as_millis(), card.id.raw()));
                Ok(Found {
                    next,
                    total,
                    places,
                    ..Found::new(conn, page.items)?
                })
            }
        }
    }
}

impl Found {
    /// These cards with their names, and nothing else.
    pub(super) fn new(conn: &mut Conn<'_>, cards: Vec<Card>) -> Result<Self, ApiError> {
        let names = published::names(
            conn,
            cards
                .iter()
                .flat_map(|card| card.author_ids.iter().copied()),
            cards.iter().flat_map(|card| card.tag_ids.iter().copied()),
        )?;
        Ok(Self {
            cards,
            next: None,
            total: None,
            names,
            places: Vec::new(),
            until: None,
        })
    }
}

/// Which articles a query of the list asks for.
pub(crate) async fn filter(app: &App, query: &ArticleListQuery) -> Result<Filter, ApiError> {
    let time = |name, text: &Option<String>| {
        text.as_deref()
            .map(|text| parameter(name, Timestamp::parse(text)))
            .transpose()
    };
    let language = query
        .language
        .as_deref()
        .map(|text| parameter("language", Language::parse(text)))
        .transpose()?;
    Ok(Filter {
        places: places(app, query).await?,
        language: language.map(|language| language.to_string()),
        // The parameter takes its own moment in, the statement leaves it out.
        published_after: time("published_after", &query.published_after)?
            .map(|at| at.plus_millis(-1)),
        published_before: time("published_before", &query.published_before)?,
    })
}

fn batch(query: &ArticleListQuery, ids: &CommaList<String>) -> Result<Plan, ApiError> {
    let others = [
        ("section", query.section.is_some()),
        ("tag", query.tag.is_some()),
        ("author", query.author.is_some()),
        ("language", query.language.is_some()),
        ("published_after", query.published_after.is_some()),
        ("published_before", query.published_before.is_some()),
        ("sort", query.sort.is_some()),
        ("window", query.window.is_some()),
        ("limit", query.limit.is_some()),
        ("cursor", query.cursor.is_some()),
        ("total", query.total.is_some()),
    ];
    if let Some((name, _)) = others.into_iter().find(|(_, given)| *given) {
        return Err(bad_parameter(
            name,
            "conflict",
            "does not go together with ids",
        ));
    }
    if ids.len() > MAX_IDS {
        let detail = format!("names at most {MAX_IDS} articles");
        return Err(bad_parameter("ids", "too_many", detail));
    }
    let ids = ids
        .iter()
        .map(|text| parameter("ids", ArticleId::parse(text)))
        .collect::<Result<Vec<_>, _>>()?;
    Ok(Plan::Batch(ids))
}

async fn places(app: &App, query: &ArticleListQuery) -> Result<Vec<Place>, ApiError> {
    let mut places = Vec::new();
    if let Some(text) = &query.section {
        places.push(Place::Section(led_section_parameter(app, text).await?));
    }
    if let Some(text) = &query.tag {
        places.push(match address_parameter::<TagId>("tag", text)? {
            Address::Id(id) => Place::Tag(id),
            Address::Slug(slug) => Place::TagSlug(slug),
        });
    }
    if let Some(text) = &query.author {
        places.push(match address_parameter::<AuthorId>("author", text)? {
            Address::Id(id) => Place::Author(id),
            Address::Slug(slug) => Place::AuthorSlug(slug),
        });
    }
    Ok(places)
}

/// An empty first page may be empty because the tag or the author does not exist. Only then is it
/// looked up, so a list that has articles never pays for it. Answers the names of the places, which
/// no card tells the caches: they may come to hold something by a merge.
pub(crate) fn known_places(conn: &mut Conn<'_>, places: &[Place]) -> Result<Vec<String>, ApiError> {
    let name = |place: &Place| match place {
        Place::Section(id) => Ok(format!("section:{id}")),
        Place::Tag(id) => known("tag", &tags::lookup(conn, &[*id], &[])?),
        Place::TagSlug(slug) => known("tag", &tags::lookup(conn, &[], from_ref(slug))?),
        Place::Author(id) => known("author", &authors::lookup(conn, &[*id], &[])?),
        Place::AuthorSlug(slug) => known("author", &authors::lookup(conn, &[], from_ref(slug))?),
    };
    places.iter().map(name).collect()
}

fn known<Id: Copy + Eq + Hash + Display>(
    noun: &str,
    found: &Lookup<Id>,
) -> Result<String, ApiError> {
    let unknown = || {
        bad_parameter(
            noun,
            "unknown_reference",
            format!("there is no such {noun}"),
        )
    };
    let id = found.first().ok_or_else(unknown)?;
    Ok(format!("{noun}:{id}"))
}
