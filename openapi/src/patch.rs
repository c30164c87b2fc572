//! Members of a JSON Merge Patch (RFC 7396): a missing member leaves a value as it is, `null`
//! takes it away, anything else replaces it. serde's `Option` cannot tell the first two apart.

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A member of a merge patch whose value may be taken away.
///
/// Declare the field with `#[serde(default, skip_serializing_if = "Patch::is_absent")]` and
/// `#[schema(value_type = Option<T>)]`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Patch<T> {
    /// The member is not there: leave the value as it is.
    #[default]
    Absent,
    /// The member is `null`: take the value away.
    Null,
    /// The member has a value: it replaces the present one.
    Value(T),
}

impl<T> Patch<T> {
    /// Whether the member is missing.
    pub fn is_absent(&self) -> bool {
        matches!(self, Self::Absent)
    }

    /// The value after the patch, given the present one.
    pub fn apply(self, present: Option<T>) -> Option<T> {
        match self {
            Self::Absent => present,
            Self::Null => None,
            Self::Value(value) => Some(value),
        }
    }

    /// The same member with its value changed.
    pub fn map<U>(self, change: impl FnOnce(T) -> U) -> Patch<U> {
        match self {
            Self::Absent => Patch::Absent,
            Self::Null => Patch::Null,
            Self::Value(value) => Patch::Value(change(value)),
        }
    }

    /// The same member with its value changed by something that may refuse it.
    pub fn try_map<U, E>(self, change: impl FnOnce(T) -> Result<U, E>) -> Result<Patch<U>, E> {
        Ok(match self {
            Self::Absent => Patch::Absent,
            Self::Null => Patch::Null,
            Self::Value(value) => Patch::Value(change(value)?),
        })
    }

    /// The value, if the member has one.
    pub fn as_value(&self) -> Option<&T> {
        match self {
            Self::Value(value) => Some(value),
            Self::Absent | Self::Null => None,
        }
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Patch<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(match Option::deserialize(deserializer)? {
            Some(value) => Self::Value(value),
            None => Self::Null,
        })
    }
}

impl<T: Serialize> Serialize for Patch<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Value(value) => serializer.serialize_some(value),
            Self::Absent | Self::Null => serializer.serialize_none(),
        }
    }
}

/// Reads a member that may be missing but not `null`, as `Some`.
///
/// For values that cannot be taken away: an `Option` alone would read `null` as "leave it", which
/// is to ignore what the client asked for.
pub(crate) fn present<'de, T, D>(deserializer: D) -> Result<Option<T>, D::Error>
where
    T: Deserialize<'de>,
    D: Deserializer<'de>,
{
    T::deserialize(deserializer).map(Some)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    struct Sample {
        #[serde(default, skip_serializing_if = "Patch::is_absent")]
        summary: Patch<String>,
        #[serde(
            default,
            deserialize_with = "present",
            skip_serializing_if = "Option::is_none"
        )]
        title: Option<String>,
    }

    fn read(json: &str) -> Result<Sample, serde_json::Error> {
        serde_json::from_str(json)
    }

    #[test]
    fn the_three_cases_are_told_apart_and_written_back() {
        for (json, summary) in [
            ("{}", Patch::Absent),
            (r#"{"summary":null}"#, Patch::Null),
            (r#"{"summary":"s"}"#, Patch::Value("s".to_owned())),
        ] {
            let sample = read(json).unwrap();
            assert_eq!(sample.summary, summary);
            assert_eq!(serde_json::to_string(&sample).unwrap(), json);
        }
    }

    #[test]
    fn a_value_that_cannot_be_taken_away_refuses_null() {
        assert_eq!(read("{}").unwrap().title, None);
        assert_eq!(
            read(r#"{"title":"t"}"#).unwrap().title.as_deref(),
            Some("t")
        );
        assert!(read(r#"{"title":null}"#).is_err());
    }

    #[test]
    fn apply_and_map() {
        assert_eq!(Patch::Absent.apply(Some(1)), Some(1));
        assert_eq!(Patch::Null.apply(Some(1)), None);
        assert_eq!(Patch::Value(2).apply(Some(1)), Some(2));
        assert_eq!(Patch::Value(2).map(|n| n + 1), Patch::Value(3));
        assert_eq!(Patch::Value("x").try_map(str::parse::<u8>).ok(), None);
        assert_eq!(Patch::<u8>::Null.as_value(), None);
    }
}
