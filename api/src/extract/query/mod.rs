//! The query string, read strictly: what the operation's parameters do not say is refused.

mod spec;
mod values;

use std::{
    future::{Ready, ready},
    ops::Deref,
};

use actix_web::{FromRequest, HttpRequest, dev::Payload};
use openapi::problem::{Code, ProblemError};
use percent_encoding::percent_decode;
use serde::de::DeserializeOwned;
use utoipa::IntoParams;

use spec::Spec;
use values::Pairs;

use crate::error::ApiError;

/// More parameters than any operation has.
const MAX_PAIRS: usize = 64;

/// The query parameters of an operation.
#[derive(Debug, Clone)]
pub struct Query<T> {
    value: T,
    fingerprint: String,
}

impl<T> Query<T> {
    /// What they say.
    pub fn into_inner(self) -> T {
        self.value
    }

    /// Names the question that is asked, for cursors: every parameter but `cursor`, `limit`,
    /// `total` and `facets`, whatever their order.
    #[must_use]
    pub fn fingerprint(&self) -> &str {
        &self.fingerprint
    }
}

impl<T> Deref for Query<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.value
    }
}

impl<T: DeserializeOwned + IntoParams + 'static> FromRequest for Query<T> {
    type Error = ApiError;
    type Future = Ready<Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(read(request.query_string()))
    }
}

fn read<T: DeserializeOwned + IntoParams + 'static>(text: &str) -> Result<Query<T>, ApiError> {
    let spec = Spec::of::<T>();
    let pairs = pairs(text)?;
    spec.check(&pairs)?;
    let value = T::deserialize(Pairs::new(&pairs)).map_err(|refused| {
        let place = ProblemError {
            parameter: refused.path.last().cloned(),
            ..ProblemError::default()
        };
        invalid(vec![refused.describe(place)])
    })?;
    Ok(Query {
        value,
        fingerprint: fingerprint(pairs),
    })
}

fn fingerprint(mut pairs: Vec<(String, String)>) -> String {
    pairs.retain(|(name, _)| !matches!(name.as_str(), "cursor" | "limit" | "total" | "facets"));
    pairs.sort_unstable();
    form_urlencoded::Serializer::new(String::new())
        .extend_pairs(pairs)
        .finish()
}

/// Splits and decodes a query string. A `%` that escapes nothing, and bytes that are not UTF-8,
/// are refused and not repaired.
fn pairs(text: &str) -> Result<Vec<(String, String)>, ApiError> {
    let parts: Vec<&str> = text.split('&').filter(|part| !part.is_empty()).collect();
    if parts.len() > MAX_PAIRS {
        return Err(ApiError::new(
            Code::InvalidParameter,
            format!("A query has at most {MAX_PAIRS} parameters."),
        ));
    }
    parts
        .into_iter()
        .map(|part| {
            let (raw, value) = part.split_once('=').unwrap_or((part, ""));
            let name = decode(raw).ok_or_else(|| badly_encoded(raw))?;
            let value = decode(value).ok_or_else(|| badly_encoded(&name))?;
            Ok((name, value))
        })
        .collect()
}

fn badly_encoded(name: &str) -> ApiError {
    let detail = "This is not percent-encoded UTF-8 text.";
    let name: String = name.chars().take(64).collect();
    ApiError::new(Code::InvalidParameter, detail).parameter(name, "bad_encoding", detail)
}

fn decode(text: &str) -> Option<String> {
    let bytes = text.as_bytes();
    let escapes_hold = bytes
        .iter()
        .enumerate()
        .filter(|(_, byte)| **byte == b'%')
        .all(|(at, _)| {
            bytes
                .get(at + 1..at + 3)
                .is_some_and(|digits| digits.iter().all(u8::is_ascii_hexdigit))
        });
    if !escapes_hold {
        return None;
    }
    let spaced = text.replace('+', " ");
    let decoded = percent_decode(spaced.as_bytes()).decode_utf8().ok()?;
    (!decoded.contains('\0')).then(|| decoded.into_owned())
}

fn invalid(errors: Vec<ProblemError>) -> ApiError {
    let code = match errors.first().map(|error| error.code.as_str()) {
        Some("unknown_parameter") => Code::UnknownParameter,
        Some("repeated_parameter") => Code::RepeatedParameter,
        _ => Code::InvalidParameter,
    };
    let detail = errors.first().map(|error| {
        let name = error.parameter.as_deref().unwrap_or("the query");
        format!("{name}: {}", error.detail)
    });
    errors.into_iter().fold(
        ApiError::new(code, detail.unwrap_or_default()),
        ApiError::place,
    )
}

/// Refuses every parameter, for an operation that has none.
pub(crate) fn refuse_all(text: &str) -> Result<(), ApiError> {
    Spec::default().check(&pairs(text)?)
}

/// Digits, perhaps after a minus: no `+1`, no `1e3`, no ` 1`.
fn plain_number(text: &str) -> bool {
    let digits = text.strip_prefix('-').unwrap_or(text);
    !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde::Deserialize;

    #[derive(Debug, PartialEq, Deserialize, IntoParams)]
    #[into_params(parameter_in = Query)]
    struct Sample {
        /// How many.
        #[param(minimum = 1, maximum = 100)]
        limit: Option<u8>,
        section: Option<String>,
        total: Option<bool>,
        #[param(inline)]
        sort: Option<Sort>,
        #[serde(default)]
        ids: Vec<String>,
        cursor: Option<String>,
    }

    #[derive(Debug, Clone, Copy, PartialEq, Deserialize, utoipa::ToSchema)]
    enum Sort {
        #[serde(rename = "newest")]
        Newest,
        #[serde(rename = "oldest")]
        Oldest,
    }

    fn refused(text: &str) -> (Code, ProblemError) {
        let error = read::<Sample>(text).unwrap_err();
        let problem = error.problem("req_1");
        (error.code(), problem.errors.first().cloned().unwrap())
    }

    #[test]
    fn what_is_right_is_read() {
        let query =
            read::<Sample>("limit=5&section=a%20b+c&total=true&sort=oldest&ids=x,y").unwrap();
        assert_eq!(query.limit, Some(5));
        assert_eq!(query.section.as_deref(), Some("a b c"));
        assert_eq!(query.total, Some(true));
        assert_eq!(query.sort, Some(Sort::Oldest));
        assert_eq!(query.ids, ["x", "y"]);
        assert!(read::<Sample>("").is_ok());
    }

    #[test]
    fn names_that_are_wrong_are_refused() {
        for (text, name, code) in [
            ("limt=5", "limt", Code::UnknownParameter),
            ("filter[where]=1", "filter[where]", Code::UnknownParameter),
            ("limit=5&limit=6", "limit", Code::RepeatedParameter),
        ] {
            let (found, error) = refused(text);
            assert_eq!(
                (found, error.code.as_str()),
                (code, code.as_str()),
                "{text}"
            );
            assert_eq!(error.parameter.as_deref(), Some(name), "{text}");
        }
        assert_eq!(refused("limt=5").1.suggestion.as_deref(), Some("limit"));
        assert!(refuse_all("a=1").is_err() && refuse_all("").is_ok());
    }

    #[test]
    fn values_that_are_wrong_are_refused() {
        for (text, inner) in [
            ("limit=0", "out_of_range"),
            ("limit=101", "out_of_range"),
            ("limit=-1", "out_of_range"),
            ("limit=9223372036854775808", "out_of_range"),
            ("limit=1e3", "bad_format"),
            ("limit=%2B1", "bad_format"),
            ("limit=", "bad_format"),
            ("limit", "bad_format"),
            ("total=yes", "bad_format"),
            ("sort=oldset", "unknown_value"),
            ("ids=x,,y", "bad_format"),
            ("section=%", "bad_encoding"),
            ("section=%ff", "bad_encoding"),
            ("section=%00", "bad_encoding"),
        ] {
            let (code, error) = refused(text);
            assert_eq!(code, Code::InvalidParameter, "{text}");
            assert_eq!(error.code, inner, "{text}");
            let name = error.parameter.unwrap();
            assert!(text.starts_with(&name), "{text}: {name}");
        }
        let meant = refused("sort=oldset").1.suggestion;
        assert_eq!(meant.as_deref(), Some("oldest"));
    }

    #[test]
    fn the_fingerprint_names_the_question_and_not_the_page() {
        let one = read::<Sample>("section=a&sort=newest&limit=5&cursor=x").unwrap();
        let other = read::<Sample>("sort=newest&section=a&total=true").unwrap();
        assert_eq!(one.fingerprint(), other.fingerprint());
        let third = read::<Sample>("sort=newest&section=b").unwrap();
        assert_ne!(one.fingerprint(), third.fingerprint());
    }

    proptest! {
        #[test]
        fn any_query_is_read_or_refused(text in ".{0,80}") {
            let _ = read::<Sample>(&text);
        }

        #[test]
        fn encoded_text_comes_back(value in "[^\0]{1,30}") {
            let text = form_urlencoded::Serializer::new(String::new())
                .append_pair("section", &value)
                .finish();
            let query = read::<Sample>(&text).unwrap();
            prop_assert_eq!(query.section.as_deref(), Some(value.as_str()));
        }
    }
}
