//! `POST /articles/{article}/comments`: somebody says something.

use std::net::IpAddr;

use actix_web::{HttpResponse, http::StatusCode, post, web::Data};
use domain::comment::{AuthorKind, CommentStatus, parse_author_email, parse_author_name};
use domain::id::{ArticleId, CommentId, UserId};
use domain::{Actor, Invalid, InvalidCode};
use openapi::Page;
use openapi::comment::{NewComment, OwnComment};
use openapi::query::ArticlePath;
use serde::Deserialize;
use storage::comments::{self, Refusal};
use storage::published::Key;
use storage::{Tx, users};

use super::banned::{of_account, refuse_banned, subjects};
use super::judge::{Text, judge};
use super::rules::{Read, Submission, Writer};
use crate::bans;
use crate::error::ApiError;
use crate::extract::{Address, COMMENT_BYTES, Json, Origin, PathId};
use crate::idempotent::Answer;
use crate::limits::posted::{Place, note_stored};
use crate::state::App;
use crate::v1::me::in_use;
use crate::v1::support::{absent, key_of};
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
/// Where the article's `comment_policy` is `closed` the answer is 409, where it is `members` 403;
/// what has fewer or more words or more links than it says is refused with 422 at `/body`.
/// A reply to a comment that is not there, is not published or stands under another article is
/// refused and never posted as a root. With an `Idempotency-Key` a retry gets the first answer.
///
/// A comment that waits for a moderator is answered 202 with a `reason`; until it is approved its
/// author alone sees it, under `/me/comments`. What a rule of the site refuses is answered 422
/// `comment_refused`, and nothing is stored.
#[utoipa::path(
    tag = "comments",
    params(ArticlePath),
    request_body = NewComment,
    responses(
        (
            status = 201,
            description = "The comment is published.",
            body = OwnComment
        ),
        (
            status = 202,
            description = "The comment waits for a moderator; `reason` says why, and `Location` \
                           where its author finds it.",
            body = OwnComment
        )
    )
)]
#[post("/articles/{article}/comments")]
pub(crate) async fn create_comment(
    app: Data<App>,
    path: PathId<Address<ArticleId>>,
    asked: Asked,
    origin: Origin,
    body: NewCommentBody,
) -> Result<HttpResponse, ApiError> {
    let hash = body.hash.clone();
    let member = asked.actor().user().map(|(id, _)| id);
    let draft = parse(body.into_inner(), member)?;
    // Many people post through one program.
    let address = origin
        .address
        .filter(|_| !matches!(asked.actor(), Actor::ApiKey { .. }));
    let posting = Posting {
        article: key_of(path.0),
        read: Read::new(&app, &draft.text, draft.guest_name()),
        subjects: subjects(&app, address, draft.email()),
        draft,
        address,
        place: Place::default(),
    };
    let drawing = app.clone();
    let outcome = asked
        .write(&app, &hash, move |tx| {
            let id = CommentId::from_raw(drawing.new_id());
            insert(tx, &posting, id, &drawing)
        })
        .await?;
    if member.is_some() {
        // Who wrote it is known by the account.
        return Ok(outcome.respond());
    }
    // The rest of it was written by us a moment ago and need not be read.
    let Named { id } = outcome.read()?;
    let token = CommentId::parse(&id).map(|id| app.secret.edit_token(id));
    let token = token.map_err(ApiError::internal)?;
    Ok(outcome.with_text("edit_token", &token).respond())
}

/// What a stored answer is about.
#[derive(Deserialize)]
struct Named {
    id: String,
}

/// A comment that was found fit to be stored.
#[derive(Clone)]
struct Draft {
    parent: Option<CommentId>,
    by: By,
    text: Text,
}

impl Draft {
    fn email(&self) -> Option<&str> {
        match &self.by {
            By::Guest { email, .. } => email.as_deref(),
            By::Member(_) => None,
        }
    }

    fn guest_name(&self) -> Option<&str> {
        match &self.by {
            By::Guest { name, .. } => Some(name),
            By::Member(_) => None,
        }
    }
}

/// A comment on its way into the database.
struct Posting {
    article: Key,
    draft: Draft,
    read: Read,
    /// Where it comes from.
    address: Option<IpAddr>,
    /// Where it is counted.
    place: Place,
    /// What its author may be banned by, besides an account.
    subjects: Vec<String>,
}

/// Whoever writes it.
#[derive(Clone)]
enum By {
    Guest { name: String, email: Option<String> },
    Member(UserId),
}

fn parse(new: NewComment, member: Option<UserId>) -> Result<Draft, ApiError> {
    let mut wrong = Wrong::default();
    let text = wrong.check(Text::parse(&new.body));
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
    let (Ok(text), Ok(parent), Ok(by)) = (text, parent, by) else {
        return Err(wrong.into_error());
    };
    Ok(Draft { parent, by, text })
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

fn insert(tx: &mut Tx<'_>, posting: &Posting, id: CommentId, app: &App) -> Result<Answer, Refused> {
    let draft = posting.draft.clone();
    let account = match draft.by {
        By::Guest { .. } => None,
        By::Member(id) => Some(in_use(users::lock(tx, id)?)?),
    };
    let author_kind = account
        .as_ref()
        .map_or(AuthorKind::Guest, |user| AuthorKind::of(user.role));
    let place = comments::place_for(tx, &posting.article, draft.parent)?;
    let Some(place) = place else {
        return Err(absent(tx, &posting.article).into());
    };
    if author_kind != AuthorKind::Staff {
        let of_account = account.iter().flat_map(|user| of_account(app, user));
        let subjects: Vec<_> = posting.subjects.iter().cloned().chain(of_account).collect();
        refuse_banned(tx, &subjects)?;
    }
    let writer = Writer {
        kind: author_kind,
        account: account.as_ref(),
        text: Submission::New {
            address: posting.address,
            place: &posting.place,
        },
    };
    let (status, finding) = judge(tx, app, &place, writer, &draft.text, &posting.read)?;
    let user = account.as_ref().map(|user| user.id);
    let email = account.as_ref().map(|user| user.email.as_str());
    let email = email.or(posting.draft.email()).map(str::to_owned);
    let (author_name, author_email) = match (draft.by, account) {
        (By::Guest { name, email }, _) => (name, email),
        (By::Member(_), account) => (account.map(|user| user.name).unwrap_or_default(), None),
    };
    let comment = comments::NewComment {
        id,
        parent: draft.parent,
        author_kind,
        author_name,
        user,
        author_email,
        body_source: draft.text.source,
        body_html: draft.text.html,
        body_text: draft.text.plain,
        status,
        finding,
        levels: app.config.comment_levels,
    };
    let stored = comments::insert(tx, &place, &comment)?.map_err(refusal)?;
    note_stored(&posting.place);
    leave_traces(tx, app, posting, id, email.as_deref())?;
    let (status, place) = match stored.status {
        CommentStatus::Published => (StatusCode::CREATED, "/api/v1/comments"),
        _ => (StatusCode::ACCEPTED, "/api/v1/me/comments"),
    };
    let finding = comment.finding.as_ref();
    app.tallies.posted(tx.now(), stored.status, finding);
    let mut body = wire::comment::own(stored, comment.body_source, finding, tx.now());
    body.comment.replies = Some(Page::whole(Vec::new()));
    Ok(Answer::new(status, &body)?.location(format!("{place}/{id}")))
}

/// Notes where the comment comes from, by hashes, so that its author can be banned by them.
fn leave_traces(
    tx: &mut Tx<'_>,
    app: &App,
    posting: &Posting,
    id: CommentId,
    email: Option<&str>,
) -> Result<(), Refused> {
    let traces = bans::traces(&app.secret, posting.address, email, tx.now());
    Ok(storage::bans::trace(tx, id, &traces)?)
}

/// One answer: nobody is to find out whether a comment is held, or stands under an article that is
/// not public.
fn refusal(refusal: Refusal) -> ApiError {
    match refusal {
        Refusal::ParentNotFound | Refusal::ParentElsewhere | Refusal::ParentNotPublished => {
            let detail = "there is no comment under this article that can be answered by this id";
            ApiError::validation().pointer("/parent_id", "parent_not_found", detail)
        }
    }
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
