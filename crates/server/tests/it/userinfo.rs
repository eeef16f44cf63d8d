//! `GET|POST /{tid}/{aid}/userinfo` (OIDC Core §5.3, RFC 6750)

use http::header::{CACHE_CONTROL, CONTENT_TYPE};
use serde_json::{Value, json};
use symbolon_store::entity::Client;

use crate::harness::{SECRET, TOKEN, TestApp, TestCertificate, TestCode, decode};

const USERINFO: &str = "/default/default/userinfo";
const CALLBACK: &str = "https://example.com/callback";

async fn app() -> TestApp {
    let app = TestApp::new().await;
    app.add_client(json!({
        "client_id": "client", "client_secret": SECRET, "grant_types": ["authorization_code", "client_credentials"],
        "redirect_uris": [CALLBACK], "scopes": ["openid", "profile", "email", "address", "phone"],
    }))
    .await;
    app
}

async fn token(app: &TestApp, scope: &'static str, certificate: Option<&TestCertificate>) -> String {
    let context = json!({
        "name": "Ursula User", "email": "user@example.com", "email_verified": true, "phone_number": "+48 1",
        "address": {"country": "PL"}, "groups": ["secret"], "sub": "not this one",
    });
    app.add_code(TestCode { scope, context, ..TestCode::default() }).await;
    let form = [("grant_type", "authorization_code"), ("code", "the-code"), ("redirect_uri", CALLBACK)];
    let mut request = app.post(TOKEN).basic("client", SECRET).form(&form);
    if let Some(certificate) = certificate {
        request = request.certificate(certificate);
    }
    request.await.ok()["access_token"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn scopes_say_what_is_told() {
    let all = app().await;
    let bearer = token(&all, "openid profile email address phone", None).await;
    let answer = all.get(USERINFO).bearer(&bearer).await;
    insta::assert_json_snapshot!(answer.ok(), @r#"
    {
      "address": {
        "country": "PL"
      },
      "email": "user@example.com",
      "email_verified": true,
      "name": "Ursula User",
      "phone_number": "+48 1",
      "preferred_username": "user",
      "sub": "subject-of-user"
    }
    "#);
    assert_eq!(answer.header(CACHE_CONTROL), "no-store");
    let few = app().await;
    let bearer = token(&few, "openid email", None).await;
    insta::assert_json_snapshot!(few.get(USERINFO).bearer(&bearer).await.ok(), @r#"
    {
      "email": "user@example.com",
      "email_verified": true,
      "sub": "subject-of-user"
    }
    "#);
}

#[tokio::test]
async fn the_token_may_come_in_the_header_or_in_a_form_and_in_one_of_them() {
    let app = app().await;
    let bearer = token(&app, "openid", None).await;
    let expected = json!({"sub": "subject-of-user"});
    assert_eq!(app.post(USERINFO).bearer(&bearer).await.ok(), expected);
    let form = [("access_token", bearer.as_str())];
    assert_eq!(app.post(USERINFO).form(&form).await.ok(), expected);
    insta::assert_snapshot!(app.post(USERINFO).form(&form).bearer(&bearer).await.refused(), @r"
    400 invalid_request: The request has an access token in the header and another in the form.
    reason: access_token_twice
    ");
    insta::assert_snapshot!(app.get(USERINFO).bearer(&bearer).bearer(&bearer).await.reason(), @"400 invalid_request authorization_header_repeated");
    let query = app.get(&format!("{USERINFO}?access_token={bearer}")).await;
    insta::assert_snapshot!(query.refused(), @r#"
    401 invalid_token: The request needs an access token.
    challenge: Bearer realm="oauth2", resource_metadata="https://localhost:8443/.well-known/oauth-protected-resource/default/default/userinfo"
    reason: access_token_missing
    "#);
}

#[tokio::test]
async fn without_a_live_token_nothing_is_told() {
    let app = app().await;
    let bearer = token(&app, "openid", None).await;
    insta::assert_snapshot!(app.get(USERINFO).await.refused(), @r#"
    401 invalid_token: The request needs an access token.
    challenge: Bearer realm="oauth2", resource_metadata="https://localhost:8443/.well-known/oauth-protected-resource/default/default/userinfo"
    reason: access_token_missing
    "#);
    insta::assert_snapshot!(app.get(USERINFO).basic("client", SECRET).await.reason(), @"401 invalid_token access_token_missing");
    insta::assert_snapshot!(app.get(USERINFO).bearer("nonsense").await.refused(), @r#"
    401 invalid_token: The token is expired, revoked, malformed, or bound to another key.
    challenge: Bearer realm="oauth2", error="invalid_token", error_description="The token is expired, revoked, malformed, or bound to another key.", resource_metadata="https://localhost:8443/.well-known/oauth-protected-resource/default/default/userinfo"
    reason: access_token_unknown
    "#);
    insta::assert_snapshot!(app.get(USERINFO).bearer("no token").await.reason(), @"401 invalid_token authorization_header_malformed");
    app.advance(3600);
    insta::assert_snapshot!(app.get(USERINFO).bearer(&bearer).await.refused(), @r#"
    401 invalid_token: The token is expired, revoked, malformed, or bound to another key.
    challenge: Bearer realm="oauth2", error="invalid_token", error_description="The token is expired, revoked, malformed, or bound to another key.", resource_metadata="https://localhost:8443/.well-known/oauth-protected-resource/default/default/userinfo"
    reason: access_token_expired
    detail: it expired 0 s ago
    "#);
}

#[tokio::test]
async fn an_id_token_is_no_access_token() {
    let app = app().await;
    app.add_code(TestCode::default()).await;
    let form = [("grant_type", "authorization_code"), ("code", "the-code"), ("redirect_uri", CALLBACK)];
    let body = app.post(TOKEN).basic("client", SECRET).form(&form).await.ok();
    let answer = app.get(USERINFO).bearer(body["id_token"].as_str().unwrap()).await;
    insta::assert_snapshot!(answer.reason(), @"401 invalid_token access_token_wrong_kind");
}

#[tokio::test]
async fn a_token_without_openid_is_not_enough() {
    let app = app().await;
    let bearer = token(&app, "email", None).await;
    insta::assert_snapshot!(app.get(USERINFO).bearer(&bearer).await.refused(), @r#"
    403 insufficient_scope: The access token lacks the scope openid.
    challenge: Bearer realm="oauth2", error="insufficient_scope", error_description="The access token lacks the scope openid.", resource_metadata="https://localhost:8443/.well-known/oauth-protected-resource/default/default/userinfo"
    reason: scope_missing
    expected: openid
    got: email
    client: client
    "#);
    let form = [("grant_type", "client_credentials")];
    let body = app.post(TOKEN).basic("client", SECRET).form(&form).await.ok();
    let machine = body["access_token"].as_str().unwrap();
    insta::assert_snapshot!(app.get(USERINFO).bearer(machine).await.reason(), @"403 insufficient_scope scope_missing");
}

#[tokio::test]
async fn a_bound_token_counts_only_with_its_certificate() {
    let app = app().await;
    let bound = |client: &mut Client| client.tls_client_certificate_bound_access_tokens = true;
    app.change_client("client", bound).await;
    let (own, other) = (TestCertificate::self_signed("CN=own"), TestCertificate::self_signed("CN=other"));
    let bearer = token(&app, "openid", Some(&own)).await;
    app.get(USERINFO).bearer(&bearer).certificate(&own).await.ok();
    let refused = app.get(USERINFO).bearer(&bearer).await.refused().replace(&own.thumbprint(), "…");
    insta::assert_snapshot!(refused, @r#"
    401 invalid_token: The access token is bound to a client certificate, which this connection did not present.
    challenge: Bearer realm="oauth2", error="invalid_token", error_description="The access token is bound to a client certificate, which this connection did not present.", resource_metadata="https://localhost:8443/.well-known/oauth-protected-resource/default/default/userinfo"
    reason: access_token_certificate_mismatch
    expected: the certificate with x5t#S256 …
    got: no certificate
    "#);
    let stolen = app.get(USERINFO).bearer(&bearer).certificate(&other).await;
    insta::assert_snapshot!(stolen.reason(), @"401 invalid_token access_token_certificate_mismatch");
}

#[tokio::test]
async fn a_client_may_want_it_signed() {
    let app = app().await;
    let bearer = token(&app, "openid email", None).await;
    app.change_client("client", |client| client.userinfo_signed_response_alg = "ES256".into()).await;
    let answer = app.get(USERINFO).bearer(&bearer).await;
    assert_eq!((answer.status, answer.header(CONTENT_TYPE)), (200, "application/jwt"));
    let (header, claims) = decode(answer.text());
    assert_eq!(header["alg"], "ES256");
    insta::assert_json_snapshot!(claims, @r#"
    {
      "aud": "client",
      "email": "user@example.com",
      "email_verified": true,
      "iss": "https://localhost:8443/default/default",
      "sub": "subject-of-user"
    }
    "#);
    app.change_client("client", |client| client.userinfo_signed_response_alg = "EdDSA".into()).await;
    insta::assert_snapshot!(app.get(USERINFO).bearer(&bearer).await.refused(), @r"
    500 server_error: The server met an unexpected condition.
    reason: signing_algorithm_without_key
    detail: the client has registered an algorithm that no key serves
    expected: ES256, RS256, PS256
    got: EdDSA
    client: client
    ");
}

#[tokio::test]
async fn a_signed_userinfo_answer_is_no_access_token() {
    let app = app().await;
    let bearer = token(&app, "openid email", None).await;
    app.change_client("client", |client| client.userinfo_signed_response_alg = "ES256".into()).await;
    let jwt = app.get(USERINFO).bearer(&bearer).await.text().to_owned();
    insta::assert_snapshot!(app.get(USERINFO).bearer(&jwt).await.reason(), @"401 invalid_token access_token_wrong_kind");
}

#[tokio::test]
async fn applications_in_a_browser_may_ask() {
    let app = app().await;
    let bearer = token(&app, "openid", None).await;
    let origin = http::header::ORIGIN;
    let answer = app.get(USERINFO).bearer(&bearer).header(origin.clone(), "https://app.example").await;
    assert_eq!(answer.header(http::header::ACCESS_CONTROL_ALLOW_ORIGIN), "*");
    assert_eq!(answer.header(http::header::ACCESS_CONTROL_ALLOW_CREDENTIALS), "");
    let refused = app.get(USERINFO).header(origin, "https://app.example").await;
    assert_eq!(refused.header(http::header::ACCESS_CONTROL_ALLOW_ORIGIN), "*");
    let preflight = app.options(USERINFO).header(http::header::ACCESS_CONTROL_REQUEST_METHOD, "GET").await;
    assert_eq!(preflight.status, 204);
    let allowed: Value = preflight.header(http::header::ACCESS_CONTROL_ALLOW_HEADERS).into();
    assert_eq!(allowed, "Authorization, Content-Type, DPoP, MCP-Protocol-Version");
}
