//! JSON objects in which no member name appears twice, at any depth.
//!
//! Two parsers that resolve a duplicate differently read two different tokens under one signature.

use std::fmt;

use serde::{
    Deserialize, Deserializer,
    de::{Error as _, MapAccess, SeqAccess, Visitor},
};
use serde_json::{Map, Value, error::Category, map::Entry};

use crate::{Error, Part};

/// Parses an object; `serde_json`'s own depth limit (128) holds.
pub(crate) fn parse_object(bytes: &[u8], part: Part) -> Result<Map<String, Value>, Error> {
    match serde_json::from_slice::<Strict>(bytes) {
        Ok(Strict(Value::Object(map))) => Ok(map),
        Ok(_) => Err(Error::NotJsonObject(part)),
        // Any value is accepted, so the only data error is the one raised below.
        Err(e) if e.classify() == Category::Data => Err(Error::DuplicateMember(part)),
        Err(_) => Err(Error::NotJsonObject(part)),
    }
}

struct Strict(Value);

impl<'de> Deserialize<'de> for Strict {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(StrictVisitor).map(Self)
    }
}

struct StrictVisitor;

impl<'de> Visitor<'de> for StrictVisitor {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value without duplicated members")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_string<E>(self, value: String) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let mut list = Vec::new();
        while let Some(Strict(item)) = items.next_element()? {
            list.push(item);
        }
        Ok(list.into())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Value, A::Error> {
        let mut map = Map::new();
        while let Some(name) = members.next_key::<String>()? {
            let Entry::Vacant(member) = map.entry(name) else {
                return Err(A::Error::custom("duplicated member"));
            };
            let Strict(value) = members.next_value()?;
            member.insert(value);
        }
        Ok(map.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_read_as_serde_json_reads_them() {
        let text = r#"{"a":[null,true,-1,18446744073709551615,1.5,"x\u00e4"],"b":{"c":{}}}"#;
        let strict = parse_object(text.as_bytes(), Part::Claims).unwrap();
        assert_eq!(Value::Object(strict), serde_json::from_str::<Value>(text).unwrap());
    }

    #[test]
    fn duplicates_are_seen_at_any_depth_and_behind_escapes() {
        for text in [r#"{"a":1,"a":1}"#, r#"{"a":1,"\u0061":2}"#, r#"{"b":[{"a":1,"a":2}]}"#] {
            assert_eq!(
                parse_object(text.as_bytes(), Part::Header),
                Err(Error::DuplicateMember(Part::Header)),
                "{text}"
            );
        }
    }

    #[test]
    fn what_is_no_object_is_refused() {
        let deep = format!("{{\"a\":{}1{}}}", "[".repeat(500), "]".repeat(500));
        for text in ["", "[]", "1", "{", "{} {}", "{\"a\":1,}", "{\"a\":1e999}", "\"{}\"", "null", &deep] {
            assert_eq!(
                parse_object(text.as_bytes(), Part::Claims),
                Err(Error::NotJsonObject(Part::Claims)),
                "{text}"
            );
        }
        assert_eq!(parse_object(b"{\"a\":\"\xff\"}", Part::Claims), Err(Error::NotJsonObject(Part::Claims)));
    }
}
