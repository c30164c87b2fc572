//! `POST /articles/{article}/comments`: somebody says something.

use actix_web::{HttpResponse, http::StatusCode, post, web::Data};
use domain::comment::{
    AuthorKind, CommentStatus, parse_author_email, parse_author_name, parse_body,
};
use domain::id::{ArticleId, CommentId};
use domain::section::Tree;
use domain::text::render_comment;
use domain::{Invalid, InvalidCode};
use openapi::comment::{Comment, NewComment};
use openapi::query::ArticlePath;
use openapi::{Code, Page};
use storage::Tx;
use storage::comments::{self, Refusal};
use storage::published::Key;

use crate::error::ApiError;
use crate::extract::{Address, COMMENT_BYTES, Json, PathId};
use crate::idempotent::Answer;
use crate::state::App;
use crate::v1::support::{key_of, no_article};
use crate::v1::wire;
use crate::v1::write::{Asked, Refused, Wrong};

type NewCommentBody = Json<NewComment, COMMENT_BYTES>;

/// Post a comment
///
/// A guest comments on an article, or answers one of its comments. The text is Markdown of a
/// simple kind; HTML in it is shown as it was typed. The address is kept for moderators and never
/// shown. The answer holds an `edit_token`, which is not stored and cannot be had again.
///
/// Where the article's `comment_policy` is `closed` the answer is 409, where it is `members` 403.
/// A reply to a comment that is not there, is not published or stands under another article is
/// refused and never posted as a root. With an `Idempotency-Key` a retry gets the first answer.
#[utoipa::path(
    tag = "comments",
    params(ArticlePath),
    request_body = NewComment,
    responses((
        status = 201,
        description = "The comment is published.",
        body = Comment
    ))
)]
#[post("/articles/{article}/comments")]
pub(crate) async fn create_comment(
    app: Data<App>,
    path: PathId<Address<ArticleId>>,
    asked: Asked,
    body: NewCommentBody,
) -> Result<HttpResponse, ApiError> {
    let hash = body.hash.clone();
    let draft = parse(body.into_inner())?;
    let article = key_of(path.0);
    let drawing = app.clone();
    let outcome = asked
        .write(&app, &hash, move |tx| {
            let id = CommentId::from_raw(drawing.new_id());
            insert(tx, &article, draft.clone(), id, &drawing.site.tree())
        })
        .await?;
    let answer = outcome.complete(|comment: &mut Comment| {
        let id = CommentId::parse(&comment.id).map_err(ApiError::internal)?;
        comment.edit_token = Some(app.secret.edit_token(id));
        Ok(())
    })?;
    Ok(answer.respond())
}

/// A comment that was found fit to be stored.
#[derive(Clone)]
struct Draft {
    parent: Option<CommentId>,
    name: String,
    email: Option<String>,
    source: String,
    html: String,
    text: String,
}

fn parse(new: NewComment) -> Result<Draft, ApiError> {
    let mut wrong = Wrong::default();
    let source = wrong.check(parse_body(&new.body));
    let parent = wrong.check_given(new.parent_id, |text| {
        CommentId::parse(&text).map_err(|invalid| invalid.at("parent_id"))
    });
    let name = wrong.check(new.author_name.as_deref().map_or_else(
        || {
            let detail = "a guest gives the name to print";
            Err(Invalid::new("author_name", InvalidCode::Required, detail))
        },
        parse_author_name,
    ));
    let email = wrong.check_given(new.author_email, |text| parse_author_email(&text));
    let (Ok(source), Ok(parent), Ok(name), Ok(email)) = (source, parent, name, email) else {
        return Err(wrong.into_error());
    };
    let rendered = render_comment(&source);
    if rendered.html.is_empty() {
        let detail = "nothing of this text would be shown";
        return Err(Invalid::new("body", InvalidCode::Required, detail).into());
    }
    Ok(Draft {
        parent,
        name,
        email,
        source,
        html: rendered.html,
        text: rendered.text,
    })
}

fn insert(
    tx: &mut Tx<'_>,
    article: &Key,
    draft: Draft,
    id: CommentId,
    tree: &Tree,
) -> Result<Answer, Refused> {
    let comment = comments::NewComment {
        id,
        parent: draft.parent,
        author_kind: AuthorKind::Guest,
        author_name: draft.name,
        user: None,
        author_email: draft.email,
        body_source: draft.source,
        body_html: draft.html,
        body_text: draft.text,
        status: CommentStatus::Published,
    };
    let policy = |section| tree.get(section).map(|_| tree.comment_setting(section));
    let stored = comments::insert(tx, article, &comment, policy)?.map_err(refusal)?;
    let mut body = wire::comment::comment(stored);
    body.replies = Some(Page::whole(Vec::new()));
    let answer = Answer::new(StatusCode::CREATED, &body)?;
    Ok(answer.location(format!("/api/v1/comments/{id}")))
}

fn refusal(refusal: Refusal) -> Refused {
    let refused = match refusal {
        Refusal::SectionUnknown => return Refused::Behind,
        Refusal::ArticleNotFound => no_article(),
        Refusal::Closed => ApiError::new(
            Code::CommentsClosed,
            "Nobody can comment on this article now.",
        ),
        Refusal::MembersOnly => ApiError::new(
            Code::MembersOnly,
            "Only readers with an account may comment on this article.",
        ),
        // One answer: nobody is to find out whether a comment is held, or stands under an article
        // that is not public.
        Refusal::ParentNotFound | Refusal::ParentElsewhere | Refusal::ParentNotPublished => {
            let detail = "there is no comment under this article that can be answered by this id";
            ApiError::validation().pointer("/parent_id", "parent_not_found", detail)
        }
    };
    refused.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_hidden_is_refused_like_what_is_not_there() {
        let told = |refused| format!("{:?}", refusal(refused));
        let missing = told(Refusal::ParentNotFound);
        assert!(missing.contains("parent_not_found"));
        assert_eq!(told(Refusal::ParentNotPublished), missing);
        assert_eq!(told(Refusal::ParentElsewhere), missing);
    }
}
