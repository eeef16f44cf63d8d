//! `claims`: single claims that a client asks for (OpenID Connect Core §5.5), and `claims_locales`: in which languages
//! (§5.2).

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// The longest `claims` parameter, in bytes: it is kept with the grant.
pub const MAX_BYTES: usize = 8 * 1024;
/// The most claims that are asked for in one place.
pub const MAX_CLAIMS: usize = 100;
/// The most languages that are preferred.
pub const MAX_LOCALES: usize = 10;
/// The longest language tag, in bytes (RFC 5646 §4.4.1).
const MAX_TAG: usize = 35;

/// The claims asked for in one place, by name; `None`: voluntary, with any value.
pub type Requested = BTreeMap<String, Option<ClaimRequest>>;

/// What is asked for, and where it is to be told.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClaimsRequest {
    /// At userinfo.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub userinfo: Requested,
    /// In the ID token.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub id_token: Requested,
    /// The languages (BCP 47) that the person prefers, the best first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub locales: Vec<String>,
}

/// How one claim is asked for (OpenID Connect Core §5.5.1).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClaimRequest {
    /// The client needs it for what the person wants to do. What cannot be told is still no error.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub essential: bool,
    /// The values it should have; any when empty. The first is preferred.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub values: Vec<Value>,
}

/// Why a `claims` parameter is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ClaimsRequestError {
    /// More than [`MAX_BYTES`], or more than [`MAX_CLAIMS`] in one place.
    #[error("it asks for too much")]
    TooLong,
    /// Not a JSON object.
    #[error("it is not a JSON object")]
    NotAnObject,
    /// A member has the wrong type.
    #[error("{0}")]
    Member(String),
}

impl ClaimsRequest {
    /// Reads the parameter. What is not understood is passed over (OpenID Connect Core §5.5).
    ///
    /// # Errors
    /// When it is not of the form that §5.5 gives it.
    pub fn parse(text: &str) -> Result<Self, ClaimsRequestError> {
        if text.len() > MAX_BYTES {
            return Err(ClaimsRequestError::TooLong);
        }
        let members: Map<String, Value> =
            serde_json::from_str(text).map_err(|_| ClaimsRequestError::NotAnObject)?;
        let (userinfo, id_token) = (place(&members, "userinfo")?, place(&members, "id_token")?);
        Ok(Self { userinfo, id_token, ..Self::default() })
    }

    /// The same in these languages, as `claims_locales` lists them. What is no language tag is passed over: a language
    /// that cannot be had is no error (OpenID Connect Core §3.1.2.1).
    #[must_use]
    pub fn in_locales(self, text: &str) -> Self {
        let is_tag = |word: &&str| {
            word.len() <= MAX_TAG
                && !word.is_empty()
                && word.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
        };
        let locales = text.split(' ').filter(is_tag).take(MAX_LOCALES).map(str::to_owned).collect();
        Self { locales, ..self }
    }

    /// Whether nothing is asked for.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.userinfo.is_empty() && self.id_token.is_empty() && self.locales.is_empty()
    }

    /// The claims asked for in either place, each once. A name with a `#` is two: the claim called so, and the claim
    /// before it in a language (§5.2). Which of them there is, the names do not tell.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        let names = self.userinfo.keys().chain(self.id_token.keys());
        let bases = names.clone().filter_map(|name| name.split_once('#')).map(|(base, _)| base);
        names.map(String::as_str).chain(bases).collect::<BTreeSet<_>>().into_iter()
    }
}

impl ClaimRequest {
    /// The values asked for that are texts.
    pub fn texts(&self) -> impl Iterator<Item = &str> {
        self.values.iter().filter_map(Value::as_str)
    }
}

fn place(members: &Map<String, Value>, name: &str) -> Result<Requested, ClaimsRequestError> {
    let wrong = |what: &str| ClaimsRequestError::Member(format!("{name} is not {what}"));
    let claims = match members.get(name) {
        None | Some(Value::Null) => return Ok(Requested::new()),
        Some(Value::Object(claims)) => claims,
        Some(_) => return Err(wrong("an object")),
    };
    if claims.len() > MAX_CLAIMS {
        return Err(ClaimsRequestError::TooLong);
    }
    let read = |(claim, how): (&String, &Value)| Ok((claim.clone(), claim_request(claim, how)?));
    claims.iter().map(read).collect()
}

fn claim_request(claim: &str, how: &Value) -> Result<Option<ClaimRequest>, ClaimsRequestError> {
    let claim: String = claim.chars().filter(char::is_ascii_graphic).take(64).collect();
    let wrong = |what: &str| ClaimsRequestError::Member(format!("{claim} {what}"));
    let how = match how {
        Value::Null => return Ok(None),
        Value::Object(how) => how,
        _ => return Err(wrong("is asked for with neither null nor an object")),
    };
    let essential = match how.get("essential") {
        None => false,
        Some(Value::Bool(essential)) => *essential,
        Some(_) => return Err(wrong("has an essential that is neither true nor false")),
    };
    let values = match (how.get("value"), how.get("values")) {
        (None, None) => Vec::new(),
        (Some(value), None) => vec![value.clone()],
        (None, Some(Value::Array(values))) => values.clone(),
        (None, Some(_)) => return Err(wrong("has values that are not a list")),
        (Some(_), Some(_)) => return Err(wrong("has both value and values")),
    };
    Ok(Some(ClaimRequest { essential, values }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn example_of_openid_connect_core_is_read() {
        // OpenID Connect Core §5.5
        let text = r#"{
            "userinfo": {
                "given_name": {"essential": true},
                "nickname": null,
                "email": {"essential": true},
                "email_verified": {"essential": true},
                "picture": null,
                "http://example.info/claims/groups": null
            },
            "id_token": {
                "auth_time": {"essential": true},
                "acr": {"values": ["urn:mace:incommon:iap:silver"]}
            }
        }"#;
        let request = ClaimsRequest::parse(text).unwrap();
        assert_eq!(request.userinfo.len(), 6);
        assert_eq!(request.userinfo["nickname"], None);
        assert!(request.userinfo["email"].as_ref().unwrap().essential);
        let acr = request.id_token["acr"].as_ref().unwrap();
        assert_eq!(acr.texts().collect::<Vec<_>>(), ["urn:mace:incommon:iap:silver"]);
        assert_eq!(request.names().count(), 8);
        let kept = serde_json::to_string(&request).unwrap();
        assert_eq!(serde_json::from_str::<ClaimsRequest>(&kept).unwrap(), request);
    }

    #[test]
    fn languages_are_read_and_a_claim_in_two_is_one_claim_more() {
        let long = "a".repeat(36);
        let request =
            ClaimsRequest::parse(r#"{"userinfo":{"name#de":null,"name#ja":null},"id_token":{"name":null}}"#);
        let request = request.unwrap().in_locales(&format!("ja-Kana-JP  de d\u{e9} de;q=1 {long}"));
        assert_eq!(request.locales, ["ja-Kana-JP", "de"]);
        assert_eq!(request.names().collect::<Vec<_>>(), ["name", "name#de", "name#ja"]);
        assert!(!ClaimsRequest::default().in_locales("de").is_empty());
        assert_eq!(ClaimsRequest::default().in_locales(&"de ".repeat(99)).locales.len(), MAX_LOCALES);
    }

    #[test]
    fn what_is_not_understood_is_passed_over() {
        let request = ClaimsRequest::parse(r#"{"other":1,"userinfo":{"name":{"purpose":"x"}}}"#).unwrap();
        assert_eq!(request.userinfo["name"], Some(ClaimRequest::default()));
        assert!(ClaimsRequest::parse("{}").unwrap().is_empty());
    }

    #[test]
    fn what_is_malformed_is_refused() {
        let many: Vec<_> = (0..=MAX_CLAIMS).map(|number| format!("\"c{number}\":null")).collect();
        let many = format!("{{\"userinfo\":{{{}}}}}", many.join(","));
        let long = format!("{{\"userinfo\":{{\"{}\":null}}}}", "x".repeat(MAX_BYTES));
        for text in [
            "",
            "[]",
            "null",
            "{",
            "name",
            r#"{"userinfo":[]}"#,
            r#"{"id_token":"name"}"#,
            r#"{"userinfo":{"name":true}}"#,
            r#"{"userinfo":{"name":{"essential":"yes"}}}"#,
            r#"{"userinfo":{"name":{"values":"x"}}}"#,
            r#"{"userinfo":{"name":{"value":"x","values":["x"]}}}"#,
            &many,
            &long,
        ] {
            assert!(ClaimsRequest::parse(text).is_err(), "{text:.60}");
        }
    }
}
