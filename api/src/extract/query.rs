//! The query string, read strictly: what the operation's parameters do not say is refused.
//!
//! The names, the ranges and the lists of allowed values come from the same `IntoParams` that
//! the OpenAPI document is made of, so the two cannot differ.

use std::{
    any::TypeId,
    collections::HashMap,
    future::{Ready, ready},
    ops::Deref,
    sync::{Arc, LazyLock, PoisonError, RwLock},
};

use actix_web::{FromRequest, HttpRequest, dev::Payload};
use openapi::problem::{Code, ProblemError};
use percent_encoding::percent_decode;
use serde::{
    Deserializer,
    de::{
        DeserializeOwned, DeserializeSeed, Error as _, IntoDeserializer, MapAccess, SeqAccess,
        Unexpected, Visitor,
    },
    forward_to_deserialize_any,
};
use serde_json::Value;
use utoipa::{IntoParams, openapi::path::ParameterIn};

use super::{closest, value::Refused};
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

    /// Names the question that is asked, for cursors: every parameter but `cursor`, `limit` and
    /// `total`, whatever their order.
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
    let value = T::deserialize(Pairs {
        pairs: pairs.iter(),
        value: None,
    })
    .map_err(|refused| {
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
    pairs.retain(|(name, _)| !matches!(name.as_str(), "cursor" | "limit" | "total"));
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
    let decode = |part: &str| {
        decode(part).ok_or_else(|| {
            let detail = "The query is not percent-encoded UTF-8.";
            ApiError::new(Code::InvalidParameter, detail).parameter(
                part.chars().take(64).collect::<String>(),
                "bad_encoding",
                detail,
            )
        })
    };
    parts
        .into_iter()
        .map(|part| {
            let (name, value) = part.split_once('=').unwrap_or((part, ""));
            Ok((decode(name)?, decode(value)?))
        })
        .collect()
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

#[derive(Debug, Default)]
struct Spec {
    parameters: Vec<Parameter>,
}

#[derive(Debug)]
struct Parameter {
    name: String,
    required: bool,
    integer: bool,
    minimum: Option<i64>,
    maximum: Option<i64>,
    values: Vec<String>,
    list: bool,
}

static SPECS: LazyLock<RwLock<HashMap<TypeId, Arc<Spec>>>> = LazyLock::new(RwLock::default);

impl Spec {
    /// Made once for each type, because making it writes the whole documentation out.
    fn of<T: IntoParams + 'static>() -> Arc<Self> {
        let id = TypeId::of::<T>();
        if let Some(spec) = SPECS
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .get(&id)
        {
            return Arc::clone(spec);
        }
        let parameters = T::into_params(|| Some(ParameterIn::Query))
            .into_iter()
            .filter_map(|parameter| serde_json::to_value(parameter).ok())
            .map(|parameter| Parameter::from_document(&parameter))
            .collect();
        let spec = Arc::new(Self { parameters });
        SPECS
            .write()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(id, Arc::clone(&spec));
        spec
    }

    /// Everything that can be said without knowing the Rust type, all at once.
    fn check(&self, pairs: &[(String, String)]) -> Result<(), ApiError> {
        let mut errors = Vec::new();
        for (at, (name, value)) in pairs.iter().enumerate() {
            let Some(parameter) = self.parameters.iter().find(|known| known.name == *name) else {
                errors.push(self.unknown(name));
                continue;
            };
            let earlier = pairs.iter().take(at).any(|(other, _)| other == name);
            if earlier {
                let detail = "This is given twice. A list is one parameter, with commas.";
                errors.push(ProblemError::at_parameter(
                    name,
                    "repeated_parameter",
                    detail,
                ));
            } else if let Some(error) = parameter.check(value) {
                errors.push(error);
            }
        }
        for parameter in self
            .parameters
            .iter()
            .filter(|parameter| parameter.required)
        {
            if !pairs.iter().any(|(name, _)| *name == parameter.name) {
                let detail = "This must be given.";
                errors.push(ProblemError::at_parameter(
                    &parameter.name,
                    "required",
                    detail,
                ));
            }
        }
        if errors.is_empty() {
            Ok(())
        } else {
            Err(invalid(errors))
        }
    }

    fn unknown(&self, name: &str) -> ProblemError {
        let names: Vec<&str> = self
            .parameters
            .iter()
            .map(|known| known.name.as_str())
            .collect();
        let meant = closest(name, names.iter().copied());
        let detail = match meant {
            Some(meant) => format!("There is no such parameter here. Did you mean `{meant}`?"),
            None if names.is_empty() => "This operation takes no parameters.".to_owned(),
            None => format!(
                "There is no such parameter here. It takes: {}.",
                names.join(", ")
            ),
        };
        ProblemError {
            allowed: names.iter().map(|name| (*name).to_owned()).collect(),
            suggestion: meant.map(str::to_owned),
            ..ProblemError::at_parameter(name, "unknown_parameter", detail)
        }
    }
}

impl Parameter {
    fn from_document(parameter: &Value) -> Self {
        let at = |pointer: &str| parameter.pointer(pointer);
        let is = |kind: &str| match at("/schema/type") {
            Some(Value::String(one)) => one == kind,
            Some(Value::Array(several)) => several.iter().any(|one| one == kind),
            _ => false,
        };
        let values = if is("array") {
            at("/schema/items/enum")
        } else {
            at("/schema/enum")
        };
        Self {
            name: at("/name")
                .and_then(Value::as_str)
                .unwrap_or_default()
                .to_owned(),
            required: at("/required").and_then(Value::as_bool).unwrap_or(false),
            integer: is("integer"),
            minimum: at("/schema/minimum").and_then(Value::as_i64),
            maximum: at("/schema/maximum").and_then(Value::as_i64),
            values: values
                .and_then(Value::as_array)
                .into_iter()
                .flatten()
                .filter_map(|value| value.as_str().map(str::to_owned))
                .collect(),
            list: is("array"),
        }
    }

    fn check(&self, value: &str) -> Option<ProblemError> {
        let place =
            |code: &str, detail: String| Some(ProblemError::at_parameter(&self.name, code, detail));
        if value.is_empty() {
            return place(
                "bad_format",
                "This is empty. Give it a value or leave it out.".to_owned(),
            );
        }
        if self.integer {
            let range = match (self.minimum, self.maximum) {
                (Some(low), Some(high)) => format!("a whole number from {low} to {high}"),
                (Some(low), None) => format!("a whole number from {low}"),
                _ => "a whole number".to_owned(),
            };
            let number = if plain_number(value) {
                value.parse::<i64>().ok()
            } else {
                None
            };
            let digits = plain_number(value);
            return match number {
                Some(number)
                    if self.minimum.is_none_or(|low| number >= low)
                        && self.maximum.is_none_or(|high| number <= high) =>
                {
                    None
                }
                _ if digits => place("out_of_range", format!("This takes {range}.")),
                _ => place("bad_format", format!("This takes {range}.")),
            };
        }
        if self.values.is_empty() {
            return None;
        }
        let mut parts = if self.list {
            value.split(',').collect()
        } else {
            vec![value]
        }
        .into_iter();
        let stranger = parts.find(|part| !self.values.iter().any(|known| known == part))?;
        let meant = closest(stranger, self.values.iter().map(String::as_str));
        let said = stranger.escape_debug();
        let detail = match meant {
            Some(meant) => format!("`{said}` is not a value of this. Did you mean `{meant}`?"),
            None => format!(
                "`{said}` is not a value of this. It takes: {}.",
                self.values.join(", ")
            ),
        };
        Some(ProblemError {
            allowed: self.values.clone(),
            suggestion: meant.map(str::to_owned),
            ..ProblemError::at_parameter(&self.name, "unknown_value", detail)
        })
    }
}

/// Digits, perhaps after a minus: no `+1`, no `1e3`, no ` 1`.
fn plain_number(text: &str) -> bool {
    let digits = text.strip_prefix('-').unwrap_or(text);
    !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit())
}

/// The pairs as a map whose values are still text.
struct Pairs<'p> {
    pairs: std::slice::Iter<'p, (String, String)>,
    value: Option<&'p (String, String)>,
}

impl<'de> Deserializer<'de> for Pairs<'_> {
    type Error = Refused;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Refused> {
        visitor.visit_map(self)
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option
        unit unit_struct newtype_struct seq tuple tuple_struct map struct enum identifier
        ignored_any
    }
}

impl<'de> MapAccess<'de> for Pairs<'_> {
    type Error = Refused;

    fn next_key_seed<S: DeserializeSeed<'de>>(
        &mut self,
        seed: S,
    ) -> Result<Option<S::Value>, Refused> {
        let Some(pair) = self.pairs.next() else {
            return Ok(None);
        };
        self.value = Some(pair);
        seed.deserialize(pair.0.as_str().into_deserializer())
            .map(Some)
    }

    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, Refused> {
        let Some((name, value)) = self.value.take() else {
            return Err(Refused::custom("a value without its name"));
        };
        seed.deserialize(Text(value))
            .map_err(|error| error.under(name))
    }
}

/// One value: text that may stand for a number, a switch, a name or a list.
struct Text<'p>(&'p str);

macro_rules! numbers {
    ($($method:ident $visit:ident $kind:ty),+) => {
        $(fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Refused> {
            if !plain_number(self.0) {
                return Err(Refused::other("bad_format", "This takes a whole number."));
            }
            match self.0.parse::<$kind>() {
                Ok(number) => visitor.$visit(number),
                Err(_) => Err(Refused::other("out_of_range", "This number is out of range.")),
            }
        })+
    };
}

impl<'de> Deserializer<'de> for Text<'_> {
    type Error = Refused;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Refused> {
        visitor.visit_str(self.0)
    }

    numbers! {
        deserialize_i8 visit_i8 i8, deserialize_i16 visit_i16 i16, deserialize_i32 visit_i32 i32,
        deserialize_i64 visit_i64 i64, deserialize_u8 visit_u8 u8, deserialize_u16 visit_u16 u16,
        deserialize_u32 visit_u32 u32, deserialize_u64 visit_u64 u64
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Refused> {
        match self.0 {
            "true" => visitor.visit_bool(true),
            "false" => visitor.visit_bool(false),
            _ => Err(Refused::other("bad_format", "This takes true or false.")),
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Refused> {
        visitor.visit_some(self)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Refused> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Refused> {
        visitor.visit_seq(Commas(self.0.split(',')))
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Refused> {
        visitor.visit_enum(self.0.into_deserializer())
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Refused> {
        Err(Refused::invalid_type(Unexpected::Str(self.0), &visitor))
    }

    forward_to_deserialize_any! {
        i128 u128 f32 f64 char str string bytes byte_buf unit unit_struct tuple tuple_struct struct
        identifier ignored_any
    }
}

struct Commas<'p>(std::str::Split<'p, char>);

impl<'de> SeqAccess<'de> for Commas<'_> {
    type Error = Refused;

    fn next_element_seed<S: DeserializeSeed<'de>>(
        &mut self,
        seed: S,
    ) -> Result<Option<S::Value>, Refused> {
        match self.0.next() {
            None => Ok(None),
            Some("") => Err(Refused::other("bad_format", "The list has an empty item.")),
            Some(part) => seed.deserialize(Text(part)).map(Some),
        }
    }
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
    fn what_is_wrong_is_refused_with_its_name() {
        for (text, code, name, inner) in [
            (
                "limt=5",
                Code::UnknownParameter,
                "limt",
                "unknown_parameter",
            ),
            (
                "limit=5&limit=6",
                Code::RepeatedParameter,
                "limit",
                "repeated_parameter",
            ),
            ("limit=0", Code::InvalidParameter, "limit", "out_of_range"),
            ("limit=101", Code::InvalidParameter, "limit", "out_of_range"),
            ("limit=-1", Code::InvalidParameter, "limit", "out_of_range"),
            (
                "limit=9223372036854775808",
                Code::InvalidParameter,
                "limit",
                "out_of_range",
            ),
            ("limit=1e3", Code::InvalidParameter, "limit", "bad_format"),
            ("limit=%2B1", Code::InvalidParameter, "limit", "bad_format"),
            ("limit=", Code::InvalidParameter, "limit", "bad_format"),
            ("limit", Code::InvalidParameter, "limit", "bad_format"),
            ("total=yes", Code::InvalidParameter, "total", "bad_format"),
            (
                "sort=oldset",
                Code::InvalidParameter,
                "sort",
                "unknown_value",
            ),
            ("ids=x,,y", Code::InvalidParameter, "ids", "bad_format"),
            (
                "section=%",
                Code::InvalidParameter,
                "section=%",
                "bad_encoding",
            ),
            (
                "section=%ff",
                Code::InvalidParameter,
                "section",
                "bad_encoding",
            ),
            (
                "section=%00",
                Code::InvalidParameter,
                "section",
                "bad_encoding",
            ),
            (
                "filter[where]=1",
                Code::UnknownParameter,
                "filter[where]",
                "unknown_parameter",
            ),
        ] {
            let (found, error) = refused(text);
            assert_eq!((found, error.code.as_str()), (code, inner), "{text}");
            if inner != "bad_encoding" {
                assert_eq!(error.parameter.as_deref(), Some(name), "{text}");
            }
        }
        assert_eq!(refused("limt=5").1.suggestion.as_deref(), Some("limit"));
        assert_eq!(
            refused("sort=oldset").1.suggestion.as_deref(),
            Some("oldest")
        );
        assert!(refuse_all("a=1").is_err() && refuse_all("").is_ok());
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
