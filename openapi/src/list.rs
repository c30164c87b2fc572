//! Comma-separated lists in a query.

use std::fmt;
use std::marker::PhantomData;
use std::ops::Deref;

use serde::de::{Error, IntoDeserializer, Visitor};
use serde::{Deserialize, Deserializer};

/// A list given as one query parameter, its items separated by commas.
///
/// It has at least one item, and no empty one; order and repetitions are kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CommaList<T>(pub Vec<T>);

impl<T> Default for CommaList<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T> Deref for CommaList<T> {
    type Target = [T];

    fn deref(&self) -> &[T] {
        &self.0
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for CommaList<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(Items(PhantomData))
    }
}

struct Items<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for Items<T> {
    type Value = CommaList<T>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a comma-separated list")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Self::Value, E> {
        text.split(',')
            .map(|item| match item {
                "" => Err(E::custom("an item of the list is empty")),
                item => T::deserialize(item.into_deserializer()),
            })
            .collect::<Result<_, E>>()
            .map(CommaList)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read<T: for<'de> Deserialize<'de>>(text: &str) -> Result<Vec<T>, serde_json::Error> {
        serde_json::from_value::<CommaList<T>>(text.into()).map(|list| list.0)
    }

    #[derive(Debug, PartialEq, Deserialize)]
    #[serde(rename_all = "lowercase")]
    enum Part {
        One,
        Two,
    }

    #[test]
    fn items_keep_their_order() {
        assert_eq!(read::<String>("b,a").unwrap(), ["b", "a"]);
        assert_eq!(read::<Part>("two,one").unwrap(), [Part::Two, Part::One]);
    }

    #[test]
    fn empty_and_unknown_items_are_refused() {
        for text in ["", ",", "a,", ",a", "a,,b"] {
            assert!(read::<String>(text).is_err(), "{text:?}");
        }
        let error = read::<Part>("one,three").unwrap_err().to_string();
        assert!(
            error.contains("three") && error.contains("`one`"),
            "{error}"
        );
    }
}
