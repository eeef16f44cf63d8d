//! Claims about a person (OIDC Core §5.1), by the scopes that ask for them (§5.4).

use serde_json::{Map, Value, json};
use symbolon_protocol::ScopeSet;
use symbolon_protocol::claims_request::Requested;

use super::records::Authentication;

/// Which scope lets a client read which claims (OIDC Core §5.4).
pub static SCOPE_CLAIMS: &[(&str, &[&str])] = &[
    (
        "profile",
        &[
            "name",
            "family_name",
            "given_name",
            "middle_name",
            "nickname",
            "preferred_username",
            "profile",
            "picture",
            "website",
            "gender",
            "birthdate",
            "zoneinfo",
            "locale",
            "updated_at",
        ],
    ),
    ("email", &["email", "email_verified"]),
    ("address", &["address"]),
    ("phone", &["phone_number", "phone_number_verified"]),
];

/// The scope that brings a claim; `None` for what is no claim about the person.
pub fn scope_of(claim: &str) -> Option<&'static str> {
    SCOPE_CLAIMS.iter().find(|(_, claims)| claims.contains(&claim)).map(|(scope, _)| *scope)
}

/// The claims that these scopes let a client read, and those that were asked for one by one, as far as the identity
/// provider said anything.
///
/// Only the claims of the table are ever given, so nothing an identity provider says can pass for `sub`, `aid` or
/// another claim that this server vouches for.
pub fn released(scope: &ScopeSet, single: &Requested, authentication: &Authentication) -> Map<String, Value> {
    let context = &authentication.authentication_context;
    let is_released = |of: &str, name: &str| scope.contains(of) || single.contains_key(name);
    let all = SCOPE_CLAIMS.iter().flat_map(|(of, claims)| claims.iter().map(move |name| (*of, *name)));
    let mut claims = Map::new();
    for (_, name) in all.filter(|(of, name)| is_released(of, name)) {
        let said = context.get(name).and_then(|value| typed(name, value)).filter(says_something);
        // OIDC Core §5.1: the name by which the person wishes to be referred to; failing another, the one they log
        // in with.
        let value =
            said.or_else(|| (name == "preferred_username").then(|| authentication.username.as_str().into()));
        claims.extend(value.map(|value| (name.to_owned(), value)));
    }
    claims
}

/// The value in the type that OIDC Core §5.1 gives the claim; nothing when it cannot be had.
fn typed(name: &str, value: &Value) -> Option<Value> {
    match (name, value) {
        ("email_verified" | "phone_number_verified", Value::Bool(_))
        | ("updated_at", Value::Number(_))
        | ("address", Value::Object(_)) => Some(value.clone()),
        ("email_verified" | "phone_number_verified", Value::String(text)) => {
            text.parse::<bool>().ok().map(Value::Bool)
        }
        ("updated_at", Value::String(text)) => text.parse::<i64>().ok().map(Value::from),
        // §5.1.1: the whole address as one text.
        ("address", Value::String(text)) => Some(json!({ "formatted": text })),
        ("email_verified" | "phone_number_verified" | "updated_at" | "address", _) => None,
        (_, Value::String(_)) => Some(value.clone()),
        (_, Value::Number(number)) => Some(Value::String(number.to_string())),
        _ => None,
    }
}

/// OIDC Core §5.3.2: a claim that is not returned is left out, and is not null or an empty text.
fn says_something(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::String(text) => !text.is_empty(),
        Value::Object(members) => !members.is_empty(),
        Value::Array(items) => !items.is_empty(),
        Value::Bool(_) | Value::Number(_) => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn released_as(scope: &str, context: Value) -> Value {
        let Value::Object(authentication_context) = context else { panic!("an object") };
        let authentication = Authentication {
            subject: "s".into(),
            username: "user".into(),
            idp_id: "idp".into(),
            amr: vec![],
            auth_time: 0,
            authentication_context,
            session_id: "sid".into(),
        };
        released(&ScopeSet::parse(scope).unwrap(), &Requested::new(), &authentication).into()
    }

    #[test]
    fn a_scope_releases_its_claims_and_no_others() {
        let context = json!({"name": "User", "email": "user@example.com", "email_verified": false, "phone_number": "1"});
        assert_eq!(
            released_as("openid email", context.clone()),
            json!({"email": "user@example.com", "email_verified": false})
        );
        assert_eq!(released_as("profile", context), json!({"name": "User", "preferred_username": "user"}));
    }

    #[test]
    fn what_says_nothing_is_left_out() {
        assert_eq!(
            released_as("email address", json!({"email": "", "address": {}, "email_verified": null})),
            json!({})
        );
    }

    #[test]
    fn an_identity_provider_cannot_set_a_claim_of_ours() {
        let context =
            json!({"sub": "root", "aid": "admin", "scp": ["manage_tenants"], "aud": "x", "iss": "x"});
        assert_eq!(released_as("openid email phone address", context), json!({}));
    }

    #[test]
    fn every_claim_has_the_type_that_the_standard_gives_it() {
        let context = json!({
            "email": "e", "email_verified": "true", "updated_at": "1700000000", "address": "1 Street",
            "phone_number": 4_812_345, "phone_number_verified": "perhaps", "name": ["no"], "birthdate": "1990",
        });
        assert_eq!(
            released_as("profile email address phone", context),
            json!({
                "email": "e", "email_verified": true, "updated_at": 1_700_000_000,
                "address": {"formatted": "1 Street"}, "phone_number": "4812345", "birthdate": "1990",
                "preferred_username": "user",
            })
        );
    }
}
