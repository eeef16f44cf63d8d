//! Software statements (RFC 7591 §2.3): what a registry that the workspace trusts says of the software.
//!
//! Who may sign them is in the workspace's `trust_anchor_configuration`; with `enable_trust_anchor` nobody registers
//! without one. What a statement says stands above what the client says of itself. The registries of open banking
//! call some of it by names of their own (`software_redirect_uris` …): those bound what the client may say.

use std::collections::BTreeSet;

use serde_json::{Map, Value};
use symbolon_jose::{Algorithm, Claims, ParseOptions, UnverifiedJwt, Validation};
use symbolon_protocol::{ErrorCode, OAuthError};

use super::body::invalid;
use crate::client_metadata::localized;
use crate::cx::Cx;
use crate::oauth2::claims::languages;
use crate::oauth2::client_keys::{self, KeyError};
use crate::snapshot::{PublicKeys, Workspace};

/// Largest statement, in bytes.
const MAX_BYTES: usize = 64 * 1024;
/// How far the clocks of registries may be from ours, in seconds.
const LEEWAY_SECONDS: i64 = 60;

/// A statement that says no `exp` is good for so long after its `iat`, in seconds: a registry that has dropped the
/// software does not go on vouching for it for ever. It must say one of them.
const LONGEST_SECONDS: i64 = 365 * 24 * 60 * 60;

/// What signs statements and registrations: never a secret, as nobody shares one here (RFC 7591 §2.3 allows MACs).
pub const ALGORITHMS: &[Algorithm] = &[
    Algorithm::PS256,
    Algorithm::ES256,
    Algorithm::EdDSA,
    Algorithm::RS256,
    Algorithm::PS384,
    Algorithm::PS512,
];

/// Claims of the statement itself (RFC 7519 §4.1), which are no metadata of the client.
const OF_THE_STATEMENT: &[&str] = &["iss", "sub", "aud", "exp", "nbf", "iat", "jti", "software_statement"];

/// How registries of open banking call what RFC 7591 calls otherwise.
const OTHER_NAMES: &[(&str, &str)] = &[
    ("software_client_name", "client_name"),
    ("software_client_uri", "client_uri"),
    ("software_logo_uri", "logo_uri"),
    ("software_policy_uri", "policy_uri"),
    ("software_tos_uri", "tos_uri"),
];

/// And its keys, the likeliest first.
const KEYS: &[&str] = &["software_jwks_endpoint", "software_jwks_uri", "jwks_uri"];

/// Whether the workspace trusts somebody to sign statements.
pub fn is_trusted(workspace: &Workspace) -> bool {
    anchor(workspace).is_some()
}

/// The keys of who signs statements, and where they are published.
fn anchor(workspace: &Workspace) -> Option<(PublicKeys, Option<&str>)> {
    let anchor = workspace.server.trust_anchor_configuration.as_ref()?;
    let uri = anchor.jwks_uri.as_deref().filter(|uri| !uri.is_empty());
    let has_keys = anchor.jwks.as_ref().is_some_and(|jwks| !jwks.keys.is_empty());
    (has_keys || uri.is_some()).then(|| (PublicKeys::of_client(anchor.jwks.as_ref()), uri))
}

/// Verifies the statement.
///
/// # Errors
/// `invalid_software_statement` when it is not good, `unapproved_software_statement` when the workspace trusts nobody to
/// sign them, `temporarily_unavailable` when the keys cannot be read.
pub async fn verify(cx: &Cx, text: &str) -> Result<Claims, OAuthError> {
    let (keys, uri) = anchor(&cx.workspace).ok_or_else(|| {
        OAuthError::new(ErrorCode::UnapprovedSoftwareStatement, "software_statement_untrusted")
            .description("The workspace trusts nobody to sign software statements.")
            .expected("trust_anchor_configuration with jwks or jwks_uri")
    })?;
    let bad = |reason: &'static str, error: symbolon_jose::Error| {
        OAuthError::new(ErrorCode::InvalidSoftwareStatement, reason)
            .description(format!("The software statement is not accepted: {error}."))
            .detail(error)
    };
    let options = ParseOptions { max_bytes: MAX_BYTES, ..ParseOptions::default() };
    let jwt = UnverifiedJwt::parse_with(text, &options)
        .map_err(|error| bad("software_statement_malformed", error))?;
    let verified = client_keys::verify_with(cx, &keys, uri, &jwt, ALGORITHMS).await;
    let claims = verified
        .map_err(|error| match error {
            KeyError::Unreadable(error) => error,
            KeyError::Refused(error) => bad("software_statement_signature", error),
        })?
        .claims;
    let is_bounded = claims.contains_key("exp");
    if !is_bounded && !claims.contains_key("iat") {
        return Err(OAuthError::new(ErrorCode::InvalidSoftwareStatement, "software_statement_without_time")
            .description(
                "The software statement has neither iat nor exp: it would be good for ever. Get one that says when it \
                 was issued.",
            )
            .expected("iat or exp")
            .got("neither"));
    }
    let validation = Validation {
        leeway: LEEWAY_SECONDS,
        require_exp: false,
        max_age: (!is_bounded).then_some(LONGEST_SECONDS),
        ..Validation::at(cx.now.seconds())
    };
    validation.check(&claims).map_err(|error| bad("software_statement_invalid", error))?;
    // RFC 7591 §2.3: the issuer must be named.
    if !claims.get("iss").is_some_and(Value::is_string) {
        return Err(bad("software_statement_invalid", symbolon_jose::Error::MissingClaim("iss")));
    }
    Ok(claims)
}

/// Where the software publishes its keys, as the statement says.
pub fn keys_of(claims: &Claims) -> Option<&str> {
    KEYS.iter().find_map(|name| claims.get(*name)?.as_str())
}

/// The metadata of a client as it and its statement say it: where both speak, the statement counts (RFC 7591 §3.1.1).
///
/// # Errors
/// `invalid_redirect_uri` for redirect URIs, `invalid_client_metadata` for keys that are not those of the software.
pub fn stands_above(claims: &Claims, said: &mut Map<String, Value>) -> Result<(), OAuthError> {
    if let Some(listed) = claims.get("software_redirect_uris").or_else(|| claims.get("redirect_uris")) {
        check_redirect_uris(listed, said)?;
    }
    if let Some(uri) = keys_of(claims) {
        // The software may not bring other keys than the registry knows of.
        if said.contains_key("jwks") || said.get("jwks_uri").is_some_and(|own| own != uri) {
            return Err(invalid(
                "software_statement_keys",
                format!("The keys of the client are those of its software statement: jwks_uri {uri}."),
            )
            .expected(uri));
        }
        said.insert("jwks_uri".to_owned(), uri.into());
    }
    let of_the_client = |name: &str| !OF_THE_STATEMENT.contains(&name) && name != "redirect_uris";
    let theirs = claims.iter().filter(|(name, _)| of_the_client(name));
    let theirs: Vec<(String, &Value)> = theirs.map(|(name, value)| (our_name(name), value)).collect();
    // What it says in one language, the client says in no other: or it would be somebody else in that one.
    let spoken_of: BTreeSet<&str> = theirs.iter().filter_map(|(name, _)| localized::member(name)).collect();
    said.retain(|name, _| !localized::member(name).is_some_and(|member| spoken_of.contains(member)));
    said.extend(theirs.iter().map(|(name, value)| (name.clone(), (*value).clone())));
    Ok(())
}

/// What RFC 7591 calls a member of a statement, in the same language.
fn our_name(name: &str) -> String {
    let (member, tag) = languages::parts(name);
    let ours = OTHER_NAMES.iter().find(|(theirs, _)| *theirs == member).map_or(member, |(_, ours)| ours);
    tag.map_or_else(|| ours.to_owned(), |tag| format!("{ours}#{tag}"))
}

/// A client may use some of the redirect URIs of the software; all, when it names none.
fn check_redirect_uris(listed: &Value, said: &mut Map<String, Value>) -> Result<(), OAuthError> {
    let listed: Vec<&str> = listed.as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    match said.get("redirect_uris").filter(|own| !own.is_null()) {
        None => drop(said.insert("redirect_uris".to_owned(), listed.into())),
        Some(own) => {
            let stranger = own
                .as_array()
                .into_iter()
                .flatten()
                .find(|uri| !uri.as_str().is_some_and(|uri| listed.contains(&uri)));
            if let Some(stranger) = stranger {
                return Err(OAuthError::new(
                    ErrorCode::InvalidRedirectUri,
                    "software_statement_redirect_uri",
                )
                .description("A redirect URI is not among those of the software statement.")
                .expected(listed.join(", "))
                .got(stranger));
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn merged(claims: &Value, said: &Value) -> Result<Value, String> {
        let mut said = said.as_object().unwrap().clone();
        let merged = stands_above(claims.as_object().unwrap(), &mut said);
        merged.map(|()| Value::Object(said)).map_err(|error| error.reason.code.to_string())
    }

    #[test]
    fn a_statement_stands_above_what_the_client_says() {
        // RFC 7591 §3.1.1, its example.
        let claims = json!({
            "iss": "registry", "iat": 1, "jti": "x", "software_id": "4NRB1-0XZABZI9E6-5SM3R",
            "client_name": "Example Statement-based Client", "client_uri": "https://client.example.net/",
        });
        let said = json!({
            "redirect_uris": ["https://client.example.org/callback"], "scope": "read write", "client_name": "Other",
        });
        assert_eq!(
            merged(&claims, &said).unwrap(),
            json!({
                "redirect_uris": ["https://client.example.org/callback"], "scope": "read write",
                "client_name": "Example Statement-based Client", "client_uri": "https://client.example.net/",
                "software_id": "4NRB1-0XZABZI9E6-5SM3R",
            })
        );
    }

    #[test]
    fn names_of_open_banking_bound_redirect_uris_and_keys() {
        let claims = json!({
            "software_redirect_uris": ["https://a.example/1", "https://a.example/2"],
            "software_jwks_endpoint": "https://registry.example/keys", "software_client_name": "A",
        });
        let whole = merged(&claims, &json!({})).unwrap();
        assert_eq!(whole["redirect_uris"], claims["software_redirect_uris"]);
        assert_eq!(
            (&whole["jwks_uri"], &whole["client_name"]),
            (&json!("https://registry.example/keys"), &json!("A"))
        );
        let one =
            json!({"redirect_uris": ["https://a.example/2"], "jwks_uri": "https://registry.example/keys"});
        assert_eq!(merged(&claims, &one).unwrap()["redirect_uris"], json!(["https://a.example/2"]));
        for (said, reason) in [
            (json!({"redirect_uris": ["https://evil.example/1"]}), "software_statement_redirect_uri"),
            (json!({"redirect_uris": ["https://a.example/1", 2]}), "software_statement_redirect_uri"),
            (json!({"jwks_uri": "https://evil.example/keys"}), "software_statement_keys"),
            (json!({"jwks": {"keys": []}}), "software_statement_keys"),
        ] {
            assert_eq!(merged(&claims, &said).unwrap_err(), reason, "{said}");
        }
    }
}
