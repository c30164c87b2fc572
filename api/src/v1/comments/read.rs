//! `GET /comments/{comment}`, `/replies` and `/context`.

use actix_web::{HttpRequest, HttpResponse, get, web::Data};
use domain::id::CommentId;
use openapi::comment::{Comment, CommentContext, CommentNeighbors};
use openapi::query::{CommentPath, CommentSort, RepliesQuery};
use openapi::{Page, examples};
use storage::comments::{self, Root};

use super::edit::no_comment;
use super::thread::{after, flat_page, replies_of, sort_of, with_replies};
use crate::error::ApiError;
use crate::extract::{PathId, Query};
use crate::respond::{Cache, public_json};
use crate::state::App;
use crate::v1::support::limit;
use crate::v1::wire;

/// Read a comment
///
/// One published comment, or the tombstone of one that was answered before it was deleted.
///
/// A comment under an article that cannot be read now answers 404, and so does one that waits for
/// a moderator.
#[utoipa::path(
    tag = "comments",
    params(CommentPath),
    responses((
        status = 200,
        description = "The comment.",
        body = Comment,
        example = json!(examples::flat_comment())
    ))
)]
#[get("/comments/{comment}")]
pub(crate) async fn get_comment(
    app: Data<App>,
    path: PathId<CommentId>,
    request: HttpRequest,
) -> Result<HttpResponse, ApiError> {
    let now = app.now();
    let comment = app
        .store
        .read(move |conn| comments::get(conn, path.0, now))
        .await;
    let comment = comment.map_err(ApiError::from)?.ok_or_else(no_comment)?;
    let cache = cache_of(&comment)
        .last_modified(comment.edited_at.unwrap_or(comment.created_at))
        .undated_parts()
        .until(app.site.next_transition(now));
    public_json(&request, &wire::comment::comment(comment), &cache)
}

/// List a comment's replies
///
/// The direct replies to one comment, the oldest first unless `sort` says otherwise. Each tells
/// in `reply_count` how many replies it has itself.
///
/// The cursor that an article's comments give with a root's first replies goes on here.
#[utoipa::path(
    tag = "comments",
    params(CommentPath, RepliesQuery),
    responses((
        status = 200,
        description = "A page of replies.",
        body = Page<Comment>,
        example = json!(examples::replies())
    ))
)]
#[get("/comments/{comment}/replies")]
pub(crate) async fn list_comment_replies(
    app: Data<App>,
    path: PathId<CommentId>,
    query: Query<RepliesQuery>,
    request: HttpRequest,
) -> Result<HttpResponse, ApiError> {
    let now = app.now();
    let limit = limit(query.limit)?;
    let sort = sort_of(query.sort.unwrap_or(CommentSort::Oldest));
    let bound_to = replies_of(path.0, sort);
    let after = after(&app, &bound_to, query.cursor.as_deref())?;
    let (parent, page) = app
        .store
        .read(move |conn| {
            let parent = comments::get(conn, path.0, now)?.ok_or_else(no_comment)?;
            let page = comments::replies(conn, parent.id, sort, after, limit)?;
            Ok::<_, ApiError>((parent, page))
        })
        .await?;
    let page = flat_page(&app, &bound_to, page)?;
    let cache = cache_of(&parent)
        .until(app.site.next_transition(now))
        .next(page.next_cursor.as_deref());
    public_json(&request, &page, &cache)
}

/// Read a comment in its context
///
/// One comment with what it answers, up to the root comment, what was said right before and after
/// it, and its first replies: a page that somebody has followed a link to needs nothing else.
///
/// `replies.next_cursor` goes on in the comment's own `/replies`.
#[utoipa::path(
    tag = "comments",
    params(CommentPath),
    responses((
        status = 200,
        description = "The comment and what stands around it.",
        body = CommentContext
    ))
)]
#[get("/comments/{comment}/context")]
pub(crate) async fn get_comment_context(
    app: Data<App>,
    path: PathId<CommentId>,
    request: HttpRequest,
) -> Result<HttpResponse, ApiError> {
    let now = app.now();
    let found = app
        .store
        .read(move |conn| comments::context(conn, path.0, now))
        .await;
    let found = found.map_err(ApiError::from)?.ok_or_else(no_comment)?;
    let cache = cache_of(&found.comment).until(app.site.next_transition(now));
    let list = |all: Vec<comments::Comment>| all.into_iter().map(wire::comment::comment).collect();
    let root = Root {
        comment: found.comment,
        replies: found.replies,
        more_replies: found.more_replies,
    };
    let context = CommentContext {
        ancestors: list(found.ancestors),
        comment: with_replies(&app, root)?,
        neighbors: CommentNeighbors {
            previous: list(found.previous),
            next: list(found.next),
        },
    };
    public_json(&request, &context, &cache)
}

fn cache_of(comment: &comments::Comment) -> Cache {
    Cache::new()
        .tag(format!("comment:{}", comment.id))
        .tag(format!("comments:{}", comment.article_id))
        .tag(format!("article:{}", comment.article_id))
}
