//! What a handler takes from the headers, and who is asking.

use std::future::{Ready, ready};
use std::net::IpAddr;

use actix_web::{
    FromRequest, HttpMessage as _, HttpRequest,
    dev::Payload,
    http::header::{HeaderName, IF_MATCH, USER_AGENT},
};
use domain::Actor;
use openapi::problem::Code;

use crate::error::ApiError;

/// Who is asking, as the gate found out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Caller(pub Actor);

impl FromRequest for Caller {
    type Error = ApiError;
    type Future = Ready<Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        // The gate puts it there for every route. Without it, somebody unknown is asking.
        let actor = request.extensions().get::<Self>().cloned();
        ready(Ok(actor.unwrap_or(Self(Actor::Anonymous))))
    }
}

/// Where a request comes from and what it is called: for limits and for the audit log.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Origin {
    /// The client's address, behind the proxies that the operator trusts.
    pub address: Option<IpAddr>,
    /// The request's id.
    pub request: String,
    /// What the client calls itself, cut to 200 characters; `None` when it does not say, or not
    /// in text.
    pub user_agent: Option<String>,
}

impl FromRequest for Origin {
    type Error = ApiError;
    type Future = Ready<Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let agent = request.headers().get(USER_AGENT);
        let agent = agent.and_then(|value| value.to_str().ok());
        let from_edge = request.extensions().get::<Self>().cloned();
        ready(Ok(Self {
            user_agent: agent.map(|text| text.chars().take(200).collect()),
            ..from_edge.unwrap_or_default()
        }))
    }
}

/// The version that a change builds on, from `If-Match`.
///
/// A tag that was never one of ours becomes a version that nothing has, so it ends in 412.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct IfMatch(pub i64);

impl FromRequest for IfMatch {
    type Error = ApiError;
    type Future = Ready<Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(if_match(one(request, &IF_MATCH)))
    }
}

fn if_match(header: One<'_>) -> Result<IfMatch, ApiError> {
    const FORM: &str = "Send the ETag of the version you changed, such as If-Match: \"3\".";
    let refuse = |code: Code, detail: String| {
        Err(ApiError::new(code, detail.clone()).header("If-Match", code.as_str(), detail))
    };
    let text = match header {
        One::Absent => {
            let detail = format!("This change needs to know which version it builds on. {FORM}");
            return refuse(Code::PreconditionRequired, detail);
        }
        One::Text(text) => text.trim(),
        One::Unreadable => "",
    };
    if text == "*" || text.contains(',') {
        let detail = format!("If-Match names one version here. {FORM}");
        return refuse(Code::InvalidHeader, detail);
    }
    // A weak tag never matches in If-Match (RFC 9110 §13.1.1).
    let opaque = text.strip_prefix("W/").unwrap_or(text);
    let Some(inner) = opaque
        .strip_prefix('"')
        .and_then(|rest| rest.strip_suffix('"'))
    else {
        return refuse(
            Code::InvalidHeader,
            format!("This If-Match is not an entity tag. {FORM}"),
        );
    };
    let version = inner
        .parse()
        .ok()
        .filter(|version: &i64| opaque == text && *version > 0 && version.to_string() == inner);
    Ok(IfMatch(version.unwrap_or(-1)))
}

/// The key under which a retry is recognised, from `Idempotency-Key`; `None` without one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdempotencyKey(pub Option<String>);

impl IdempotencyKey {
    /// The key of one of several effects of a request. No client has it: theirs hold no space.
    #[must_use]
    pub fn part(&self, number: usize) -> Self {
        Self(self.0.as_ref().map(|key| format!("{key} {number}")))
    }
}

impl FromRequest for IdempotencyKey {
    type Error = ApiError;
    type Future = Ready<Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(idempotency_key(one(
            request,
            &HeaderName::from_static("idempotency-key"),
        )))
    }
}

/// A string of RFC 8941 (`"8e03978e"`), or the same without quotes, as many clients send it.
fn idempotency_key(header: One<'_>) -> Result<IdempotencyKey, ApiError> {
    const MAX: usize = 255;
    let text = match header {
        One::Absent => return Ok(IdempotencyKey(None)),
        One::Text(text) => text.trim(),
        One::Unreadable => "",
    };
    let bare = text
        .strip_prefix('"')
        .and_then(|rest| rest.strip_suffix('"'))
        .unwrap_or(text);
    let fits = !bare.is_empty()
        && bare.len() <= MAX
        && bare
            .bytes()
            .all(|byte| byte.is_ascii_graphic() && byte != b'"' && byte != b'\\');
    if fits {
        return Ok(IdempotencyKey(Some(bare.to_owned())));
    }
    let detail = format!(
        "An Idempotency-Key is given once and has 1 to {MAX} visible ASCII characters, such as a UUID."
    );
    Err(ApiError::new(Code::InvalidHeader, detail.clone()).header(
        "Idempotency-Key",
        Code::InvalidHeader.as_str(),
        detail,
    ))
}

/// What a guest shows to have written a comment, from `X-Edit-Token`; `None` without one, and for
/// what cannot be one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EditToken(pub Option<String>);

impl FromRequest for EditToken {
    type Error = ApiError;
    type Future = Ready<Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let token = match one(request, &HeaderName::from_static("x-edit-token")) {
            One::Text(text) => Some(text.trim().to_owned()),
            One::Absent | One::Unreadable => None,
        };
        ready(Ok(Self(token)))
    }
}

/// The event that a client got last before its stream was cut off, from `Last-Event-ID`; `None`
/// without one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct LastEventId(pub(crate) Option<String>);

impl FromRequest for LastEventId {
    type Error = ApiError;
    type Future = Ready<Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(Ok(Self(
            match one(request, &HeaderName::from_static("last-event-id")) {
                One::Absent => None,
                One::Text(text) => Some(text.trim().to_owned()).filter(|text| !text.is_empty()),
                One::Unreadable => Some(String::new()),
            },
        )))
    }
}

/// Said of a request whose answer is sent without its body.
#[derive(Debug, Clone, Copy)]
pub(crate) struct WithoutBody;

#[derive(Clone, Copy)]
enum One<'r> {
    Absent,
    Text(&'r str),
    /// Not text, or given more than once.
    Unreadable,
}

fn one<'r>(request: &'r HttpRequest, name: &HeaderName) -> One<'r> {
    let mut all = request.headers().get_all(name);
    match (all.next(), all.next()) {
        (None, _) => One::Absent,
        (Some(value), None) => value.to_str().map_or(One::Unreadable, One::Text),
        (Some(_), Some(_)) => One::Unreadable,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn if_match_takes_one_strong_version() {
        let read = |text| if_match(One::Text(text));
        assert_eq!(read("\"3\"").unwrap(), IfMatch(3));
        for never in ["W/\"3\"", "\"03\"", "\"x\"", "\"0\"", "\"-1\""] {
            assert_eq!(read(never).unwrap(), IfMatch(-1), "{never}");
        }
        for bad in ["3", "*", "\"3\", \"4\"", ""] {
            assert_eq!(read(bad).unwrap_err().code(), Code::InvalidHeader, "{bad}");
        }
        assert_eq!(
            if_match(One::Absent).unwrap_err().code(),
            Code::PreconditionRequired
        );
    }

    #[test]
    fn an_idempotency_key_may_have_its_quotes_or_not() {
        let read = |text| idempotency_key(One::Text(text));
        let key = IdempotencyKey(Some("8e03978e-40d5".to_owned()));
        assert_eq!(read("\"8e03978e-40d5\"").unwrap(), key);
        assert_eq!(read("8e03978e-40d5").unwrap(), key);
        for bad in ["", "\"\"", "a b", "\"", "a\"b", &"x".repeat(256)] {
            assert_eq!(read(bad).unwrap_err().code(), Code::InvalidHeader, "{bad}");
        }
        assert!(idempotency_key(One::Unreadable).is_err());
    }
}
