//! How a refusal becomes an answer: the only place where one of our errors meets an HTTP status.
//!
//! An [`ApiError`] carries what the caller may know. The edge of the server renders it as
//! `application/problem+json`, because only there is the request's id at hand; what the caller
//! may not know is logged there and never sent.

use std::fmt;

use actix_web::{HttpResponse, ResponseError, http::StatusCode};
use domain::{Denied, Invalid};
use openapi::problem::{Code, Problem, ProblemError};

/// A refusal, or a failure of ours, on its way to the caller.
///
/// Boxed, so that a `Result` which is nearly always `Ok` stays small.
#[derive(Debug, Clone)]
pub struct ApiError(Box<Inner>);

#[derive(Debug, Clone)]
struct Inner {
    code: Code,
    detail: String,
    errors: Vec<ProblemError>,
    current_version: Option<i64>,
    conflicts: Option<Vec<String>>,
    conflicting_id: Option<String>,
    suggestion: Option<String>,
    notice: Option<String>,
    allow: Option<String>,
    bad_credentials: bool,
    retry_after: Option<u32>,
    close: bool,
    cause: Option<String>,
}

impl ApiError {
    /// A refusal with one of the documented codes and a sentence about this very request.
    pub fn new(code: Code, detail: impl Into<String>) -> Self {
        Self(Box::new(Inner {
            code,
            detail: detail.into(),
            errors: Vec::new(),
            current_version: None,
            conflicts: None,
            conflicting_id: None,
            suggestion: None,
            notice: None,
            allow: None,
            bad_credentials: false,
            retry_after: None,
            close: false,
            cause: None,
        }))
    }

    /// 404. The detail must be the same for what does not exist and for what may not be seen.
    pub fn not_found(detail: impl Into<String>) -> Self {
        Self::new(Code::NotFound, detail)
    }

    /// 410, for what was public and has been taken down.
    pub fn gone(detail: impl Into<String>) -> Self {
        Self::new(Code::Gone, detail)
    }

    /// 503, while the database is away.
    #[must_use]
    pub fn unavailable() -> Self {
        Self::new(
            Code::Unavailable,
            "The database cannot be reached at the moment. Nothing is lost; try again shortly.",
        )
        .retry_after(1)
    }

    /// 500, with a cause for the log alone.
    pub fn internal(cause: impl fmt::Display) -> Self {
        Self::new(
            Code::InternalError,
            "Something went wrong on our side. It has been logged under this request's id.",
        )
        .cause(cause)
    }

    /// 422, to be filled with at least one [`pointer`](Self::pointer).
    #[must_use]
    pub fn validation() -> Self {
        Self::new(
            Code::ValidationFailed,
            "The body does not say what this operation needs.",
        )
    }

    /// Names a place in the body, as a JSON pointer.
    #[must_use]
    pub fn pointer(
        self,
        pointer: impl Into<String>,
        code: &str,
        detail: impl Into<String>,
    ) -> Self {
        self.place(ProblemError::at_pointer(pointer, code, detail))
    }

    /// Names a parameter of the query.
    #[must_use]
    pub fn parameter(self, name: impl Into<String>, code: &str, detail: impl Into<String>) -> Self {
        self.place(ProblemError::at_parameter(name, code, detail))
    }

    /// Names a request header.
    #[must_use]
    pub fn header(self, name: impl Into<String>, code: &str, detail: impl Into<String>) -> Self {
        self.place(ProblemError::at_header(name, code, detail))
    }

    /// Names a place with everything that is known about it.
    #[must_use]
    pub fn place(mut self, place: ProblemError) -> Self {
        self.0.errors.push(place);
        self
    }

    /// The fields that the request and somebody else have both changed, for a 412.
    #[must_use]
    pub fn conflicts(mut self, fields: impl IntoIterator<Item = &'static str>) -> Self {
        let fields = fields.into_iter().map(str::to_owned);
        self.0.conflicts = Some(fields.collect());
        self
    }

    /// The version stored now, for a 412.
    #[must_use]
    pub fn current_version(mut self, version: i64) -> Self {
        self.0.current_version = Some(version);
        self
    }

    /// The id of what is in the way, for a 409.
    #[must_use]
    pub fn conflicting_id(mut self, id: impl Into<String>) -> Self {
        self.0.conflicting_id = Some(id.into());
        self
    }

    /// A value that would have been accepted.
    #[must_use]
    pub fn suggestion(mut self, value: impl Into<String>) -> Self {
        self.0.suggestion = Some(value.into());
        self
    }

    /// What the newsroom says in public about what it has taken down, for a 410.
    #[must_use]
    pub fn notice(mut self, notice: Option<String>) -> Self {
        self.0.notice = notice;
        self
    }

    /// After how many seconds trying again makes sense.
    #[must_use]
    pub fn retry_after(mut self, seconds: u32) -> Self {
        self.0.retry_after = Some(seconds);
        self
    }

    /// What happened, for the log. Callers never see it.
    #[must_use]
    pub fn cause(mut self, cause: impl fmt::Display) -> Self {
        self.0.cause = Some(cause.to_string());
        self
    }

    /// The methods that this path does have.
    #[must_use]
    pub(crate) fn allow(mut self, methods: String) -> Self {
        self.0.allow = Some(methods);
        self
    }

    /// 401 for credentials that were sent and are no good, as RFC 6750 tells it from missing ones.
    #[must_use]
    pub(crate) fn bad_credentials(mut self) -> Self {
        self.0.bad_credentials = true;
        self
    }

    /// The connection cannot be used for another request.
    #[must_use]
    pub(crate) fn close(mut self) -> Self {
        self.0.close = true;
        self
    }

    /// The documented code.
    #[must_use]
    pub fn code(&self) -> Code {
        self.0.code
    }

    /// The status that the code stands for.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        StatusCode::from_u16(self.0.code.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }

    /// What belongs into the log and not into the answer.
    pub(crate) fn log_cause(&self) -> Option<&str> {
        self.0.cause.as_deref()
    }

    pub(crate) fn allowed_methods(&self) -> Option<&str> {
        self.0.allow.as_deref()
    }

    pub(crate) fn has_bad_credentials(&self) -> bool {
        self.0.bad_credentials
    }

    pub(crate) fn retry_seconds(&self) -> Option<u32> {
        self.0.retry_after
    }

    pub(crate) fn closes(&self) -> bool {
        self.0.close
    }

    /// The body of the answer. `instance` is the id of the request.
    pub(crate) fn problem(&self, instance: &str) -> Problem {
        let inner = &self.0;
        let mut problem = Problem::new(inner.code, inner.detail.clone(), instance);
        problem.errors.clone_from(&inner.errors);
        problem.current_version = inner.current_version;
        problem.conflicts.clone_from(&inner.conflicts);
        problem.conflicting_id.clone_from(&inner.conflicting_id);
        problem.suggestion.clone_from(&inner.suggestion);
        problem.notice.clone_from(&inner.notice);
        problem
    }
}

impl fmt::Display for ApiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.0.code.as_str(), self.0.detail)
    }
}

impl std::error::Error for ApiError {}

impl ResponseError for ApiError {
    fn status_code(&self) -> StatusCode {
        self.status()
    }

    // Without a body: the edge writes it, with the request's id.
    fn error_response(&self) -> HttpResponse {
        HttpResponse::new(self.status())
    }
}

impl From<storage::Error> for ApiError {
    fn from(error: storage::Error) -> Self {
        use storage::Error;
        match error {
            Error::NotFound => Self::not_found("There is nothing here."),
            Error::Stale { current } => Self::new(
                Code::PreconditionFailed,
                "It has changed since you read it. Read it again, apply your change and send it \
                 with the new ETag.",
            )
            .current_version(current),
            Error::Conflict { field } => Self::conflict(field),
            Error::Overloaded => Self::new(
                Code::Overloaded,
                "More is asked of this server than it can do at the moment. Nothing was stored.",
            )
            .retry_after(1),
            Error::IdTaken => Self::new(
                Code::Overloaded,
                "The id that was drawn for this is taken. Nothing was stored; send it again.",
            )
            .retry_after(1),
            Error::Unavailable(cause) | Error::Migrations(cause) => {
                Self::unavailable().cause(cause)
            }
            other => Self::internal(other),
        }
    }
}

impl ApiError {
    fn conflict(field: &str) -> Self {
        let detail = format!("Another one has this {field} already.");
        let code = if field == "slug" {
            Code::SlugTaken
        } else {
            Code::Conflict
        };
        Self::new(code, detail.clone()).pointer(format!("/{field}"), code.as_str(), detail)
    }
}

impl From<Invalid> for ApiError {
    fn from(invalid: Invalid) -> Self {
        Self::from(vec![invalid])
    }
}

impl From<Vec<Invalid>> for ApiError {
    fn from(all: Vec<Invalid>) -> Self {
        all.into_iter().fold(Self::validation(), |error, invalid| {
            let pointer = match invalid.field.as_str() {
                "" => String::new(),
                field => format!("/{field}"),
            };
            error.pointer(pointer, invalid.code.as_str(), invalid.detail)
        })
    }
}

impl From<Denied> for ApiError {
    fn from(denied: Denied) -> Self {
        match denied {
            Denied::CredentialsNeeded => Self::new(
                Code::Unauthorized,
                "This needs credentials: an access token from `/auth/login`, or an API key, sent as \
                 `Authorization: Bearer …`.",
            ),
            Denied::NotAllowed => Self::new(
                Code::Forbidden,
                "The role of these credentials does not allow this.",
            ),
            Denied::OnlyPeople => Self::new(
                Code::Forbidden,
                "No API key may do this. Sign in with an account, and send its access token.",
            ),
            Denied::OutsideScopes => Self::new(
                Code::Forbidden,
                "The scopes of this API key leave this out. Use a key that was made for it.",
            ),
            Denied::OutsideSections => Self::new(
                Code::Forbidden,
                "This API key is limited to sections, and this lies outside them.",
            ),
        }
    }
}
