//! Rules for comments as moderators keep them.

mod terms;
mod trial;

use actix_web::{HttpRequest, HttpResponse, delete, get, http::StatusCode, patch, post, web::Data};
use domain::comment::rules::{RULES_MAX, RuleKind, Terms, parse_note};
use domain::id::RuleId;
use openapi::comment_rule::{CommentRule, CommentRulePatch, NewCommentRule};
use openapi::query::{CommentRuleListQuery, RulePath};
use openapi::{Code, Page, Patch};
use storage::comment_rules::{self, RuleContent};
use storage::{Conn, Error, Tx};

pub(crate) use self::trial::try_comment_rule;

use self::terms::Given;
use crate::cursor;
use crate::error::ApiError;
use crate::extract::{Caller, IfMatch, Json, PathId, Query};
use crate::idempotent::Answer;
use crate::respond::{manage_json, manage_list, private_empty};
use crate::state::App;
use crate::v1::support::limit;
use crate::v1::wire;
use crate::v1::write::{Asked, Refused, Wrong, change, expect_version};

const BOUND_TO: &str = "manage comment rules";

/// List comment rules
///
/// Every rule, the latest made first, whether it is applied or not.
///
/// `total=true` counts them all.
#[utoipa::path(
    tag = "manage comment rules",
    params(CommentRuleListQuery),
    responses((
        status = 200,
        description = "A page of rules.",
        body = Page<CommentRule>
    ))
)]
#[get("/manage/comment-rules")]
pub(crate) async fn list_comment_rules(
    app: Data<App>,
    query: Query<CommentRuleListQuery>,
    request: HttpRequest,
) -> Result<HttpResponse, ApiError> {
    let limit = limit(query.limit)?;
    let before = query
        .cursor
        .as_deref()
        .map(|text| cursor::decode(&app.secret, BOUND_TO, text))
        .transpose()?
        .map(RuleId::from_raw);
    let wants_total = query.total.unwrap_or_default();
    let (page, total) = app
        .store
        .read(move |conn| {
            let page = comment_rules::list(conn, before, limit)?;
            let total = wants_total
                .then(|| comment_rules::count(conn))
                .transpose()?;
            Ok::<_, ApiError>((page, total))
        })
        .await?;
    let next = match page.items.last() {
        Some(last) if page.more => {
            Some(cursor::encode(&app.secret, BOUND_TO, &last.rule.id.raw())?)
        }
        _ => None,
    };
    let items = page.items.into_iter().map(wire::comment_rule::managed);
    let page = Page::new(items.collect(), next).with_total(total);
    manage_list(&request, &page, page.next_cursor.as_deref())
}

/// Read a comment rule
///
/// One rule.
///
/// The `ETag` names the version that a change has to build on.
#[utoipa::path(
    tag = "manage comment rules",
    params(RulePath),
    responses((
        status = 200,
        description = "The rule.",
        body = CommentRule
    ))
)]
#[get("/manage/comment-rules/{rule}")]
pub(crate) async fn get_comment_rule(
    app: Data<App>,
    path: PathId<RuleId>,
) -> Result<HttpResponse, ApiError> {
    let rule = app.store.read(move |conn| find(conn, path.0)).await?;
    let rule = wire::comment_rule::managed(rule);
    manage_json(&rule, rule.version)
}

/// Create a comment rule
///
/// From the next comment on, and on other nodes within a second, whatever is posted or edited is
/// judged by it too, before anybody can see it. Of all rules that find something the most severe
/// one decides: `reject` before `spam` before `hold`.
///
/// A word rule looks for its `pattern` in the text, in the targets of links and in guests' names. It
/// sees through capitals, accents, full-width and other forms of letters, invisible characters,
/// stretched letters (`baaad`), separators between letters (`b.a.d`, `b a d`) and letters of other
/// alphabets that look the same. With `match` `word` it is not found within longer words; in Chinese,
/// Japanese, Korean, Thai and other scripts that write words one after another it is found anywhere
/// in a sentence. A pattern that begins or ends with a symbol (`c++`) is looked for as it is, apart
/// from capitals and the like.
///
/// A flood rule counts as a rate limit: where those are switched off, it does nothing. `per`
/// `address` counts on each node, and not what comes through an API key.
///
/// A site has up to 10,000 rules. With an `Idempotency-Key` a retry gets the first answer and makes
/// no second rule.
#[utoipa::path(
    tag = "manage comment rules",
    request_body = NewCommentRule,
    responses((
        status = 201,
        description = "The rule.",
        body = CommentRule
    ))
)]
#[post("/manage/comment-rules")]
pub(crate) async fn create_comment_rule(
    app: Data<App>,
    asked: Asked,
    body: Json<NewCommentRule>,
) -> Result<HttpResponse, ApiError> {
    let hash = body.hash.clone();
    let content = parse(&body.into_inner())?;
    let drawing = app.clone();
    let outcome = asked
        .write(&app, &hash, move |tx| {
            insert(tx, RuleId::from_raw(drawing.new_id()), &content)
        })
        .await?;
    app.show_own_change().await;
    Ok(outcome.respond())
}

/// Change a comment rule
///
/// A JSON Merge Patch; a member left out stays as it is, and so does the kind in any case. What was
/// decided about comments before stays decided.
///
/// It must name the version it builds on in `If-Match`; when somebody else was faster the answer
/// is 412 and says the version to build on.
#[utoipa::path(
    tag = "manage comment rules",
    params(RulePath),
    request_body = CommentRulePatch,
    responses((
        status = 200,
        description = "The rule after the change.",
        body = CommentRule
    ))
)]
#[patch("/manage/comment-rules/{rule}")]
pub(crate) async fn patch_comment_rule(
    app: Data<App>,
    path: PathId<RuleId>,
    caller: Caller,
    version: IfMatch,
    body: Json<CommentRulePatch>,
) -> Result<HttpResponse, ApiError> {
    let wanted = Change::parse(body.into_inner())?;
    let rule = change(&app, caller, move |tx| {
        save(tx, path.0, version.0, wanted.clone())
    })
    .await?;
    app.show_own_change().await;
    let rule = wire::comment_rule::managed(rule);
    manage_json(&rule, rule.version)
}

/// Delete a comment rule
///
/// It is not applied any more. What was decided about comments by it stays decided.
///
/// It needs `If-Match`.
#[utoipa::path(
    tag = "manage comment rules",
    params(RulePath),
    responses((
        status = 204,
        description = "It is deleted."
    ))
)]
#[delete("/manage/comment-rules/{rule}")]
pub(crate) async fn delete_comment_rule(
    app: Data<App>,
    path: PathId<RuleId>,
    caller: Caller,
    version: IfMatch,
) -> Result<HttpResponse, ApiError> {
    let id = path.0;
    change(&app, caller, move |tx| {
        let rule = find(tx, id)?;
        expect_version(version.0, rule.version)?;
        Ok(comment_rules::delete(tx, id, version.0)?)
    })
    .await?;
    app.show_own_change().await;
    Ok(private_empty(StatusCode::NO_CONTENT))
}

fn find(conn: &mut Conn<'_>, id: RuleId) -> Result<comment_rules::CommentRule, ApiError> {
    comment_rules::get(conn, id)?.ok_or_else(|| ApiError::not_found("There is no such rule."))
}

/// What a new rule says.
fn parse(new: &NewCommentRule) -> Result<RuleContent, ApiError> {
    let mut wrong = Wrong::default();
    let kind = wire::comment_rule::asked_kind(new.kind);
    let terms = Given::from(new).terms(kind, &mut wrong);
    let note = wrong.check_given(new.note.as_deref(), parse_note);
    let (Ok(terms), Ok(note)) = (terms, note) else {
        return Err(wrong.into_error());
    };
    Ok(RuleContent {
        terms,
        note,
        enabled: new.enabled.unwrap_or(true),
    })
}

/// What is to change of a rule.
#[derive(Debug, Clone)]
struct Change {
    given: Given,
    note: Patch<String>,
    enabled: Option<bool>,
}

impl Change {
    fn parse(patch: CommentRulePatch) -> Result<Self, ApiError> {
        let mut wrong = Wrong::default();
        let given = Given::from(&patch);
        let note = wrong.check_patch(patch.note, |text| parse_note(&text));
        let Ok(note) = note else {
            return Err(wrong.into_error());
        };
        Ok(Self {
            given,
            note,
            enabled: patch.enabled,
        })
    }

    /// The terms of a present rule after the change.
    fn terms(given: Given, present: Terms) -> Result<Terms, ApiError> {
        let mut wrong = Wrong::default();
        let kind: RuleKind = present.kind();
        let terms = given.or(present.into()).terms(kind, &mut wrong);
        terms.map_err(|_| wrong.into_error())
    }
}

fn insert(tx: &mut Tx<'_>, id: RuleId, content: &RuleContent) -> Result<Answer, Refused> {
    let rule = match comment_rules::create(tx, id, content) {
        Err(Error::Conflict {
            field: "comment_rules",
        }) => {
            let detail = format!("A site has {RULES_MAX} rules for comments at most. Delete some.");
            return Err(ApiError::new(Code::WrongState, detail).into());
        }
        created => created?,
    };
    let version = rule.version;
    let answer = Answer::new(StatusCode::CREATED, &wire::comment_rule::managed(rule))?;
    Ok(answer
        .location(format!("/api/v1/manage/comment-rules/{id}"))
        .version(version))
}

fn save(
    tx: &mut Tx<'_>,
    id: RuleId,
    version: i64,
    change: Change,
) -> Result<comment_rules::CommentRule, Refused> {
    let present = find(tx, id)?;
    expect_version(version, present.version)?;
    let content = RuleContent {
        terms: Change::terms(change.given, present.rule.terms)?,
        note: change.note.apply(present.note),
        enabled: change.enabled.unwrap_or(present.enabled),
    };
    Ok(comment_rules::update(tx, id, version, &content)?)
}
