//! Discovery equals what works: in every profile, each value that a workspace with everything switched on advertises is
//! used.
//!
//! [`MEMBERS`] names for each member of the document the test that walks it: a new member has to be walked too.

mod answers;
mod clients;
mod decoupled;
mod flows;
mod requests;
mod sessions;
pub(crate) mod walk;

use serde_json::{Value, json};
use symbolon_jose::Algorithm;

use crate::attacks::tables;
use crate::harness::{CALLBACK, Recipient, Signer};
use walk::{PROFILES, Walk};

/// The members of the document, and which test of this folder walks their values.
const MEMBERS: &[(&str, &str)] = &[
    ("acr_values_supported", "flows::every_authentication_context_is_reached"),
    ("authorization_details_types_supported", "flows::every_type_of_authorization_details"),
    ("authorization_encryption_alg_values_supported", "answers::authorization_responses"),
    ("authorization_encryption_enc_values_supported", "answers::authorization_responses"),
    ("authorization_endpoint", "every_endpoint_is_there"),
    ("authorization_response_iss_parameter_supported", "flows::every_response_type_in_every_mode"),
    ("authorization_signing_alg_values_supported", "answers::authorization_responses"),
    ("backchannel_authentication_endpoint", "every_endpoint_is_there"),
    (
        "backchannel_authentication_request_signing_alg_values_supported",
        "decoupled::every_algorithm_of_backchannel_requests",
    ),
    ("backchannel_logout_session_supported", "sessions::clients_are_told_of_a_logout_in_both_ways"),
    ("backchannel_logout_supported", "sessions::clients_are_told_of_a_logout_in_both_ways"),
    ("backchannel_token_delivery_modes_supported", "decoupled::every_delivery_mode"),
    ("backchannel_user_code_parameter_supported", "decoupled::every_delivery_mode"),
    ("check_session_iframe", "sessions::a_page_learns_of_a_logout"),
    ("claim_types_supported", "flows::every_claim_is_given"),
    ("claims_locales_supported", "flows::every_language_of_claims"),
    ("claims_parameter_supported", "flows::every_claim_is_given"),
    ("claims_supported", "flows::every_claim_is_given"),
    ("client_id_metadata_document_supported", "clients::a_client_describes_itself"),
    ("code_challenge_methods_supported", "flows::every_challenge_method"),
    ("device_authorization_endpoint", "every_endpoint_is_there"),
    ("display_values_supported", "flows::every_display_and_language"),
    ("dpop_signing_alg_values_supported", "clients::every_algorithm_of_dpop_proofs"),
    ("end_session_endpoint", "sessions::clients_are_told_of_a_logout_in_both_ways"),
    ("frontchannel_logout_session_supported", "sessions::clients_are_told_of_a_logout_in_both_ways"),
    ("frontchannel_logout_supported", "sessions::clients_are_told_of_a_logout_in_both_ways"),
    ("grant_types_supported", "flows::every_grant_gives_a_token"),
    ("id_token_encryption_alg_values_supported", "answers::id_tokens"),
    ("id_token_encryption_enc_values_supported", "answers::id_tokens"),
    ("id_token_signing_alg_values_supported", "answers::id_tokens"),
    ("introspection_encryption_alg_values_supported", "answers::introspection"),
    ("introspection_encryption_enc_values_supported", "answers::introspection"),
    ("introspection_endpoint", "every_endpoint_is_there"),
    ("introspection_endpoint_auth_methods_supported", "clients::every_method_at_every_endpoint"),
    ("introspection_endpoint_auth_signing_alg_values_supported", "clients::every_method_at_every_endpoint"),
    ("introspection_signing_alg_values_supported", "answers::introspection"),
    ("issuer", "every_endpoint_is_there"),
    ("jwks_uri", "every_endpoint_is_there"),
    ("mtls_endpoint_aliases", "every_endpoint_is_there"),
    ("mtls_issuer", "every_endpoint_is_there"),
    ("prompt_values_supported", "flows::every_prompt"),
    ("protected_resources", "flows::every_protected_resource"),
    ("pushed_authorization_request_endpoint", "every_endpoint_is_there"),
    ("registration_endpoint", "every_endpoint_is_there"),
    ("request_object_encryption_alg_values_supported", "requests::every_request_object"),
    ("request_object_encryption_enc_values_supported", "requests::every_request_object"),
    ("request_object_signing_alg_values_supported", "requests::every_request_object"),
    ("request_parameter_supported", "requests::every_request_object"),
    ("request_uri_parameter_supported", "requests::an_object_by_reference"),
    ("require_pushed_authorization_requests", "requests::what_is_required_is_and_nothing_else"),
    ("require_request_uri_registration", "requests::an_object_by_reference"),
    ("require_signed_request_object", "requests::what_is_required_is_and_nothing_else"),
    ("response_modes_supported", "flows::every_response_type_in_every_mode"),
    ("response_types_supported", "flows::every_response_type_in_every_mode"),
    ("revocation_endpoint", "every_endpoint_is_there"),
    ("revocation_endpoint_auth_methods_supported", "clients::every_method_at_every_endpoint"),
    ("revocation_endpoint_auth_signing_alg_values_supported", "clients::every_method_at_every_endpoint"),
    ("scopes_supported", "flows::every_scope_can_be_asked_for"),
    ("subject_types_supported", "flows::every_subject_type"),
    ("tls_client_certificate_bound_access_tokens", "clients::tokens_are_bound_to_certificates"),
    ("token_endpoint", "every_endpoint_is_there"),
    ("token_endpoint_auth_methods_supported", "clients::every_method_at_every_endpoint"),
    ("token_endpoint_auth_signing_alg_values_supported", "clients::every_method_at_every_endpoint"),
    ("ui_locales_supported", "flows::every_display_and_language"),
    ("userinfo_encryption_alg_values_supported", "answers::userinfo"),
    ("userinfo_encryption_enc_values_supported", "answers::userinfo"),
    ("userinfo_endpoint", "every_endpoint_is_there"),
    ("userinfo_signing_alg_values_supported", "answers::userinfo"),
];

/// The grants that there are.
const GRANTS: &[&str] = &[
    "authorization_code",
    "implicit",
    "client_credentials",
    "refresh_token",
    "password",
    "urn:ietf:params:oauth:grant-type:jwt-bearer",
    "urn:ietf:params:oauth:grant-type:token-exchange",
    "urn:ietf:params:oauth:grant-type:device_code",
    "urn:openid:params:grant-type:ciba",
];

/// The values of a member that is a list; none where it is absent.
fn values(document: &Value, member: &str) -> Vec<String> {
    let words = document.get(member).map(|list| list.as_array().unwrap().as_slice()).unwrap_or_default();
    words.iter().map(|word| word.as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn every_member_is_walked_by_a_test() {
    for (member, test) in MEMBERS {
        assert!(tables::exists(&format!("it::discovery::{test}")), "{test} walks {member} and is no test");
    }
    let mut seen = std::collections::BTreeSet::new();
    for name in PROFILES {
        let walk = Walk::new(name).await;
        for member in walk.document.as_object().unwrap().keys() {
            assert!(MEMBERS.iter().any(|(name, _)| name == member), "{}: who walks {member}?", walk.name);
            seen.insert(member.clone());
        }
    }
    let unseen: Vec<_> = MEMBERS.iter().filter(|(name, _)| !seen.contains(*name)).collect();
    assert!(unseen.is_empty(), "not everything is switched on: {unseen:?}");
}

/// The documents under all four addresses are one, and each address in them leads somewhere.
#[tokio::test]
async fn every_endpoint_is_there() {
    for name in PROFILES {
        let Walk { app, document, name, .. } = Walk::new(name).await;
        for address in [
            "/default/default/.well-known/oauth-authorization-server",
            "/.well-known/oauth-authorization-server/default/default",
            "/.well-known/openid-configuration/default/default",
        ] {
            assert_eq!(app.get(address).await.ok(), document, "{name} {address}");
        }
        assert_eq!(document["issuer"], "https://localhost:8443/default/default");
        assert_eq!(document["mtls_issuer"], "https://mtls.localhost:8443/default/default");
        let aliases = document["mtls_endpoint_aliases"].as_object().unwrap();
        let own = document.as_object().unwrap().iter();
        let own = own.filter(|(name, _)| {
            name.ends_with("_endpoint") || ["jwks_uri", "check_session_iframe"].contains(&name.as_str())
        });
        let mut count = 0;
        for (hosts, member, address) in own
            .map(|(member, address)| ("localhost:8443", member, address))
            .chain(aliases.iter().map(|(member, address)| ("mtls.localhost:8443", member, address)))
        {
            let path = address.as_str().unwrap().strip_prefix(&format!("https://{hosts}"));
            let path = path.unwrap_or_else(|| panic!("{name}: {member} is {address}"));
            let ask = async |method: &str| {
                let mut request = app.request(method, path).form(&[]);
                request.headers_mut().insert(http::header::HOST, hosts.parse().unwrap());
                request.await.status
            };
            let (get, post) = (ask("GET").await, ask("POST").await);
            let is_there = |status| ![404, 405].contains(&status) && status < 500;
            assert!(is_there(get) || is_there(post), "{name}: {member} answers {get} and {post}");
            count += 1;
        }
        assert!(count >= 18, "{name}: {count}");
        let keys = app.get("/default/default/.well-known/jwks.json").await.ok();
        let kinds: Vec<_> = keys["keys"].as_array().unwrap().iter().map(|key| &key["use"]).collect();
        assert!(kinds.contains(&&json!("sig")) && kinds.contains(&&json!("enc")));
    }
}

/// Everything that discovery names, a client can register for.
#[tokio::test]
async fn every_value_can_be_registered() {
    for name in PROFILES {
        let walk = Walk::new(name).await;
        let [es, mut rsa, ed] = [Algorithm::ES256, Algorithm::RS256, Algorithm::EdDSA]
            .map(|algorithm| Signer::new(algorithm, algorithm.as_str()).public());
        rsa.as_object_mut().unwrap().remove("alg");
        let [for_rsa, for_ecdh] = ["RSA-OAEP", "ECDH-ES"]
            .map(|alg| serde_json::to_value(Recipient::new(alg).jwks()).unwrap()["keys"][0].clone());
        let keys = json!({"keys": [es, rsa, ed, for_rsa, for_ecdh]});
        let mut walked = 0;
        for more in registrations(&walk) {
            let mut metadata = json!({
                "redirect_uris": [CALLBACK], "jwks": keys, "token_endpoint_auth_method": "private_key_jwt",
                "token_endpoint_auth_signing_alg": "ES256", "scope": "openid",
                "tls_client_certificate_bound_access_tokens": walk.is_bound(),
            });
            for (member, value) in more.as_object().unwrap() {
                metadata[member] = value.clone();
            }
            match metadata["token_endpoint_auth_method"].as_str().unwrap() {
                "tls_client_auth" => metadata["tls_client_auth_san_dns"] = json!("client.example.org"),
                "client_secret_jwt" => metadata["token_endpoint_auth_signing_alg"] = json!("HS256"),
                _ => {}
            }
            let answer = walk.app.post("/default/default/oauth2/register").json(&metadata).await;
            assert_eq!(answer.status, 201, "{}: {more} {}", walk.name, answer.text());
            walked += 1;
        }
        assert!(walked > 40, "{}: {walked}", walk.name);
    }
}

/// What to register for, one value at a time.
fn registrations(walk: &Walk) -> Vec<Value> {
    let mut asked = Vec::new();
    for (metadata, member) in [
        ("id_token_signed_response_alg", "id_token_signing_alg_values_supported"),
        ("userinfo_signed_response_alg", "userinfo_signing_alg_values_supported"),
        ("authorization_signed_response_alg", "authorization_signing_alg_values_supported"),
        ("request_object_signing_alg", "request_object_signing_alg_values_supported"),
        ("id_token_encrypted_response_alg", "id_token_encryption_alg_values_supported"),
        ("authorization_encrypted_response_alg", "authorization_encryption_alg_values_supported"),
        ("userinfo_encrypted_response_alg", "userinfo_encryption_alg_values_supported"),
        ("introspection_signed_response_alg", "introspection_signing_alg_values_supported"),
        ("introspection_encrypted_response_alg", "introspection_encryption_alg_values_supported"),
        ("request_object_encryption_alg", "request_object_encryption_alg_values_supported"),
        ("token_endpoint_auth_method", "token_endpoint_auth_methods_supported"),
        ("subject_type", "subject_types_supported"),
        ("default_acr_values", "acr_values_supported"),
        ("backchannel_token_delivery_mode", "backchannel_token_delivery_modes_supported"),
        (
            "backchannel_authentication_request_signing_alg",
            "backchannel_authentication_request_signing_alg_values_supported",
        ),
    ] {
        for value in walk.values(member) {
            let value = if metadata == "default_acr_values" { json!([value]) } else { json!(value) };
            let mut one = json!({ metadata: value });
            if metadata.starts_with("backchannel") {
                one["backchannel_client_notification_endpoint"] = json!("https://example.com/told");
            }
            asked.push(one);
        }
    }
    for value in walk.values("response_types_supported") {
        let known: symbolon_protocol::ResponseType = value.parse().unwrap();
        let grants: &[_] = if known.is_front_channel() {
            &["authorization_code", "implicit"]
        } else {
            &["authorization_code"]
        };
        asked.push(json!({"response_types": [value], "grant_types": grants}));
    }
    asked
}
