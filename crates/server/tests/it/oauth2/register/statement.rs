//! Software statements, signed registrations, and registrations by certificate.

use serde_json::{Value, json};
use symbolon_store::entity::server::{
    JwsPayloadSettings, PayloadFormat, PayloadSettings, TrustAnchorConfiguration,
};
use symbolon_store::entity::{Client, lenient};

use super::{REGISTER, configure, open, open_with, register, text, with};
use crate::harness::{Answer, Remote, SECRET, TOKEN, TestApp, TestAuthority, TestCertificate, TestIssuer};

const DISCOVERY: &str = "/default/default/.well-known/openid-configuration";

/// A registry whose statements a workspace demands.
async fn demanding() -> (TestApp, TestIssuer) {
    let (app, registry) = (open().await, TestIssuer::new("https://registry.example"));
    trust(&app, &registry).await;
    (app, registry)
}

async fn trust(app: &TestApp, registry: &TestIssuer) {
    let jwks = lenient::from_value(registry.jwks()).unwrap();
    app.change_workspace(|server| {
        server.enable_trust_anchor = true;
        server.trust_anchor_configuration =
            Some(TrustAnchorConfiguration { jwks: Some(jwks), jwks_uri: None });
    })
    .await;
}

/// A statement about the software `notes`, with changes.
fn statement(registry: &TestIssuer, mut changes: Value) -> String {
    let mut claims =
        json!({"sub": null, "aud": null, "exp": null, "software_id": "notes", "client_name": "Notes"});
    claims.as_object_mut().unwrap().append(changes.as_object_mut().unwrap());
    registry.sign(claims)
}

async fn register_with(app: &TestApp, statement: &str, mut more: Value) -> Answer {
    more["software_statement"] = statement.into();
    register(app, with(more)).await
}

#[tokio::test]
async fn a_statement_of_a_trusted_registry_registers() {
    let (app, registry) = demanding().await;
    assert_eq!(
        app.get(DISCOVERY).await.ok()["registration_endpoint"],
        format!("https://localhost:8443{REGISTER}")
    );
    let own = statement(&registry, json!({"logo_uri": "https://registry.example/notes.png"}));
    let answer =
        register_with(&app, &own, json!({"client_name": "Bank", "client_uri": "https://notes.example/"}))
            .await;
    assert_eq!(answer.status, 201, "{}", answer.text());
    let client = answer.json();
    assert_eq!(client["client_name"], "Notes", "the registry's word counts more");
    assert_eq!(client["client_uri"], "https://notes.example/");
    assert_eq!(client["logo_uri"], "https://registry.example/notes.png");
    assert_eq!(client["software_id"], "notes");
    assert_eq!(client["software_statement"], own, "RFC 7591 §3.2.1: unmodified");
    let stored = app.store().find::<Client>(text(&client, "client_id")).await.unwrap().unwrap().value;
    assert_eq!(stored.software_statement_payload.0["iss"], "https://registry.example");
    // It is vouched for: it stays unused, and may act for itself.
    app.app.store.sweep(app.app.clock.now().plus_seconds(90 * 86_400).millis(), 100).await.unwrap();
    assert!(app.store().find::<Client>(text(&client, "client_id")).await.unwrap().is_some());
    app.add_scopes("calendar", &["read"]).await;
    let of_itself = json!({"grant_types": ["client_credentials"], "scope": "read"});
    let client = register_with(&app, &own, of_itself).await.json();
    let (id, secret) = (text(&client, "client_id"), text(&client, "client_secret"));
    let form = [("grant_type", "client_credentials")];
    assert_eq!(app.post(TOKEN).basic(id, secret).form(&form).await.ok()["scope"], "read");
}

/// A client that could say in Polish what its registry has said in English and German would be another one there.
#[tokio::test]
async fn what_a_statement_says_the_client_says_in_no_other_language() {
    let (app, registry) = demanding().await;
    let own = statement(
        &registry,
        json!({
            "client_name": null, "software_client_name": "Notes", "software_client_name#de": "Notizen",
            "tos_uri#de": "https://registry.example/bedingungen",
        }),
    );
    let more = json!({
        "client_name": "Bank", "client_name#pl": "Bank", "client_name#DE": "Bank", "tos_uri": "https://bank.example/terms",
        "client_uri#de": "https://notes.example/de",
    });
    let client = register_with(&app, &own, more).await.json();
    let of_people = |client: &Value| {
        let all = client.as_object().unwrap().iter();
        let said = all.filter(|(name, _)| {
            name.starts_with("client_name") || name.contains("_uri#") || *name == "tos_uri"
        });
        Value::Object(said.map(|(name, value)| (name.clone(), value.clone())).collect())
    };
    let expected = json!({
        "client_name": "Notes", "client_name#de": "Notizen", "client_uri#de": "https://notes.example/de",
        "tos_uri#de": "https://registry.example/bedingungen",
    });
    assert_eq!(of_people(&client), expected);
    // Nor afterwards, when it brings no statement.
    app.change_workspace(|server| server.enable_trust_anchor = false).await;
    let path = format!("{REGISTER}/{}", text(&client, "client_id"));
    let change = with(json!({
        "client_id": client["client_id"], "client_name#pl": "Bank", "client_uri#de": "https://notes.example/de",
    }));
    let token = text(&client, "registration_access_token");
    let answer = app.request("PUT", &path).bearer(token).body("application/json", change.to_string()).await;
    assert_eq!(of_people(&answer.ok()), expected);
}

#[tokio::test]
async fn nothing_else_passes_for_a_statement() {
    let (app, registry) = demanding().await;
    let now = app.app.clock.now().seconds();
    let stranger = TestIssuer::new("https://registry.example");
    let unsigned = {
        let parts = [r#"{"alg":"none"}"#, r#"{"iss":"https://registry.example"}"#];
        let [header, claims] = parts.map(symbolon_jose::base64url::encode);
        format!("{header}.{claims}.")
    };
    for (statement, reason) in [
        (statement(&stranger, json!({})), "software_statement_signature"),
        (statement(&registry, json!({"exp": now - 100})), "software_statement_invalid"),
        (statement(&registry, json!({"nbf": now + 100})), "software_statement_invalid"),
        (statement(&registry, json!({"iss": null})), "software_statement_invalid"),
        (unsigned, "software_statement_malformed"),
        ("no.jwt".to_owned(), "software_statement_malformed"),
    ] {
        let answer = register_with(&app, &statement, json!({})).await;
        assert_eq!(answer.reason(), format!("400 invalid_software_statement {reason}"), "{statement}");
    }
    // Who says no exp does not vouch for ever.
    let year = 365 * 86_400;
    let old = statement(&registry, json!({"iat": now - year - 100}));
    let answer = register_with(&app, &old, json!({})).await;
    assert_eq!(answer.reason(), "400 invalid_software_statement software_statement_invalid");
    for good in [
        json!({"iat": now - year + 100}),
        json!({"iat": now - 3 * year, "exp": now + 100}),
        json!({"iat": null, "exp": now + 100}),
    ] {
        let answer = register_with(&app, &statement(&registry, good.clone()), json!({})).await;
        assert_eq!(answer.status, 201, "{good}: {}", answer.text());
    }
    let answer = register_with(&app, &statement(&registry, json!({"iat": null})), json!({})).await;
    assert_eq!(answer.reason(), "400 invalid_software_statement software_statement_without_time");
    let text = answer.json()["error_description"].to_string();
    assert!(text.contains("neither iat nor exp"), "{text}");
    // Whose key is meant is said in words.
    let mut header = registry.sign(json!({})).split('.').next().unwrap().to_owned();
    header.push_str(".e30.AAAA");
    let answer = register_with(&app, &header, json!({})).await;
    let text = answer.json()["error_description"].to_string();
    assert!(!text.contains("Some("), "{text}");
    let missing = "400 invalid_software_statement software_statement_missing";
    assert_eq!(register(&app, with(json!({}))).await.reason(), missing);
    assert_eq!(register_with(&app, "", json!({})).await.reason(), missing);
    let number = register(&app, with(json!({"software_statement": 1}))).await;
    assert_eq!(number.reason(), "400 invalid_software_statement software_statement_malformed");
    // A secret of a client, or the public key as one, signs no statement.
    app.add_client(json!({"client_id": "other", "client_secret": SECRET})).await;
    let key =
        symbolon_jose::SigningKey::from_secret(symbolon_jose::Algorithm::HS256, SECRET.as_bytes()).unwrap();
    let signer = symbolon_jose::JwtSigner::new(key, "its-key", "JWT").unwrap();
    let own = signer.sign_json(&json!({"iss": "https://registry.example"})).unwrap();
    let answer = register_with(&app, &own, json!({})).await;
    assert_eq!(answer.reason(), "400 invalid_software_statement software_statement_signature");
}

#[tokio::test]
async fn redirect_uris_and_keys_are_those_of_the_statement() {
    let (app, registry) = demanding().await;
    let own = statement(
        &registry,
        json!({
            "software_redirect_uris": ["https://client.example.org/callback", "https://client.example.org/other"],
            "software_jwks_endpoint": "https://registry.example/notes.jwks",
        }),
    );
    let client = register_with(&app, &own, json!({})).await.json();
    assert_eq!(client["redirect_uris"], json!(["https://client.example.org/callback"]));
    assert_eq!(client["jwks_uri"], "https://registry.example/notes.jwks");
    let answer = register_with(&app, &own, json!({"redirect_uris": ["https://evil.example/"]})).await;
    assert_eq!(answer.reason(), "400 invalid_redirect_uri software_statement_redirect_uri");
    let answer = register_with(&app, &own, json!({"jwks_uri": "https://evil.example/jwks"})).await;
    assert_eq!(answer.reason(), "400 invalid_client_metadata software_statement_keys");
}

#[tokio::test]
async fn keys_of_the_registry_may_be_behind_a_url_and_change() {
    let registry = TestIssuer::new("https://registry.example");
    let remote = Remote::start(&registry.jwks().to_string()).await;
    let app = open_with(&remote.settings()).await;
    app.change_workspace(|server| {
        server.enable_trust_anchor = true;
        server.trust_anchor_configuration =
            Some(TrustAnchorConfiguration { jwks: None, jwks_uri: Some(remote.url.clone()) });
    })
    .await;
    assert_eq!(register_with(&app, &statement(&registry, json!({})), json!({})).await.status, 201);
    let next = TestIssuer::new("https://registry.example");
    remote.publish(&next.jwks().to_string());
    app.advance(11);
    assert_eq!(register_with(&app, &statement(&next, json!({})), json!({})).await.status, 201);
}

#[tokio::test]
async fn an_update_needs_the_statement_too() {
    let (app, registry) = demanding().await;
    let own = statement(&registry, json!({}));
    let client = register_with(&app, &own, json!({})).await.json();
    let path = format!("{REGISTER}/{}", text(&client, "client_id"));
    let token = text(&client, "registration_access_token");
    let update = |statement: Option<&str>| {
        let mut body = with(json!({"client_id": client["client_id"], "client_name": "Bank"}));
        if let Some(statement) = statement {
            body["software_statement"] = statement.into();
        }
        app.request("PUT", &path).bearer(token).body("application/json", body.to_string())
    };
    assert_eq!(update(None).await.reason(), "400 invalid_software_statement software_statement_missing");
    assert_eq!(update(Some(&own)).await.ok()["client_name"], "Notes");
}

/// RFC 7591 §3.1.1: the statement counts more, after the registration too.
#[tokio::test]
async fn an_update_does_not_escape_the_statement() {
    let (app, registry) = demanding().await;
    app.change_workspace(|server| server.enable_trust_anchor = false).await;
    let own =
        statement(&registry, json!({"software_redirect_uris": ["https://client.example.org/callback"]}));
    let client = register_with(&app, &own, json!({})).await.json();
    let path = format!("{REGISTER}/{}", text(&client, "client_id"));
    let token = text(&client, "registration_access_token");
    let update = |more: Value| {
        let mut body = with(json!({"client_id": client["client_id"]}));
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        app.request("PUT", &path).bearer(token).body("application/json", body.to_string())
    };
    let answer = update(json!({"redirect_uris": ["https://evil.example/callback"]})).await;
    assert_eq!(answer.reason(), "400 invalid_redirect_uri software_statement_redirect_uri");
    for _ in 0..2 {
        assert_eq!(update(json!({"client_name": "Bank"})).await.ok()["client_name"], "Notes");
    }
    let other = statement(&registry, json!({"client_name": "Notes 2"}));
    assert_eq!(update(json!({"software_statement": other})).await.ok()["client_name"], "Notes 2");
}

#[tokio::test]
async fn a_workspace_that_demands_what_it_cannot_verify_serves_nobody() {
    let app = open().await;
    for change in [true, false] {
        app.change_workspace(|server| server.enable_trust_anchor = change).await;
        configure(&app, |settings| {
            let format = if change { PayloadFormat::Json } else { PayloadFormat::Jws };
            settings.payload = Some(PayloadSettings { format, jws_payload: None });
        })
        .await;
        assert_eq!(app.get(DISCOVERY).await.ok().get("registration_endpoint"), None);
        let answer = register(&app, with(json!({}))).await;
        assert_eq!(answer.reason(), "403 access_denied registration_disabled");
    }
}

/// A workspace that demands signed registrations; `software` signs them.
async fn signing(source: Option<&str>, software: &TestIssuer) -> TestApp {
    let app = open().await;
    let jwks = lenient::from_value(software.jwks()).unwrap();
    configure(&app, |settings| {
        settings.payload = Some(PayloadSettings {
            format: PayloadFormat::Jws,
            jws_payload: Some(JwsPayloadSettings {
                jwks: source.is_none().then_some(jwks),
                jwks_uri: None,
                source: source.map(str::to_owned),
            }),
        });
    })
    .await;
    app
}

async fn send_jws(app: &TestApp, body: String) -> Answer {
    app.post(REGISTER).body("application/jose", body).await
}

#[tokio::test]
async fn a_signed_registration_is_good_once() {
    let software = TestIssuer::new("notes");
    let app = signing(None, &software).await;
    let now = app.app.clock.now().seconds();
    let callback = json!(["https://client.example.org/callback"]);
    let signed = |mut changes: Value| {
        let mut claims = json!({"sub": null, "redirect_uris": callback});
        claims.as_object_mut().unwrap().append(changes.as_object_mut().unwrap());
        software.sign(claims)
    };
    let answer = send_jws(&app, signed(json!({"client_name": "Notes"}))).await;
    assert_eq!(answer.status, 201, "{}", answer.text());
    assert_eq!(answer.json()["client_name"], "Notes");
    for (body, reason) in [
        (signed(json!({"client_name": "Notes"})), "body_jws_replayed"),
        (signed(json!({"jti": "2", "aud": "https://other.example"})), "body_jws_invalid"),
        (signed(json!({"jti": "3", "aud": null})), "body_jws_invalid"),
        (signed(json!({"jti": "4", "exp": null})), "body_jws_invalid"),
        (signed(json!({"jti": "5", "exp": now - 100})), "body_jws_invalid"),
        (signed(json!({"jti": "6", "exp": now + 7200})), "body_jws_invalid"),
        (signed(json!({"jti": "7", "iat": null})), "body_jws_invalid"),
        (signed(json!({"jti": null})), "body_jws_invalid"),
        (signed(json!({"jti": "8", "iss": null})), "body_jws_invalid"),
        (TestIssuer::new("notes").sign(json!({"jti": "9", "redirect_uris": callback})), "body_jws_invalid"),
        ("{}".to_owned(), "body_not_jws"),
    ] {
        let answer = send_jws(&app, body.clone()).await;
        assert_eq!(answer.reason(), format!("400 invalid_client_metadata {reason}"), "{body}");
    }
    let plain = register(&app, with(json!({}))).await;
    assert_eq!(plain.reason(), "400 invalid_client_metadata content_type_wrong");
}

#[tokio::test]
async fn the_software_signs_with_the_keys_that_its_statement_names() {
    let (software, registry) = (TestIssuer::new("notes"), TestIssuer::new("https://registry.example"));
    let remote = Remote::start(&software.jwks().to_string()).await;
    let app = open_with(&remote.settings()).await;
    trust(&app, &registry).await;
    configure(&app, |settings| {
        let jws_payload = Some(JwsPayloadSettings {
            source: Some("software_statement".into()),
            ..JwsPayloadSettings::default()
        });
        settings.payload = Some(PayloadSettings { format: PayloadFormat::Jws, jws_payload });
    })
    .await;
    let statement = |id: &str| {
        let callback = "https://client.example.org/callback";
        statement(
            &registry,
            json!({"software_id": id, "software_jwks_endpoint": remote.url, "software_redirect_uris": [callback]}),
        )
    };
    let signed =
        |jti: &str, id: &str| software.sign(json!({"jti": jti, "software_statement": statement(id)}));
    let answer = send_jws(&app, signed("1", "notes")).await;
    assert_eq!(answer.status, 201, "{}", answer.text());
    assert_eq!(answer.json()["redirect_uris"], json!(["https://client.example.org/callback"]));
    // The statement of another software is no permission to speak for it.
    let answer = send_jws(&app, signed("2", "bank")).await;
    assert_eq!(answer.reason(), "400 invalid_client_metadata body_jws_of_another");
    let other = TestIssuer::new("notes").sign(json!({"jti": "3", "software_statement": statement("notes")}));
    assert_eq!(send_jws(&app, other).await.reason(), "400 invalid_client_metadata body_jws_invalid");
}

#[tokio::test]
async fn where_certificates_are_asked_for_one_of_a_trusted_ca_registers() {
    let app = open().await;
    let authority = TestAuthority::new("CN=Registry");
    app.change_workspace(|server| server.root_cas = Some(authority.pem())).await;
    configure(&app, |settings| settings.require_trusted_certificate = true).await;
    assert_eq!(register(&app, with(json!({}))).await.reason(), "401 invalid_client certificate_missing");
    let body = || with(json!({})).to_string();
    let stranger = TestCertificate::self_signed("CN=stranger");
    let answer = app.post(REGISTER).certificate(&stranger).body("application/json", body()).await;
    assert_eq!(answer.status, 401, "{}", answer.text());
    let known = authority.client("CN=notes");
    let answer = app.post(REGISTER).certificate(&known).body("application/json", body()).await;
    assert_eq!(answer.status, 201, "{}", answer.text());
}
