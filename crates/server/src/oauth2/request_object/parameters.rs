//! Which parameters count of a request object and of what came beside it.
//!
//! RFC 9101 §6.3: those in the object, and no others. OpenID Connect Core §6.1: those in the object before those beside
//! it.

use serde_json::Value;
use symbolon_jose::Claims;
use symbolon_protocol::{ErrorCode, Form, OAuthError};

use crate::snapshot::Client;

/// What every JWT may have (RFC 7519 §4.1), which is no parameter.
const OF_EVERY_JWT: &[&str] = &["iss", "sub", "aud", "exp", "nbf", "iat", "jti"];
/// RFC 9101 §4: these must not be in an object.
const POINTERS: &[&str] = &["request", "request_uri"];
/// Parameters that a list may repeat (RFC 8707 §2).
const REPEATED: &[&str] = &["resource", "audience"];
/// Where only the object counts, a client that puts one of these beside it alone means something that will not happen:
/// it is told.
const MUST_BE_INSIDE: &[&str] = &[
    "response_type",
    "redirect_uri",
    "scope",
    "nonce",
    "code_challenge",
    "response_mode",
    "claims",
    "authorization_details",
];

/// The parameters of a request: of the object alone, or of what is beside it too.
///
/// # Errors
/// `invalid_request_object`.
pub fn merge(client: &Client, claims: &Claims, outer: &Form, alone: bool) -> Result<Form, OAuthError> {
    if let Some(name) = POINTERS.iter().find(|name| claims.contains_key(**name)) {
        return Err(refused("request_object_nested")
            .description("A request object must not have the parameters request and request_uri.")
            .got(name));
    }
    match claims.get("client_id") {
        Some(Value::String(own)) if own == client.id() => {}
        Some(other) => {
            return Err(refused("request_object_of_another_client")
                .description("The client_id in the request object is not that of the request.")
                .expected(client.id())
                .got(other));
        }
        None if alone => {
            return Err(refused("request_object_without_client_id")
                .description("The request object must have the client_id of the request (RFC 9101 5)."));
        }
        None => {}
    }
    if alone {
        let lost = MUST_BE_INSIDE.iter().find(|name| outer.get(name).is_some() && !has(claims, name));
        if let Some(name) = lost {
            return Err(refused("request_object_incomplete")
                .description(format!(
                    "The parameter {name} must be in the request object: what is beside it does not count."
                ))
                .expected(name));
        }
    } else {
        same_response_type(claims, outer)?;
    }
    let form = form(claims, outer, if alone { &["client_id"] } else { &[] });
    form.map_err(|error| {
        refused("request_object_parameters").description(error.description).detail(error.reason.detail)
    })
}

/// The parameters by which a client wants to hear of an error: those it has signed before those beside them.
pub fn for_answer(claims: &Claims, outer: &Form) -> Option<Form> {
    form(claims, outer, &[]).ok()
}

/// OpenID Connect Core §6.1: they must match, in whatever order the words are.
fn same_response_type(claims: &Claims, outer: &Form) -> Result<(), OAuthError> {
    let words = |text: &str| {
        let mut words: Vec<_> = text.split(' ').map(str::to_owned).collect();
        words.sort_unstable();
        words
    };
    match (claims.get("response_type").and_then(Value::as_str), outer.get("response_type")) {
        (Some(inner), Some(outer)) if words(inner) != words(outer) => {
            Err(refused("request_object_response_type")
                .description("The response_type in the request object is not that of the request.")
                .expected(outer)
                .got(inner))
        }
        _ => Ok(()),
    }
}

fn has(claims: &Claims, name: &str) -> bool {
    !matches!(claims.get(name), None | Some(Value::Null))
}

/// The claims as parameters, and those beside them that they do not name; only those of `outer_names`, unless it is
/// empty.
fn form(claims: &Claims, outer: &Form, outer_names: &[&str]) -> Result<Form, OAuthError> {
    let mut pairs = Vec::new();
    let inner = claims.iter().filter(|(name, _)| {
        !OF_EVERY_JWT.contains(&name.as_str()) && !POINTERS.contains(&name.as_str()) && has(claims, name)
    });
    for (name, value) in inner {
        match value {
            Value::String(text) => pairs.push((name.as_str(), text.clone())),
            Value::Array(several) if REPEATED.contains(&name.as_str()) => {
                let texts = several.iter().filter_map(Value::as_str);
                pairs.extend(texts.map(|text| (name.as_str(), text.to_owned())));
            }
            // RFC 9101 §4: numbers as they are; objects such as claims as JSON.
            other => pairs.push((name.as_str(), other.to_string())),
        }
    }
    let beside = outer.iter().filter(|(name, _)| {
        !POINTERS.contains(name)
            && !has(claims, name)
            && (outer_names.is_empty() || outer_names.contains(name))
    });
    pairs.extend(beside.map(|(name, value)| (name, value.to_owned())));
    Ok(Form::from_pairs(pairs.iter().map(|(name, value)| (*name, value.as_str())))?)
}

fn refused(reason: &'static str) -> OAuthError {
    OAuthError::new(ErrorCode::InvalidRequestObject, reason)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;
    use symbolon_store::entity;

    use super::*;

    fn merged(claims: Value, outer: &str, alone: bool) -> Result<Vec<(String, String)>, String> {
        let Value::Object(claims) = claims else { panic!("claims are an object") };
        let client = Client::new(entity::Client { client_id: "c".into(), ..entity::Client::default() });
        let outer = Form::from_query(outer).unwrap();
        let form = merge(&client, &claims, &outer, alone).map_err(|error| error.reason.code.into_owned())?;
        let mut pairs: Vec<_> =
            form.iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
        pairs.sort();
        Ok(pairs)
    }

    fn pairs(expected: &[(&str, &str)]) -> Result<Vec<(String, String)>, String> {
        Ok(expected.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect())
    }

    #[test]
    fn claims_become_parameters() {
        let claims = json!({
            "iss": "c", "aud": "https://as", "exp": 5, "iat": 1, "nbf": 1, "jti": "j", "client_id": "c", "max_age": 60,
            "claims": {"id_token": {"acr": null}}, "resource": ["https://a", "https://b"], "state": null, "scope": "a b",
        });
        let expected = [
            ("claims", r#"{"id_token":{"acr":null}}"#),
            ("client_id", "c"),
            ("max_age", "60"),
            ("resource", "https://a"),
            ("resource", "https://b"),
            ("scope", "a b"),
        ];
        assert_eq!(merged(claims.clone(), "client_id=c&request=x", true), pairs(&expected));
        assert_eq!(merged(claims, "client_id=c&request=x", false), pairs(&expected));
    }

    #[test]
    fn what_is_beside_an_object_counts_where_openid_connect_says_so() {
        let claims = json!({"client_id": "c", "nonce": "inner", "response_type": "code id_token"});
        let outer = "client_id=c&nonce=outer&state=s&response_type=id_token+code";
        let openid =
            [("client_id", "c"), ("nonce", "inner"), ("response_type", "code id_token"), ("state", "s")];
        assert_eq!(merged(claims.clone(), outer, false), pairs(&openid));
        let alone = [("client_id", "c"), ("nonce", "inner"), ("response_type", "code id_token")];
        assert_eq!(merged(claims, outer, true), pairs(&alone));
    }

    #[test]
    fn what_contradicts_itself_is_refused() {
        let refused = |claims, outer, alone| merged(claims, outer, alone).unwrap_err();
        let both = "client_id=c&response_type=code";
        let token = json!({"response_type": "token"});
        assert_eq!(refused(token, both, false), "request_object_response_type");
        for other in [json!("d"), json!(1), json!(["c"]), json!(null)] {
            let claims = json!({ "client_id": other });
            assert_eq!(refused(claims, both, false), "request_object_of_another_client");
        }
        assert_eq!(refused(json!({}), both, true), "request_object_without_client_id");
        for name in ["request", "request_uri"] {
            let claims = json!({"client_id": "c", name: null});
            assert_eq!(refused(claims, both, false), "request_object_nested");
        }
        assert_eq!(refused(json!({"client_id": "c"}), both, true), "request_object_incomplete");
        let nul = json!({"client_id": "c", "state": "a\u{0}b"});
        assert_eq!(refused(nul, "client_id=c", true), "request_object_parameters");
    }

    /// Claims as an attacker may sign them: any JSON under names that mean something and others.
    fn any_claims() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<f64>().prop_map(Value::from),
            ".{0,12}".prop_map(Value::from),
        ];
        let value = leaf.prop_recursive(3, 12, 4, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
                prop::collection::btree_map(".{0,6}", inner, 0..4).prop_map(|map| json!(map)),
            ]
        });
        let name = "client_id|scope|resource|redirect_uri|claims|iss|max_age|.{0,6}";
        prop::collection::btree_map(name, value, 0..8).prop_map(|map| json!(map))
    }

    proptest! {
        #[test]
        fn where_the_object_counts_alone_nothing_beside_it_does(claims in any_claims(), named in any::<bool>()) {
            let mut claims = claims;
            if named {
                claims["client_id"] = "c".into();
            }
            let said: Vec<_> = claims.as_object().unwrap().keys().cloned().collect();
            if let Ok(pairs) = merged(claims.clone(), "client_id=c&state=outer&prompt=none&x=y", true) {
                prop_assert!(pairs.iter().all(|(name, _)| name == "client_id" || said.contains(name)), "{pairs:?}");
                prop_assert!(pairs.contains(&("client_id".to_owned(), "c".to_owned())));
            }
            let _ = merged(claims, "client_id=c&state=outer&response_type=code", false);
        }
    }
}
