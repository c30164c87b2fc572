//! JSON read strictly: every duplicate key, every level too deep and every NUL is met while
//! reading, and a value of the wrong kind is reported with its place.

use std::fmt;

use serde::{
    Deserialize, Deserializer,
    de::{
        DeserializeSeed, EnumAccess, Error as _, IntoDeserializer, MapAccess, SeqAccess,
        Unexpected, VariantAccess, Visitor,
    },
    forward_to_deserialize_any,
};

use super::value::Refused;

/// How deep a body may nest; the outermost value is level 1.
pub(super) const MAX_DEPTH: usize = 32;
/// How many items any array, or members any object, may have.
const MAX_ITEMS: usize = 1000;

/// A JSON value whose objects have no key twice.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Node {
    Null,
    Bool(bool),
    Signed(i64),
    Unsigned(u64),
    Float(f64),
    Text(String),
    List(Vec<Node>),
    Object(Vec<(String, Node)>),
}

/// Why a text was not taken as JSON.
#[derive(Debug)]
pub(super) enum Unreadable {
    /// It is not JSON, or not JSON that may be sent here. Says where.
    Malformed(String),
}

/// Reads one JSON value and nothing after it.
pub(super) fn read(bytes: &[u8]) -> Result<Node, Unreadable> {
    let mut reader = serde_json::Deserializer::from_slice(bytes);
    Level(1)
        .deserialize(&mut reader)
        .and_then(|node| reader.end().map(|()| node))
        .map_err(|error| Unreadable::Malformed(error.to_string()))
}

/// Reads a value that lies at this depth.
#[derive(Clone, Copy)]
struct Level(usize);

impl Level {
    fn inner<E: serde::de::Error>(self) -> Result<Self, E> {
        if self.0 > MAX_DEPTH {
            return Err(E::custom(format_args!(
                "more than {MAX_DEPTH} levels of nesting"
            )));
        }
        Ok(Self(self.0 + 1))
    }
}

impl<'de> DeserializeSeed<'de> for Level {
    type Value = Node;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Node, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Level {
    type Value = Node;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<Node, E> {
        Ok(Node::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Node, E> {
        Ok(Node::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Node, E> {
        Ok(Node::Signed(value))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Node, E> {
        Ok(i64::try_from(value).map_or(Node::Unsigned(value), Node::Signed))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Node, E> {
        Ok(Node::Float(value))
    }

    fn visit_str<E>(self, value: &str) -> Result<Node, E> {
        Ok(Node::Text(value.to_owned()))
    }

    fn visit_string<E>(self, value: String) -> Result<Node, E> {
        Ok(Node::Text(value))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Node, A::Error> {
        let inner = self.inner()?;
        let mut list = Vec::new();
        while let Some(item) = items.next_element_seed(inner)? {
            if list.len() >= MAX_ITEMS {
                return Err(A::Error::custom(format_args!(
                    "an array of more than {MAX_ITEMS} items"
                )));
            }
            list.push(item);
        }
        Ok(Node::List(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Node, A::Error> {
        let inner = self.inner()?;
        let mut object: Vec<(String, Node)> = Vec::new();
        let mut seen = std::collections::HashSet::new();
        while let Some(key) = members.next_key::<String>()? {
            if object.len() >= MAX_ITEMS {
                return Err(A::Error::custom(format_args!(
                    "an object of more than {MAX_ITEMS} members"
                )));
            }
            if !seen.insert(key.clone()) {
                return Err(A::Error::custom(format_args!(
                    "the key {key:?} twice in one object"
                )));
            }
            let value = members.next_value_seed(inner)?;
            object.push((key, value));
        }
        Ok(Node::Object(object))
    }
}

impl Node {
    /// Reads a value of a type from it.
    pub(super) fn into_value<T: for<'de> Deserialize<'de>>(self) -> Result<T, Refused> {
        T::deserialize(self)
    }
}

impl IntoDeserializer<'_, Refused> for Node {
    type Deserializer = Self;

    fn into_deserializer(self) -> Self {
        self
    }
}

impl<'de> Deserializer<'de> for Node {
    type Error = Refused;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Refused> {
        match self {
            Self::Null => visitor.visit_unit(),
            Self::Bool(value) => visitor.visit_bool(value),
            Self::Signed(value) => visitor.visit_i64(value),
            Self::Unsigned(value) => visitor.visit_u64(value),
            Self::Float(value) => visitor.visit_f64(value),
            Self::Text(text) if text.contains('\0') => Err(Refused::other(
                "control_character",
                "Text has no NUL character.",
            )),
            Self::Text(text) => visitor.visit_string(text),
            Self::List(items) => visitor.visit_seq(Items {
                items: items.into_iter(),
                next: 0,
            }),
            Self::Object(members) => visitor.visit_map(Members {
                members: members.into_iter(),
                value: None,
            }),
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Refused> {
        match self {
            Self::Null => visitor.visit_none(),
            other => visitor.visit_some(other),
        }
    }

    // A list of values in order is no object, though serde would take it for one.
    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Refused> {
        match self {
            Self::List(_) => Err(Refused::invalid_type(Unexpected::Seq, &"an object")),
            other => other.deserialize_any(visitor),
        }
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Refused> {
        match self {
            Self::Text(name) => visitor.visit_enum(name.into_deserializer()),
            Self::Object(members) if members.len() == 1 => match members.into_iter().next() {
                Some((name, value)) => visitor.visit_enum(Tagged { name, value }),
                None => Err(Refused::invalid_type(Unexpected::Map, &visitor)),
            },
            other => other.deserialize_any(visitor),
        }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Refused> {
        visitor.visit_newtype_struct(self)
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit
        unit_struct seq tuple tuple_struct map identifier ignored_any
    }
}

struct Items {
    items: std::vec::IntoIter<Node>,
    next: usize,
}

impl<'de> SeqAccess<'de> for Items {
    type Error = Refused;

    fn next_element_seed<S: DeserializeSeed<'de>>(
        &mut self,
        seed: S,
    ) -> Result<Option<S::Value>, Refused> {
        let Some(item) = self.items.next() else {
            return Ok(None);
        };
        let place = self.next;
        self.next += 1;
        seed.deserialize(item)
            .map(Some)
            .map_err(|error| error.under(place.to_string()))
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.items.len())
    }
}

struct Members {
    members: std::vec::IntoIter<(String, Node)>,
    value: Option<(String, Node)>,
}

impl<'de> MapAccess<'de> for Members {
    type Error = Refused;

    fn next_key_seed<S: DeserializeSeed<'de>>(
        &mut self,
        seed: S,
    ) -> Result<Option<S::Value>, Refused> {
        let Some((key, value)) = self.members.next() else {
            return Ok(None);
        };
        let name = key.clone();
        self.value = Some((key, value));
        seed.deserialize(Node::Text(name)).map(Some)
    }

    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, Refused> {
        let Some((key, value)) = self.value.take() else {
            return Err(Refused::custom("a value without its key"));
        };
        seed.deserialize(value).map_err(|error| error.under(key))
    }
}

/// `{"variant": value}`.
struct Tagged {
    name: String,
    value: Node,
}

impl<'de> EnumAccess<'de> for Tagged {
    type Error = Refused;
    type Variant = Node;

    fn variant_seed<S: DeserializeSeed<'de>>(self, seed: S) -> Result<(S::Value, Node), Refused> {
        Ok((seed.deserialize(Node::Text(self.name))?, self.value))
    }
}

impl<'de> VariantAccess<'de> for Node {
    type Error = Refused;

    fn unit_variant(self) -> Result<(), Refused> {
        Err(Refused::invalid_type(Unexpected::Map, &"a string"))
    }

    fn newtype_variant_seed<S: DeserializeSeed<'de>>(self, seed: S) -> Result<S::Value, Refused> {
        seed.deserialize(self)
    }

    fn tuple_variant<V: Visitor<'de>>(self, _: usize, visitor: V) -> Result<V::Value, Refused> {
        self.deserialize_any(visitor)
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Refused> {
        self.deserialize_any(visitor)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use openapi::problem::ProblemError;
    use proptest::prelude::*;

    #[derive(Debug, PartialEq, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Sample {
        title: String,
        #[serde(default)]
        count: Option<u8>,
        #[serde(default)]
        tags: Vec<String>,
        #[serde(default)]
        kind: Option<Kind>,
        #[serde(default)]
        inner: Option<Box<Sample>>,
    }

    #[derive(Debug, PartialEq, Deserialize)]
    #[serde(rename_all = "snake_case")]
    enum Kind {
        Open,
        Closed,
    }

    fn refused(json: &str) -> (String, ProblemError) {
        let refused = read(json.as_bytes())
            .unwrap()
            .into_value::<Sample>()
            .unwrap_err();
        (refused.pointer(), refused.describe(ProblemError::default()))
    }

    #[test]
    fn a_good_body_is_read() {
        let json = r#"{"title":"é\ud83d\ude00","count":3,"tags":["a"],"kind":"open","inner":null}"#;
        let sample: Sample = read(json.as_bytes()).unwrap().into_value().unwrap();
        assert_eq!(sample.title, "é😀");
        assert_eq!(sample.kind, Some(Kind::Open));
        assert_eq!(sample.count, Some(3));
    }

    #[test]
    fn every_refusal_names_its_place() {
        for (json, pointer, code) in [
            (r#"{"title":1}"#, "/title", "wrong_type"),
            (r#"{"title":null}"#, "/title", "wrong_type"),
            ("{}", "/title", "required"),
            (r#"{"title":"a","count":300}"#, "/count", "out_of_range"),
            (r#"{"title":"a","count":-1}"#, "/count", "out_of_range"),
            (r#"{"title":"a","count":1.5}"#, "/count", "wrong_type"),
            (
                r#"{"title":"a","count":18446744073709551615}"#,
                "/count",
                "out_of_range",
            ),
            (r#"{"title":"a","tags":["x",2]}"#, "/tags/1", "wrong_type"),
            (r#"{"title":"a","tags":"x"}"#, "/tags", "wrong_type"),
            (r#"{"title":"a","kind":"opne"}"#, "/kind", "unknown_value"),
            (r#"{"title":"a","kind":{"open":1}}"#, "/kind", "wrong_type"),
            (
                r#"{"title":"a","inner":{"titel":"b"}}"#,
                "/inner/titel",
                "unknown_field",
            ),
            (r#"{"title":"a","a/b~c":1}"#, "/a~1b~0c", "unknown_field"),
            (r#"{"title":"a","inner":[]}"#, "/inner", "wrong_type"),
            (r#"["a"]"#, "", "wrong_type"),
            (r#""a""#, "", "wrong_type"),
            (r#"{"title":"a\u0000b"}"#, "/title", "control_character"),
        ] {
            let (at, error) = refused(json);
            assert_eq!(
                (at.as_str(), error.code.as_str()),
                (pointer, code),
                "{json}"
            );
        }
        assert_eq!(
            refused(r#"{"titel":"b"}"#).1.suggestion.as_deref(),
            Some("title")
        );
    }

    #[test]
    fn what_is_not_json_is_malformed() {
        let deep = format!("{}1{}", "[".repeat(33), "]".repeat(33));
        let wide = format!("[{}1]", "1,".repeat(1000));
        for json in [
            "",
            "{",
            "{}x",
            "nul",
            r#"{"a":1,"a":2}"#,
            r#""\ud800""#,
            r#""\udc00x""#,
            "1e999",
            "\u{feff}{}",
            r#"{"a":01}"#,
            "{\"a\":\"\n\"}",
            &deep,
            &wide,
            &"[".repeat(100_000),
        ] {
            assert!(read(json.as_bytes()).is_err(), "{json:.40}");
        }
        assert!(read(b"\"\xff\"").is_err());
        assert!(read(format!("{}1{}", "[".repeat(32), "]".repeat(32)).as_bytes()).is_ok());
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_or_refused(bytes: Vec<u8>) {
            if let Ok(node) = read(&bytes) {
                let _ = node.into_value::<Sample>();
            }
        }
    }
}
