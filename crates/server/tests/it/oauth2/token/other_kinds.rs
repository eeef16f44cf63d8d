//! JWTs of other kinds, brought as the subject token of an exchange (RFC 8693, RFC 8725 §3.11, §3.12): whatever else
//! this server or a client signs is no access token.

use http::header::ACCEPT;
use serde_json::{Value, json};
use symbolon_jose::Algorithm;

use crate::harness::{
    Browser, NOW, SECRET, Signer, TOKEN, TestApp, TestIssuer, client, decode, request, request_with,
};

const EXCHANGE: &str = "urn:ietf:params:oauth:grant-type:token-exchange";
const ISSUER: &str = "https://localhost:8443/default/default";

async fn app() -> TestApp {
    let app = TestApp::with_people().await;
    app.change_workspace(|server| server.grant_types.push(EXCHANGE.to_owned())).await;
    let mut exchanger = client("exchanger");
    exchanger["grant_types"] = json!([EXCHANGE]);
    // The widest that there is: what it must not bring is refused for what it is.
    exchanger["token_exchange"] = json!({"subject_audiences": ["client", "exchanger", ISSUER]});
    app.add_client(exchanger).await;
    app
}

/// How a token is refused, as either type.
async fn refused(app: &TestApp, token: &str) -> Vec<String> {
    let mut reasons = Vec::new();
    for kind in ["access_token", "jwt"] {
        let kind = format!("urn:ietf:params:oauth:token-type:{kind}");
        let form =
            [("grant_type", EXCHANGE), ("subject_token", token), ("subject_token_type", kind.as_str())];
        reasons.push(app.post(TOKEN).basic("exchanger", SECRET).form(&form).await.reason());
    }
    reasons.dedup();
    reasons
}

/// A JWT with the workspace's own key.
async fn signed_here(app: &TestApp, typ: &str, claims: &Value) -> String {
    let app = &app.app;
    let workspace = app.snapshots.workspace(&app.store, "default", "default").await.unwrap().unwrap();
    workspace.keys.signer.with_typ(typ).unwrap().sign_json(claims).unwrap()
}

const NOT_TRUSTED: [&str; 1] = ["400 invalid_request token_issuer_not_trusted"];

#[tokio::test]
async fn an_id_token_is_refused_whoever_it_is_for() {
    let app = app().await;
    let browser = Browser::new(&app);
    let tokens = app.redeem(&browser.sign_in(&request("openid"), "user").await.code()).await;
    let id_token = tokens["id_token"].as_str().unwrap();
    assert_eq!(decode(id_token).1["aud"], json!(["client"]));
    assert_eq!(refused(&app, id_token).await, NOT_TRUSTED);
    let claims = decode(id_token).1;
    let mut own = claims.clone();
    own["aud"] = json!(["exchanger"]);
    assert_eq!(refused(&app, &signed_here(&app, "JWT", &own).await).await, NOT_TRUSTED);
    // The access token beside it is taken.
    let form = [
        ("grant_type", EXCHANGE),
        ("subject_token", tokens["access_token"].as_str().unwrap()),
        ("subject_token_type", "urn:ietf:params:oauth:token-type:access_token"),
    ];
    app.post(TOKEN).basic("exchanger", SECRET).form(&form).await.ok();
}

#[tokio::test]
async fn a_logout_token_is_refused() {
    let app = app().await;
    let claims = json!({
        "iss": ISSUER, "aud": "exchanger", "sub": "user", "sid": "s", "jti": "j", "iat": NOW.seconds(),
        "exp": NOW.seconds() + 120, "events": {"http://schemas.openid.net/event/backchannel-logout": {}},
    });
    let token = signed_here(&app, "logout+jwt", &claims).await;
    assert_eq!(refused(&app, &token).await, NOT_TRUSTED);
}

/// Back-Channel Logout §2.4 only recommends a `typ`: a logout token of another issuer may look like any JWT.
#[tokio::test]
async fn an_event_of_a_trusted_issuer_is_refused() {
    let app = app().await;
    let issuer = TestIssuer::new("https://idp.example.com");
    app.trust_issuer(&issuer, json!({"token_exchange": true, "audiences": ["exchanger"]})).await;
    let event = json!({"http://schemas.openid.net/event/backchannel-logout": {}});
    let claims = json!({"aud": "exchanger", "events": event});
    for typ in ["JWT", "at+jwt"] {
        let token = issuer.sign_as(typ, claims.clone());
        assert_eq!(refused(&app, &token).await, ["400 invalid_request jwt_is_event"], "{typ}");
    }
    let token = issuer.sign_as("logout+jwt", claims);
    assert_eq!(refused(&app, &token).await, ["400 invalid_request jwt_wrong_type"]);
    let id_token = issuer.sign(json!({"aud": "another-client"}));
    assert_eq!(refused(&app, &id_token).await, ["400 invalid_request jwt_for_somebody_else"]);
}

#[tokio::test]
async fn an_authorization_response_is_refused() {
    let app = app().await;
    let request = request_with("openid", &[("response_mode", "jwt")]);
    let response = Browser::new(&app).sign_in(&request, "user").await.sends("response").unwrap();
    assert!(decode(&response).1["code"].is_string());
    assert_eq!(refused(&app, &response).await, NOT_TRUSTED);
}

#[tokio::test]
async fn userinfo_and_introspection_are_refused() {
    let app = app().await;
    app.change_client("client", |client| client.userinfo_signed_response_alg = "ES256".to_owned()).await;
    let code = Browser::new(&app).sign_in(&request("openid"), "user").await.code();
    let tokens = app.redeem(&code).await;
    let access = tokens["access_token"].as_str().unwrap();
    let userinfo = app.get("/default/default/userinfo").bearer(access).await;
    assert_eq!(refused(&app, userinfo.text()).await, NOT_TRUSTED);
    let ask = app.post("/default/default/oauth2/introspect").basic("client", SECRET);
    let answer = ask.form(&[("token", access)]).header(ACCEPT, "application/token-introspection+jwt").await;
    assert_eq!(answer.status, 200);
    assert_eq!(refused(&app, answer.text()).await, NOT_TRUSTED);
}

#[tokio::test]
async fn what_a_client_signs_is_refused() {
    let app = app().await;
    let signer = Signer::new(Algorithm::ES256, "a");
    for id in ["client", "exchanger"] {
        app.change_client(id, |client| client.jwks = Some(Signer::jwks(&[&signer]))).await;
    }
    let now = NOW.seconds();
    let assertion =
        json!({"iss": "exchanger", "sub": "exchanger", "aud": ISSUER, "jti": "j", "exp": now + 60});
    let object = json!({
        "iss": "exchanger", "aud": ISSUER, "client_id": "exchanger", "response_type": "code", "exp": now + 60,
    });
    // As if they were access tokens of this workspace: its keys have not signed them.
    let mut claimed = assertion.clone();
    claimed["tid"] = json!("default");
    claimed["aid"] = json!("default");
    for (typ, claims, reason) in [
        ("JWT", &assertion, NOT_TRUSTED[0]),
        ("oauth-authz-req+jwt", &object, NOT_TRUSTED[0]),
        ("dpop+jwt", &object, NOT_TRUSTED[0]),
        ("JWT", &claimed, "400 invalid_request access_token_not_ours"),
    ] {
        assert_eq!(refused(&app, &signer.sign_as(typ, claims)).await, [reason], "{typ} {claims}");
    }
}
