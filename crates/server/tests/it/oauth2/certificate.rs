//! `GET /{tid}/{aid}/oauth2/certificate`: before anything fails

use http::header::{ACCEPT, CACHE_CONTROL, CONTENT_TYPE};
use serde_json::{Value, json};
use symbolon_pki::SubjectAltNames;

use crate::harness::{SECRET, TestApp, TestAuthority, TestCertificate};

const CERTIFICATE: &str = "/default/default/oauth2/certificate";

async fn app(authority: &TestAuthority) -> TestApp {
    let app = TestApp::new().await;
    app.change_workspace(|server| server.root_cas = Some(authority.pem())).await;
    for (id, method, subject) in [
        ("match", "tls_client_auth", "CN=seen"),
        ("differs", "tls_client_auth", "CN=registered"),
        ("secret", "client_secret_basic", ""),
    ] {
        app.add_client(json!({
            "client_id": id, "client_secret": SECRET, "token_endpoint_auth_method": method,
            "tls_client_auth_subject_dn": subject,
        }))
        .await;
    }
    app
}

/// A token of somebody who may read the tenant.
async fn operator(app: &TestApp) -> String {
    app.add_client_in(
        "default",
        "admin",
        json!({
            "client_id": "operator", "client_secret": SECRET, "grant_types": ["client_credentials"],
            "scopes": ["view_tenant", "openid"],
        }),
    )
    .await;
    let form = [("grant_type", "client_credentials")];
    let body = app.post("/default/admin/oauth2/token").basic("operator", SECRET).form(&form).await.ok();
    body["access_token"].as_str().unwrap().to_owned()
}

/// The parts that are made anew each time are replaced.
fn stable(mut body: Value) -> Value {
    let certificate = &mut body["certificate"];
    for name in ["serial", "x5t#S256", "fingerprint"] {
        assert!(certificate[name].is_string(), "{name}");
        certificate[name] = json!("…");
    }
    assert_eq!(body["request_id"].as_str().map(str::is_empty), Some(false));
    body["request_id"] = json!("…");
    body
}

#[tokio::test]
async fn anybody_sees_their_own_certificate() {
    let authority = TestAuthority::new("CN=Test CA");
    let app = app(&authority).await;
    let names = SubjectAltNames {
        dns: vec!["seen.example.com".into()],
        ip: vec!["192.0.2.1".parse().unwrap()],
        ..SubjectAltNames::default()
    };
    let certificate = authority.client_with_names("CN=seen,O=Example", names);
    let answer = app.get(CERTIFICATE).certificate(&certificate).await;
    let body = answer.ok();
    assert_eq!(body["certificate"]["x5t#S256"], certificate.thumbprint());
    insta::assert_json_snapshot!(stable(body), @r#"
    {
      "certificate": {
        "chain": [],
        "extended_key_usage": [
          "clientAuth"
        ],
        "fingerprint": "…",
        "issuer": "CN=Test CA",
        "key": "EC P-256",
        "not_after": "2028-01-15T08:00:00Z",
        "not_before": "2027-01-14T08:00:00Z",
        "san_dns": [
          "seen.example.com"
        ],
        "san_email": [],
        "san_ip": [
          "192.0.2.1"
        ],
        "san_uri": [],
        "serial": "…",
        "source": {
          "kind": "handshake",
          "resumed": false
        },
        "subject": "CN=seen,O=Example",
        "version": 3,
        "x5t#S256": "…"
      },
      "clients": [],
      "more_clients": false,
      "remote_address": "203.0.113.9:40000",
      "request_id": "…",
      "trust": {
        "detail": "The chain ends at the trusted CN=Test CA.",
        "trusted": true,
        "until": "2028-01-15T08:00:00Z"
      }
    }
    "#);
    assert_eq!(answer.header(CACHE_CONTROL), "no-store");
}

#[tokio::test]
async fn nothing_shown_is_told_too() {
    let app = app(&TestAuthority::new("CN=Test CA")).await;
    let body = app.get(CERTIFICATE).await.ok();
    assert_eq!((body.get("certificate"), body.get("trust"), &body["clients"]), (None, None, &json!([])));
}

#[tokio::test]
async fn a_stranger_learns_about_a_client_what_the_token_endpoint_would_say() {
    let authority = TestAuthority::new("CN=Test CA");
    let app = app(&authority).await;
    let certificate = authority.client("CN=seen");
    let ask = |id: &str| app.get(&format!("{CERTIFICATE}?client_id={id}")).certificate(&certificate);
    insta::assert_json_snapshot!(ask("match").await.ok()["clients"], @r#"
    [
      {
        "authenticates": true,
        "client_id": "match"
      }
    ]
    "#);
    insta::assert_json_snapshot!(ask("differs").await.ok()["clients"], @r#"
    [
      {
        "authenticates": false,
        "client_id": "differs",
        "description": "The client certificate is not the one that the client is registered with."
      }
    ]
    "#);
    let (secret, nobody) = (ask("secret").await.ok(), ask("nobody").await.ok());
    insta::assert_json_snapshot!(nobody["clients"], @r#"
    [
      {
        "authenticates": false,
        "client_id": "nobody",
        "description": "Client authentication failed."
      }
    ]
    "#);
    assert_eq!(secret["clients"][0]["description"], nobody["clients"][0]["description"]);
}

#[tokio::test]
async fn an_operator_learns_why_and_about_all_clients() {
    let authority = TestAuthority::new("CN=Test CA");
    let app = app(&authority).await;
    let token = operator(&app).await;
    let body = app.get(CERTIFICATE).bearer(&token).certificate(&authority.client("CN=seen")).await.ok();
    insta::assert_json_snapshot!(body["clients"], @r#"
    [
      {
        "authenticates": true,
        "client_id": "match",
        "registered": {
          "attribute": "tls_client_auth_subject_dn",
          "matches": true,
          "seen": [
            "CN=seen"
          ],
          "value": "CN=seen"
        }
      },
      {
        "authenticates": false,
        "client_id": "differs",
        "description": "The client certificate is not the one that the client is registered with.",
        "reason": {
          "code": "certificate_attribute_mismatch",
          "detail": "tls_client_auth_subject_dn is registered as [CN=registered], but the certificate's subject is [CN=seen]",
          "expected": "tls_client_auth_subject_dn=CN=registered",
          "got": "CN=seen"
        },
        "registered": {
          "attribute": "tls_client_auth_subject_dn",
          "matches": false,
          "seen": [
            "CN=seen"
          ],
          "value": "CN=registered"
        }
      }
    ]
    "#);
    let path = format!("{CERTIFICATE}?client_id=secret");
    let body = app.get(&path).bearer(&token).certificate(&authority.client("CN=seen")).await.ok();
    insta::assert_json_snapshot!(body["clients"], @r#"
    [
      {
        "authenticates": false,
        "client_id": "secret",
        "description": "Client authentication failed.",
        "reason": {
          "code": "client_auth_method_mismatch",
          "detail": "client secret is registered with another token_endpoint_auth_method",
          "expected": "client_secret_basic",
          "got": "a client_id alone"
        }
      }
    ]
    "#);
}

#[tokio::test]
async fn only_an_operator_learns_whom_the_workspace_trusts() {
    let authority = TestAuthority::new("CN=Test CA");
    let app = app(&authority).await;
    let other = TestAuthority::new("CN=Other CA").client("CN=seen");
    insta::assert_json_snapshot!(app.get(CERTIFICATE).certificate(&other).await.ok()["trust"], @r#"
    {
      "detail": "The client certificate is not trusted by this authorization server.",
      "trusted": false
    }
    "#);
    let token = operator(&app).await;
    let body = app.get(CERTIFICATE).bearer(&token).certificate(&other).await.ok();
    insta::assert_json_snapshot!(body["trust"], @r#"
    {
      "detail": "the certificate of CN=seen was issued by CN=Other CA, which is not known here: let the client send that intermediate, or add it to root_cas; known are [CN=Test CA]",
      "reason": "certificate_issuer_unknown",
      "trusted": false
    }
    "#);
}

#[tokio::test]
async fn a_token_that_does_not_make_an_operator_is_an_error() {
    let app = app(&TestAuthority::new("CN=Test CA")).await;
    assert_eq!(app.get(CERTIFICATE).bearer("nonsense").await.status, 401);
    app.add_client_in(
        "default",
        "admin",
        json!({
            "client_id": "guest", "client_secret": SECRET, "grant_types": ["client_credentials"],
            "scopes": ["openid", "email"],
        }),
    )
    .await;
    let form = [("grant_type", "client_credentials")];
    let body = app.post("/default/admin/oauth2/token").basic("guest", SECRET).form(&form).await.ok();
    let guest = body["access_token"].as_str().unwrap();
    assert_eq!(app.get(CERTIFICATE).bearer(guest).await.status, 403);
}

#[tokio::test]
async fn a_browser_gets_a_page() {
    let authority = TestAuthority::new("CN=Test CA");
    let app = app(&authority).await;
    let html = (ACCEPT, "text/html,application/xhtml+xml,*/*;q=0.8");
    let answer = app.get(CERTIFICATE).header(html.0.clone(), html.1).await;
    assert_eq!(answer.header(CONTENT_TYPE), "text/html; charset=utf-8");
    assert!(answer.text().contains("https://localhost:8443/default/default/oauth2/certificate"));
    let token = operator(&app).await;
    let subject = "CN=\\<script\\>alert(1)\\</script\\>";
    let request = app.get(CERTIFICATE).header(html.0, html.1).bearer(&token);
    let answer = request.certificate(&authority.client(subject)).await;
    for expected in ["CN=Test CA", "match", "differs", "Proven in the TLS handshake."] {
        assert!(answer.text().contains(expected), "{expected}");
    }
    assert!(!answer.text().contains("<script>"));
}

#[tokio::test]
async fn a_self_signed_client_is_compared_by_its_key() {
    let authority = TestAuthority::new("CN=Test CA");
    let app = app(&authority).await;
    let own = TestCertificate::self_signed("CN=own");
    let key = symbolon_jose::Jwk::from_spki_der(own.leaf().spki_der()).unwrap();
    app.add_client(json!({
        "client_id": "own", "token_endpoint_auth_method": "self_signed_tls_client_auth", "jwks": {"keys": [key]},
    }))
    .await;
    app.add_client(json!({
        "client_id": "remote", "token_endpoint_auth_method": "self_signed_tls_client_auth",
        "jwks_uri": "https://127.0.0.1:1/jwks",
    }))
    .await;
    let token = operator(&app).await;
    let body = app.get(CERTIFICATE).bearer(&token).certificate(&own).await.ok();
    let of = |id: &str| {
        body["clients"].as_array().unwrap().iter().find(|client| client["client_id"] == id).unwrap()
    };
    assert_eq!(of("own")["authenticates"], true);
    assert_eq!(of("own")["registered"]["value"], "1 keys");
    assert_eq!(of("remote")["authenticates"], false);
    assert_eq!(of("match")["reason"]["code"], "certificate_self_signed_unknown");
}
