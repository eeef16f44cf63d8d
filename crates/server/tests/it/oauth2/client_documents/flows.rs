//! What such a client can do, and what its person sees.

use symbolon_jose::Algorithm;

use super::*;
use crate::ciba;
use crate::harness::Signer;

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

/// RFC 7591 §2.2. The host is what the client is known by, whatever it is called in a language.
#[tokio::test]
async fn a_document_speaks_several_languages() {
    let (remote, app) = server().await;
    let said = json!({"client_name#de": "Notizen", "tos_uri#de": "https://notes.example/bedingungen"});
    remote.publish(&document(&remote, said).to_string());
    let host = remote.url.trim_start_matches("https://").split('/').next().unwrap();
    for (languages, name) in [("de-AT", "Notizen"), ("pl", "Notes"), ("", "Notes")] {
        let browser = Browser::speaking(&app, languages);
        let (path, page) = browser.open(&request(&remote.url, &[])).await;
        let answer = browser.log_in(&path, &page, "user", "user").await;
        let (_, page) = browser.follow(&path, answer).await;
        let text = page.page().text();
        assert!(page.page().heading().contains(name) && text.contains(host), "{languages}: {text}");
        assert_eq!(page.text().contains("https://notes.example/bedingungen"), name == "Notizen");
    }
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

/// A client that proves itself with a key, with changes to its document.
async fn with_key(changes: Value) -> (Remote, TestApp, Signer) {
    let remote = host().await;
    let signer = Signer::new(Algorithm::ES256, "k");
    let mut all = json!({
        "token_endpoint_auth_method": "private_key_jwt", "jwks": {"keys": [signer.public()]},
        "application_type": "native",
    });
    let Value::Object(changes) = changes else { panic!("{changes} is no object") };
    all.as_object_mut().unwrap().extend(changes);
    remote.publish(&document(&remote, all).to_string());
    let app = TestApp::with_people_and_settings(&remote.settings()).await;
    configure(&app, |_| {}).await;
    app.change_workspace(|server| server.token_endpoint_auth_methods.push("private_key_jwt".into())).await;
    (remote, app, signer)
}

fn proof(remote: &Remote, app: &TestApp, signer: &Signer) -> [(&'static str, String); 2] {
    let now = app.app.clock.now().seconds();
    let claims = json!({
        "iss": remote.url, "sub": remote.url, "aud": "https://localhost:8443/default/default",
        "exp": now + 60, "iat": now, "jti": "1",
    });
    [
        ("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer".to_owned()),
        ("client_assertion", signer.sign_as("JWT", &claims)),
    ]
}

#[tokio::test]
async fn a_client_with_a_key_proves_it() {
    let (remote, app, signer) = with_key(json!({})).await;
    let code = Browser::new(&app).sign_in(&request(&remote.url, &[]), "user").await.code();
    let unproven = redeem(&app, &remote.url, &code).await;
    assert_eq!(unproven.reason(), "401 invalid_client client_auth_method_mismatch");
    let proof = proof(&remote, &app, &signer);
    let mut form: Vec<_> = proof.iter().map(|(name, value)| (*name, &**value)).collect();
    form.extend([
        ("grant_type", "authorization_code"),
        ("code", &*code),
        ("redirect_uri", BACK),
        ("code_verifier", VERIFIER),
    ]);
    app.post(TOKEN).form(&form).await.ok();
}

/// Nobody has vouched for it: it waits until a person comes to it.
#[tokio::test]
async fn such_a_client_asks_no_person_who_has_not_begun_it() {
    let grants = json!(["authorization_code", ciba::GRANT]);
    let (remote, app, signer) = with_key(json!({"grant_types": grants})).await;
    app.change_workspace(|server| server.grant_types.push(ciba::GRANT.to_owned())).await;
    let proof = proof(&remote, &app, &signer);
    let mut form: Vec<_> = proof.iter().map(|(name, value)| (*name, &**value)).collect();
    form.extend([("scope", "openid"), ("login_hint", "user")]);
    let answer = app.post(ciba::ENDPOINT).form(&form).await;
    assert_eq!(answer.reason(), "400 unauthorized_client grant_type_not_registered");
}
