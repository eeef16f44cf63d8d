//! A JWT as an authorization grant (RFC 7523 §2.1).

use serde_json::{Value, json};
use symbolon_store::entity::lenient;

use crate::harness::{Answer, Remote, SECRET, TOKEN, TestApp, TestIssuer, decode};

const JWT_BEARER: &str = "urn:ietf:params:oauth:grant-type:jwt-bearer";
const ISSUER: &str = "https://jwt-idp.example.com";

fn client(id: &str) -> Value {
    json!({
        "client_id": id, "client_secret": SECRET, "grant_types": [JWT_BEARER, "refresh_token"],
        "scopes": ["openid", "email", "profile", "offline_access"],
    })
}

async fn app_with(settings: &[(&str, &str)]) -> TestApp {
    let app = TestApp::with_settings(settings).await;
    app.change_workspace(|server| server.grant_types.push(JWT_BEARER.to_owned())).await;
    app.add_client(client("client")).await;
    app.add_client(client("other")).await;
    app
}

/// A server that trusts an issuer.
async fn app() -> (TestApp, TestIssuer) {
    let (app, issuer) = (app_with(&[]).await, TestIssuer::new(ISSUER));
    app.trust_issuer(&issuer, json!({"jwt_bearer": true})).await;
    (app, issuer)
}

async fn bring(app: &TestApp, assertion: &str) -> Answer {
    bring_with(app, assertion, &[]).await
}

async fn bring_with(app: &TestApp, assertion: &str, more: &[(&str, &str)]) -> Answer {
    let form = [&[("grant_type", JWT_BEARER), ("assertion", assertion)], more].concat();
    app.post(TOKEN).basic("client", SECRET).form(&form).await
}

#[tokio::test]
async fn a_jwt_of_a_trusted_issuer_gives_access() {
    let (app, issuer) = app().await;
    let body = bring(&app, &issuer.sign(json!({}))).await.ok();
    // No login here that an ID token could tell of, and the next assertion is no farther than the first.
    assert_eq!((body.get("id_token"), body.get("refresh_token")), (None, None));
    assert_eq!(body["scope"], "email profile");
    let token = body["access_token"].as_str().unwrap();
    let (_, access) = decode(token);
    assert_eq!((&access["client_id"], &access["idp"]), (&json!("client"), &json!(ISSUER)));
    assert_eq!(access.get("gid"), None);
    assert_ne!(access["sub"], "mike@example.com", "a subject from elsewhere is nobody here");
    let form = [("token", token)];
    let known = app.post("/default/default/oauth2/introspect").basic("client", SECRET).form(&form).await.ok();
    assert_eq!(
        (&known["active"], &known["client_id"], &known["sub"]),
        (&json!(true), &json!("client"), &access["sub"])
    );
    let revoked = app.post("/default/default/oauth2/revoke").basic("client", SECRET).form(&form).await;
    assert_eq!(revoked.status, 200);
    let known = app.post("/default/default/oauth2/introspect").basic("client", SECRET).form(&form).await.ok();
    assert_eq!(known, json!({"active": false}));
}

#[tokio::test]
async fn subjects_are_those_of_their_issuer() {
    let (app, issuer) = app().await;
    let sub = async |assertion: String| {
        decode(bring(&app, &assertion).await.ok()["access_token"].as_str().unwrap()).1["sub"].clone()
    };
    let second = TestIssuer::new("https://second.example.com");
    app.trust_issuer(&second, json!({"jwt_bearer": true})).await;
    let raw = TestIssuer::new("https://raw.example.com");
    app.trust_issuer(&raw, json!({"jwt_bearer": true, "subject_mapping": "raw", "subject_claim": "email"}))
        .await;
    let first = sub(issuer.sign(json!({"jti": "a"}))).await;
    assert_eq!(sub(issuer.sign(json!({"jti": "b"}))).await, first);
    assert_ne!(sub(second.sign(json!({}))).await, first);
    assert_eq!(sub(raw.sign(json!({"email": "the-subject"}))).await, "the-subject");
    insta::assert_snapshot!(bring(&app, &raw.sign(json!({"jti": "c"}))).await.reason(), @"400 invalid_grant jwt_subject_missing");
}

#[tokio::test]
async fn the_token_endpoint_or_a_configured_name_may_be_the_audience() {
    let (app, issuer) = app().await;
    let endpoint =
        json!({"aud": ["https://localhost:8443/default/default/oauth2/token", "https://else.example.com"]});
    bring(&app, &issuer.sign(endpoint)).await.ok();
    let named = json!({"aud": "api://symbolon", "jti": "two"});
    insta::assert_snapshot!(bring(&app, &issuer.sign(named.clone())).await.reason(), @"400 invalid_grant jwt_for_somebody_else");
    app.change_workspace(|server| server.trusted_issuers[0].audiences = vec!["api://symbolon".to_owned()])
        .await;
    bring(&app, &issuer.sign(named)).await.ok();
}

#[tokio::test]
async fn what_is_wrong_with_an_assertion_is_said() {
    let (app, issuer) = app().await;
    let now = crate::harness::NOW.seconds();
    let impostor = TestIssuer::new(ISSUER);
    let cases = [
        (issuer.sign(json!({"exp": now - 31})), "jwt_expired", "expired"),
        (issuer.sign(json!({"exp": null})), "jwt_claims_wrong", "claim exp is missing"),
        (issuer.sign(json!({"nbf": now + 31})), "jwt_claims_wrong", "not yet valid"),
        (issuer.sign(json!({"exp": now + 3601})), "jwt_claims_wrong", "valid for 3601 s"),
        (issuer.sign(json!({"aud": null})), "jwt_claims_wrong", "claim aud is missing"),
        (
            issuer.sign(json!({"aud": "https://localhost:8443/default/developer"})),
            "jwt_for_somebody_else",
            "aud must be the issuer",
        ),
        (issuer.sign(json!({"sub": null})), "jwt_subject_missing", "claim sub is missing"),
        (issuer.sign(json!({"iss": null})), "assertion_without_issuer", "no iss"),
        (
            issuer.sign(json!({"iss": "https://evil.example.com"})),
            "assertion_issuer_not_trusted",
            "its issuer is not trusted",
        ),
        (impostor.sign(json!({})), "jwt_signature_wrong", "signature is not valid"),
        (issuer.sign_as("logout+jwt", json!({})), "jwt_wrong_type", "typ"),
        ("not a jwt".to_owned(), "assertion_malformed", "three parts"),
        // alg none
        (
            "eyJhbGciOiJub25lIn0.eyJpc3MiOiJodHRwczovL2p3dC1pZHAuZXhhbXBsZS5jb20ifQ.".to_owned(),
            "assertion_malformed",
            "alg none",
        ),
    ];
    for (assertion, reason, why) in cases {
        let answer = bring(&app, &assertion).await;
        assert_eq!(answer.reason(), format!("400 invalid_grant {reason}"), "{assertion}");
        let text = answer.json()["error_description"].as_str().unwrap().to_owned();
        assert!(text.starts_with("The assertion is not valid here: ") && text.contains(why), "{text}");
    }
    // None of it has used up the jti.
    bring(&app, &issuer.sign(json!({}))).await.ok();
    insta::assert_snapshot!(bring_with(&app, "", &[]).await.reason(), @"400 invalid_request missing_parameter");
}

#[tokio::test]
async fn an_assertion_counts_once() {
    let (app, issuer) = app().await;
    let assertion = issuer.sign(json!({}));
    bring(&app, &assertion).await.ok();
    insta::assert_snapshot!(bring(&app, &assertion).await.reason(), @"400 invalid_grant assertion_used_twice");
    insta::assert_snapshot!(bring(&app, &issuer.sign(json!({"sub": "x"}))).await.reason(), @"400 invalid_grant assertion_used_twice");
    // RFC 7523 §3 makes jti optional: then the whole assertion counts, whatever its signature.
    let (first, again) = (issuer.sign(json!({"jti": null})), issuer.sign(json!({"jti": null})));
    assert_ne!(first, again, "ECDSA signatures differ");
    bring(&app, &first).await.ok();
    insta::assert_snapshot!(bring(&app, &again).await.reason(), @"400 invalid_grant assertion_used_twice");
    app.change_workspace(|server| server.trusted_issuers[0].reusable = true).await;
    bring(&app, &again).await.ok();
}

#[tokio::test]
async fn an_issuer_gives_no_more_than_it_may() {
    let (app, issuer) = app().await;
    app.change_workspace(|server| server.trusted_issuers[0].scopes = vec!["email".to_owned()]).await;
    assert_eq!(bring(&app, &issuer.sign(json!({}))).await.ok()["scope"], "email");
    let wide = bring_with(&app, &issuer.sign(json!({"jti": "two"})), &[("scope", "email profile")]).await;
    insta::assert_snapshot!(wide.reason(), @"400 invalid_scope scope_beyond_issuer");
    let foreign = bring_with(&app, &issuer.sign(json!({"jti": "two"})), &[("scope", "phone")]).await;
    insta::assert_snapshot!(foreign.reason(), @"400 invalid_scope scope_not_registered");
}

#[tokio::test]
async fn an_issuer_is_trusted_for_what_it_is_configured_for() {
    let (app, issuer) = app().await;
    app.change_workspace(|server| server.trusted_issuers[0].clients = vec!["other".to_owned()]).await;
    insta::assert_snapshot!(bring(&app, &issuer.sign(json!({}))).await.reason(), @"400 invalid_grant assertion_issuer_not_trusted");
    app.change_workspace(|server| server.trusted_issuers[0].clients = vec!["client".to_owned()]).await;
    bring(&app, &issuer.sign(json!({}))).await.ok();
    app.change_workspace(|server| server.trusted_issuers[0].jwt_bearer = false).await;
    insta::assert_snapshot!(bring(&app, &issuer.sign(json!({"jti": "2"}))).await.reason(), @"400 invalid_grant assertion_issuer_not_trusted");
}

/// A client may vouch for people of its own, by its registered keys, and for nobody else's.
#[tokio::test]
async fn a_client_speaks_of_its_own_people_only() {
    let (app, trusted) = app().await;
    let own = TestIssuer::new("client");
    app.change_client("client", |client| client.jwks = Some(lenient::from_value(own.jwks()).unwrap())).await;
    let of_client = bring(&app, &own.sign(json!({}))).await.ok();
    let of_trusted = bring(&app, &trusted.sign(json!({}))).await.ok();
    let sub = |body: &Value| decode(body["access_token"].as_str().unwrap()).1["sub"].clone();
    assert_ne!(sub(&of_client), sub(&of_trusted));
    insta::assert_snapshot!(bring(&app, &own.sign(json!({"jti": "2", "sub": "client"}))).await.reason(), @"400 invalid_grant assertion_about_the_client");
    insta::assert_snapshot!(bring(&app, &own.sign(json!({"iss": "other", "jti": "2"}))).await.reason(), @"400 invalid_grant assertion_issuer_not_trusted");
    // A request object of the client is signed by the same key for the same audience.
    insta::assert_snapshot!(bring(&app, &own.sign_as("oauth-authz-req+jwt", json!({"jti": "2"}))).await.reason(), @"400 invalid_grant jwt_wrong_type");
}

#[tokio::test]
async fn keys_may_be_published() {
    let issuer = TestIssuer::new(ISSUER);
    let remote = Remote::start(&issuer.jwks().to_string()).await;
    let app = app_with(&remote.settings()).await;
    app.trust_issuer(&issuer, json!({"jwt_bearer": true, "jwks_uri": remote.url})).await;
    bring(&app, &issuer.sign(json!({"jti": "1"}))).await.ok();
    bring(&app, &issuer.sign(json!({"jti": "2"}))).await.ok();
    assert_eq!(remote.asked(), 1, "keys are remembered");
}
