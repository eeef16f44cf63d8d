//! Clients that are described by a document at the URL they are called by.

use serde_json::{Value, json};
use symbolon_store::entity::server::ClientIdMetadataDocumentSettings;

use crate::harness::{Answer, Browser, Remote, TOKEN, TestApp, authorize};

const BACK: &str = "http://127.0.0.1:52111/callback";
const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

/// A host whose documents are JSON.
async fn host() -> Remote {
    let remote = Remote::start("").await;
    remote.answer("200 OK\r\ncontent-type: application/json");
    remote
}

/// A host, and a server at which `user` can log in and that lets clients describe themselves.
async fn server() -> (Remote, TestApp) {
    let remote = host().await;
    remote.publish(&document(&remote, json!({})).to_string());
    let app = TestApp::with_people_and_settings(&remote.settings()).await;
    configure(&app, |_| {}).await;
    (remote, app)
}

async fn configure(app: &TestApp, change: impl FnOnce(&mut ClientIdMetadataDocumentSettings)) {
    app.change_workspace(|server| {
        let settings = server.client_id_metadata_documents.get_or_insert_default();
        settings.enabled = true;
        change(settings);
    })
    .await;
}

/// The document of a public client, with changes; null takes a member away.
fn document(remote: &Remote, changes: Value) -> Value {
    let mut document = json!({
        "client_id": remote.url,
        "client_name": "Notes",
        "redirect_uris": ["http://127.0.0.1/callback", "https://localhost/callback"],
        "grant_types": ["authorization_code", "refresh_token"],
        "token_endpoint_auth_method": "none",
        "scope": "openid email offline_access",
    });
    let members = document.as_object_mut().unwrap();
    let Value::Object(changes) = changes else { panic!("{changes} is no object") };
    members.extend(changes);
    members.retain(|_, value| !value.is_null());
    document
}

fn request(client_id: &str, more: &[(&str, &str)]) -> String {
    let usual = [
        ("client_id", client_id),
        ("response_type", "code"),
        ("redirect_uri", BACK),
        ("scope", "openid"),
        ("state", "s"),
        ("code_challenge", CHALLENGE),
        ("code_challenge_method", "S256"),
    ];
    let usual = usual.into_iter().filter(|(name, _)| !more.iter().any(|(other, _)| other == name));
    authorize(&usual.chain(more.iter().copied()).collect::<Vec<_>>())
}

async fn redeem(app: &TestApp, client_id: &str, code: &str) -> Answer {
    let form = [
        ("grant_type", "authorization_code"),
        ("client_id", client_id),
        ("code", code),
        ("redirect_uri", BACK),
        ("code_verifier", VERIFIER),
    ];
    app.post(TOKEN).form(&form).await
}

/// How a document is refused: for the client's developer, and in the log.
async fn refusal(remote: &Remote, app: &TestApp, changes: Value) -> String {
    remote.publish(&document(remote, changes).to_string());
    Browser::new(app).get(&request(&remote.url, &[])).await.record().reason.clone()
}

#[tokio::test]
async fn a_client_that_nobody_registered_gets_tokens_for_a_person() {
    let (remote, app) = server().await;
    let browser = Browser::new(&app);
    let answer = browser.sign_in(&request(&remote.url, &[("scope", "openid offline_access")]), "user").await;
    assert!(answer.location().starts_with("http://127.0.0.1:52111/callback?"), "any port of the loopback");
    let tokens = redeem(&app, &remote.url, &answer.code()).await.ok();
    let refresh = tokens["refresh_token"].as_str().unwrap();
    let form = [("grant_type", "refresh_token"), ("client_id", &remote.url), ("refresh_token", refresh)];
    let tokens = app.post(TOKEN).form(&form).await.ok();
    let access_token = format!("Bearer {}", tokens["access_token"].as_str().unwrap());
    let about = app.get("/default/default/userinfo").header(http::header::AUTHORIZATION, &access_token).await;
    assert!(about.ok()["sub"].is_string());
    assert_eq!(remote.asked(), 1, "what was read is remembered");
}

#[tokio::test]
async fn the_person_is_told_the_host_and_asked_every_time() {
    let (remote, app) = server().await;
    let browser = Browser::new(&app);
    let host = remote.url.trim_start_matches("https://").split('/').next().unwrap();
    let (path, page) = browser.open(&request(&remote.url, &[])).await;
    assert!(
        page.page().text().contains(&format!("The app is described at {host}.")),
        "{}",
        page.page().text()
    );
    let answer = browser.log_in(&path, &page, "user", "user").await;
    let (path, page) = browser.follow(&path, answer).await;
    assert_eq!(page.page().heading(), "Allow Notes to access your account?");
    let text = page.page().text();
    assert!(
        text.contains(&format!("It is described at {host}: go on only if you know that address.")),
        "{text}"
    );
    assert!(text.contains("You will be taken to 127.0.0.1:52111 afterwards."), "{text}");
    browser.press(&path, &page, "accept").await.code();
    for redirect_uri in [BACK, "https://localhost/callback"] {
        let (_, page) = browser.open(&request(&remote.url, &[("redirect_uri", redirect_uri)])).await;
        assert_eq!(page.page().scopes(), ["Know who you are New"], "{redirect_uri}");
    }
    assert_eq!(app.rows_of("scope_grants").await, 0);
}

#[tokio::test]
async fn a_workspace_that_does_not_say_so_knows_no_such_client() {
    let (remote, app) = server().await;
    let discovery = "/.well-known/oauth-authorization-server/default/default";
    assert_eq!(app.get(discovery).await.ok()["client_id_metadata_document_supported"], true);
    configure(&app, |settings| settings.enabled = false).await;
    assert_eq!(app.get(discovery).await.ok().get("client_id_metadata_document_supported"), None);
    let answer = Browser::new(&app).get(&request(&remote.url, &[])).await;
    assert_eq!(answer.refused_on_a_page(), "400 This app is not known here [client_unknown]");
    assert_eq!(remote.asked(), 0, "nobody is asked");
}

#[tokio::test]
async fn only_hosts_that_the_workspace_allows_are_asked() {
    let (remote, app) = server().await;
    configure(&app, |settings| settings.allowed_hosts = vec!["client.example".into()]).await;
    let answer = Browser::new(&app).get(&request(&remote.url, &[])).await;
    assert_eq!(answer.record().reason, "client_document_host_not_allowed");
    assert_eq!(remote.asked(), 0);
    configure(&app, |settings| settings.allowed_hosts = vec!["localhost".into()]).await;
    assert_eq!(Browser::new(&app).open(&request(&remote.url, &[])).await.1.status, 200);
}

#[tokio::test]
async fn private_addresses_are_not_asked() {
    let remote = host().await;
    let [root_ca, _] = remote.settings();
    let app = TestApp::with_people_and_settings(&[root_ca]).await;
    configure(&app, |_| {}).await;
    let answer = Browser::new(&app).get(&request(&remote.url, &[])).await;
    assert_eq!(answer.record().reason, "client_document_unreadable");
    assert!(!answer.text().contains("private"), "what was found is for the operator alone");
    let answer = Browser::new(&app).get(&request("https://127.0.0.1/client", &[])).await;
    assert_eq!(answer.record().reason, "client_id_url_malformed");
    assert_eq!(remote.asked(), 0);
}

#[tokio::test]
async fn a_document_speaks_for_its_own_url_and_shares_no_secret() {
    let (remote, app) = server().await;
    for (changes, reason) in [
        (json!({"client_id": null}), "client_document_of_another"),
        (json!({"client_id": format!("{}/", remote.url)}), "client_document_of_another"),
        (json!({"client_id": "https://bank.example/client.json"}), "client_document_of_another"),
        (json!({"client_secret": "s"}), "client_document_secret"),
        (json!({"client_secret_expires_at": 0}), "client_document_secret"),
        (json!({"token_endpoint_auth_method": "client_secret_basic"}), "client_document_auth_method"),
        (json!({"token_endpoint_auth_method": "client_secret_post"}), "client_document_auth_method"),
        (json!({"token_endpoint_auth_method": "client_secret_jwt"}), "client_document_auth_method"),
        (json!({"token_endpoint_auth_method": "unspecified"}), "client_document_auth_method"),
        (json!({"token_endpoint_auth_method": "private_key_jwt"}), "client_document_refused"),
        (json!({"redirect_uris": "https://localhost/callback"}), "client_document_malformed"),
        (json!({"redirect_uris": []}), "client_document_refused"),
        (
            json!({"redirect_uris": ["http://notes.example/callback", "javascript:alert(1)"]}),
            "client_document_refused",
        ),
        (json!({"grant_types": ["client_credentials"]}), "client_document_refused"),
        (json!({"grant_types": ["password"]}), "client_document_refused"),
        (json!({"client_name": "Bank\u{202e}"}), "client_document_refused"),
        (json!({"jwks": {"keys": [{"kty": "oct", "k": "AAAA"}]}}), "client_document_refused"),
        (json!({"id_token_signed_response_alg": "HS256"}), "client_document_refused"),
    ] {
        assert_eq!(refusal(&remote, &app, changes.clone()).await, reason, "{changes}");
    }
}

#[tokio::test]
async fn what_answers_must_be_a_small_json_document() {
    let (remote, app) = server().await;
    for (head, reason) in [
        ("404 Not Found\r\ncontent-type: application/json", "client_document_status"),
        (
            "302 Found\r\nlocation: https://localhost/\r\ncontent-type: application/json",
            "client_document_status",
        ),
        ("201 Created\r\ncontent-type: application/json", "client_document_status"),
        ("503 Service Unavailable", "client_document_unreadable"),
        ("200 OK\r\ncontent-type: text/html", "client_document_type"),
        ("200 OK", "client_document_type"),
    ] {
        remote.answer(head);
        let answer = Browser::new(&app).get(&request(&remote.url, &[])).await;
        assert_eq!(answer.record().reason, reason, "{head}");
    }
    remote.answer("200 OK\r\ncontent-type: application/cimd+json; charset=utf-8");
    for (body, reason) in [
        ("[]".to_owned(), "client_document_not_json"),
        ("<html>".to_owned(), "client_document_not_json"),
        (
            document(&remote, json!({"description": "x".repeat(17_000)})).to_string(),
            "client_document_too_large",
        ),
    ] {
        remote.publish(&body);
        let answer = Browser::new(&app).get(&request(&remote.url, &[])).await;
        assert_eq!(answer.record().reason, reason);
    }
    remote.publish(&document(&remote, json!({})).to_string());
    assert_eq!(Browser::new(&app).open(&request(&remote.url, &[])).await.1.status, 200);
}

#[tokio::test]
async fn redirect_uris_are_exactly_those_of_the_document() {
    let (remote, app) = server().await;
    for (uri, fits) in [
        ("http://127.0.0.1:1/callback", true),
        ("https://localhost/callback", true),
        ("https://localhost/callback/", false),
        ("https://localhost:1/callback", false),
        ("http://127.0.0.1:1/other", false),
        ("http://localhost:1/callback", false),
        ("https://evil.example/callback", false),
    ] {
        let (_, answer) = Browser::new(&app).open(&request(&remote.url, &[("redirect_uri", uri)])).await;
        assert_eq!(answer.status == 200, fits, "{uri}");
    }
}

#[tokio::test]
async fn what_is_an_administrators_is_not_the_documents() {
    let (remote, app) = server().await;
    let scopes = "openid manage_tenant dcr_register introspect_tokens unknown";
    let said = json!({
        "trusted": true, "scope": scopes, "audience": ["spiffe://x"], "system": true, "grant_types":
        ["authorization_code", "client_credentials", "urn:ietf:params:oauth:grant-type:token-exchange"],
        "sector_identifier_uri": "https://bank.example/sector.json", "subject_type": "pairwise",
        "redirect_uris": ["http://127.0.0.1/callback"],
    });
    remote.publish(&document(&remote, said).to_string());
    let browser = Browser::new(&app);
    for scope in ["dcr_register", "introspect_tokens", "unknown", "email"] {
        let answer = browser.get(&request(&remote.url, &[("scope", scope)])).await;
        assert_eq!(answer.record().error, "invalid_scope", "{scope}");
    }
    let answer = browser.sign_in(&request(&remote.url, &[]), "user").await;
    redeem(&app, &remote.url, &answer.code()).await.ok();
    let form = [("grant_type", "client_credentials"), ("client_id", &*remote.url)];
    assert_eq!(
        app.post(TOKEN).form(&form).await.reason(),
        "400 unauthorized_client grant_type_not_registered"
    );
}

#[tokio::test]
async fn the_workspace_can_say_which_scopes_there_are_for_such_clients() {
    let (remote, app) = server().await;
    configure(&app, |settings| settings.scopes = vec!["openid".into(), "email".into()]).await;
    remote.publish(&document(&remote, json!({"scope": null})).to_string());
    let answer = Browser::new(&app).get(&request(&remote.url, &[("scope", "openid profile")])).await;
    assert_eq!(answer.record().error, "invalid_scope");
    let (_, page) = Browser::new(&app).open(&request(&remote.url, &[("scope", "openid email")])).await;
    assert_eq!(page.status, 200);
}

#[tokio::test]
async fn a_document_is_kept_as_long_as_its_host_says_within_bounds() {
    let (remote, app) = server().await;
    let ask = async || drop(Browser::new(&app).open(&request(&remote.url, &[])).await);
    let head = |cache: &str| format!("200 OK\r\ncontent-type: application/json\r\ncache-control: {cache}");
    remote.answer(&head("public, max-age=1000"));
    ask().await;
    app.advance(999);
    ask().await;
    assert_eq!(remote.asked(), 1);
    // No request is so important that its client is read for each.
    remote.answer(&head("no-store"));
    app.advance(1);
    ask().await;
    app.advance(59);
    ask().await;
    assert_eq!(remote.asked(), 2);
    remote.answer(&head("max-age=99999999"));
    app.advance(1);
    ask().await;
    app.advance(86_400 - 1);
    ask().await;
    assert_eq!(remote.asked(), 3);
    app.advance(1);
    ask().await;
    assert_eq!(remote.asked(), 4);
}

#[tokio::test]
async fn a_client_whose_document_changes_is_another_client() {
    let (remote, app) = server().await;
    let browser = Browser::new(&app);
    let answer = browser.sign_in(&request(&remote.url, &[("scope", "openid offline_access")]), "user").await;
    let tokens = redeem(&app, &remote.url, &answer.code()).await.ok();
    let refresh = tokens["refresh_token"].as_str().unwrap();
    let form = [("grant_type", "refresh_token"), ("client_id", &remote.url), ("refresh_token", refresh)];
    // While the host is away, what it said counts for a while.
    remote.answer("503 Service Unavailable");
    app.advance(400);
    let tokens = app.post(TOKEN).form(&form).await.ok();
    let form = [form[0], form[1], ("refresh_token", tokens["refresh_token"].as_str().unwrap())];
    // When it says that there is no such client, there is none.
    remote.answer("404 Not Found");
    app.advance(1);
    assert_eq!(app.post(TOKEN).form(&form).await.reason(), "401 invalid_client client_document_status");
    let access_token = format!("Bearer {}", tokens["access_token"].as_str().unwrap());
    let about = app.get("/default/default/userinfo").header(http::header::AUTHORIZATION, &access_token).await;
    assert_eq!(about.reason(), "401 invalid_token access_token_client_gone");
}

#[tokio::test]
async fn an_address_makes_the_server_ask_so_often_and_no_oftener() {
    let remote = host().await;
    let [root_ca, private] = remote.settings();
    let app = TestApp::with_people_and_settings(&[root_ca, private, ("limits.registrations", "3")]).await;
    configure(&app, |_| {}).await;
    for n in 0..3 {
        let answer = Browser::new(&app).get(&request(&format!("{}?{n}", remote.url), &[])).await;
        assert_eq!(answer.record().reason, "client_document_not_json");
    }
    let answer = Browser::new(&app).get(&request(&format!("{}?4", remote.url), &[])).await;
    assert_eq!(answer.record().reason, "too_many_registrations");
    let form = [("grant_type", "authorization_code"), ("client_id", &*remote.url), ("code", "x")];
    let answer = Browser::new(&app).post(TOKEN, &form).await;
    assert_eq!(answer.reason(), "503 temporarily_unavailable too_many_registrations");
    assert_eq!(remote.asked(), 3);
}

#[tokio::test]
async fn a_client_with_a_key_proves_it() {
    let remote = host().await;
    let signing = symbolon_jose::SigningKey::generate(symbolon_jose::Algorithm::ES256).unwrap();
    let jwk = serde_json::to_value(signing.public_jwk().unwrap()).unwrap();
    let method = json!({
        "token_endpoint_auth_method": "private_key_jwt", "jwks": {"keys": [jwk]}, "application_type": "native",
    });
    remote.publish(&document(&remote, method).to_string());
    let app = TestApp::with_people_and_settings(&remote.settings()).await;
    configure(&app, |_| {}).await;
    app.change_workspace(|server| server.token_endpoint_auth_methods.push("private_key_jwt".into())).await;
    let code = Browser::new(&app).sign_in(&request(&remote.url, &[]), "user").await.code();
    let unproven = redeem(&app, &remote.url, &code).await;
    assert_eq!(unproven.reason(), "401 invalid_client client_auth_method_mismatch");
    let signer = symbolon_jose::JwtSigner::new(signing, "", "JWT").unwrap();
    let now = app.app.clock.now().seconds();
    let claims = json!({
        "iss": remote.url, "sub": remote.url, "aud": "https://localhost:8443/default/default",
        "exp": now + 60, "iat": now, "jti": "1",
    });
    let assertion = signer.sign_json(&claims).unwrap();
    let form = [
        ("grant_type", "authorization_code"),
        ("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"),
        ("client_assertion", &assertion),
        ("code", &code),
        ("redirect_uri", BACK),
        ("code_verifier", VERIFIER),
    ];
    app.post(TOKEN).form(&form).await.ok();
}
