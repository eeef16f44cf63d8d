//! Reads entities from what real clients of the management API send.
//!
//! Go programs send what they do not mean: `null` for empty arrays, `""` for absent ids, durations and
//! choices, `0001-01-01T00:00:00Z` for absent times. Where an entity is expected, such members count as
//! absent and take their defaults. Free data ([`Metadata`](super::Metadata)) is left as it is.

use serde::de::value::{MapDeserializer, SeqDeserializer};
use serde::de::{DeserializeOwned, Deserializer, IntoDeserializer, Visitor};
use serde::forward_to_deserialize_any;
use serde_json::{Error, Value};

/// Reads a `T`. Unknown members are ignored.
///
/// To name the place of an error, give [`Lenient`] to `serde_path_to_error::deserialize` instead.
pub fn from_value<T: DeserializeOwned>(value: Value) -> Result<T, Error> {
    T::deserialize(Lenient(value))
}

/// A JSON value from which the members that stand for nothing are dropped while it is read.
pub struct Lenient(pub Value);

/// Members in which an empty text says something else than an absent one.
/// `token_endpoint_auth_signing_alg: ""` means any algorithm, absent means ES256.
const EMPTY_MEANS_SOMETHING: &[&str] = &["token_endpoint_auth_signing_alg"];

fn stands_for_nothing(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.is_empty() || text.starts_with("0001-01-01T00:00:00"),
        _ => false,
    }
}

impl<'de> IntoDeserializer<'de, Error> for Lenient {
    type Deserializer = Self;

    fn into_deserializer(self) -> Self {
        self
    }
}

impl<'de> Deserializer<'de> for Lenient {
    type Error = Error;

    /// Free data, and everything that is no entity, list or option.
    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        self.0.deserialize_any(visitor)
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        let Value::Object(members) = self.0 else {
            return self.0.deserialize_struct(name, fields, visitor);
        };
        let said = members.into_iter().filter(|(key, value)| {
            !stands_for_nothing(value) || (value.is_string() && EMPTY_MEANS_SOMETHING.contains(&key.as_str()))
        });
        visitor.visit_map(MapDeserializer::new(said.map(|(key, value)| (key, Self(value)))))
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self.0 {
            Value::Object(members) => visitor
                .visit_map(MapDeserializer::new(members.into_iter().map(|(key, value)| (key, Self(value))))),
            other => other.deserialize_map(visitor),
        }
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self.0 {
            Value::Array(items) => visitor.visit_seq(SeqDeserializer::new(
                items.into_iter().filter(|item| !stands_for_nothing(item)).map(Self),
            )),
            other => other.deserialize_seq(visitor),
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self.0 {
            Value::Null => visitor.visit_none(),
            _ => visitor.visit_some(self),
        }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        visitor: V,
    ) -> Result<V::Value, Error> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        self.0.deserialize_enum(name, variants, visitor)
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf
        unit unit_struct tuple tuple_struct identifier ignored_any
    }
}
