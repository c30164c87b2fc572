//! What handlers that write do alike: naming every wrong field at once, choosing a slug, and
//! trying again when something drawn by us was taken in the meantime.

use std::fmt::Display;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use actix_web::HttpRequest;
use domain::{Denied, Invalid, InvalidCode, Slug};
use openapi::{Code, Patch};
use storage::{Conn, Error, Tx};

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
            Refused::Final(error) => error,
        }
    }
}

/// How often something is drawn before a request is refused for it: more often than writes run
/// side by side, so that as many makers of one title all get their number.
const TRIES: u8 = 12;

/// A request that changes something, once for each `Idempotency-Key`.
pub(crate) struct Asked<'r> {
    pub(crate) request: &'r HttpRequest,
    pub(crate) caller: Caller,
    pub(crate) key: IdempotencyKey,
    pub(crate) body: BodyHash,
}

impl Asked<'_> {
    /// Runs `job` in a write transaction, anew when what it drew was taken.
    pub(crate) async fn write<J>(&self, app: &App, job: J) -> Result<Outcome, ApiError>
    where
        J: Fn(&mut Tx<'_>) -> Result<Answer, Refused> + Send + Sync + 'static,
    {
        let job = Arc::new(job);
        let taken = Arc::new(AtomicBool::new(false));
        let mut tries = 0;
        loop {
            tries += 1;
            taken.store(false, Ordering::Relaxed);
            let (job, flag) = (Arc::clone(&job), Arc::clone(&taken));
            let once = move |tx: &mut Tx<'_>| {
                job(tx).map_err(|refused| {
                    flag.store(matches!(refused, Refused::Taken(_)), Ordering::Relaxed);
                    ApiError::from(refused)
                })
            };
            let outcome = idempotent(
                app,
                self.request,
                &self.caller,
                self.key.clone(),
                &self.body,
                once,
            );
            let outcome = outcome.await;
            if tries == TRIES || !taken.load(Ordering::Relaxed) {
                return outcome;
            }
        }
    }
}

/// Runs a change of something that is there, anew when a slug it made was taken.
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

/// A slug that somebody chose is kept or refused; one of ours gets a number when it is taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Wanted {
    /// As the caller gave it.
    Given(Slug),
    /// Made from a title or a name.
    Made(Slug),
}

/// The slug that was given, or one made from a title or a name.
///
/// # Errors
/// `required` at `slug` when nothing of the name can be written in ASCII.
pub(crate) fn wanted_slug(given: Option<&str>, name: &str) -> Result<Wanted, Invalid> {
    match given {
        Some(text) => given_slug(text).map(Wanted::Given),
        None => Slug::from_title(name).map(Wanted::Made).ok_or_else(|| {
            let detail = "cannot be made from a name without letters and digits; give one";
            Invalid::new("slug", InvalidCode::Required, detail)
        }),
    }
}

/// A slug that was given.
pub(crate) fn given_slug(text: &str) -> Result<Slug, Invalid> {
    Slug::parse(text).map_err(|invalid| invalid.at("slug"))
}

/// The slug a patch asks for: `None` leaves it as it is.
pub(crate) fn patched_slug(slug: Patch<Slug>, name: &str) -> Result<Option<Wanted>, Invalid> {
    match slug {
        Patch::Absent => Ok(None),
        Patch::Value(slug) => Ok(Some(Wanted::Given(slug))),
        Patch::Null => wanted_slug(None, name).map(Some),
    }
}

/// Settles a slug inside a transaction. `holder` says who has it, other than the thing itself.
///
/// # Errors
/// 409 `slug_taken` for a given one, with the id in the way and a free one.
pub(crate) fn settle_slug<Id: Display>(
    conn: &mut Conn<'_>,
    wanted: &Wanted,
    holder: impl Fn(&mut Conn<'_>, &Slug) -> Result<Option<Id>, Error>,
    free: impl Fn(&mut Conn<'_>, &Slug) -> Result<Slug, Error>,
) -> Result<Slug, Refused> {
    let (Wanted::Given(slug) | Wanted::Made(slug)) = wanted;
    let Some(id) = holder(conn, slug)? else {
        return Ok(slug.clone());
    };
    let other = free(conn, slug)?;
    match wanted {
        Wanted::Made(_) => Ok(other),
        Wanted::Given(_) => {
            let detail = format!("The slug `{slug}` belongs to {id}; `{other}` is free.");
            let error = ApiError::new(Code::SlugTaken, detail.clone())
                .pointer("/slug", Code::SlugTaken.as_str(), detail)
                .conflicting_id(id.to_string())
                .suggestion(other.into_string());
            Err(error.into())
        }
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
