//! What requests about many things do alike: each thing is a write of its own, and is answered by
//! itself in its place.

use actix_web::{HttpResponse, http::StatusCode};
use futures_util::{StreamExt as _, stream};
use openapi::{Code, Problem};
use serde::Serialize;
use serde::de::DeserializeOwned;
use tokio::time::{Instant, timeout_at};

use crate::edge::told;
use crate::error::ApiError;
use crate::extract::Origin;
use crate::idempotent::{Answer, Outcome};
use crate::state::App;

/// So many things of one request are worked on at once, so that a commit of many serves several.
const SIDE_BY_SIDE: usize = 8;

/// Does `one` with each of these, for as long as such a request may take; the outcomes come in the
/// same order. What there was no time to begin with has a problem that says so.
pub(super) async fn each<'a, T, F, Fut>(
    app: &App,
    items: &'a [T],
    one: F,
) -> Vec<Result<Outcome, ApiError>>
where
    F: Fn(usize, &'a T) -> Fut,
    Fut: Future<Output = Result<Outcome, ApiError>>,
{
    let deadline = Instant::now() + app.config.bulk_time;
    let one = &one;
    stream::iter(items.iter().enumerate())
        .map(|(number, item)| async move {
            // A place that is free is had even when it is too late.
            if Instant::now() >= deadline {
                return Err(too_late());
            }
            let place = timeout_at(deadline, app.bulk.acquire()).await;
            // It is never closed, so an error is no place either.
            let Ok(Ok(_place)) = place else {
                return Err(too_late());
            };
            one(number, item).await
        })
        .buffered(SIDE_BY_SIDE)
        .collect()
        .await
}

fn too_late() -> ApiError {
    ApiError::new(
        Code::Overloaded,
        "There was no time left to begin with this one. Send the same request again, under the \
         same Idempotency-Key if it had one.",
    )
}

/// What is told of one of them: it has either `result` or `problem`.
pub(super) struct Told<R> {
    pub(super) status: u16,
    pub(super) result: Option<R>,
    pub(super) problem: Option<Problem>,
}

impl<R: DeserializeOwned> Told<R> {
    fn of(outcome: Result<Outcome, ApiError>, origin: &Origin) -> Result<Self, ApiError> {
        Ok(match outcome {
            Ok(outcome) => Self {
                status: StatusCode::OK.as_u16(),
                result: Some(outcome.read()?),
                problem: None,
            },
            Err(refusal) => Self {
                status: refusal.status().as_u16(),
                result: None,
                problem: Some(told(&refusal, &origin.request)),
            },
        })
    }
}

/// The answer about all of them, which `body` makes of how many failed and what is told of each. It
/// counts as replayed when each of them was.
pub(super) fn answer<T, R: DeserializeOwned, B: Serialize>(
    items: &[T],
    outcomes: Vec<Result<Outcome, ApiError>>,
    origin: &Origin,
    body: impl FnOnce(i64, Vec<(&T, Told<R>)>) -> B,
) -> Result<HttpResponse, ApiError> {
    let done = |outcome: &Result<Outcome, ApiError>| {
        outcome.as_ref().is_ok_and(|outcome| outcome.replayed)
    };
    let replayed = outcomes.iter().all(done);
    let failed = outcomes.iter().filter(|outcome| outcome.is_err()).count();
    let failed = i64::try_from(failed).map_err(ApiError::internal)?;
    let all: Result<Vec<_>, ApiError> = items
        .iter()
        .zip(outcomes)
        .map(|(item, outcome)| Ok((item, Told::of(outcome, origin)?)))
        .collect();
    let answer = Answer::new(StatusCode::OK, &body(failed, all?))?;
    Ok(answer.into_outcome(replayed).respond())
}
