//! Discovery equals what works: each value that a workspace with everything switched on advertises is used.
//!
//! [`MEMBERS`] names for each member of the document the test that walks it: a new member has to be walked too.

mod answers;
mod clients;
mod flows;
mod requests;

use serde_json::{Value, json};
use symbolon_jose::{Algorithm, KeyManagement};
use symbolon_server::seed::MadeKey;
use symbolon_store::KeyState;
use symbolon_store::entity::server::DynamicClientRegistrationSettings;

use crate::harness::{Browser, CALLBACK, NOW, Recipient, SECRET, Signer, TestApp, authorize, client};

/// The members of the document, and who walks their values.
const MEMBERS: &[(&str, &str)] = &[
    ("acr_values_supported", "flows::every_authentication_context_is_reached"),
    ("authorization_details_types_supported", "oauth2/rar, or what tests authorization_details"),
    ("authorization_encryption_alg_values_supported", "answers::authorization_responses"),
    ("authorization_encryption_enc_values_supported", "answers::authorization_responses"),
    ("authorization_endpoint", "every_endpoint_is_there"),
    ("authorization_response_iss_parameter_supported", "flows::every_response_type_in_every_mode"),
    ("authorization_signing_alg_values_supported", "answers::authorization_responses"),
    ("backchannel_authentication_endpoint", "every_endpoint_is_there"),
    ("backchannel_authentication_request_signing_alg_values_supported", "ciba"),
    ("backchannel_logout_session_supported", "oidc, what tests logout"),
    ("backchannel_logout_supported", "oidc, what tests logout"),
    ("backchannel_token_delivery_modes_supported", "ciba"),
    ("backchannel_user_code_parameter_supported", "ciba"),
    ("check_session_iframe", "every_endpoint_is_there"),
    ("claim_types_supported", "flows::every_claim_is_given"),
    ("claims_parameter_supported", "flows::every_claim_is_given"),
    ("claims_supported", "flows::every_claim_is_given"),
    ("client_id_metadata_document_supported", "oauth2, what tests client id metadata documents"),
    ("code_challenge_methods_supported", "flows::every_challenge_method"),
    ("device_authorization_endpoint", "every_endpoint_is_there"),
    ("display_values_supported", "flows::every_display_and_language"),
    ("dpop_signing_alg_values_supported", "clients::every_algorithm_of_dpop_proofs"),
    ("end_session_endpoint", "every_endpoint_is_there"),
    ("frontchannel_logout_session_supported", "oidc, what tests logout"),
    ("frontchannel_logout_supported", "oidc, what tests logout"),
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
    ("protected_resources", "oauth2, what tests protected resources"),
    ("pushed_authorization_request_endpoint", "every_endpoint_is_there"),
    ("registration_endpoint", "every_endpoint_is_there"),
    ("request_object_encryption_alg_values_supported", "requests::every_request_object"),
    ("request_object_encryption_enc_values_supported", "requests::every_request_object"),
    ("request_object_signing_alg_values_supported", "requests::every_request_object"),
    ("request_parameter_supported", "requests::every_request_object"),
    ("request_uri_parameter_supported", "requests::an_object_by_reference"),
    ("require_pushed_authorization_requests", "requests::what_is_not_required_is_not"),
    ("require_request_uri_registration", "requests::an_object_by_reference"),
    ("require_signed_request_object", "requests::what_is_not_required_is_not"),
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

/// A server whose workspace has everything switched on, with keys of every kind, and a client that may do everything.
async fn everything() -> TestApp {
    everything_with(&[]).await
}

async fn everything_with(settings: &[(&str, &str)]) -> TestApp {
    let app = TestApp::with_people_and_settings(settings).await;
    app.let_people_register(true).await;
    let key = MadeKey::new(Algorithm::EdDSA).await.unwrap();
    app.store().insert_key(&key.as_new(), KeyState::Current, NOW.millis()).await.unwrap();
    for algorithm in [KeyManagement::RsaOaep256, KeyManagement::EcdhEs] {
        let key = MadeKey::for_encryption(algorithm).await.unwrap();
        app.store().insert_key(&key.as_new(), KeyState::Current, NOW.millis()).await.unwrap();
    }
    app.change_workspace(|server| {
        server.grant_types = GRANTS.iter().map(|(word, _)| (*word).to_owned()).collect();
        let advanced = server.advanced.get_or_insert_default();
        advanced.allow_unsigned_request_objects = true;
        let registration = DynamicClientRegistrationSettings { enabled: true, ..Default::default() };
        server.dynamic_client_registration = Some(registration);
    })
    .await;
    let document = discovery(&app).await;
    let (scopes, types) =
        (values(&document, "scopes_supported"), values(&document, "response_types_supported"));
    app.change_client("client", |client| {
        client.grant_types = GRANTS.iter().map(|(word, _)| (*word).to_owned()).collect();
        client.response_types = types;
        client.scopes = scopes;
    })
    .await;
    app
}

/// The grants, and where they are walked if not in [`flows`].
const GRANTS: &[(&str, Option<&str>)] = &[
    ("authorization_code", None),
    ("implicit", None),
    ("client_credentials", None),
    ("refresh_token", None),
    ("password", None),
    ("urn:ietf:params:oauth:grant-type:jwt-bearer", None),
    ("urn:ietf:params:oauth:grant-type:token-exchange", None),
    ("urn:ietf:params:oauth:grant-type:device_code", None),
    ("urn:openid:params:grant-type:ciba", Some("ciba")),
];

async fn discovery(app: &TestApp) -> Value {
    app.get("/default/default/.well-known/openid-configuration").await.ok()
}

/// The values of a member that is a list; none where it is absent.
fn values(document: &Value, member: &str) -> Vec<String> {
    let words = document.get(member).map(|list| list.as_array().unwrap().as_slice()).unwrap_or_default();
    words.iter().map(|word| word.as_str().unwrap().to_owned()).collect()
}

/// A browser in which `user` has logged in and allowed `client` everything.
async fn signed_in(app: &TestApp) -> Browser<'_> {
    let browser = Browser::new(app);
    let scopes = values(&discovery(app).await, "scopes_supported").join(" ");
    let answer = browser.sign_in(&asked("code", &[("scope", &scopes)]), "user").await;
    assert!(answer.sends("code").is_some(), "{answer:?}");
    browser
}

/// The address of a request of `client`.
fn asked(response_type: &str, more: &[(&str, &str)]) -> String {
    let usual = [
        ("client_id", "client"),
        ("response_type", response_type),
        ("redirect_uri", CALLBACK),
        ("scope", "openid"),
        ("state", "of the client"),
        ("nonce", "n-0S6_WzA2Mj"),
    ];
    let kept = usual.iter().filter(|(name, _)| !more.iter().any(|(other, _)| other == name));
    authorize(&kept.chain(more).copied().collect::<Vec<_>>())
}

#[tokio::test]
async fn every_member_is_walked_by_a_test() {
    let document = discovery(&everything().await).await;
    for member in document.as_object().unwrap().keys() {
        assert!(MEMBERS.iter().any(|(name, _)| name == member), "who walks {member}?");
    }
}

/// The documents under all three addresses are one, and each address in them leads somewhere.
#[tokio::test]
async fn every_endpoint_is_there() {
    let app = everything().await;
    let document = discovery(&app).await;
    for address in [
        "/default/default/.well-known/oauth-authorization-server",
        "/.well-known/oauth-authorization-server/default/default",
    ] {
        assert_eq!(app.get(address).await.ok(), document, "{address}");
    }
    let issuer = document["issuer"].as_str().unwrap();
    let aliases = document["mtls_endpoint_aliases"].as_object().unwrap();
    let own = document.as_object().unwrap().iter();
    let addresses = own.filter(|(name, _)| {
        name.ends_with("_endpoint") || ["jwks_uri", "check_session_iframe"].contains(&name.as_str())
    });
    let mut count = 0;
    for (name, address) in addresses.chain(aliases) {
        let address = address.as_str().unwrap();
        assert!(address.starts_with(issuer), "{name}: {address}");
        let path = address.strip_prefix("https://localhost:8443").unwrap();
        let (get, post) = (app.get(path).await.status, app.post(path).form(&[]).await.status);
        let is_there = |status| ![404, 405].contains(&status) && status < 500;
        assert!(is_there(get) || is_there(post), "{name} answers {get} and {post}");
        count += 1;
    }
    assert!(count >= 16, "{count}");
    let keys = app.get("/default/default/.well-known/jwks.json").await.ok();
    let kinds: Vec<_> = keys["keys"].as_array().unwrap().iter().map(|key| &key["use"]).collect();
    assert!(kinds.contains(&&json!("sig")) && kinds.contains(&&json!("enc")));
}

/// Everything that discovery names, a client can register for.
#[tokio::test]
async fn every_value_can_be_registered() {
    let app = everything().await;
    let document = discovery(&app).await;
    let [es, mut rsa, ed] = [Algorithm::ES256, Algorithm::RS256, Algorithm::EdDSA]
        .map(|algorithm| Signer::new(algorithm, algorithm.as_str()).public());
    rsa.as_object_mut().unwrap().remove("alg");
    let [for_rsa, for_ecdh] = ["RSA-OAEP", "ECDH-ES"]
        .map(|alg| serde_json::to_value(Recipient::new(alg).jwks()).unwrap()["keys"][0].clone());
    let keys = json!({"keys": [es, rsa, ed, for_rsa, for_ecdh]});
    let (mut asked, mut walked) = (Vec::new(), 0);
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
    ] {
        for value in values(&document, member) {
            let value = if metadata == "default_acr_values" { json!([value]) } else { json!(value) };
            asked.push(json!({ metadata: value }));
        }
    }
    for value in values(&document, "response_types_supported") {
        let grants = ["authorization_code", "implicit"];
        asked.push(json!({"response_types": [value], "grant_types": grants}));
    }
    for mut metadata in asked {
        metadata["redirect_uris"] = json!([CALLBACK]);
        metadata["jwks"] = keys.clone();
        if metadata["token_endpoint_auth_method"] == "tls_client_auth" {
            metadata["tls_client_auth_san_dns"] = json!("client.example.org");
        }
        let text = metadata.to_string();
        let answer =
            app.post("/default/default/oauth2/register").body("application/json", text.clone()).await;
        assert_eq!(answer.status, 201, "{text:.120} {}", answer.text());
        walked += 1;
    }
    assert!(walked > 50, "{walked}");
}

/// A client of its own for a test, with these members changed.
async fn add(app: &TestApp, id: &str, changes: Value) {
    let mut new = client(id);
    new["client_secret"] = json!(SECRET);
    for (name, value) in changes.as_object().unwrap() {
        new[name] = value.clone();
    }
    app.add_client(new).await;
}
