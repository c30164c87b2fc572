//! What a query may say, from the same `IntoParams` that the document is made of, so that the
//! two cannot differ: names, ranges, and lists of allowed values.

use std::{
    any::TypeId,
    collections::HashMap,
    sync::{Arc, LazyLock, PoisonError, RwLock},
};

use openapi::problem::ProblemError;
use serde_json::Value;
use utoipa::{IntoParams, openapi::path::ParameterIn};

use super::{invalid, plain_number};
use crate::{error::ApiError, extract::closest};

/// The parameters of one operation.
#[derive(Debug, Default)]
pub(super) struct Spec {
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
    pub(super) fn of<T: IntoParams + 'static>() -> Arc<Self> {
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
    pub(super) fn check(&self, pairs: &[(String, String)]) -> Result<(), ApiError> {
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
