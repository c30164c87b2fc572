//! `GET /manage/comments` and `/manage/comments/{comment}`.

use actix_web::{HttpRequest, HttpResponse, get, web::Data};
use domain::comment::{CommentStatus, Desk};
use domain::id::{CommentId, UserId};
use domain::page::Limit;
use domain::text::search::Query as Words;
use openapi::Page;
use openapi::managed_comment::{ManagedComment, ManagedCommentStatus};
use openapi::query::{CommentPath, ManageCommentListQuery};
use storage::Conn;
use storage::comments::{self, DeskQuery, ListQuery, OwnComment};

use super::find;
use crate::cursor;
use crate::error::ApiError;
use crate::extract::{PathId, Query};
use crate::respond::{manage_json, manage_list};
use crate::state::App;
use crate::v1::support::{bad_parameter, limit, parameter, sought_words};
use crate::v1::wire;

/// List comments to moderate
///
/// With `status=held`, `reported` or `spam` the desk: what waits for a moderator, first what readers
/// have reported most, then what waits longest. `moderation` says why, by which rule, and what in
/// the text the rule met. With any other status, or none, what there is, the newest first; with
/// `user` the history of an account, with `q` what is found by its words a few seconds after it was
/// written. With `same_author_as` the history of whoever wrote a comment, guests
/// among them.
///
/// Under every article, whether it is public or not. What is decided leaves the desk at once.
#[utoipa::path(
    tag = "manage comments",
    params(ManageCommentListQuery),
    responses((
        status = 200,
        description = "A page of comments.",
        body = Page<ManagedComment>
    ))
)]
#[get("/manage/comments")]
pub(crate) async fn list_managed_comments(
    app: Data<App>,
    query: Query<ManageCommentListQuery>,
    request: HttpRequest,
) -> Result<HttpResponse, ApiError> {
    let words = match query.q.clone() {
        Some(text) => Some(sought_words(text).await?),
        None => None,
    };
    let (shelf, limit) = (shelf(&query, words.as_ref())?, limit(query.limit)?);
    let bound_to = format!("moderated {shelf:?}");
    let cursor = query.cursor.as_deref();
    let after: Option<(i64, i64)> = cursor
        .map(|text| cursor::decode(&app.secret, &bound_to, text))
        .transpose()?;
    let page = app
        .store
        .read(move |conn| shelf.page(conn, after, limit))
        .await?;
    answer(&app, &request, &bound_to, page)
}

/// Where comments are looked for.
#[derive(Debug, Clone)]
enum Shelf {
    Desk(Desk, Option<Words>),
    SameAuthor(CommentId),
    All {
        user: Option<UserId>,
        status: Option<CommentStatus>,
        words: Option<Words>,
    },
}

fn shelf(query: &ManageCommentListQuery, words: Option<&Words>) -> Result<Shelf, ApiError> {
    let user = query.user.as_deref().map(UserId::parse).transpose();
    let user = parameter("user", user)?;
    let same = query.same_author_as.as_deref().map(CommentId::parse);
    let same = parameter("same_author_as", same.transpose())?;
    if let Some(comment) = same {
        if user.is_some() || query.status.is_some() || words.is_some() {
            let detail = "goes with none of `user`, `status` and `q`";
            return Err(bad_parameter("same_author_as", "wrong_state", detail));
        }
        return Ok(Shelf::SameAuthor(comment));
    }
    let all = |status| Shelf::All {
        user,
        status,
        words: words.cloned(),
    };
    let desk = |desk| Shelf::Desk(desk, words.cloned());
    let shelf = match query.status {
        None => all(None),
        Some(ManagedCommentStatus::Held) => desk(Desk::Held),
        Some(ManagedCommentStatus::Reported) => desk(Desk::Reported),
        Some(ManagedCommentStatus::Spam) => desk(Desk::Spam),
        Some(ManagedCommentStatus::Published) => all(Some(CommentStatus::Published)),
        Some(ManagedCommentStatus::Rejected) => all(Some(CommentStatus::Rejected)),
        Some(ManagedCommentStatus::Deleted) => all(Some(CommentStatus::Deleted)),
    };
    if matches!(shelf, Shelf::Desk(..)) && user.is_some() {
        let detail = "goes with the statuses that come newest first: published, rejected, deleted";
        return Err(bad_parameter("user", "wrong_state", detail));
    }
    Ok(shelf)
}

impl Shelf {
    /// One page of it, after what a need and an id name.
    fn page(
        self,
        conn: &mut Conn<'_>,
        after: Option<(i64, i64)>,
        limit: Limit,
    ) -> Result<storage::Page<OwnComment>, ApiError> {
        let before = after.map(|(_, id)| id);
        match self {
            Self::Desk(desk, words) => {
                let after = after.map(|(need, id)| (need, CommentId::from_raw(id)));
                let query = DeskQuery {
                    desk,
                    words,
                    after,
                    limit,
                };
                Ok(comments::desk(conn, &query)?)
            }
            Self::SameAuthor(comment) => comments::of_same_author(conn, comment, before, limit)?
                .ok_or_else(|| {
                    let detail = "there is no such comment";
                    bad_parameter("same_author_as", "unknown_reference", detail)
                }),
            Self::All {
                user,
                status,
                words,
            } => {
                let query = ListQuery {
                    user,
                    status,
                    words,
                    before,
                    limit,
                };
                Ok(comments::list(conn, &query)?)
            }
        }
    }
}

fn answer(
    app: &App,
    request: &HttpRequest,
    bound_to: &str,
    page: storage::Page<OwnComment>,
) -> Result<HttpResponse, ApiError> {
    let last = page.items.last().filter(|_| page.more);
    let last = last.map(|own| (own.comment.position, own.comment.id.raw()));
    let next = last.map(|last| cursor::encode(&app.secret, bound_to, &last));
    let items = page.items.into_iter();
    let items = items.map(wire::managed_comment::comment).collect();
    let page = Page::new(items, next.transpose()?);
    manage_list(request, &page, page.next_cursor.as_deref())
}

/// Read a comment to moderate
///
/// One comment with all that moderators are told of it, whatever became of it and of its article.
///
/// The `ETag` names the version that a decision has to build on.
#[utoipa::path(
    tag = "manage comments",
    params(CommentPath),
    responses((
        status = 200,
        description = "The comment.",
        body = ManagedComment
    ))
)]
#[get("/manage/comments/{comment}")]
pub(crate) async fn get_managed_comment(
    app: Data<App>,
    path: PathId<CommentId>,
) -> Result<HttpResponse, ApiError> {
    let comment = app.store.read(move |conn| find(conn, path.0)).await?;
    manage_json(&comment, comment.version)
}
