//! `GET /manage/comment-statistics`.

use actix_web::{HttpResponse, get, http::StatusCode, web::Data};
use domain::Timestamp;
use domain::comment::{STATISTICS_DAYS_MAX, day_of};
use openapi::comment_statistics::CommentStatistics;
use openapi::query::CommentStatisticsQuery;
use storage::comment_tallies;

use crate::error::ApiError;
use crate::extract::Query;
use crate::respond::private_json;
use crate::state::App;
use crate::v1::support::bad_parameter;
use crate::v1::wire;

/// So many days, the present one among them, when nothing is said.
const DAYS: i64 = 7;

/// Count comments and decisions
///
/// What readers sent on each day and what became of it, what each rule met, and what each moderator
/// did; seven days when nothing is said, 92 at most. What readers sent is some seconds behind, and
/// does not count what was imported.
#[utoipa::path(
    tag = "manage comments",
    params(CommentStatisticsQuery),
    responses((
        status = 200,
        description = "The numbers.",
        body = CommentStatistics
    ))
)]
#[get("/manage/comment-statistics")]
pub(crate) async fn get_comment_statistics(
    app: Data<App>,
    query: Query<CommentStatisticsQuery>,
) -> Result<HttpResponse, ApiError> {
    let until = day("until", query.until.as_deref())?.unwrap_or_else(|| day_of(app.now()));
    let from = day("from", query.from.as_deref())?.unwrap_or(until - DAYS + 1);
    if from > until {
        let detail = "must not be after `until`";
        return Err(bad_parameter("from", "out_of_range", detail));
    }
    if until - from >= STATISTICS_DAYS_MAX {
        let detail = format!("must be less than {STATISTICS_DAYS_MAX} days before `until`");
        return Err(bad_parameter("from", "out_of_range", detail));
    }
    let (tallies, work) = app
        .store
        .read(move |conn| {
            let tallies = comment_tallies::between(conn, from, until)?;
            Ok::<_, ApiError>((tallies, comment_tallies::work(conn, from, until)?))
        })
        .await?;
    let statistics = wire::comment_statistics::statistics(from, until, &tallies, &work);
    private_json(StatusCode::OK, &statistics)
}

/// A day in UTC. Within the years that timestamps have, so nothing is out of range.
fn day(name: &str, text: Option<&str>) -> Result<Option<i64>, ApiError> {
    let Some(text) = text else { return Ok(None) };
    let start = Timestamp::parse(&format!("{text}T00:00:00Z"));
    let start = start.map_err(|_| {
        let detail = "must be a date, such as 2026-11-28";
        bad_parameter(name, "bad_format", detail)
    })?;
    Ok(Some(day_of(start)))
}
