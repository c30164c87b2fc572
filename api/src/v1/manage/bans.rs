//! `/manage/bans`: who may not comment any more.

use actix_web::{HttpRequest, HttpResponse, delete, get, http::StatusCode, post, web::Data};
use domain::comment::{AuthorKind, BanKind, ban_until, parse_note};
use domain::id::{BanId, CommentId, UserId};
use domain::{Invalid, InvalidCode, Timestamp};
use openapi::ban::{Ban, NewBan};
use openapi::query::{BanListQuery, BanPath};
use openapi::{Code, Page};
use storage::{Conn, Tx, bans, comments, users};

use crate::bans as removal;
use crate::cursor;
use crate::error::ApiError;
use crate::extract::{Caller, IfMatch, Json, PathId, Query};
use crate::idempotent::Answer;
use crate::respond::{manage_json, manage_list, private_empty};
use crate::state::App;
use crate::v1::support::limit;
use crate::v1::wire;
use crate::v1::write::{Asked, Refused, Wrong, change, expect_version};

const BOUND_TO: &str = "bans";

/// List bans
///
/// Every ban, those that have ended too, the latest made first.
///
/// None of them tells an address: a ban holds no more than a keyed hash of one.
#[utoipa::path(
    tag = "manage bans",
    params(BanListQuery),
    responses((
        status = 200,
        description = "A page of bans.",
        body = Page<Ban>
    ))
)]
#[get("/manage/bans")]
pub(crate) async fn list_bans(
    app: Data<App>,
    query: Query<BanListQuery>,
    request: HttpRequest,
) -> Result<HttpResponse, ApiError> {
    let limit = limit(query.limit)?;
    let cursor = query.cursor.as_deref();
    let before: Option<i64> = cursor
        .map(|text| cursor::decode(&app.secret, BOUND_TO, text))
        .transpose()?;
    let page = app
        .store
        .read(move |conn| bans::list(conn, before.map(BanId::from_raw), limit))
        .await
        .map_err(ApiError::from)?;
    let last = page.items.last().filter(|_| page.more);
    let next = last.map(|ban| cursor::encode(&app.secret, BOUND_TO, &ban.id.raw()));
    let items = page.items.into_iter().map(wire::ban::ban).collect();
    let page = Page::new(items, next.transpose()?);
    manage_list(&request, &page, page.next_cursor.as_deref())
}

/// Read a ban
///
/// One ban, with how far the removal of what they posted has come.
///
/// The `ETag` is what lifting it needs.
#[utoipa::path(
    tag = "manage bans",
    params(BanPath),
    responses((
        status = 200,
        description = "The ban.",
        body = Ban
    ))
)]
#[get("/manage/bans/{ban}")]
pub(crate) async fn get_ban(app: Data<App>, path: PathId<BanId>) -> Result<HttpResponse, ApiError> {
    let ban = app.store.read(move |conn| find(conn, path.0)).await?;
    let ban = wire::ban::ban(ban);
    manage_json(&ban, ban.version)
}

/// Ban somebody
///
/// From the next request on the author of a comment, or an account, comments no more: by account, by
/// the network address the comment came from, or by the e-mail address that was given with it. Who is
/// banned is answered 403 `banned`; a banned account cannot vote and report either. The newsroom is
/// not banned by an address, and nobody who works there by account: suspend such an account instead.
///
/// With `remove_comments` everything they posted that can be told to be theirs is deleted, a slice at
/// a time, also when the server stops in between; each comment can be restored, and replies of others
/// stay. By an address that is what came from there within the same thirty days.
#[utoipa::path(
    tag = "manage bans",
    request_body = NewBan,
    responses((
        status = 201,
        description = "The ban.",
        body = Ban
    ))
)]
#[post("/manage/bans")]
pub(crate) async fn create_ban(
    app: Data<App>,
    asked: Asked,
    body: Json<NewBan>,
) -> Result<HttpResponse, ApiError> {
    let hash = body.hash.clone();
    let wanted = Wanted::parse(body.into_inner(), app.now())?;
    let drawing = app.clone();
    let remove = wanted.remove;
    let outcome = asked
        .write(&app, &hash, move |tx| {
            let id = BanId::from_raw(drawing.new_id());
            create(tx, &drawing, &wanted, id)
        })
        .await?;
    if remove {
        let made: Ban = outcome.read()?;
        let ban = BanId::parse(&made.id).map_err(ApiError::internal)?;
        removal::complete(&app, asked.actor(), ban).await;
    }
    Ok(outcome.respond())
}

/// Lift a ban
///
/// They may comment again. What was removed stays removed, and what was not yet stays.
///
/// It needs `If-Match`.
#[utoipa::path(
    tag = "manage bans",
    params(BanPath),
    responses((
        status = 204,
        description = "It is lifted."
    ))
)]
#[delete("/manage/bans/{ban}")]
pub(crate) async fn lift_ban(
    app: Data<App>,
    path: PathId<BanId>,
    caller: Caller,
    version: IfMatch,
) -> Result<HttpResponse, ApiError> {
    let lifted = change(&app, caller, move |tx| {
        let ban = wire::ban::ban(find(tx, path.0)?);
        expect_version(version.0, ban.version)?;
        Ok(bans::lift(tx, path.0)?)
    });
    lifted.await?;
    Ok(private_empty(StatusCode::NO_CONTENT))
}

fn find(conn: &mut Conn<'_>, id: BanId) -> Result<bans::Ban, ApiError> {
    bans::get(conn, id)?.ok_or_else(|| ApiError::not_found("There is no such ban."))
}

/// A ban that was found fit to be made.
struct Wanted {
    kind: BanKind,
    whose: Whose,
    note: Option<String>,
    expires_at: Option<Timestamp>,
    remove: bool,
}

/// Who is banned.
#[derive(Clone, Copy)]
enum Whose {
    AuthorOf(CommentId),
    Account(UserId),
}

impl Wanted {
    fn parse(new: NewBan, now: Timestamp) -> Result<Self, ApiError> {
        let mut wrong = Wrong::default();
        let kind = wire::ban::asked_kind(new.kind);
        let whose = wrong.check(whose(kind, new.comment.as_deref(), new.user.as_deref()));
        let note = wrong.check_given(new.note, |note| parse_note("note", &note));
        let until = wrong.check_given(new.expires_at, |text| {
            Timestamp::parse(&text).map_err(|invalid| invalid.at("expires_at"))
        });
        let until = until.and_then(|until| wrong.check(ban_until(kind, until, now)));
        let (Ok(whose), Ok(note), Ok(expires_at)) = (whose, note, until) else {
            return Err(wrong.into_error());
        };
        Ok(Self {
            kind,
            whose,
            note,
            expires_at,
            remove: new.remove_comments,
        })
    }
}

fn whose(kind: BanKind, comment: Option<&str>, user: Option<&str>) -> Result<Whose, Invalid> {
    match (comment, user) {
        (Some(comment), None) => CommentId::parse(comment)
            .map(Whose::AuthorOf)
            .map_err(|invalid| invalid.at("comment")),
        (None, Some(user)) if kind == BanKind::Account => UserId::parse(user)
            .map(Whose::Account)
            .map_err(|invalid| invalid.at("user")),
        (None, Some(_)) => {
            let detail = "goes with the kind `account` alone; name a comment";
            Err(Invalid::new("user", InvalidCode::WrongState, detail))
        }
        (Some(_), Some(_)) => {
            let detail = "names the comment or the account, not both";
            Err(Invalid::new("user", InvalidCode::WrongState, detail))
        }
        (None, None) => {
            let detail = "names the comment whose author is banned";
            Err(Invalid::new("comment", InvalidCode::Required, detail))
        }
    }
}

fn create(tx: &mut Tx<'_>, app: &App, wanted: &Wanted, id: BanId) -> Result<Answer, Refused> {
    let (subject, user) = subject(tx, app, wanted)?;
    let new = bans::NewBan {
        id,
        kind: wanted.kind,
        subject,
        user,
        comment: match wanted.whose {
            Whose::AuthorOf(comment) => Some(comment),
            Whose::Account(_) => None,
        },
        note: wanted.note.clone(),
        expires_at: wanted.expires_at,
        remove: wanted.remove,
    };
    let ban = wire::ban::ban(bans::create(tx, &new)?);
    let answer = Answer::new(StatusCode::CREATED, &ban)?;
    Ok(answer
        .location(format!("/api/v1/manage/bans/{id}"))
        .version(ban.version))
}

/// What the ban goes by, and the account if it is one of an account.
fn subject(
    tx: &mut Tx<'_>,
    app: &App,
    wanted: &Wanted,
) -> Result<(String, Option<UserId>), ApiError> {
    let comment = match wanted.whose {
        Whose::Account(user) => return account(tx, user, "user"),
        Whose::AuthorOf(comment) => comment,
    };
    let stored = comments::whole(tx, comment)?
        .ok_or_else(|| unknown("comment", "there is no such comment"))?;
    let traces = bans::traces_of(tx, comment)?;
    match wanted.kind {
        BanKind::Account => {
            let user = stored.comment.user;
            let none = "its author has no account; ban the address, or the e-mail address";
            account(tx, user.ok_or_else(|| unknown("comment", none))?, "comment")
        }
        BanKind::Address => {
            let none = "it is not known any more, or never was, where it came from";
            let subject = traces.address.ok_or_else(|| unknown("comment", none))?;
            Ok((subject, None))
        }
        BanKind::Email => {
            // The address itself is kept longer than what it is traced by.
            let given = stored
                .email
                .map(|email| removal::email(&app.secret, &email));
            let none = "no e-mail address is known of its author";
            let subject = traces.email.or(given);
            Ok((subject.ok_or_else(|| unknown("comment", none))?, None))
        }
    }
}

fn account(
    tx: &mut Tx<'_>,
    user: UserId,
    field: &str,
) -> Result<(String, Option<UserId>), ApiError> {
    let found = users::get(tx, user)?.ok_or_else(|| unknown(field, "there is no such account"))?;
    if AuthorKind::of(found.role) == AuthorKind::Staff {
        let detail = "This account works here. An administrator can suspend it.";
        return Err(ApiError::new(Code::WrongState, detail));
    }
    Ok((removal::account(user), Some(user)))
}

fn unknown(field: &str, detail: &str) -> ApiError {
    Invalid::new(field, InvalidCode::UnknownReference, detail).into()
}
