//! What handlers that write do alike: naming every wrong field at once, and trying again when
//! something drawn by us was taken in the meantime.

use std::future::{Ready, ready};
use std::sync::Arc;

use actix_web::dev::Payload;
use actix_web::http::StatusCode;
use actix_web::{FromRequest, HttpRequest};
use domain::{Actor, Denied, Invalid};
use openapi::Patch;
use storage::{Error, Tx};

use crate::error::ApiError;
use crate::extract::{BodyHash, Caller, IdempotencyKey};
use crate::idempotent::{Answer, Outcome, idempotent};
use crate::state::App;

/// Why a write did not happen.
#[derive(Debug)]
pub(crate) enum Refused {
    /// An id or a slug was free when it was looked up and is not any more. Another try draws
    /// another one, or finds out whose it is.
    Taken(Error),
    /// This node has not met a section that was made a moment ago. Another try, with the sections
    /// read again, finds it.
    Behind,
    /// There is no use in trying again.
    Final(ApiError),
}

impl From<Error> for Refused {
    fn from(error: Error) -> Self {
        match error {
            Error::IdTaken | Error::Conflict { field: "slug" } => Self::Taken(error),
            other => Self::Final(other.into()),
        }
    }
}

impl From<ApiError> for Refused {
    fn from(error: ApiError) -> Self {
        Self::Final(error)
    }
}

impl From<Invalid> for Refused {
    fn from(invalid: Invalid) -> Self {
        Self::Final(invalid.into())
    }
}

impl From<Denied> for Refused {
    fn from(denied: Denied) -> Self {
        Self::Final(denied.into())
    }
}

impl From<Refused> for ApiError {
    fn from(refused: Refused) -> Self {
        match refused {
            Refused::Taken(error) => error.into(),
            Refused::Behind => ApiError::internal("a section that is nowhere"),
            Refused::Final(error) => error,
        }
    }
}

/// How often something is drawn before a request is refused for it: more often than writes run
/// side by side, so that as many makers of one title all get their number.
const TRIES: u8 = 12;

/// A request that changes something, once for each `Idempotency-Key`.
pub(crate) struct Asked {
    request: HttpRequest,
    caller: Caller,
    key: IdempotencyKey,
}

impl FromRequest for Asked {
    type Error = ApiError;
    type Future = Ready<Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let caller = Caller::from_request(request, payload).into_inner();
        let key = IdempotencyKey::from_request(request, payload).into_inner();
        ready(caller.and_then(|caller| {
            Ok(Self {
                request: request.clone(),
                caller,
                key: key?,
            })
        }))
    }
}

impl Asked {
    /// Who asks.
    pub(crate) fn actor(&self) -> &Actor {
        &self.caller.0
    }

    /// Reserves the key, if there is one, for this body, before anything is done in parts that have
    /// keys of their own: whoever sends another body under it is refused before the first of them.
    pub(crate) async fn claim(&self, app: &App, body: &BodyHash) -> Result<(), ApiError> {
        if self.key.0.is_some() {
            let claimed = |_: &mut Tx<'_>| Ok(Answer::new(StatusCode::ACCEPTED, &())?);
            self.write(app, body, claimed).await?;
        }
        Ok(())
    }

    /// The same caller with one of several effects of the request.
    pub(crate) fn part(&self, number: usize) -> Self {
        Self {
            request: self.request.clone(),
            caller: self.caller.clone(),
            key: self.key.part(number),
        }
    }

    /// Runs `job` in a write transaction, anew when what it drew was taken. `body` tells a retry
    /// from another request under the same key.
    pub(crate) async fn write<J>(
        &self,
        app: &App,
        body: &BodyHash,
        job: J,
    ) -> Result<Outcome, ApiError>
    where
        J: Fn(&mut Tx<'_>) -> Result<Answer, Refused> + Send + Sync + 'static,
    {
        let job = Arc::new(job);
        let mut tries = 0;
        loop {
            tries += 1;
            let job = Arc::clone(&job);
            let outcome = idempotent(
                app,
                &self.request,
                &self.caller,
                self.key.clone(),
                body,
                move |tx: &mut Tx<'_>| job(tx),
            );
            match outcome.await {
                Err(Refused::Taken(_)) if tries < TRIES => {}
                Err(Refused::Behind) if tries < TRIES => app.reload_site().await?,
                outcome => return outcome.map_err(ApiError::from),
            }
        }
    }
}

/// Runs a change of something that is there, anew when a slug it made was taken or a section was
/// not met yet.
pub(crate) async fn change<T, J>(app: &App, caller: Caller, job: J) -> Result<T, ApiError>
where
    T: Send + 'static,
    J: Fn(&mut Tx<'_>) -> Result<T, Refused> + Send + Sync + 'static,
{
    let job = Arc::new(job);
    let mut tries = 0;
    loop {
        tries += 1;
        let job = Arc::clone(&job);
        match app
            .store
            .write(caller.0.clone(), app.now(), move |tx| job(tx))
            .await
        {
            Err(Refused::Taken(_)) if tries < TRIES => {}
            Err(Refused::Behind) if tries < TRIES => app.reload_site().await?,
            outcome => return outcome.map_err(ApiError::from),
        }
    }
}

/// Every wrong field of a body, so that a client is told of all of them at once.
#[derive(Debug, Default)]
pub(crate) struct Wrong(Vec<Invalid>);

/// Stands for a value that was wrong. What is wrong with it is in [`Wrong`].
#[derive(Debug, Clone, Copy)]
pub(crate) struct Noted;

impl Wrong {
    /// The value, or a note of what is wrong with it.
    pub(crate) fn check<T>(&mut self, value: Result<T, Invalid>) -> Result<T, Noted> {
        value.map_err(|invalid| {
            self.0.push(invalid);
            Noted
        })
    }

    /// As [`check`](Self::check), for a field that may be missing.
    pub(crate) fn check_given<T, U>(
        &mut self,
        value: Option<T>,
        parse: impl FnOnce(T) -> Result<U, Invalid>,
    ) -> Result<Option<U>, Noted> {
        self.check(value.map(parse).transpose())
    }

    /// As [`check`](Self::check), for a member of a merge patch.
    pub(crate) fn check_patch<T, U>(
        &mut self,
        value: Patch<T>,
        parse: impl FnOnce(T) -> Result<U, Invalid>,
    ) -> Result<Patch<U>, Noted> {
        self.check(value.try_map(parse))
    }

    /// Refuses if anything was wrong.
    pub(crate) fn refuse(self) -> Result<(), ApiError> {
        if self.0.is_empty() {
            Ok(())
        } else {
            Err(self.0.into())
        }
    }

    /// The refusal, when something is known to be wrong.
    pub(crate) fn into_error(self) -> ApiError {
        self.0.into()
    }
}

/// 412 if the version is not the one the caller has seen: said before anything else is found
/// wrong with a change that was made on top of something old.
pub(crate) fn expect_version(seen: i64, current: i64) -> Result<(), Refused> {
    if seen == current {
        Ok(())
    } else {
        Err(Error::Stale { current }.into())
    }
}
