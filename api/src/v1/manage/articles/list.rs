//! `GET /manage/articles` and `GET /manage/article-counts`.

use actix_web::{HttpRequest, HttpResponse, get, http::StatusCode, web::Data};
use domain::access::{may_work_in, sees_only_own};
use domain::article::Status;
use domain::id::{ArticleId, AuthorId, SectionId, TagId};
use domain::text::words::sought;
use domain::{Actor, Timestamp};
use openapi::managed_article::{ArticleCounts, ArticleStatus, ManagedArticleCard};
use openapi::query::{ArticleCountsQuery, ManageArticleListQuery, ManageArticleSort};
use openapi::{Code, Page};
use storage::articles::{self, ManageFilter, ManageOrder};
use storage::{Conn, authors, published, tags};

use crate::cursor;
use crate::error::ApiError;
use crate::extract::{Address, Caller, Query};
use crate::respond::{manage_list, private_json};
use crate::state::App;
use crate::v1::sections::tree;
use crate::v1::support::{
    address_parameter, bad_parameter, limit, parameter, section_parameter, tree_with,
};
use crate::v1::wire;

/// List working copies
///
/// All articles as they are being worked on, the latest created first, without their texts;
/// `status`, `section`, `author`, `tag`, `q`, `mine` and the times of the last change narrow the list,
/// and add up. An author's list holds only what they created.
///
/// `q` finds whole words, in any order, in the title, the slug and the summary of the working copy;
/// `L'été`, `ete` and `ÉTÉ` are the same word. Chinese, Japanese and Korean are found by any part,
/// without regard to where words begin; of a part of three characters or more each pair of
/// neighbours has to be there.
///
/// `status` is what an article is now: one that is scheduled becomes `published` by itself when
/// its time has come; `status=scheduled&sort=visible_from` is what comes next. Under
/// `sort=-updated_at` an article that is changed meanwhile moves to the front, and is not met again
/// further on. An API key that is limited to sections asks for one of them, or for one below
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
    let order = order(&query)?;
    let places = Places::of(query.author.as_deref(), query.tag.as_deref())?;
    let filter = filter(&app, &query, &caller.0)?;
    let after = query
        .cursor
        .as_deref()
        .map(|text| cursor::decode::<(i64, i64)>(&app.secret, &bound_to, text))
        .transpose()?
        .map(|(at, id)| (at, ArticleId::from_raw(id)));
    let (page, names) = app
        .store
        .read(move |conn| {
            within(conn, &caller.0, filter.section)?;
            let filter = places.within(conn, filter)?;
            let page = articles::list(conn, &filter, order, after, limit, now)?;
            let authors = page.items.iter().flat_map(|card| card.authors.clone());
            let tags = page.items.iter().flat_map(|card| card.tags.clone());
            let names = published::names(conn, authors, tags)?;
            Ok::<_, ApiError>((page, names))
        })
        .await?;
    let next = match page.items.last() {
        Some(last) if page.more => {
            let (at, id) = order.position(last);
            Some(cursor::encode(&app.secret, &bound_to, &(at, id.raw()))?)
        }
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

/// Count working copies
///
/// How many articles there are in each status, all in all or of one section, one author, one tag, and
/// of those that have all the words of `q`. An author's counts hold only what they created. An API key that is limited to sections asks for one of them, or for
/// one below them.
#[utoipa::path(
    tag = "manage articles",
    params(ArticleCountsQuery),
    responses((
        status = 200,
        description = "The counts.",
        body = ArticleCounts
    ))
)]
#[get("/manage/article-counts")]
pub(crate) async fn count_managed_articles(
    app: Data<App>,
    query: Query<ArticleCountsQuery>,
    caller: Caller,
) -> Result<HttpResponse, ApiError> {
    let now = app.now();
    let section = query
        .section
        .as_deref()
        .map(|text| section_parameter(&app, text))
        .transpose()?;
    let places = Places::of(query.author.as_deref(), query.tag.as_deref())?;
    let filter = ManageFilter {
        section,
        words: words(query.q.as_deref())?,
        confined: caller.0.is_limited(),
        created_by: created_by(&caller.0, query.mine),
        ..ManageFilter::default()
    };
    let counts = app
        .store
        .read(move |conn| {
            within(conn, &caller.0, section)?;
            let filter = places.within(conn, filter)?;
            let counts = articles::counts(conn, &filter, now)?;
            Ok::<_, ApiError>(counts)
        })
        .await?;
    let of = |status| counts.get(&status).copied().unwrap_or_default();
    let counts = ArticleCounts {
        draft: of(Status::Draft),
        scheduled: of(Status::Scheduled),
        published: of(Status::Published),
        unpublished: of(Status::Unpublished),
        taken_down: of(Status::TakenDown),
    };
    private_json(StatusCode::OK, &counts)
}

/// What is asked, but for what only the database knows by name.
fn filter(
    app: &App,
    query: &ManageArticleListQuery,
    actor: &Actor,
) -> Result<ManageFilter, ApiError> {
    let section = query
        .section
        .as_deref()
        .map(|text| section_parameter(app, text))
        .transpose()?;
    Ok(ManageFilter {
        status: query.status.map(wire::editorial::asked_status),
        section,
        author: None,
        tag: None,
        words: words(query.q.as_deref())?,
        confined: actor.is_limited(),
        created_by: created_by(actor, query.mine),
        updated_from: time("updated_after", query.updated_after.as_deref())?,
        updated_until: time("updated_before", query.updated_before.as_deref())?,
    })
}

/// The author and the tag that a list is asked for.
struct Places {
    author: Option<Address<AuthorId>>,
    tag: Option<Address<TagId>>,
}

impl Places {
    fn of(author: Option<&str>, tag: Option<&str>) -> Result<Self, ApiError> {
        Ok(Self {
            author: author
                .map(|text| address_parameter("author", text))
                .transpose()?,
            tag: tag.map(|text| address_parameter("tag", text)).transpose()?,
        })
    }

    /// The filter with the ids of what was named, by a slug from before, or as what was merged into it,
    /// too.
    fn within(self, conn: &mut Conn<'_>, filter: ManageFilter) -> Result<ManageFilter, ApiError> {
        let unknown = |name| {
            bad_parameter(
                name,
                "unknown_reference",
                format!("there is no such {name}"),
            )
        };
        let mut filter = filter;
        if let Some(author) = self.author {
            let (ids, slugs) = author.into_lists();
            let found = authors::lookup(conn, &ids, &slugs)?;
            filter.author = Some(found.first().ok_or_else(|| unknown("author"))?);
        }
        if let Some(tag) = self.tag {
            let (ids, slugs) = tag.into_lists();
            let found = tags::lookup(conn, &ids, &slugs)?;
            filter.tag = Some(found.first().ok_or_else(|| unknown("tag"))?);
        }
        Ok(filter)
    }
}

/// Whose articles are listed; `None` is everybody's.
fn created_by(actor: &Actor, mine: Option<bool>) -> Option<String> {
    (sees_only_own(actor) || mine.unwrap_or_default()).then(|| actor.label())
}

/// What is looked for; nothing when nothing is asked.
fn words(text: Option<&str>) -> Result<Vec<String>, ApiError> {
    text.map_or(Ok(Vec::new()), |text| parameter("q", sought(text)))
}

fn order(query: &ManageArticleListQuery) -> Result<ManageOrder, ApiError> {
    match query.sort.unwrap_or_default() {
        ManageArticleSort::Created => Ok(ManageOrder::Created),
        ManageArticleSort::Updated => Ok(ManageOrder::Updated),
        ManageArticleSort::NextVisible if query.status == Some(ArticleStatus::Scheduled) => {
            Ok(ManageOrder::NextVisible)
        }
        ManageArticleSort::NextVisible => Err(bad_parameter(
            "sort",
            "conflict",
            "visible_from goes with status=scheduled",
        )),
    }
}

fn time(name: &str, text: Option<&str>) -> Result<Option<Timestamp>, ApiError> {
    text.map(|text| parameter(name, Timestamp::parse(text)))
        .transpose()
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
