//! `GET /me/votes`.

use actix_web::{HttpRequest, HttpResponse, get, web::Data};
use domain::comment::Vote;
use domain::id::{ArticleId, CommentId};
use openapi::query::MyVotesQuery;
use openapi::vote::MyVote;
use openapi::{Code, Page};
use storage::comments::{self, OwnVote};

use super::signed_in;
use crate::cursor;
use crate::error::ApiError;
use crate::extract::{Address, Caller, Query};
use crate::respond::manage_list;
use crate::state::App;
use crate::v1::support::{address_parameter, bad_parameter, key_of, limit, public_card};

/// List one's votes
///
/// One's own votes on the comments of one article, by the age of the comments. Public answers are
/// the same for everybody; a client lays these over them to show how its user voted.
///
/// A comment that one has not voted on is not in the list.
#[utoipa::path(
    tag = "me",
    params(MyVotesQuery),
    responses((
        status = 200,
        description = "A page of votes.",
        body = Page<MyVote>
    ))
)]
#[get("/me/votes")]
pub(crate) async fn list_my_votes(
    app: Data<App>,
    query: Query<MyVotesQuery>,
    caller: Caller,
    request: HttpRequest,
) -> Result<HttpResponse, ApiError> {
    let (member, _) = signed_in(&caller)?;
    let address: Address<ArticleId> = address_parameter("article", &query.article)?;
    let (key, limit, now) = (key_of(address), limit(query.limit)?, app.now());
    let bound_to = move |article: ArticleId| format!("my votes {member} {article}");
    // The cursor names the article, so it can be checked only once the article is known.
    let (secret, cursor) = (app.clone(), query.cursor.clone());
    let (article, page) = app
        .store
        .read(move |conn| {
            let article = public_card(conn, &key, now).map_err(unknown)?.id;
            let after: Option<i64> = cursor
                .map(|text| cursor::decode(&secret.secret, &bound_to(article), &text))
                .transpose()?;
            let after = after.map(CommentId::from_raw);
            let page = comments::votes_under(conn, member, article, after, limit)?;
            Ok::<_, ApiError>((article, page))
        })
        .await?;
    let next = match page.items.last() {
        Some(last) if page.more => {
            let last = last.comment.raw();
            Some(cursor::encode(&app.secret, &bound_to(article), &last)?)
        }
        _ => None,
    };
    let page = Page::new(page.items.into_iter().map(wire).collect(), next);
    manage_list(&request, &page, page.next_cursor.as_deref())
}

fn unknown(error: ApiError) -> ApiError {
    if matches!(error.code(), Code::NotFound | Code::Gone) {
        let detail = "there is no such article, or it is not public now";
        return bad_parameter("article", "unknown_reference", detail);
    }
    error
}

fn wire(vote: OwnVote) -> MyVote {
    MyVote {
        comment_id: vote.comment.to_string(),
        value: Vote::number(vote.value),
    }
}
