//! `PATCH` and `DELETE /comments/{comment}`: its author changes a comment, or takes it back.

use actix_web::{HttpResponse, delete, http::StatusCode, patch, web::Data};
use domain::Actor;
use domain::comment::{AuthorKind, CommentStatus, edited};
use domain::id::{CommentId, UserId};
use openapi::Code;
use openapi::comment::{CommentPatch, OwnComment};
use openapi::query::{CommentPath, EditTokenHeader};
use storage::Tx;
use storage::comments::{self, Locked, NewText};
use storage::published::Key;
use storage::users::{self, User};

use super::banned::{of_account, refuse_banned};
use super::judge::{Text, judge};
use super::rules::{Read, Submission, Writer};
use crate::error::ApiError;
use crate::extract::{COMMENT_BYTES, Caller, EditToken, Json, PathId};
use crate::respond::{private_empty, private_json};
use crate::state::App;
use crate::v1::me::in_use;
use crate::v1::wire;
use crate::v1::write::{Refused, change};

type CommentPatchBody = Json<CommentPatch, COMMENT_BYTES>;

/// Change one's comment
///
/// The author of a comment gives it another text, for `edit_seconds` after it was posted (the
/// article's `comment_policy` says how long). A guest shows the comment's `edit_token` in
/// `X-Edit-Token`.
///
/// Every rule is asked again, as for a new comment: a published comment may have to wait for a
/// moderator afterwards, with a `status` of `held` and a `reason`. One that waits goes on waiting.
/// A comment that waits can be changed too; one that was refused cannot.
#[utoipa::path(
    tag = "comments",
    params(CommentPath, EditTokenHeader),
    request_body = CommentPatch,
    responses((
        status = 200,
        description = "The comment as it is now.",
        body = OwnComment
    ))
)]
#[patch("/comments/{comment}")]
pub(crate) async fn edit_comment(
    app: Data<App>,
    path: PathId<CommentId>,
    caller: Caller,
    token: EditToken,
    body: CommentPatchBody,
) -> Result<HttpResponse, ApiError> {
    let text = Text::parse(&body.into_inner().body)?;
    // A guest's name stays as it was found fit.
    let read = Read::new(&app, &text, None);
    let editing = app.clone();
    let own = change(&app, caller, move |tx| {
        let author = author_of(tx, &editing, path.0, &token)?;
        in_time(tx, &author.comment)?;
        apply(tx, &editing, &author, (text.clone(), &read))?;
        read_own(tx, path.0)
    });
    private_json(StatusCode::OK, &own.await?)
}

/// Take one's comment back
///
/// The author of a comment deletes it, for `edit_seconds` after it was posted. A guest shows the
/// comment's `edit_token` in `X-Edit-Token`. Where it was answered, a tombstone without text and
/// name keeps its place; otherwise it is gone.
///
/// Doing it again changes nothing and is answered alike.
#[utoipa::path(
    tag = "comments",
    params(CommentPath, EditTokenHeader),
    responses((
        status = 204,
        description = "The comment is deleted."
    ))
)]
#[delete("/comments/{comment}")]
pub(crate) async fn delete_comment(
    app: Data<App>,
    path: PathId<CommentId>,
    caller: Caller,
    token: EditToken,
) -> Result<HttpResponse, ApiError> {
    let deleting = app.clone();
    let done = change(&app, caller, move |tx| {
        let author = author_of(tx, &deleting, path.0, &token)?;
        if author.comment.status == CommentStatus::Deleted {
            return Ok(());
        }
        in_time(tx, &author.comment)?;
        Ok(comments::withdraw(tx, &author.comment)?)
    });
    done.await?;
    Ok(private_empty(StatusCode::NO_CONTENT))
}

/// A comment, and in what quality its author is here.
struct Author {
    comment: Locked,
    /// The account; none for a guest.
    account: Option<User>,
}

/// The comment, locked, if whoever asks wrote it.
///
/// # Errors
/// 404 for a comment that the caller may not know of, 403 for one that is another's.
fn author_of(
    tx: &mut Tx<'_>,
    app: &App,
    id: CommentId,
    token: &EditToken,
) -> Result<Author, Refused> {
    let actor = tx.actor().clone();
    let account = match actor.user() {
        None => None,
        // Before the comment: whoever erases an account holds it first, too.
        Some((user, _)) => Some(in_use(users::lock(tx, user)?)?),
    };
    let comment = comments::lock(tx, id)?.ok_or_else(no_comment)?;
    if wrote(app, &actor, id, comment.user, token) {
        let account = account.filter(|_| comment.user.is_some());
        return Ok(Author { comment, account });
    }
    let now = tx.now();
    let public =
        comment.status == CommentStatus::Published && comments::get(tx, id, now)?.is_some();
    if !public {
        return Err(no_comment().into());
    }
    let detail = match comment.user {
        Some(_) => "This is somebody else's comment: only its author can change it.",
        None => "A guest's comment is changed with its edit token, in X-Edit-Token.",
    };
    Err(ApiError::new(Code::Forbidden, detail).into())
}

/// Whether this caller wrote a comment: one of this account, or of a guest when there is none. A
/// token is a guest's: it opens nothing of an account's.
pub(crate) fn wrote(
    app: &App,
    actor: &Actor,
    comment: CommentId,
    account: Option<UserId>,
    token: &EditToken,
) -> bool {
    if let Some(account) = account {
        return actor.user().is_some_and(|(user, _)| user == account);
    }
    let token = token.0.as_deref();
    token.is_some_and(|token| app.secret.is_edit_token(comment, token))
}

fn in_time(tx: &Tx<'_>, comment: &Locked) -> Result<(), ApiError> {
    if tx.now() < wire::comment::editable_until(comment.created_at) {
        return Ok(());
    }
    let detail = "The time in which this comment could be changed by its author is over.";
    Err(ApiError::new(Code::EditWindowOver, detail))
}

fn apply(
    tx: &mut Tx<'_>,
    app: &App,
    author: &Author,
    (text, read): (Text, &Read),
) -> Result<(), Refused> {
    let comment = &author.comment;
    match comment.status {
        CommentStatus::Published | CommentStatus::Held | CommentStatus::Spam => {}
        CommentStatus::Deleted => return Err(no_comment().into()),
        CommentStatus::Rejected => {
            let detail = "A moderator has refused this comment, so it cannot be changed.";
            return Err(ApiError::new(Code::WrongState, detail).into());
        }
    }
    let place = comments::place_for(tx, &Key::Id(comment.article), None)?;
    let place = place.ok_or_else(no_comment)?;
    let account = author.account.as_ref();
    if let Some(user) = account.filter(|user| AuthorKind::of(user.role) != AuthorKind::Staff) {
        refuse_banned(tx, &of_account(app, user))?;
    }
    let writer = Writer {
        kind: account.map_or(AuthorKind::Guest, |user| AuthorKind::of(user.role)),
        account,
        text: Submission::Changed(comment.id),
    };
    let (judged, finding) = judge(tx, app, &place, writer, &text, read)?;
    let status = edited(comment.status, judged);
    let new = NewText {
        source: text.source,
        html: text.html,
        text: text.plain,
    };
    Ok(comments::edit(tx, comment, &new, status, finding)?)
}

fn read_own(tx: &mut Tx<'_>, id: CommentId) -> Result<OwnComment, Refused> {
    let own = comments::whole(tx, id)?.ok_or_else(no_comment)?;
    Ok(wire::comment::own_whole(own, tx.now()))
}

pub(crate) fn no_comment() -> ApiError {
    ApiError::not_found("There is no such comment, or it is not public now.")
}
