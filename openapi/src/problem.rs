//! What went wrong, in one shape everywhere (RFC 9457), and the one table of the codes.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A refused or failed request; `application/problem+json`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Problem {
    /// Where this kind of problem is documented: `/problems/{code}`.
    #[serde(rename = "type")]
    #[schema(format = "uri-reference", example = "/problems/not_found")]
    pub kind: String,
    /// What kind of problem it is, in a few words. The same for every problem of one code.
    #[schema(example = "Not found")]
    pub title: String,
    /// The HTTP status, again.
    #[schema(minimum = 400, maximum = 599, example = 404)]
    pub status: u16,
    /// What happened here and what to do about it.
    #[schema(example = "There is no article `the-last-ferry`.")]
    pub detail: String,
    /// The kind of problem for programs; it never changes its meaning.
    #[schema(example = "not_found")]
    pub code: Code,
    /// The id of the request, as in `X-Request-Id`; quote it when asking for help.
    #[schema(example = "req_5f0c2d7be1a94c36")]
    pub instance: String,
    /// Each place that is wrong; empty where no place can be named.
    pub errors: Vec<ProblemError>,
    /// With `precondition_failed`: the version to build on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = i64, required = false, minimum = 1)]
    pub current_version: Option<i64>,
    /// With `precondition_failed`, for a change of an article: the fields that the request and
    /// somebody else have both changed since the version in `If-Match`. Empty when the change can
    /// be repeated as it is; absent when it is not known any more what that version said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Vec<String>, required = false, example = json!(["title"]))]
    pub conflicts: Option<Vec<String>>,
    /// With `slug_taken`: a slug that is free.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = String, required = false)]
    pub suggestion: Option<String>,
    /// With `gone`: what the newsroom says about it, plain text; absent where it says nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = String, required = false)]
    pub notice: Option<String>,
    /// With `slug_taken` and other conflicts: the id of what is in the way.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = String, required = false)]
    pub conflicting_id: Option<String>,
}

impl Problem {
    /// A problem of this kind, without places; `instance` is the request's id.
    #[must_use]
    pub fn new(code: Code, detail: impl Into<String>, instance: impl Into<String>) -> Self {
        Self {
            kind: code.documentation_path(),
            title: code.title().to_owned(),
            status: code.status(),
            detail: detail.into(),
            code,
            instance: instance.into(),
            errors: Vec::new(),
            current_version: None,
            conflicts: None,
            suggestion: None,
            notice: None,
            conflicting_id: None,
        }
    }
}

/// One place in a request that is wrong. It has one of `pointer`, `parameter` and `header`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ProblemError {
    /// The place in the body, a JSON Pointer; empty for the body as a whole.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = String, required = false, example = "/title")]
    pub pointer: Option<String>,
    /// The name of the query or path parameter.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = String, required = false)]
    pub parameter: Option<String>,
    /// The name of the request header.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = String, required = false)]
    pub header: Option<String>,
    /// What is wrong there, for programs.
    #[schema(example = "required")]
    pub code: String,
    /// What is wrong there and what would be right.
    #[schema(example = "A title has 1 to 300 characters.")]
    pub detail: String,
    /// The values that are allowed, where they are few.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    pub allowed: Vec<String>,
    /// What was probably meant.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = String, required = false)]
    pub suggestion: Option<String>,
}

impl ProblemError {
    /// A place in the body, as a JSON Pointer.
    #[must_use]
    pub fn at_pointer(pointer: impl Into<String>, code: &str, detail: impl Into<String>) -> Self {
        Self {
            pointer: Some(pointer.into()),
            ..Self::of(code, detail)
        }
    }

    /// A query or path parameter.
    #[must_use]
    pub fn at_parameter(name: impl Into<String>, code: &str, detail: impl Into<String>) -> Self {
        Self {
            parameter: Some(name.into()),
            ..Self::of(code, detail)
        }
    }

    /// A request header.
    #[must_use]
    pub fn at_header(name: impl Into<String>, code: &str, detail: impl Into<String>) -> Self {
        Self {
            header: Some(name.into()),
            ..Self::of(code, detail)
        }
    }

    fn of(code: &str, detail: impl Into<String>) -> Self {
        Self {
            code: code.to_owned(),
            detail: detail.into(),
            ..Self::default()
        }
    }
}

/// Declares `Code` together with its table, so that neither can lack a line of the other.
macro_rules! codes {
    ($($variant:ident = $name:literal, $status:literal, $title:literal, $text:literal;)+) => {
        /// The kinds of problems. New ones may be added: treat one you do not know by its status.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
        #[serde(rename_all = "snake_case")]
        #[schema(as = ProblemCode)]
        pub enum Code {
            $(#[doc = $text] $variant,)+
        }

        impl Code {
            /// Every code, by status.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)+];

            /// The code on the wire.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $name,)+ }
            }

            /// The HTTP status that goes with it.
            #[must_use]
            pub const fn status(self) -> u16 {
                match self { $(Self::$variant => $status,)+ }
            }

            /// What it is, in a few words.
            #[must_use]
            pub const fn title(self) -> &'static str {
                match self { $(Self::$variant => $title,)+ }
            }

            /// What it means and what to do about it.
            #[must_use]
            pub const fn documentation(self) -> &'static str {
                match self { $(Self::$variant => $text,)+ }
            }

            /// The code of that name, if there is one.
            #[must_use]
            pub fn parse(name: &str) -> Option<Self> {
                match name { $($name => Some(Self::$variant),)+ _ => None }
            }
        }
    };
}

codes! {
    BadRequest = "bad_request", 400, "Bad request",
        "The request is not well-formed HTTP, or a part of it cannot be read. Check the client library.";
    InvalidParameter = "invalid_parameter", 400, "Invalid parameter",
        "A query or path parameter has a value that is not allowed. `errors` names the parameter and what it takes.";
    UnknownParameter = "unknown_parameter", 400, "Unknown parameter",
        "The query has a parameter that this route does not know. Nothing is silently ignored; `errors` says what was probably meant.";
    RepeatedParameter = "repeated_parameter", 400, "Repeated parameter",
        "A query parameter is given more than once. Lists are one parameter with commas.";
    BadCursor = "bad_cursor", 400, "Bad cursor",
        "The cursor was changed, belongs to another query, or is too old. Begin the list again without a cursor; between pages only `limit` may change.";
    InvalidHeader = "invalid_header", 400, "Invalid header",
        "A request header has a value that cannot be read. `errors` names the header and its form.";
    MalformedJson = "malformed_json", 400, "Malformed JSON",
        "The body is not valid JSON, is not UTF-8, or is nested too deep. `detail` says where reading stopped.";
    Unauthorized = "unauthorized", 401, "Unauthorized",
        "The request needs credentials, or those it has are wrong, expired or revoked. Send `Authorization: Bearer` with an access token that has not expired, or an API key.";
    InvalidCredentials = "invalid_credentials", 401, "Invalid credentials",
        "Nobody signs in with this address and password. The answer is the same for an unknown address, a wrong password, an address that was not verified and a suspended account.";
    SessionEnded = "session_ended", 401, "Session ended",
        "The refresh token is unknown or was used before, or its session has ended. Sign in again.";
    Forbidden = "forbidden", 403, "Forbidden",
        "The credentials are good, but do not allow this: the role is another, or the API key has no such scope or section. `detail` says which. Ask an administrator.";
    RegistrationClosed = "registration_closed", 403, "Registration closed",
        "Nobody can make an account here by themselves. An administrator can invite you.";
    MembersOnly = "members_only", 403, "Members only",
        "Only readers with an account may comment here. The article's `comment_policy` says so beforehand.";
    Banned = "banned", 403, "Banned",
        "A moderator does not let this account, or whoever comes from this address, comment here. It may end by itself after a while.";
    NotFound = "not_found", 404, "Not found",
        "There is nothing at this address, or it is not public now. The answer does not tell these apart.";
    MethodNotAllowed = "method_not_allowed", 405, "Method not allowed",
        "The address exists, but not with this method. The `Allow` header lists those it has.";
    NotAcceptable = "not_acceptable", 406, "Not acceptable",
        "The `Accept` header leaves out what this route answers in, which is JSON. Accept `application/json` and `application/problem+json`, or send no such header.";
    RequestTimeout = "request_timeout", 408, "Request timeout",
        "The request did not arrive in full in time. Send it again over a better connection.";
    Conflict = "conflict", 409, "Conflict",
        "The request contradicts what is stored now. `detail` says what is in the way; read it again and decide anew.";
    SlugTaken = "slug_taken", 409, "Slug taken",
        "The slug is another one's, or was its address once and still leads there. `conflicting_id` names it, unless it may be a draft that is not there for the caller, and `suggestion` is a slug that is free.";
    WrongState = "wrong_state", 409, "Wrong state",
        "The thing is in a state that does not allow this, such as publishing what was taken down. `detail` names the state.";
    EditWindowOver = "edit_window_over", 409, "Edit window over",
        "A comment can be changed and deleted by its author only for a while, the `edit_seconds` of the article's `comment_policy`. Ask a moderator.";
    OwnComment = "own_comment", 409, "Own comment",
        "One's own comment can be neither voted on nor reported.";
    CommentsClosed = "comments_closed", 409, "Comments closed",
        "Nobody can comment on this article now. The article's `comment_policy` says so beforehand.";
    IdempotencyInProgress = "idempotency_in_progress", 409, "Request in progress",
        "A request with the same `Idempotency-Key` is being worked on and did not finish in time. Send it again a little later, with the same key.";
    Gone = "gone", 410, "Gone",
        "What was at this address was taken down. `notice` is what the newsroom says about it, where it says something. Remove links to it.";
    PreconditionFailed = "precondition_failed", 412, "Precondition failed",
        "Somebody else changed it since the version in `If-Match`. `current_version` is the version now; read it again, and repeat the change on top of it. For an article, `conflicts` names the fields that both sides changed.";
    PayloadTooLarge = "payload_too_large", 413, "Payload too large",
        "The body is longer than this route takes. `detail` states the limit.";
    UriTooLong = "uri_too_long", 414, "URI too long",
        "The address with its query is longer than the server takes. Ask for fewer things at a time.";
    UnsupportedMediaType = "unsupported_media_type", 415, "Unsupported media type",
        "The body is not of a type this route reads. Send `Content-Type: application/json`; a `PATCH` also takes `application/merge-patch+json`.";
    ValidationFailed = "validation_failed", 422, "Validation failed",
        "The body is JSON, but values in it are missing or wrong. `errors` names every place by a JSON Pointer.";
    CommentRefused = "comment_refused", 422, "Comment refused",
        "A rule of this site refuses the text, and it was not stored. The `code` of the entry in `errors` says why, in the words of a comment's `reason`.";
    UnknownField = "unknown_field", 422, "Unknown field",
        "The body has a member that this route does not know. Nothing is silently ignored; `errors` says what was probably meant.";
    IdempotencyKeyReused = "idempotency_key_reused", 422, "Idempotency key reused",
        "The `Idempotency-Key` was used for a request with another body. Make a new key for each new request.";
    PreconditionRequired = "precondition_required", 428, "Precondition required",
        "A change needs `If-Match` with the `ETag` of the version it builds on, so that nobody's work is overwritten unseen.";
    TooManyRequests = "too_many_requests", 429, "Too many requests",
        "There were more requests than allowed. Wait as long as `Retry-After` says.";
    HeadersTooLarge = "headers_too_large", 431, "Headers too large",
        "The request's headers are longer than the server takes. Send fewer or shorter ones.";
    InternalError = "internal_error", 500, "Internal error",
        "The server failed. The cause is in its log under the request's id, `instance`. A request with an `Idempotency-Key` can be sent again.";
    MailNotConfigured = "mail_not_configured", 501, "Mail not configured",
        "This server cannot send mail, and so cannot do what needs it. An administrator can set a password with `broadsheet user reset-password`, or configure mail.";
    Overloaded = "overloaded", 503, "Overloaded",
        "There is more to do than the server can finish in time, and this request was not begun. Wait as long as `Retry-After` says.";
    Unavailable = "unavailable", 503, "Unavailable",
        "The server cannot reach its database, or is stopping. Wait as long as `Retry-After` says.";
}

impl Code {
    /// The address under which the code is documented, relative to the server.
    #[must_use]
    pub fn documentation_path(self) -> String {
        format!("/problems/{}", self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_read_back_and_are_sorted_by_status() {
        for code in Code::ALL {
            assert_eq!(Code::parse(code.as_str()), Some(*code));
            assert_eq!(serde_json::to_value(code).unwrap(), code.as_str());
            assert!((400..600).contains(&code.status()), "{code:?}");
            assert!(code.documentation().ends_with('.'), "{code:?}");
        }
        assert!(Code::ALL.is_sorted_by_key(|code| code.status()));
        assert_eq!(Code::parse("nope"), None);
    }

    #[test]
    fn a_problem_leaves_out_what_it_does_not_have() {
        let problem = Problem::new(Code::NotFound, "There is no such article.", "req_1");
        assert_eq!(
            serde_json::to_value(problem).unwrap(),
            serde_json::json!({
                "type": "/problems/not_found", "title": "Not found", "status": 404,
                "detail": "There is no such article.", "code": "not_found", "instance": "req_1",
                "errors": [],
            })
        );
    }
}
