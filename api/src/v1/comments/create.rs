//! `POST /articles/{article}/comments`: somebody says something.

use actix_web::{HttpResponse, http::StatusCode, post, web::Data};
use domain::comment::{
    AuthorKind, CommentStatus, parse_author_email, parse_author_name, parse_body,
};
use domain::id::{ArticleId, CommentId, UserId};
use domain::text::render_comment;
use domain::{Invalid, InvalidCode};
use openapi::comment::{Comment, NewComment};
use openapi::query::ArticlePath;
use openapi::{Code, Page};
use storage::comments::{self, Refusal};
use storage::published::Key;
use storage::{Tx, users};

use crate::error::ApiError;
use crate::extract::{Address, COMMENT_BYTES, Json, PathId};
use crate::idempotent::Answer;
use crate::state::App;
use crate::v1::me::in_use;
use crate::v1::support::{absent, key_of, no_article};
use crate::v1::wire;
use crate::v1::write::{Asked, Noted, Refused, Wrong};

type NewCommentBody = Json<NewComment, COMMENT_BYTES>;

/// Post a comment
///
/// Somebody comments on an article, or answers one of its comments. The text is Markdown of a
/// simple kind; HTML in it is shown as it was typed.
///
/// A guest gives the name to print. The address is kept for moderators and never shown. The answer
/// holds an `edit_token`, which is not stored and cannot be had again. Whoever is signed in
/// comments with the name of the account, and gives neither name nor address.
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
    let member = asked.actor().user().map(|(id, _)| id);
    let draft = parse(body.into_inner(), member)?;
    let article = key_of(path.0);
    let drawing = app.clone();
    let outcome = asked
        .write(&app, &hash, move |tx| {
            let id = CommentId::from_raw(drawing.new_id());
            insert(tx, &article, draft.clone(), id, &drawing)
        })
        .await?;
    if member.is_some() {
        // Who wrote it is known by the account.
        return Ok(outcome.respond());
    }
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
    by: By,
    source: String,
    html: String,
    text: String,
}

/// Whoever writes it.
#[derive(Clone)]
enum By {
    Guest { name: String, email: Option<String> },
    Member(UserId),
}

fn parse(new: NewComment, member: Option<UserId>) -> Result<Draft, ApiError> {
    let mut wrong = Wrong::default();
    let source = wrong.check(parse_body(&new.body));
    let parent = wrong.check_given(new.parent_id, |text| {
        CommentId::parse(&text).map_err(|invalid| invalid.at("parent_id"))
    });
    let by = match member {
        None => guest(new.author_name.as_deref(), new.author_email, &mut wrong),
        Some(id) => {
            let name = wrong.check(left_out("author_name", new.author_name.is_some()));
            let email = wrong.check(left_out("author_email", new.author_email.is_some()));
            name.and(email).map(|()| By::Member(id))
        }
    };
    let (Ok(source), Ok(parent), Ok(by)) = (source, parent, by) else {
        return Err(wrong.into_error());
    };
    let rendered = render_comment(&source);
    if rendered.html.is_empty() {
        let detail = "nothing of this text would be shown";
        return Err(Invalid::new("body", InvalidCode::Required, detail).into());
    }
    Ok(Draft {
        parent,
        by,
        source,
        html: rendered.html,
        text: rendered.text,
    })
}

fn guest(name: Option<&str>, email: Option<String>, wrong: &mut Wrong) -> Result<By, Noted> {
    let name = wrong.check(name.map_or_else(
        || {
            let detail = "a guest gives the name to print";
            Err(Invalid::new("author_name", InvalidCode::Required, detail))
        },
        parse_author_name,
    ));
    let email = wrong.check_given(email, |text| parse_author_email(&text));
    Ok(By::Guest {
        name: name?,
        email: email?,
    })
}

/// What only a guest gives is not ignored when somebody gives it who is known.
fn left_out(field: &str, given: bool) -> Result<(), Invalid> {
    if given {
        let detail = "is for guests: you are signed in, and the account says who you are";
        return Err(Invalid::new(field, InvalidCode::WrongState, detail));
    }
    Ok(())
}

fn insert(
    tx: &mut Tx<'_>,
    article: &Key,
    draft: Draft,
    id: CommentId,
    app: &App,
) -> Result<Answer, Refused> {
    let (author_kind, author_name, user, author_email) = match draft.by {
        By::Guest { name, email } => (AuthorKind::Guest, name, None, email),
        By::Member(id) => {
            let user = in_use(users::lock(tx, id)?)?;
            (AuthorKind::of(user.role), user.name, Some(id), None)
        }
    };
    let comment = comments::NewComment {
        id,
        parent: draft.parent,
        author_kind,
        author_name,
        user,
        author_email,
        body_source: draft.source,
        body_html: draft.html,
        body_text: draft.text,
        status: CommentStatus::Published,
        levels: app.config.comment_levels,
    };
    let tree = app.site.tree();
    let policy = |section| tree.get(section).map(|_| tree.comment_setting(section));
    let stored = match comments::insert(tx, article, &comment, policy)? {
        Err(Refusal::ArticleNotFound) => return Err(absent(tx, article).into()),
        stored => stored.map_err(refusal)?,
    };
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
