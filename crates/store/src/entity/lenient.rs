//! Reads entities from what real clients of the management API send.
//!
//! Go programs send what they do not mean: `null` for empty arrays, `""` for absent ids, durations and
//! choices, `0001-01-01T00:00:00Z` for absent times. Where an entity is expected, such members count as
//! absent and take their defaults. Free data ([`Metadata`](super::Metadata)) is left as it is.

use serde::de::value::{MapDeserializer, SeqDeserializer};
use serde::de::{self, DeserializeOwned, Deserializer, IntoDeserializer, Unexpected, Visitor};
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
        let members = match self.0 {
            Value::Object(members) => members,
            // Serde would take a list for a struct, field by field.
            Value::Array(_) => return Err(de::Error::invalid_type(Unexpected::Seq, &visitor)),
            other => return other.deserialize_struct(name, fields, visitor),
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

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::entity::server::{ScopeClaimFormat, SubjectFormat};
    use crate::entity::{Client, GoDuration, Server, Timestamp};

    #[test]
    fn null_empty_and_zero_count_as_absent() {
        let client: Client = from_value(json!({
            "client_id": "c",
            "description": "",
            "grant_types": null,
            "redirect_uris": null,
            "scopes": ["a", "", null],
            "trusted": null,
            "client_secret_expires_at": null,
            "subject_type": "",
            "client_status": "",
            "jwks": null,
            "client_secret": "",
            "token_ttls": { "access_token_ttl": "", "refresh_token_ttl": null, "id_token_ttl": "" },
            "created_at": "0001-01-01T00:00:00Z",
            "updated_at": "",
            "unknown to us": { "any": ["thing"] }
        }))
        .unwrap();
        let ttls = crate::entity::client::TokenTtls::default();
        let expected = Client {
            client_id: "c".into(),
            scopes: vec!["a".into()],
            token_ttls: Some(ttls),
            ..Client::default()
        };
        assert_eq!(client, expected);
    }

    #[test]
    fn an_empty_signing_algorithm_means_any() {
        let of = |value| from_value::<Client>(value).unwrap().token_endpoint_auth_signing_alg;
        assert_eq!(of(json!({})), "ES256");
        assert_eq!(of(json!({ "token_endpoint_auth_signing_alg": null })), "ES256");
        assert_eq!(of(json!({ "token_endpoint_auth_signing_alg": "" })), "");
    }

    #[test]
    fn durations_and_times_are_read() {
        let server: Server = from_value(json!({
            "access_token_ttl": "1.5h",
            "refresh_token_ttl": 60_000_000_000_i64,
            "authorization_code_ttl": "",
            "subject_format": "legacy",
            "scope_claim_formats": ["scope_string"],
            "dynamic_client_registration": { "registration_access_token_ttl": "" }
        }))
        .unwrap();
        assert_eq!(server.access_token_ttl, GoDuration::from_minutes(90));
        assert_eq!(server.refresh_token_ttl, GoDuration::from_secs(60));
        assert_eq!(server.authorization_code_ttl, None);
        assert_eq!(server.subject_format, Some(SubjectFormat::Legacy));
        assert_eq!(server.scope_claim_formats, [ScopeClaimFormat::ScopeString]);
        let dcr = server.dynamic_client_registration.unwrap();
        assert_eq!(dcr.registration_access_token_ttl, GoDuration::from_hours(720));
        let client: Client =
            from_value(json!({ "saml_metadata_updated_at": "2021-12-14T00:00:00Z" })).unwrap();
        assert_eq!(client.saml_metadata_updated_at, Some(Timestamp(1_639_440_000_000)));
    }

    #[test]
    fn free_data_is_left_as_it_is() {
        let metadata =
            json!({ "a": null, "b": "", "c": [null, ""], "d": "0001-01-01T00:00:00Z", "e": { "f": null } });
        let client: Client = from_value(json!({ "metadata": metadata })).unwrap();
        assert_eq!(serde_json::to_value(client.metadata).unwrap(), metadata);
    }

    #[test]
    fn what_is_wrong_is_an_error() {
        for wrong in [
            json!({ "grant_types": "authorization_code" }),
            json!({ "trusted": "yes" }),
            json!({ "subject_type": "secret" }),
            json!({ "jwks": [] }),
            json!({ "client_id": 7 }),
            json!({ "token_ttls": { "access_token_ttl": "soon" } }),
            json!({ "created_at": "yesterday" }),
            json!([]),
            json!("client"),
        ] {
            assert!(from_value::<Client>(wrong.clone()).is_err(), "{wrong}");
        }
    }

    #[test]
    fn stored_documents_of_other_versions_are_read() {
        let older: Client = serde_json::from_str(r#"{"client_id":"c"}"#).unwrap();
        assert_eq!(older, Client { client_id: "c".into(), ..Client::default() });
        let newer: Client = serde_json::from_str(r#"{"client_id":"c","added":{"later":[1]}}"#).unwrap();
        assert_eq!(newer, older);
    }
}
