//! Pages of a thread and their cursors. One page stands in two routes, an article's own and its
//! list of comments, so its cursor names the article and the order and not the route.

use domain::id::{ArticleId, CommentId};
use openapi::comment::Comment;
use openapi::query::CommentSort;
use storage::Page;
use storage::comments::{Root, Sort};

use crate::cursor;
use crate::error::ApiError;
use crate::state::App;
use crate::v1::wire;

/// How many first replies a root brings along when nothing is said.
pub(crate) const DEFAULT_REPLIES: u8 = 3;

/// The order, in storage's words.
pub(super) fn sort_of(sort: CommentSort) -> Sort {
    match sort {
        CommentSort::Best => Sort::Best,
        CommentSort::Newest => Sort::Newest,
        CommentSort::Oldest => Sort::Oldest,
        CommentSort::Controversial => Sort::Controversial,
        CommentSort::Hot => Sort::Hot,
    }
}

/// What the cursor of an article's comments is bound to.
pub(super) fn roots_of(article: ArticleId, sort: Sort) -> String {
    format!("comments {article} {}", word(sort))
}

/// What the cursor of a comment's replies is bound to.
pub(super) fn replies_of(parent: CommentId, sort: Sort) -> String {
    format!("replies {parent} {}", word(sort))
}

const fn word(sort: Sort) -> &'static str {
    match sort {
        Sort::Best => "best",
        Sort::Newest => "newest",
        Sort::Oldest => "oldest",
        Sort::Controversial => "controversial",
        Sort::Hot => "hot",
    }
}

/// The cursor that goes on after a position.
pub(super) fn cursor_after(app: &App, bound_to: &str, last: i64) -> Result<String, ApiError> {
    cursor::encode(&app.secret, bound_to, &last)
}

/// The position that a cursor goes on after.
pub(super) fn after(
    app: &App,
    bound_to: &str,
    text: Option<&str>,
) -> Result<Option<i64>, ApiError> {
    text.map(|text| cursor::decode(&app.secret, bound_to, text))
        .transpose()
}

/// A flat page: single comments and the cursor that goes on after the last.
pub(super) fn flat_page(
    app: &App,
    bound_to: &str,
    page: Page<storage::comments::Comment>,
) -> Result<openapi::Page<Comment>, ApiError> {
    let next = match page.items.last() {
        Some(last) if page.more => Some(cursor_after(app, bound_to, last.position)?),
        _ => None,
    };
    Ok(openapi::Page::new(
        page.items.into_iter().map(wire::comment::comment).collect(),
        next,
    ))
}

/// A page of roots, each with its first replies.
pub(crate) fn thread_page(
    app: &App,
    article: ArticleId,
    sort: Sort,
    page: Page<Root>,
) -> Result<openapi::Page<Comment>, ApiError> {
    let next = match page.items.last() {
        Some(last) if page.more => Some(cursor_after(
            app,
            &roots_of(article, sort),
            last.comment.position,
        )?),
        _ => None,
    };
    let items = page
        .items
        .into_iter()
        .map(|root| with_replies(app, root))
        .collect::<Result<_, _>>();
    Ok(openapi::Page::new(items?, next))
}

/// A comment with its first replies, and the cursor that goes on after them.
pub(super) fn with_replies(app: &App, root: Root) -> Result<Comment, ApiError> {
    let next = if root.more_replies {
        let bound_to = replies_of(root.comment.id, Sort::Oldest);
        // Without a reply shown, the next page is the first one: no id is 0.
        let last = root.replies.last().map_or(0, |reply| reply.position);
        Some(cursor_after(app, &bound_to, last)?)
    } else {
        None
    };
    let replies = root
        .replies
        .into_iter()
        .map(wire::comment::comment)
        .collect();
    let mut comment = wire::comment::comment(root.comment);
    comment.replies = Some(openapi::Page::new(replies, next));
    Ok(comment)
}
