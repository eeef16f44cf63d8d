//! Claims about a person (OIDC Core §5.1), by the scopes that ask for them (§5.4).

use serde_json::{Map, Value};
use symbolon_protocol::ScopeSet;

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

/// The claims that these scopes let a client read, as far as the identity provider said anything.
///
/// Only the claims of the table are ever given, so nothing an identity provider says can pass for `sub`, `aid` or
/// another claim that this server vouches for.
pub fn released(scope: &ScopeSet, authentication: &Authentication) -> Map<String, Value> {
    let context = &authentication.authentication_context;
    let names = SCOPE_CLAIMS.iter().filter(|(name, _)| scope.contains(name)).flat_map(|(_, claims)| *claims);
    let mut claims = Map::new();
    for name in names {
        let said = context.get(*name).filter(|value| says_something(value)).cloned();
        // OIDC Core §5.1: the name by which the person wishes to be referred to; failing another, the one they log
        // in with.
        let value =
            said.or_else(|| (*name == "preferred_username").then(|| authentication.username.as_str().into()));
        claims.extend(value.map(|value| ((*name).to_owned(), value)));
    }
    claims
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
    use serde_json::json;

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
        released(&ScopeSet::parse(scope).unwrap(), &authentication).into()
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
}
