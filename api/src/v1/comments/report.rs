//! `POST /comments/{comment}/reports`.

use actix_web::{HttpResponse, http::StatusCode, post, web::Data};
use domain::Denied;
use domain::comment::parse_report_note;
use domain::id::{CommentId, ReportId};
use openapi::Code;
use openapi::query::CommentPath;
use openapi::report::{NewReport, Report};
use storage::comments::reports::{self, Filed, ReportRefusal};
use storage::users;

use super::banned::refuse_banned;
use super::edit::no_comment;
use crate::bans;
use crate::error::ApiError;
use crate::extract::{COMMENT_BYTES, Json, PathId};
use crate::idempotent::Answer;
use crate::state::App;
use crate::v1::me::in_use;
use crate::v1::wire;
use crate::v1::write::Asked;

/// Report a comment
///
/// Tells moderators that a published comment should not be. A report weighs by what became of the
/// member's earlier ones; when those of a comment weigh enough together it waits for a moderator
/// unseen. A comment that a moderator has approved as it is stays where it is, however many report it.
///
/// A member reports a comment once: the second time the answer is 200 with the first report,
/// whatever became of the comment meanwhile. Guests cannot report, since nobody could tell one from a
/// hundred. One's own comment cannot be reported: 409.
#[utoipa::path(
    tag = "comments",
    params(CommentPath),
    request_body = NewReport,
    responses(
        (
            status = 201,
            description = "Moderators are told.",
            body = Report
        ),
        (
            status = 200,
            description = "The comment was reported by this member before.",
            body = Report
        )
    )
)]
#[post("/comments/{comment}/reports")]
pub(crate) async fn report_comment(
    app: Data<App>,
    path: PathId<CommentId>,
    asked: Asked,
    body: Json<NewReport, COMMENT_BYTES>,
) -> Result<HttpResponse, ApiError> {
    let (member, _) = asked.actor().user().ok_or(Denied::CredentialsNeeded)?;
    let hash = body.hash.clone();
    let NewReport { reason, note } = body.into_inner();
    let reason = wire::report::asked_reason(reason);
    let note = note.as_deref().map(parse_report_note).transpose()?;
    let (comment, drawing) = (path.0, app.clone());
    let outcome = asked
        .write(&app, &hash, move |tx| {
            in_use(users::lock(tx, member)?)?;
            refuse_banned(tx, &[bans::account(member)])?;
            let new = reports::NewReport {
                id: ReportId::from_raw(drawing.new_id()),
                comment,
                member,
                reason,
                note: note.clone(),
            };
            let (status, report) = match reports::file(tx, &new)?.map_err(refusal)? {
                Filed::New(report) => {
                    drawing.tallies.reported(tx.now());
                    (StatusCode::CREATED, report)
                }
                Filed::Before(report) => (StatusCode::OK, report),
            };
            Ok(Answer::new(status, &wire::report::own(&report))?)
        })
        .await?;
    Ok(outcome.respond())
}

fn refusal(refusal: ReportRefusal) -> ApiError {
    match refusal {
        ReportRefusal::NotFound => no_comment(),
        ReportRefusal::Own => ApiError::new(
            Code::OwnComment,
            "This comment is yours: delete it, if it should not be there.",
        ),
    }
}
