//! What workspaces, profiles and clients demand of authorization requests.

use serde_json::{Value, json};
use symbolon_jose::Algorithm;
use symbolon_store::entity::server::{AdvancedConfiguration, WorkspaceProfile};

use super::{ISSUER, app, by_value, claims, openid, register};
use crate::harness::{Browser, CALLBACK, NOW, SECRET, Signer, TestApp, request};

const PAR: &str = "/default/default/par";

async fn discovery(app: &TestApp) -> Value {
    app.get("/default/default/.well-known/openid-configuration").await.ok()
}

#[tokio::test]
async fn discovery_says_what_is_served() {
    let (app, _) = app().await;
    let document = discovery(&app).await;
    assert_eq!(document["request_parameter_supported"], true);
    assert_eq!(document["request_uri_parameter_supported"], true);
    assert_eq!(document["require_request_uri_registration"], true);
    assert_eq!(document["require_signed_request_object"], false);
    let algorithms = json!(["ES256", "PS256", "EdDSA", "RS256", "HS256"]);
    assert_eq!(document["request_object_signing_alg_values_supported"], algorithms);
    app.change_workspace(|server| server.require_pushed_authorization_requests = true).await;
    assert_eq!(discovery(&app).await["request_uri_parameter_supported"], false);
}

#[tokio::test]
async fn requests_must_be_signed_where_workspace_or_client_say_so() {
    let (app, signer) = app().await;
    let browser = Browser::new(&app);
    let signed = by_value(&signer.sign(&claims(json!({}))));
    let pushed = [("response_type", "code"), ("redirect_uri", CALLBACK), ("scope", "openid")];
    let push = async || app.post(PAR).basic("client", SECRET).form(&pushed).await;
    for of_workspace in [true, false] {
        let advanced = AdvancedConfiguration {
            require_signed_request_object: of_workspace,
            ..AdvancedConfiguration::default()
        };
        app.change_workspace(|server| server.advanced = Some(advanced)).await;
        app.change_client("client", |client| client.require_signed_request_object = !of_workspace).await;
        assert_eq!(discovery(&app).await["require_signed_request_object"], of_workspace);
        assert_eq!(
            browser.get(&request("openid")).await.refused_to_client(),
            format!("{CALLBACK} invalid_request [signed_request_required]")
        );
        assert_eq!(push().await.reason(), "400 invalid_request signed_request_required");
        browser.sign_in(&signed, "user").await.code();
        // What is beside an object that must be signed is nothing that the client has said.
        let object = signer.sign_as("JWT", &claims(json!({"state": null})));
        let answer = browser.get(&openid(&object, &[("state", "outer")])).await;
        assert_eq!(answer.sends("state"), None);
        let form = [("request", signer.sign(&claims(json!({}))))];
        let form: Vec<_> = form.iter().map(|(name, value)| (*name, value.as_str())).collect();
        assert_eq!(app.post(PAR).basic("client", SECRET).form(&form).await.status, 201);
    }
}

#[tokio::test]
async fn a_request_object_is_what_require_request_or_request_uri_asks_for() {
    let (app, signer) = app().await;
    let advanced = AdvancedConfiguration {
        require_request_or_request_uri_parameter: true,
        ..AdvancedConfiguration::default()
    };
    app.change_workspace(|server| server.advanced = Some(advanced)).await;
    let signed = by_value(&signer.sign(&claims(json!({}))));
    Browser::new(&app).sign_in(&signed, "user").await.code();
}

#[tokio::test]
async fn where_requests_must_be_pushed_an_object_in_the_browser_is_refused() {
    let (app, signer) = app().await;
    app.change_client("client", |client| client.require_pushed_authorization_requests = true).await;
    let browser = Browser::new(&app);
    let refused = browser.get(&by_value(&signer.sign(&claims(json!({}))))).await;
    assert_eq!(refused.refused_to_client(), format!("{CALLBACK} invalid_request [pushed_request_required]"));
    let fetched = crate::harness::request_with("openid", &[("request_uri", "https://client.example.org/r")]);
    let refused = browser.get(&fetched).await;
    assert_eq!(
        refused.refused_to_client(),
        format!("{CALLBACK} request_uri_not_supported [request_uri_not_supported]")
    );
}

/// FAPI 1.0 Advanced §5.2.2 (13), (15), (17) and §8.6; the same rules are in FAPI 2.0 Message Signing §5.3.1. What the
/// conformance suite sends.
#[tokio::test]
async fn a_financial_profile_has_narrow_rules() {
    use WorkspaceProfile as P;
    for profile in [P::FapiAdvanced, P::OpenbankingBr, P::ConnectId, P::Fapi20MessageSigning] {
        keeps_narrow_rules(profile).await;
    }
}

async fn keeps_narrow_rules(profile: WorkspaceProfile) {
    let app = TestApp::with_people().await;
    let rsa = Signer::new(Algorithm::PS256, "rsa");
    let mut public = rsa.public();
    public.as_object_mut().unwrap().remove("alg");
    let jwks = serde_json::from_value(json!({"keys": [public]})).unwrap();
    app.change_client("client", |client| {
        client.jwks = Some(jwks);
        client.token_endpoint_auth_method = "private_key_jwt".to_owned();
        client.token_endpoint_auth_signing_alg = "PS256".to_owned();
    })
    .await;
    app.change_workspace(|server| server.profile = profile).await;
    let document = discovery(&app).await;
    assert_eq!(document["require_signed_request_object"], true);
    let words = document["request_object_signing_alg_values_supported"].as_array().unwrap();
    assert!(!words.contains(&json!("RS256")) && !words.contains(&json!("HS256")), "{words:?}");
    let now = NOW.seconds();
    let push = async |object: String| {
        let jti = symbolon_jose::sha256_b64url(object.as_bytes());
        let assertion = json!({"iss": "client", "sub": "client", "aud": ISSUER, "jti": jti, "exp": now + 60});
        let form = [
            ("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"),
            ("client_assertion", &rsa.sign_as("JWT", &assertion)),
            ("request", &object),
        ];
        let answer = app.post(PAR).form(&form).await;
        match answer.status {
            201 => "201".to_owned(),
            _ => answer.reason(),
        }
    };
    let bad = |reason: &str| format!("400 invalid_request_object {reason}");
    for (change, expected) in [
        (json!({"exp": null}), bad("request_object_claims")),
        (json!({"nbf": null}), bad("request_object_claims")),
        (json!({"aud": null}), bad("request_object_claims")),
        (json!({"exp": now + 70 * 60}), bad("request_object_claims")),
        (json!({"nbf": now - 70 * 60, "exp": now - 70 * 60 + 3600}), bad("request_object_expired")),
        (json!({"nbf": now - 70 * 60, "exp": now + 60}), bad("request_object_claims")),
        (json!({"aud": format!("{ISSUER}/par")}), bad("request_object_audience")),
        (json!({"aud": format!("{ISSUER}/oauth2/authorize")}), bad("request_object_audience")),
        (json!({"redirect_uri": null}), bad("request_object_incomplete")),
        (json!({"scope": null}), bad("request_object_incomplete")),
    ] {
        assert_eq!(push(rsa.sign(&claims(change.clone()))).await, expected, "{profile:?} {change}");
    }
    let rs256 = rsa.with_algorithm(Algorithm::RS256).sign(&claims(json!({})));
    assert_eq!(push(rs256).await, bad("request_object_algorithm"));
    let none = crate::harness::unsigned(&json!({"alg": "none"}), &claims(json!({})), b"");
    assert_eq!(push(none).await, bad("request_object_unsigned"));
    let good = claims(json!({
        "code_challenge": "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM", "code_challenge_method": "S256",
        "response_mode": "jwt", "aud": [ISSUER, "https://other1.example.com", "invalid"], "nbf": now + 8,
    }));
    assert_eq!(push(rsa.sign(&good)).await, "201", "{profile:?}");
}

#[tokio::test]
async fn a_financial_profile_answers_errors_the_way_that_is_known() {
    let app = TestApp::with_people().await;
    let signer = Signer::new(Algorithm::ES256, "a");
    register(&app, &[&signer]).await;
    app.change_workspace(|server| {
        let advanced = AdvancedConfiguration {
            disallow_code_response_type_without_jarm: true,
            ..AdvancedConfiguration::default()
        };
        server.advanced = Some(advanced);
    })
    .await;
    // Nothing of the object can be believed, but an answer with a code would have been signed.
    let broken = signer.sign(&claims(json!({"response_mode": "jwt"}))) + "A";
    let told = Browser::new(&app).get(&openid(&broken, &[("state", "outer")])).await;
    let response = crate::harness::decode(told.sends("response").unwrap()).1;
    assert_eq!(response["error"], "invalid_request_object");
    assert_eq!(response["state"], "outer");
    // By way of the fragment, where the answer would have gone.
    let hybrid = crate::harness::authorize(&[
        ("client_id", "client"),
        ("request", &broken),
        ("response_type", "code id_token"),
        ("scope", "openid"),
        ("redirect_uri", CALLBACK),
        ("state", "outer"),
    ]);
    let told = Browser::new(&app).get(&hybrid).await.fragment();
    assert_eq!(told["error"], "invalid_request_object");
    assert_eq!(told["state"], "outer");
}
