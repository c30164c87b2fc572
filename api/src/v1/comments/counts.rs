//! `GET /comment-counts`: how much is said under many articles at once.

use actix_web::{HttpRequest, HttpResponse, get, web::Data};
use domain::id::ArticleId;
use openapi::Page;
use openapi::comment::CommentCount;
use openapi::query::CommentCountsQuery;
use storage::comments;

use crate::error::ApiError;
use crate::extract::Query;
use crate::respond::{Cache, public_json};
use crate::state::App;
use crate::v1::support::{bad_parameter, parameter};

/// The most articles of one request.
const MAX_ARTICLES: usize = 100;

/// Count comments
///
/// The number of published comments, replies included, of up to 100 articles, in the order they
/// are given: for pages that were rendered before and only want fresh counts.
///
/// Articles that cannot be read now are left out of the answer.
#[utoipa::path(
    tag = "comments",
    params(CommentCountsQuery),
    responses((
        status = 200,
        description = "A count for each article.",
        body = Page<CommentCount>
    ))
)]
#[get("/comment-counts")]
pub(crate) async fn get_comment_counts(
    app: Data<App>,
    query: Query<CommentCountsQuery>,
    request: HttpRequest,
) -> Result<HttpResponse, ApiError> {
    let now = app.now();
    if query.articles.len() > MAX_ARTICLES {
        let detail = format!("names at most {MAX_ARTICLES} articles");
        return Err(bad_parameter("articles", "too_many", detail));
    }
    let mut ids = query
        .articles
        .iter()
        .map(|text| parameter("articles", ArticleId::parse(text)))
        .collect::<Result<Vec<_>, _>>()?;
    let asked = ids.clone();
    let counts = app
        .store
        .read(move |conn| comments::counts(conn, &asked, now))
        .await;
    let mut counts = counts.map_err(ApiError::from)?;
    ids.retain(|id| counts.contains_key(id));
    let cache = Cache::new()
        .tags(ids.iter().map(|id| format!("comments:{id}")))
        .until(app.site.next_transition(now));
    let items = ids
        .into_iter()
        .filter_map(|id| {
            let comments = counts.remove(&id)?;
            Some(CommentCount {
                article_id: id.to_string(),
                comments,
            })
        })
        .collect();
    public_json(&request, &Page::whole(items), &cache)
}
