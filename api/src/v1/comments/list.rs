//! `GET /articles/{article}/comments`: the thread of an article.

use actix_web::{HttpRequest, HttpResponse, get, web::Data};
use domain::id::{ArticleId, SectionId};
use openapi::Page;
use openapi::comment::Comment;
use openapi::query::{ArticlePath, CommentListQuery, CommentSort};
use storage::comments::{self, Root, ThreadQuery};
use storage::published::{self, Card, Found};

use super::thread::{DEFAULT_REPLIES, after, roots_of, sort_of, thread_page};
use crate::error::ApiError;
use crate::extract::{Address, PathId, Query};
use crate::respond::{moved_with, public_json, with_query};
use crate::state::App;
use crate::v1::resolve;
use crate::v1::support::{absent, article_cache, bad_parameter, key_of, limit, tree_with};

/// The most first replies a root may bring along.
const MAX_REPLIES: i64 = 10;

/// List an article's comments
///
/// The root comments of one article, the best first unless `sort` says otherwise, each with its
/// first replies, oldest first. `next_cursor` inside `replies` goes on in the comment's own
/// `/replies`.
///
/// Best is what most agree on with most certainty, controversial what splits many, hot what is new
/// or liked lately; equals come newest first. A comment that is voted on may move on such a list
/// while somebody pages through it; by time each is met once.
///
/// A deleted comment that was answered stays as a tombstone without text and name, so no reply
/// loses its place. Replies are at most ten levels deep; what would be deeper stands beside the
/// comment it answers and names it in `in_reply_to_id`.
#[utoipa::path(
    tag = "comments",
    params(ArticlePath, CommentListQuery),
    responses(
        (
            status = 200,
            description = "A page of root comments.",
            body = Page<Comment>
        ),
        (status = 301, description = "The article has another slug now; `Location` names it.")
    )
)]
#[get("/articles/{article}/comments")]
pub(crate) async fn list_article_comments(
    app: Data<App>,
    path: PathId<Address<ArticleId>>,
    query: Query<CommentListQuery>,
    request: HttpRequest,
) -> Result<HttpResponse, ApiError> {
    let now = app.now();
    let limit = limit(query.limit)?;
    let replies = replies(query.replies)?;
    let sort = sort_of(query.sort.unwrap_or(CommentSort::Best));
    let key = key_of(path.0);
    // The cursor names the article, so it can be checked only once the article is known.
    let (secret, cursor) = (app.clone(), query.cursor.clone());
    let found = app
        .store
        .read(move |conn| {
            let article = match published::find(conn, &key, now, None)? {
                Some(Found::Article(article)) => article.card,
                Some(Found::Moved { id, slug, section }) => {
                    return Ok(Thread::Moved { id, slug, section });
                }
                None => return Err(absent(conn, &key)),
            };
            let after = after(&secret, &roots_of(article.id, sort), cursor.as_deref())?;
            let query = ThreadQuery {
                article: article.id,
                sort,
                after,
                limit,
                replies,
            };
            let page = comments::thread(conn, &query)?;
            Ok::<_, ApiError>(Thread::Page(Box::new(article), page))
        })
        .await?;
    let (article, page) = match found {
        Thread::Page(article, page) => (article, page),
        Thread::Moved { id, slug, section } => {
            let tree = tree_with(&app, [section]).await?;
            let path = format!("/api/v1/articles/{slug}/comments");
            let cache = article_cache(id).until(app.site.next_transition(now));
            let found = resolve::article(id, slug, section, &tree)?;
            let location = with_query(&request, &path);
            return moved_with(&request, location, &found, &cache);
        }
    };
    let page = thread_page(&app, article.id, sort, page)?;
    let cache = article_cache(article.id)
        .tag(format!("comments:{}", article.id))
        .until(article.visible_until)
        .next(page.next_cursor.as_deref());
    public_json(&request, &page, &cache)
}

enum Thread {
    Page(Box<Card>, storage::Page<Root>),
    Moved {
        id: ArticleId,
        slug: String,
        section: SectionId,
    },
}

fn replies(asked: Option<i64>) -> Result<u8, ApiError> {
    match asked {
        None => Ok(DEFAULT_REPLIES),
        Some(asked) => u8::try_from(asked)
            .ok()
            .filter(|_| asked <= MAX_REPLIES)
            .ok_or_else(|| bad_parameter("replies", "out_of_range", "must be between 0 and 10")),
    }
}
