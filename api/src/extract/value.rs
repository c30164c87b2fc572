//! What is wrong with a value, and where: the error that serde reports into.

use std::fmt;

use openapi::problem::ProblemError;
use serde::de::{self, Unexpected};

use super::closest;

/// One refused value. The path grows from the inside out.
#[derive(Debug)]
pub(super) struct Refused {
    pub(super) path: Vec<String>,
    pub(super) kind: Kind,
}

#[derive(Debug)]
pub(super) enum Kind {
    UnknownField {
        name: String,
        known: &'static [&'static str],
    },
    UnknownValue {
        given: String,
        known: &'static [&'static str],
    },
    Missing,
    WrongType {
        detail: String,
    },
    Other {
        code: &'static str,
        detail: String,
    },
}

impl Refused {
    pub(super) fn new(kind: Kind) -> Self {
        Self {
            path: Vec::new(),
            kind,
        }
    }

    pub(super) fn other(code: &'static str, detail: impl Into<String>) -> Self {
        Self::new(Kind::Other {
            code,
            detail: detail.into(),
        })
    }

    /// The same refusal, one level further out.
    pub(super) fn under(mut self, step: impl Into<String>) -> Self {
        self.path.push(step.into());
        self
    }

    /// The place, as a JSON pointer (RFC 6901).
    pub(super) fn pointer(&self) -> String {
        self.path
            .iter()
            .rev()
            .fold(String::new(), |mut pointer, step| {
                pointer.push('/');
                pointer.push_str(&step.replace('~', "~0").replace('/', "~1"));
                pointer
            })
    }

    /// What to tell the caller, at a place that is filled in by whoever knows what kind it is.
    pub(super) fn describe(&self, place: ProblemError) -> ProblemError {
        let list = |known: &[&str]| known.iter().map(|name| (*name).to_owned()).collect();
        match &self.kind {
            Kind::UnknownField { name, known } => ProblemError {
                code: "unknown_field".to_owned(),
                detail: sentence(&format!("There is no field `{name}` here"), name, known),
                allowed: list(known),
                suggestion: closest(name, known.iter().copied()).map(str::to_owned),
                ..place
            },
            Kind::UnknownValue { given, known } => ProblemError {
                code: "unknown_value".to_owned(),
                detail: sentence(&format!("`{given}` is not a value of this"), given, known),
                allowed: list(known),
                suggestion: closest(given, known.iter().copied()).map(str::to_owned),
                ..place
            },
            Kind::Missing => ProblemError {
                code: "required".to_owned(),
                detail: "This must be given.".to_owned(),
                ..place
            },
            Kind::WrongType { detail } => ProblemError {
                code: "wrong_type".to_owned(),
                detail: detail.clone(),
                ..place
            },
            Kind::Other { code, detail } => ProblemError {
                code: (*code).to_owned(),
                detail: detail.clone(),
                ..place
            },
        }
    }
}

fn sentence(what: &str, given: &str, known: &[&str]) -> String {
    match closest(given, known.iter().copied()) {
        Some(meant) => format!("{what}. Did you mean `{meant}`?"),
        None if known.is_empty() => format!("{what}; nothing is expected."),
        None => format!("{what}. It takes: {}.", known.join(", ")),
    }
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {:?}", self.pointer(), self.kind)
    }
}

impl std::error::Error for Refused {}

impl de::Error for Refused {
    fn custom<T: fmt::Display>(message: T) -> Self {
        Self::other("bad_format", capitalised(&message.to_string()))
    }

    fn invalid_type(given: Unexpected<'_>, expected: &dyn de::Expected) -> Self {
        let given = match given {
            Unexpected::Unit => "null".to_owned(),
            Unexpected::Map => "an object".to_owned(),
            Unexpected::Seq => "an array".to_owned(),
            Unexpected::Str(_) => "a string".to_owned(),
            Unexpected::Bool(value) => format!("{value}"),
            Unexpected::Signed(value) => format!("{value}"),
            Unexpected::Unsigned(value) => format!("{value}"),
            Unexpected::Float(value) => format!("{value}"),
            _ => "another value".to_owned(),
        };
        let detail = format!(
            "This takes {}, and not {given}.",
            plain(&expected.to_string())
        );
        Self::new(Kind::WrongType { detail })
    }

    fn invalid_value(given: Unexpected<'_>, expected: &dyn de::Expected) -> Self {
        match given {
            Unexpected::Signed(_) | Unexpected::Unsigned(_) | Unexpected::Float(_) => {
                Self::other("out_of_range", "This number is out of range.")
            }
            _ => Self::other(
                "bad_format",
                format!("This takes {}.", plain(&expected.to_string())),
            ),
        }
    }

    fn invalid_length(length: usize, _: &dyn de::Expected) -> Self {
        Self::other(
            "bad_format",
            format!("A list of {length} does not fit here."),
        )
    }

    fn unknown_variant(given: &str, known: &'static [&'static str]) -> Self {
        Self::new(Kind::UnknownValue {
            given: given.to_owned(),
            known,
        })
    }

    fn unknown_field(name: &str, known: &'static [&'static str]) -> Self {
        Self::new(Kind::UnknownField {
            name: name.to_owned(),
            known,
        })
        .under(name)
    }

    fn missing_field(name: &'static str) -> Self {
        Self::new(Kind::Missing).under(name)
    }

    fn duplicate_field(name: &'static str) -> Self {
        Self::other("duplicate", "This is given twice.").under(name)
    }
}

/// serde's words for types, in words of JSON.
fn plain(expected: &str) -> String {
    match expected {
        "i8" | "i16" | "i32" | "i64" | "isize" | "u8" | "u16" | "u32" | "u64" | "usize" => {
            "a whole number".to_owned()
        }
        "f32" | "f64" => "a number".to_owned(),
        "a boolean" => "true or false".to_owned(),
        "a sequence" => "an array".to_owned(),
        "option" => "a value or null".to_owned(),
        other if other.starts_with("struct ") || other == "a map" => "an object".to_owned(),
        other if other.starts_with("enum ") => "one of its names, as a string".to_owned(),
        other => other.to_owned(),
    }
}

fn capitalised(text: &str) -> String {
    let mut letters = text.chars();
    let mut sentence: String = letters
        .next()
        .map(|first| first.to_uppercase().collect())
        .unwrap_or_default();
    sentence.push_str(letters.as_str());
    if !sentence.ends_with('.') {
        sentence.push('.');
    }
    sentence
}
