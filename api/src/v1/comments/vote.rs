//! `PUT` and `DELETE /comments/{comment}/vote`.

use actix_web::{HttpResponse, delete, http::StatusCode, put, web::Data};
use domain::comment::Vote;
use domain::id::CommentId;
use openapi::Code;
use openapi::query::CommentPath;
use openapi::vote::{CommentVote, NewVote};
use storage::comments::{self, VoteRefusal};
use storage::users;

use super::banned::refuse_banned;
use super::edit::no_comment;
use crate::bans;
use crate::error::ApiError;
use crate::extract::{COMMENT_BYTES, Caller, Json, PathId};
use crate::respond::private_json;
use crate::state::App;
use crate::v1::me::{in_use, signed_in};
use crate::v1::wire;

/// Vote on a comment
///
/// Gives one's vote on a published comment, or changes it: 1 is for it, -1 against it. A member has
/// one vote on each comment; a guest has none. The answer says how everybody voted, one's own vote
/// included.
///
/// To vote the same way again is answered the same way and changes nothing, so a lost answer is no
/// reason not to ask again. One's own comment cannot be voted on: 409.
#[utoipa::path(
    tag = "comments",
    params(CommentPath),
    request_body = NewVote,
    responses((
        status = 200,
        description = "The vote counts.",
        body = CommentVote
    ))
)]
#[put("/comments/{comment}/vote")]
pub(crate) async fn vote_on_comment(
    app: Data<App>,
    path: PathId<CommentId>,
    caller: Caller,
    body: Json<NewVote, COMMENT_BYTES>,
) -> Result<HttpResponse, ApiError> {
    let value = Vote::of(body.into_inner().value).map_err(|invalid| invalid.at("value"))?;
    vote(&app, caller, path.0, Some(value)).await
}

/// Take a vote back
///
/// As if one had never voted on the comment. Where there is no vote nothing changes, and the answer
/// is the same.
///
/// What is not public any more answers 404, and one's vote on it stays as it was.
#[utoipa::path(
    tag = "comments",
    params(CommentPath),
    responses((
        status = 200,
        description = "One has no vote on the comment.",
        body = CommentVote
    ))
)]
#[delete("/comments/{comment}/vote")]
pub(crate) async fn take_vote_back(
    app: Data<App>,
    path: PathId<CommentId>,
    caller: Caller,
) -> Result<HttpResponse, ApiError> {
    vote(&app, caller, path.0, None).await
}

async fn vote(
    app: &App,
    caller: Caller,
    comment: CommentId,
    value: Option<Vote>,
) -> Result<HttpResponse, ApiError> {
    let (member, _) = signed_in(&caller)?;
    let voted = app
        .store
        .write(caller.0.clone(), app.now(), move |tx| {
            in_use(users::lock(tx, member)?)?;
            refuse_banned(tx, &[bans::account(member)])?;
            comments::vote(tx, comment, member, value)?.map_err(|refusal| match refusal {
                VoteRefusal::NotFound => no_comment(),
                VoteRefusal::Own => ApiError::new(
                    Code::OwnComment,
                    "This comment is yours: others vote on it.",
                ),
            })
        })
        .await?;
    let answer = CommentVote {
        comment_id: comment.to_string(),
        value: voted.value.map(Vote::number),
        votes: wire::comment::votes(voted.votes),
    };
    private_json(StatusCode::OK, &answer)
}
