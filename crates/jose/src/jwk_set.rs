//! JWK Sets (RFC 7517 §5).

use serde::{Deserialize, Deserializer, Serialize};

use crate::Jwk;

/// The keys of a set that could be read. Keys of unknown type or with members of the wrong JSON type are
/// left out, as RFC 7517 §5 asks, so that one strange key does not disable its neighbours.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct JwkSet {
    /// in the order of the document
    #[serde(deserialize_with = "readable")]
    pub keys: Vec<Jwk>,
}

impl JwkSet {
    /// Whether any key has private members.
    #[must_use]
    pub fn is_private(&self) -> bool {
        self.keys.iter().any(Jwk::is_private)
    }
}

fn readable<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Jwk>, D::Error> {
    let keys = Vec::<serde_json::Value>::deserialize(deserializer)?;
    Ok(keys.into_iter().filter_map(|key| serde_json::from_value(key).ok()).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_strange_key_does_not_hide_its_neighbours() {
        let set: JwkSet = serde_json::from_str(
            r#"{"keys":[{"kty":"AKP","alg":"ML-DSA-44","pub":"x"},7,null,{"kty":"EC","x":1},{"kid":"no type"},
                {"kty":"OKP","crv":"X25519","x":"AA","kid":"enc","future":{"a":1}}],"more":1}"#,
        )
        .unwrap();
        assert_eq!(set.keys.len(), 1);
        assert_eq!(set.keys[0].kid.as_deref(), Some("enc"));
    }

    #[test]
    fn keys_must_be_there_and_be_a_list() {
        for text in ["{}", r#"{"keys":{}}"#, r#"{"keys":null}"#, "[]"] {
            assert!(serde_json::from_str::<JwkSet>(text).is_err(), "{text}");
        }
    }
}
